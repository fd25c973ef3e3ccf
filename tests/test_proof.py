"""Proof links: what a view showed stays what it shows, and why it differs from today is told by the ledger."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import func, select

from builders import NOW, article, linked, mention, save
from dashboard.answers import attention_rows
from dashboard.asked import Asked
from dashboard.dropin import own_path
from dashboard.filters import MEASURES, Bounds, View, read_values, read_view, spell_view
from dashboard.links import page_path
from dashboard.proof import page_hash, page_rows, subjects_of, verdict
from dashboard.then_now import difference, then_now_chart
from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.db import Store, open_store
from data.models import ALL, Attention, PublisherName, Subject
from data.overrides import Override, save_override
from data.prices import save_prices
from data.queries import attention_by_day
from data.receipts import receipts
from data.records import Bar, Edit
from data.relinking import save_relink
from data.store import save_articles

FIRST, LAST = date(2026, 1, 5), date(2026, 4, 30)
THEMES = ["memory", "optics", "power"]
COMPANIES = ["micron", "nvidia", "samsung"]
SUBJECTS = ["theme:memory", "theme:optics", "theme:power", "subtheme:memory.hbm", "company:micron", "company:nvidia", "company:samsung"]
TICKERS = ["MU", "NVDA", "SPY"]
VIEWS = 50
PAGES = ["overview", "theme", "theme", "theme", "company", "company", "compare", "network", "lead_lag", "articles", "sources"]


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
        made.append(linked(item, *rng.sample(SUBJECTS, rng.randrange(4)), story=story, relevance=rng.randrange(101), seen=NOW))
    return made


def bars(rng: random.Random, tickers: list[str]) -> list[Bar]:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days) if (FIRST + timedelta(days=n)).weekday() < 5]
    return [
        Bar(ticker=ticker, session=day, open=None, high=None, low=None, close=50 + 50 * rng.random(), volume=None, currency="USD")
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
        asked = [view_of(rng, store) for _ in range(VIEWS)]
        hashes = [page_hash(one) for one in asked]
        change(random.Random(3), store)
        yield store, asked, hashes


def view_of(rng: random.Random, store: Store) -> Asked:
    start = day_at(rng)
    view = View(
        start=start,
        end=min(LAST, start + timedelta(days=rng.randrange(1, 120))),
        grain=rng.choice(["day", "week", "month"]),
        measure=rng.choice(list(MEASURES)),
        publishers=rng.choice([(), (), ("a.example",), ("a.example", "b.example")]),
        langs=rng.choice([(), (), ("en",)]),
        min_relevance=rng.choice([0, 0, 40]),
        rev=rng.randrange(1, store.revision() + 1),
    )
    page = rng.choice(PAGES)
    values = {
        "theme": {
            "theme": rng.choice(THEMES),
            "split": rng.choice(["company", "subtheme"]),
            "against": rng.choice([("basket",), ("MU", "SPY"), (), ("basket", "SPY")]),
            "basket": ("MU", "NVDA"),
        },
        "company": {"company": rng.choice(COMPANIES)},
        "compare": {"subject": ("theme:memory", "company:micron", "company:nvidia"), "returns": "own"},
        "lead_lag": {"about": rng.choice(SUBJECTS[:3]), "price": rng.choice(TICKERS[:2]), "market": "SPY", "talk": "share"},
        "network": {"kind": rng.choice(["company", "theme"]), "edges": "all"},
        "articles": {"q": rng.choice(["", "word", "second 3"]), "about": rng.choice([(), ("theme:memory",)])},
    }.get(page, {})
    return Asked(store=store, catalog=catalog(), page=page, view=view, values=values)


def change(rng: random.Random, store: Store) -> None:
    save(store, *stories(rng, 60, "late", known=200))
    save_relink(store, {ident: relinked(rng, "first", ident - 1) for ident in range(1, 15)}, now=NOW, catalog_hash="c2")
    for ident in rng.sample(range(20, 90), 5):
        wrong = Override(article=ident, subject=rng.choice(SUBJECTS), verdict="wrong", author="Ada", reason="no")
        save_override(store, wrong, now=NOW, catalog_hash="c2")
    title = "Samsung changed"
    edit = Edit(article=95, title=title, summary="", mentions=(mention("company:samsung", title, "Samsung"),), seen_at=NOW)
    save_articles(store, [], source="test", kind="update", catalog_hash="c2", now=NOW, edits=[edit])
    save_prices(store, bars(rng, TICKERS), provider="t", now=NOW, catalog_hash="c2")


def relinked(rng: random.Random, tag: str, place: int) -> list:  # type: ignore[type-arg]
    return [mention(subject, f"Word {tag} {place}", "Word", relevance=70) for subject in rng.sample(SUBJECTS, 2)]


def test_every_proof_link_opens_to_the_same_data_after_everything_changed(shop: tuple[Store, list[Asked], list[str]]) -> None:
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
    newest, told = store.revision(), 0
    for one in asked:
        if one.page == "articles":
            continue
        found = difference(one, newest)
        gained = sum(n for (way, _), n in found.causes.items() if way == "gained")
        lost = sum(n for (way, _), n in found.causes.items() if way == "lost")
        assert found.counted[1] - found.counted[0] == gained - lost == moved_in_ledger(one, newest)
        assert found.shifted == shifted_days(one, newest)
        assert found.sentence.startswith(f"{found.counted[0]:,} stor")
        for cause, n in found.causes.items():
            told += n
            assert f"{'+' if cause[0] == 'gained' else '−'}{n:,} " in found.sentence
    assert told > 100


def moved_in_ledger(asked: Asked, newest: int) -> int:
    """What the ledger added in the view's window since its revision; where the ledger does not know a filter, the counts."""
    view = asked.view
    subjects = subjects_of(asked)
    if view.min_relevance and subjects != [""]:
        counts = (attention_by_day(asked.store, subjects, replace(view.filters, rev=rev))["stories"].sum() for rev in (view.rev, newest))
        before, after = counts
        return int(after - before)
    if view.min_relevance:
        before, after = (len(receipts(asked.store, None, replace(view.filters, rev=rev))) for rev in (view.rev, newest))
        return after - before
    a = Attention
    query = select(func.coalesce(func.sum(a.stories), 0)).join(Subject, Subject.id == a.subject_id)
    query = query.join(PublisherName, PublisherName.id == a.publisher_id)
    query = query.where(Subject.key.in_([subject or ALL for subject in subjects]), a.day >= view.start, a.day <= view.end)
    query = query.where(a.revision > view.rev, a.revision <= newest)
    if view.publishers:
        query = query.where(PublisherName.name.in_(view.publishers))
    if view.langs:
        query = query.where(a.lang.in_(view.langs))
    with asked.store.reading() as connection:
        return int(connection.scalar(query) or 0)


def shifted_days(asked: Asked, newest: int) -> int:
    shifted = 0
    for subject in subjects_of(asked):
        then, now = (
            receipts(asked.store, subject or None, replace(asked.view.filters, rev=rev)).set_index("story")["day"].to_dict()
            for rev in (asked.view.rev, newest)
        )
        shifted += sum(now[story] != day for story, day in then.items() if story in now)
    return shifted


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


def test_a_basket_keeps_the_listings_that_it_had(shop: tuple[Store, list[Asked], list[str]]) -> None:
    one = next(one for one in shop[1] if one.page == "theme" and one.values["against"] == ("basket",) and one.view.rev > 1)
    edited = replace(catalog(), companies={})
    assert page_hash(replace(one, catalog=edited)) == page_hash(one)
    assert page_hash(replace(one, values={**one.values, "basket": ("MU",)})) != page_hash(one)


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
    ok, said = verdict(replace(asked[0], view=replace(asked[0].view, rev=99)), hashes[0], found="", newest=newest, version="1")
    assert (ok, said[:45]) == (False, "Not verified: this store has no revision 99. ")


def test_the_differences_that_a_reader_sees_are_both_drawn(store: Store) -> None:
    save(store, linked(article("Micron one"), "theme:memory", story=-1), linked(article("Micron two"), "theme:memory", story=-2))
    view = View(start=date(2026, 4, 20), end=date(2026, 5, 10), measure="stories", rev=1)
    asked = Asked(store=store, catalog=catalog(), page="theme", view=view, values={"theme": "memory"})
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
    one = next(one for one in shop[1] if one.page == "theme" and one.view.measure != "abnormal")
    rows = [{k: v for k, v in row.items() if k not in ("chart", "subject")} for row in page_rows(one) if row["chart"] == "attention"]
    assert rows == attention_rows(one.store, subjects_of(one)[0], one.filters, one.grain)
