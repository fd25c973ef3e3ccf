"""
The tables beside a page's charts are in its proof: what they show is what is hashed, and a revised price is another
hash.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from test_pages import html_of, page
from two_years import LAST, bars, fill

from builders import article, linked, save
from dashboard.address.view import View
from dashboard.cache.memoize import clear_all
from dashboard.formatting import escape, signed_percent
from dashboard.page_data import read_page
from dashboard.page_data.overview import OverviewData
from dashboard.page_data.request import Request
from dashboard.page_data.rows import rounded
from dashboard.proofs.then_now import difference
from data.catalog import load_catalog
from data.prices import save_prices
from data.schema.store import Store, open_store

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"
START, END = date(2026, 3, 2), date(2026, 6, 26)
PAGES = {"overview": {}, "theme": {"theme": "memory"}, "company": {"company": "micron"}}


@pytest.fixture(name="path", scope="module")
def filled_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("tables") / "store.db"
    fill(found)
    with open_store(found) as store:
        both = [article(f"Micron and NVIDIA {n}", at=LAST - timedelta(days=5 + 9 * n)) for n in range(9)]
        save(
            store,
            *(
                linked(one, "company:micron", "company:nvidia", "theme:memory", story=-2000 - n)
                for n, one in enumerate(both)
            ),
            now=LAST,
        )
    return found


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path) as found:
        yield found


def request_of(store: Store, name: str) -> Request:
    view = View(start=START, end=END, grain="week", measure="share", rev=store.revision())
    return Request.of(store.url, name, view, PAGES[name])


def opened(path: Path, name: str, monkeypatch: pytest.MonkeyPatch, **more: str) -> AppTest:
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{path}")
    dates = {"from": START.isoformat(), "to": END.isoformat(), "grain": "week"}
    return page(AppTest.from_file(str(APP), default_timeout=90), name, **dates, **PAGES[name], **more)


def tables_of(app: AppTest) -> Iterator[dict[str, Any]]:
    """Every table of the page, as its script gets it."""
    for part in app.get("bidi_component"):
        if part.proto.component_name == "chokepoint_table":
            yield json.loads(json.loads(part.proto.json)["json"])


def prices_shown(app: AppTest) -> dict[str, str]:
    """Name → the price move beside it, in every table that has one."""
    found = {}
    for table in tables_of(app):
        labels = [column["label"] for column in table["columns"]]
        if "Price" in labels:
            found.update(
                {row["cells"][0]["text"]: row["cells"][labels.index("Price")]["text"] for row in table["rows"]}
            )
    return found


@pytest.mark.parametrize("name", PAGES)
def test_every_price_and_story_of_a_pages_tables_is_in_what_its_proof_hashes(
    path: Path, store: Store, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, rows, catalog = opened(path, name, monkeypatch), read_page(request_of(store, name)).rows, load_catalog()
    shown = {label: text for label, text in prices_shown(app).items() if text != "–"}
    assert shown
    hashed = {
        catalog.subject_name(row["subject"]): signed_percent(row["change"]) for row in rows if row["chart"] == "moves"
    }
    assert {label.partition(" (")[0]: text for label, text in shown.items()}.items() <= hashed.items()
    newest = [row for row in rows if row["chart"] == "newest"]
    page_text = re.sub("</?mark[^>]*>", "", html_of(app))
    assert len(newest) == 8
    assert all(escape(row["title"]) in page_text for row in newest)


@pytest.mark.parametrize(("name", "ticker"), [("overview", "LITE"), ("theme", "NVDA"), ("company", "NVDA")])
def test_a_price_that_only_a_table_shows_is_proven_and_its_revision_is_reported(
    tmp_path: Path, path: Path, name: str, ticker: str
) -> None:
    copy = tmp_path / "store.db"
    copy.write_bytes(path.read_bytes())
    with open_store(copy) as store:
        then = request_of(store, name).with_values(against=())
        sha = read_page(then).sha256
        last = max((bar for bar in bars() if bar.ticker == ticker and bar.session <= END), key=lambda bar: bar.session)
        save_prices(store, [replace(last, close=last.close * 2)], provider="csv", now=LAST, catalog_hash="c0ffee")
        clear_all()
        assert read_page(then).sha256 == sha
        assert read_page(then.at(store.revision())).sha256 != sha
        assert "1 price revised" in difference(then, store.revision()).sentence


def test_what_overview_draws_is_part_of_what_it_proves(store: Store) -> None:
    page = read_page(request_of(store, "overview"))
    assert isinstance(page, OverviewData)
    proven = {(row["subject"], row["period"]): row["abnormal"] for row in page.rows if row["chart"] == "cells"}
    companies = page.shown_companies[page.shown_companies["period"] == page.shown_companies["period"].max()]
    assert len(companies)
    for cell in (*page.shown_themes[page.shown_themes["stories"] > 0].itertuples(), *companies.itertuples()):
        assert proven[cell.subject, str(cell.period.date())] == rounded(cell.abnormal, 6)
