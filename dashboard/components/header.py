"""
The row at the top: the name, the search box, and the pages.

Each link keeps the dates and filters of now and takes the page's own last values.
"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components.address_bar import last_values
from dashboard.components.custom import ASSETS, GO
from dashboard.components.frame import BROWSER_COOKIE, EVERYBODY, Frame, analyst_name, reader_name
from dashboard.page_data import PAGES
from dashboard.search_index import SearchHit, hits_for, index_in_use

SEARCH_KEY = "command"
LONGEST_SEARCH = 80

# One element, not Streamlit's link a page: eleven of them in their places were a third of what a change sends.
_menu = st.components.v2.component(
    "chokepoint_menu",
    html="<nav aria-label='Pages'></nav>",
    css=(ASSETS / "menu.css").read_text("utf-8"),
    js=GO + (ASSETS / "menu.js").read_text("utf-8"),
)
_search_box = st.components.v2.component(
    "chokepoint_command",
    html=(
        '<input type="text" role="combobox" aria-label="Go to a company, ticker, theme or page" aria-expanded="false"'
        ' aria-autocomplete="list" aria-controls="hits" autocomplete="off" spellcheck="false" maxlength="80">'
        '<ul id="hits" role="listbox" aria-label="Results" popover="manual"></ul>'
    ),
    css=(ASSETS / "command.css").read_text("utf-8"),
    js=(ASSETS / "command.js").read_text("utf-8"),
)


def draw_header(header: DeltaGenerator, frame: Frame) -> None:
    """Not Streamlit's own menu: its links drop the address's parameters, so Back would pass a page without any."""
    pages = [
        {
            "title": page.title,
            "help": page.purpose,
            "href": frame.path(page.name, **last_values(page.name)),
            "here": page.name == frame.page,
        }
        for page in PAGES.values()
    ]
    with header:
        st.html('<div class="cp-brand">Chokepoint</div>', width="content")
        with st.container(key="command_box", width="content"):
            draw_search_box(frame)
        # Streamlit reruns the page for anything but a change of theme, whose colours charts bring with them.
        data = {"pages": pages, "theme": st.context.theme.type, "cookie": ""}
        if reader_name() == EVERYBODY:
            data["cookie"] = f"{BROWSER_COOKIE}={analyst_name()}"
        _menu(key="menu", data=data, width="content", on_theme_change=lambda: None)


@st.fragment
def draw_search_box(frame: Frame) -> None:
    """Typed text → hits → the address of the chosen one. A key press reruns only this part of the page."""
    typed = str((st.session_state.get(SEARCH_KEY) or {}).get("typed") or "")[:LONGEST_SEARCH]
    hits = [_hit(frame, hit) for hit in hits_for(typed, index_in_use(frame.catalog.hash))]
    data = {"typed": typed, "hits": hits}
    _search_box(key=SEARCH_KEY, data=data, default={"typed": ""}, on_typed_change=lambda: None)


def _hit(frame: Frame, hit: SearchHit) -> dict[str, str]:
    target = hit.target
    values = last_values(target.ident) if target.kind == "page" else {target.kind: target.ident}
    name = hit.matched_name if hit.matched_name != target.label else ""
    ticker = target.tickers[0] if target.tickers and target.tickers[0] != name else ""
    return {
        "label": target.label,
        "detail": " · ".join(part for part in (name, ticker) if part),
        "kind": target.kind.title(),
        "href": frame.path(target.ident if target.kind == "page" else target.kind, **values),
    }
