"""
Editing the catalog's files. An edit is merged into the text that the file has when it is applied, so nobody's edit is
lost.

    a file's text | a list or row changed | merged into today's text | checked as a catalog | written, the old text kept
"""

from __future__ import annotations

import csv
import difflib
import io
import itertools
import os
import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Array

from data.catalog import catalog_of, current
from data.catalog.records import Catalog
from data.errors import EditConflict, UsageError

try:
    import fcntl
except ImportError:  # not on Windows, where one app edits a folder at a time
    fcntl = None  # type: ignore[assignment]

THEMES, ALIASES = "themes.toml", "aliases.csv"


def phrase_lists(source: str, theme: str) -> dict[tuple[str, str], list[str]]:
    """A theme's lists in themes.toml by (sub-theme or "", key); a key is en, zh, ko, ja, weak.en, …, or blocks."""
    return _theme_lists(_theme(tomllib.loads(source), theme))


def _theme_lists(table: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    lists = _lists(table, "")
    for ident, part in table.get("subthemes", {}).items():
        lists |= _lists(part, ident)
    return lists


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
    """Turn the list into these phrases with few changes; additions to a multi-line list get their own lines."""
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
    """How two texts of themes.toml differ: (theme, sub-theme or "", key) → phrases added, phrases removed."""
    old, new = (
        {
            (theme, *key): texts
            for theme, table in tomllib.loads(text).items()
            if theme != "cues"
            for key, texts in _theme_lists(table).items()
        }
        for text in (before, after)
    )
    pairs = {key: (old.get(key, []), new.get(key, [])) for key in dict.fromkeys([*old, *new])}
    return {
        key: ([text for text in now if text not in was], [text for text in was if text not in now])
        for key, (was, now) in pairs.items()
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
        "company": company,
        "alias": alias.strip(),
        "kind": "name",
        "ambiguous": "yes" if ambiguous else "",
        "cues": "|".join(cues),
        "blocks": "|".join(blocks),
    }
    last = max((i for i, row in enumerate(rows) if row and row[0] == company), default=len(rows) - 1)
    rows.insert(last + 1, [values.get(column, "") for column in header])
    return _csv_text(header, rows)


def without_alias(source: str, company: str, alias: str) -> str:
    """The text of aliases.csv without a company's name. UsageError when it does not have it."""
    header, *rows = csv.reader(io.StringIO(source))
    name = header.index("alias")
    others = [row for row in rows if row[:1] != [company] or row[name] != alias]
    if len(others) == len(rows):
        raise UsageError(f"{company} has no name {alias!r} in aliases.csv.")
    return _csv_text(header, others)


def _csv_text(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEdit:
    """A file's text as somebody found it, and as they want it to be."""

    name: str
    base: str
    text: str

    def on(self, today: str) -> str:
        """
        Today's text with the same change.

        EditConflict when somebody else has changed the same phrase or row since, so that one of the two would be lost.
        """
        if today == self.base:
            return self.text
        if self.name == THEMES:
            return _phrases_merged(self.base, self.text, today)
        if self.name.endswith(".csv"):
            return _rows_merged(self.name, self.base, self.text, today)
        raise EditConflict(f"{self.name} was changed by somebody else: discard the edit and make it again.")


def _phrases_merged(base: str, mine: str, today: str) -> str:
    theirs = phrase_changes(base, today)
    for (theme, part, key), (added, removed) in phrase_changes(base, mine).items():
        changed = theirs.get((theme, part, key))
        if changed is None:  # nobody else touched this list: it is taken whole, in its order
            phrases = phrase_lists(mine, theme).get((part, key), [])
        elif both := {*added, *removed} & {phrase for side in changed for phrase in side}:
            raise _conflict(THEMES, f"the phrase {min(both)!r} of {theme}")
        else:
            now = phrase_lists(today, theme).get((part, key), [])
            phrases = [*(phrase for phrase in now if phrase not in removed), *added]
        today = with_phrases(today, theme, part, key, phrases)
    return today


def _rows_merged(name: str, base: str, mine: str, today: str) -> str:
    """A row is identified by its first two cells: the company, and the name."""
    (header, *before), (_, *wanted), (header_today, *rows) = (
        list(csv.reader(io.StringIO(t))) for t in (base, mine, today)
    )
    added, removed = _row_changes(before, wanted)
    theirs = {tuple(row[:2]) for side in _row_changes(before, rows) for row in side}
    for row in (*added, *removed):
        if header != header_today or tuple(row[:2]) in theirs:
            raise _conflict(name, f"the row {','.join(row[:2])}")
    merged = [row for row in rows if row not in removed]
    for row in added:
        last = max((i for i, other in enumerate(merged) if other[:1] == row[:1]), default=len(merged) - 1)
        merged.insert(last + 1, row)
    return _csv_text(header, merged)


def _row_changes(before: list[list[str]], after: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    return [row for row in after if row not in before], [row for row in before if row not in after]


def _conflict(name: str, what: str) -> EditConflict:
    return EditConflict(f"Somebody else changed {what} in {name} meanwhile: discard the edit and make it again.")


def edited_catalog(catalog: Catalog, edits: Sequence[FileEdit]) -> Catalog:
    """The catalog with these edits merged into its files; CatalogError names the file and line of a mistake."""
    texts = {}
    for edit in edits:
        if edit.name not in catalog.files:
            raise UsageError(f"{edit.name!r} is no file of the catalog.")
        texts[edit.name] = edit.on(catalog.files.text(edit.name))
    return catalog_of(catalog.files.changed(texts), catalog.model) if texts else catalog


def write_edits(catalog: Catalog, edits: Sequence[FileEdit], *, now: datetime) -> Catalog:
    """
    Merge the edits into the catalog's files as they are now, and return the catalog that results.

    CatalogError or EditConflict: nothing is written. The earlier texts stay under `history/`, named by the time and by
    the hash of the catalog that they were part of.
    """
    folder = Path(catalog.folder)
    with _one_at_a_time(folder):
        before = current(catalog)
        after = edited_catalog(before, edits)
        changed = {name: text for name, text in after.files.contents.items() if text != before.files.contents[name]}
        try:
            (folder / "history").mkdir(exist_ok=True)
            for name, content in changed.items():
                shutil.copyfile(folder / name, folder / "history" / f"{now:%Y%m%dT%H%M%S}-{before.hash[:12]}-{name}")
                _replace(folder / name, content)
        except OSError as error:
            raise UsageError(
                f"The catalog in {folder} cannot be changed ({error.strerror}); "
                "make a copy that this user may write to, and name it with CHOKEPOINT_CATALOG."
            ) from error
    return after


def _replace(path: Path, content: bytes) -> None:
    """Put the content in a file's place, on the disk before it takes the name: a power cut leaves one of the two."""
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Keeps other processes' edits out meanwhile: two stores may share a catalog, and each has a lease of its own."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def earlier_texts(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """For each edit, newest first: the start of the catalog hash before, and the texts that differed from today."""
    texts: dict[str, str] = {}
    history = sorted((folder / "history").glob("*-*-*"), reverse=True)
    for edit, paths in itertools.groupby(history, key=lambda path: path.name.split("-", 2)[:2]):
        texts |= {path.name.split("-", 2)[2]: path.read_text("utf-8") for path in paths}
        yield edit[1], dict(texts)


def difference(before: str, after: str, name: str) -> str:
    """What changed, as a unified diff; "" when nothing did."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{name} (now)", f"{name} (new)", lineterm="", n=0
    )
    return "\n".join(lines)
