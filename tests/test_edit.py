from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOW, apply_texts
from data.catalog import BUNDLED, load_catalog
from data.catalog.edit import (
    ALIASES,
    THEMES,
    FileEdit,
    difference,
    edited_catalog,
    phrase_changes,
    phrase_lists,
    with_alias,
    with_phrases,
    without_alias,
    write_edits,
)
from data.errors import CatalogError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(BUNDLED, tmp_path / "catalog", ignore=shutil.ignore_patterns("*.py", "__pycache__", "history"))
    )


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
    changed = [
        line
        for line in difference(before, after, THEMES).splitlines()
        if line.startswith(("-", "+")) and line[1:2] not in "-+"
    ]
    assert len(changed) <= len(phrases) + 6
    assert any("stacked memory" in line for line in changed)


PACKED = """[memory]
en = [
  "a b", "c d", "e",
  "f", "g h",
]
zh = ["x", "y"]
"""


@pytest.mark.parametrize(
    ("key", "phrases", "lines"),
    [
        ("en", "a b|c d|e|f|g h|new", ['+  "new",']),
        ("en", "a b|c d|e|f", ['-  "f", "g h",', '+  "f",']),
        ("en", "a b|c2|e|f|g h", ['-  "a b", "c d", "e",', '+  "a b", "c2", "e",']),
        ("en", "g h|e|f|a b|c d", None),
        ("en", "", None),
        ("zh", "x|y|z", ['-zh = ["x", "y"]', '+zh = ["x", "y", "z"]']),
        ("ja", "ひと|ふた", ['+ja = ["ひと", "ふた"]']),
        ("ja", "", []),
    ],
)
def test_an_edit_of_a_list_touches_no_line_that_it_need_not(key: str, phrases: str, lines: list[str] | None) -> None:
    wanted = phrases.split("|") if phrases else []
    after = with_phrases(PACKED, "memory", "", key, wanted)
    assert phrase_lists(after, "memory").get(("", key), []) == wanted
    changed = [line for line in difference(PACKED, after, THEMES).splitlines()[2:] if not line.startswith("@@")]
    assert lines is None or changed == lines


@given(data=st.data())
def test_any_list_can_become_any_other(data: st.DataObject) -> None:
    texts = st.lists(st.sampled_from("abcdefgh 日月"), max_size=12, unique=True).map(
        lambda found: [f"p{text}" for text in found]
    )
    text = PACKED
    for key in data.draw(st.lists(st.sampled_from(["en", "zh", "ja", "weak.en"]), max_size=5)):
        wanted, others = data.draw(texts), phrase_lists(text, "memory")
        text = with_phrases(text, "memory", "", key, wanted)
        found = phrase_lists(text, "memory")
        assert found.pop(("", key), []) == [one.strip() for one in wanted]
        others.pop(("", key), None)
        assert found == others


def test_what_two_versions_differ_in_is_told_by_list() -> None:
    after = with_phrases(
        with_phrases(PACKED, "memory", "", "en", ["c d", "e", "f", "g h", "new"]), "memory", "", "zh", ["y", "x"]
    )
    assert phrase_changes(PACKED, after) == {("memory", "", "en"): (["new"], ["a b"]), ("memory", "", "zh"): ([], [])}
    assert phrase_changes(PACKED, PACKED) == {}


def test_the_catalog_with_an_edit_can_be_seen_before_it_is_written(folder: Path) -> None:
    before = text(folder, THEMES)
    after = with_phrases(before, "memory", "", "weak.en", ["memory chips galore"])
    catalog = edited_catalog(load_catalog(folder), [FileEdit(name=THEMES, base=before, text=after)])
    assert any(phrase.text == "memory chips galore" and phrase.weak for phrase in catalog.themes["memory"].phrases)
    assert "memory chips galore" not in text(folder, THEMES)


@pytest.mark.parametrize("unsafe", ["(a+)+$", "x" * 500, "{a|b", "[abc]"])
def test_an_unsafe_phrase_is_refused_and_nothing_is_written(folder: Path, unsafe: str) -> None:
    before = text(folder, THEMES)
    with pytest.raises(CatalogError, match=r"themes\.toml:\d+:"):
        apply_texts(folder, {THEMES: with_phrases(before, "memory", "hbm", "en", [unsafe])}, now=NOW)
    assert text(folder, THEMES) == before
    assert not list(folder.glob("history/*"))


def test_applying_keeps_the_earlier_version_and_makes_a_new_one(folder: Path) -> None:
    before, old = text(folder, THEMES), load_catalog(folder)
    new = apply_texts(folder, {THEMES: with_phrases(before, "memory", "hbm", "en", ["HBM"])}, now=NOW)
    assert new.hash != old.hash
    (kept,) = folder.glob("history/*")
    assert kept.name == f"20260501T120000-{old.hash[:12]}-themes.toml"
    assert kept.read_text("utf-8") == before


def test_a_name_is_added_beside_the_companys_others_and_taken_away(folder: Path) -> None:
    before = text(folder, ALIASES)
    after = with_alias(before, "micron", "Micron of Boise", ambiguous=True, cues=["memory"])
    rows = [line.split(",")[0] for line in after.splitlines()]
    first, last = rows.index("micron"), len(rows) - rows[::-1].index("micron")
    assert set(rows[first:last]) == {"micron"}
    assert after.splitlines()[last - 1].startswith("micron,Micron of Boise,")
    new = apply_texts(folder, {ALIASES: after}, now=NOW)
    (alias,) = [alias for alias in new.companies["micron"].aliases if alias.text == "Micron of Boise"]
    assert (alias.ambiguous, "memory" in alias.cues) == (True, True)
    assert "Micron of Boise" not in without_alias(after, "micron", "Micron of Boise")
    with pytest.raises(UsageError, match="no name"):
        without_alias(before, "micron", "Nobody")


def test_a_name_of_another_company_is_refused(folder: Path) -> None:
    with pytest.raises(CatalogError, match=r"aliases\.csv:\d+:"):
        apply_texts(folder, {ALIASES: with_alias(text(folder, ALIASES), "micron", "NVIDIA")}, now=NOW)


@pytest.mark.parametrize("name", ["../secrets.toml", "nothing.toml", "/etc/passwd"])
def test_only_files_of_the_catalog_are_written(folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no file of the catalog"):
        write_edits(load_catalog(folder), [FileEdit(name=name, base="", text="x")], now=NOW)
