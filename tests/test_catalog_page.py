"""The Catalog page without a browser: an edit is previewed, applied or discarded, and undoes nobody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from test_pages import APP, html_of, page
from test_relink import MEMORY, count, edit, ingest, phrases

from builders import NOW, small_catalog
from dashboard.cache import stores
from data.catalog.records import Catalog
from data.schema.store import Store, open_store
from data.write.corrections import Correction, save_correction
from ingest.relink import relink


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalog]:
    own = small_catalog(tmp_path / "catalog", "Micron", "Samsung")
    monkeypatch.setenv("CHOKEPOINT_CATALOG", own.folder)
    stores.forget_catalog()
    yield own
    stores.forget_catalog()


@pytest.fixture
def own_store(tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    with open_store(tmp_path / "store.db") as store:
        ingest(store, catalog, "Micron alpha stack sold out", "Samsung HBM sold out")
        monkeypatch.setenv("CHOKEPOINT_DB", store.url)
        yield store


@pytest.fixture
def opened(own_store: Store) -> AppTest:
    return page(AppTest.from_file(str(APP), default_timeout=90), "catalog")


def type_phrases(app: AppTest, *lines: str) -> None:
    app.text_area[0].set_value("\n".join(lines))
    app.run()


def test_an_edit_is_previewed_and_then_applied(opened: AppTest, own_store: Store, catalog: Catalog) -> None:
    type_phrases(opened, "HBM", "DRAM prices", "alpha stack")
    opened.button(key="edit_look").click().run()
    assert not opened.exception
    assert "Memory: <b>+1 / −0</b> stories" in html_of(opened)
    assert (phrases(catalog), count(own_store, MEMORY)) == (["HBM", "DRAM prices"], 1)
    opened.button(key="edit_apply").click().run()
    assert "Applied: 1 article linked differently." in opened.success[0].value
    assert (phrases(catalog), count(own_store, MEMORY)) == (["HBM", "DRAM prices", "alpha stack"], 2)
    assert opened.text_area[0].value.splitlines() == ["HBM", "DRAM prices", "alpha stack"]


def test_what_is_typed_into_a_list_from_before_somebody_elses_edit_adds_to_that(
    opened: AppTest, own_store: Store, catalog: Catalog
) -> None:
    relink(own_store, catalog, [edit(catalog, "beta stack")])
    type_phrases(opened, "HBM", "DRAM prices", "alpha stack")
    assert any("was changed by somebody else meanwhile" in caption.value for caption in opened.caption)
    opened.button(key="edit_look").click().run()
    opened.button(key="edit_apply").click().run()
    assert phrases(catalog) == ["HBM", "DRAM prices", "beta stack", "alpha stack"]


def test_the_same_phrase_changed_by_two_is_told_to_the_second(
    opened: AppTest, own_store: Store, catalog: Catalog
) -> None:
    relink(own_store, catalog, [edit(catalog, "HBM4", without="HBM")])
    type_phrases(opened, "HBM stack", "DRAM prices")
    opened.button(key="edit_look").click().run()
    assert "Somebody else changed the phrase 'HBM' of memory" in opened.error[0].value.replace("\\", "")
    assert phrases(catalog) == ["DRAM prices", "HBM4"]
    opened.button(key="edit_drop").click().run()
    assert opened.text_area[0].value.splitlines() == ["DRAM prices", "HBM4"]


def test_a_phrase_that_is_refused_is_a_sentence_on_the_page(opened: AppTest, catalog: Catalog) -> None:
    type_phrases(opened, "HBM", "(a+)+")
    opened.button(key="edit_look").click().run()
    assert not opened.exception
    assert "The phrase contains '('" in opened.error[0].value.replace("\\", "")
    assert phrases(catalog) == ["HBM", "DRAM prices"]


@pytest.mark.parametrize(
    "typed", ["DRAM prices ", "dram PRICES", "foo {bar", "x ...", "...", "[x]", "back\\slash", "é", "{a|}"]
)
def test_whatever_is_typed_as_a_phrase_is_taken_or_refused_in_a_sentence(opened: AppTest, typed: str) -> None:
    type_phrases(opened, "HBM", "DRAM prices", typed)
    for button in [button for button in opened.button if button.key == "edit_look"]:
        button.click().run()
    assert not opened.exception
    refused = [error.value.replace("\\", "") for error in opened.error]
    assert all(re.fullmatch(r"themes\.toml:\d+: .*\.", sentence) for sentence in refused)
    assert len(refused) == (typed.strip() != "DRAM prices")


def test_the_preview_counts_what_it_lists_whatever_the_filters(own_store: Store, catalog: Catalog) -> None:
    ingest(own_store, catalog, *(f"Micron alpha stack number {n} of {n * n} sold in week {n}" for n in range(11)))
    app = page(AppTest.from_file(str(APP), default_timeout=90), "catalog", publisher="nobody.example")
    type_phrases(app, "HBM", "DRAM prices", "alpha stack")
    app.button(key="edit_look").click().run()
    (gained,) = re.findall(r"Memory: <b>\+(\d+) / −0</b> stories", html_of(app))
    assert f"Gained: {gained} stories in the whole archive, the newest 8" in html_of(app)
    assert html_of(app).count("<li>Micron alpha stack number") == 8
    now, after = re.search(r"languages: (\d+) stor\w+ now and (\d+) stories with", app.caption[-1].value).groups()
    assert int(after) - int(now) == int(gained) > 8


def test_discarded_changes_are_gone_from_the_list_too(opened: AppTest) -> None:
    type_phrases(opened, "HBM")
    opened.button(key="edit_drop").click().run()
    assert opened.text_area[0].value.splitlines() == ["HBM", "DRAM prices"]
    assert not opened.code


def test_a_correction_is_listed_and_undone(own_store: Store, catalog: Catalog) -> None:
    wrong = Correction(article=2, subject=MEMORY, verdict="wrong", author="Ada", reason="a stack of paper")
    save_correction(own_store, wrong, now=NOW, catalog_hash=catalog.hash)
    app = page(AppTest.from_file(str(APP), default_timeout=90), "catalog")
    assert "is not about Memory: a stack of paper (Ada)" in html_of(app)
    assert count(own_store, MEMORY) == 0
    app.button(key="undo_1").click().run()
    assert not app.exception
    assert count(own_store, MEMORY) == 1
