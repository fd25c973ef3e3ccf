"""
A source's date in words or numbers → a moment in UTC, and how far it can be trusted.

    common formats (ISO, RFC 822, asctime, 年月日, 년월일) | seconds since 1970 | dateparser (other words) | plausible?

An impossible date (30 February, 25:61) is missing; it is never rolled forward to a possible one.
"""

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
from ingest.parse.date_order import ROC, Order, day_of

ParsedDate = tuple[datetime | None, DateQuality]
MISSING: ParsedDate = (None, "missing")

MAX_LENGTH = 100  # characters; no date needs more, and nothing below should see a megabyte
AHEAD = timedelta(hours=24)  # how far in the future a date may lie: clocks and zones are off by less
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # nothing was published on the web before
MISREAD = datetime(1900, 1, 1, tzinfo=UTC)  # a year like 1763 or 1 is a misread number, not an old date
RECENT = timedelta(days=31)

# Languages of sources whose dates the formats below do not cover. Each further one costs time and can misread another.
LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "sv", "da", "cs", "zh", "ja", "ko"]

# Minutes east of Greenwich, for sources whose own zone does not use the abbreviation: CST is China's for a source in
# Asia/Shanghai, IST Israel’s for one in Asia/Jerusalem (see zone_of_abbreviation).
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
_REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
EASTMOST, WESTMOST = timedelta(hours=14), timedelta(hours=12)  # no place on earth is farther; +9999 is a mistake
_ZONE_NAME = re.compile(r"[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*")

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_NAME = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?:[^\W\d_]{2,12}\.?(?:\s?,\s?|\s))?"
_DATES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})\s?[-/.年년]\s?(?P<month>\d{1,2})\s?[-/.月월]\s?(?P<day>\d{1,2})(?!\d)\s?[日일.]?"
        r"(?:\s?\(\w{1,9}\))?",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]?(?:of\s)?{_NAME},?[\s-]?(?P<year>\d{{4}}|\d\d)(?!\d)",
        rf"{_WEEKDAY}{_NAME}\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}})(?![\d:])",
    )
]
_YEAR_ZERO = {"令": 2018, "R": 2018, "平": 1988, "H": 1988}
_ERA = re.compile(
    r"(?:(?:中華|中华)?(民國|民国|令和|平成)\s?(\d{1,3}|元)|([RH])\.?(\d{1,2})|(1\d\d)(?=[/.年-]\d{1,2}[/.月-]\d{1,2}(?!\d)))"
    r"(?=\s?[年/.-])",
    re.IGNORECASE,
)
_ZONE_IN_BRACKETS = re.compile(
    r"(\d:\d\d(?::\d\d)?(?:\s?[ap]\.?m\.?)?)\s*[(\[]"
    r"((?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d\d)?|[A-Z]{2,5}|[A-Z][a-z]+/[A-Z][a-z_A-Z]+|한국\s?시간|日本時間|北京时间|北京時間|台北時間"
    r"|臺北時間)[)\]]$",
    re.IGNORECASE,
)
_ZONE_WORDS = {
    "한국시간": "KST", "한국 시간": "KST", "日本時間": "JST",
    "北京时间": "+0800", "北京時間": "+0800", "台北時間": "+0800", "臺北時間": "+0800",
}  # fmt: skip
_RFC822 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|UTC|Z|([+-]\d{4}))"
)
_ASCTIME = re.compile(
    r"(?P<date>[^\d]+\d{1,2})\s(?P<time>\d{1,2}:\d{1,2}(?::\d{1,2})?(?:\s(?:[A-Z]{1,5}|[+-]\d{4}))?)\s(?P<year>\d{4})"
)
_NUMBERS = re.compile(
    r"(?:(?P<weekday>[^\W\d_]{2,12})\.?,?\s)?(?P<one>\d{1,2})(?P<mark>[/. -])(?P<two>\d{1,2})(?P=mark)"
    r"(?P<year>\d{4}|\d\d)(?!\d)\.?"
)
_TIME = re.compile(
    r"""(?:[T_]|[\s,@|·-]+(?:(?:at|um|à)\s)?)?
    (?P<half>上午|下午|午前|午後|오전|오후)?\s?
    (?P<hour>\d{1,2})
    (?:\s?[:h時时点시]\s?(?P<minute>\d{1,2})(?:\s?[:分분]\s?(?P<second>\d{1,2})(?:[.,]\d+)?)?)?
    \s?[分분秒초시時时点]?
    (?:\s?(?P<after>[ap])\.?m\b\.?)?
    (?:\s?(?P<zone>[a-z]+(?:[/_][a-z_]+)*))?
    (?:\s?(?P<sign>[-+−])(?P<east>\d{1,2}?)(?::?(?P<more>\d\d))?)?
    (?:\s?(?:[a-z]{1,5}|\(.*\)|\[.*\]))?""",
    re.VERBOSE | re.IGNORECASE,
)


def parse_date(
    raw: str | float | None, *, timezone: str = "UTC", now: datetime, order: Order | None = None
) -> ParsedDate:
    """The moment in UTC and its quality; None where the quality says so (missing, future, too_old).

    `timezone` is the source's own, for times without one; `order` is the column's, for dates like 03/04/2026.
    A date without a time is 00:00 UTC of that day."""
    moment, quality = _read(raw, timezone, now, order)
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


@cache
def time_zone(name: str) -> tzinfo:
    """The zone of a name like Asia/Seoul. UsageError for one that does not exist."""
    zone = _zone_named(name)
    if zone is None:
        raise UsageError(f"There is no time zone {name!r}; use a name like Asia/Seoul or UTC.")
    return zone


def zone_of_abbreviation(name: str, local: datetime, home: tzinfo) -> tzinfo | None:
    """What a date's zone name means to a source at `home`, at that local time; None for an unknown name."""
    upper = name.upper()
    if local.replace(tzinfo=home).tzname() == upper:
        return home
    if upper in _MINUTES:
        return timezone(timedelta(minutes=_MINUTES[upper]))
    return _zone_named(_REGIONS.get(upper, name)) if "/" in name or upper in _REGIONS else None


@cache
def fixed_offset(sign: str, hours: str, minutes: str) -> tzinfo | None:
    """The zone at that distance from Greenwich; None when no place on earth has it."""
    distance = timedelta(hours=int(hours), minutes=int(minutes or 0))
    is_west = sign in "-−"
    return None if distance > (WESTMOST if is_west else EASTMOST) else timezone(-distance if is_west else distance)


@cache
def _zone_named(name: str) -> tzinfo | None:
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name) if _ZONE_NAME.fullmatch(name) else None
    except (KeyError, ValueError, OSError):  # a folder of the zone database raises an OSError
        return None


def _read(raw: str | float | None, timezone: str, now: datetime, order: Order | None) -> ParsedDate:
    if not isinstance(raw, str):
        return MISSING if raw is None or isinstance(raw, bool) or abs(raw) > 1e21 else _from_epoch(float(raw))
    if 15 <= len(raw) <= 35 and (moment := _from_common_format(raw)):
        return _with_zone(moment, timezone)
    text = " ".join(raw.split())
    if not text or len(text) > MAX_LENGTH:
        return MISSING
    text = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _from_text(_ZONE_IN_BRACKETS.sub(_zone_without_brackets, _in_common_era(text)), timezone, now, order)


def _in_common_era(text: str) -> str:
    """The date with its year as 2026: 民國115年 and 115/11/10 of Taiwan, 令和8年 and R8.11.10 of Japan."""
    if match := _ERA.match(text):
        name, number = match[1] or match[3] or "", match[2] or match[4] or match[5]
        year = (1 if number == "元" else int(number)) + _YEAR_ZERO.get(name[:1].upper(), ROC)
        return f"{year}{text[match.end() :]}"
    return text


def _zone_without_brackets(match: re.Match[str]) -> str:
    return f"{match[1]} {_ZONE_WORDS.get(match[2], match[2])}"


def _from_common_format(text: str) -> datetime | None:
    """The two formats of nearly all sources, in a tenth of the time that trying every format takes."""
    try:
        if text[4] == "-" or text[8] == "T":
            return datetime.fromisoformat(text)
        if match := _RFC822.fullmatch(text):
            day, name, year, hour, minute, second, east = match.groups()
            month = _MONTHS.index(name.lower()) + 1
            zone = fixed_offset(east[0], east[1:3], east[3:]) if east else UTC
            return datetime(int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=zone)
    except ValueError:
        pass  # no such day, or a leap second, which the other formats can read
    return None


def _with_zone(moment: datetime, timezone: str) -> ParsedDate:
    distance = moment.utcoffset()
    if distance is not None and -WESTMOST <= distance <= EASTMOST:
        return moment, "feed"
    return moment.replace(tzinfo=time_zone(timezone)), "no_tz"


def _from_text(text: str, timezone: str, now: datetime, order: Order | None) -> ParsedDate:
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return _from_digits(text, timezone)
    if match := _ASCTIME.fullmatch(text):
        text = f"{match['date']} {match['year']} {match['time']}"
    for date_format in _DATES:
        if match := date_format.match(text):
            return _with_time(_day(**match.groupdict()), text[match.end() :], timezone)
    if match := _NUMBERS.match(text):
        return _from_numbers(match, text[match.end() :], timezone, now, order)
    return _from_words(text, timezone, now)


def _day(year: str, day: str, month: str = "", name: str = "") -> datetime | None:
    """The day, without a zone; None when there is no such day."""
    full_year = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 50 else 1900)  # as in RFC 2822, 4.3
    return _naive(full_year, int(month) if month else _MONTHS.index(name[:3].lower()) + 1, int(day))


def _naive(*parts: int) -> datetime | None:
    try:
        return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - the zone comes with the time
    except ValueError:
        return None


def _with_time(day: datetime | None, rest: str, timezone: str) -> ParsedDate:
    """The day with the time and zone from the rest of the text."""
    if day is None:
        return MISSING
    if re.fullmatch(r"[ .,|-]*(?:[A-Z]{1,5})?", rest):  # "26 Sep 2022 GMT" is a day too
        return day.replace(tzinfo=UTC), "day"
    match = _TIME.fullmatch(rest)
    since_midnight = _time_of_day(match) if match else None
    if not match or since_midnight is None:
        return MISSING
    moment, home = day + since_midnight, time_zone(timezone)
    if match["sign"] and (zone := fixed_offset(match["sign"], match["east"], match["more"])):
        return moment.replace(tzinfo=zone), "feed"
    if match["zone"] and not match["sign"] and (zone := zone_of_abbreviation(match["zone"], moment, home)):
        return moment.replace(tzinfo=zone), "feed"
    return moment.replace(tzinfo=home), "no_tz"


def _time_of_day(match: re.Match[str]) -> timedelta | None:
    """The time since midnight; None for an impossible time. 23:59:60 is a leap second, 24:00 the day's end."""
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    half = {"a": 0, "p": 12, "上午": 0, "午前": 0, "오전": 0, "下午": 12, "午後": 12, "오후": 12}.get(
        (match["after"] or match["half"] or "").lower()
    )
    if match["minute"] is None and half is None and not re.search("[時时点시]", match[0]):
        return None  # a bare number is not a time
    if half is not None and 1 <= hour <= 12:
        hour = hour % 12 + half
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second)):
        return None
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _from_numbers(
    match: re.Match[str], rest: str, timezone: str, now: datetime, order: Order | None = None
) -> ParsedDate:
    """13/11/2026 or 11/13/2026. Where both orders make a date, other evidence decides, or the date is missing."""
    if order:
        day = day_of((match["one"], match["two"], match["year"], match["mark"]), order)
        if day or order != "ymd":  # 05.10.2026 among years first can only be a day first
            return _with_time(_naive(*day.timetuple()[:3]) if day else None, rest, timezone)
    year, one, two = int(match["year"]), int(match["one"]), int(match["two"])
    if year < 100 and match["mark"] in "- ":  # 05-10-26 may begin with any of the three
        return MISSING
    year += 2000 if year < 100 else 0
    day_first, month_first = _naive(year, two, one), _naive(year, one, two)
    if match["mark"] == ".":  # only written where the day comes first
        return _with_time(day_first, rest, timezone)
    if not (day_first and month_first) or day_first == month_first:
        return _with_time(day_first or month_first, rest, timezone)
    if re.search(r"\d\s?[ap]\.?m\b", rest, re.IGNORECASE):  # the 12-hour clock goes with the month first
        return _with_time(month_first, rest, timezone)
    weekday = (match["weekday"] or "")[:3].lower()
    on_that_weekday = [day for day in (day_first, month_first) if _WEEKDAYS[day.weekday()] == weekday]
    if len(on_that_weekday) == 1:
        return _with_time(on_that_weekday[0], rest, timezone)
    recent = [day for day in (day_first, month_first) if now - RECENT <= day.replace(tzinfo=UTC) <= now + AHEAD]
    moment, quality = _with_time(recent[0], rest, timezone) if len(recent) == 1 else MISSING
    return moment, "guessed" if moment else quality


def _from_digits(text: str, timezone: str) -> ParsedDate:
    """20261113, 20261113103000, or seconds since 1970."""
    count = len(text) if text.isdigit() else 0
    if count in (8, 12, 14) and text.startswith(("19", "20")):
        moment = _naive(int(text[:4]), *(int(text[at : at + 2]) for at in range(4, count, 2)))
        if moment and count == 8:
            return moment.replace(tzinfo=UTC), "day"
        return _with_zone(moment, timezone) if moment else MISSING
    # A smaller number is a year, an hour or a count of something.
    return _from_epoch(float(text)) if float(text) >= 1e8 else MISSING


def _from_epoch(number: float) -> ParsedDate:
    """Seconds since 1970, or milli-, micro-, nanoseconds: the size shows which, as no story is from the year 5000."""
    for unit in (1, 1e3, 1e6, 1e9):
        seconds = number / unit
        if 0 < seconds < 1e11:
            return EPOCH + timedelta(seconds=seconds), "feed"
    return MISSING


def _from_words(text: str, timezone: str, now: datetime) -> ParsedDate:
    """Other languages' months, "2 hours ago": by dateparser, as long as it finds a day, a month and a year."""
    if not re.search(r"[^\W\d_]", text):
        return MISSING  # digits alone, in no known order
    moment = _by_dateparser(text, now.replace(tzinfo=None, second=0, microsecond=0))
    if moment is None:
        return MISSING
    if not re.search(r"(?<!\d)\d{4}(?!\d)", text):
        return moment.replace(tzinfo=UTC), "guessed"
    if not re.search(r"\d\s?[:h시時时点]\s?\d", text):
        return moment.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC), "day"
    return _with_zone(moment, timezone)


_dateparser_lock = Lock()  # dateparser keeps state between calls


@lru_cache(maxsize=1_024)
def _by_dateparser(text: str, now: datetime) -> datetime | None:
    # Imported here: it takes a quarter of a second, and most runs never meet such a date.
    import dateparser

    settings: dict[str, Any] = {
        "REQUIRE_PARTS": ["day", "month", "year"],
        "STRICT_PARSING": True,
        "RELATIVE_BASE": now,
    }
    with _dateparser_lock:
        try:
            moment: datetime | None = dateparser.parse(text, languages=LANGUAGES, settings=settings)
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
            return None  # its own faults on numbers that no calendar has
    return moment
