"""
The address bar and the widgets, kept in step, so that a view can be linked to, reloaded, and returned to by Back.

    address (a link, Back, Forward) → read_address → widgets → View → write_address → address

The address has ids, and leaves out values that equal their default. Every change of a widget is a step of the browser's
history.

Not `bind="query-params"`: with it st.switch_page refuses to leave a page while a bound value is not its default
(Streamlit 1.67), the address has labels instead of ids, a widget in a closed popover loses its value, and Back does not
undo a change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from dashboard.address.params import SHARED, read_values
from dashboard.address.view import Bounds, View, clamp_values, params_to_write
from dashboard.page_data import PAGES

ADDRESS, WRITTEN, PAGE, IGNORED = "_address", "_address_written", "_address_page", "_address_ignored"
WAS_READ = "_address_was_read"  # in this run: the values of the widgets are those of a link
LAST_VALUES = "_page_values"

POINT_STAYS = {"from", "to", "measure", "publisher", "lang", "relevance", "rev", "point"}
"""A change of any other parameter closes the open receipts."""

Query = dict[str, list[str]]


def read_address(page: str, bounds: Bounds) -> None:
    """
    Before any widget is drawn: put the address, clamped, into the widgets, unless it is the one that was written last.
    """
    state, address = st.session_state, current_address()
    state[WAS_READ] = address != state.get(ADDRESS) or page != state.get(PAGE)
    if not state[WAS_READ]:
        return
    is_bare = not address and PAGE in state and page != state[PAGE]  # a menu entry without values: the shared ones stay
    state[ADDRESS], state[WRITTEN], state[PAGE] = address, None, page
    own = PAGES[page].params
    values, ignored = read_values(own, address)
    values, changed = clamp_values(values, bounds)
    state[IGNORED] = ignored + changed
    for name in own if is_bare else {**SHARED, **own}:
        if name in values:
            state[name] = list(values[name]) if isinstance(values[name], tuple) else values[name]
        else:
            state.pop(name, None)  # the widget starts with its default


def write_address(view: View, default: View, page_values: Mapping[str, Any], page_defaults: Mapping[str, Any]) -> None:
    """Write the values that are not the default into the address, when the widgets have changed."""
    state = st.session_state
    state.setdefault(LAST_VALUES, {})[state[PAGE]] = dict(page_values)
    params = params_to_write(view, default, page_values, page_defaults)
    if state[WRITTEN] is None:
        state[WRITTEN] = params
    if params == state[WRITTEN]:
        return
    changed = {name for name in params.keys() | state[WRITTEN].keys() if params.get(name) != state[WRITTEN].get(name)}
    point = current_address().get("point") if changed <= POINT_STAYS else None
    state[WRITTEN] = params
    _write(params | ({"point": point} if point else {}))


def write_point(text: str | None) -> None:
    """Name the point whose receipts are open; None closes them."""
    others = {name: texts for name, texts in current_address().items() if name != "point"}
    _write(others | ({"point": [text]} if text else {}))


def current_address() -> Query:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def last_values(page: str) -> dict[str, Any]:
    """The values of a page's own controls when it was last open."""
    values: dict[str, Any] = st.session_state.get(LAST_VALUES, {}).get(page, {})
    return values


def ignore_values(name: str, values: Iterable[Any]) -> None:
    """
    Say that a link's values of a parameter are none that its widget offers; a widget's own old values go in silence.
    """
    state = st.session_state
    if state.get(WAS_READ) and name in current_address():
        state[IGNORED] = state.get(IGNORED, []) + [f"“{name}” has no “{str(value)[:40]}” here." for value in values]


def draw_ignored() -> None:
    """One line about the values of the link that could not be used, until it is closed."""
    state = st.session_state
    if not state.get(IGNORED):
        return
    with st.container(key="ignored", horizontal=True, vertical_alignment="center", gap="small"):
        st.text("Ignored in this link: " + " ".join(state[IGNORED][:4]))
        st.button("Close", key="close_ignored", type="tertiary", on_click=lambda: state.update({IGNORED: []}))


def _write(query: Query) -> None:
    st.session_state[ADDRESS] = query
    st.query_params.from_dict(query)
