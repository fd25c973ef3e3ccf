"""A point of a chart, as text that fits a link: which number it is, so that its receipts can be listed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

KEY = re.compile(r"(company|theme|subtheme):[\w.\-]{1,80}\Z")
PRICE = "price"
YEARS = range(1900, 2200)
"""Of periods: outside, nothing is known, and the days around one may be none that Python has."""
BY = ("company", "subtheme", "also", "both", PRICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """
    The stories of a subject ("" for all stories) in a period, or some of them.

    `by` company or subtheme: those that are most about the part. `by` also: those that name the part too.
    `by` both: the same without round-ups, as the network counts them. `by` price: not stories, but what the subject's listings did.
    """

    OTHER: ClassVar[str] = "other"

    subject: str
    period: date | None = None  # None: the whole window
    part: str | None = None  # a subject's key, "" for stories that name none, OTHER for all parts without a colour
    by: str = "company"

    @classmethod
    def of_price(cls, subject: str, period: date | None = None) -> Point:
        """What the price of a company's main listing, or of a theme's basket, did since a period began, or in the whole window."""
        return cls(subject=subject, period=period, part="", by=PRICE)

    def __str__(self) -> str:
        when = self.period.isoformat() if self.period else "window"
        return "~".join([self.subject, when] + ([self.by, self.part] if self.part is not None else []))


def read_point(text: str) -> Point | None:
    """The point that a link names; None when it names none."""
    fields = text.split("~")
    if len(fields) not in (2, 4) or not (fields[0] == "" or KEY.match(fields[0])):
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
    known = by in BY and (part in ("", Point.OTHER) or KEY.match(part))
    return Point(subject=fields[0], period=period, by=by, part=part) if known else None
