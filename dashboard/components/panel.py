"""
A chart on a page: its heading, its exports, and the receipts of the point that was clicked.

    figure + words + table → title, caption, export → chart → receipts of the chosen point
"""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.address.points import PRICE, Point, read_point
from dashboard.charts.themed_figure import themed_figure
from dashboard.components.address_bar import write_point
from dashboard.components.downloads import Table, export_menu, table_menu
from dashboard.components.frame import Frame
from dashboard.components.receipts import draw_price_receipts, draw_receipts
from dashboard.exports.chart_data import ChartData
from dashboard.formatting import ChartWords, escape

CHART_CONFIG = {
    "displaylogo": False,
    "displayModeBar": "hover",
    "modeBarButtonsToRemove": ["zoomIn2d", "zoomOut2d", "pan2d", "autoScale2d"],
    "responsive": True,
}


def heading(title: str, caption: str = "") -> None:
    """A section's heading with its caption."""
    small = f'<p class="cp-caption">{escape(caption)}</p>' if caption else ""
    st.html(f'<div class="cp-heading"><h2>{escape(title)}</h2>{small}</div>')


def heading_row(key: str) -> DeltaGenerator:
    """The row of a heading and its export menu."""
    return st.container(horizontal=True, vertical_alignment="top", gap="small", key=f"head_{key}")


def draw_table_head(
    frame: Frame,
    key: str,
    words: ChartWords,
    table: Table,
    *,
    title: str = "",
    caption: str = "",
    evidence: Table | None = None,
    part: str = "",
) -> None:
    """
    The heading of a table with its exports, inside a fragment of the caller, which opening the menu redraws.

    `title` and `caption`: the page's text, where it is shorter than the file's.
    """
    with heading_row(key):
        heading(title or words.title, caption or words.caption)
        table_menu(frame, key, words, table, evidence=evidence, part=part)


table_head = st.fragment(draw_table_head)
"""The same as a fragment of its own: opening the menu redraws only the heading."""


@st.fragment
def chart_panel(
    frame: Frame,
    key: str,
    figure: go.Figure,
    words: ChartWords,
    table: Table,
    *,
    coloured: tuple[str, ...] = (),
    evidence: Table | None = None,
    below: Callable[[], None] | None = None,
    chart_data: Callable[[], ChartData] | None = None,
    part: str = "",
) -> None:
    """
    A chart under its heading, with its exports; a click on a point lists its receipts below it.

    `table` gives the chart's numbers when somebody exports them. `coloured`: the parts with a colour of their own.
    `evidence`: the rows behind the numbers, where a click on a point does not list them. `below` draws what depends on
    the clicked point. `chart_data`: the native chart of workbooks and slides, where it is not made from the figure.
    `part`: the part of the page that its proof covers, where it is not the whole.
    """
    with st.container(key=f"panel_{key}", gap="xsmall"):
        with heading_row(key):
            heading(words.title, words.caption)
            export_menu(frame, key, lambda: figure, words, table, evidence=evidence, chart_data=chart_data, part=part)
        themed = themed_figure(figure, st.context.theme.type)
        st.plotly_chart(
            themed or figure,
            theme=None if themed else "streamlit",
            key=chart_key(key),
            on_select=lambda: _on_click(key),
            selection_mode="points",
            config=CHART_CONFIG,
            alt=f"{words.title}; {words.caption}",
        )
        if below:
            below()
        draw_chosen(frame, key, coloured=coloured)


def _on_click(key: str) -> None:
    points = st.session_state[chart_key(key)]["selection"]["points"]
    customdata = next((point["customdata"] for point in points if point.get("customdata")), None)
    text = customdata[0] if isinstance(customdata, list) else customdata
    choose(key, None if text is None else str(text))


def chart_key(key: str) -> str:
    """The chart's key; it changes after its receipts are closed, so that the chart forgets which point was marked."""
    return f"chart_{key}_{st.session_state.get(f'closed_{key}', 0)}"


def choose(key: str, text: str | None) -> None:
    """List a point's receipts under the part of the page with this key; None closes the list."""
    before = str(st.query_params.get("point", "")).partition(".")[0]
    write_point(None if text is None else f"{key}.{text}")
    if before and (text is None or before != key):
        st.session_state[f"closed_{before}"] = st.session_state.get(f"closed_{before}", 0) + 1
    if before and before != key:
        st.rerun()  # the whole page: the open list belongs to another part


def chosen_point(key: str) -> Point | None:
    """The point whose receipts are listed under this part of the page."""
    owner, _, text = str(st.query_params.get("point", "")).partition(".")
    return read_point(text) if owner == key else None


def draw_chosen(frame: Frame, key: str, *, coloured: tuple[str, ...] = ()) -> None:
    """The receipts of the chosen point, if it belongs to this part of the page."""
    point = chosen_point(key)
    if point is not None and point.by == PRICE:
        draw_price_receipts(frame, key, point, on_close=lambda: choose(key, None))
    elif point is not None:
        draw_receipts(frame, key, point, coloured=coloured, on_close=lambda: choose(key, None))
