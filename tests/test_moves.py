"""Price moves beside counts, and the closes behind them: what a table says is what its receipts add up to."""

from __future__ import annotations

import random
import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_pages import html_of
from test_proof_tables import PAGES, filled_path, opened, tables_of  # noqa: F401 (a fixture)

from analysis.price_moves import basket_steps, group_moves_since, listing_moves, moves_since, moves_within
from dashboard.address.points import Point, read_point


def prices(rng: random.Random) -> pd.DataFrame:
    """Thirty sessions of four listings, each missing some, one without its first weeks, one without any."""
    sessions = pd.bdate_range("2026-05-04", periods=30)
    table = pd.DataFrame(
        {name: 100 * np.exp(np.cumsum([rng.gauss(0, 0.03) for _ in sessions])) for name in "ABCD"}, sessions
    )
    table = table.mask(pd.DataFrame([[rng.random() < 0.2 for _ in "ABCD"] for _ in sessions], sessions, list("ABCD")))
    table.loc[: sessions[19], "C"], table["D"] = np.nan, np.nan
    return table


@pytest.mark.parametrize("seed", range(20))
def test_the_closes_behind_a_move_give_it(seed: int) -> None:
    table, day = prices(random.Random(seed)), date(2026, 5, 18)
    for moves, listed in (
        (moves_since(table, day), listing_moves(table, day)),
        (moves_within(table), listing_moves(table)),
    ):
        assert dict(zip(listed["ticker"], listed["change"], strict=True)) == pytest.approx(moves)
        assert (listed["last"] / listed["first"] - 1).tolist() == pytest.approx(listed["change"].tolist())
    assert (listing_moves(table, day)["first_session"] < pd.Timestamp(day)).all()


@pytest.mark.parametrize("seed", range(20))
def test_the_sessions_behind_a_baskets_move_compound_to_it(seed: int) -> None:
    table, day = prices(random.Random(seed)), date(2026, 5, 18)
    for tickers in (["A", "B"], ["A", "B", "C", "D"], ["D"], ["Z"]):
        steps, moves = basket_steps(table, tickers, day), group_moves_since(table, {"x": tickers}, day)
        assert (steps["change"].iloc[-1] if len(steps) else None) == (pytest.approx(moves["x"]) if moves else None)
        assert (steps["session"] >= pd.Timestamp(day)).all() and steps["traded"].between(1, 3).all()


@pytest.mark.parametrize("name", PAGES)
def test_every_price_in_a_table_opens_the_closes_that_give_it(
    path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [
        cell for table in tables_of(opened(path, name, monkeypatch)) for row in table["rows"] for cell in row["cells"]
    ]
    priced = {cell["point"]: cell["text"] for cell in cells if "~price~" in cell.get("point", "")}
    assert priced
    key = {"overview": "theme", "theme": "company", "company": "company"}[name]
    for text, shown in list(priced.items())[:2]:
        owner = "company" if text.startswith("company:") else key
        app = opened(path, name, monkeypatch, point=f"{owner}.{text}")
        assert f": {shown} " in html_of(app).partition('data-count="')[2].partition("</h3>")[0]
        assert any(column["label"] == "Listing" for table in tables_of(app) for column in table["columns"])


@pytest.mark.parametrize("when", ["2026-06-24", "2031-01-06", "1950-01-02"])
def test_a_price_of_a_period_that_the_view_does_not_have_has_no_closes(
    path: Path, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(path, "overview", monkeypatch, point=f"company.company:micron~{when}~price~")
    assert 'data-count="0"' in html_of(app)
    assert any("does not have two closes" in part.value for part in app.caption)


@pytest.mark.parametrize("when", ["0001-01-01", "9999-12-31", "9999-12-01"])
@pytest.mark.parametrize("point", ["attention.theme:memory~{}", "company.company:micron~{}~price~"])
def test_a_link_to_a_period_outside_of_all_time_opens_the_page_without_a_list(
    path: Path,
    when: str,
    point: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = opened(path, "theme", monkeypatch, point=point.format(when))
    assert "data-count" not in html_of(app) and not app.error


def test_a_baskets_price_in_the_dates_shown_is_its_level_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = html_of(opened(path, "theme", monkeypatch, point="company.theme:memory~window~price~")).partition(
        "cp-receipts-head"
    )[2]
    assert re.search(r"Price of Memory \(basket\): \+\d+\.\d% in the dates shown", head)


def test_a_price_point_is_of_a_company_or_a_theme() -> None:
    assert [
        read_point(text)
        for text in ("~window~price~", "subtheme:memory.hbm~window~price~", "company:micron~window~price~x")
    ] == [None] * 3


def test_a_price_point_is_spelled_as_it_is_read() -> None:
    for point in (Point.of_price("theme:memory", date(2026, 5, 4)), Point.of_price("company:micron")):
        assert read_point(str(point)) == point
