"""A file dropped anywhere on the app, or chosen on the Saved views page, opens the view that it was exported from."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import streamlit as st

from dashboard.components.page_listeners import watch_page
from dashboard.exports.dropin import link_in
from dashboard.page_data.links import FIRST_PAGE

KINDS = ["png", "svg", "html", "csv", "xlsx", "pptx", "parquet"]


def draw_drop_zone() -> None:
    """A zone over the whole page, there only while a file is dragged over it."""
    with st.container(key="drop_zone"):
        draw_uploader("drop")
        watch_page()


def draw_uploader(key: str) -> None:
    """A place for a file. Another key each time, so that the same file can be dropped again."""
    state = st.session_state
    turn = state.setdefault(f"{key}_turn", 0)
    st.file_uploader(
        "A file that was exported from Chokepoint",
        type=KINDS,
        key=f"{key}_{turn}",
        on_change=_open_view,
        args=(key, f"{key}_{turn}"),
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
