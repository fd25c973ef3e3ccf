"""
A scan of one pair over all lags, and what chance alone would show there.

    attention, returns by session → innovations → correlation by lag → the largest |t| against resampled returns

Resampling the returns in blocks keeps their own volatility and drift and leaves the attention as it is; it breaks only
the link between the two. The largest |t| over the whole window is compared with the largest over the whole window under
chance, so that ten lags are one question.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bootstrap import Chance
from analysis.lead_lag.align_sessions import aligned_by_session
from analysis.lead_lag.cross_correlation import Design, by_lag, design, newey_west_lags, t_statistics
from analysis.lead_lag.residual_attention import residual_attention
from analysis.returns import ESTIMATION, MIN_OBS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MIN_SESSIONS = 60
SESSIONS_PER_LAG = 3
MIN_ACTIVE = 20  # sessions on which attention, or the return, differs from its most frequent value
# Products of this size stay in one BLAS thread and in the cache. Larger ones start more threads, and on a busy machine
# a verdict then takes ten times as long.
CHUNK_CELLS = 800_000
SINGLE_STATISTICS = 4_000  # single t of the draws that are stored: enough for an 80 % quantile within a point


@dataclass(frozen=True, slots=True)
class Pair:
    """Innovations and returns on the same sessions, of mean zero; `n` have both. `lack`: the reason against a test."""

    innovations: Floats
    returns: Floats  # 0 where missing
    missing: npt.NDArray[np.bool_]
    sessions: pd.Index
    n: int
    coefficients: int  # fitted for the innovations
    lack: str = ""


def pair_series(attention: pd.Series, returns: pd.Series, *, widest_lag: int, horizon: int = 1) -> Pair:
    """The pair over the sessions of the returns. With a horizon, innovations are summed over that many sessions."""
    attention, lack = aligned_by_session(attention, "attention")
    returns, second = aligned_by_session(returns, "the price")
    if lack or second:
        return Pair(np.empty(0), np.empty(0), np.empty(0, dtype=bool), pd.Index([]), 0, 0, lack or second)
    attention = attention.reindex(returns.index)
    residual = residual_attention(attention)
    innovations = residual.innovations.rolling(horizon).sum().to_numpy(dtype=float)
    values = returns.to_numpy(dtype=float)
    missing = ~np.isfinite(values)
    centred = np.where(missing, 0.0, values - (values[~missing].mean() if not missing.all() else 0.0))
    both = ~np.isnan(innovations) & ~missing
    lack = _lack(attention, values, missing, int(both.sum()), widest_lag)
    return Pair(innovations, centred, missing, returns.index, int(both.sum()), residual.coefficients, lack)


def _lack(attention: pd.Series, values: Floats, missing: npt.NDArray[np.bool_], n: int, widest_lag: int) -> str:
    """The reason against a test, for attention and returns on the same sessions; "" for none."""
    needed = max(MIN_SESSIONS, SESSIONS_PER_LAG * widest_lag)
    known, returns = attention[~missing].dropna(), values[~missing]
    if known.empty:
        shared = int(attention.notna().sum())
        return _no_return(shared) if shared else "attention and prices share no trading day"
    if np.ptp(returns) == 0:
        return "the price did not move"
    if n < needed:
        return f"only {n} trading days have both attention and an abnormal return, and it takes {needed}"
    for what, active in (("attention", _active(known)), ("the price's move", _active(pd.Series(returns)))):
        if active < MIN_ACTIVE:
            return f"{what} differs from its usual value on only {active} trading days, and it takes {MIN_ACTIVE}"
    return ""


def _no_return(days: int) -> str:
    return (
        f"attention and prices share {days} trading {'day' if days == 1 else 'days'}, but none has an abnormal "
        f"return: that takes {MIN_OBS} sessions of prices that end {-ESTIMATION[1]} sessions earlier"
    )


def _active(values: pd.Series) -> int:
    """The number of values that differ from the most frequent one."""
    return int((values != values.mode().iloc[0]).sum())


@dataclass(frozen=True, slots=True)
class Scan:
    """The correlations by lag (columns as in cross_correlation), and the largest |t| over the tested lags, real and
    drawn.

    single, errors: for some of the draws, the t of single lags and their standard errors in units of correlation."""

    by_lag: pd.DataFrame
    lag: int
    largest: float
    chance: Chance
    single: Floats
    errors: Floats


def scan(pair: Pair, lags: Ints, positions: Ints) -> Scan:
    """All lags tested together; lag 0 is shown, not tested. `positions` (draws × sessions) resample known returns."""
    table = design(pair.innovations, lags, pair.missing, hac=newey_west_lags(pair.n))
    shown = by_lag(table, pair.returns)
    size = np.where(lags == 0, 0.0, np.abs(shown["t"].to_numpy()))
    best = int(np.argmax(size))
    t, errors = (values[:, lags != 0] for values in resampled_statistics(table, pair, positions))
    chance = Chance.of(np.abs(t).max(axis=1))
    some = slice(None, None, -(-t.size // SINGLE_STATISTICS))
    errors = (errors[some] * _to_correlation(table, pair)[lags != 0]).ravel()
    return Scan(shown, int(lags[best]), float(size[best]), chance, t[some].ravel(), errors)


def _to_correlation(table: Design, pair: Pair) -> Floats:
    """The factor from slope to correlation at each lag. True innovations vary a little more than fitted residuals."""
    xx = (table.x**2).sum(axis=0) * pair.n / (pair.n - pair.coefficients)
    yy = (table.both_known * (pair.returns**2)[:, None]).sum(axis=0)
    return np.asarray(np.sqrt(xx / yy))


def resampled_statistics(table: Design, pair: Pair, positions: Ints) -> tuple[Floats, Floats]:
    """t and the slope's error of each resampled series (rows) at each lag (columns)."""
    known = pair.returns[~pair.missing]
    t, errors = np.empty((len(positions), len(table.lags))), np.empty((len(positions), len(table.lags)))
    rows = max(CHUNK_CELLS // table.x.size, 1)
    for start in range(0, len(positions), rows):
        series = known[positions[start : start + rows]]
        series -= series.mean(axis=1, keepdims=True)
        t[start : start + rows], errors[start : start + rows] = t_statistics(table, series)
    return t, errors
