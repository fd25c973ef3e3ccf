"""
The parameters that a link may have: each a row of a table below, with how its text is read. A page that has a new one adds a row.

Values come from people, so each is typed here, whatever the widgets already refused; `filters.py` holds them within bounds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

GRAINS = {"day": "Day", "week": "Week", "month": "Month"}
MEASURES = {"share": "Share of voice", "stories": "Stories", "articles": "Articles", "abnormal": "Abnormal attention"}
LONGEST_TEXT = 200
MOST_VALUES = 50

Read = Callable[[str], Any]


def read_date(text: str) -> date | None:
    """A day as 2026-01-31, and in no other of ISO's ways."""
    try:
        return date.fromisoformat(text) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def read_threshold(text: str) -> float | None:
    return {"2": 2.0, "2.0": 2.0, "3": 3.0, "3.0": 3.0, "4": 4.0, "4.0": 4.0}.get(text)


def read_text(text: str) -> str | None:
    return text.strip() if 0 < len(text.strip()) <= LONGEST_TEXT else None


def read_sha(text: str) -> str | None:
    return text if len(text) == 64 and set(text) <= set("0123456789abcdef") else None


def one_of(choices: Iterable[str]) -> Read:
    allowed = frozenset(choices)
    return lambda text: text if text in allowed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One parameter of a link. `read` gives None for a value that cannot be used; `says` tells what can."""

    read: Read = read_text
    says: str = "a short text"
    many: bool = False


SHARED: dict[str, Param] = {
    "from": Param(read=read_date, says="a date such as 2026-01-31"),
    "to": Param(read=read_date, says="a date such as 2026-01-31"),
    "grain": Param(read=one_of(GRAINS), says=", ".join(GRAINS)),
    "measure": Param(read=one_of(MEASURES), says=", ".join(MEASURES)),
    "publisher": Param(many=True),
    "lang": Param(many=True),
    "relevance": Param(read=read_number, says="a whole number from 0 to 100"),
    "rev": Param(read=read_number, says="a revision's number"),
    "sha": Param(read=read_sha, says="the 64 digits that a proof link ends with"),
}

PART_OF_SUBJECT = Param(read=one_of(("fixed", "named")), says="fixed, named")
"""`part` is a proof link's: what of the page its hash is of, where it is not the whole."""

PAGES: dict[str, dict[str, Param]] = {
    "overview": {"point": Param()},
    "theme": {
        "theme": Param(),
        "split": Param(read=one_of(("company", "subtheme")), says="company, subtheme"),
        "against": Param(many=True),
        "part": PART_OF_SUBJECT,
        "basket": Param(many=True),  # an older proof link's: the basket's listings when it was made
        "point": Param(),
    },
    "company": {
        "company": Param(),
        "listing": Param(),
        "beside": Param(many=True),
        "currency": Param(read=one_of(("own", "USD")), says="own, USD"),
        "part": PART_OF_SUBJECT,
        "point": Param(),
    },
    "compare": {
        "subject": Param(many=True),
        "returns": Param(read=one_of(("beyond", "own")), says="beyond, own"),
        "point": Param(),
    },
    "network": {
        "kind": Param(read=one_of(("company", "theme")), says="company, theme"),
        "edges": Param(read=one_of(("beyond", "all")), says="beyond, all"),
        "show": Param(read=one_of(("together", "supply")), says="together, supply", many=True),
        "around": Param(),
        "point": Param(),
    },
    "lead_lag": {
        "mode": Param(read=one_of(("look", "state", "all")), says="look, state, all"),
        "about": Param(),
        "price": Param(),
        "market": Param(),
        "lags": Param(read=read_number, says="5, 10 or 20"),
        "talk": Param(read=one_of(("share", "stories")), says="share, stories"),
        "part": Param(read=one_of(("family",)), says="family"),
        "point": Param(),
    },
    "events": {
        "whose": Param(),
        "market": Param(),
        "threshold": Param(read=read_threshold, says="2, 3 or 4"),
        "relation": Param(),
        "part": Param(read=one_of(("shock",)), says="shock"),
        "point": Param(),
    },
    "alarms": {
        "over": Param(read=one_of(("theme", "company")), says="theme, company"),
        "watch": Param(many=True),
        "budget": Param(read=one_of(("0.5", "1", "2", "5")), says="0.5, 1, 2 or 5"),
        "families": Param(read=read_number, says="1, 2 or 3"),
        "point": Param(),
    },
    "articles": {"q": Param(), "about": Param(many=True), "page": Param(read=read_number, says="a page's number")},
    "sources": {"point": Param()},
    "catalog": {},
    "saved": {},
}
"""The parameters that a page has beside the shared ones, by its address."""


def read_values(page: str, query: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], list[str]]:
    """The usable values of a link by parameter, and a sentence for each one that was ignored."""
    known = SHARED | PAGES.get(page, {})
    values: dict[str, Any] = {}
    ignored: list[str] = []
    for name, texts in query.items():
        param = known.get(name)
        if param is None:
            ignored.append(f"“{name[:40]}” is not a parameter of this page.")
            continue
        if param.many and list(texts) == [""]:
            values[name] = ()  # none, where some are the default
            continue
        read = [value for text in texts[:MOST_VALUES] if (value := param.read(text)) is not None]
        if len(read) < len(texts):
            ignored.append(f"“{name}” takes {param.says}.")
        if read:
            values[name] = tuple(dict.fromkeys(read)) if param.many else read[-1]
    return values, ignored
