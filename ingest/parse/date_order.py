"""
In which order a column writes its dates: decided by the whole column, never by one row.

    03/04/2026 may be April or March; a 13/04/2026 below it says that the day comes first
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Literal, cast, get_args

from data.errors import ParseError

Order = Literal["ymd", "dmy", "mdy"]
ORDERS: tuple[Order, ...] = get_args(Order)
Decision = Order | Literal["none", "ambiguous", "mixed"]
"""none: no text of the column depends on the order · ambiguous: several orders fit all · mixed: no order fits all."""

NUMERIC = re.compile(r"(\d{1,4})(?P<mark>[/.\-])(\d{1,2})(?P=mark)(\d{4}|\d{2})(?!\d)")
_HALF_DAY = re.compile(r"\d\s?[ap]\.?m\b", re.IGNORECASE)
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


def decided_order(texts: Sequence[str], *, first: date, last: date, years_first: bool, recent: date | None) -> Order:
    """
    The order of dates that depend on one, between `first` and `last`. ParseError where they leave it open.

    `years_first`: they are of a source in East Asia, where 26.10.05 is written in no other order. `recent` is the first
    day of what a feed that was fetched now is likely to have: it decides where nothing else does.
    """
    if any(_HALF_DAY.search(text) for text in texts):  # the 12-hour clock goes with the month first
        return "mdy"
    parts = [parts for text in texts if (parts := numeric_parts(text))]
    if years_first and all(day_of(numbers, "ymd") for numbers in parts):
        return "ymd"
    decision = date_order(texts, fits=lambda day: first <= day <= last)
    if decision == "mixed":
        decision = _order_of_most(parts)
    if decision == "ambiguous" and recent:
        decision = date_order(texts, fits=lambda day: recent <= day <= last)
    if decision in ("ambiguous", "mixed"):
        why = "can be read in more than one order" if decision == "ambiguous" else "are not all in one order"
        do = "save it as a file and import that with --dates" if recent else "say --dates dmy, mdy or ymd"
        raise ParseError(f"Its dates {why} (first: {texts[0]}); {do}. Nothing was stored.")
    return cast(Order, "dmy" if decision == "none" else decision)


def _order_of_most(parts: Sequence[Parts]) -> Decision:
    """The order that nine tenths of the dates fit, if there is only one: a slip of the pen is no other order."""
    dates = [numbers for numbers in parts if any(day_of(numbers, order) for order in ORDERS)]
    fitting = [order for order in ORDERS if sum(bool(day_of(p, order)) for p in dates) >= 0.9 * len(dates)]
    return fitting[0] if len(fitting) == 1 else "mixed" if dates else "none"


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
