"""
An archive that is younger than its prices: Lead-lag and Events work from its first week on, and give true reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from builders import article, linked, save
from dashboard.address.view import View
from dashboard.cache.memoize import clear_all
from dashboard.page_data.events import EventsData
from dashboard.page_data.lead_lag import LeadLagData
from dashboard.page_data.request import Request
from dashboard.proofs.verify import rules_words
from data.prices import save_prices
from data.records import Bar
from data.schema.store import Store, open_store

LAST = datetime(2026, 6, 30, 12, tzinfo=UTC)
FIRST = LAST - timedelta(days=100)


@pytest.fixture
def young(tmp_path: Path) -> Iterator[Store]:
    """Two years of prices; stories about Micron on each of the last hundred days, more of them now and then."""
    clear_all()
    rng = np.random.default_rng(0)
    with open_store(tmp_path / "young.db") as store:
        items = []
        for day in range(101):
            for n in range(8 if day in (50, 70, 90) else 1 + int(rng.integers(2))):
                item = article(f"Micron {day} {n}", url=f"https://a.example/{day}/{n}", at=FIRST + timedelta(days=day))
                items.append(linked(item, "company:micron", story=-len(items) - 1))
            for n in range(10):
                other = article(f"Other {day} {n}", url=f"https://b.example/{day}/{n}", at=FIRST + timedelta(days=day))
                items.append(linked(other, "company:nvidia", story=-len(items) - 1))
        save(store, *items, now=LAST)
        sessions = pd.bdate_range("2024-06-03", LAST.date())
        for ticker in ("MU", "SPY"):
            closes = 100 * np.cumprod(1 + rng.normal(0, 0.01, len(sessions)))
            bars = [
                Bar(ticker=ticker, session=day.date(), open=None, high=None, low=None, close=close, volume=None,
                    currency="USD")
                for day, close in zip(sessions, closes.round(4).tolist(), strict=True)
            ]  # fmt: skip
            save_prices(store, bars, provider="csv", now=LAST, catalog_hash="c0ffee")
        yield store
    clear_all()


def request_of(store: Store, page: str, *, rules: int = 2, **values: str) -> Request:
    view = View(start=FIRST.date(), end=LAST.date(), rev=store.revision())
    return Request.of(store.url, page, view, values, rules=rules)


def lead_lag(store: Store, *, rules: int = 2, about: str = "company:micron", price: str = "MU") -> LeadLagData:
    return LeadLagData(request_of(store, "lead_lag", rules=rules, about=about, price=price))


def test_prices_from_before_the_first_story_give_every_session_a_return(young: Store) -> None:
    verdict = lead_lag(young).verdict(1)
    assert not verdict.lack
    # Of 69 shared: the last waits for the market's next return, the model of attention starts with four.
    assert verdict.n == 64


def test_an_older_link_is_computed_by_its_own_rules(young: Store) -> None:
    verdict = lead_lag(young, rules=1).verdict(1)
    assert "none has an abnormal return: that takes 100 sessions of prices" in verdict.lack
    assert "share 69 trading days" in verdict.lack
    assert "prices from before the first story" in rules_words(lead_lag(young, rules=1).request)
    assert rules_words(lead_lag(young).request) == ""


@pytest.mark.parametrize(
    ("about", "price", "why"),
    [
        ("company:micron", "NVDA", "The store has no prices of NVDA"),
        ("company:samsung", "MU", "No story in these dates is about this subject"),
        ("theme:memory", "basket", "No story in these dates"),
        ("theme:optics", "basket", "no prices of any company of this theme"),
    ],
)
def test_the_reason_against_a_pair_is_the_true_one(young: Store, about: str, price: str, why: str) -> None:
    page = lead_lag(young, about=about, price=price)
    assert page.signal is None
    assert why in page.lack


def test_a_spike_in_a_young_archive_is_studied(young: Store) -> None:
    for rules, studied in ((2, True), (1, False)):
        page = EventsData(request_of(young, "events", rules=rules, whose="company:micron", market="SPY"))
        study = page.study(1)
        assert study is not None
        assert len(page.events) > 0
        assert (study.n_events > 0) == studied
        assert studied or study.left_out["reason"].str.startswith("too few sessions").all()


def test_companies_without_prices_have_no_events_for_that_reason(young: Store) -> None:
    page = EventsData(request_of(young, "events", whose="company:nvidia"))
    assert page.events.empty
    assert "no prices of any of these companies" in page.lack
