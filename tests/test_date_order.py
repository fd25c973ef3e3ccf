"""A column's dates have one order, and the column decides it."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.parse.date_order import date_order, day_of, numeric_parts


def weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["03/04/2026", "13/04/2026"], "dmy"),
        (["03/04/2026", "04/13/2026"], "mdy"),
        (["2026/04/03", "2026-04-13"], "none"),
        (["3 April 2026", "Apr 13, 2026"], "none"),
        (["03/04/2026", "04/05/2026"], "ambiguous"),
        (["13/04/2026", "04/13/2026"], "mixed"),
        (["03.04.2026", "04.05.2026"], "dmy"),
        (["26/04/03", "26/04/30"], "ambiguous"),
        (["26/04/03", "26/04/31"], "dmy"),
        (["26-11-03", "98-11-13"], "ymd"),
        (["115/06/01", "115/06/02"], "none"),
        (["03/03/2026", "04/04/2026"], "dmy"),
        (["03/04/2026 09:30", "13/04/2026 16:00"], "dmy"),
        ([], "none"),
        (["", "n/a"], "none"),
    ],
)
def test_the_column_decides(texts: list[str], order: str) -> None:
    assert date_order(texts) == order


def test_one_decisive_row_among_many_is_enough() -> None:
    assert date_order([f"{day:02}/06/2026" for day in range(1, 13)]) == "ambiguous"
    assert date_order([f"{day:02}/06/2026" for day in range(1, 14)]) == "dmy"


def test_what_a_column_can_have_decides_where_numbers_do_not() -> None:
    sessions = ["06/01/2026", "06/02/2026", "06/03/2026", "06/08/2026", "06/09/2026"]
    assert date_order(sessions) == "ambiguous"
    assert date_order(sessions[:4], fits=weekday) == "ambiguous"
    assert date_order(sessions, fits=weekday) == "mdy"  # 6 September is a Sunday
    assert date_order(["11/01/2026", "12/01/2026"], fits=lambda day: day <= date(2026, 11, 30)) == "dmy"


def test_what_fits_no_order_decides_nothing() -> None:
    assert date_order(["13/06/2026"], fits=weekday) == "dmy"  # a Saturday, but there is no other reading


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/04/26", "dmy", date(2026, 4, 3)),
        ("03/04/26", "mdy", date(2026, 3, 4)),
        ("26/04/03", "ymd", date(2026, 4, 3)),
        ("03/04/98", "dmy", date(1998, 4, 3)),
        ("2026/04/03", "mdy", date(2026, 4, 3)),
        ("115/04/03", "mdy", date(2026, 4, 3)),
        ("31/02/2026", "dmy", None),
    ],
)
def test_a_date_in_its_order(text: str, order: str, day: date | None) -> None:
    parts = numeric_parts(text)
    assert parts is not None
    assert day_of(parts, order) == day  # type: ignore[arg-type]
