"""
An exchange's sessions from exchange_calendars, with what it has wrong put right:  python -m data.calendars.build

    the library within its bounds | holidays and weeks that pandas 3.1 loses | special_sessions.csv | weekdays beyond

Under pandas 3.1 the library (4.13.2) loses every weekmask that changes with time, as `date_range` no longer asks a
subclass of CustomBusinessDay, and every holiday whose offset is a subclass of Easter, as an array of those is computed
as Easter: Tel Aviv cannot be built, Bombay has no special Saturday.
"""

from __future__ import annotations

import csv
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import exchange_calendars
import pandas as pd
from exchange_calendars.calendar_utils import _default_calendar_factories as factories
from exchange_calendars.calendar_utils import resolve_alias
from pandas.tseries.holiday import Holiday
from pandas.tseries.offsets import CustomBusinessDay

from data.calendars.text import WEEKDAYS, Hours, calendar_text

FOLDER = Path(__file__).parent
FIRST, LAST = date(1990, 1, 1), date(2030, 12, 31)

KNOWN = {
    # Where the library gives no bound but its lists of holidays by the moon end.
    "XIDX": (date(2002, 1, 1), date(2025, 12, 31)),
    "XKLS": (date(2001, 1, 1), date(2029, 12, 31)),
    "XBKK": (date(1990, 1, 1), date(2029, 12, 31)),
}
EARLIER_WEEKS = {"XSAU": ((date(1990, 1, 1), "Sat Sun Mon Tue Wed"), (date(2013, 6, 29), "Sun Mon Tue Wed Thu"))}
"""Weeks before the library's first day, where they were others."""


def is_known(name: str) -> bool:
    """Whether the library has sessions by this name."""
    return name in exchange_calendars.get_calendar_names(include_aliases=True)


def sessions_of(name: str, *, last: date = LAST) -> tuple[str, tuple[date, date], Hours]:
    """Zone, the days between which holidays are known, and the sessions from 1990 to `last`. ValueError: unknown."""
    if not is_known(name):
        raise ValueError(f"No trading calendar is known for the exchange {name!r}; use its MIC, such as XNAS.")
    calendar_class = factories[resolve_alias(name)]
    first_known, last_known = _bounds(calendar_class, last)
    with _exact_offsets(), warnings.catch_warnings():
        # exchange_calendars 4.13 still uses `Series.values` for times with a zone, which pandas 3.1 is to change.
        warnings.simplefilter("ignore", DeprecationWarning)
        calendar = _exact_weeks(calendar_class)(start=pd.Timestamp(first_known), end=pd.Timestamp(last_known))
    zone = str(calendar.tz)
    hours = pd.DataFrame(
        {
            column: pd.DatetimeIndex(calendar.schedule[column]).tz_convert(zone).tz_localize(None).floor("min")
            for column in ("open", "close")
        },
        index=calendar.schedule.index,
    )
    hours = pd.concat([hours, _ordinary(calendar, FIRST, first_known), _ordinary(calendar, last_known, last)])
    hours = _corrected(hours[~hours.index.duplicated()].sort_index(), calendar.name)
    return zone, KNOWN.get(calendar.name, (first_known, last_known)), hours


def _bounds(calendar_class: Any, last: date) -> tuple[date, date]:
    lowest, highest = calendar_class.bound_min(), calendar_class.bound_max()
    return (
        max(FIRST, lowest.date()) if lowest is not None else FIRST,
        min(last, highest.date()) if highest is not None else last,
    )


@contextmanager
def _exact_offsets() -> Iterator[None]:
    """While open, a holiday whose offset is written in Python is computed by it, day by day."""
    rules: Any = Holiday
    own = rules._apply_rule

    def apply_rule(holiday: Any, dates: pd.DatetimeIndex) -> pd.DatetimeIndex:
        offsets = holiday.offset if isinstance(holiday.offset, list) else [holiday.offset]
        if not any(hasattr(type(offset), "_apply") for offset in offsets):
            return pd.DatetimeIndex(own(holiday, dates))
        for offset in offsets:
            apply = getattr(offset, "_apply", offset.__radd__)
            dates = pd.DatetimeIndex([apply(day) for day in dates])
        return dates

    rules._apply_rule = apply_rule
    try:
        yield
    finally:
        rules._apply_rule = own


def _exact_weeks(calendar_class: Any) -> Any:
    """The class with the weeks that it says in `special_weekmasks`, as closed days of a week of seven."""
    if not hasattr(calendar_class, "special_weekmasks"):
        return calendar_class

    def day(self: Any) -> CustomBusinessDay:
        days = pd.date_range("1989-01-01", "2040-12-31")
        is_open = _in_week(days, self.weekmask)
        for start, end, weekmask in self.special_weekmasks:
            within = (days >= (start or days[0])) & (days <= (end or days[-1]))
            is_open[within] = _in_week(days[within], weekmask)
        closed = set(days[~is_open]) | set(pd.DatetimeIndex(self.adhoc_holidays))
        if self.regular_holidays is not None:
            closed |= set(self.regular_holidays.holidays(days[0], days[-1]))
        return CustomBusinessDay(weekmask="1111111", holidays=sorted(closed))

    return type(calendar_class.__name__, (calendar_class,), {"day": property(day)})


def _in_week(days: pd.DatetimeIndex, weekmask: str) -> Any:
    return pd.Series(list(weekmask)).eq("1").to_numpy()[days.day_of_week]


def _ordinary(calendar: Any, start: date, end: date) -> Hours:
    """The weekdays between two days at the calendar's ordinary hours: all that is known where its holidays are not."""
    days = pd.date_range(start, end)
    weeks = EARLIER_WEEKS.get(calendar.name, ((FIRST, ""),)) if start == FIRST else ((FIRST, ""),)
    is_open = _in_week(days, calendar.weekmask)
    for begins, names in weeks:
        if names:
            weekmask = "".join("1" if name in names else "0" for name in WEEKDAYS)
            later = days >= pd.Timestamp(begins)
            is_open[later] = _in_week(days[later], weekmask)
    days = days[is_open]
    times = {"open": calendar.open_times, "close": calendar.close_times}
    return pd.DataFrame({name: [_usual_time(day, changes) for day in days] for name, changes in times.items()}, days)


def _usual_time(day: pd.Timestamp, changes: Any) -> pd.Timestamp:
    clock = [time for since, time in changes if since is None or since <= day][-1]
    return pd.Timestamp.combine(day.date(), clock)


def special_sessions() -> list[dict[str, str]]:
    """The rows of special_sessions.csv: calendar, day, open, close (both empty: closed), reason, source."""
    with (FOLDER / "special_sessions.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _corrected(hours: Hours, name: str) -> Hours:
    for row in (row for row in special_sessions() if row["calendar"] == name):
        day = pd.Timestamp(row["day"])
        if row["open"]:
            hours.loc[day] = [pd.Timestamp(f"{row['day']} {row[column]}") for column in ("open", "close")]
        else:
            hours = hours.drop(day, errors="ignore")
    return hours.sort_index()


def text_of(name: str) -> str:
    """The text of sessions/NAME.txt."""
    zone, known, hours = sessions_of(name)
    calendar_class = factories[resolve_alias(name)]
    starts = {FIRST} | {since for since, _ in EARLIER_WEEKS.get(name, ())}
    for changes in (calendar_class.open_times, calendar_class.close_times):
        starts |= {since.date() for since, _ in changes if since is not None and since.date() > FIRST}
    weeks = calendar_class.special_weekmasks.fget(None) if hasattr(calendar_class, "special_weekmasks") else ()
    starts |= {(end + pd.Timedelta(days=1)).date() for start, end, _ in weeks if start is None}
    version = exchange_calendars.__version__
    note = f"Made by `python -m data.calendars.build` from exchange_calendars {version} and special_sessions.csv."
    return calendar_text(zone, known, hours, last=LAST, starts=starts, note=note)


def main() -> None:
    """Write the sessions of every exchange that the bundled catalog names, or of those named on the command line."""
    with (FOLDER.parent / "catalog" / "exchanges.csv").open(encoding="utf-8", newline="") as lines:
        names = sys.argv[1:] or sorted({row["calendar"] for row in csv.DictReader(lines)})
    for name in names:
        (FOLDER / "sessions" / f"{name}.txt").write_text(text_of(name), encoding="utf-8")


if __name__ == "__main__":
    main()
