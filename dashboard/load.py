"""
What pages read, kept: the only `st.cache_data`.

    store at a URL | filters with their revision → frame

Every cached function has the store's URL and filters whose `rev` is a number, never None: so a new revision never shows old
numbers, and an old one is never read twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from analysis import attention as attention_of
from analysis.returns import adjusted, price_table
from dashboard.filters import Bounds, View
from data import operations, prices, queries, receipts
from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.db import Store, default_url, open_store, sample_url, store_exists
from data.queries import Filters

BASELINE_DAYS = 200
"""How far before the window attention is read, so that the window's first period has a usual level too."""

keep = st.cache_data(show_spinner=False, max_entries=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The store that the pages show, at its newest revision."""

    url: str
    kind: str
    bounds: Bounds

    @property
    def is_sample(self) -> bool:
        return self.kind == "sample"

    def filters(self, view: View) -> Filters:
        """The view's filters with the revision spelled out."""
        return replace(view.filters, rev=view.rev or self.bounds.newest)


@st.cache_resource(show_spinner=False)
def the_catalog() -> Catalog:
    return load_catalog()


@st.cache_resource(show_spinner=False, max_entries=4)
def store_at(url: str) -> Store:
    """The open store; one for all people."""
    return open_store(url, create=False)


def shown_url() -> str:
    """The address of the store to show: the live one when there is one, else the sample's."""
    return default_url() if store_exists(default_url()) else sample_url()


def shown_store(url: str) -> Shown | None:
    """The store's state now; None when it has no story yet."""
    store = store_at(url)
    newest = store.revision()
    days = load_span(url, newest)
    if days is None:
        return None
    return Shown(url=url, kind=store.kind, bounds=Bounds(first_day=days[0], last_day=days[1], newest=newest))


@keep
def load_span(url: str, rev: int) -> tuple[date, date] | None:
    return queries.span(store_at(url), rev)


@keep
def load_attention(url: str, subjects: tuple[str, ...], filters: Filters) -> pd.DataFrame:
    return queries.attention_by_day(store_at(url), subjects, filters)


@keep
def load_attention_all(url: str, kind: queries.Kind, filters: Filters) -> pd.DataFrame:
    return queries.attention_all(store_at(url), kind, filters)


@keep
def load_coverage(url: str, filters: Filters) -> pd.DataFrame:
    return queries.coverage_by_day(store_at(url), filters)
