"""
The export menus: a chart's data and picture, a table's data, each with the words and the link to the view.

    opened → proof link → CSV · XLSX · PPTX · HTML · Parquet (made when clicked) · PNG · SVG (made in the reader's browser)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.address.points import read_point
from dashboard.components.custom import picture_button
from dashboard.components.frame import Frame
from dashboard.components.share import current_request, link_to
from dashboard.exports.brief import brief_bytes, brief_of
from dashboard.exports.evidence_table import evidence_table
from dashboard.exports.export import csv_bytes, file_name, parquet_bytes
from dashboard.exports.series import Drawn, drawn_of
from dashboard.exports.slides import pptx_bytes
from dashboard.exports.spreadsheet import table_xlsx_bytes, xlsx_bytes
from dashboard.exports.webpage import html_bytes, table_html_bytes
from dashboard.formatting import ChartWords
from dashboard.page_data import read_page
from dashboard.page_data.company import CompanyData
from dashboard.page_data.theme import ThemeData

Table = Callable[[], pd.DataFrame]
MIMES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "html": "text/html",
    "svg": "image/svg+xml",
    "parquet": "application/vnd.apache.parquet",
}


def export_menu(
    frame: Frame,
    key: str,
    figure_of: Callable[[], go.Figure],
    words: ChartWords,
    table: Table,
    *,
    evidence: Table | None = None,
    drawn: Callable[[], Drawn] | None = None,
    pictures: Sequence[Literal["png", "svg"]] = ("png", "svg"),
    svg: Callable[[ChartWords], bytes] | None = None,
    part: str = "",
) -> None:
    """
    The menu beside a chart's heading. What it offers is made only when it is open, the figure too, and each file when it is asked for.

    `evidence`: the rows behind the numbers, where they are not those of the figure's points. `drawn`: the native chart of
    workbooks and slides, where it is not the figure's. `pictures`: what the reader's browser can save of the drawing.
    `svg`: what makes an SVG of one that no browser can. `part`: of the page, where the proof is of that alone.
    """
    with st.popover(
        "Export", icon=":material/download:", type="tertiary", key=f"export_{key}", on_change="rerun"
    ) as menu:
        if not menu.open:
            return
        request = current_request()
        said = replace(words, link=link_to(request.with_values(part=part) if part else request))
        stem = file_name(words.title, frame.view.start, frame.view.end, "x").removesuffix(".x")
        figure = figure_of()
        # Once, for as many files as are saved from this menu.
        evidence, drawn = cache(evidence or _evidence(frame, figure)), drawn or (lambda: drawn_of(figure, table()))
        files: dict[str, tuple[str, Callable[[], bytes]]] = {
            "csv": ("CSV", lambda: csv_bytes(table(), said)),
            "xlsx": ("Excel", lambda: xlsx_bytes(drawn(), table(), said, evidence())),
            "pptx": ("PowerPoint", lambda: pptx_bytes(drawn(), said)),
            "html": ("Web page", lambda: html_bytes(figure, said, table(), evidence())),
            "parquet": ("Parquet", lambda: parquet_bytes(table(), said)),
        }
        if svg:
            files["svg"] = ("SVG", lambda: svg(said))
        for kind, (label, make) in files.items():
            _button(label, f"{stem}.{kind}", make, key=f"{kind}_{key}")
        for picture in pictures:
            picture_button(f"{picture}_{key}", panel=f"panel_{key}", name=stem, format=picture, words=said)
        page = read_page(request)
        if isinstance(page, ThemeData | CompanyData):
            name = stem.replace("chokepoint-", "chokepoint-brief-", 1)
            brief = lambda: brief_bytes(said, brief_of(page, drawn()))  # noqa: E731
            _button("Brief, one page", f"{name}.html", brief, key=f"brief_{key}")


def table_menu(
    frame: Frame,
    key: str,
    words: ChartWords,
    table: Table,
    *,
    evidence: Table | None = None,
    part: str = "",
) -> None:
    """The menu of a table that has no chart."""
    with st.popover(
        "Export", icon=":material/download:", type="tertiary", key=f"export_{key}", on_change="rerun"
    ) as menu:
        if not menu.open:
            return
        request = current_request()
        said = replace(words, link=link_to(request.with_values(part=part) if part else request))
        stem = file_name(words.title, frame.view.start, frame.view.end, "x").removesuffix(".x")
        proof = cache(evidence or pd.DataFrame)
        for kind, (label, make) in {
            "csv": ("CSV", lambda: csv_bytes(table(), said)),
            "xlsx": ("Excel", lambda: table_xlsx_bytes(table(), said, proof())),
            "html": ("Web page", lambda: table_html_bytes(said, table(), proof())),
            "parquet": ("Parquet", lambda: parquet_bytes(table(), said)),
        }.items():
            _button(label, f"{stem}.{kind}", make, key=f"{kind}_{key}")


def _button(label: str, name: str, make: Callable[[], bytes], *, key: str) -> None:
    mime = MIMES[name.rpartition(".")[2]]
    st.download_button(label, make, file_name=name, mime=mime, on_click="ignore", key=key, width="stretch")


def _evidence(frame: Frame, figure: go.Figure) -> Callable[[], pd.DataFrame]:
    """The rows that the figure's points count: the same ones that a click lists."""
    points = [
        read_point(str(text))
        for trace in figure.data
        for text in (trace.customdata if trace.customdata is not None else ())
    ]
    subjects = sorted({point.subject for point in points if point})
    unit = "articles" if frame.view.measure == "articles" else "stories"
    request = frame.request()
    return lambda: evidence_table(request, subjects, request.filters, unit=unit)  # type: ignore[arg-type]
