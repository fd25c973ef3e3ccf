"""
The export menu of a chart: its data and its picture, each with the words and the link to the view.

    opened → proof link → CSV · XLSX · PPTX · HTML · Parquet (made when clicked) · PNG · SVG (made in the reader's browser)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import load
from dashboard.address import last_values
from dashboard.brief import brief_bytes, brief_of
from dashboard.evidence_table import evidence_table
from dashboard.export import csv_bytes, file_name, parquet_bytes
from dashboard.frame import Frame
from dashboard.parts import picture_button
from dashboard.points import read_point
from dashboard.series import drawn_of
from dashboard.share import asked_of, proof_link
from dashboard.slides import pptx_bytes
from dashboard.spreadsheet import xlsx_bytes
from dashboard.webpage import html_bytes
from dashboard.words import ChartWords

Table = Callable[[], pd.DataFrame]
MIMES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "html": "text/html",
    "parquet": "application/vnd.apache.parquet",
}
WITH_BRIEF = ("theme", "company")


def export_menu(
    frame: Frame, key: str, figure: go.Figure, words: ChartWords, table: Table, *, evidence: Table | None = None, pictures: bool = True
) -> None:
    """
    The menu beside a chart's heading. What it offers is made only when it is open, and each file when it is asked for.

    `evidence`: the rows behind the numbers, where they are not those of the figure's points. `pictures`: False for a drawing
    that is not plotly's.
    """
    with st.popover("Export", icon=":material/download:", type="tertiary", key=f"export_{key}", on_change="rerun") as menu:
        if not menu.open:
            return
        values = last_values(frame.page)
        said = replace(words, link=proof_link(frame, values))
        stem = file_name(words.title, frame.view.start, frame.view.end, "x").removesuffix(".x")
        evidence = evidence or _evidence(frame, figure)
        files: dict[str, tuple[str, Callable[[], bytes]]] = {
            "csv": ("CSV", lambda: csv_bytes(table(), said)),
            "xlsx": ("Excel", lambda: xlsx_bytes(drawn_of(figure, table()), table(), said, evidence())),
            "pptx": ("PowerPoint", lambda: pptx_bytes(drawn_of(figure, table()), said)),
            "html": ("Web page", lambda: html_bytes(figure, said, table(), evidence())),
            "parquet": ("Parquet", lambda: parquet_bytes(table(), said)),
        }
        for kind, (label, make) in files.items():
            _button(label, f"{stem}.{kind}", make, key=f"{kind}_{key}")
        if pictures:
            picture_button(f"png_{key}", panel=f"panel_{key}", name=stem, format="png", words=said)
            picture_button(f"svg_{key}", panel=f"panel_{key}", name=stem, format="svg", words=said)
        if frame.page in WITH_BRIEF:
            asked = asked_of(frame, values)
            name = stem.replace("chokepoint-", "chokepoint-brief-", 1)
            brief = lambda: brief_bytes(said, brief_of(asked, drawn_of(figure, table())))  # noqa: E731
            _button("Brief, one page", f"{name}.html", brief, key=f"brief_{key}")


def _button(label: str, name: str, make: Callable[[], bytes], *, key: str) -> None:
    mime = MIMES[name.rpartition(".")[2]]
    st.download_button(label, make, file_name=name, mime=mime, on_click="ignore", key=key, width="stretch")


def _evidence(frame: Frame, figure: go.Figure) -> Callable[[], pd.DataFrame]:
    """The rows that the figure's points count: the same ones that a click lists."""
    points = [read_point(str(text)) for trace in figure.data for text in (trace.customdata if trace.customdata is not None else ())]
    subjects = sorted({point.subject for point in points if point})
    unit = "articles" if frame.view.measure == "articles" else "stories"
    store = load.store_at(frame.url)
    return lambda: evidence_table(store, subjects, frame.filters, unit=unit)  # type: ignore[arg-type]
