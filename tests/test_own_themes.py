"""Themes are data: a thirteenth is linked, counted and shown without any code, and one that is taken out is gone."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import tomlkit
from streamlit.testing.v1 import AppTest
from test_pages import APP, html_of, page

from builders import article, update_with
from dashboard.cache import stores
from data.catalog import BUNDLED, FILES, load_catalog
from data.catalog.records import Catalog
from data.errors import CatalogError
from data.model.theme_weights import ThemeWeights
from data.read.attention import Filters, attention_by_day
from data.read.receipts import receipts
from data.schema.store import Store, open_store
from ingest.link import Linker
from ingest.relink import relink

MAY = Filters(start=date(2026, 4, 1), end=date(2026, 5, 31))
ROBOTICS = """
[robotics]
name = "Robotics"
description = "Machines that move by themselves."
en = ["humanoid robot{|s}"]
weak.en = ["robot{|s}"]
blocks = ["humanoid robot toy{|s}"]

[robotics.subthemes.hands]
name = "Hands"
en = ["dexterous hand{|s}"]
"""
TITLES = ["Tesla delays its humanoid robots to 2027", "Dexterous hands from Nvidia", "Micron sells out of HBM"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A catalog of one's own, which the pages use."""
    copy = tmp_path / "catalog"
    copy.mkdir()
    for name in FILES:
        shutil.copy(BUNDLED / name, copy)
    monkeypatch.setenv("CHOKEPOINT_CATALOG", str(copy))
    stores.forget_catalog()
    yield copy
    stores.forget_catalog()


@pytest.fixture
def own_store(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store whose three articles were linked with the catalog as it came."""
    with open_store(tmp_path / "store.db") as store:
        monkeypatch.setenv("CHOKEPOINT_DB", store.url)
        catalog = load_catalog()
        update_with(store, catalog, [article(title) for title in TITLES])
        yield store


def with_robotics(folder: Path) -> Catalog:
    with (folder / "themes.toml").open("a", encoding="utf-8") as file:
        file.write(ROBOTICS)
    return load_catalog(folder)


def without(folder: Path, theme: str) -> None:
    """Take a theme out of themes.toml, and from the companies that belong to it."""
    document = tomlkit.parse((folder / "themes.toml").read_text("utf-8"))
    del document[theme]
    (folder / "themes.toml").write_text(tomlkit.dumps(document), "utf-8")
    header, *rows = csv.reader(io.StringIO((folder / "companies.csv").read_text("utf-8")))
    column, out = header.index("themes"), io.StringIO()
    for row in rows:
        row[column] = "|".join(each for each in row[column].split("|") if each != theme)
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    (folder / "companies.csv").write_text(out.getvalue(), "utf-8")


def count(store: Store, subject: str) -> tuple[int, int]:
    return int(attention_by_day(store, [subject], MAY)["stories"].sum()), len(receipts(store, subject, MAY))


def test_a_thirteenth_theme_is_linked_counted_and_shown(own_store: Store, folder: Path) -> None:
    assert len(with_robotics(folder).themes) == 13
    _, effect = relink(own_store, load_catalog())
    assert effect.gained == {"subtheme:robotics.hands": 1, "theme:robotics": 2}
    assert count(own_store, "theme:robotics") == (2, 2)
    app = AppTest.from_file(str(APP), default_timeout=90)
    page(app, "overview")
    assert "Robotics" in json.dumps([chart.proto.spec for chart in app.get("plotly_chart")]) + html_of(app)
    page(app, "theme", theme="robotics", measure="stories", split="subtheme")
    assert "Robotics: stories by sub-theme" in html_of(app)


def test_what_is_enough_alone_counts_in_a_title_though_nothing_was_learnt_of_the_theme(folder: Path) -> None:
    linker = Linker(with_robotics(folder))

    def themes(title: str) -> set[str]:
        return {each.subject for each in linker.link(article(title)) if each.subject.endswith(":robotics")}

    assert themes("A humanoid robot for car makers") == {"theme:robotics"}
    assert themes("My robot vacuum cleaner broke") == set()
    assert themes("A humanoid robot toy for Christmas") == set()


def test_a_theme_without_training_has_the_shared_weights_but_for_words_and_sub_themes() -> None:
    shared = {"strong": 2.0, "word:deal": 1.0, "sub:hbm": 3.0}
    weights = ThemeWeights(by_theme={"": shared, "power": {"strong": 0.5}}, threshold=0.4)
    assert weights.of("robotics") == {"strong": 2.0}
    assert weights.of("power") == shared | {"strong": 2.5}


def test_a_theme_that_is_taken_out_is_gone_from_links_counts_and_pages(own_store: Store, folder: Path) -> None:
    assert count(own_store, "theme:memory") == (1, 1)
    without(folder, "memory")
    _, effect = relink(own_store, load_catalog())
    assert effect.lost["theme:memory"] == 1
    assert count(own_store, "theme:memory") == (0, 0)
    app = AppTest.from_file(str(APP), default_timeout=90)
    page(app, "overview")
    page(app, "theme")
    assert "Memory" not in [theme.name for theme in load_catalog().themes.values()]
    assert app.selectbox(key="theme").value == next(iter(load_catalog().themes)) != "memory"


def test_a_company_of_a_theme_that_is_not_there_is_named(folder: Path) -> None:
    document = tomlkit.parse((folder / "themes.toml").read_text("utf-8"))
    del document["memory"]
    (folder / "themes.toml").write_text(tomlkit.dumps(document), "utf-8")
    with pytest.raises(CatalogError, match=r"^companies\.csv:\d+: themes\.toml has no theme memory"):
        load_catalog(folder)
