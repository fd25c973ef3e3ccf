"""
When a subject was hot, and when to say so at once.

    counts, totals → two states a period (Viterbi) → bursts with start, end and weight       looking back (Kleinberg 2002)
    expected, dispersion, budget → threshold → alarms → alarms a week, promised and realised  looking at today

A burst is told from the whole window, its later days too; an alarm from the past alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from analysis.intervals import wilson

Floats = npt.NDArray[np.float64]
BURSTS = ["subject", "start", "end", "weight", "n", "total", "share", "low", "high", "base"]


def burst_states(counts: pd.DataFrame, totals: pd.Series, *, times: float = 2.0, gamma: float = 1.0) -> pd.DataFrame:
    """True where a subject bursts: the cheapest sequence of two states, one with its usual share, one with `times` it.

    counts: one column a subject, index the period; totals: all stories. Changing up costs gamma · ln(periods)."""
    r, d = counts.to_numpy(dtype=float), totals.reindex(counts.index).to_numpy(dtype=float)[:, None]
    cheaper = _saved(r, d, times)
    return pd.DataFrame(_viterbi(cheaper, gamma * np.log(max(len(r), 1))), counts.index, counts.columns)


def bursts(counts: pd.DataFrame, totals: pd.Series, *, times: float = 2.0, gamma: float = 1.0) -> pd.DataFrame:
    """One row a burst, the heaviest first.

    Columns subject, start, end (its first and last period), weight (Kleinberg's: how much likelier the burst makes it,
    in nats), n (stories in it), total, share with low and high (Wilson), base (the subject's share of the window)."""
    states = burst_states(counts, totals, times=times, gamma=gamma)
    d = totals.reindex(counts.index).to_numpy(dtype=float)
    r = counts.to_numpy(dtype=float)
    saved = _saved(r, d[:, None], times)
    rows = []
    for column, subject in enumerate(counts.columns):
        on = states.iloc[:, column].to_numpy()
        edges = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]]).astype(int)))
        base = r[:, column].sum() / d.sum() if d.sum() else np.nan
        for first, after in edges.reshape(-1, 2):
            n, total = r[first:after, column].sum(), d[first:after].sum()
            low, high = wilson(n, total)
            period = counts.index[first], counts.index[after - 1]
            weight = saved[first:after, column].sum()
            rows.append((subject, *period, weight, int(n), int(total), n / total, float(low), float(high), base))
    return pd.DataFrame(rows, columns=BURSTS).sort_values("weight", ascending=False, ignore_index=True)


def alarm_threshold(
    expected: npt.ArrayLike,
    dispersion: npt.ArrayLike,
    *,
    budget_per_week: float,
    n_series: int,
    windows_per_week: float,
) -> Floats:
    """The least count that rings: P(NB ≥ it) < budget / (series · windows), elementwise; NaN where nothing is expected.

    A budget of 2 a week over all themes means: on weeks without any event, two false alarms a week at most on average."""
    mean, k = np.asarray(expected, dtype=float), np.asarray(dispersion, dtype=float)
    size = 1 / k
    level = min(budget_per_week / (n_series * windows_per_week), 1.0)
    count = np.asarray(stats.nbinom.isf(level, size, size / (size + mean))) + 1
    # isf gives the least x with P(N > x) ≤ level; asked for is less than the level.
    count = np.where(_at_least(count, mean, size) < level, count, count + 1)
    return np.where(np.isnan(mean), np.nan, np.maximum(count, 1))


def alarms(
    counts: pd.DataFrame,
    expected: pd.DataFrame,
    dispersion: pd.DataFrame,
    families: pd.DataFrame,
    *,
    budget_per_week: float,
    windows_per_week: float,
    min_families: int = 2,
) -> pd.DataFrame:
    """True where a count reaches its threshold and at least `min_families` publisher families wrote it.

    Four tables of one shape: index the window, one column a series. One wire's copies are no alarm."""
    threshold = alarm_threshold(
        expected,
        dispersion,
        budget_per_week=budget_per_week,
        n_series=max(counts.shape[1], 1),  # nobody was ever spoken of: nothing to share the budget, and nothing rings
        windows_per_week=windows_per_week,
    )
    rings = (counts.to_numpy() >= threshold) & (families.to_numpy() >= min_families)
    return pd.DataFrame(rings, counts.index, counts.columns)


@dataclass(frozen=True, slots=True)
class Realised:
    """Alarms a week with their exact 95 % Poisson interval, over n weeks; `promised` is the budget."""

    per_week: float
    low: float
    high: float
    n: float
    promised: float


def realised(fired: pd.DataFrame, *, budget_per_week: float, windows_per_week: float) -> Realised:
    """What a table of alarms came to. On the past it holds true alarms too, so more than promised may be the news."""
    rung, weeks = int(fired.to_numpy().sum()), len(fired) / windows_per_week
    if weeks == 0:
        return Realised(np.nan, np.nan, np.nan, 0, budget_per_week)
    low = float(special.gammaincinv(rung, 0.025)) if rung else 0.0
    high = float(special.gammaincinv(rung + 1, 0.975))
    return Realised(rung / weeks, low / weeks, high / weeks, weeks, budget_per_week)


def simulated(
    expected: npt.ArrayLike,
    dispersion: npt.ArrayLike,
    *,
    budget_per_week: float,
    windows_per_week: int,
    weeks: int = 1000,
    seed: int = 0,
) -> Realised:
    """What the budget comes to in weeks without any event, if the series are as they are taken to be (one value each)."""
    mean, k = np.asarray(expected, dtype=float), np.asarray(dispersion, dtype=float)
    known = ~np.isnan(mean)
    if not known.any():
        return Realised(np.nan, np.nan, np.nan, 0, budget_per_week)
    mean, size = mean[known], 1 / k[known]
    threshold = alarm_threshold(
        mean, 1 / size, budget_per_week=budget_per_week, n_series=len(mean), windows_per_week=windows_per_week
    )
    drawn = np.random.default_rng(seed).negative_binomial(
        size, size / (size + mean), (weeks * windows_per_week, len(mean))
    )
    fired = pd.DataFrame(drawn >= threshold)
    return realised(fired, budget_per_week=budget_per_week, windows_per_week=windows_per_week)


def _saved(r: Floats, d: Floats, times: float) -> Floats:
    """What each period costs less in the burst state: σ(0) − σ(1). The binomial coefficient is in both and falls out."""
    total = d.sum()
    p0 = np.clip(r.sum(axis=0) / total if total else np.zeros(r.shape[1]), 1e-12, 1 - 1e-12)
    p1 = np.minimum(times * p0, 1 - 1e-12)
    return np.asarray(r * np.log(p1 / p0) + (d - r) * np.log((1 - p1) / (1 - p0)))


def _viterbi(saved: Floats, up: float) -> npt.NDArray[np.bool_]:
    """The cheapest states, all series at once: being in the burst state saves `saved`, entering it costs `up`."""
    periods, series = saved.shape
    entered, stayed = np.zeros((2, periods, series), dtype=bool)
    low, high = np.zeros(series), np.full(series, -np.inf)  # the best saving so far, ending in each state
    for t in range(periods):
        entered[t] = low - up > high
        stayed[t] = high > low
        low, high = np.maximum(low, high), np.maximum(high, low - up) + saved[t]
    states = np.zeros((periods, series), dtype=bool)
    now = high > low
    for t in range(periods - 1, -1, -1):
        states[t] = now
        now = np.where(now, ~entered[t], stayed[t])
    return states


def _at_least(count: Floats, mean: Floats, size: Floats) -> Floats:
    return np.asarray(special.betainc(np.maximum(count, 1), size, mean / (size + mean)))
