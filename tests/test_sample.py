"""The bundled sample: what it holds, when its store is built again, and what the app shows meanwhile."""

from __future__ import annotations

import gzip
import sys
import time
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from browsing import sample_store
from streamlit.testing.v1 import AppTest

import ingest.sample
from builders import NOW
from dashboard.address.view import Bounds, read_view
from dashboard.cache import sample
from dashboard.cache.stores import load_span, store_at
from dashboard.page_data import read_page
from dashboard.page_data.network import NetworkData
from dashboard.page_data.request import Request
from data import sample as bundle
from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.errors import SampleNotReady, StoreError, UsageError
from data.people.notes import notes_between, save_note
from data.prices import last_sessions
from data.read.attention import Filters, attention_by_day
from data.schema.store import open_store
from ingest.link import Linker
from ingest.prices.update import wanted_listings
from ingest.relink import relink
from ingest.sample_store import build_sample_store, is_current, mark_current

ROOT = Path(__file__).resolve().parent.parent
CATALOG = load_catalog()


@cache
def whole_linker() -> Linker:
    return Linker(CATALOG)


@pytest.fixture
def url(small_sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a store of the small sample, which is not there yet."""
    monkeypatch.setattr(ingest.sample, "Linker", lambda _: whole_linker())
    return f"sqlite:///{tmp_path / 'sample.db'}"


def edited(catalog: Catalog) -> Catalog:
    """The catalog after somebody's edit, in no folder."""
    files = replace(catalog.files.changed({"cues.csv": catalog.files.text("cues.csv") + "\n"}), folder="")
    return replace(catalog, files=files, hash=files.hash)


# ---- what it holds
# -------------------------------------------------------------------------------------------------------


def test_each_theme_has_stories_the_network_has_pairs_and_every_listing_its_prices() -> None:
    url = f"sqlite:///{sample_store()}"
    store = store_at(url)
    first, last = load_span(url, store.revision()) or pytest.fail("the sample is empty")
    year = Filters(start=last - timedelta(days=364), end=last)
    themes = [f"theme:{theme}" for theme in CATALOG.themes if "." not in theme]
    stories = attention_by_day(store, themes, year).groupby("subject")["stories"].sum()
    assert stories.reindex(themes).min() >= 15
    assert stories["theme:memory"] > 200
    bounds = Bounds(first_day=first, last_day=last, newest=store.revision())
    network = read_page(Request.of(url, "network", read_view({"rev": bounds.newest}, bounds)))
    assert isinstance(network, NetworkData)
    assert network.beyond_chance >= 15
    assert len(last_sessions(store).keys() & {listing.ticker for listing in wanted_listings(CATALOG)}) > 250


def test_all_of_the_bundle_is_stored_and_its_closes_pass_the_checks_of_any_file() -> None:
    wanted = {listing.ticker for listing in wanted_listings(CATALOG)}

    with gzip.open(bundle.FOLDER / bundle.PRICES, "rt") as lines:
        bundled = sum(line.split(",", 1)[0] in wanted for line in lines)
    with open_store(sample_store()) as store, store.reading() as connection:
        articles = connection.exec_driver_sql("select count(*) from article").scalar()
        assert bundle.ORIGIN.startswith(f"{articles:,} articles ")
        assert connection.exec_driver_sql("select count(*) from bar").scalar() == bundled


# ---- when its store is built
# ---------------------------------------------------------------------------------------------


def test_a_store_is_built_once_and_again_when_what_it_was_made_from_changes(url: str, small_sample: Path) -> None:
    assert not is_current(url, CATALOG)
    assert build_sample_store(url, CATALOG) == 30
    assert is_current(url, CATALOG)
    assert build_sample_store(url, CATALOG) == 0
    stories = small_sample / bundle.STORIES
    stories.write_text("".join(stories.read_text("utf-8").splitlines(keepends=True)[:20]), "utf-8")
    assert not is_current(url, CATALOG)
    assert build_sample_store(url, CATALOG) == 20


@pytest.mark.parametrize("changed", ["SCHEMA", "CODE"])
def test_another_schema_or_code_makes_a_store_outdated(url: str, monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    with open_store(url, kind="sample") as store:
        mark_current(store, CATALOG)
    assert is_current(url, CATALOG)
    monkeypatch.setattr(f"ingest.sample_store.{changed}", {"SCHEMA": "9999", "CODE": ("link.py",)}[changed])
    assert not is_current(url, CATALOG)


def test_an_edit_of_the_catalog_outdates_a_store_until_it_is_linked_again(url: str) -> None:
    build_sample_store(url, CATALOG)
    catalog = edited(CATALOG)
    assert not is_current(url, catalog)
    with open_store(url) as store:
        relink(store, catalog)
    assert is_current(url, catalog)


def test_notes_in_an_outdated_store_are_kept_beside_the_new_one(url: str, tmp_path: Path) -> None:
    build_sample_store(url, CATALOG)
    build_sample_store(url, edited(CATALOG))
    assert not list(tmp_path.glob("*.backup-*"))  # nobody had written anything
    with open_store(url) as store:
        save_note(store, subject="theme:memory", day=NOW.date(), words="sold out", author="ana", now=NOW)
    said: list[str] = []
    build_sample_store(url, CATALOG, lambda _, sentence: said.append(sentence))
    (backup,) = tmp_path.glob("sample.db.backup-*")
    assert any(backup.name in sentence for sentence in said)
    with open_store(backup) as old:
        assert list(notes_between(old, "theme:memory", NOW.date(), NOW.date())["words"]) == ["sold out"]


def test_a_build_that_fails_leaves_the_old_store_and_nothing_half(url: str, tmp_path: Path) -> None:
    build_sample_store(url, CATALOG)
    before = (tmp_path / "sample.db").read_bytes()

    def fail_late(percent: int, _: str) -> None:
        if percent > 50:
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        build_sample_store(url, edited(CATALOG), fail_late)
    assert (tmp_path / "sample.db").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle", "sample.db"]


def test_a_live_store_is_never_replaced(url: str, tmp_path: Path) -> None:
    open_store(url).close()
    before = (tmp_path / "sample.db").read_bytes()
    with pytest.raises(UsageError, match="holds live data"):
        build_sample_store(url, CATALOG)
    assert is_current(url, CATALOG)  # it is shown as it is
    assert (tmp_path / "sample.db").read_bytes() == before


# ---- what the app shows meanwhile
# ----------------------------------------------------------------------------------------


@pytest.fixture
def build(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sample.SampleBuild:
    """
    The app's build of the small sample: by a command that says 40 %, waits for the file `go`, and then copies a store.
    """
    ready = f"sqlite:///{tmp_path / 'ready.db'}"
    build_sample_store(ready, CATALOG)
    script = (
        "import pathlib, shutil, sys, time; print('40 % Linking …', file=sys.stderr, flush=True)\n"
        "while not (go := pathlib.Path(sys.argv[1])).exists(): time.sleep(0.05)\n"
        "sys.exit(go.read_text() or 0) if go.read_text() else shutil.copy(sys.argv[2], sys.argv[3][10:])"
    )
    monkeypatch.setattr(
        sample, "COMMAND", (sys.executable, "-c", script, str(tmp_path / "go"), str(tmp_path / "ready.db"))
    )
    monkeypatch.setenv("CHOKEPOINT_SAMPLE_DB", url)
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{tmp_path / 'absent.db'}")
    one = sample.SampleBuild()
    monkeypatch.setattr("dashboard.cache.sample.sample_build", one)
    monkeypatch.setattr("dashboard.cache.stores.sample_build", one)
    return one


def wait_until_linking(build: sample.SampleBuild) -> None:
    for _ in range(200):
        if build.percent == 40:
            return
        time.sleep(0.05)
    pytest.fail("the command said nothing")


def wait_until_over(build: sample.SampleBuild) -> None:
    for _ in range(200):
        if not build.runs:
            return
        time.sleep(0.05)
    pytest.fail("the build never ended")


def test_the_page_shows_how_far_the_sample_is_and_then_itself(build: sample.SampleBuild, tmp_path: Path) -> None:
    page = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=90).run()
    wait_until_linking(build)
    page.run()
    assert [heading.value for heading in page.subheader] == ["Building the bundled sample, once"]
    assert (build.percent, build.sentence) == (40, "Linking …")
    (tmp_path / "go").touch()
    wait_until_over(build)
    page.run()
    assert not page.exception
    assert not any("Building" in heading.value for heading in page.subheader)
    assert store_at(sample.sample_url()).is_sample


def test_a_build_that_fails_is_a_sentence(build: sample.SampleBuild, url: str, tmp_path: Path) -> None:
    with pytest.raises(SampleNotReady, match="being built"):
        build.require(url, lambda: CATALOG)
    (tmp_path / "go").write_text("The disk is full.")
    wait_until_over(build)
    with pytest.raises(StoreError, match=r"could not be built: The disk is full\."):
        build.require(url, lambda: CATALOG)
