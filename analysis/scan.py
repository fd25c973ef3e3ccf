"""
One pair, all lags, and what chance alone would show there.

    attention, returns by session → innovations → correlation by lag → the largest |t| against resampled returns

Resampling the returns in blocks keeps their own volatility and drift and the attention exactly as they are, and breaks only what ties
the two together. The largest |t| over the whole window is compared with the largest over the whole window: ten lags looked
at are one question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.align_sessions import by_session
from analysis.bootstrap import Chance
from analysis.crosscorr import Design, by_lag, design, newey_west_lags, t_statistics
from analysis.residual_attention import news_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MIN_SESSIONS = 60
SESSIONS_PER_LAG = 3
MIN_ACTIVE = 20  # sessions on which attention, or the return, differs from its usual value
# Products of this size stay in one BLAS thread and in the cache. Larger ones wake the others, and on a busy machine a verdict
# then takes ten times as long.
CHUNK_CELLS = 800_000
KEPT = 4_000  # single t of the draws that are kept: they give an 80 % quantile to a point


@dataclass(frozen=True, slots=True)
class Pair:
    """Innovations and returns on one axis of sessions, of mean zero; `n` sessions have both. `lack` says why not to go on."""

    news: Floats
    returns: Floats  # 0 where missing
    missing: npt.NDArray[np.bool_]
    sessions: pd.Index
    n: int
    spent: int  # coefficients that the innovations took
    lack: str = ""


def paired(attention: pd.Series, returns: pd.Series, *, widest_lag: int, horizon: int = 1) -> Pair:
    """The pair over the sessions of the returns. With a horizon, news is the sum over that many sessions up to each one."""
    attention, lack = by_session(attention, "attention")
    returns, second = by_session(returns, "the price")
    if lack or second:
        return Pair(np.empty(0), np.empty(0), np.empty(0, dtype=bool), pd.Index([]), 0, 0, lack or second)
    attention = attention.reindex(returns.index)
    found = news_of(attention)
    news = found.values.rolling(horizon).sum().to_numpy(dtype=float)
    values = returns.to_numpy(dtype=float)
    missing = ~np.isfinite(values)
    centred = np.where(missing, 0.0, values - (values[~missing].mean() if not missing.all() else 0.0))
    both = ~np.isnan(news) & ~missing
    lack = _lack(attention[~missing], values[~missing], int(both.sum()), widest_lag)
    return Pair(news, centred, missing, returns.index, int(both.sum()), found.spent, lack)


def _lack(attention: pd.Series, returns: npt.NDArray[np.floating[Any]], n: int, widest_lag: int) -> str:
    needed = max(MIN_SESSIONS, SESSIONS_PER_LAG * widest_lag)
    known = attention.dropna()
    if known.empty or len(returns) == 0:
        return "attention and prices share no trading day"
    if np.ptp(returns) == 0:
        return "the price did not move"
    if n < needed:
        return f"only {n} trading days have both, and it takes {needed}"
    for what, active in (("attention", _active(known)), ("the price's move", _active(pd.Series(returns)))):
        if active < MIN_ACTIVE:
            return f"{what} differs from its usual value on only {active} trading days, and it takes {MIN_ACTIVE}"
    return ""


def _active(values: pd.Series) -> int:
    """How many differ from the most frequent value."""
    return int((values != values.mode().iloc[0]).sum())


@dataclass(frozen=True, slots=True)
class Scan:
    """What the lags show (`by_lag`, see crosscorr), and the largest |t| over the tested ones, in the data and by chance.

    single, errors: the t of one lag by chance and the error that it was divided by, as a correlation's, for some of the draws."""

    by_lag: pd.DataFrame
    lag: int
    largest: float
    chance: Chance
    single: Floats
    errors: Floats


def scan(pair: Pair, lags: Ints, positions: Ints) -> Scan:
    """Tests the lags together; lag 0 is shown, never tested. `positions` (draws × sessions) resample the known returns."""
    table = design(pair.news, lags, pair.missing, hac=newey_west_lags(pair.n))
    shown = by_lag(table, pair.returns)
    size = np.where(lags == 0, 0.0, np.abs(shown["t"].to_numpy()))
    best = int(np.argmax(size))
    t, errors = (each[:, lags != 0] for each in drawn(table, pair, positions))
    chance = Chance.of(np.abs(t).max(axis=1))
    some = slice(None, None, -(-t.size // KEPT))
    errors = (errors[some] * _to_correlation(table, pair)[lags != 0]).ravel()
    return Scan(shown, int(lags[best]), float(size[best]), chance, t[some].ravel(), errors)


def _to_correlation(table: Design, pair: Pair) -> Floats:
    """What a slope at each lag is to be multiplied by. The news varies a little more than its residuals, which were fitted."""
    xx = (table.x**2).sum(axis=0) * pair.n / (pair.n - pair.spent)
    yy = (table.paired * (pair.returns**2)[:, None]).sum(axis=0)
    return np.asarray(np.sqrt(xx / yy))


def drawn(table: Design, pair: Pair, positions: Ints) -> tuple[Floats, Floats]:
    """t and the slope's error of each resampled series (rows) at each lag (columns)."""
    known = pair.returns[~pair.missing]
    t, errors = np.empty((len(positions), len(table.lags))), np.empty((len(positions), len(table.lags)))
    rows = max(CHUNK_CELLS // table.x.size, 1)
    for start in range(0, len(positions), rows):
        series = known[positions[start : start + rows]]
        series -= series.mean(axis=1, keepdims=True)
        t[start : start + rows], errors[start : start + rows] = t_statistics(table, series)
    return t, errors
