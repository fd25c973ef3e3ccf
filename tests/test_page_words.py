"""What pages say of a link's unknown values, of cut periods, of thin evidence and of missing prices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from more_pages import bar
from streamlit.testing.v1 import AppTest

from analysis.attention_panel import rank_order
from builders import NOW, article, linked, save
from dashboard.address.view import View
from dashboard.cache.memoize import clear_all
from dashboard.formatting import cut_words, days_of_cut
from dashboard.page_data.company import CompanyData
from dashboard.page_data.network import with_beats
from dashboard.page_data.request import Request
from data.prices import save_prices
from data.schema.store import Store, open_store

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Store]:
    """Sixty days of stories about Samsung, with prices of its second listing only."""
    clear_all()
    with open_store(tmp_path / "shop.db") as store:
        stories = [article(f"Samsung {n}", url=f"https://a.example/{n}", at=NOW - timedelta(days=n)) for n in range(60)]
        save(store, *(linked(each, "company:samsung", "theme:memory", story=-n) for n, each in enumerate(stories, 1)))
        days = [NOW.date() - timedelta(days=n) for n in range(60)]
        save_prices(
            store,
            [bar("SMSN.IL", day, 100 + n) for n, day in enumerate(days) if day.weekday() < 5],
            provider="csv",
            now=NOW,
            catalog_hash="c0ffee",
        )
        yield store
    clear_all()


@pytest.fixture
def open_page(shop: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("CHOKEPOINT_DB", shop.url)

    def opened(page: str, **query: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        app.switch_page(f"views/{page}.py").run()
        assert not app.exception, app.exception
        return app

    return opened


def ignored(app: AppTest) -> str:
    return " ".join(text.value for text in app.text if text.value.startswith("Ignored"))


@pytest.mark.parametrize(
    ("page", "query", "says"),
    [
        ("theme", {"theme": "ai-labs"}, "“theme” has no “ai-labs” here."),
        ("company", {"company": "nobody"}, "“company” has no “nobody” here."),
        ("company", {"company": "samsung", "listing": "MU"}, "“listing” has no “MU” here."),
        ("compare", {"subject": ["theme:memory", "theme:nothing"]}, "“subject” has no “theme:nothing” here."),
        ("lead_lag", {"about": "theme:nothing"}, "“about” has no “theme:nothing” here."),
        ("lead_lag", {"lags": "7"}, "“lags” has no “7” here."),
        ("overview", {"lang": "xx"}, "“lang” has no “xx” here."),
        ("overview", {"point": "heat.nonsense"}, "“point” takes a point of one of the page's charts."),
    ],
)
def test_an_unknown_value_of_a_link_is_said(open_page: Any, page: str, query: dict[str, Any], says: str) -> None:
    assert says in ignored(open_page(page, **query))


def test_a_link_whose_values_are_known_says_nothing_also_after_another_choice(open_page: Any) -> None:
    app = open_page("company", company="samsung", listing="SMSN.IL")
    assert ignored(app) == ""
    app.selectbox(key="company").select("micron").run()
    assert ignored(app) == ""


def test_a_company_without_prices_of_its_main_listing_shows_the_next_and_says_so(open_page: Any, shop: Store) -> None:
    html = " ".join(block.proto.body for block in open_page("company", company="samsung").get("html"))
    assert "SMSN.IL on XLON" in html
    assert "no prices of 005930.KS, the main listing" in html
    view = View(start=NOW.date() - timedelta(days=30), end=NOW.date(), rev=shop.revision())
    request = Request.of(shop.url, "company", view, {"company": "samsung"})
    assert CompanyData(request).drawn_tickers == ["SMSN.IL"]
    assert CompanyData(request.by_rules(1)).drawn_tickers == ["005930.KS"]


def test_the_split_switch_is_off_where_the_chart_has_no_parts(open_page: Any) -> None:
    for measure, off in (("share", False), ("abnormal", True), ("articles", True)):
        switch = next(group for group in open_page("theme", measure=measure).button_group if group.key == "split")
        assert switch.disabled == off, measure


def test_one_story_never_leads_a_ranking() -> None:
    abnormal, stories = np.array([9.0, 2.0, np.nan, 3.0, np.nan]), np.array([1, 5, 8, 2, 1])
    assert rank_order(abnormal, stories).tolist() == [3, 1, 2, 0, 4]


def test_a_period_that_the_dates_cut_says_how_much_of_it_is_left() -> None:
    start, end = date(2026, 8, 5), date(2026, 8, 21)
    assert days_of_cut(date(2026, 8, 17), "week", start, end) == "5 of 7 days"
    assert days_of_cut(date(2026, 8, 10), "week", start, end) == ""
    view = View(start=start, end=end)
    assert cut_words(view) == "; cut by the dates: the first week (5 of 7 days) and the last week (5 of 7 days)"
    assert cut_words(View(start=date(2026, 8, 3), end=date(2026, 8, 16))) == ""
    assert cut_words(View(start=start, end=end, grain="month")) == "; only 17 of 31 days of the month"
    assert cut_words(View(start=start, end=end, grain="day")) == ""


def test_no_pair_with_a_negative_npmi_is_beyond_chance_and_an_older_link_keeps_its_own_rule() -> None:
    edges = pd.DataFrame({"q_rewired": [0.01, 0.01], "stories": [9, 9], "rewired": [3.0, 3.0], "npmi": [0.2, -0.1]})
    assert with_beats(edges)["beats"].tolist() == [True, False]
    assert with_beats(edges, rules=3)["beats"].tolist() == [True, True]
