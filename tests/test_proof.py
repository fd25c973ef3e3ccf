"""Proof links: what a view showed stays what it shows, and the ledger says why it differs from today."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from proving import Choices, checked_changes, request_of
from starlette.applications import Starlette
from starlette.testclient import TestClient

from builders import NOW, article, linked, mention, relink_to, save
from dashboard.address.params import read_values
from dashboard.address.view import Bounds, View, read_view, view_params
from dashboard.api.routes import Api
from dashboard.cache.memoize import clear_all
from dashboard.cache.stores import forget_catalog
from dashboard.charts.compare import then_now_chart
from dashboard.page_data import PAGES, read_page
from dashboard.page_data.links import page_path, path_in_app
from dashboard.page_data.request import Request
from dashboard.proofs.then_now import difference
from dashboard.proofs.verify import verdict
from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.prices import save_prices
from data.records import Bar, Edit
from data.schema.store import Store, open_store
from data.write.articles import save_articles
from data.write.corrections import Correction, save_correction

FIRST, LAST = date(2026, 1, 5), date(2026, 4, 30)
THEMES = ["memory", "optics", "power"]
COMPANIES = ["micron", "nvidia", "samsung"]
SUBJECTS = [
    "theme:memory",
    "theme:optics",
    "theme:power",
    "subtheme:memory.hbm",
    "company:micron",
    "company:nvidia",
    "company:samsung",
]
TICKERS = ["MU", "NVDA", "SPY"]
VIEWS = 65
CHOICES = Choices(
    first=FIRST,
    last=LAST,
    themes=THEMES,
    companies=COMPANIES,
    tickers=TICKERS,
    publishers=["a.example", "b.example"],
    words=["word", "second 3"],
)


@cache
def catalog() -> Catalog:
    return load_catalog()


def day_at(rng: random.Random) -> date:
    return FIRST + timedelta(days=rng.randrange((LAST - FIRST).days))


def stories(rng: random.Random, number: int, tag: str, known: int = 0) -> list:  # type: ignore[type-arg]
    made = []
    for place in range(number):
        at = NOW.replace(hour=rng.randrange(24)) - timedelta(days=(NOW.date() - day_at(rng)).days)
        item = article(
            f"Word {tag} {place}",
            url=f"https://example.com/{tag}/{place}",
            at=at,
            publisher=rng.choice(["a.example", "b.example", "c.example"]),
            lang=rng.choice(["en", "zh"]),
        )
        story = rng.randrange(1, known + 1) if known and rng.random() < 0.3 else -1 - place
        made.append(
            linked(item, *rng.sample(SUBJECTS, rng.randrange(4)), story=story, relevance=rng.randrange(101), seen=NOW)
        )
    return made


def bars(rng: random.Random, tickers: list[str]) -> list[Bar]:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days) if (FIRST + timedelta(days=n)).weekday() < 5]
    return [
        Bar(
            ticker=ticker,
            session=day,
            open=None,
            high=None,
            low=None,
            close=50 + 50 * rng.random(),
            volume=None,
            currency="USD",
        )
        for ticker in tickers
        for day in days
    ]


def filled(path: Path) -> Store:
    rng, store = random.Random(1), open_store(path)
    save(store, *stories(rng, 150, "first"))
    save_prices(store, bars(rng, TICKERS), provider="t", now=NOW, catalog_hash="c")
    save(store, *stories(rng, 100, "second", known=100))
    return store


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[Request], list[str]]]:
    """A store, views of it with their hashes, and then everything that changes a store."""
    with filled(tmp_path_factory.mktemp("proof") / "s.db") as store:
        rng = random.Random(2)
        requests = [request_of(rng, store, CHOICES, page=CHOICES.pages[n % len(CHOICES.pages)]) for n in range(VIEWS)]
        hashes = [read_page(request).sha256 for request in requests]
        change(random.Random(3), store)
        clear_all()  # what follows is read from the store, not remembered
        yield store, requests, hashes


def change(rng: random.Random, store: Store) -> None:
    save(store, *stories(rng, 60, "late", known=200))
    relink_to(store, {ident: relinked(rng, "first", ident - 1) for ident in range(1, 15)})
    for ident in rng.sample(range(20, 90), 5):
        wrong = Correction(article=ident, subject=rng.choice(SUBJECTS), verdict="wrong", author="Ada", reason="no")
        save_correction(store, wrong, now=NOW, catalog_hash="c2")
    title = "Samsung changed"
    edit = Edit(
        article=95, title=title, summary="", mentions=(mention("company:samsung", title, "Samsung"),), seen_at=NOW
    )
    save_articles(store, [], source="test", kind="update", catalog_hash="c2", now=NOW, edits=[edit])
    save_prices(store, bars(rng, TICKERS), provider="t", now=NOW, catalog_hash="c2")


def relinked(rng: random.Random, tag: str, place: int) -> list:  # type: ignore[type-arg]
    return [mention(subject, f"Word {tag} {place}", "Word", relevance=70) for subject in rng.sample(SUBJECTS, 2)]


def test_every_proof_link_opens_to_the_same_data_after_everything_changed(
    shop: tuple[Store, list[Request], list[str]],
) -> None:
    store, requests, hashes = shop
    equal = sum(read_page(request).sha256 == sha for request, sha in zip(requests, hashes, strict=True))
    now = [read_page(request.at(store.revision())).sha256 for request in requests]
    moved = sum(new != sha for new, sha in zip(now, hashes, strict=True))
    print(f"{equal} of {VIEWS} hashes equal; {moved} would differ at the newest revision")
    assert equal == VIEWS
    assert moved > VIEWS / 2
    assert len(set(hashes)) > VIEWS * 0.8


def test_each_difference_is_what_the_ledger_says(shop: tuple[Store, list[Request], list[str]]) -> None:
    store, requests, _ = shop
    changes = [checked_changes(request, store.revision()) for request in requests]
    print(f"{sum(changes)} changes in {sum(map(bool, changes))} of {VIEWS} views as the ledger has them")
    assert sum(changes) > 100
    changed = {request.page for request, number in zip(requests, changes, strict=True) if number}
    assert changed >= {"network", "articles", "events", "theme"}


def test_a_link_says_all_that_its_hash_needs(shop: tuple[Store, list[Request], list[str]]) -> None:
    store, requests, hashes = shop
    bounds = Bounds(first_day=date(2025, 1, 1), last_day=date(2027, 1, 1), newest=store.revision())
    for request, sha in zip(requests, hashes, strict=True):
        query: dict[str, list[str]] = {}
        for name, text in view_params(request.view, **dict(request.values), sha=sha):
            query.setdefault(name, []).append(text)
        values, ignored = read_values(PAGES[request.page].params, query)
        assert ignored == []
        assert values.pop("sha") == sha
        again = Request.of(store.url, request.page, read_view(values, bounds), values)
        assert read_page(again).sha256 == sha
        assert path_in_app(f"https://x.example/{request.page}?sha={sha}") == f"{page_path(request.page)}?sha={sha}"


def test_an_older_links_basket_keeps_the_listings_that_it_names(
    shop: tuple[Store, list[Request], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = next(request for request in shop[1] if request.page == "theme" and request.view.rev > 1)
    request = request.with_values(basket=("MU", "NVDA"), against=("basket",), part="")
    before = price_rows_of(request)
    assert price_rows_of(request.with_values(basket=("MU",))) != before
    monkeypatch.setattr("dashboard.cache.stores.load_catalog", lambda: replace(catalog(), companies={}))
    forget_catalog()
    assert price_rows_of(replace(request, values=(*request.values, ("other", "1")))) == before  # not from the cache
    forget_catalog()


def price_rows_of(request: Request) -> list[dict[str, Any]]:
    """The price lines of the page's chart."""
    return [row for row in read_page(request).rows if row["chart"] == "prices"]


def test_a_verdict_says_when_or_why_not(
    shop: tuple[Store, list[Request], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, requests, hashes = shop
    newest, first = store.revision(), requests[0]
    ok, sentence = verdict(first, hashes[0], newest=newest)
    assert (ok, sentence) == (True, f"Verified: as known on 1 May 2026 12:00 UTC (revision {first.rev}).")
    monkeypatch.setattr("dashboard.proofs.verify.VERSION", "9.9.9")
    ok, sentence = verdict(first, "0" * 64, newest=newest)
    assert not ok
    assert "written by version" in sentence
    assert "this is version 9.9.9" in sentence
    assert "the catalog has been edited since" in sentence
    ok, sentence = verdict(first.at(99), hashes[0], newest=newest)
    assert (ok, sentence[:45]) == (False, "Not verified: this store has no revision 99. ")


def test_the_differences_that_a_reader_sees_are_both_drawn(store: Store) -> None:
    save(
        store,
        linked(article("Micron one"), "theme:memory", story=-1),
        linked(article("Micron two"), "theme:memory", story=-2),
    )
    view = View(start=date(2026, 4, 20), end=date(2026, 5, 10), measure="stories", rev=1)
    request = Request.of(store.url, "theme", view, {"theme": "memory"})
    assert difference(request, 1).sentence == "2 stories then and now: nothing in this view has changed since."
    save(store, linked(article("Micron three", at=NOW - timedelta(days=8)), "theme:memory"))
    save(store, linked(article("Micron early", at=NOW - timedelta(days=1)), "theme:memory", story=1))
    found = difference(request, store.revision())
    assert found.sentence == (
        "2 stories then, 3 now: +1 from articles that arrived later, 1 moved to another day; all stories: 2 then, 3 "
        "now."
    )
    chart = then_now_chart(found, measure="stories")
    assert chart.layout.yaxis.dtick == 1  # a few stories: whole ticks
    lines = {line.name: list(line.y) for line in chart.data}
    assert lines == {"known now": [1, 2, 0], "known then": [0, 2, 0]}


def test_rows_hold_only_what_stays(shop: tuple[Store, list[Request], list[str]]) -> None:
    for request in shop[1]:
        for row in read_page(request).rows:
            assert all(value is None or isinstance(value, str | int | float) for value in row.values())
    with pytest.raises(ValueError, match="one revision"):
        Request.of(shop[0].url, "theme", replace(shop[1][0].view, rev=0))


def test_the_rows_of_a_theme_are_the_answers_of_the_api(shop: tuple[Store, list[Request], list[str]]) -> None:
    request = next(
        each for each in shop[1] if each.page == "theme" and each.view.measure != "abnormal" and not each.part
    )
    rows = [
        {name: value for name, value in row.items() if name not in ("chart", "subject")}
        for row in read_page(request).rows
        if row["chart"] == "attention"
    ]
    view = request.view
    query = {
        "subject": f"theme:{request.get('theme')}", "from": str(view.start), "to": str(view.end), "grain": view.grain,
        "publisher": list(view.publishers), "lang": list(view.langs), "relevance": view.min_relevance, "rev": view.rev,
    }  # fmt: skip
    with TestClient(
        Starlette(routes=Api(shop[0].url).routes()), base_url="http://localhost", client=("127.0.0.1", 50000)
    ) as client:
        assert client.get("/api/v1/attention", params=query).json()["rows"] == rows
