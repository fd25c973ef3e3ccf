"""Proof links: what a view showed stays what it shows, and why it differs from today is told by the ledger."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from proving import Choices, told_right, view_of

from builders import NOW, article, linked, mention, save
from dashboard.address.filters import Bounds, View, read_view, spell_view
from dashboard.address.links import page_path
from dashboard.address.params import read_values
from dashboard.exports.dropin import own_path
from dashboard.proofs.asked import Asked
from dashboard.proofs.proof import page_hash, page_rows, subjects_of, verdict
from dashboard.proofs.rows import attention_rows
from dashboard.proofs.then_now import difference, then_now_chart
from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.prices import save_prices
from data.records import Bar, Edit
from data.schema.store import Store, open_store
from data.write.articles import save_articles
from data.write.corrections import Override, save_override
from data.write.relink import save_relink

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
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[Asked], list[str]]]:
    """A store, views of it with their hashes, and then everything that changes a store."""
    with filled(tmp_path_factory.mktemp("proof") / "s.db") as store:
        rng = random.Random(2)
        asked = [
            view_of(rng, store, catalog(), CHOICES, page=CHOICES.pages[n % len(CHOICES.pages)]) for n in range(VIEWS)
        ]
        hashes = [page_hash(one) for one in asked]
        change(random.Random(3), store)
        yield store, asked, hashes


def change(rng: random.Random, store: Store) -> None:
    save(store, *stories(rng, 60, "late", known=200))
    save_relink(store, {ident: relinked(rng, "first", ident - 1) for ident in range(1, 15)}, now=NOW, catalog_hash="c2")
    for ident in rng.sample(range(20, 90), 5):
        wrong = Override(article=ident, subject=rng.choice(SUBJECTS), verdict="wrong", author="Ada", reason="no")
        save_override(store, wrong, now=NOW, catalog_hash="c2")
    title = "Samsung changed"
    edit = Edit(
        article=95, title=title, summary="", mentions=(mention("company:samsung", title, "Samsung"),), seen_at=NOW
    )
    save_articles(store, [], source="test", kind="update", catalog_hash="c2", now=NOW, edits=[edit])
    save_prices(store, bars(rng, TICKERS), provider="t", now=NOW, catalog_hash="c2")


def relinked(rng: random.Random, tag: str, place: int) -> list:  # type: ignore[type-arg]
    return [mention(subject, f"Word {tag} {place}", "Word", relevance=70) for subject in rng.sample(SUBJECTS, 2)]


def test_every_proof_link_opens_to_the_same_data_after_everything_changed(
    shop: tuple[Store, list[Asked], list[str]],
) -> None:
    _, asked, hashes = shop
    equal = sum(page_hash(one) == sha for one, sha in zip(asked, hashes, strict=True))
    now = [page_hash(replace(one, view=replace(one.view, rev=one.store.revision()))) for one in asked]
    moved = sum(one != sha for one, sha in zip(now, hashes, strict=True))
    print(f"{equal} of {VIEWS} hashes equal; {moved} would differ at the newest revision")
    assert equal == VIEWS
    assert moved > VIEWS / 2
    assert len(set(hashes)) > VIEWS * 0.8


def test_each_difference_is_what_the_ledger_says(shop: tuple[Store, list[Asked], list[str]]) -> None:
    store, asked, _ = shop
    told = [told_right(one, store.revision()) for one in asked]
    print(f"{sum(told)} changes in {sum(map(bool, told))} of {VIEWS} views told as the ledger has them")
    assert sum(told) > 100
    assert {one.page for one, number in zip(asked, told, strict=True) if number} >= {
        "network",
        "articles",
        "events",
        "theme",
    }


def test_a_link_says_all_that_its_hash_needs(shop: tuple[Store, list[Asked], list[str]]) -> None:
    store, asked, hashes = shop
    bounds = Bounds(first_day=date(2025, 1, 1), last_day=date(2027, 1, 1), newest=store.revision())
    for one, sha in zip(asked, hashes, strict=True):
        query: dict[str, list[str]] = {}
        for name, text in spell_view(one.view, **one.values, sha=sha):
            query.setdefault(name, []).append(text)
        values, ignored = read_values(one.page, query)
        assert ignored == []
        again = replace(one, view=replace(read_view(values, bounds), rev=values["rev"]), values=values)
        assert page_hash(again) == values["sha"]
        assert own_path(f"https://x.example/{one.page}?sha={sha}") == f"{page_path(one.page)}?sha={sha}"


def test_an_older_links_basket_keeps_the_listings_that_it_names(shop: tuple[Store, list[Asked], list[str]]) -> None:
    one = next(one for one in shop[1] if one.page == "theme" and one.values["basket"] and one.view.rev > 1)
    one = replace(one, values={**one.values, "against": ("basket",), "part": ""})
    edited = replace(catalog(), companies={})
    assert drawn(replace(one, today=edited)) == drawn(one)
    assert drawn(replace(one, values={**one.values, "basket": ("MU",)})) != drawn(one)


def drawn(asked: Asked) -> list[dict[str, Any]]:
    """The price lines of the page's chart."""
    return [row for row in page_rows(asked) if row["chart"] == "prices"]


def test_a_verdict_says_when_or_why_not(shop: tuple[Store, list[Asked], list[str]]) -> None:
    store, asked, hashes = shop
    newest = store.revision()
    ok, said = verdict(asked[0], hashes[0], found=hashes[0], newest=newest, version="0.1.0")
    assert (ok, said) == (True, f"Verified: as known on 1 May 2026 12:00 UTC (revision {asked[0].view.rev}).")
    ok, said = verdict(asked[0], "0" * 64, found=hashes[0], newest=newest, version="9.9.9")
    assert not ok
    assert "written by version" in said
    assert "this is version 9.9.9" in said
    assert "the catalog has been edited since" in said
    ok, said = verdict(
        replace(asked[0], view=replace(asked[0].view, rev=99)), hashes[0], found="", newest=newest, version="1"
    )
    assert (ok, said[:45]) == (False, "Not verified: this store has no revision 99. ")


def test_the_differences_that_a_reader_sees_are_both_drawn(store: Store) -> None:
    save(
        store,
        linked(article("Micron one"), "theme:memory", story=-1),
        linked(article("Micron two"), "theme:memory", story=-2),
    )
    view = View(start=date(2026, 4, 20), end=date(2026, 5, 10), measure="stories", rev=1)
    asked = Asked(store=store, today=catalog(), page="theme", view=view, values={"theme": "memory"})
    assert difference(asked, 1).sentence == "2 stories then and now: nothing that this view shows has changed since."
    save(store, linked(article("Micron three", at=NOW - timedelta(days=8)), "theme:memory"))
    save(store, linked(article("Micron early", at=NOW - timedelta(days=1)), "theme:memory", story=1))
    found = difference(asked, store.revision())
    assert found.sentence == (
        "2 stories then, 3 now: +1 from articles that arrived later, 1 moved to another day; all stories: 2 then, 3 now."
    )
    lines = {line.name: list(line.y) for line in then_now_chart(found, measure="stories").data}
    assert lines == {"known now": [1, 2, 0], "known then": [0, 2, 0]}


def test_rows_hold_only_what_stays(shop: tuple[Store, list[Asked], list[str]]) -> None:
    for one in shop[1]:
        for row in page_rows(one):
            assert all(value is None or isinstance(value, str | int | float) for value in row.values())
    with pytest.raises(ValueError, match="one revision"):
        page_rows(replace(shop[1][0], view=replace(shop[1][0].view, rev=0)))


def test_the_rows_of_a_theme_are_the_answers_of_the_api(shop: tuple[Store, list[Asked], list[str]]) -> None:
    one = next(one for one in shop[1] if one.page == "theme" and one.view.measure != "abnormal" and not one.part)
    rows = [
        {k: v for k, v in row.items() if k not in ("chart", "subject")}
        for row in page_rows(one)
        if row["chart"] == "attention"
    ]
    assert rows == attention_rows(one.store, subjects_of(one)[0], one.filters, one.grain)
