"""
Correlations of two series at many lags, with standard errors that hold when volatility changes.

    x (attention), y (returns) → for each lag k: x at t against y at t + k → correlation, t, interval

Lag k > 0: x comes first. Each lag is the regression y(t+k) = b·x(t) + e of series of mean zero, with the standard error
of Newey and West (1987). A thousand resampled y are matrix products: the score's autocovariances at all lags are sums
of y(s)·y(s+j) times x(s−k)·x(s+j−k), so there is no loop over draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

Z95 = 1.959963984540054


def newey_west_lags(n: int) -> int:
    """⌊4(n/100)^(2/9)⌋, Newey and West's (1994) rule of thumb."""
    return int(4 * (n / 100) ** (2 / 9))


@dataclass(frozen=True, slots=True)
class Design:
    """x at each lag, prepared for many y. Rows belong to y(s), columns to lags; 0 where a value is missing."""

    lags: Ints
    x: Floats
    both_known: npt.NDArray[np.bool_]
    products: tuple[Floats, ...]  # w_j·x(s)·x(s+j) for j = 0 … hac
    slope_terms: Floats  # times y: the part of the variance that is linear in b
    square_terms: Floats  # the part in b²


def design(x: Floats, lags: Ints, missing: npt.NDArray[np.bool_], *, hac: int) -> Design:
    """The design of x (NaN where unknown), without rows where y is `missing`; `hac` is the L of Newey and West."""
    known = ~np.isnan(x)
    centred = np.where(known, x - x[known].mean(), 0.0)
    both_known = (_at_lags(known.astype(float), lags) > 0) & ~missing[:, None]
    table = np.where(both_known, _at_lags(centred, lags), 0.0)
    products = [table * table]
    slope, square = 2 * table * products[0], (products[0] * products[0]).sum(axis=0)
    for j in range(1, min(hac, len(x) - 1) + 1):
        both = table[j:] * table[:-j]
        weight = 2 * (1 - j / (hac + 1))
        products.append(weight * both)
        slope[:-j] += weight * both * table[j:]
        slope[j:] += weight * both * table[:-j]
        square += weight * (both * both).sum(axis=0)
    return Design(lags, table, both_known, tuple(products), slope, square)


def t_statistics(design: Design, y: Floats) -> tuple[Floats, Floats]:
    """t and standard error of the slopes: a row a draw, a column a lag. Rows of `y`: mean zero, without NaN."""
    slope = (y @ design.x) / (design.x**2).sum(axis=0)
    error = _slope_errors(design, y, slope)
    return np.asarray(slope / error), error


def _slope_errors(design: Design, y: Floats, slope: Floats) -> Floats:
    variance = slope**2 * design.square_terms - slope * (y @ design.slope_terms)
    for j, product in enumerate(design.products):
        variance += (y[:, j:] * y[:, : y.shape[1] - j]) @ product
    # Rounding can leave −1e−20 where the fit is perfect.
    return np.asarray(np.sqrt(np.maximum(variance, np.finfo(float).tiny)) / (design.x**2).sum(axis=0))


def by_lag(design: Design, y: Floats) -> pd.DataFrame:
    """Columns lag, correlation, se (Newey–West), low, high (95 %, each lag by itself), t, n.

    `y` has mean zero, and 0 where it is missing."""
    xx, yy = (design.x**2).sum(axis=0), (design.both_known * (y**2)[:, None]).sum(axis=0)
    slope = (y @ design.x) / xx
    error = _slope_errors(design, y[None], slope[None])[0]
    to_correlation = np.sqrt(xx / yy)
    correlation, spread = slope * to_correlation, error * to_correlation
    return pd.DataFrame(
        {
            "lag": design.lags,
            "correlation": correlation,
            "se": spread,
            "low": np.clip(correlation - Z95 * spread, -1.0, 1.0),
            "high": np.clip(correlation + Z95 * spread, -1.0, 1.0),
            "t": slope / error,
            "n": design.both_known.sum(axis=0),
        }
    )


def _at_lags(x: Floats, lags: Ints) -> Floats:
    """Column i holds x(s − lags[i]); 0 outside."""
    table = np.zeros((len(x), len(lags)))
    for column, lag in enumerate(lags):
        if lag >= 0:
            table[lag:, column] = x[: len(x) - lag]
        else:
            table[:lag, column] = x[-lag:]
    return table
