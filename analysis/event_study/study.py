"""
Event studies: abnormal returns around events, tested window by window.

    events, returns, market → windows.py → mean path with its band → significance.py → EventStudy

Events are sudden attention, stories or uploaded dates. The numbers of events and of dates are both given: ten companies
on one date are little more than one observation. A window is significant by the test of Kolari and Pynnönen, adjusted
for the number of windows and for all studies looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.event_study.significance import (
    bmp,
    calendar_time,
    co_movement,
    corrado_rank,
    date_band,
    kolari_pynnonen,
    residual_correlations,
)
from analysis.event_study.windows import EventWindows, Floats, Market, event_windows
from analysis.multiple_testing import adjusted_p_values
from analysis.returns import ESTIMATION, MIN_OBS, Window

WINDOWS: dict[str, Window] = {"leak": (-5, -1), "reaction": (0, 1), "drift": (2, 20)}
WHEN = {"leak": "The week before", "reaction": "The day and the next", "drift": "The month after"}
ALPHA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudy:
    """The results over all events; NaN where there are too few data.

    windows: a row a window: window, start, end, n_events, n_dates, caar (mean cumulative abnormal return), low, high
    (95 %, dates resampled), t_bmp, r_mean (correlation between events), t_kp, p_kp, t_rank, p_rank, calendar_mean (a
    day), calendar_t, calendar_p, calendar_days, p_adjusted (of p_kp: Holm over the windows, times the family) · path: a
    row a day: day, n_events, aar, caar (from the first day on), low, high · events: a row an event: the given columns,
    day0, merged, earnings, alpha, beta, s, n_estimation, car_<window>, scar_<window> · lines: a row an event, a column
    a day: its own cumulative abnormal return · left_out: events not used, with the reason."""

    windows: pd.DataFrame
    path: pd.DataFrame
    events: pd.DataFrame
    lines: pd.DataFrame
    left_out: pd.DataFrame
    n_events: int
    n_dates: int
    family: int

    @property
    def significant_windows(self) -> tuple[str, ...]:
        """The names of the windows with p_adjusted of at most 5 %."""
        return tuple(self.windows["window"][self.windows["p_adjusted"] <= ALPHA])

    @property
    def sentence(self) -> str:
        """The result and its uncertainty in words."""
        if self.n_events == 0:
            return "Cannot tell: no event has prices around it and enough of them before it."
        events, dates = "event" if self.n_events == 1 else "events", "date" if self.n_dates == 1 else "dates"
        windows = " ".join(_window_sentence(row) for _, row in self.windows.iterrows())
        return f"{self.n_events:,} {events} on {self.n_dates:,} {dates}. {windows}"


def event_study(
    events: pd.DataFrame,
    returns: pd.DataFrame,
    market: Market,
    *,
    windows: Mapping[str, Window] = WINDOWS,
    estimation: Window = ESTIMATION,
    min_obs: int = MIN_OBS,
    merge_sessions: int | None = None,
    earnings: pd.DataFrame | None = None,
    without_earnings: bool = False,
    family: int = 1,
    draws: int = 999,
    seed: int = 0,
) -> EventStudy:
    """Abnormal returns around the events (ticker, session; further columns stay), tested window by window.

    returns: a row a session, a column a ticker, NaN where it did not trade; market: a Series, or a column a ticker. An
    event within `merge_sessions` (None: the last day of the windows) of one before of the same ticker is merged into
    it. earnings: ticker, session; an event within a session of a report is marked, and left out on request."""
    span = (min(start for start, _ in windows.values()), max(end for _, end in windows.values()))
    merge_sessions = max(span[1], 0) if merge_sessions is None else merge_sessions
    marked = events.assign(earnings=near_earnings(events, earnings, returns.index))
    near_report = marked[marked["earnings"] & without_earnings]
    used = marked.drop(near_report.index)
    around = event_windows(
        used, returns, market, span=span, estimation=estimation, min_obs=min_obs, merge_sessions=merge_sessions
    )
    correlations = residual_correlations(around)
    table = pd.DataFrame(
        [_window_row(around, name, window, correlations, draws, seed) for name, window in windows.items()]
    )
    p = adjusted_p_values(table["p_kp"].to_numpy(dtype=float), "holm")
    return EventStudy(
        windows=table.assign(p_adjusted=np.minimum(p * family, 1.0)),
        path=mean_path(around, draws=draws, seed=seed),
        events=_with_cars(around, windows),
        lines=pd.DataFrame(np.cumsum(around.abnormal, axis=1), around.events.index, pd.Index(around.days, name="day")),
        left_out=pd.concat(
            [around.left_out, near_report.assign(reason="near an earnings day")[around.left_out.columns]]
        ),
        n_events=len(around.events),
        n_dates=around.events["day0"].nunique(),
        family=family,
    )


def near_earnings(events: pd.DataFrame, earnings: pd.DataFrame | None, sessions: pd.Index) -> pd.Series:
    """True for an event at most one session away from a report of the same ticker."""
    near = pd.Series(False, index=events.index)
    if earnings is None or earnings.empty:
        return near
    reports = set(zip(earnings["ticker"], sessions.searchsorted(earnings["session"]), strict=True))
    rows = sessions.searchsorted(pd.DatetimeIndex(events["session"]))
    for step in (-1, 0, 1):
        near |= np.array([pair in reports for pair in zip(events["ticker"], rows + step, strict=True)], dtype=bool)
    return near


def mean_path(windows: EventWindows, *, draws: int, seed: int) -> pd.DataFrame:
    """Columns day, n_events, aar (mean abnormal return), caar (cumulative), low, high (95 %, dates resampled)."""
    lines = np.cumsum(windows.abnormal, axis=1)
    low, high = date_band(lines, windows.day0_rows, together=len(windows.days), draws=draws, seed=seed)
    return pd.DataFrame(
        {
            "day": windows.days,
            "n_events": (~np.isnan(lines)).sum(axis=0),
            "aar": _mean(windows.abnormal),
            "caar": _mean(lines),
            "low": low,
            "high": high,
        }
    )


def _mean(values: Floats) -> Floats:
    """The mean of the known values by column; NaN without any."""
    known = ~np.isnan(values)
    number = known.sum(axis=0)
    return np.where(number > 0, np.where(known, values, 0.0).sum(axis=0) / np.maximum(number, 1), np.nan)


def _window_row(
    around: EventWindows, name: str, window: Window, correlations: Floats, draws: int, seed: int
) -> dict[str, object]:
    """The row of one window in EventStudy.windows."""
    car = around.car(window)
    used = ~np.isnan(car)
    n, dates = int(used.sum()), around.day0_rows[used]
    scar = (car / around.car_error(window))[used]
    low, high = date_band(car[used, None], dates, together=1 + window[1] - window[0], draws=draws, seed=seed)
    shared = co_movement(around, correlations, window, used)
    t_bmp = bmp(scar)
    kp, rank = kolari_pynnonen(t_bmp, n, shared), corrado_rank(around, window, used, shared)
    calendar = calendar_time(around, window, used)
    return {
        "window": name, "start": window[0], "end": window[1], "n_events": n, "n_dates": len(np.unique(dates)),
        "caar": float(car[used].mean()) if n else np.nan, "low": low[0], "high": high[0],
        "t_bmp": t_bmp, "r_mean": shared.r, "t_kp": kp.t, "p_kp": kp.p, "t_rank": rank.t, "p_rank": rank.p,
        "calendar_mean": calendar.mean, "calendar_t": calendar.t, "calendar_p": calendar.p,
        "calendar_days": calendar.n_days,
    }  # fmt: skip


def _with_cars(around: EventWindows, windows: Mapping[str, Window]) -> pd.DataFrame:
    columns: dict[str, Floats] = {}
    for name, window in windows.items():
        columns[f"car_{name}"] = around.car(window)
        columns[f"scar_{name}"] = around.car(window) / around.car_error(window)
    return around.events.assign(**columns)


def _window_sentence(row: pd.Series) -> str:
    name = str(row["window"])
    days = f"{WHEN.get(name, name.capitalize())} (days {_signed(row['start'])} to {_signed(row['end'])})"
    if np.isnan(row["p_kp"]):
        return f"{days}: too few events."
    low, high = f"{row['low']:+.1%}".replace("-", "−"), f"{row['high']:+.1%}".replace("-", "−")
    band = "" if np.isnan(row["low"]) else f", likely between {low} and {high}"
    mean = f"{row['caar']:+.1%} net of the market".replace("-", "−")
    if row["p_adjusted"] > ALPHA:
        return f"{days}: not significant ({mean}{band})."
    return f"{days}: prices moved {mean}{band}; chance alone moves them as far in {_chance(row['p_adjusted'])} studies."


def _signed(day: int) -> str:
    return str(day).replace("-", "−")


def _chance(p: float) -> str:
    return "fewer than 1 of 1,000" if p < 0.001 else f"{1000 * p:.0f} of 1,000"
