"""What listens on the whole page, for all of its parts: a file that is dragged over it, keys on its charts."""

from __future__ import annotations

import streamlit as st

from dashboard.components.custom import ASSETS, STEER

_watch = st.components.v2.component(
    "chokepoint_page",
    html="<i hidden></i>",
    js=STEER + "".join((ASSETS / name).read_text("utf-8") for name in ("drop.js", "chartkeys.js", "page.js")),
)


def watch_page() -> None:
    """An element that nobody sees. Its script begins to listen when it is drawn first, and never twice."""
    _watch(key="page_watch")
