"""
The parameters of links: how the text of each is read. A page's own are declared with the page, the shared ones here.

Anybody can type a link, so each value is checked here, whatever the widgets allow; `view.py` keeps values within
bounds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.address.points import read_point

GRAINS = {"day": "Day", "week": "Week", "month": "Month"}
MEASURES = {"share": "Share of voice", "stories": "Stories", "articles": "Articles", "abnormal": "Abnormal attention"}
LONGEST_TEXT = 200
MOST_VALUES = 50

ReadText = Callable[[str], Any]


def read_date(text: str) -> date | None:
    """A day as 2026-01-31; ISO's other spellings are refused."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """
    One parameter of a link. `read` gives None for a value that cannot be used; `expects` names the values that can.
    """

    read: ReadText = read_text
    expects: str = "a short text"
    many: bool = False


def choice(options: Iterable[str], *, many: bool = False) -> Param:
    """A parameter whose values are a few known words."""
    allowed = tuple(options)
    return Param(read=lambda text: text if text in allowed else None, expects=", ".join(allowed), many=many)


SHARED: dict[str, Param] = {
    "from": Param(read=read_date, expects="a date such as 2026-01-31"),
    "to": Param(read=read_date, expects="a date such as 2026-01-31"),
    "grain": choice(GRAINS),
    "measure": choice(MEASURES),
    "publisher": Param(many=True),
    "lang": Param(many=True),
    "relevance": Param(read=read_number, expects="a whole number from 0 to 100"),
    "rev": Param(read=read_number, expects="a revision's number"),
    "rules": Param(read=read_number, expects="the number of the rules that a proof link was computed by"),
    "sha": Param(read=read_sha, expects="the 64 digits that a proof link ends with"),
}


POINT = Param(
    read=lambda text: text if read_point(text.partition(".")[2]) else None,
    expects="a point of one of the page's charts",
)
"""The part of the page whose receipts are open, and the point: theme.theme:memory~2026-08-17"""


def read_values(own: Mapping[str, Param], query: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], list[str]]:
    """
    The usable values of a link by parameter, and a sentence for each value that was ignored.

    own: the parameters that the page has besides the shared ones.
    """
    known = {**SHARED, **own}
    values: dict[str, Any] = {}
    ignored: list[str] = []
    for name, texts in query.items():
        param = known.get(name)
        if param is None:
            ignored.append(f"“{name[:40]}” is not a parameter of this page.")
            continue
        if param.many and list(texts) == [""]:
            values[name] = ()  # emptied on purpose, where the default is not empty
            continue
        read = [value for text in texts[:MOST_VALUES] if (value := param.read(text)) is not None]
        if len(read) < len(texts):
            ignored.append(f"“{name}” takes {param.expects}.")
        if read:
            values[name] = tuple(dict.fromkeys(read)) if param.many else read[-1]
    return values, ignored
