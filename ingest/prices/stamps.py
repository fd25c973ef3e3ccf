"""
The day of a row of prices: as it is written, and the moment where it has a time and a zone.

    2026-06-01 · 06/01/2026 in the column's order · 1-Jun-26 · 2026年6月1日 · 115/06/01 · 2026-05-31 15:00:00+00:00
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from ingest.parse.date_order import NUMERIC, Order, day_of, numeric_parts
from ingest.parse.dates import parse_date

_TIME = re.compile(
    r"[T\s,]*(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?\s*(?P<half>[AP]M)?\s*"
    r"(?P<zone>Z|UTC|GMT|(?P<sign>[+-])(?P<east>\d\d):?(?P<more>\d\d))?",
    re.IGNORECASE,
)
_CHARACTERS = re.compile(r"(\d{2,4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?")
_EXCEL = range(32_874, 51_137)  # the days of 1990 to 2039 as a spreadsheet numbers them
_EXCEL_ZERO = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The day that is written, the clock that is written beside it, and the moment where the text names a zone."""

    day: date
    clock: time | None = None
    moment: datetime | None = None


def stamp_of(text: str, order: Order, now: datetime) -> Stamp:
    """ValueError for what is no date."""
    text = text.strip()
    if parts := numeric_parts(text):
        match = NUMERIC.match(text)
        day = day_of(parts, order)
        if day is None or match is None:
            raise ValueError(f"{text!r} is no date with its {_first_part(order)} first")
        return _timed(day, text[match.end() :], text)
    if written := _CHARACTERS.match(text):
        day = day_of((written[1], written[2], written[3], "/"), "ymd")
        if day is not None:
            return _timed(day, text[written.end() :], text)
    if text.isdigit() or re.fullmatch(r"\d+\.0+", text):
        return _from_digits(text.partition(".")[0])
    moment, quality = (
        parse_date(text, timezone="UTC", now=now) if re.search(r"[^\W\d_]{3}", text) else (None, "missing")
    )
    if moment is None or quality not in ("day", "feed", "no_tz"):
        raise ValueError(f"{text!r} is no date")
    return Stamp(moment.date())


def _first_part(order: Order) -> str:
    return {"ymd": "year", "dmy": "day", "mdy": "month"}[order]


def _timed(day: date, rest: str, text: str) -> Stamp:
    """The day with the time and zone that the rest of the text gives."""
    if not rest.strip():
        return Stamp(day)
    match = _TIME.fullmatch(rest.rstrip())
    if match is None:
        raise ValueError(f"{text!r} is no date")
    hour = int(match["hour"]) % 12 + 12 * (match["half"].upper() == "PM") if match["half"] else int(match["hour"])
    clock = time(hour, int(match["minute"]), int(match["second"] or 0))
    if not match["zone"]:
        return Stamp(day, clock)
    east = timedelta(hours=int(match["east"] or 0), minutes=int(match["more"] or 0))
    zone = timezone(-east if match["sign"] == "-" else east)
    return Stamp(day, clock, datetime.combine(day, clock, zone))


def _from_digits(text: str) -> Stamp:
    """20260601, a spreadsheet's number of the day, or seconds (milliseconds) since 1970."""
    number = int(text)
    if len(text) == 8:
        return Stamp(date(number // 10_000, number // 100 % 100, number % 100))
    if number in _EXCEL:
        return Stamp(_EXCEL_ZERO + timedelta(days=number))
    if len(text) in (10, 13):
        moment = datetime.fromtimestamp(number / (1 if len(text) == 10 else 1000), UTC)
        return Stamp(moment.date(), moment.time(), moment)
    raise ValueError(f"{text!r} is no date")
