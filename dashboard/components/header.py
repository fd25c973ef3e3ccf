"""The row at the top: the mark and the pages, each link with the dates and filters of now and the page's own last values."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components.address_bar import last_values
from dashboard.components.custom import ASSETS, GO
from dashboard.components.frame import Frame
from dashboard.components.search_box import draw_search_box
from dashboard.page_data import PAGES, Page

# One element, not Streamlit's link a page: eleven of them in their places were a third of what a change sends.
_menu = st.components.v2.component(
    "chokepoint_menu",
    html="<nav aria-label='Pages'></nav>",
    css=(ASSETS / "menu.css").read_text("utf-8"),
    js=GO + (ASSETS / "menu.js").read_text("utf-8"),
)


def draw_header(header: DeltaGenerator, frame: Frame) -> None:
    """Not Streamlit's own menu: its links drop the address's parameters, so Back would pass a page without any."""
    with header:
        st.html('<div class="cp-brand">Chokepoint</div>', width="content")
        with st.container(key="command_box", width="content"):
            draw_search_box(frame)
        data = {"pages": [_link(frame, page) for page in PAGES.values()], "theme": st.context.theme.type}
        # Streamlit runs the page again for anything but a change of theme, whose colours charts bring with them.
        _menu(key="menu", data=data, width="content", on_theme_change=lambda: None)


def _link(frame: Frame, page: Page) -> dict[str, object]:
    href = frame.path(page.name, **last_values(page.name))
    return {"title": page.title, "help": page.purpose, "href": href, "here": page.name == frame.page}
