"""
Everything looked at is one family: p-values adjusted for it, and the ledger that counts it.

    ledger of looks → distinct hypotheses → adjusted p → which survive

Ten looks at chance find one "link" at p = 0.1; the tenth analyst click is not as convincing as the first. Sources: Benjamini and
Hochberg 1995; Benjamini and Yekutieli 2001 (any dependence); Romano and Wolf 2005 (step-down, keeps the dependence).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from statsmodels.stats.multitest import multipletests

from analysis.bootstrap import Chance

Floats = npt.NDArray[np.float64]
Method = Literal["bonferroni", "holm", "bh", "by"]

IN_STATSMODELS: dict[Method, str] = {"bonferroni": "bonferroni", "holm": "holm", "bh": "fdr_bh", "by": "fdr_by"}
SURVIVES = 0.1  # the share of false finds that the ledger allows among what it colours


def adjusted(p: Sequence[float] | Floats, method: Method = "by", *, family: int | None = None) -> Floats:
    """The adjusted p-values, same order, NaN for NaN. A `family` larger than the known p-values counts the others as 1."""
    values = np.asarray(p, dtype=float)
    known = ~np.isnan(values)
    unseen = max((family or 0) - int(known.sum()), 0)
    result = np.full(len(values), np.nan)
    if known.any():
        whole = np.concatenate([values[known], np.ones(unseen)])
        result[known] = multipletests(whole, method=IN_STATSMODELS[method])[1][: int(known.sum())]
    return result


def step_down(observed: Floats, draws: Floats) -> Floats:
    """Romano and Wolf's adjusted p of each hypothesis.

    observed: one studentised statistic a hypothesis, larger is more extreme; draws (draws × hypotheses): the same
    under chance, a row being one resampling of all of them together. The largest meets the maximum of all draws, the
    next the maximum without the first, and so on; no p is smaller than the one before it."""
    order = np.argsort(-observed, kind="stable")
    result, before = np.empty(len(observed)), 0.0
    # Maxima over the hypotheses that remain, from the last one on.
    remaining = np.maximum.accumulate(draws[:, order[::-1]], axis=1)[:, ::-1]
    for place, hypothesis in enumerate(order):
        before = max(before, Chance.of(remaining[:, place]).p(float(observed[hypothesis])))
        result[hypothesis] = before
    return result


def ledger(looks: pd.DataFrame, *, key: Sequence[str], method: Method = "by", q: float = SURVIVES) -> pd.DataFrame:
    """What one analyst has looked at, one row a distinct hypothesis, in the order of the first look.

    looks: the columns of `key` (subject, ticker, measure, window of lags, dates, …), `p` and `at`, one row a look.
    A hypothesis seen again with the same data is the same hypothesis; its smallest p counts, so that looking again
    can only cost. Columns added: looks, p_adjusted, survives. len() of it is the size of the family."""
    grouped = looks.sort_values("at").groupby(list(key), sort=False, dropna=False)
    rows = grouped.agg(first_at=("at", "first"), looks=("at", "size"), p=("p", "min")).reset_index()
    rows["p_adjusted"] = adjusted(rows["p"].to_numpy(dtype=float), method, family=len(rows))
    rows["survives"] = rows["p_adjusted"] <= q
    return rows
