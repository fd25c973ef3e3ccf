"""
P-values adjusted for everything that was looked at: one family of hypotheses, however it was tested.

Ten independent looks at pure chance find a "link" at p = 0.1 in 65 of 100 cases. Sources: Holm 1979; Benjamini and
Hochberg 1995; Benjamini and Yekutieli 2001 (any dependence); Romano and Wolf 2005 (step-down, keeps the dependence).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import false_discovery_control

from analysis.bootstrap import Chance

Floats = npt.NDArray[np.float64]
Method = Literal["holm", "bh", "by"]


def adjusted_p_values(p: Sequence[float] | Floats, method: Method = "by", *, family: int | None = None) -> Floats:
    """The adjusted p-values in the same order, NaN for NaN.

    A `family` larger than the number of known p-values counts the hypotheses that are missing with p = 1."""
    values = np.asarray(p, dtype=float)
    known = values[~np.isnan(values)]
    tested = np.concatenate([known, np.ones(max((family or 0) - len(known), 0))])
    adjusted = _holm(tested) if method == "holm" else false_discovery_control(tested, method=method)
    result = np.full(len(values), np.nan)
    result[~np.isnan(values)] = adjusted[: len(known)]
    return result


def _holm(p: Floats) -> Floats:
    """The smallest p times the number of hypotheses, the next times one fewer, …; never smaller than the one before."""
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return adjusted


def step_down(observed: Floats, draws: Floats) -> Floats:
    """Romano and Wolf's adjusted p of each hypothesis.

    observed: one studentised statistic a hypothesis, larger is more extreme; draws (draws × hypotheses): the same
    under chance, a row being one resampling of all of them together. The largest meets the maximum of all draws, the
    next the maximum without the first, and so on; no p is smaller than the one before it."""
    order = np.argsort(-observed, kind="stable")
    result, before = np.empty(len(observed)), 0.0
    # Maxima over the hypotheses that remain, from the last one on.
    remaining = np.maximum.accumulate(draws[:, order[::-1]], axis=1)[:, ::-1]
    for rank, hypothesis in enumerate(order):
        before = max(before, Chance.of(remaining[:, rank]).p(float(observed[hypothesis])))
        result[hypothesis] = before
    return result
