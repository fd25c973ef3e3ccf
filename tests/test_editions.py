"""
What a catalog said stays known: an edit of themes' members, listings, names or families changes no chart of an earlier
revision.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from builders import NOW, apply_texts, article, linked, save
from dashboard.address.view import View, view_params
from dashboard.cache import stores
from dashboard.cache.memoize import clear_all
from dashboard.page_data import read_page
from dashboard.page_data.request import Request
from dashboard.proofs.then_now import difference
from dashboard.proofs.verify import verdict
from data.catalog import BUNDLED, load_catalog
from data.catalog.edit import ALIASES, with_alias
from data.catalog.facts import catalog_with, facts_of
from data.catalog.records import Catalog
from data.prices import save_prices
from data.records import Bar
from data.schema.models import CatalogFacts, KnownCatalog
from data.schema.store import Store, open_store
from data.write.articles import save_articles
from data.write.catalog_versions import catalog_as_of, remember_catalog
from data.write.corrections import Correction, save_correction
from data.write.revisions import revisions_between
from ingest.import_files import import_files
from ingest.relink import preview, relink

FIRST, LAST = date(2026, 1, 5), date(2026, 4, 30)
TICKERS = ("MU", "NVDA", "005930.KS", "SMSN.IL", "SPY", "QQQ")
PAGES: dict[str, dict[str, Any]] = {
    "overview": {},
    "theme": {"theme": "memory", "against": ("basket",)},
    "compare": {"subject": ("theme:memory", "company:samsung")},
    "company": {"company": "samsung"},
    "lead_lag": {"about": "theme:memory"},
    "events": {"whose": "theme:memory"},
    "family": {"part": "family"},
    "fixed": {"theme": "memory", "part": "fixed"},
    "shock": {"part": "shock", "relation": "all"},
    "alarms": {"over": "theme", "budget": "5", "families": 1},
}


PARTS = {"family": "lead_lag", "fixed": "theme", "shock": "events"}


@cache
def bundled() -> Catalog:
    return load_catalog()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "catalog"
    shutil.copytree(BUNDLED, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


def replaced(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    """Edit a file by hand."""
    text = (folder / name).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / name).write_text(text, "utf-8")


def edited(folder: Path) -> Catalog:
    """
    Micron has left memory, NVIDIA has joined it, Samsung is told by its London listing, a theme and a part of it have
    other names.
    """
    replaced(
        folder,
        "companies.csv",
        ("US,memory,high,Exited", "US,,high,Exited"),
        ("US,compute|networking|ai_labs", "US,compute|memory"),
    )
    listings = "samsung,005930.KS,XKRX,KRW\n", "samsung,SMSN.IL,XLON,USD\n"
    replaced(folder, "listings.csv", ("".join(listings), "".join(reversed(listings))))
    replaced(folder, "themes.toml", ('name = "Memory"', 'name = "Remembering"'), ('name = "HBM"', 'name = "Stacked"'))
    return load_catalog(folder)


def stories(rng: random.Random) -> Iterator[Any]:
    place = 0
    busy = {"company:micron": 20, "company:nvidia": 10}
    for day in range((LAST - FIRST).days):
        for subject in ("theme:memory", "company:micron", "company:nvidia", "company:samsung"):
            for _ in range(rng.randrange(3) + 12 * (day % 29 == busy.get(subject))):
                place += 1
                at = NOW - timedelta(days=(NOW.date() - FIRST).days - day, hours=rng.randrange(12))
                publisher = rng.choice(["a.example", "b.example"])
                yield linked(article(f"Word {place}", at=at, publisher=publisher), subject, story=-place)


def bars(rng: random.Random) -> list[Bar]:
    days = [LAST - timedelta(days=n) for n in range(600)]
    return [
        Bar(ticker=t, session=day, open=None, high=None, low=None, close=50 + 9 * rng.random(), volume=None,
        currency="USD")
        for t in TICKERS for day in days if day.weekday() < 5
    ]  # fmt: skip


def filled(store: Store, catalog: Catalog) -> int:
    """The revision at which a store written with this catalog is."""
    rng = random.Random(1)
    remember_catalog(store, catalog, now=NOW)
    early = article("Long before", at=NOW - timedelta(days=600))
    save_articles(
        store, [*stories(rng), linked(early, story=-9999)], source="t", kind="file", catalog_hash=catalog.hash, now=NOW
    )
    save_prices(store, bars(rng), provider="t", now=NOW, catalog_hash=catalog.hash)
    return store.revision()


def proofs(store: Store, rev: int) -> dict[str, Request]:
    view = View(start=FIRST, end=LAST, grain="week", measure="stories", rev=rev)
    return {name: Request.of(store.url, PARTS.get(name, name), view, values) for name, values in PAGES.items()}


def hashes(requests: dict[str, Request]) -> dict[str, str]:
    return {name: read_page(request).sha256 for name, request in requests.items()}


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Makes a folder the catalog in use, for the app and all that it computes."""

    def change(folder: Path) -> None:
        monkeypatch.setenv("CHOKEPOINT_CATALOG", str(folder))
        clear_all()

    yield change
    monkeypatch.undo()
    clear_all()


def test_a_proof_link_survives_other_members_listings_and_names(
    store: Store, folder: Path, use: Callable[[Path], None]
) -> None:
    rev = filled(store, bundled())
    then = hashes(proofs(store, rev))
    assert [name for name, request in proofs(store, rev).items() if not read_page(request).rows] == []
    today = edited(folder)
    use(folder)
    newest = remember_catalog(store, today, now=NOW)
    assert newest == rev + 1
    assert hashes(proofs(store, rev)) == then
    now = hashes(proofs(store, newest))
    moved = {name for name in now if now[name] != then[name]}
    print(
        f"{len(then)} of {len(PAGES)} proofs held; of the new catalog's own views {len(moved)} are other: "
        f"{', '.join(sorted(moved))}"
    )
    assert moved == {"overview", "theme", "compare", "company", "lead_lag", "events", "family", "shock"}
    for name, request in proofs(store, rev).items():
        ok, sentence = verdict(request, then[name], newest=newest)
        assert ok, sentence


def test_then_against_now_names_who_left_and_who_joined(
    store: Store, folder: Path, use: Callable[[Path], None]
) -> None:
    rev = filled(store, bundled())
    today = edited(folder)
    use(folder)
    newest = remember_catalog(store, today, now=NOW)
    said = {page: difference(request, newest).sentence for page, request in proofs(store, rev).items()}
    members = "the companies of Memory: Micron Technology left, NVIDIA joined"
    for page in ("overview", "theme", "compare", "lead_lag", "events", "family"):
        assert members in said[page]
    for page in ("overview", "theme", "compare", "lead_lag", "events"):
        assert "main listings: Samsung Electronics was 005930.KS, is SMSN.IL" in said[page]
    assert said["company"].endswith("then and now; main listings: Samsung Electronics was 005930.KS, is SMSN.IL.")


def test_a_view_as_of_a_revision_has_the_names_of_then(store: Store, folder: Path) -> None:
    rev = filled(store, bundled())
    today = edited(folder)
    newest = remember_catalog(store, today, now=NOW)
    then, now = catalog_as_of(store, rev, today), catalog_as_of(store, newest, today)
    assert (then.subject_name("theme:memory"), now.subject_name("theme:memory")) == ("Memory", "Remembering")
    assert (then.subject_name("subtheme:memory.hbm"), now.subject_name("subtheme:memory.hbm")) == ("HBM", "Stacked")
    assert (then.hash, now is today) == (bundled().hash, True)
    assert then.sources is today.sources


def test_families_are_those_of_then(store: Store, folder: Path, use: Callable[[Path], None]) -> None:
    publisher = next(iter(bundled().publishers.values()))
    rev = filled(store, bundled())
    replaced(folder, "publishers.csv", (f",{publisher.family}\n", ",a family of its own\n"))
    today = load_catalog(folder)
    remember_catalog(store, today, now=NOW)
    assert today.family(publisher.domain) == "a family of its own"
    assert catalog_as_of(store, rev, today).family(publisher.domain) == publisher.family
    use(folder)
    found = difference(proofs(store, rev)["alarms"], store.revision())
    assert "1 publisher moved to another family" in found.sentence


def test_facts_lead_back_to_the_same_catalog() -> None:
    bare = replace(bundled(), companies={}, themes={}, relations=(), publishers={}, benchmarks=())
    again = catalog_with(facts_of(bundled()), bare, catalog_hash=bundled().hash)
    assert facts_of(again) == facts_of(bundled())
    assert again.relations == bundled().relations
    assert catalog_with(facts_of(bundled()), bundled(), catalog_hash=bundled().hash) == bundled()


def test_an_edit_of_words_only_makes_no_revision_and_keeps_no_facts_twice(store: Store, folder: Path) -> None:
    rev = filled(store, bundled())
    today = apply_texts(
        folder, {ALIASES: with_alias((folder / ALIASES).read_text("utf-8"), "micron", "Micronesia Chips")}, now=NOW
    )
    assert remember_catalog(store, today, now=NOW) == 0
    assert store.revision() == rev
    assert catalog_as_of(store, rev, today) is today
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(KnownCatalog)) == 2
        assert connection.scalar(select(func.count()).select_from(CatalogFacts)) == 1


def test_twice_is_once_and_an_empty_store_has_no_revision_of_a_catalog(store: Store) -> None:
    assert remember_catalog(store, bundled(), now=NOW) == 0
    assert store.revision() == 0
    save(store, linked(article(), "company:micron"))  # written with a catalog that nobody knows
    assert remember_catalog(store, bundled(), now=NOW) == 2
    assert remember_catalog(store, bundled(), now=NOW) == 0
    assert [info.kind for info in revisions_between(store, 0, 9)] == ["file", "catalog"]
    assert catalog_as_of(store, 1, bundled()) is bundled()


def test_a_revision_older_than_what_is_known_has_the_first_catalog_that_is(store: Store, folder: Path) -> None:
    save(store, linked(article(), "company:micron"))
    remember_catalog(store, bundled(), now=NOW)
    today = edited(folder)
    remember_catalog(store, today, now=NOW)
    assert [catalog_as_of(store, rev, today).hash for rev in (1, 2, 3, 99)] == [
        bundled().hash,
        bundled().hash,
        today.hash,
        today.hash,
    ]


def test_catalogs_of_an_older_store_are_filled_in_from_the_edits_that_were_kept(store: Store, folder: Path) -> None:
    first = load_catalog(folder)
    save_articles(store, [linked(article("One"))], source="t", kind="file", catalog_hash=first.hash, now=NOW)
    themes = (folder / "themes.toml").read_text("utf-8")
    second = apply_texts(folder, {"themes.toml": themes.replace('name = "Memory"', 'name = "Second"')}, now=NOW)
    save_articles(store, [linked(article("Two"))], source="t", kind="file", catalog_hash=second.hash, now=NOW)
    third = apply_texts(
        folder, {"themes.toml": themes.replace('name = "Memory"', 'name = "Third"')}, now=NOW + timedelta(seconds=1)
    )
    save(store, linked(article("Three")))
    remember_catalog(store, third, now=NOW)
    names = [catalog_as_of(store, rev, third).themes["memory"].name for rev in (1, 2, 3, 4)]
    assert names == ["Memory", "Second", "Third", "Third"]


def test_every_command_that_writes_keeps_its_catalog_first(store: Store, folder: Path, tmp_path: Path) -> None:
    catalog, news = load_catalog(folder), tmp_path / "news.csv"
    news.write_text("title,url,published_at\nMicron sells out,https://x.example/1,2026-05-01T10:00:00Z\n", "utf-8")
    list(import_files(store, catalog, [news]))
    replaced(folder, "companies.csv", ("US,memory,high,Exited", "US,,high,Exited"))
    aliases = with_alias((folder / ALIASES).read_text("utf-8"), "nvidia", "sells out")
    after = apply_texts(folder, {ALIASES: aliases}, now=NOW)
    preview(store, after)
    assert store.revision() == 1
    relink(store, after, clock=lambda: NOW)
    save_correction(
        store,
        Correction(article=1, subject="company:micron", verdict="wrong", author="Ada", reason="no"),
        now=NOW,
        catalog_hash=after.hash,
    )
    with store.reading() as connection:
        known = set(connection.scalars(select(KnownCatalog.hash)))
    written = revisions_between(store, 0, 99)
    assert [info.kind for info in written] == ["file", "catalog", "relink", "override"]
    assert {info.catalog_hash for info in written} <= known


def test_an_opened_proof_link_is_verified_and_named_as_then(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use: Callable[[Path], None]
) -> None:
    path = tmp_path / "shown.db"
    with open_store(path) as store:
        rev = filled(store, bundled())
        request = proofs(store, rev)["theme"]
        # A page shows no days after the last one.
        request = replace(request, view=replace(request.view, end=LAST - timedelta(days=3)))
        link = dict(view_params(request.view, **dict(request.values), sha=read_page(request).sha256))
    edited(folder)
    use(folder)
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{path}")
    now, then = (shown_words("theme", query) for query in ({"theme": "memory"}, link))
    assert "Remembering: share of voice" in now
    assert "Memory: stories" in then
    assert "<b>Verified:</b> as known on 1 May 2026 12:00 UTC (revision 2)." in then


def shown_words(page: str, query: dict[str, str]) -> str:
    """All HTML of a page."""
    app = AppTest.from_file(
        str(Path(__file__).resolve().parent.parent / "dashboard" / "app.py"), default_timeout=60
    ).run()
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(f"views/{page}.py").run()
    assert not app.exception, app.exception
    return " ".join(str(element.proto.body) for element in app.get("html"))


def test_a_page_of_a_store_that_another_holds_is_shown_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s.db"
    with open_store(path) as store:
        save(store, linked(article(), "company:micron"))
        monkeypatch.setattr("data.schema.store.BUSY_SECONDS", 0.1)
        stores.store_at.clear()
        url = f"sqlite:///{path}"
        with store.writing():
            assert stores.shown_store(url).bounds.newest == 1
        assert stores.shown_store(url).bounds.newest == 2
        stores.store_at(url).close()
        stores.store_at.clear()
