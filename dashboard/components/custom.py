"""The two parts that Streamlit does not have: a table whose names and numbers can be chosen, and a button that saves a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import orjson
import streamlit as st

from dashboard.formatting import ChartWords
from dashboard.tables import Column, Row

ASSETS = Path(__file__).resolve().parents[1] / "assets"

GO = (ASSETS / "go.js").read_text("utf-8")
"""What scripts with links begin with: the browser is given each component's script as one text."""

STEER = (ASSETS / "steer.js").read_text("utf-8")
"""What scripts of charts that keys move in begin with."""

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
    rows: Sequence[Row],
    *,
    caption: str,
    sorted_by: int = -1,
    on_receipts: Callable[[str], None],
) -> None:
    """A table whose first column opens a page and whose counts list their receipts."""
    _table(
        key=key,
        data={"json": _json(columns, rows, caption, sorted_by)},
        on_receipts_change=lambda: on_receipts(st.session_state[key].receipts),
    )


def _json(columns: Sequence[Column], rows: Sequence[Row], caption: str, sorted_by: int) -> str:
    """The table as one text: Streamlit would look at every cell of it, and spell it out twice."""
    table = {
        "caption": caption,
        "columns": [{"label": c.label, "kind": c.kind, "title": c.title, "wide": c.wide} for c in columns],
        "rows": [{"href": row.href, "cells": list(row.cells)} for row in rows],
        "sorted": {"column": sorted_by, "down": True},
    }
    return orjson.dumps(table, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def picture_button(key: str, *, panel: str, name: str, format: Literal["png", "svg"], words: ChartWords) -> None:
    """A button that saves the chart of the panel as a picture with its words."""
    data = {
        "panel": panel,
        "name": name,
        "format": format,
        "label": format.upper(),
        "lines": words.picture_lines,
        "link": words.link,
    }
    _picture(key=key, data=data)
