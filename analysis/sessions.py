"""
Which trading session an article belongs to: the one place that turns a time into a session.

    moment → first close after it (reaction) or first open after it (predictive) → session of the listing's own exchange

The sessions of an exchange come in as a Calendar (`data.calendars.calendar_of`). A session is named by its local date,
as a datetime without a zone.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, Protocol, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

Kind = Literal["reaction", "predictive"]
Moments = list[datetime] | pd.Series | pd.DatetimeIndex
Times = npt.NDArray[np.datetime64]

SLOT = np.timedelta64(30, "m")


class Calendar(Protocol):
    """The sessions of an exchange in order; `opens` and `closes` are UTC without a zone, one a session."""

    @property
    def days(self) -> pd.DatetimeIndex: ...
    @property
    def opens(self) -> Times: ...
    @property
    def closes(self) -> Times: ...


def sessions_between(calendar: Calendar, start: date | str, end: date | str) -> pd.DatetimeIndex:
    """The sessions from `start` to `end`, both included."""
    days = calendar.days
    return days[(days >= pd.Timestamp(start)) & (days <= pd.Timestamp(end))]


@overload
def session_of(moments: datetime, calendar: Calendar, *, kind: Kind) -> pd.Timestamp: ...
@overload
def session_of(moments: Moments, calendar: Calendar, *, kind: Kind) -> pd.DatetimeIndex: ...
def session_of(moments: datetime | Moments, calendar: Calendar, *, kind: Kind) -> pd.Timestamp | pd.DatetimeIndex:
    """The session in which the exchange first could react to each moment; for one moment, one session.

    reaction: the first session whose close is after the moment (its close-to-close return holds the reaction);
    predictive: the first whose open is after it (nothing of its open-to-close return was known before).
    NaT for NaT and outside the calendar. A moment exactly at the close or open counts as after it."""
    sessions = _sessions_at(_utc_of(moments), calendar, kind)
    return pd.Timestamp(sessions[0]) if isinstance(moments, datetime) else sessions


@overload
def overnight_or_intraday(moments: datetime, calendar: Calendar) -> str: ...
@overload
def overnight_or_intraday(moments: Moments, calendar: Calendar) -> npt.NDArray[np.str_]: ...
def overnight_or_intraday(moments: datetime | Moments, calendar: Calendar) -> str | npt.NDArray[np.str_]:
    """Says "intraday" from a session's open until before its close, lunch included; else "overnight"; "" for NaT."""
    at = _utc_of(moments)
    place = np.searchsorted(calendar.closes, at, side="right")
    opens = np.append(calendar.opens, np.datetime64("NaT"))[np.minimum(place, len(calendar.opens))]
    words = np.where(opens <= at, "intraday", "overnight")
    words[np.isnat(at)] = ""
    return str(words[0]) if isinstance(moments, datetime) else words


def attention_by_session(
    counts: pd.DataFrame,
    calendar: Calendar,
    *,
    kind: Kind,
    start: date | str | None = None,
    end: date | str | None = None,
) -> pd.DataFrame:
    """Counts summed by session, every session from the first to the last (or `start` to `end`), 0 where there are none.

    In: `moment` (aware), or `day` and `slot` (half hours of the UTC day, 0–47); all other numeric columns are summed.
    Out: index `session`. Rows without a time of day (no slot) are left out: nobody knows on which side of a close
    they fall."""
    at = _utc_of(counts["moment"]) if "moment" in counts else _slot_ends(counts)
    numbers = counts.drop(columns=["moment", "day", "slot"], errors="ignore").select_dtypes("number")
    session = _sessions_at(at, calendar, kind)
    summed = numbers.groupby(session).sum()
    if summed.empty and (start is None or end is None):
        return summed.rename_axis("session")
    first, last = summed.index[0] if start is None else start, summed.index[-1] if end is None else end
    return summed.reindex(sessions_between(calendar, first, last), fill_value=0).rename_axis("session")


def _sessions_at(at: Times, calendar: Calendar, kind: Kind) -> pd.DatetimeIndex:
    edges = calendar.closes if kind == "reaction" else calendar.opens
    place = np.searchsorted(edges, at, side="right")
    days = np.append(calendar.days.to_numpy(), np.datetime64("NaT"))[np.minimum(place, len(edges))]
    days[np.isnat(at) | (at < calendar.opens[0])] = np.datetime64("NaT")
    return pd.DatetimeIndex(days, name="session")


def _slot_ends(counts: pd.DataFrame) -> Times:
    # The last instant of the half hour: then no article moves to an earlier session than its own, whatever the hours
    # of the exchange (India opens at a quarter past).
    known = counts["slot"].notna().to_numpy()
    slot = counts["slot"].fillna(0).to_numpy().astype(np.int64)
    after = (slot + 1) * SLOT - np.timedelta64(1, "ns")
    ends = counts["day"].to_numpy().astype("datetime64[ns]") + after
    return np.where(known, ends, np.datetime64("NaT"))


def _utc_of(moments: datetime | Moments) -> Times:
    index = pd.DatetimeIndex([moments] if isinstance(moments, datetime) else moments)
    if index.tz is None and index.notna().any():
        raise ValueError("the moments have no time zone")
    return _utc(index)


def _utc(index: pd.DatetimeIndex) -> Times:
    return (index.tz_convert(None) if index.tz is not None else index).as_unit("ns").to_numpy()
