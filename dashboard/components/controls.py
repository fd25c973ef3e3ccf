"""
The controls that all pages share, the widgets that a page's own are made of, and the end of every page's controls.

    widgets (filled by dashboard/components/address_bar.py) → View, the page's values → Request
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.address.params import GRAINS, MEASURES
from dashboard.address.view import RANGES, Bounds, View, clamp, matching_range, range_dates
from dashboard.cache.counts import load_langs, load_publishers
from dashboard.cache.stores import ShownStore
from dashboard.components.address_bar import draw_ignored, ignore_values, write_address
from dashboard.components.frame import Frame
from dashboard.components.share import draw_proof, draw_share, keep_request
from dashboard.formatting import LANG_NAMES
from dashboard.page_data.request import Request


def draw_controls(shown: ShownStore, *, has_grain: bool, has_measure: bool) -> tuple[View, DeltaGenerator]:
    """
    The row of shared controls: their view, and the container at its end for the share button.

    Pages without charts by period do not show the grain, those that draw one measure only do not show the measure.
    """
    bounds = shown.bounds
    with control_row("controls"):
        days = {"min_value": bounds.first_day, "max_value": bounds.last_day, "format": "YYYY-MM-DD", "width": 124}
        start = st.date_input("From", bounds.default_start, key="from", label_visibility="collapsed", **days)
        end = st.date_input("To", bounds.last_day, key="to", label_visibility="collapsed", **days)
        _draw_ranges(shown)
        # Hidden, not left out: a widget that is not drawn loses its value.
        with control_row("over_time" if has_grain else "over_time_hidden", width="content"):
            grain = choose_segment("grain", "By", GRAINS, "week")
        with control_row("measure_box" if has_measure else "measure_hidden", width="content"):
            measure = choose_one("measure", "Measure", MEASURES, width=172)
        view = _draw_filters(shown, View(start=start, end=end, grain=grain, measure=measure))
        share = st.container(key="share_place", width="content")
    return clamp(view, bounds), share


def _draw_ranges(shown: ShownStore) -> None:
    """Quick ranges: a click sets both dates."""
    state, bounds = st.session_state, shown.bounds
    now = View(start=state.get("from", bounds.default_start), end=state.get("to", bounds.last_day))
    state["range"] = matching_range(now, bounds)
    st.segmented_control(
        "Range", list(RANGES), key="range", on_change=_set_range, args=(bounds,), label_visibility="collapsed"
    )


def _set_range(bounds: Bounds) -> None:
    if name := st.session_state.get("range"):
        st.session_state["from"], st.session_state["to"] = range_dates(name, bounds)


def _draw_filters(shown: ShownStore, view: View) -> View:
    bounds = shown.bounds
    all_days = (bounds.first_day, bounds.last_day, bounds.newest)
    publisher_names, languages = load_publishers(shown.url, *all_days), load_langs(shown.url, *all_days)
    keep_choices("lang", languages)
    in_use = sum(bool(st.session_state.get(name)) for name in ("publisher", "lang", "relevance", "rev"))
    with st.popover(f"Filters · {in_use}" if in_use else "Filters", icon=":material/filter_list:", key="filters"):
        publishers = st.multiselect(
            "Publishers",
            publisher_names,
            key="publisher",
            accept_new_options=True,
            placeholder="All publishers",
            help="The 300 with most stories are listed; type any other in full.",
        )
        langs = st.multiselect(
            "Languages",
            languages,
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
            help="How much an article is about the subject: 100 if the title mentions it and the text does repeatedly.",
        )
        rev = st.number_input(
            "As of revision",
            0,
            bounds.newest,
            0,
            key="rev",
            help=f"Each write to the store is a revision; the newest is {bounds.newest}. 0 shows the newest.",
        )
    view = replace(view, publishers=tuple(publishers), langs=tuple(langs))
    return replace(view, min_relevance=int(relevance), rev=int(rev))


def control_row(key: str = "page_controls", *, width: str = "stretch") -> DeltaGenerator:
    """A row for controls; the default is that of a page's own."""
    return st.container(key=key, horizontal=True, vertical_alignment="center", gap="small", width=width)


def choose_one(key: str, label: str, options: Mapping[Any, str], first: int = 0, *, width: int) -> Any:
    """A list to choose one value from. options: value → name."""
    keep_choice(key, options)
    return st.selectbox(
        label,
        list(options),
        first,
        format_func=options.__getitem__,
        key=key,
        width=width,
        label_visibility="collapsed",
    )


def choose_segment(key: str, label: str, options: Mapping[str, str], default: str, **more: Any) -> str:
    """Buttons side by side, one of them pressed. options: value → name."""
    keep_choice(key, options)
    return st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        default=default,
        required=True,
        key=key,
        label_visibility="collapsed",
        **more,
    )


def choose_several(
    key: str,
    label: str,
    options: Mapping[str, str],
    default: Collection[str] = (),
    *,
    most: int | None = None,
    width: int,
    placeholder: str,
    **more: Any,
) -> tuple[str, ...]:
    """A list to choose several values from, at most `most`. options: value → name."""
    keep_choices(key, options, most=most)
    chosen = st.multiselect(
        label,
        list(options),
        list(default) or None,
        format_func=options.__getitem__,
        key=key,
        max_selections=most,
        width=width,
        placeholder=placeholder,
        label_visibility="collapsed",
        **more,
    )
    return tuple(chosen[:most])


def keep_choices(key: str, options: Collection[str], *, most: int | None = None) -> None:
    """
    Drop a widget's values that it does not offer, or that are too many: a link may name what this store does not have.
    """
    if key in st.session_state:
        ignore_values(key, [value for value in st.session_state[key] if value not in options])
        st.session_state[key] = [value for value in st.session_state[key] if value in options][:most]


def keep_choice(key: str, options: Collection[Any]) -> None:
    """The same for a widget with one value, which falls back to its default."""
    if key in st.session_state and st.session_state[key] not in options:
        ignore_values(key, [st.session_state[key]])
        del st.session_state[key]


def finish_controls(
    frame: Frame, *, defaults: Mapping[str, Any] | None = None, part: str = "", **page_values: Any
) -> Request:
    """
    After a page's own controls: write the address, draw the share button, and return the request for the page's data.

    `page_values` are the page's parameters by name, `defaults` their values in an address that leaves them out; `part`
    is the part of the page that a proof link covers, where it is not the whole.
    """
    write_address(frame.view, frame.shown.bounds.default_view, page_values, defaults or {})
    request = frame.request({**page_values, "part": part} if part else page_values)
    keep_request(request)
    with frame.share_place:
        draw_share(frame, request)
    with frame.place:
        draw_ignored()
        draw_proof(frame, request)
    return request
