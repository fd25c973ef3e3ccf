"""
Which trading session an article belongs to: the one place that turns a time into a session.

    moment → first close after it (reaction) or first open after it (predictive) → session of the listing's own exchange

Sessions come from exchange_calendars, with the days in CORRECTIONS put right. A session is named by its local date,
as a datetime without a zone. Lunch breaks belong to the session around them.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Literal, overload

import exchange_calendars
import numpy as np
import numpy.typing as npt
import pandas as pd

Kind = Literal["reaction", "predictive"]
Moments = list[datetime] | pd.Series | pd.DatetimeIndex
Times = npt.NDArray[np.datetime64]

FIRST_DAY = "2015-01-01"
SLOT = np.timedelta64(30, "m")

SAME_SESSIONS = {
    "XSHE": "XSHG",  # Shenzhen and Shanghai trade on the same days and hours
    "XNSE": "XBOM",  # so do the National Stock Exchange of India and Bombay
    "ROCO": "XTAI",  # and Taipei Exchange and TWSE
}

CORRECTIONS: dict[str, dict[str, tuple[str, str] | None]] = {
    # Days on which exchange_calendars 4.13 is wrong: None is closed, a pair is the local open and close.
    "XKRX": {
        "2024-11-14": ("10:00", "16:30"),  # university entrance exam: the whole day moves by an hour
        "2025-11-13": ("10:00", "16:30"),
        "2026-11-19": ("10:00", "16:30"),
        "2026-06-03": None,  # local elections
        "2026-07-17": None,  # Constitution Day, a public holiday again since 2026
    },
    "XTAI": {"2024-10-31": None},  # typhoon Kong-rey
    "XHKG": {"2023-09-01": None, "2023-09-08": None},  # typhoon Saola; black rainstorm
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """The sessions of an exchange in order; `opens` and `closes` are UTC without a zone, one a session."""

    mic: str
    days: pd.DatetimeIndex
    opens: Times
    closes: Times


@cache
def calendar_of(mic: str) -> Calendar:
    """The exchange's sessions from 2015 to a year from now (Shanghai, Bombay: as far as their holidays are announced).

    Kept, because building one takes 0.2 s (Seoul 2 s). ValueError when the exchange is not known."""
    try:
        with warnings.catch_warnings():
            # exchange_calendars 4.13 still uses `Series.values` for times with a zone, which pandas 3.1 is to change.
            warnings.simplefilter("ignore", DeprecationWarning)
            known = exchange_calendars.get_calendar(SAME_SESSIONS.get(mic, mic), start=FIRST_DAY)
    except exchange_calendars.errors.InvalidCalendarName:
        raise ValueError(f"No trading calendar is known for the exchange {mic!r}; use its MIC, such as XNAS.") from None
    hours = known.schedule[["open", "close"]].copy()
    for day, times in CORRECTIONS.get(known.name, {}).items():
        if pd.Timestamp(day) not in hours.index:
            continue
        if times is None:
            hours = hours.drop(pd.Timestamp(day))
        else:
            local = pd.DatetimeIndex([f"{day} {time}" for time in times], tz=known.tz)
            hours.loc[pd.Timestamp(day)] = list(local.tz_convert("UTC"))
    days = pd.DatetimeIndex(hours.index.to_numpy(), name="session").as_unit("ns")
    return Calendar(mic, days, _utc(pd.DatetimeIndex(hours["open"])), _utc(pd.DatetimeIndex(hours["close"])))


def sessions_between(mic: str, start: date | str, end: date | str) -> pd.DatetimeIndex:
    """The sessions from `start` to `end`, both included."""
    days = calendar_of(mic).days
    return days[(days >= pd.Timestamp(start)) & (days <= pd.Timestamp(end))]


@overload
def session_of(moments: datetime, mic: str, *, kind: Kind) -> pd.Timestamp: ...
@overload
def session_of(moments: Moments, mic: str, *, kind: Kind) -> pd.DatetimeIndex: ...
def session_of(moments: datetime | Moments, mic: str, *, kind: Kind) -> pd.Timestamp | pd.DatetimeIndex:
    """The session in which the exchange first could react to each moment; for one moment, one session.

    reaction: the first session whose close is after the moment (its close-to-close return holds the reaction);
    predictive: the first whose open is after it (nothing of its open-to-close return was known before).
    NaT for NaT and outside the calendar. A moment exactly at the close or open counts as after it."""
    calendar = calendar_of(mic)
    sessions = _sessions_at(_utc_of(moments), calendar, kind)
    return pd.Timestamp(sessions[0]) if isinstance(moments, datetime) else sessions


@overload
def overnight_or_intraday(moments: datetime, mic: str) -> str: ...
@overload
def overnight_or_intraday(moments: Moments, mic: str) -> npt.NDArray[np.str_]: ...
def overnight_or_intraday(moments: datetime | Moments, mic: str) -> str | npt.NDArray[np.str_]:
    """Says "intraday" from a session's open until before its close, lunch included; else "overnight"; "" for NaT."""
    calendar, at = calendar_of(mic), _utc_of(moments)
    place = np.searchsorted(calendar.closes, at, side="right")
    opens = np.append(calendar.opens, np.datetime64("NaT"))[np.minimum(place, len(calendar.opens))]
    words = np.where(opens <= at, "intraday", "overnight")
    words[np.isnat(at)] = ""
    return str(words[0]) if isinstance(moments, datetime) else words


def attention_by_session(
    counts: pd.DataFrame, mic: str, *, kind: Kind, start: date | str | None = None, end: date | str | None = None
) -> pd.DataFrame:
    """Counts summed by session, every session from the first to the last (or `start` to `end`), 0 where there are none.

    In: `moment` (aware), or `day` and `slot` (half hours of the UTC day, 0–47); all other numeric columns are summed.
    Out: index `session`. Rows without a time of day (no slot) are left out: nobody knows on which side of a close
    they fall."""
    at = _utc_of(counts["moment"]) if "moment" in counts else _slot_ends(counts)
    numbers = counts.drop(columns=["moment", "day", "slot"], errors="ignore").select_dtypes("number")
    session = _sessions_at(at, calendar_of(mic), kind)
    summed = numbers.groupby(session).sum()
    if summed.empty and (start is None or end is None):
        return summed.rename_axis("session")
    asked = sessions_between(mic, summed.index[0] if start is None else start, summed.index[-1] if end is None else end)
    return summed.reindex(asked, fill_value=0).rename_axis("session")


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
