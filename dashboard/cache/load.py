"""
What pages read, kept.

    store at a URL | filters with their revision → counts → cells: subject × period with share and abnormal attention
                                                 → rows behind a number
                     tickers, revision           → adjusted prices

Every cached function has the store's URL and filters whose `rev` is a number, never None: so a new revision never shows old
numbers, and an old one is never read twice.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pandas as pd
import streamlit as st

from analysis.attention import Grain
from analysis.returns import adjusted, price_table
from dashboard.address.filters import Bounds, View
from dashboard.address.menu import PAGES as MENU
from dashboard.cache import sampling
from dashboard.cache.memoize import kept
from dashboard.proofs.asked import Asked
from dashboard.proofs.proof import page_hash
from dashboard.search_index import Index, index_of, places_of
from dashboard.shaping.cells import DayCounts, cells_of, day_counts
from dashboard.shaping.pricing import Closes, closes_between
from data import prices, source_state
from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.errors import StoreError
from data.read import attention, co_mentions, receipts, search
from data.read.attention import Filters, Kind
from data.schema.store import Store, open_store
from data.write.catalog_versions import catalog_as_of, remember_catalog
from data.write.revisions import revisions_between

few, many = kept(24), kept(400)
"""Shared, not copied for each reader, who therefore writes nothing into it. The counts of 300 companies on 1,000 days take 5 MB."""


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


@few
def remembered(url: str, catalog_hash: str) -> bool:
    """That the store keeps what the catalog in use says; asked once for each edition of it."""
    remember_catalog(store_at(url), the_catalog(), now=datetime.now(UTC))
    return True


@many
def catalog_at(url: str, rev: int) -> Catalog:
    """The catalog as of a revision: the companies of its themes, their listings and names, that it was written with."""
    return catalog_as_of(store_at(url), rev, the_catalog())


@few
def the_names(catalog_hash: str) -> Index:
    """Every name of pages, themes and companies, to be searched; another catalog has others."""
    return index_of(places_of(the_catalog(), [(address, title) for address, (title, _) in MENU.items()]))


@st.cache_resource(show_spinner=False, max_entries=4)
def store_at(url: str) -> Store:
    """The open store; one for all people."""
    return open_store(url, create=False)


def shown_url() -> str:
    """The address of the store to show."""
    return sampling.shown_url(lambda url: load_span(url, store_at(url).revision()) is not None)


def shown_store(url: str) -> Shown:
    """The store's state now. One without a story yet is shown for today, with nothing in it."""
    store = store_at(url)
    # One that cannot be written to now is shown all the same, with the catalog that its last revision had.
    with suppress(StoreError):
        remembered(url, the_catalog().hash)
    newest = store.revision()
    today = datetime.now(UTC).date()
    days = load_span(url, newest) or (today, today)
    return Shown(url=url, kind=store.kind, bounds=Bounds(first_day=days[0], last_day=days[1], newest=newest))


@many
def load_span(url: str, rev: int) -> tuple[date, date] | None:
    return attention.span(store_at(url), rev)


def all_stories(url: str, filters: Filters) -> int:
    """How many stories there are in the window, whatever they are about."""
    return days_of(url, "theme", filters).all_stories(filters.start, filters.end)


@many
def load_coverage(url: str, filters: Filters) -> pd.DataFrame:
    """Columns day, stories, articles: all stories."""
    return attention.coverage_by_day(store_at(url), filters)


@many
def load_cells(
    url: str,
    subjects: Kind | tuple[str, ...],
    filters: Filters,
    grain: Grain,
    judged: int | None = None,
    most: int | None = None,
    ranges: bool = False,
) -> pd.DataFrame:
    """
    Attention of some subjects, or all of a kind, or the `most` unusual of them, in every period of the window.

    Columns subject, period, stories, articles, all_stories, share, expected, low and high (with `ranges`, for files),
    abnormal (z; NaN where too little is known before, or for periods before the `judged` last ones), complete (all days of
    the period are in the window).
    """
    days = days_of(url, subjects, filters)
    return cells_of(days, grain, start=filters.start, end=filters.end, judged=judged, most=most, ranges=ranges)


def days_of(url: str, subjects: Kind | tuple[str, ...], filters: Filters) -> DayCounts:
    """The counts of every day that the store has, through the filters: read once for all windows and grains."""
    first, last = load_span(url, filters.rev or 0) or (filters.start, filters.end)
    if subjects == "theme":  # by name: the themes that nobody spoke of too
        subjects = tuple(theme.key for theme in catalog_at(url, filters.rev or 0).themes.values())
    return keep_days(url, subjects, replace(filters, start=first, end=last))


@few
def keep_days(url: str, subjects: Kind | tuple[str, ...], filters: Filters) -> DayCounts:
    return day_counts(store_at(url), subjects, filters)


@many
def load_co_named(url: str, subject: str, filters: Filters) -> pd.DataFrame:
    """Columns subject, stories: every company and theme that the subject's stories name too, most stories first."""
    return co_mentions.co_named(store_at(url), subject, filters, ("company", "theme"), limit=None)


@many
def load_receipts(
    url: str, subject: str, filters: Filters, *, unit: str = "stories", limit: int | None = None, named: bool = False
) -> pd.DataFrame:
    """The rows that a count counted, newest first; `subject` "" means all stories, `named` those that name a company or theme."""
    return receipts.receipts(store_at(url), subject or None, filters, unit=unit, limit=limit, named=named)  # type: ignore[arg-type]


@many
def load_stories_of(url: str, subject: str, rev: int) -> frozenset[int]:
    """Every story that names the subject, whenever it did."""
    span = load_span(url, rev)
    if span is None:
        return frozenset()
    times = attention.story_times(store_at(url), subject, Filters(start=span[0], end=span[1], rev=rev))
    return frozenset(times["story"].tolist())


@many
def load_mentions(url: str, articles: tuple[int, ...], rev: int, subject: str | None = None) -> pd.DataFrame:
    """The evidence, in reading order."""
    return receipts.mentions_of(store_at(url), articles, rev, subject=subject)


@many
def load_story_articles(url: str, stories: tuple[int, ...], rev: int) -> pd.DataFrame:
    """All articles of the stories, oldest first in each."""
    return receipts.story_articles(store_at(url), stories, rev)


@many
def load_search(
    url: str, filters: Filters, subjects: tuple[str, ...], limit: int, offset: int
) -> tuple[pd.DataFrame, int]:
    """One page of the articles found, newest first, and how many there are in all."""
    return search.search_articles(store_at(url), filters, subjects=subjects, limit=limit, offset=offset)


def load_prices(url: str, tickers: tuple[str, ...], start: date, end: date, rev: int) -> pd.DataFrame:
    """Closes adjusted for splits and dividends: index session, one column a ticker that has any between the days."""
    changed = price_revision(url, rev)
    years = [keep_prices(url, year, changed) for year in range(start.year, end.year + 1)]
    return closes_between(years, tickers, start, end)


# All listings of a year at once, so that other dates and other companies ask nothing; actions work backwards from today, whatever
# the span of the bars.
@few
def keep_prices(url: str, year: int, rev: int) -> Closes:
    store, tickers = store_at(url), load_last_sessions(url, rev)
    bars = prices.bars_between(store, tickers, date(year, 1, 1), date(year, 12, 31), rev)
    return Closes.of(price_table(adjusted(bars, prices.actions_of(store, tickers, rev))))


@many
def price_revision(url: str, rev: int) -> int:
    """The newest revision up to `rev` that wrote prices: news alone does not make the prices be read again."""
    store, until = store_at(url), rev
    while until > 0:
        written = [
            info.number for info in revisions_between(store, max(until - 200, 0), until) if info.kind == "prices"
        ]
        if written:
            return written[-1]
        until -= 200
    return 0


@many
def load_last_sessions(url: str, rev: int) -> dict[str, date]:
    return prices.last_sessions(store_at(url), rev)


@many
def load_proof(url: str, page: str, view: View, values: tuple[tuple[str, object], ...]) -> str:
    """The hash of what a page shows with these values at the view's revision."""
    return page_hash(Asked(store=store_at(url), today=the_catalog(), page=page, view=view, values=dict(values)))


@many
def load_publishers(url: str, first_day: date, last_day: date, rev: int, limit: int = 300) -> list[str]:
    """Who published most, for the list to choose from."""
    filters = Filters(start=first_day, end=last_day, rev=rev)
    return attention.publishers_between(store_at(url), filters, limit=limit)["publisher"].tolist()


@many
def load_langs(url: str, first_day: date, last_day: date, rev: int) -> list[str]:
    return attention.langs_between(store_at(url), Filters(start=first_day, end=last_day, rev=rev))["lang"].tolist()


# What a source answered is no part of a revision: it is kept for as long as one look at the page.
@st.cache_data(show_spinner=False, max_entries=50, ttl=15)
def load_source_states(url: str) -> pd.DataFrame:
    """One row a source that was ever fetched."""
    return source_state.source_states(store_at(url))


def load_down_days(url: str, start: date, end: date) -> pd.DataFrame:
    """Columns day, sources: the days on which a source failed and brought nothing, with the sources' names."""
    failed = _failed_days(url)
    return (
        failed
        if failed.empty
        else failed[(failed["day"] >= pd.Timestamp(start)) & (failed["day"] <= pd.Timestamp(end))]
    )


@st.cache_resource(show_spinner=False, max_entries=4, ttl=15)
def _failed_days(url: str) -> pd.DataFrame:
    days = source_state.source_days(store_at(url), date(2000, 1, 1), date(2200, 1, 1))
    failed = days[(days["outcome"] == "failed") & (days["articles"] == 0)]
    return failed.groupby("day", as_index=False).agg(sources=("source", ", ".join))
