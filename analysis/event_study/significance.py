"""
Significance tests of the mean abnormal return around events, valid when events share days.

    event windows → BMP, Kolari–Pynnönen, Corrado's rank, calendar-time portfolio, band from resampled dates

Ten companies on one date are not ten independent observations. Sources: Boehmer, Musumeci and Poulsen 1991 (event days
are more volatile than others); Kolari and Pynnönen 2010 (events on shared days); Corrado 1989, Corrado and Zivney 1992
(ranks, no normal distribution needed); Jaffe 1974, Mandelker 1974 (calendar time).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.event_study.windows import EventWindows, Floats, Ints
from analysis.returns import Window

MIN_COMMON = 50  # sessions shared by two events' estimations, below which their correlation is not used
MIN_DATES = 5  # fewer dates cannot be resampled
NAN = float("nan")

Used = npt.NDArray[np.bool_]  # which events have the whole window


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic and its two-sided p; NaN where the data do not allow one."""

    t: float
    p: float


def bmp(scar: Floats) -> float:
    """mean · √N / standard deviation of the standardised (cumulative) abnormal returns."""
    return float(scar.mean() * np.sqrt(len(scar)) / scar.std(ddof=1)) if len(scar) > 2 else NAN


@dataclass(frozen=True, slots=True)
class CoMovement:
    """The mean correlation r̄ of all pairs of events, and the degrees of freedom of their variance."""

    r: float
    freedom: float


def kolari_pynnonen(t_bmp: float, n: int, shared: CoMovement) -> Statistic:
    """BMP's t times √((1 − r̄)/(1 + (n − 1)r̄)), for correlated events."""
    r = max(shared.r, 0.0)
    t = t_bmp * float(np.sqrt((1 - r) / (1 + (n - 1) * r)))
    return Statistic(t, float(2 * stats.t.sf(abs(t), shared.freedom)))


def co_movement(windows: EventWindows, correlations: Floats, window: Window, used: Used) -> CoMovement:
    """The co-movement of the used events' abnormal returns over the window, from `residual_correlations`.

    A pair's part is its correlation times the overlap of the days in the two sums: 1 on the same date, less when the
    windows overlap, slightly below zero when one event lies in the estimation of the other."""
    n = int(used.sum())
    if n < 2:
        return CoMovement(0.0, 1.0)
    weights = windows.weights(window)[used]
    weights /= np.sqrt((weights**2).sum(axis=1, keepdims=True))
    matrix = correlations[np.ix_(used, used)] * (weights @ weights.T)
    np.fill_diagonal(matrix, 1.0)
    return CoMovement(float((matrix.sum() - n) / (n * (n - 1))), _freedom(matrix))


def _freedom(correlations: Floats) -> float:
    """The degrees of freedom of the variance: n − 1 for independent values, fewer for others (Satterthwaite 1946)."""
    mean = correlations.mean(axis=0)
    centred = correlations - mean - mean[:, None] + mean.mean()
    return float(np.clip(np.trace(centred) ** 2 / (centred**2).sum(), 1.0, len(mean) - 1.0))


def residual_correlations(windows: EventWindows) -> Floats:
    """Each two events' correlation on the days of both estimations; the mean of all pairs where there are too few."""
    rows = windows.estimation_rows
    if not len(rows):
        return np.empty((0, 0))
    width = 1 + int(rows.max())
    residuals, known = _on_calendar(windows.residuals, rows, width), _on_calendar(np.ones(rows.shape), rows, width)
    squares = (residuals**2) @ known.T
    scale = np.sqrt(squares * squares.T)
    sound = (known @ known.T >= MIN_COMMON) & (scale > 0)
    correlations = np.asarray(np.where(sound, residuals @ residuals.T / np.where(scale > 0, scale, 1.0), np.nan))
    others = sound & ~np.eye(len(sound), dtype=bool)
    return np.where(sound, correlations, correlations[others].mean() if others.any() else 0.0)


def _on_calendar(values: Floats, rows: Ints, width: int) -> npt.NDArray[np.float32]:
    """Each event's values at its rows of the table of returns; 0 elsewhere."""
    table = np.zeros((len(rows), width + 1), dtype=np.float32)
    np.put_along_axis(table, rows, np.where(rows >= 0, values, 0.0), axis=1)  # −1, no day, is the extra column
    return table[:, :width]


def corrado_rank(windows: EventWindows, window: Window, used: Used, shared: CoMovement) -> Statistic:
    """Ranks of the standardised abnormal returns among all days of estimation and window, summed over the window.

    Each event is one observation, and correlated events are corrected as in `kolari_pynnonen` (their generalised rank
    test of 2011): Corrado's own variance, taken over relative days, is too small when windows overlap."""
    values = np.concatenate([windows.residuals / windows.s[:, None], windows.abnormal / windows.day_error()], axis=1)
    values = values[used]
    known = ~np.isnan(values)
    ranks = stats.rankdata(np.where(known, values, np.inf), axis=1) / (known.sum(axis=1, keepdims=True) + 1) - 0.5
    around = ranks[:, windows.residuals.shape[1] :][:, windows.inside(window)]
    return kolari_pynnonen(bmp(around.sum(axis=1)), int(used.sum()), shared)


@dataclass(frozen=True, slots=True)
class CalendarTime:
    """A portfolio of the companies in their window on each day: mean abnormal return a day, t, p, number of days."""

    mean: float
    t: float
    p: float
    n_days: int


def calendar_time(windows: EventWindows, window: Window, used: Used) -> CalendarTime:
    """The mean over days, each day one observation whatever the number of events; White's standard error."""
    inside = windows.inside(window)
    rows, values = windows.rows[used][:, inside].ravel(), windows.abnormal[used][:, inside].ravel()
    days, day = np.unique(rows, return_inverse=True)
    daily = np.bincount(day, values) / np.bincount(day) if len(days) else np.empty(0)
    if len(daily) < 3:
        return CalendarTime(NAN, NAN, NAN, len(daily))
    t = float(daily.mean() * np.sqrt(len(daily)) / daily.std(ddof=1))
    return CalendarTime(float(daily.mean()), t, float(2 * stats.t.sf(abs(t), len(daily) - 1)), len(daily))


def date_band(values: Floats, rows: Ints, *, together: int, draws: int, seed: int) -> tuple[Floats, Floats]:
    """The 95 % band of the mean over events of each column: dates are resampled, not events. NaN values are left out.

    Dates within the same `together` sessions are drawn as one, since their windows overlap. A bootstrap of few groups
    is too narrow: the band is widened by Student's t. NaN with fewer than five groups."""
    blocks, block = np.unique(rows // together, return_inverse=True)
    groups = len(blocks)
    if groups < MIN_DATES:
        return np.full(values.shape[1], NAN), np.full(values.shape[1], NAN)
    known = ~np.isnan(values)
    sums, counts = np.zeros((groups, values.shape[1])), np.zeros((groups, values.shape[1]))
    np.add.at(sums, block, np.where(known, values, 0.0))
    np.add.at(counts, block, known)
    weights = np.random.default_rng(seed).multinomial(groups, np.full(groups, 1 / groups), draws).astype(float)
    means = weights @ sums / np.maximum(weights @ counts, 1)
    middle = np.where(known.any(axis=0), sums.sum(axis=0) / np.maximum(counts.sum(axis=0), 1), np.nan)
    wider = stats.t.ppf(0.975, groups - 1) / stats.norm.ppf(0.975) * np.sqrt(groups / (groups - 1))
    low, high = middle + wider * (np.quantile(means, [0.025, 0.975], axis=0) - middle)
    return low, high
