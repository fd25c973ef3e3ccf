"""Rows of a catalog table, each with its file and line, so that a mistake can be named where a person finds it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
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


def read_text(path: Path) -> str:
    """The file's text; a CatalogError when it is absent or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CatalogError(path.name, 1, f"the file is missing from {path.parent}") from None
    except UnicodeDecodeError as fault:
        raise CatalogError(path.name, 1, f"the file is not UTF-8 text (byte {fault.start})") from None


def read_rows(path: Path, columns: tuple[str, ...]) -> list[Row]:
    """The rows of a CSV file that has at least these columns; cells are stripped, blank lines are skipped."""
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    header = [cell.strip() for cell in next(reader, [])]
    for column in columns:
        if column not in header:
            raise CatalogError(path.name, 1, f"the column {column} is missing")
    rows = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise CatalogError(
                path.name, reader.line_num, f"{len(cells)} cells where the header has {len(header)} (a comma too many?)"
            )
        stripped = (cell.strip() for cell in cells)
        rows.append(Row(path.name, reader.line_num, dict(zip(header, stripped, strict=True))))
    return rows
