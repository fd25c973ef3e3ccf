"""Which time zone a name, a number or a source's own setting means."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from data.errors import UsageError
from data.records import DateQuality

# Minutes east of Greenwich. This table is for sources whose own zone does not use the name at that date: CST is
# China's for a source in Asia/Shanghai, IST Israel’s for one in Asia/Jerusalem.
_MINUTES = {
    name: minutes
    for minutes, names in (
        (0, "Z UT UTC GMT WET"),
        (60, "BST CET MET MEZ WEST WAT"),
        (120, "CEST MEST MESZ EET SAST CAT"),
        (180, "EEST IDT MSK EAT TRT"),
        (240, "GST"),
        (300, "PKT"),
        (330, "IST"),
        (345, "NPT"),
        (420, "ICT WIB"),
        (480, "SGT HKT AWST PHT MYT"),
        (540, "JST KST"),
        (570, "ACST"),
        (600, "AEST"),
        (630, "ACDT"),
        (660, "AEDT"),
        (720, "NZST"),
        (780, "NZDT"),
        (-150, "NDT"),
        (-180, "ADT BRT ART"),
        (-210, "NST"),
        (-240, "EDT AST CLT"),
        (-300, "EST CDT"),
        (-360, "CST MDT"),
        (-420, "MST PDT"),
        (-480, "PST AKDT"),
        (-540, "AKST HADT"),
        (-600, "HST HAST"),
    )
    for name in names.split()
}
_PLACES = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
EASTMOST, WESTMOST = timedelta(hours=14), timedelta(hours=12)  # no place on earth is farther; +9999 is a mistake
_SAFE_NAME = re.compile(r"[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*")


@cache
def zone(name: str) -> tzinfo:
    """The zone of a name like Asia/Seoul; raises UsageError for one that does not exist."""
    known = _place(name)
    if known is None:
        raise UsageError(f"There is no time zone {name!r}; use a name like Asia/Seoul or UTC.")
    return known


def zone_of(name: str, local: datetime, home: tzinfo) -> tzinfo | None:
    """The zone that a date's zone name means to a source at `home`, at that local time; None when it means none."""
    upper = name.upper()
    if local.replace(tzinfo=home).tzname() == upper:
        return home
    if upper in _MINUTES:
        return timezone(timedelta(minutes=_MINUTES[upper]))
    return _place(_PLACES.get(upper, name)) if "/" in name or upper in _PLACES else None


@cache
def offset(sign: str, hours: str, minutes: str) -> tzinfo | None:
    """The zone so far from Greenwich; None when no place on earth is."""
    distance = timedelta(hours=int(hours), minutes=int(minutes or 0))
    west = sign in "-−"
    return None if distance > (WESTMOST if west else EASTMOST) else timezone(-distance if west else distance)


@cache
def _place(name: str) -> tzinfo | None:
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name) if _SAFE_NAME.fullmatch(name) else None
    except (KeyError, ValueError, OSError):  # a folder of the zone database is an OSError
        return None


Reading = tuple[datetime | None, DateQuality]
MISSING: Reading = (None, "missing")

LONGEST = 100  # characters; no date needs more, and nothing below should see a megabyte
AHEAD = timedelta(hours=24)  # clocks and zones are wrong by less
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # nothing was published on the web before
MISREAD = datetime(1900, 1, 1, tzinfo=UTC)  # a year like 1763 or 1 is a misread number, not an old date
RECENT = timedelta(days=31)

# Languages of the sources' dates that our own forms do not cover. Each one more costs time and can misread another.
LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "sv", "da", "cs", "zh", "ja", "ko"]

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAME = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?:[^\W\d_]{2,12}\.?(?:\s?,\s?|\s))?"
_DATES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})\s?[-/.年년]\s?(?P<month>\d{1,2})\s?[-/.月월]\s?(?P<day>\d{1,2})(?!\d)\s?[日일.]?(?:\s?\(\w{1,9}\))?",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]?(?:of\s)?{_NAME},?[\s-]?(?P<year>\d{{4}}|\d\d)(?!\d)",
        rf"{_WEEKDAY}{_NAME}\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}})(?![\d:])",
    )
]
_RFC822 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|UTC|Z|([+-]\d{4}))"
)
_ASCTIME = re.compile(
    r"(?P<date>[^\d]+\d{1,2})\s(?P<time>\d{1,2}:\d{1,2}(?::\d{1,2})?(?:\s(?:[A-Z]{1,5}|[+-]\d{4}))?)\s(?P<year>\d{4})"
)
_NUMBERS = re.compile(
    r"(?:(?P<weekday>[^\W\d_]{2,12})\.?,?\s)?(?P<one>\d{1,2})(?P<mark>[/. -])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4}|(?<=[/.])\d\d)(?!\d)"
)
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_TIME = re.compile(
    r"""(?:[T_]|[\s,@|·-]+(?:(?:at|um|à)\s)?)?
    (?P<half>上午|下午|午前|午後|오전|오후)?\s?
    (?P<hour>\d{1,2})(?:\s?[:h時时点시]\s?(?P<minute>\d{1,2})(?:\s?[:分분]\s?(?P<second>\d{1,2})(?:[.,]\d+)?)?)?\s?[分분秒초시時时点]?
    (?:\s?(?P<after>[ap])\.?m\b\.?)?
    (?:\s?(?P<zone>[a-z]+(?:[/_][a-z_]+)*))?
    (?:\s?(?P<sign>[-+−])(?P<east>\d{1,2}?)(?::?(?P<more>\d\d))?)?
    (?:\s?(?:[a-z]{1,5}|\(.*\)|\[.*\]))?""",
    re.VERBOSE | re.IGNORECASE,
)


def published(raw: str | float | None, *, timezone: str = "UTC", now: datetime) -> Reading:
    """The moment in UTC and its quality; None where the quality says so (missing, future, too_old).

    `timezone` is the source's own: for times that carry none. A date without a time is 00:00 UTC of that day."""
    moment, quality = _read(raw, timezone, now)
    if moment is None:
        return None, quality
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return MISSING
    if OLDEST <= moment <= now + AHEAD:
        return moment, quality
    if moment < MISREAD:
        return MISSING
    return None, "too_old" if moment < OLDEST else "future"


def _read(raw: str | float | None, timezone: str, now: datetime) -> Reading:
    if not isinstance(raw, str):
        return MISSING if raw is None or isinstance(raw, bool) or abs(raw) > 1e21 else _from_epoch(float(raw))
    if 15 <= len(raw) <= 35 and (common := _common(raw)):
        return _zoned(common, timezone)
    text = " ".join(raw.split())
    if not text or len(text) > LONGEST:
        return MISSING
    return _from_text(text if text.isascii() else unicodedata.normalize("NFKC", text), timezone, now)


def _common(text: str) -> datetime | None:
    """The two forms that nearly all sources write, read in a tenth of the time that the way through all forms takes."""
    try:
        if text[4] == "-" or text[8] == "T":
            return datetime.fromisoformat(text)
        if found := _RFC822.fullmatch(text):
            day, name, year, hour, minute, second, east = found.groups()
            known = offset(east[0], east[1:3], east[3:]) if east else UTC
            return datetime(
                int(year), _MONTHS.index(name.lower()) + 1, int(day), int(hour), int(minute), int(second), tzinfo=known
            )
    except ValueError:
        pass  # no such day, or a leap second: the long way knows
    return None


def _zoned(moment: datetime, timezone: str) -> Reading:
    distance = moment.utcoffset()
    if distance is not None and -WESTMOST <= distance <= EASTMOST:
        return moment, "feed"
    return moment.replace(tzinfo=zone(timezone)), "no_tz"


def _from_text(text: str, timezone: str, now: datetime) -> Reading:
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return _from_digits(text, timezone)
    if found := _ASCTIME.fullmatch(text):
        text = f"{found['date']} {found['year']} {found['time']}"
    for form in _DATES:
        if found := form.match(text):
            return _with_time(_day(**found.groupdict()), text[found.end() :], timezone)
    if found := _NUMBERS.match(text):
        return _from_numbers(found, text[found.end() :], timezone, now)
    return _from_words(text, timezone, now)


def _day(year: str, day: str, month: str = "", name: str = "") -> datetime | None:
    """The day, without a zone; None when there is no such day."""
    full_year = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 50 else 1900)  # RFC 2822's rule
    return _naive(full_year, int(month) if month else _MONTHS.index(name[:3].lower()) + 1, int(day))


def _naive(*parts: int) -> datetime | None:
    try:
        return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - the zone comes with the time
    except ValueError:
        return None


def _with_time(day: datetime | None, rest: str, timezone: str) -> Reading:
    """The day with the time and zone that the rest of the text gives."""
    if day is None:
        return MISSING
    if re.fullmatch(r"[ .,|-]*(?:[A-Z]{1,5})?", rest):  # "26 Sep 2022 GMT" is a day too
        return day.replace(tzinfo=UTC), "day"
    found = _TIME.fullmatch(rest)
    clock = _clock(found) if found else None
    if not found or clock is None:
        return MISSING
    moment, home = day + clock, zone(timezone)
    if found["sign"] and (known := offset(found["sign"], found["east"], found["more"])):
        return moment.replace(tzinfo=known), "feed"
    if found["zone"] and not found["sign"] and (known := zone_of(found["zone"], moment, home)):
        return moment.replace(tzinfo=known), "feed"
    return moment.replace(tzinfo=home), "no_tz"


def _clock(found: re.Match[str]) -> timedelta | None:
    """The time since midnight; None when no clock shows it. 23:59:60 is a leap second, 24:00 the day's end."""
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    half = {"a": 0, "p": 12, "上午": 0, "午前": 0, "오전": 0, "下午": 12, "午後": 12, "오후": 12}.get(
        (found["after"] or found["half"] or "").lower()
    )
    if found["minute"] is None and half is None and not re.search("[時时点시]", found[0]):
        return None  # a lone number is no time
    if half is not None and 1 <= hour <= 12:
        hour = hour % 12 + half
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second)):
        return None
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _from_numbers(found: re.Match[str], rest: str, timezone: str, now: datetime) -> Reading:
    """13/11/2026 or 11/13/2026: when both orders make a date, the one that something else speaks for, or none."""
    year, one, two = int(found["year"]), int(found["one"]), int(found["two"])
    year += 2000 if year < 100 else 0
    day_first, month_first = _naive(year, two, one), _naive(year, one, two)
    if found["mark"] == ".":  # only written where the day comes first
        return _with_time(day_first, rest, timezone)
    if not (day_first and month_first) or day_first == month_first:
        return _with_time(day_first or month_first, rest, timezone)
    if re.search(r"\d\s?[ap]\.?m\b", rest, re.IGNORECASE):  # the half-day clock goes with the month first
        return _with_time(month_first, rest, timezone)
    weekday = (found["weekday"] or "")[:3].lower()
    named = [day for day in (day_first, month_first) if _WEEKDAYS[day.weekday()] == weekday]
    if len(named) == 1:
        return _with_time(named[0], rest, timezone)
    recent = [day for day in (day_first, month_first) if now - RECENT <= day.replace(tzinfo=UTC) <= now + AHEAD]
    moment, quality = _with_time(recent[0], rest, timezone) if len(recent) == 1 else MISSING
    return moment, "guessed" if moment else quality


def _from_digits(text: str, timezone: str) -> Reading:
    """20261113, 20261113103000, or an epoch."""
    whole = len(text) if text.isdigit() else 0
    if whole in (8, 12, 14) and text.startswith(("19", "20")):
        parts = [int(text[:4]), *(int(text[at : at + 2]) for at in range(4, whole, 2))]
        moment = _naive(*parts)
        if moment and whole == 8:
            return moment.replace(tzinfo=UTC), "day"
        return _zoned(moment, timezone) if moment else MISSING
    return (
        _from_epoch(float(text)) if float(text) >= 1e8 else MISSING
    )  # less is a year, an hour or a number of something


def _from_epoch(number: float) -> Reading:
    """Seconds since 1970, or milli-, micro-, nanoseconds: told apart by size, as no story is from the year 5000."""
    for unit in (1, 1e3, 1e6, 1e9):
        seconds = number / unit
        if 0 < seconds < 1e11:
            return EPOCH + timedelta(seconds=seconds), "feed"
    return MISSING


def _from_words(text: str, timezone: str, now: datetime) -> Reading:
    """Other languages' months, "2 hours ago": dateparser's reading, which must have a day, a month and a year."""
    if not re.search(r"[^\W\d_]", text):
        return MISSING  # digits alone in an order that is nobody's
    moment = _by_dateparser(text, now.replace(tzinfo=None, second=0, microsecond=0))
    if moment is None:
        return MISSING
    if not re.search(r"(?<!\d)\d{4}(?!\d)", text):
        return moment.replace(tzinfo=UTC), "guessed"
    if not re.search(r"\d\s?[:h시時时点]\s?\d", text):
        return moment.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC), "day"
    return _zoned(moment, timezone)


_one_at_a_time = Lock()  # dateparser keeps state between calls


@lru_cache(maxsize=1_024)
def _by_dateparser(text: str, now: datetime) -> datetime | None:
    # Imported here: it takes a quarter of a second, and most runs never meet such a date.
    import dateparser

    settings: dict[str, Any] = {
        "REQUIRE_PARTS": ["day", "month", "year"],
        "STRICT_PARSING": True,
        "RELATIVE_BASE": now,
    }
    with _one_at_a_time:
        try:
            found: datetime | None = dateparser.parse(text, languages=LANGUAGES, settings=settings)
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
            return None  # it stumbles over numbers that no calendar has
    return found
