"""The Catalog page without a browser: an edit is previewed, applied or discarded, and undoes nobody else's."""

from __future__ import annotations

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
