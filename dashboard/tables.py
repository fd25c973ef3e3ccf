"""What a table on a page is made of: its columns by kind, its rows as text that can be sorted and chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["link", "text", "number", "count", "move", "heat", "spark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table. `wide` ones are left out on a phone."""

    label: str
    kind: Kind
    title: str = ""  # what the number is, for the tooltip
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: `href` is the page that its name opens."""

    href: str
    cells: Sequence[dict[str, Any]]
