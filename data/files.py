"""The files of a folder, read at one moment, and the rows of its tables, which know their file and line."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from data.errors import CatalogError


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. Its readers raise CatalogError with file and line when a cell has the wrong form."""

    file: str
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def error(self, problem: str) -> CatalogError:
        return CatalogError(self.file, self.line, problem)

    def needed(self, column: str) -> str:
        """The cell, which must not be empty."""
        if not self.cells[column]:
            raise self.error(f"{column} is empty")
        return self.cells[column]

    def many(self, column: str) -> tuple[str, ...]:
        """The parts of a cell between `|`; () when it is empty."""
        return tuple(part for piece in self.cells[column].split("|") if (part := piece.strip()))

    def yes(self, column: str) -> bool:
        if self.cells[column] not in ("yes", "no", ""):
            raise self.error(f"{column} is {self.cells[column]!r}; write yes or no")
        return self.cells[column] == "yes"

    def number(self, column: str) -> float:
        try:
            return float(self.needed(column))
        except ValueError:
            raise self.error(f"{column} is {self.cells[column]!r}, which is not a number") from None

    def day(self, column: str) -> date | None:
        """The date in the cell; None when it is empty."""
        text = self.cells[column]
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise self.error(f"{column} is {text!r}, which is not a date like 2026-02-02") from None

    def one_of(self, column: str, allowed: tuple[str, ...]) -> str:
        if self.cells[column] not in allowed:
            raise self.error(f"{column} is {self.cells[column]!r}; it must be one of {', '.join(allowed)}")
        return self.cells[column]


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Some files of a folder as they were at one moment, by name: what is read and what is hashed cannot differ."""

    folder: str = ""
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, folder: Path, names: Collection[str]) -> Files:
        """Those of these names that the folder has."""
        paths = {name: folder / name for name in names}
        return cls(
            folder=str(folder), contents={name: path.read_bytes() for name, path in paths.items() if path.is_file()}
        )

    def __contains__(self, name: str) -> bool:
        return name in self.contents

    @property
    def hash(self) -> str:
        """SHA-256 over names and contents."""
        digest = hashlib.sha256()
        for name in sorted(self.contents):
            digest.update(f"{name}\0{len(self.contents[name])}\0".encode())
            digest.update(self.contents[name])
        return digest.hexdigest()

    def changed(self, texts: Mapping[str, str]) -> Files:
        """The same with other texts in some of the files."""
        return replace(self, contents={**self.contents, **{name: text.encode() for name, text in texts.items()}})

    def text(self, name: str) -> str:
        """A file's text; CatalogError when it is missing or not UTF-8."""
        if name not in self.contents:
            raise CatalogError(name, 1, f"the file is missing from {self.folder or 'the catalog'}")
        try:
            return self.contents[name].decode("utf-8-sig")
        except UnicodeDecodeError as fault:
            raise CatalogError(name, 1, f"the file is not UTF-8 text (byte {fault.start})") from None

    def rows(self, name: str, columns: tuple[str, ...]) -> list[Row]:
        """The rows of a CSV file that has at least these columns; cells are stripped, blank lines are skipped."""
        reader = csv.reader(io.StringIO(self.text(name), newline=""))
        header = [cell.strip() for cell in next(reader, [])]
        for column in columns:
            if column not in header:
                raise CatalogError(name, 1, f"the column {column} is missing")
        rows = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                problem = f"{len(cells)} cells where the header has {len(header)} (a comma too many?)"
                raise CatalogError(name, reader.line_num, problem)
            stripped = (cell.strip() for cell in cells)
            rows.append(Row(name, reader.line_num, dict(zip(header, stripped, strict=True))))
        return rows
