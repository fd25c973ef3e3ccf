"""
The sessions of each exchange from 1990 to 2030, made once and kept as text: the library takes 0.3–15 s for each.

    exchange_calendars + special_sessions.csv → build.py → sessions/XNYS.txt → calendar_of("XNYS") → Calendar

A session is named by its local date, as a datetime without a zone. Lunch breaks belong to the session around them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.calendars.text import read_calendar
from data.settings import settings

Times = npt.NDArray[np.datetime64]

SESSIONS = Path(__file__).parent / "sessions"
BUNDLED_CATALOG = Path(__file__).parent.parent / "catalog"
LAST_DAY = date(2030, 12, 31)
AHEAD = 365
"""Days: a calendar must reach so far beyond today, or it is built by the library."""


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The sessions of an exchange in order; `opens` and `closes` are UTC without a zone, one a session."""

    mic: str
    zone: str
    days: pd.DatetimeIndex
    opens: Times
    closes: Times
    known: tuple[date, date]
    """The days between which the exchange's holidays are known; outside of them its weekdays are sessions."""

    def position(self, day: date) -> int | None:
        """Which session a day is; None when the exchange is closed on it, or the calendar does not reach it."""
        at = int(self.days.searchsorted(pd.Timestamp(day)))
        return at if at < len(self.days) and self.days[at].date() == day else None

    def is_session(self, day: date) -> bool:
        return day in _dates_of(self)

    def is_weekend(self, day: date) -> bool:
        """Whether the exchange is closed on this weekday at that time (Tel Aviv: on Fridays until 2026)."""
        near = self.days[max(self.days.searchsorted(pd.Timestamp(day)) - 20, 0) :][:40]
        return int((near.day_of_week == day.weekday()).sum()) < 2

    def doubt(self, first: date, last: date) -> str:
        """Why the sessions between two days may be wrong, as a sentence; "" where the exchange's holidays are known."""
        start, end = self.known
        beyond = [f"before {start}"] if first < start else []
        beyond += [f"after {end}"] if last > end else []
        return (
            f"The holidays of {self.mic} are not known {' and '.join(beyond)}: its weekdays count as sessions there."
            if beyond
            else ""
        )


@cache
def _dates_of(calendar: Calendar) -> frozenset[date]:
    """For prices, whose rows are asked about one by one."""
    return frozenset(calendar.days.date)


@cache
def calendar_of(mic: str) -> Calendar:
    """
    The exchange's sessions from 1990 to 2030; where they are not bundled, or that is too near, as the library has them.

    ValueError when the exchange is not known.
    """
    name = _names(settings().catalog or str(BUNDLED_CATALOG)).get(mic, mic)
    path = SESSIONS / f"{name}.txt"
    today = date.today()  # noqa: DTZ011 (a year's margin, no moment)
    if path.exists() and (LAST_DAY - today).days > AHEAD:
        return _calendar(mic, *read_calendar(path.read_text("utf-8")))
    from data.calendars import build  # here, as it brings the library, which takes a second

    return _calendar(mic, *build.sessions_of(name, last=max(LAST_DAY, date(today.year + 2, 12, 31))))


def is_known(name: str) -> bool:
    """Whether there are sessions by this name, bundled or in the library."""
    if (SESSIONS / f"{name}.txt").exists():
        return True
    from data.calendars import build

    return build.is_known(name)


@cache
def _names(folder: str) -> dict[str, str]:
    """Exchange → whose sessions it keeps, as the catalog's exchanges.csv says: Shenzhen keeps Shanghai's."""
    with (Path(folder) / "exchanges.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {row["mic"].strip(): row["calendar"].strip() for row in csv.DictReader(lines)}


def _calendar(mic: str, zone: str, known: tuple[date, date], hours: pd.DataFrame) -> Calendar:
    """`hours`: index day, columns open and close, as local times without a zone."""
    opens, closes = (
        pd.DatetimeIndex(hours[name]).tz_localize(zone).tz_convert(None).as_unit("ns").to_numpy()
        for name in ("open", "close")
    )
    return Calendar(mic, zone, pd.DatetimeIndex(hours.index, name="session").as_unit("ns"), opens, closes, known)
