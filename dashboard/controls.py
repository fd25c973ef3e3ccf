"""
The controls that all pages share, bound to the address bar.

    link → (first run) what it says, what was ignored → widgets ↔ address bar → View

Streamlit writes a widget's label into the address, a share link has the id: `dashboard/server.py` puts the one in the place
of the other before the page opens; where the script runs alone, the first run here does it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import load
from dashboard.filters import GRAINS, MEASURES, RANGES, View, clamp, matching_range, range_dates, read_values
from dashboard.labels import ids_of, labels_of
from dashboard.links import live_link
from dashboard.words import LANG_NAMES
from data.catalog.records import Catalog

IGNORED = "_ignored"


def take_link(page: str, catalog: Catalog) -> None:
    """On a session's first run: put the link's ids into the widgets, and keep what was ignored for `ignored_words`."""
    if IGNORED in st.session_state:
        return
    query: Mapping[str, Sequence[str]] = {name: st.query_params.get_all(name) for name in st.query_params}
    values, ignored = read_values(page, ids_of(query, catalog))
    st.session_state[IGNORED] = ignored
    labelled = labels_of(query, catalog)
    for name in query:
        if name in values and list(labelled.get(name, [])) != list(query[name]):
            value = values[name]
            st.session_state[name] = list(value) if isinstance(value, tuple) else value


def ignored_words() -> None:
    """One line about the parts of the link that could not be used, until it is closed."""
    ignored = st.session_state.get(IGNORED) or []
    if not ignored:
        return
    with st.container(key="ignored", horizontal=True, vertical_alignment="center", gap="small"):
        st.text("Ignored in this link: " + " ".join(ignored[:4]))
        st.button("Close", key="close_ignored", type="tertiary", on_click=lambda: st.session_state.update({IGNORED: []}))


def draw_controls(shown: load.Shown, *, over_time: bool) -> View:
    """The row of shared controls; the view that they say. Pages without a chart over time do not show grain and measure."""
    bounds = shown.bounds
    bound = {"bind": "query-params", "label_visibility": "collapsed"}
    with st.container(key="controls", horizontal=True, vertical_alignment="center", gap="small"):
        day = {"min_value": bounds.first_day, "max_value": bounds.last_day, "format": "YYYY-MM-DD", "width": 124, **bound}
        start = st.date_input("From", bounds.default_start, key="from", **day)
        end = st.date_input("To", bounds.last_day, key="to", **day)
        _draw_ranges(shown)
        # Hidden, not left out: a bound widget that is not drawn loses its value.
        with st.container(key="over_time" if over_time else "over_time_hidden", horizontal=True, vertical_alignment="center", gap="small", width="content"):
            grain = st.segmented_control(
                "By", list(GRAINS), format_func=GRAINS.__getitem__, default="week", required=True, key="grain", **bound
            )
            measure = st.selectbox("Measure", list(MEASURES), format_func=MEASURES.__getitem__, key="measure", width=172, **bound)
        view = _draw_filters(shown, View(start=start, end=end, grain=grain, measure=measure))
    return clamp(view, bounds)


def _draw_ranges(shown: load.Shown) -> None:
    """Quick ranges: a click sets both dates."""
    state, bounds = st.session_state, shown.bounds
    now = View(start=state.get("from", bounds.default_start), end=state.get("to", bounds.last_day))
    state["range"] = matching_range(now, bounds)
    st.segmented_control("Range", list(RANGES), key="range", on_change=_take_range, args=(bounds,), label_visibility="collapsed")


def _take_range(bounds: Any) -> None:
    if name := st.session_state.get("range"):
        st.session_state["from"], st.session_state["to"] = range_dates(name, bounds)


def _draw_filters(shown: load.Shown, view: View) -> View:
    bounds = shown.bounds
    whole = (bounds.first_day, bounds.last_day, bounds.newest)
    set_now = sum(bool(st.session_state.get(name)) for name in ("publisher", "lang", "relevance", "rev"))
    with st.popover(f"Filters · {set_now}" if set_now else "Filters", icon=":material/filter_list:", key="filters"):
        publishers = st.multiselect(
            "Publishers",
            load.load_publishers(shown.url, *whole),
            key="publisher",
            bind="query-params",
            accept_new_options=True,
            placeholder="All publishers",
            help="The 300 with most stories are listed; type another one in full.",
        )
        langs = st.multiselect(
            "Languages",
            load.load_langs(shown.url, *whole),
            format_func=lambda lang: LANG_NAMES.get(lang, lang),
            key="lang",
            bind="query-params",
            placeholder="All languages",
        )
        relevance = st.slider(
            "Relevance at least",
            0,
            100,
            0,
            step=5,
            key="relevance",
            bind="query-params",
            help="How much an article is about the subject: 100 when it is named in the title and again and again.",
        )
        rev = st.number_input(
            "As of revision",
            0,
            bounds.newest,
            0,
            key="rev",
            bind="query-params",
            help=f"Each write to the store is a revision; the newest is {bounds.newest}. 0 shows the newest.",
        )
    return View(
        start=view.start,
        end=view.end,
        grain=view.grain,
        measure=view.measure,
        publishers=tuple(publishers),
        langs=tuple(langs),
        min_relevance=int(relevance),
        rev=int(rev),
    )


def draw_share(address: str, view: View, /, **page_values: Any) -> None:
    """The link to what is on the screen, every value spelled out."""
    with st.popover("Share", icon=":material/link:", key="share"):
        st.caption("Opens this view: these dates, these filters, this page's values, also when newer stories have come in.")
        st.code(live_link(st.context.url or "", address, view, **page_values), language=None, wrap_lines=True)
