"""A file dropped anywhere on the app, or chosen on the Saved views page, opens the view that it was exported from."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import streamlit as st

from dashboard.components.custom import ASSETS, STEER
from dashboard.exports.provenance import link_in
from dashboard.page_data.links import FIRST_PAGE

FILE_TYPES = ["png", "svg", "html", "csv", "xlsx", "pptx", "parquet"]

# Listens on the whole page, for all of its parts: to a file that is dragged over it, and to keys on its charts.
_page_listeners = st.components.v2.component(
    "chokepoint_page",
    html="<i hidden></i>",
    js=STEER + "".join((ASSETS / name).read_text("utf-8") for name in ("drop.js", "chartkeys.js", "page.js")),
)


def draw_drop_zone() -> None:
    """
    A zone over the whole page, there only while a file is dragged over it; with it the page's invisible listeners.
    """
    with st.container(key="drop_zone"):
        draw_uploader("drop")
        _page_listeners(key="page_watch")  # its script starts listening when it is first drawn, and never twice


def draw_uploader(key: str) -> None:
    """A place for a file. Its key changes after each file, so that the same file can be dropped again."""
    widget = f"{key}_{st.session_state.setdefault(f'{key}_turn', 0)}"
    st.file_uploader(
        "A file that was exported from Chokepoint",
        type=FILE_TYPES,
        key=widget,
        on_change=_open_view,
        args=(key, widget),
        label_visibility="collapsed",
    )


def _open_view(key: str, widget: str) -> None:
    file = st.session_state.get(widget)
    st.session_state[f"{key}_turn"] += 1
    if file is None:
        return
    path = link_in(file.getvalue())
    if path is None:
        st.toast("This file does not say which view it came from.", icon=":material/help:")
        return
    parts = urlsplit(path)
    st.switch_page(
        f"views/{parts.path.strip('/') or FIRST_PAGE}.py",
        query_params=parse_qs(parts.query, keep_blank_values=True),
    )
