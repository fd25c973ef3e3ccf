"""docs/catalog.md has every file and column of catalog and model; its examples load, its mistakes are refused."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from data.catalog import BUNDLED, FILES, catalog_of, load_catalog
from data.catalog.lexicon import KINDS
from data.catalog.sources import TYPES
from data.catalog.themes import LANGS, THEME_KEYS
from data.errors import CatalogError
from data.files import Files
from data.model import BUNDLED as MODEL
from data.model import FILES as MODEL_FILES
from data.model import Model

DOC = (Path(__file__).resolve().parent.parent / "docs" / "catalog.md").read_text("utf-8")
TRAINED_FROM = ("theme_examples.tsv", "theme_judgements.csv")
SECTIONS = {part.partition("`")[0]: part for part in re.split(r"^### `", DOC, flags=re.MULTILINE)[1:]}
KEYS = {"sources.toml": set(TYPES), "themes.toml": THEME_KEYS, "theme_contexts.toml": set(LANGS)}


def documented(section: str) -> set[str]:
    """The names in the first cells of a section's table."""
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def given(section: str, what: str) -> str:
    """The row or the block that a section gives as its example, or as its mistake."""
    found = re.search(rf"^{what}: `(.+?)`(?: →|$)|^{what}:\n\n```toml\n(.+?)```", section, re.MULTILINE | re.DOTALL)
    assert found, section
    return found[1] or found[2]


def with_more(file: str, text: str) -> Files:
    """The files with a row or a block more in one of them."""
    if file in MODEL_FILES:
        return Files.read(MODEL, MODEL_FILES).changed(
            {file: (MODEL / file).read_text("utf-8").rstrip() + f"\n{text}\n"}
        )
    return Files.read(BUNDLED, FILES).changed({file: (BUNDLED / file).read_text("utf-8").rstrip() + f"\n{text}\n"})


def loaded(file: str, files: Files, folder: Path) -> None:
    if file not in MODEL_FILES:
        catalog_of(files, load_catalog().model)
        return
    for name, content in files.contents.items():
        (folder / name).write_bytes(content)
    model = Model(folder)
    assert model.theme_weights
    assert model.word_counts
    assert model.story_weights


def test_every_file_of_the_catalog_and_of_the_model_has_its_section() -> None:
    assert set(SECTIONS) == {*FILES, *MODEL_FILES, *TRAINED_FROM}
    in_folders = {
        path.name
        for folder in (BUNDLED, MODEL)
        for path in folder.iterdir()
        if path.suffix in (".csv", ".toml", ".tsv")
    }
    assert in_folders == set(SECTIONS)


@pytest.mark.parametrize("file", SECTIONS)
def test_every_column_and_key_is_documented(file: str) -> None:
    if file in KEYS:
        assert documented(SECTIONS[file]) == KEYS[file]
        return
    path = (BUNDLED if file in FILES else MODEL) / file
    lines = (line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    assert documented(SECTIONS[file]) == set(next(csv.reader(lines, delimiter="\t" if path.suffix == ".tsv" else ",")))


def test_every_kind_of_word_is_documented() -> None:
    assert set(KINDS) <= set(re.findall(r"`(\w+)`", SECTIONS["lexicon.csv"]))


@pytest.mark.parametrize("file", [*FILES, *MODEL_FILES])
def test_the_example_of_a_file_can_be_added_to_it(file: str, tmp_path: Path) -> None:
    example = given(SECTIONS[file], "Example")
    assert example not in ((BUNDLED if file in FILES else MODEL) / file).read_text("utf-8")
    loaded(file, with_more(file, example), tmp_path)


@pytest.mark.parametrize("file", [*FILES, *MODEL_FILES])
def test_the_mistake_of_a_file_is_refused_as_it_says(file: str, tmp_path: Path) -> None:
    sentence = re.search(r"→ `(.+?)`$", SECTIONS[file], re.MULTILINE)
    assert sentence
    with pytest.raises(CatalogError) as refused:
        loaded(file, with_more(file, given(SECTIONS[file], "Mistake")), tmp_path)
    line = refused.value.line
    assert str(refused.value).startswith(sentence[1].replace("LINE", str(line)))
    assert line > 1
