"""
What every page gets: the store that it shows, the catalog, the shared values, the reader; and the text of each chart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.address.view import View, page_query, params_to_write
from dashboard.cache.stores import ShownStore, catalog_at
from dashboard.charts.figures import is_touch
from dashboard.formatting import (
    METHODS,
    UNITS,
    ChartWords,
    day_words,
    escape,
    escape_markdown,
    filter_words,
    measure_name,
    story_count,
)
from dashboard.page_data import PAGES
from dashboard.page_data.links import page_path
from dashboard.page_data.request import Request
from dashboard.page_data.rules import NEWEST_RULES
from data.catalog.records import Catalog
from data.sample import ORIGIN

FRAME_KEY = "_frame"
EVERYBODY = "everybody"
BROWSER_COOKIE = "chokepoint_browser"
"""A random name of the browser, set by the menu's script; nothing else is known about its reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The surroundings of a page in one run: created by app.py, read by the page's script."""

    shown: ShownStore
    catalog: Catalog
    view: View
    page: str
    touch: bool
    place: DeltaGenerator  # above the page's own controls: the result of checking an opened proof link
    share_place: DeltaGenerator  # at the end of the shared controls
    rules: int = NEWEST_RULES  # those of an opened proof link

    @property
    def url(self) -> str:
        return self.shown.url

    @property
    def rev(self) -> int:
        return self.view.rev or self.shown.bounds.newest

    def request(self, values: Mapping[str, Any] | None = None) -> Request:
        """The request for the page's data with these values of its own controls, at the revision shown."""
        view = replace(self.view, rev=self.rev)
        own = tuple(sorted((values or {}).items()))  # not Request.of: an empty store has revision 0
        return Request(url=self.url, page=self.page, view=view, values=own, rules=self.rules)

    @property
    def greets(self) -> bool:
        """Whether the page begins with the first steps: there is no story, and the page shows stories."""
        return not self.shown.has_stories and PAGES[self.page].data is not None and self.page != "sources"

    @property
    def notice(self) -> str:
        """The line that says that this is the sample; "" for the user's own store."""
        if not self.shown.is_sample:
            return ""
        return f"SAMPLE DATA: {ORIGIN}, to {day_words(self.shown.bounds.last_day)}. Shares are shares of this sample."

    @property
    def newest_catalog(self) -> Catalog:
        """The catalog for writing, whatever revision is shown."""
        return catalog_at(self.url, self.shown.bounds.newest)

    def words(
        self, title: str, *, n: str, method: str = "", unit: str = "", prices_to: pd.Timestamp | None = None
    ) -> ChartWords:
        """The text of a chart of the view's measure, or of another one given by `unit` and `method`."""
        store = "the bundled sample" if self.shown.is_sample else "your store"
        stories = f"stories to {day_words(self.shown.bounds.last_day)}" if self.shown.has_stories else "no story yet"
        prices = f", prices to {day_words(prices_to)}" if prices_to is not None else ""
        measure = self.view.measure
        return ChartWords(
            title=title,
            unit=unit or UNITS[measure],
            n=n,
            source=f"{store}, {stories}{prices}",
            method=method or f"{measure_name(self.view)}: {METHODS[measure]}",
            filters=filter_words(self.view),
            revision=self.rev,
            notice=self.notice,
        )

    def path(self, page: str, /, **values: Any) -> str:
        """The address of a page with these values of its own controls and the shared ones, defaults left out."""
        shared = shared_query(self.view, self.shown.bounds.default_view)
        query = "&".join(part for part in (shared, page_query(values)) if part)
        return f"{page_path(page)}?{query}" if query else page_path(page)

    def subject_path(self, key: str) -> str:
        """The address of the page of a company or theme."""
        kind, _, ident = key.partition(":")
        return self.path(kind, **{kind: ident})


def n_words(number: int, total: int) -> str:
    """n = 312 of 2,273 stories"""
    return f"n = {number:,} of {story_count(total)}"


@lru_cache(maxsize=64)
def shared_query(view: View, default: View) -> str:
    """The shared parameters as they stand in an address; every link on a page begins with them."""
    return urlencode(params_to_write(view, default, {}, {}), doseq=True)


def current_frame() -> Frame:
    frame: Frame = st.session_state[FRAME_KEY]
    return frame


def keep_frame(frame: Frame) -> None:
    st.session_state[FRAME_KEY] = frame


def user_agent_is_touch() -> bool:
    return is_touch(st.context.headers.get("User-Agent") or "")


def reader_name() -> str:
    """
    The signed-in person's address, which signs saved views, notes and corrections; without a login all readers are one.
    """
    if not st.user.get("is_logged_in"):
        return EVERYBODY
    return str(st.user.get("email") or st.user.get("sub") or EVERYBODY)


def analyst_name() -> str:
    """Whose analyses are counted together: the signed-in person, or without a login this browser, by its cookie."""
    if (reader := reader_name()) != EVERYBODY:
        return reader
    known = str(st.context.cookies.get(BROWSER_COOKIE, ""))
    is_known = len(known) == 32 and set(known) <= set("0123456789abcdef")
    name: str = st.session_state.setdefault(BROWSER_COOKIE, known if is_known else uuid4().hex)
    return name


def empty_words(text: str) -> None:
    """An empty state: why there is nothing, and what to do. In a store without stories the first steps say it."""
    if current_frame().greets:
        return
    st.info(escape_markdown(text), icon=":material/info:")


def draw_verdict(head: str, sentence: str, *, style: str = "") -> None:
    """A result in a few words and in a sentence, before anything else on the page."""
    kind = f'<span class="cp-verdict-kind">{escape(head)}</span>'
    st.html(f'<div class="cp-verdict {style}">{kind}<p>{escape(sentence)}</p></div>')
