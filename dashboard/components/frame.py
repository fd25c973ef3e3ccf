"""What every page is given: the store it shows, the catalog, the shared values; and the words that come with each chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.address.view import View, differing, own_query
from dashboard.cache.stores import Shown, catalog_at
from dashboard.charts.figures import is_touch
from dashboard.formatting import (
    METHODS,
    UNITS,
    ChartWords,
    day_words,
    escape_markdown,
    filter_words,
    measure_of,
    stories,
)
from dashboard.page_data.links import page_path
from dashboard.page_data.request import Request
from dashboard.page_data.rules import NEWEST_RULES
from data.catalog.records import Catalog
from data.sample import ORIGIN

KEY = "_frame"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One run's page: made by the entry script, read by the page's own."""

    shown: Shown
    catalog: Catalog
    view: View
    page: str
    touch: bool
    place: DeltaGenerator  # above the page's own controls: what there is to say of an opened proof link
    share_place: DeltaGenerator  # at the end of the shared controls
    rules: int = NEWEST_RULES  # those of an opened proof link

    @property
    def url(self) -> str:
        return self.shown.url

    @property
    def rev(self) -> int:
        return self.view.rev or self.shown.bounds.newest

    def request(self, values: Mapping[str, Any] | None = None) -> Request:
        """The request for the page's data with these values of its own controls, at a definite revision."""
        view = replace(self.view, rev=self.rev)
        return Request(
            url=self.url, page=self.page, view=view, values=tuple(sorted((values or {}).items())), rules=self.rules
        )

    @property
    def notice(self) -> str:
        """The line that says that this is the sample; "" for a store of one's own."""
        if not self.shown.is_sample:
            return ""
        return f"SAMPLE DATA: {ORIGIN}, to {day_words(self.shown.bounds.last_day)}. Shares are shares of this sample."

    @property
    def newest_catalog(self) -> Catalog:
        """The catalog to write with, whatever revision is shown."""
        return catalog_at(self.url, self.shown.bounds.newest)

    def words(
        self, title: str, *, n: str, method: str = "", unit: str = "", prices_to: pd.Timestamp | None = None
    ) -> ChartWords:
        """The words of a chart of the view's measure, or of another one where `unit` and `method` say so."""
        whose = "the bundled sample" if self.shown.is_sample else "your store"
        to_prices = f", prices to {day_words(prices_to)}" if prices_to is not None else ""
        measure = self.view.measure
        return ChartWords(
            title=title,
            unit=unit or UNITS[measure],
            n=n,
            source=f"{whose}, stories to {day_words(self.shown.bounds.last_day)}{to_prices}",
            method=method or f"{measure_of(self.view)}: {METHODS[measure]}",
            filters=filter_words(self.view),
            revision=self.rev,
            notice=self.notice,
        )

    def n_words(self, counted: int, whole: int) -> str:
        """n = 312 of 2,273 stories"""
        return f"n = {counted:,} of {stories(whole)}"

    def path(self, page: str, /, **values: Any) -> str:
        """The address of a page with these values of its own controls, the shared ones kept: what is not the default."""
        query = "&".join(
            part for part in (shared_query(self.view, self.shown.bounds.default_view), own_query(values)) if part
        )
        return f"{page_path(page)}?{query}" if query else page_path(page)

    def subject_path(self, key: str) -> str:
        """The address of the page of a company or theme."""
        kind, _, ident = key.partition(":")
        return self.path(kind, **{kind: ident})


@lru_cache(maxsize=64)
def shared_query(view: View, default: View) -> str:
    """The parameters of all pages as they stand in an address; every link of a page begins with them."""
    return urlencode(differing(view, default, {}, {}), doseq=True)


def current_frame() -> Frame:
    """The frame of this run."""
    frame: Frame = st.session_state[KEY]
    return frame


def keep_frame(frame: Frame) -> None:
    st.session_state[KEY] = frame


def user_agent_is_touch() -> bool:
    return is_touch(st.context.headers.get("User-Agent") or "")


def empty_words(text: str) -> None:
    """An empty state, in words that say what to do."""
    st.info(escape_markdown(text), icon=":material/info:")
