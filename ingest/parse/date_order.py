"""
In which order a column writes its dates: decided by the whole column, never by one row.

    03/04/2026 may be April or March; a 13/04/2026 below it says that the day comes first
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Literal, get_args

Order = Literal["ymd", "dmy", "mdy"]
ORDERS: tuple[Order, ...] = get_args(Order)
Decision = Order | Literal["none", "ambiguous", "mixed"]
"""none: no text of the column depends on the order · ambiguous: several orders fit all · mixed: no order fits all."""

NUMERIC = re.compile(r"(\d{1,4})(?P<mark>[/.\-])(\d{1,2})(?P=mark)(\d{4}|\d{2})(?!\d)")
CENTURY = 70  # 69 is 2069, 70 is 1970: POSIX's rule
ROC = 1911  # the year 1 of Taiwan's calendar is 1912


def date_order(texts: Iterable[str], *, fits: Callable[[date], bool] | None = None) -> Decision:
    """
    The order of a column's dates.

    `fits` says of a date whether the column can have it (not in the future, no weekend): it decides between orders that
    the numbers alone allow. Texts that say their order themselves (2026-11-03, 3 Nov 2026) do not vote.
    """
    numbers = {parts for text in texts if (parts := numeric_parts(text)) and depends_on_order(parts)}
    if not numbers:
        return "none"
    possible = [order for order in ORDERS if all(day_of(parts, order) for parts in numbers)]
    if not possible:
        return "mixed"
    if fits is not None:
        likely = [order for order in possible if all(fits(day) for parts in numbers if (day := day_of(parts, order)))]
        possible = likely or possible
    alike = all(day_of(parts, order) == day_of(parts, possible[0]) for parts in numbers for order in possible)
    return possible[0] if alike else "ambiguous"


Parts = tuple[str, str, str, str]
"""The three numbers of a date and the mark between them."""


def numeric_parts(text: str) -> Parts | None:
    """The numbers with which a text begins as a date; None when it does not."""
    found = NUMERIC.match(text.strip())
    return (found[1], found[3], found[4], found["mark"]) if found else None


def depends_on_order(parts: Parts) -> bool:
    """Whether the numbers do not say the order themselves: a year of three or four digits in front does."""
    return len(parts[0]) <= 2


def day_of(parts: Parts, order: Order) -> date | None:
    """The date that the numbers are in an order; None when they are none."""
    first, second, third, mark = parts
    if not depends_on_order(parts):
        year, month, day = first, second, third
        if len(year) == 3:  # 115/06/01, as the exchanges of Taiwan write
            year = str(int(year) + ROC)
    elif order == "ymd":
        if len(third) == 4:
            return None
        year, month, day = first, second, third
    elif order == "mdy" and mark == ".":  # only written where the day comes first
        return None
    else:
        day, month = (first, second) if order == "dmy" else (second, first)
        year = third
    try:
        return date(_full_year(int(year), len(year)), int(month), int(day))
    except ValueError:
        return None


def _full_year(year: int, digits: int) -> int:
    return year if digits > 2 else year + (2000 if year < CENTURY else 1900)
