"""
The parts that Streamlit does not have: a table whose names and numbers can be clicked, a button that saves a picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import orjson
import streamlit as st

from dashboard.formatting import ChartWords

ASSETS = Path(__file__).resolve().parents[1] / "assets"

GO = (ASSETS / "go.js").read_text("utf-8")
"""Prepended to scripts with links: the browser is given each component's script as one text."""

STEER = (ASSETS / "steer.js").read_text("utf-8")
"""Prepended to scripts of charts that the keyboard moves in."""

ColumnKind = Literal["link", "text", "number", "count", "move", "heat", "spark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table. `wide` columns are left out on a phone."""

    label: str
    kind: ColumnKind
    title: str = ""  # what the number means, for the tooltip
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row, its cells as text that can be sorted and clicked; `href` is the page that its name opens."""

    href: str
    cells: Sequence[dict[str, Any]]


_table = st.components.v2.component(
    "chokepoint_table",
    html="<div><table></table></div>",
    css=(ASSETS / "table.css").read_text("utf-8"),
    js=GO + (ASSETS / "table.js").read_text("utf-8"),
)
_picture = st.components.v2.component(
    "chokepoint_picture",
    html="<button type='button'></button>",
    css=(ASSETS / "picture.css").read_text("utf-8"),
    js=(ASSETS / "picture.js").read_text("utf-8"),
)


def subject_table(
    key: str,
    columns: Sequence[Column],
    rows: Sequence[TableRow],
    *,
    caption: str,
    sorted_by: int = -1,
    on_receipts: Callable[[str], None] = lambda _point: None,
) -> None:
    """
    A table whose first column opens a page and whose counts list their receipts.

    The rows are shown in the order given until the reader sorts them; `sorted_by`: the column that they are ranked by.
    """
    table = {
        "caption": caption,
        "columns": [asdict(column) for column in columns],
        "rows": [{"href": row.href, "cells": list(row.cells)} for row in rows],
        "sorted": {"column": sorted_by, "down": True, "given": True},
    }
    # As one text: Streamlit would look at every cell of a dict, and serialise it twice.
    _table(
        key=key,
        data={"json": orjson.dumps(table, option=orjson.OPT_SERIALIZE_NUMPY).decode()},
        on_receipts_change=lambda: on_receipts(st.session_state[key].receipts),
    )


def picture_button(key: str, *, panel: str, name: str, format: Literal["png", "svg"], words: ChartWords) -> None:
    """A button that saves the chart of the panel as a picture with its words."""
    file = {"panel": panel, "name": name, "format": format, "label": format.upper()}
    _picture(key=key, data={**file, "lines": words.picture_lines, "link": words.link})
