"""
The controls that all pages share, and what every page does after its own: keep the address, offer the link.

    widgets (filled by dashboard/components/address_bar.py) → View
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.address.params import GRAINS, MEASURES
from dashboard.address.view import RANGES, Bounds, View, clamp, matching_range, range_dates
from dashboard.cache.counts import load_langs, load_publishers
from dashboard.cache.stores import Shown
from dashboard.components.address_bar import write_address
from dashboard.components.frame import Frame
from dashboard.components.share import draw_proof, draw_share, keep_request
from dashboard.formatting import LANG_NAMES
from dashboard.page_data.request import Request


def draw_controls(shown: Shown, *, has_grain: bool) -> tuple[View, DeltaGenerator]:
    """
    The row of shared controls: the view they stand for, and the container at its end for the share button.

    Pages without charts by period do not show grain and measure.
    """
    bounds = shown.bounds
    with st.container(key="controls", horizontal=True, vertical_alignment="center", gap="small"):
        plain = {"label_visibility": "collapsed"}
        day = {
            "min_value": bounds.first_day,
            "max_value": bounds.last_day,
            "format": "YYYY-MM-DD",
            "width": 124,
            **plain,
        }
        start = st.date_input("From", bounds.default_start, key="from", **day)
        end = st.date_input("To", bounds.last_day, key="to", **day)
        _draw_ranges(shown)
        # Hidden, not left out: a widget that is not drawn loses its value.
        key = "over_time" if has_grain else "over_time_hidden"
        with st.container(key=key, horizontal=True, vertical_alignment="center", gap="small", width="content"):
            grain = st.segmented_control(
                "By", list(GRAINS), format_func=GRAINS.__getitem__, default="week", required=True, key="grain", **plain
            )
            measure = st.selectbox(
                "Measure", list(MEASURES), format_func=MEASURES.__getitem__, key="measure", width=172, **plain
            )
        view = _draw_filters(shown, View(start=start, end=end, grain=grain, measure=measure))
        share = st.container(key="share_place", width="content")
    return clamp(view, bounds), share


def _draw_ranges(shown: Shown) -> None:
    """Quick ranges: a click sets both dates."""
    state, bounds = st.session_state, shown.bounds
    now = View(start=state.get("from", bounds.default_start), end=state.get("to", bounds.last_day))
    state["range"] = matching_range(now, bounds)
    st.segmented_control(
        "Range", list(RANGES), key="range", on_change=_take_range, args=(bounds,), label_visibility="collapsed"
    )


def _take_range(bounds: Bounds) -> None:
    if name := st.session_state.get("range"):
        st.session_state["from"], st.session_state["to"] = range_dates(name, bounds)


def _draw_filters(shown: Shown, view: View) -> View:
    bounds = shown.bounds
    whole = (bounds.first_day, bounds.last_day, bounds.newest)
    known, spoken = load_publishers(shown.url, *whole), load_langs(shown.url, *whole)
    keep_choices("lang", spoken)
    set_now = sum(bool(st.session_state.get(name)) for name in ("publisher", "lang", "relevance", "rev"))
    with st.popover(f"Filters · {set_now}" if set_now else "Filters", icon=":material/filter_list:", key="filters"):
        publishers = st.multiselect(
            "Publishers",
            known,
            key="publisher",
            accept_new_options=True,
            placeholder="All publishers",
            help="The 300 with most stories are listed; type any other in full.",
        )
        langs = st.multiselect(
            "Languages",
            spoken,
            format_func=lambda lang: LANG_NAMES.get(lang, lang),
            key="lang",
            placeholder="All languages",
        )
        relevance = st.slider(
            "Relevance at least",
            0,
            100,
            0,
            step=5,
            key="relevance",
            help="How much an article is about the subject: 100 when it is named in the title and repeatedly.",
        )
        rev = st.number_input(
            "As of revision",
            0,
            bounds.newest,
            0,
            key="rev",
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


def keep_choices(name: str, options: Collection[str], *, most: int | None = None) -> None:
    """Drop a widget's values that it does not offer, or that are too many: a link may name what this store or catalog does not have."""
    if name in st.session_state:
        st.session_state[name] = [value for value in st.session_state[name] if value in options][:most]


def keep_choice(name: str, options: Collection[str]) -> None:
    """The same for a widget with one value: it begins with its default instead."""
    if name in st.session_state and st.session_state[name] not in options:
        del st.session_state[name]


def finish_controls(
    frame: Frame, *, defaults: Mapping[str, Any] | None = None, part: str = "", **page_values: Any
) -> Request:
    """
    After a page's own controls: write the address, draw the share button, and the request that they mean.

    `page_values` are the page's parameters by name, `defaults` what they are when the address does not say; `part` the
    part of the page that a proof link is of, where it is not the whole.
    """
    write_address(frame.view, frame.shown.bounds.default_view, page_values, defaults or {})
    request = frame.request({**page_values, "part": part} if part else page_values)
    keep_request(request)
    with frame.share_place:
        draw_share(frame, request)
    with frame.place:
        draw_proof(frame, request)
    return request
