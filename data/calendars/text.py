"""
An exchange's sessions as a few hundred words of text, and back.

    zone America/New_York
    known 1990-01-01 2030-12-31          between these days its holidays are known
    from 1990-01-01 Mon-Fri 09:30-16:00  what is usual from a day on, by day of the week
    1990 closed 0101 0219 …              days of a year that are otherwise
    1990 09:30-13:00 1123 1224
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

import numpy as np
import pandas as pd

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CLOSED = "closed"

Hours = pd.DataFrame
"""Index day; columns open and close: local times without a zone."""


def read_calendar(text: str) -> tuple[str, tuple[date, date], Hours]:
    """Zone, the days between which the holidays are known, and the sessions of a calendar's text."""
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    head = {words[0]: words[1:] for words in lines if words[0] in ("zone", "known", "last")}
    usual = [(date.fromisoformat(words[1]), words[2], words[3]) for words in lines if words[0] == "from"]
    days = np.arange(np.datetime64(usual[0][0]), np.datetime64(head["last"][0]) + 1)
    span = np.full(len(days), CLOSED, dtype="U11")
    weekday = (days.astype(int) + 3) % 7  # the day 0 of NumPy is a Thursday
    for start, names, hours in usual:
        span[(days >= np.datetime64(start)) & np.isin(weekday, _weekdays(names))] = hours
    for words in (words for words in lines if words[0].isdigit()):
        others = np.array([f"{words[0]}-{day[:2]}-{day[2:]}" for day in words[2:]], dtype="datetime64[D]")
        span[(others - days[0]).astype(int)] = words[1]
    known = date.fromisoformat(head["known"][0]), date.fromisoformat(head["known"][1])
    return head["zone"][0], known, _hours(days[span != CLOSED], span[span != CLOSED])


def _hours(days: np.ndarray, span: np.ndarray) -> Hours:
    """The local open and close of each day from spans like 09:30-16:00."""
    different, which = np.unique(span, return_inverse=True)
    midnights = days.astype("datetime64[m]")
    columns = {}
    for name, at in (("open", 0), ("close", 1)):
        minutes = [_minutes(str(hours).split("-")[at]) for hours in different]
        columns[name] = midnights + np.array(minutes, dtype="timedelta64[m]")[which]
    return pd.DataFrame(columns, index=pd.DatetimeIndex(days.astype("datetime64[ns]"))).astype("datetime64[ns]")


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _weekdays(names: str) -> list[int]:
    """Mon-Thu, Sun → 0, 1, 2, 3, 6."""
    found: list[int] = []
    for part in names.split(","):
        first, _, last = part.partition("-")
        found += range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)
    return found


def calendar_text(
    zone: str, known: tuple[date, date], hours: Hours, *, last: date, starts: Iterable[date], note: str
) -> str:
    """The text of the sessions to the day `last`, with what is usual stated again from each of the days `starts`."""
    spans = hours["open"].dt.strftime("%H:%M-") + hours["close"].dt.strftime("%H:%M")
    days = pd.date_range(min(starts), last)
    spans = spans.reindex(days, fill_value=CLOSED)
    bounds = sorted(starts)
    lines = [f"# {note}", f"zone {zone}", f"known {known[0]} {known[1]}", f"last {last}"]
    usual = pd.Series(CLOSED, index=days)
    for start, end in zip(bounds, [*bounds[1:], date(last.year + 1, 1, 1)], strict=True):
        within = spans[(days >= pd.Timestamp(start)) & (days < pd.Timestamp(end))]
        by_weekday = within.groupby(within.index.day_of_week).agg(lambda own: own.mode().iloc[0])
        usual[within.index] = by_weekday.loc[within.index.day_of_week].to_numpy()
        by_number = dict(zip(by_weekday.index.tolist(), by_weekday.tolist(), strict=True))
        lines += [f"from {start} {names} {span}" for names, span in _usual(by_number)]
    other = spans[spans != usual]
    for (year, span), own in other.groupby([other.index.year, other], sort=True):
        lines.append(f"{year} {span} {' '.join(own.index.strftime('%m%d'))}")
    return "\n".join(lines) + "\n"


def _usual(by_weekday: dict[int, str]) -> Iterator[tuple[str, str]]:
    """The weekdays with the same hours together: ("Mon-Thu", "09:59-17:15")."""
    for span, group in groupby(by_weekday.items(), key=lambda each: each[1]):
        names = [WEEKDAYS[weekday] for weekday, _ in group]
        yield names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}", span
