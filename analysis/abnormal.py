"""
Abnormal attention: each count against what its own past and the day's total coverage lead one to expect.

    counts, totals → level × weekday before the day → expected count → negative binomial → interval, z, p

    ln μ_t = ln N_t + ln r_t + ln w_t         N all stories of the day, r the subject's slow rate, w its weekday
    n_t ~ NB(μ_t, k_t)                        k: how bursty it was, and how well r is known

Only days before t enter the expectation for t, so a spike cannot hide itself and a page as of then shows the same. The
closed form replaces a regression for each day and subject and is a thousand times faster; the tests compare it with
that regression. The z is the mid-p quantile residual (Dunn and Smyth 1996, without the random part, so that a page
shows the same numbers twice).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

Floats = npt.NDArray[np.float64]
Grain = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Span:
    """How far back a baseline looks, in periods."""

    level: int  # the slow rate's own level
    window: int  # weekdays, and the rate that a thin level leans on
    memory: int  # how bursty it was
    least: int  # periods with coverage in the window, fewer give NaN
    weekdays: bool


SPANS: dict[Grain, Span] = {
    "day": Span(level=28, window=84, memory=182, least=28, weekdays=True),
    "week": Span(level=8, window=26, memory=52, least=8, weekdays=False),
    "month": Span(level=6, window=12, memory=24, least=6, weekdays=False),
}
LEVEL_PRIOR = 5.0  # stories that the window's rate counts for beside the level's own
WEEKDAY_PRIOR = 10.0  # stories that "every weekday is alike" counts for
DISPERSION_PRIOR = 0.2  # k of a subject without a past …
DISPERSION_WEIGHT = 20.0  # … and Σμ² at which its own past counts as much
# Standard errors added to k: an estimate that is right on average is too low in the tail.
CAUTION, ALARM_CAUTION = 1.0, 2.0
RANGE = np.array([0.025, 0.975])
JEFFREYS = 0.5  # a subject never seen before is rare, not impossible


@dataclass(frozen=True, slots=True)
class AbnormalAttention:
    """Tables: index period, one column a subject. NaN without enough past, or on a day without any coverage.

    expected · low, high: the 95 % range of a usual day · z: mid-p quantile residual, about N(0, 1) on usual days ·
    p: P(N ≥ count) · n: periods with coverage in the baseline · dispersion: k of the negative binomial, one standard
    error above its estimate · alarm_dispersion: two above, for alarms, which depend on its tail."""

    expected: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    z: pd.DataFrame
    p: pd.DataFrame
    n: pd.DataFrame
    dispersion: pd.DataFrame
    alarm_dispersion: pd.DataFrame

    def of(self, subject: str) -> pd.DataFrame:
        """One subject's columns side by side."""
        return pd.DataFrame({part.name: getattr(self, part.name)[subject] for part in fields(self)})


def abnormal_attention(
    counts: pd.DataFrame,
    totals: pd.Series,
    *,
    grain: Grain = "day",
    holidays: pd.DatetimeIndex | None = None,
    last: int | None = None,
) -> AbnormalAttention:
    """The abnormal attention of every count; only of the `last` periods where given.

    counts: index day (or the period's first day), one column a subject; totals: all stories, same index. A missing day
    is a day without stories. A day of `holidays` counts as a Sunday."""
    return AbnormalAttention(**_tables(counts, totals, grain, holidays=holidays, last=last))


def abnormal_z(counts: pd.DataFrame, totals: pd.Series, *, grain: Grain = "day") -> pd.DataFrame:
    """The z of `abnormal_attention` alone, in half its time."""
    return _tables(counts, totals, grain, ranges=False)["z"]


def _tables(
    counts: pd.DataFrame,
    totals: pd.Series,
    grain: Grain,
    *,
    holidays: pd.DatetimeIndex | None = None,
    last: int | None = None,
    ranges: bool = True,
) -> dict[str, pd.DataFrame]:
    index = _every_period(totals.index, grain)
    if last is not None:
        index = index[-(last + SPANS[grain].window + SPANS[grain].memory) :]
    n = counts.reindex(index, fill_value=0).to_numpy(dtype=float)
    total = totals.reindex(index, fill_value=0).to_numpy(dtype=float)
    weekdays = _weekdays(index, SPANS[grain], holidays)
    tables = usual_counts(n, total, weekdays, grain=grain, last=last, ranges=ranges)
    shown = index if last is None else index[-last:]
    return {name: pd.DataFrame(table, shown, counts.columns) for name, table in tables.items()}


def usual_counts(
    n: Floats,
    total: Floats,
    weekday: npt.NDArray[np.int64],
    *,
    grain: Grain = "day",
    last: int | None = None,
    ranges: bool = True,
) -> dict[str, Floats]:
    """The tables of AbnormalAttention as arrays, of counts by period (row) and subject; every period has a row.

    total: all stories; weekday: Monday is 0. Only the `last` periods are computed where given; low and high are left
    out without `ranges`, since they take as long as all the rest."""
    span = SPANS[grain]
    if last is not None:
        first = -(last + span.window + span.memory)
        n, total, weekday = n[first:], total[first:], weekday[first:]
    forecast = _forecast(n, total, weekday, span)
    dispersion, alarm_dispersion = _dispersion(n, forecast, span)
    shown = slice(None) if last is None else slice(-last, None)
    tables = negative_binomial_scores(n[shown], forecast.expected[shown], dispersion[shown], ranges=ranges)
    tables["n"] = np.broadcast_to(forecast.known[:, None], n.shape)[shown]
    tables["dispersion"], tables["alarm_dispersion"] = dispersion[shown], alarm_dispersion[shown]
    return tables


def negative_binomial_scores(n: Floats, mean: Floats, dispersion: Floats, *, ranges: bool = True) -> dict[str, Floats]:
    """expected, z and p of each count in the negative binomial of its mean and dispersion; low, high with `ranges`."""
    size = 1 / dispersion
    success = size / (size + mean)
    at_least = np.where(n > 0, special.betainc(np.maximum(n, 1), size, 1 - success), 1.0)
    more = special.betainc(n + 1, size, 1 - success)
    middle = np.clip((at_least + more) / 2, 1e-300, 1 - 1e-16)
    unknown = np.isnan(mean)
    edges = stats.nbinom.ppf(RANGE.reshape(-1, *[1] * n.ndim), size, success) if ranges else ()
    return {
        "expected": mean,
        **dict(zip(("low", "high"), edges, strict=False)),
        "z": -special.ndtri(np.where(unknown, np.nan, middle)),
        "p": np.where(unknown, np.nan, at_least),
    }


@dataclass(frozen=True, slots=True)
class _Forecast:
    expected: Floats  # NaN where there is too little past
    doubt: Floats  # the variance of ln r_t if all were Poisson
    usual: Floats  # the mean count a period in the level
    known: Floats  # periods with coverage in the window


def _forecast(n: Floats, total: Floats, weekday: npt.NDArray[np.int64], span: Span) -> _Forecast:
    """The expected counts of each row from the rows before it."""
    known = _before((total > 0).astype(float), span.window)
    long_n, long_total = _before(n, span.window) + JEFFREYS, _before(total, span.window)[:, None]
    level_n, level_total = _before(n, span.level), _before(total, span.level)[:, None]
    rate = long_n / np.where(long_total > 0, long_total, np.nan)
    prior = np.minimum(LEVEL_PRIOR, long_n)
    level = (level_n + prior) / (level_total + prior / rate)
    expected = level * total[:, None] * _weekday_factor(n, total, rate, weekday, span)
    expected[(known < span.least) | (total <= 0)] = np.nan
    periods = np.maximum(_before((total > 0).astype(float), span.level), 1.0)[:, None]
    return _Forecast(expected, 1 / (level_n + prior), level_n / periods, known)


def _weekday_factor(n: Floats, total: Floats, rate: Floats, weekday: npt.NDArray[np.int64], span: Span) -> Floats:
    """How much more of the coverage the subject has on that weekday, shrunk towards 1."""
    factor = np.ones_like(n)
    if not span.weekdays:
        return factor
    for day in range(7):
        same = weekday == day
        own = _before(np.where(same[:, None], n, 0.0), span.window)[same]
        all_stories = _before(np.where(same, total, 0.0), span.window)[same, None]
        factor[same] = (own + WEEKDAY_PRIOR) / (rate[same] * all_stories + WEEKDAY_PRIOR)
    return factor


def _dispersion(n: Floats, forecast: _Forecast, span: Span) -> tuple[Floats, Floats]:
    """k of each row, for pages and for alarms: by moments from the errors of earlier forecasts."""
    # Forecast errors, not residuals of a fit: they include the slow changes that a rate from the past cannot follow.
    mean = np.nan_to_num(forecast.expected)
    known = ~np.isnan(forecast.expected)
    beyond = np.where(known, (n - mean) ** 2 - mean - forecast.doubt * mean**2, 0.0)
    information = _before(mean**2, span.memory) + DISPERSION_WEIGHT
    k = np.maximum((_before(beyond, span.memory) + DISPERSION_WEIGHT * DISPERSION_PRIOR) / information, 0.0)
    # The squared error of a gamma rate has the variance (2 + 6k)·(its mean)²; effective: the number of days behind it.
    effective = information**2 / (_before(mean**4, span.memory) + DISPERSION_WEIGHT**2 / 4)
    error = k * np.sqrt((2 + 6 * k) / effective)
    usual, cautious = (
        np.where(known, above + forecast.doubt * (1 + above * forecast.usual), np.nan)
        for above in (k + CAUTION * error, k + ALARM_CAUTION * error)
    )
    return usual, cautious


def _before(values: Floats, length: int) -> Floats:
    """Sums over the `length` rows before each row, without the row itself."""
    total = np.zeros((len(values) + 1, *values.shape[1:]))
    values.cumsum(axis=0, out=total[1:])
    sums = total[:-1].copy()
    sums[length:] -= total[: max(len(values) - length, 0)]
    return sums


def _weekdays(index: pd.DatetimeIndex, span: Span, holidays: pd.DatetimeIndex | None) -> npt.NDArray[np.int64]:
    weekday = index.day_of_week.to_numpy().astype(np.int64)
    if span.weekdays and holidays is not None:
        weekday[index.isin(holidays)] = 6
    return weekday


def _every_period(index: pd.Index, grain: Grain) -> pd.DatetimeIndex:
    if len(index) == 0:
        return pd.DatetimeIndex([])
    step = {"day": "D", "week": "7D", "month": "MS"}[grain]
    return pd.date_range(index.min(), index.max(), freq=step)
