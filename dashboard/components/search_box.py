"""The search box in the header: typed text → hits (dashboard/search_index.py) → the address of the chosen one."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_bar import last_values
from dashboard.components.custom import ASSETS
from dashboard.components.frame import Frame
from dashboard.search_index import Hit, hits_for, index_in_use

KEY = "command"
LONGEST = 80

_box = st.components.v2.component(
    "chokepoint_command",
    html=(
        '<input type="text" role="combobox" aria-label="Go to a company, ticker, theme or page" aria-expanded="false"'
        ' aria-autocomplete="list" aria-controls="hits" autocomplete="off" spellcheck="false" maxlength="80">'
        '<ul id="hits" role="listbox" aria-label="Places" popover="manual"></ul>'
    ),
    css=(ASSETS / "command.css").read_text("utf-8"),
    js=(ASSETS / "command.js").read_text("utf-8"),
)


@st.fragment
def draw_search_box(frame: Frame) -> None:
    """The box; a key press runs only this part of the page."""
    state = st.session_state.get(KEY) or {}
    typed = str(state.get("typed") or "")[:LONGEST]
    hits = hits_for(typed, index_in_use(frame.catalog.hash))
    _box(
        key=KEY,
        data={"typed": typed, "hits": [_row(frame, hit) for hit in hits]},
        default={"typed": ""},
        on_typed_change=lambda: None,
    )


def _row(frame: Frame, hit: Hit) -> dict[str, str]:
    place = hit.place
    if place.kind == "page":
        href = frame.path(place.ident, **last_values(place.ident))
    else:
        href = frame.path(place.kind, **{place.kind: place.ident})
    by = hit.by if hit.by != place.label else ""
    ticker = place.tickers[0] if place.tickers and place.tickers[0] != by else ""
    return {
        "label": place.label,
        "detail": " · ".join(part for part in (by, ticker) if part),
        "kind": place.kind.title(),
        "href": href,
    }
