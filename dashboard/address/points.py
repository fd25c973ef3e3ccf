"""A point of a chart as text that fits a link: it names one number, so that the number's receipts can be listed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

SUBJECT_KEY = re.compile(r"(company|theme|subtheme):[\w.\-]{1,80}\Z")
PRICE = "price"
YEARS = range(1900, 2200)
"""Years that a period may lie in: outside there is no data, and the days around it may exceed Python's dates."""
BY = ("company", "subtheme", "also", "both", PRICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """
    The stories of a subject ("" for all stories) in a period, or some of them.

    `by` says which: company or subtheme, the stories most about the part; also, those that mention the part too; both,
    the same without round-ups, as the network counts them; price, no stories but the closes of the subject's listings.
    """

    OTHER: ClassVar[str] = "other"

    subject: str
    period: date | None = None  # None: the whole window
    part: str | None = None  # a subject's key, "" for stories that mention none, OTHER for all parts without a colour
    by: str = "company"

    @classmethod
    def of_price(cls, subject: str, period: date | None = None) -> Point:
        """
        The price move of a company's main listing, or a theme's basket, since a period began or in the whole window.
        """
        return cls(subject=subject, period=period, part="", by=PRICE)

    def __str__(self) -> str:
        when = self.period.isoformat() if self.period else "window"
        return "~".join([self.subject, when] + ([self.by, self.part] if self.part is not None else []))


def read_point(text: str) -> Point | None:
    """The point that a link names; None when the text names no point."""
    fields = text.split("~")
    if len(fields) not in (2, 4) or not (fields[0] == "" or SUBJECT_KEY.match(fields[0])):
        return None
    try:
        period = None if fields[1] == "window" else date.fromisoformat(fields[1])
    except ValueError:
        return None
    if period and period.year not in YEARS:
        return None
    if len(fields) == 2:
        return Point(subject=fields[0], period=period)
    by, part = fields[2:]
    if by == PRICE and not (part == "" and fields[0].startswith(("company:", "theme:"))):
        return None
    is_part = by in BY and (part in ("", Point.OTHER) or SUBJECT_KEY.match(part))
    return Point(subject=fields[0], period=period, by=by, part=part) if is_part else None
