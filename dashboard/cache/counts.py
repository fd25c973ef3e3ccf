"""
Counts of stories, cached: by day for every subject, by period with shares and abnormal attention, by publisher.

Every function takes the store's URL and filters whose `rev` is a number, never None, so that a new revision never shows
old numbers and an old one is never read twice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from analysis.attention import Grain
from analysis.attention_panel import DayCounts, cells_of, counts_of
from dashboard.cache.memoize import cache_few, cache_many, memoize
from dashboard.cache.stores import catalog_at, load_span, store_at
from data.read import attention, publishers
from data.read.attention import Filters, Kind
from data.source_state import source_days, source_states

ALL_DAYS = (date(2000, 1, 1), date(2200, 1, 1))
SOURCE_SECONDS = 15.0
"""The state of a source belongs to no revision: it is cached for about one look at a page."""

Subjects = Kind | tuple[str, ...]


def all_stories(url: str, filters: Filters) -> int:
    """The number of stories in the window, whatever they are about."""
    return load_day_counts(url, "theme", filters).all_stories(filters.start, filters.end)


@cache_many
def load_coverage(url: str, filters: Filters) -> pd.DataFrame:
    """Columns day, stories, articles: all stories."""
    return attention.coverage_by_day(store_at(url), filters)


@cache_many
def load_cells(
    url: str,
    subjects: Subjects,
    filters: Filters,
    grain: Grain,
    judged: int | None = None,
    most: int | None = None,
    ranges: bool = False,
) -> pd.DataFrame:
    """
    Attention in every period of the window: of some subjects, of all of a kind, or of the `most` abnormal ones.

    Columns subject, period, stories, articles, all_stories, share, expected, low and high (with `ranges`, for files),
    abnormal (z; NaN where the history is too short, or for periods before the `judged` last ones), complete (whether
    all days of the period are in the window).
    """
    counts = load_day_counts(url, subjects, filters)
    return cells_of(counts, grain, start=filters.start, end=filters.end, judged=judged, most=most, ranges=ranges)


def load_day_counts(url: str, subjects: Subjects, filters: Filters) -> DayCounts:
    """The filtered counts of every day in the store: read once for all windows and grains."""
    first, last = load_span(url, filters.rev or 0) or (filters.start, filters.end)
    if subjects == "theme":  # by name, to include themes without a story
        subjects = tuple(theme.key for theme in catalog_at(url, filters.rev or 0).themes.values())
    return _whole_day_counts(url, subjects, replace(filters, start=first, end=last))


@cache_few
def _whole_day_counts(url: str, subjects: Subjects, filters: Filters) -> DayCounts:
    store = store_at(url)
    if isinstance(subjects, str):
        counts = attention.attention_all(store, subjects, filters)
        subjects = tuple(counts["subject"].unique().tolist())
    else:
        counts = attention.attention_by_day(store, subjects, filters)
    coverage = attention.coverage_by_day(store, filters)
    return counts_of(counts, coverage, start=filters.start, end=filters.end, subjects=subjects)


@cache_many
def load_by_publisher(url: str, subject: str, filters: Filters) -> pd.DataFrame:
    """Columns day, publisher, stories, articles; `subject` "" means all stories."""
    return publishers.attention_by_publisher(store_at(url), subject or None, filters)


@cache_many
def load_publishers(url: str, first_day: date, last_day: date, rev: int, limit: int = 300) -> list[str]:
    """The publishers with most stories, for the filter's list."""
    filters = Filters(start=first_day, end=last_day, rev=rev)
    return attention.publishers_between(store_at(url), filters, limit=limit)["publisher"].tolist()


@cache_many
def load_langs(url: str, first_day: date, last_day: date, rev: int) -> list[str]:
    return attention.langs_between(store_at(url), Filters(start=first_day, end=last_day, rev=rev))["lang"].tolist()


@memoize(8, seconds=SOURCE_SECONDS)
def load_source_states(url: str) -> pd.DataFrame:
    """One row a source that was ever fetched."""
    return source_states(store_at(url))


def load_down_days(url: str, start: date, end: date) -> pd.DataFrame:
    """Columns day, sources: the days on which sources failed and delivered nothing, with the sources' names."""
    failed = _failed_days(url)
    return failed if failed.empty else failed[failed["day"].between(pd.Timestamp(start), pd.Timestamp(end))]


@memoize(8, seconds=SOURCE_SECONDS)
def _failed_days(url: str) -> pd.DataFrame:
    days = source_days(store_at(url), *ALL_DAYS)
    failed = days[(days["outcome"] == "failed") & (days["articles"] == 0)]
    return failed.groupby("day", as_index=False).agg(sources=("source", ", ".join))
