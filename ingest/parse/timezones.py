"""Which time zone a name, a number or a source's own setting means."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from data.errors import UsageError

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
