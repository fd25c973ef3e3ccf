"""
A chart on a page: its words, its exports, and the receipts of the point that was clicked.

    figure + words + table → title, caption, export → chart → receipts of the chosen point
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.address.points import PRICE, Point, read_point
from dashboard.charts.themed_figure import dressed
from dashboard.components import receipts
from dashboard.components.address_bar import write_point
from dashboard.components.downloads import export_menu, table_menu
from dashboard.components.frame import Frame
from dashboard.components.price_receipts import draw_price_receipts
from dashboard.exports.series import Drawn
from dashboard.formatting import ChartWords, escape

CHART_CONFIG = {
    "displaylogo": False,
    "displayModeBar": "hover",
    "modeBarButtonsToRemove": ["zoomIn2d", "zoomOut2d", "pan2d", "autoScale2d"],
    "responsive": True,
}

Table = Callable[[], pd.DataFrame]


def heading(title: str, caption: str = "") -> None:
    """A section's heading with the small print under it."""
    small = f'<p class="cp-caption">{escape(caption)}</p>' if caption else ""
    st.html(f'<div class="cp-heading"><h2>{escape(title)}</h2>{small}</div>')


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
    The heading of a table with its exports, in a fragment of the caller's own, which opening the menu redraws.

    `title` and `caption`: what the page says, where it is less than a file needs.
    """
    with st.container(horizontal=True, vertical_alignment="top", gap="small", key=f"head_{key}"):
        heading(title or words.title, caption or words.caption)
        table_menu(frame, key, words, table, evidence=evidence, part=part)


table_head = st.fragment(draw_table_head)
"""The same where there is no fragment around it: opening the menu redraws only the heading."""


@st.fragment
def chart_panel(
    frame: Frame,
    key: str,
    figure: go.Figure,
    words: ChartWords,
    table: Table,
    *,
    named: tuple[str, ...] = (),
    evidence: Table | None = None,
    below: Callable[[], None] | None = None,
    drawn: Callable[[], Drawn] | None = None,
    part: str = "",
) -> None:
    """
    A chart under its words, with its exports; a click on a point lists its receipts below it.

    `table` gives the numbers of the chart when somebody exports them; `named` are the parts that have a colour of their own;
    `evidence` the rows behind the numbers, where a click on a point does not list them; `below` draws what goes with the point
    that was clicked; `drawn` is the native chart of workbooks and slides, where it is not the figure's; `part` names the part of the page that its proof is of, where it is not the page's.
    """
    with st.container(key=f"panel_{key}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="top", gap="small", key=f"head_{key}"):
            heading(words.title, words.caption)
            export_menu(frame, key, lambda: figure, words, table, evidence=evidence, drawn=drawn, part=part)
        own = dressed(figure, st.context.theme.type)
        st.plotly_chart(
            own or figure,
            theme=None if own else "streamlit",
            key=chart_key(key),
            on_select=lambda: _take_click(key),
            selection_mode="points",
            config=CHART_CONFIG,
            alt=f"{words.title}; {words.caption}",
        )
        if below:
            below()
        draw_chosen(frame, key, named=named)


def _take_click(key: str) -> None:
    chosen = st.session_state[chart_key(key)]["selection"]["points"]
    texts = [point["customdata"] for point in chosen if point.get("customdata")]
    choose(key, _text_of(texts[0]) if texts else None)


def _text_of(customdata: object) -> str:
    return str(customdata[0] if isinstance(customdata, list) else customdata)


def chart_key(key: str) -> str:
    """The chart's key; another one after its receipts were closed, so that it forgets which point was marked."""
    return f"chart_{key}_{st.session_state.get(f'closed_{key}', 0)}"


def choose(key: str, text: str | None) -> None:
    """Make a point the one whose receipts are listed under the part of the page with this key; None closes the list."""
    before = str(st.query_params.get("point", "")).partition(".")[0]
    write_point(None if text is None else f"{key}.{text}")
    if before and (text is None or before != key):
        st.session_state[f"closed_{before}"] = st.session_state.get(f"closed_{before}", 0) + 1
    if before and before != key:
        st.rerun()  # the whole page: the list that is open is another part's


def chosen_point(key: str) -> Point | None:
    """The point whose receipts are listed under this part of the page."""
    owner, _, text = str(st.query_params.get("point", "")).partition(".")
    return read_point(text) if owner == key else None


def draw_chosen(frame: Frame, key: str, *, named: tuple[str, ...] = ()) -> None:
    """The receipts of the chosen point, if it is one of this part of the page."""
    point = chosen_point(key)
    if point is not None and point.by == PRICE:
        draw_price_receipts(frame, key, point, on_close=lambda: choose(key, None))
    elif point is not None:
        receipts.draw_receipts(frame, key, point, named=named, on_close=lambda: choose(key, None))
