"""
Whether a row is of a session of its exchange: on a day that it traded, and taken after the close.

    stamps → the exchange's own days | days on which it was closed | the session under way
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from data.calendars import Calendar
from data.errors import PriceError
from ingest.prices.quotes import Finding, Quote, bad, doubt
from ingest.prices.stamps import Stamp

SETTLING = timedelta(minutes=30)
"""A session's prices are final so long after its close: closing auctions, and sources that are late by 20 minutes."""

EVERY_WEEKDAY = 60
"""Rows from which a history may show that it does not keep the exchange's holidays."""

LEAST_SHIFTED, SHARE_SHIFTED = 2, 0.1
"""Rows at weekends from which all days may be a day early: a fifth of them are, where all are."""


def sessions_of(stamps: Sequence[Stamp], calendar: Calendar, name: str) -> list[date]:
    """
    The session of each row: the day that is written, or the exchange's own at the moment that is.

    Seoul's Monday is Sunday in UTC, but many write a date as midnight UTC: the reading under which more rows are
    sessions is right. PriceError when every row seems a day early and nothing says so.
    """
    written = [stamp.day for stamp in stamps]
    readings = [written]
    zone = ZoneInfo(calendar.zone)
    if any(stamp.moment for stamp in stamps):
        readings.append([stamp.moment.astimezone(zone).date() if stamp.moment else stamp.day for stamp in stamps])
    elif any(stamp.clock for stamp in stamps):  # a clock without a zone may be UTC's
        moments = (datetime.combine(stamp.day, stamp.clock or time(), UTC) for stamp in stamps)
        readings.append([moment.astimezone(zone).date() for moment in moments])
    best = max(readings, key=lambda days: sum(map(calendar.is_session, days)))
    if best is written:
        _refuse_shifted(written, calendar, name)
    return best


def _refuse_shifted(days: Sequence[date], calendar: Calendar, name: str) -> None:
    at_weekends = [day for day in days if not calendar.is_session(day) and calendar.is_weekend(day)]
    if len(at_weekends) < max(LEAST_SHIFTED, SHARE_SHIFTED * len(days)):
        return
    if not any(calendar.is_weekend(day + timedelta(days=1)) for day in days):
        raise PriceError(
            f"{name}: {len(at_weekends)} of {len(days)} days are at weekends of {calendar.mic} "
            f"(first: {at_weekends[0]}), each day after is not: the dates seem to be UTC's. Give the exchange's own, "
            "or add time and zone."
        )


def intraday_rows(stamps: Sequence[Stamp], sessions: Sequence[date], calendar: Calendar) -> Iterator[Finding]:
    """Rows with another clock than the others, within their session's hours: a price of that moment is no close."""
    usual = Counter(stamp.clock for stamp in stamps).most_common(1)
    for stamp, session in zip(stamps, sessions, strict=True):
        if stamp.clock is None or stamp.clock == usual[0][0] or (at := calendar.position(session)) is None:
            continue
        moment = stamp.moment or datetime.combine(stamp.day, stamp.clock, ZoneInfo(calendar.zone))
        if _utc(calendar.opens[at]) < moment < _utc(calendar.closes[at]):
            clock = f"{stamp.clock:%H:%M}"
            yield bad(session, "price", f"it was taken at {clock}, before the close of {calendar.mic}")


def closed_days(quotes: Sequence[Quote], calendar: Calendar | None) -> list[Finding]:
    """The rows of days on which the exchange was closed: bad, unless the history has its own price on every weekday."""
    days = [quote.session for quote in quotes]
    if calendar is None:
        return [bad(day, "price", "nobody trades on a Saturday") for day in days if day.weekday() == 5]
    first, last = calendar.days[0].date(), calendar.days[-1].date()
    closed = [day for day in days if not calendar.is_session(day) and first <= day <= last]
    if not closed:
        return []
    keeps_holidays = not _has_every_weekday(quotes, calendar)
    findings = []
    for day in closed:
        if calendar.is_weekend(day):
            findings.append(bad(day, "price", f"{calendar.mic} does not trade on a {day:%A}"))
        elif keeps_holidays or _repeats(quotes, day):
            findings.append(bad(day, "price", f"{calendar.mic} was closed on that {day:%A}"))
        else:
            sentence = (
                f"{calendar.mic} was closed on that {day:%A}, but the history has a price of its own on every weekday"
            )
            findings.append(doubt(day, "price", sentence))
    return findings


def _has_every_weekday(quotes: Sequence[Quote], calendar: Calendar) -> bool:
    """Whether a history of some length has a row on every holiday of its exchange: then it keeps another calendar."""
    if len(quotes) < EVERY_WEEKDAY:
        return False
    days = {quote.session for quote in quotes}
    between = [day.date() for day in pd.date_range(min(days), max(days))]
    return all(day in days or calendar.is_session(day) or calendar.is_weekend(day) for day in between)


def _repeats(quotes: Sequence[Quote], day: date) -> bool:
    """Whether a row only repeats the close before it, or says that nothing was traded."""
    for before, quote in itertools.pairwise(quotes):
        if quote.session == day:
            return quote.close == before.close or quote.volume == 0
    return False


def unfinished(
    quotes: Sequence[Quote], calendar: Calendar | None, *, taken_at: datetime, now: datetime
) -> Iterator[Finding]:
    """The rows of sessions that were not over, or not even begun, when they were taken."""
    if calendar is None:
        return
    recent = min(now, taken_at).date() - timedelta(days=2)
    for quote in (quote for quote in quotes if quote.session >= recent):
        at = calendar.position(quote.session)
        if at is None:
            if quote.session > now.astimezone(ZoneInfo(calendar.zone)).date():
                yield bad(quote.session, "price", "the day is yet to come")
            continue
        opened, final = _utc(calendar.opens[at]), _utc(calendar.closes[at]) + SETTLING
        if now < opened:
            yield bad(quote.session, "price", "the session is yet to come")
        elif now < final or opened - timedelta(hours=12) < taken_at < final:
            taken = min(now, taken_at).astimezone(ZoneInfo(calendar.zone))
            yield bad(
                quote.session,
                "price",
                f"at {taken:%H:%M} there the session of {calendar.mic} was not over: it is no close yet",
            )


def _utc(moment: object) -> datetime:
    return pd.Timestamp(moment, tz="UTC").to_pydatetime()  # type: ignore[arg-type]
