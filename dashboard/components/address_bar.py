"""
The address bar and the widgets, kept alike: a view can be linked to, reloaded, and gone back to.

    address (a link, Back, Forward) → read_address → widgets → View → write_address → address

Ids stand in the address, and what has its default is left out. Every change of a widget is a step of the browser's history.

Not `bind="query-params"`: with it st.switch_page refuses to leave a page while a bound value is not its default (Streamlit
1.67), labels stand in the place of ids, a widget in a closed popover loses its value, and Back does not undo a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.address.params import SHARED, read_values
from dashboard.address.view import Bounds, View, differing, held_values
from dashboard.page_data import PAGES

SEEN, MEANT, PAGE, IGNORED, LAST = (
    "_address_seen",
    "_address_meant",
    "_address_page",
    "_address_ignored",
    "_page_values",
)

POINT_STAYS = {"from", "to", "measure", "publisher", "lang", "relevance", "rev", "point"}
"""A change of anything else closes the receipts that are open."""

Query = dict[str, list[str]]


def read_address(page: str, bounds: Bounds) -> None:
    """Put the address, clamped, into the widgets when it is not the one that was written last. Before any widget is drawn."""
    state, seen = st.session_state, current_address()
    if seen == state.get(SEEN) and page == state.get(PAGE):
        return
    bare = not seen and PAGE in state and page != state[PAGE]  # a menu entry, without values: the shared ones stay
    state[SEEN], state[MEANT], state[PAGE] = seen, None, page
    own = PAGES[page].params
    values, ignored = read_values(own, seen)
    values, moved = held_values(values, bounds)
    state[IGNORED] = ignored + moved
    for name in own if bare else {**SHARED, **own}:
        if name in values:
            state[name] = list(values[name]) if isinstance(values[name], tuple) else values[name]
        else:
            state.pop(name, None)  # the widget begins with its default


def write_address(view: View, default: View, page_values: Mapping[str, Any], page_defaults: Mapping[str, Any]) -> None:
    """Put into the address what is not the default, when the widgets say something else than it means."""
    state = st.session_state
    state.setdefault(LAST, {})[state[PAGE]] = dict(page_values)
    now = differing(view, default, page_values, page_defaults)
    if state[MEANT] is None:
        state[MEANT] = now
    if now == state[MEANT]:
        return
    changed = {name for name in now.keys() | state[MEANT].keys() if now.get(name) != state[MEANT].get(name)}
    point = current_address().get("point") if changed <= POINT_STAYS else None
    state[MEANT] = now
    _write(now | ({"point": point} if point else {}))


def write_point(text: str | None) -> None:
    """Name the point whose receipts are open; None when there is none."""
    rest = {name: texts for name, texts in current_address().items() if name != "point"}
    _write(rest | ({"point": [text]} if text else {}))


def current_address() -> Query:
    """The address's parameters."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def last_values(page: str) -> dict[str, Any]:
    """What a page's own controls said when it was last open."""
    values: dict[str, Any] = st.session_state.get(LAST, {}).get(page, {})
    return values


def ignored_words() -> None:
    """One line about the parts of the link that could not be used, until it is closed."""
    ignored = st.session_state.get(IGNORED) or []
    if not ignored:
        return
    with st.container(key="ignored", horizontal=True, vertical_alignment="center", gap="small"):
        st.text("Ignored in this link: " + " ".join(ignored[:4]))
        st.button(
            "Close", key="close_ignored", type="tertiary", on_click=lambda: st.session_state.update({IGNORED: []})
        )


def _write(query: Query) -> None:
    st.session_state[SEEN] = query
    st.query_params.from_dict(query)
