"""
What one subject is expected to have on one day, by the regression that the closed form in `abnormal.py` stands for.

    counts before the day → Poisson fit → dispersion by moments → negative binomial fit → the day's distribution

    ln μ_t = ln N_t + a + weekday + holiday + b·t,  n_t ~ NB(μ_t, k)          (Cameron and Trivedi 2013, ch. 3)

Slow (about 10 ms a day and subject): for a single series that somebody looks into.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import statsmodels.api as sm

from analysis.abnormal import negative_binomial_scores

Floats = npt.NDArray[np.float64]

WINDOW = 182  # days
LEAST_DAYS = 56
LEAST_STORIES = 20  # with fewer, weekdays and a trend are not to be told from chance


@dataclass(frozen=True, slots=True)
class Expected:
    """
    One day: its count, what was expected, the 95 % range of a usual day, z, p = P(N ≥ count), n days, dispersion k.
    """

    count: int
    expected: float
    low: float
    high: float
    z: float
    p: float
    n: int
    dispersion: float


def glm_expected(
    counts: pd.Series, totals: pd.Series, day: date, *, window: int = WINDOW, holidays: pd.DatetimeIndex | None = None
) -> Expected | None:
    """The day judged by a negative-binomial regression on the `window` days before it; the day itself is left out.

    None without coverage on the day, with fewer than 56 days of coverage or 20 stories before it."""
    at = pd.Timestamp(day)
    days = pd.date_range(at - pd.Timedelta(days=window), at)
    n = counts.reindex(days, fill_value=0).to_numpy(dtype=float)
    total = totals.reindex(days, fill_value=0).to_numpy(dtype=float)
    used = (total > 0) & (days < at)
    if total[-1] <= 0 or used.sum() < LEAST_DAYS or n[used].sum() < LEAST_STORIES:
        return None
    x = _regressors(days, n, used, holidays)
    k = _dispersion(n[used], _fitted(n[used], x[used], total[used], sm.families.Poisson()).mu, x.shape[1])
    fit = _fitted(n[used], x[used], total[used], sm.families.NegativeBinomial(alpha=k))
    mean = float(np.exp(x[-1] @ fit.params) * total[-1])
    doubt = float(x[-1] @ fit.cov_params() @ x[-1])
    found = {
        name: float(value[0])
        for name, value in negative_binomial_scores(n[-1:], np.array([mean]), np.array([k + doubt])).items()
    }
    return Expected(count=int(n[-1]), n=int(used.sum()), dispersion=k + doubt, **found)


def _regressors(
    days: pd.DatetimeIndex, n: Floats, used: npt.NDArray[np.bool_], holidays: pd.DatetimeIndex | None
) -> Floats:
    """Columns: 1, a trend that is 0 on the day, and each kind of day that has had a story but the first."""
    kind = days.day_of_week.to_numpy().copy()
    if holidays is not None:
        kind[days.isin(holidays)] = 7
    # A kind of day without any story would be given a rate of zero for good.
    told = [k for k in range(8) if n[used & (kind == k)].sum() > 0]
    trend = np.arange(1 - len(days), 1) / len(days)
    return np.column_stack([np.ones(len(days)), trend, *[(kind == k).astype(float) for k in told[1:]]])


def _fitted(n: Floats, x: Floats, total: Floats, family: sm.families.Family) -> sm.genmod.GLMResults:
    return sm.GLM(n, x, family=family, offset=np.log(total)).fit()


def _dispersion(n: Floats, mean: Floats, parameters: int) -> float:
    """k by moments: what of the squared errors is beyond Poisson, against the squared means."""
    freedom = len(n) / (len(n) - parameters)
    return float(max((freedom * (n - mean) ** 2 - mean).sum() / (mean**2).sum(), 1e-6))
