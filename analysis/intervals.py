"""
Intervals of shares, and shares of small counts shrunk towards a common one.

Sources: Wilson 1927; Kleinman 1973 (moments of the beta-binomial) for the weight of the prior.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]


def wilson(hits: npt.ArrayLike, n: npt.ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """The Wilson interval of hits / n, elementwise; NaN where n is 0."""
    x, size = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    size = np.where(size > 0, size, np.nan)
    z = float(special.ndtri(0.5 + level / 2))
    share, spread = x / size, z**2 / size
    middle = (share + spread / 2) / (1 + spread)
    half = z * np.sqrt(share * (1 - share) / size + spread / size / 4) / (1 + spread)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def prior_weight(hits: npt.ArrayLike, n: npt.ArrayLike) -> float:
    """α, the number of observations that the common share counts for, from the shares' spread beyond chance.

    Infinite when they differ no more than by chance, or when there are fewer than two."""
    x, size = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    x, size = x[size > 0], size[size > 0]
    total = size.sum()
    common = x.sum() / total if total else 0.0
    if len(size) < 2 or not 0 < common < 1:
        return np.inf
    chance = common * (1 - common)
    spread = (size * (x / size - common) ** 2).sum()
    beyond = spread - chance * (len(size) - 1)
    room = chance * (total - (size**2).sum() / total - (len(size) - 1))
    if beyond <= 0 or room <= 0:
        return np.inf
    return float(max(room / beyond - 1, 0.0))


def shrunk(hits: npt.ArrayLike, n: npt.ArrayLike, *, common: float, alpha: float) -> Floats:
    """(hits + α·common) / (n + α): shares of few observations move towards `common`; `common` itself for infinite α."""
    x, size = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    if np.isinf(alpha):
        return np.full(x.shape, common)
    return (x + alpha * common) / np.where(size + alpha > 0, size + alpha, np.nan)


def shrunk_interval(
    hits: npt.ArrayLike, n: npt.ArrayLike, *, common: float, alpha: float, level: float = 0.95
) -> tuple[Floats, Floats]:
    """The central interval of Beta(hits + α·common, n − hits + α·(1 − common)), whose mean is the shrunk share."""
    x, size = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    if np.isinf(alpha):
        return np.full(x.shape, common), np.full(x.shape, common)
    a, b = x + alpha * common, size - x + alpha * (1 - common)
    known = (a > 0) & (b > 0)
    a, b, tail = np.where(known, a, np.nan), np.where(known, b, np.nan), (1 - level) / 2
    return special.betaincinv(a, b, tail), special.betaincinv(a, b, 1 - tail)
