from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from builders import NOW
from data.catalog import HERE, load_catalog
from data.catalog.edit import ALIASES, THEMES, apply_edit, difference, edited_catalog, phrase_lists, with_alias, with_phrases, without_alias
from data.errors import CatalogError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE, tmp_path / "catalog", ignore=shutil.ignore_patterns("*.py", "__pycache__", "history")))


def text(folder: Path, name: str) -> str:
    return (folder / name).read_text("utf-8")


def test_one_list_changes_and_every_other_line_stays(folder: Path) -> None:
    before = text(folder, THEMES)
    phrases = phrase_lists(before, "memory")["hbm", "en"]
    after = with_phrases(before, "memory", "hbm", "en", [*phrases, "stacked memory"])
    assert phrase_lists(after, "memory")["hbm", "en"] == [*phrases, "stacked memory"]
    assert {k: v for k, v in phrase_lists(after, "memory").items() if k != ("hbm", "en")} == {
        k: v for k, v in phrase_lists(before, "memory").items() if k != ("hbm", "en")
    }
    changed = [line for line in difference(before, after, THEMES).splitlines() if line.startswith(("-", "+")) and line[1:2] not in "-+"]
    assert len(changed) <= len(phrases) + 6
    assert any("stacked memory" in line for line in changed)


def test_the_catalog_with_an_edit_can_be_seen_before_it_is_written(folder: Path) -> None:
    with edited_catalog(folder, {THEMES: with_phrases(text(folder, THEMES), "memory", "", "weak.en", ["memory chips galore"])}) as catalog:
        assert any(phrase.text == "memory chips galore" and phrase.weak for phrase in catalog.themes["memory"].phrases)
    assert "memory chips galore" not in text(folder, THEMES)


@pytest.mark.parametrize("unsafe", ["(a+)+$", "x" * 500, "{a|b", "[abc]"])
def test_an_unsafe_phrase_is_refused_and_nothing_is_written(folder: Path, unsafe: str) -> None:
    before = text(folder, THEMES)
    with pytest.raises(CatalogError, match=r"themes\.toml:\d+:"):
        apply_edit(folder, {THEMES: with_phrases(before, "memory", "hbm", "en", [unsafe])}, now=NOW)
    assert text(folder, THEMES) == before
    assert not list(folder.glob("history/*"))


def test_applying_keeps_the_earlier_version_and_makes_a_new_one(folder: Path) -> None:
    before, old = text(folder, THEMES), load_catalog(folder)
    new = apply_edit(folder, {THEMES: with_phrases(before, "memory", "hbm", "en", ["HBM"])}, now=NOW)
    assert new.hash != old.hash
    (kept,) = folder.glob("history/*")
    assert kept.name == f"20260501T120000-{old.hash[:12]}-themes.toml"
    assert kept.read_text("utf-8") == before


def test_a_name_is_added_beside_the_companys_others_and_taken_away(folder: Path) -> None:
    before = text(folder, ALIASES)
    after = with_alias(before, "micron", "Micron of Boise", ambiguous=True, cues=["memory"])
    new = apply_edit(folder, {ALIASES: after}, now=NOW)
    (alias,) = [alias for alias in new.companies["micron"].aliases if alias.text == "Micron of Boise"]
    assert (alias.ambiguous, "memory" in alias.cues) == (True, True)
    assert "Micron of Boise" not in without_alias(after, "micron", "Micron of Boise")
    with pytest.raises(UsageError, match="no name"):
        without_alias(before, "micron", "Nobody")


def test_a_name_of_another_company_is_refused(folder: Path) -> None:
    with pytest.raises(CatalogError, match=r"aliases\.csv:\d+:"):
        apply_edit(folder, {ALIASES: with_alias(text(folder, ALIASES), "micron", "NVIDIA")}, now=NOW)


@pytest.mark.parametrize("name", ["../secrets.toml", "nothing.toml", "/etc/passwd"])
def test_only_files_of_the_catalog_are_written(folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no file of the catalog"):
        apply_edit(folder, {name: "x"}, now=NOW)
