"""
Alarms that keep a weekly budget of false ones: how high a count must be to raise one.

    expected, dispersion, budget → threshold → alarms → alarms a week, promised and realised

Only the past enters (the expected counts of analysis/abnormal.py), so an alarm of a day never changes afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

Floats = npt.NDArray[np.float64]


def alarm_threshold(
    expected: npt.ArrayLike,
    dispersion: npt.ArrayLike,
    *,
    budget_per_week: float,
    n_series: int,
    windows_per_week: float,
) -> Floats:
    """
    The lowest count that raises an alarm: P(NB ≥ it) < budget / (series · windows), elementwise; NaN where none is
    expected.


    A budget of 2 a week over all themes means: on weeks without any event, two false alarms a week at most on
    average."""
    mean, k = np.asarray(expected, dtype=float), np.asarray(dispersion, dtype=float)
    size = 1 / k
    level = min(budget_per_week / (n_series * windows_per_week), 1.0)
    count = np.asarray(stats.nbinom.isf(level, size, size / (size + mean))) + 1
    # isf gives the lowest x with P(N > x) ≤ level; the promise is strictly less than the level.
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
        n_series=max(counts.shape[1], 1),  # without any subject there is nothing to divide the budget by, and no alarm
        windows_per_week=windows_per_week,
    )
    reached = (counts.to_numpy() >= threshold) & (families.to_numpy() >= min_families)
    return pd.DataFrame(reached, counts.index, counts.columns)


@dataclass(frozen=True, slots=True)
class AlarmRate:
    """Alarms a week with their exact 95 % Poisson interval, over n weeks; `promised` is the budget."""

    per_week: float
    low: float
    high: float
    n: float
    promised: float


def realised_rate(fired: pd.DataFrame, *, budget_per_week: float, windows_per_week: float) -> AlarmRate:
    """The observed rate of a table of alarms. On real days it includes true alarms, so it may exceed the budget."""
    n_alarms, weeks = int(fired.to_numpy().sum()), len(fired) / windows_per_week
    if weeks == 0:
        return AlarmRate(np.nan, np.nan, np.nan, 0, budget_per_week)
    low = float(special.gammaincinv(n_alarms, 0.025)) if n_alarms else 0.0
    high = float(special.gammaincinv(n_alarms + 1, 0.975))
    return AlarmRate(n_alarms / weeks, low / weeks, high / weeks, weeks, budget_per_week)


def simulated_rate(
    expected: npt.ArrayLike,
    dispersion: npt.ArrayLike,
    *,
    budget_per_week: float,
    windows_per_week: int,
    weeks: int = 1000,
    seed: int = 0,
) -> AlarmRate:
    """The rate in simulated weeks without any event, given each series' expected count and dispersion (one value)."""
    mean, k = np.asarray(expected, dtype=float), np.asarray(dispersion, dtype=float)
    known = ~np.isnan(mean)
    if not known.any():
        return AlarmRate(np.nan, np.nan, np.nan, 0, budget_per_week)
    mean, size = mean[known], 1 / k[known]
    threshold = alarm_threshold(
        mean, 1 / size, budget_per_week=budget_per_week, n_series=len(mean), windows_per_week=windows_per_week
    )
    drawn = np.random.default_rng(seed).negative_binomial(
        size, size / (size + mean), (weeks * windows_per_week, len(mean))
    )
    fired = pd.DataFrame(drawn >= threshold)
    return realised_rate(fired, budget_per_week=budget_per_week, windows_per_week=windows_per_week)


def _at_least(count: Floats, mean: Floats, size: Floats) -> Floats:
    return np.asarray(special.betainc(np.maximum(count, 1), size, mean / (size + mean)))
