"""
The export menus: a chart's data and picture, a table's data, each with its text and the link to the view.

    open menu → proof link → CSV · XLSX · PPTX · HTML · Parquet (written when clicked) · PNG · SVG (drawn by the
    browser)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
from dashboard.exports.chart_data import ChartData, chart_data_of
from dashboard.exports.evidence_table import evidence_table
from dashboard.exports.export import csv_bytes, file_name, parquet_bytes
from dashboard.exports.slides import pptx_bytes
from dashboard.exports.spreadsheet import table_xlsx_bytes, xlsx_bytes
from dashboard.exports.webpage import html_bytes, table_html_bytes
from dashboard.formatting import ChartWords
from dashboard.page_data import read_page
from dashboard.page_data.company import CompanyData
from dashboard.page_data.request import Request
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMenu:
    """What the files of an open menu share: the request, the text with its link, the file name without its ending."""

    request: Request
    words: ChartWords
    stem: str
    key: str

    def button(self, label: str, kind: str, write: Callable[[], bytes], *, stem: str = "", key: str = "") -> None:
        st.download_button(
            label,
            write,
            file_name=f"{stem or self.stem}.{kind}",
            mime=MIMES[kind],
            on_click="ignore",
            key=f"{key or kind}_{self.key}",
            width="stretch",
        )


@contextmanager
def _menu(frame: Frame, key: str, words: ChartWords, part: str) -> Iterator[OpenMenu | None]:
    """The export menu, drawn only while it is open; None while it is closed."""
    with st.popover(
        "Export", icon=":material/download:", type="tertiary", key=f"export_{key}", on_change="rerun"
    ) as menu:
        if not menu.open:
            yield None
            return
        request = current_request()
        words = replace(words, link=link_to(request.with_values(part=part) if part else request))
        stem = file_name(words.title, frame.view.start, frame.view.end, "x").removesuffix(".x")
        yield OpenMenu(request=request, words=words, stem=stem, key=key)


def export_menu(
    frame: Frame,
    key: str,
    figure_of: Callable[[], go.Figure],
    words: ChartWords,
    table: Table,
    *,
    evidence: Table | None = None,
    chart_data: Callable[[], ChartData] | None = None,
    pictures: Sequence[Literal["png", "svg"]] = ("png", "svg"),
    svg: Callable[[ChartWords], bytes] | None = None,
    part: str = "",
) -> None:
    """
    The menu beside a chart's heading. The figure is built when the menu is open, each file when it is clicked.

    `evidence`: the rows behind the numbers, where they are not those of the figure's points. `chart_data`: the native
    chart of workbooks and slides, where it is not made from the figure. `pictures`: what the browser can save of the
    drawing. `svg` writes the SVG of a drawing that the browser cannot save. `part`: the part of the page that the proof
    covers.
    """
    with _menu(frame, key, words, part) as menu:
        if menu is None:
            return
        figure, words = figure_of(), menu.words
        # Once, for all files that are saved from this menu.
        evidence = cache(evidence or _evidence(frame, figure))
        chart_data = chart_data or (lambda: chart_data_of(figure, table()))
        menu.button("CSV", "csv", lambda: csv_bytes(table(), words))
        menu.button("Excel", "xlsx", lambda: xlsx_bytes(chart_data(), table(), words, evidence()))
        menu.button("PowerPoint", "pptx", lambda: pptx_bytes(chart_data(), words))
        menu.button("Web page", "html", lambda: html_bytes(figure, words, table(), evidence()))
        menu.button("Parquet", "parquet", lambda: parquet_bytes(table(), words))
        if svg:
            menu.button("SVG", "svg", lambda: svg(words))
        for format in pictures:
            picture_button(f"{format}_{key}", panel=f"panel_{key}", name=menu.stem, format=format, words=words)
        page = read_page(menu.request)
        if isinstance(page, ThemeData | CompanyData):
            stem = menu.stem.replace("chokepoint-", "chokepoint-brief-", 1)
            brief = lambda: brief_bytes(words, brief_of(page, chart_data()))  # noqa: E731
            menu.button("Brief, one page", "html", brief, stem=stem, key="brief")


def table_menu(
    frame: Frame,
    key: str,
    words: ChartWords,
    table: Table,
    *,
    evidence: Table | None = None,
    part: str = "",
) -> None:
    """The menu of a table without a chart."""
    with _menu(frame, key, words, part) as menu:
        if menu is None:
            return
        words, proof = menu.words, cache(evidence or pd.DataFrame)
        menu.button("CSV", "csv", lambda: csv_bytes(table(), words))
        menu.button("Excel", "xlsx", lambda: table_xlsx_bytes(table(), words, proof()))
        menu.button("Web page", "html", lambda: table_html_bytes(words, table(), proof()))
        menu.button("Parquet", "parquet", lambda: parquet_bytes(table(), words))


def _evidence(frame: Frame, figure: go.Figure) -> Callable[[], pd.DataFrame]:
    """The rows that the figure's points count: the same ones that a click lists."""
    texts = (text for trace in figure.data if trace.customdata is not None for text in trace.customdata)
    subjects = sorted({point.subject for text in texts if (point := read_point(str(text)))})
    unit = "articles" if frame.view.measure == "articles" else "stories"
    request = frame.request()
    return lambda: evidence_table(request, subjects, request.filters, unit=unit)  # type: ignore[arg-type]
