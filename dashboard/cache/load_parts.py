"""A subject's stories by the part that each is most about, kept as in dashboard/cache/load.py: by the store's URL and a definite revision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from analysis.attention import Grain
from dashboard.cache import load
from dashboard.shaping.stack import Told, counted_parts
from data.read import breakdown
from data.read.attention import Filters, Kind


@load.many
def load_parts(url: str, subject: str, filters: Filters, by: Kind, grain: Grain) -> pd.DataFrame:
    """Columns period, part, stories: each story of the subject once, under the part that it is most about."""
    years = range(filters.start.year, filters.end.year + 1)
    years_told = [
        keep_told(url, subject, replace(filters, start=date(y, 1, 1), end=date(y, 12, 31)), by) for y in years
    ]
    return counted_parts(years_told, filters.start, filters.end, grain)


@load.many
def keep_told(url: str, subject: str, filters: Filters, by: Kind) -> Told:
    """A year's stories by day and part, as numbers."""
    return Told.of(keep_parts(url, subject, filters, by))


def story_parts(url: str, subject: str, filters: Filters, by: Kind) -> pd.DataFrame:
    """Columns story, day, part: one row a story, under the part that it is most about; to be read only."""
    years = range(filters.start.year, filters.end.year + 1)
    whole = pd.concat(
        [keep_parts(url, subject, replace(filters, start=date(y, 1, 1), end=date(y, 12, 31)), by) for y in years]
    )
    return whole[(whole["day"] >= pd.Timestamp(filters.start)) & (whole["day"] <= pd.Timestamp(filters.end))]


# A year at a time, so that a first look reads the years that it shows and other dates in them read nothing.
@load.many
def keep_parts(url: str, subject: str, filters: Filters, by: Kind) -> pd.DataFrame:
    return breakdown.parts_of(keep_naming(url, subject, filters), subject, by)


@load.few
def keep_naming(url: str, subject: str, filters: Filters) -> breakdown.Naming:
    with load.store_at(url).reading() as connection:
        return breakdown.naming_of(connection, subject, filters)


def load_story_parts(url: str, subject: str, filters: Filters, by: Kind) -> dict[int, str]:
    """Story → the part of the subject that it is most about."""
    parts = story_parts(url, subject, filters, by)
    return dict(zip(parts["story"], parts["part"], strict=True))
