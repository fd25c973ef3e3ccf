"""Stories, articles and mentions, cached by the store's URL and a revision: what receipts and searches list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from dashboard.cache.memoize import cache_few, cache_many
from dashboard.cache.stores import load_span, store_at
from data.read import attention, co_mentions, receipts, search
from data.read.attention import Filters, Kind


@cache_many
def load_receipts(
    url: str, subject: str, filters: Filters, *, unit: str = "stories", limit: int | None = None, named: bool = False
) -> pd.DataFrame:
    """
    The rows behind a count, newest first; `subject` "" means all stories, with `named` only those about any subject.
    """
    return receipts.receipts(store_at(url), subject or None, filters, unit=unit, limit=limit, named=named)  # type: ignore[arg-type]


@cache_many
def load_stories_of(url: str, subject: str, rev: int) -> frozenset[int]:
    """Every story that mentions the subject, on any day."""
    span = load_span(url, rev)
    if span is None:
        return frozenset()
    times = attention.story_times(store_at(url), subject, Filters(start=span[0], end=span[1], rev=rev))
    return frozenset(times["story"].tolist())


@cache_many
def load_story_times(url: str, subject: str, filters: Filters) -> pd.DataFrame:
    """Columns story, day, available_at; `subject` "" means all stories."""
    return attention.story_times(store_at(url), subject or None, filters)


@cache_few
def load_story_times_of(url: str, subjects: tuple[str, ...], filters: Filters) -> pd.DataFrame:
    """Columns subject, story, day, available_at: the same of several subjects, in one read."""
    return attention.story_times_of(store_at(url), subjects, filters)


@cache_many
def load_mentions(url: str, articles: tuple[int, ...], rev: int, subject: str | None = None) -> pd.DataFrame:
    """The mentions in some articles, in reading order."""
    return receipts.mentions_of(store_at(url), articles, rev, subject=subject)


@cache_many
def load_story_articles(url: str, stories: tuple[int, ...], rev: int) -> pd.DataFrame:
    """All articles of the stories, oldest first in each."""
    return receipts.story_articles(store_at(url), stories, rev)


@cache_many
def load_search(
    url: str, filters: Filters, subjects: tuple[str, ...], limit: int, offset: int
) -> tuple[pd.DataFrame, int]:
    """One page of the matching articles, newest first, and the total."""
    return search.search_articles(store_at(url), filters, subjects=subjects, limit=limit, offset=offset)


@cache_many
def load_co_mentions(url: str, subject: str, filters: Filters) -> pd.DataFrame:
    """Columns subject, stories: every company and theme that the subject's stories also mention, most stories first."""
    return co_mentions.co_mentioned(store_at(url), subject, filters, ("company", "theme"), limit=None)


@cache_many
def load_story_subjects(url: str, kind: Kind, filters: Filters) -> pd.DataFrame:
    """Columns story, subject: every subject of a kind that each story mentions."""
    years = [_subjects_of_year(url, kind, year_of(filters, year)) for year in years_of(filters)]
    return co_mentions.subjects_within(years, filters.start, filters.end)


# A year at a time, so that a first look reads only the years that it shows, and other dates in them need no new read.
@cache_few
def _subjects_of_year(url: str, kind: Kind, filters: Filters) -> co_mentions.CoMentions:
    return co_mentions.co_mentions_between(store_at(url), kind, filters)


def years_of(filters: Filters) -> range:
    """The calendar years of the filters' window."""
    return range(filters.start.year, filters.end.year + 1)


def year_of(filters: Filters, year: int) -> Filters:
    """The same filters over one whole calendar year."""
    return replace(filters, start=date(year, 1, 1), end=date(year, 12, 31))
