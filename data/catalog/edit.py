"""
Editing the catalog: a new version of a file, checked as a whole before anything is written, the earlier version kept beside it.

    the file's text | one list or row changed | the catalog checked with it | written, the old text under history/
"""

from __future__ import annotations

import csv
import difflib
import io
import itertools
import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Array

from data.catalog import catalog_hash, load_catalog
from data.catalog.records import Catalog
from data.errors import UsageError

THEMES, ALIASES = "themes.toml", "aliases.csv"


def phrase_lists(source: str, theme: str) -> dict[tuple[str, str], list[str]]:
    """The lists of a theme in themes.toml by (sub-theme or "", key), where a key is en, zh, ko, ja, weak.en, …, or blocks."""
    return _theme_lists(_theme(tomllib.loads(source), theme))


def _theme_lists(table: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    found = _lists(table, "")
    for ident, part in table.get("subthemes", {}).items():
        found |= _lists(part, ident)
    return found


def _lists(table: Mapping[str, Any], part: str) -> dict[tuple[str, str], list[str]]:
    own = {key: value for key, value in table.items() if isinstance(value, list) and key != "cues"}
    weak = {f"weak.{lang}": value for lang, value in table.get("weak", {}).items()}
    return {(part, key): [str(text) for text in value] for key, value in (own | weak).items()}


def with_phrases(source: str, theme: str, part: str, key: str, phrases: Sequence[str]) -> str:
    """The text of themes.toml with one list changed; every other line, and every phrase that stays, is where it was."""
    document = tomlkit.parse(source)
    table = _theme(document, theme)
    if part:
        if part not in table.get("subthemes", {}):
            raise UsageError(f"{theme} has no sub-theme {part!r}.")
        table = table["subthemes"][part]
    if key.startswith("weak."):
        table = table.setdefault("weak", tomlkit.table(is_super_table=True))
    wanted = list(dict.fromkeys(text.strip() for text in phrases if text.strip()))
    name = key.removeprefix("weak.")
    if name in table or wanted:
        _rewrite(table.setdefault(name, tomlkit.array()), wanted)
    return tomlkit.dumps(document)


def _rewrite(array: Array, wanted: Sequence[str]) -> None:
    """Make the list these phrases by as few changes as it takes: in a list of several lines, what comes last has lines of its own."""
    changes = difflib.SequenceMatcher(None, [str(text) for text in array], wanted, autojunk=False).get_opcodes()
    for kind, start, end, first, last in reversed(changes):
        if kind == "equal":
            continue
        for at in range(end - 1, start - 1, -1):
            del array[at]
        own_lines = start == len(array) and "\n" in array.as_string()
        for at, text in enumerate(wanted[first:last], start):
            array.add_line(text, indent="  ") if own_lines else array.insert(at, text)


def phrase_changes(before: str, after: str) -> dict[tuple[str, str, str], tuple[list[str], list[str]]]:
    """What two texts of themes.toml differ in: (theme, sub-theme or "", key) → the phrases that came, those that went."""
    old, new = (
        {
            (theme, *place): texts
            for theme, table in tomllib.loads(text).items()
            if theme != "cues"
            for place, texts in _theme_lists(table).items()
        }
        for text in (before, after)
    )
    pairs = {place: (old.get(place, []), new.get(place, [])) for place in dict.fromkeys([*old, *new])}
    return {
        place: ([text for text in now if text not in was], [text for text in was if text not in now])
        for place, (was, now) in pairs.items()
        if was != now
    }


def _theme(document: Mapping[str, Any], theme: str) -> Any:
    if theme not in document or theme == "cues":
        raise UsageError(f"There is no theme {theme!r}.")
    return document[theme]


def with_alias(
    source: str,
    company: str,
    alias: str,
    *,
    ambiguous: bool = False,
    cues: Sequence[str] = (),
    blocks: Sequence[str] = (),
) -> str:
    """The text of aliases.csv with one more name of a company, after its others."""
    header, *rows = csv.reader(io.StringIO(source))
    values = {
        "company": company, "alias": alias.strip(), "kind": "name", "ambiguous": "yes" if ambiguous else "", "cues": "|".join(cues),
        "blocks": "|".join(blocks),
    }  # fmt: skip
    last = max((i for i, row in enumerate(rows) if row and row[0] == company), default=len(rows) - 1)
    rows.insert(last + 1, [values.get(column, "") for column in header])
    return _csv_text(header, rows)


def without_alias(source: str, company: str, alias: str) -> str:
    """The text of aliases.csv without a company's name. UsageError when it does not have it."""
    header, *rows = csv.reader(io.StringIO(source))
    name = header.index("alias")
    kept = [row for row in rows if row[:1] != [company] or row[name] != alias]
    if len(kept) == len(rows):
        raise UsageError(f"{company} has no name {alias!r} in aliases.csv.")
    return _csv_text(header, kept)


def _csv_text(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


@contextmanager
def edited_catalog(folder: Path, texts: Mapping[str, str]) -> Iterator[Catalog]:
    """The catalog as it would be with these files' texts; CatalogError (file, line, what is wrong) when it could not be."""
    with tempfile.TemporaryDirectory(prefix="chokepoint-catalog-") as place:
        copy = Path(place)
        for path in [*folder.glob("*.csv"), *folder.glob("*.toml"), *folder.glob("*.tsv")]:
            shutil.copyfile(path, copy / path.name)
        for name, text in texts.items():
            (copy / _known(folder, name)).write_text(text, encoding="utf-8")
        yield load_catalog(copy)


def apply_edit(folder: Path, texts: Mapping[str, str], *, now: datetime) -> Catalog:
    """
    Write the files' new texts and return the catalog that they make; nothing is written when it has a mistake.

    The earlier texts stay under `history/`, named by time and by the hash of the catalog that they were part of.
    """
    with edited_catalog(folder, texts):
        pass
    before = catalog_hash(folder)[:12]
    (folder / "history").mkdir(exist_ok=True)
    for name, text in texts.items():
        path = folder / _known(folder, name)
        shutil.copyfile(path, folder / "history" / f"{now:%Y%m%dT%H%M%S}-{before}-{name}")
        fresh = path.with_name(f".{name}.new")
        fresh.write_text(text, encoding="utf-8")
        os.replace(fresh, path)
    return load_catalog(folder)


def earlier_texts(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The catalogs before each edit, the newest first: how its hash begins, and the texts in which it differs from today's."""
    texts: dict[str, str] = {}
    kept = sorted((folder / "history").glob("*-*-*"), reverse=True)
    for edit, paths in itertools.groupby(kept, key=lambda path: path.name.split("-", 2)[:2]):
        texts |= {path.name.split("-", 2)[2]: path.read_text("utf-8") for path in paths}
        yield edit[1], dict(texts)


def _known(folder: Path, name: str) -> str:
    if name != Path(name).name or not (folder / name).is_file():
        raise UsageError(f"{name!r} is no file of the catalog.")
    return name


def difference(before: str, after: str, name: str) -> str:
    """What changed, as a unified diff; "" when nothing did."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{name} (now)", f"{name} (new)", lineterm="", n=0
    )
    return "\n".join(lines)
