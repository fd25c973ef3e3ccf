"""A subject's stories by the company or sub-theme that each is most about, cached as numbers, a year at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.attention import Grain
from dashboard.cache.memoize import cache_few, cache_many
from dashboard.cache.stores import store_at
from dashboard.cache.stories import year_of, years_of
from data.read import breakdown
from data.read.attention import Filters, Kind

EARLIEST_DAY = -(10**6)  # before all others, so that codes are positive

Ints = npt.NDArray[np.int64]


@cache_many
def load_parts(url: str, subject: str, filters: Filters, by: Kind, grain: Grain) -> pd.DataFrame:
    """Columns period, part, stories, by both: each story of the subject once, under the part that it is most about."""
    years = [_coded_year(url, subject, year_of(filters, year), by) for year in years_of(filters)]
    return counted_parts(years, filters.start, filters.end, grain)


def load_story_parts(url: str, subject: str, filters: Filters, by: Kind) -> dict[int, str]:
    """Story → the part of the subject that it is most about."""
    years = pd.concat([_parts_of_year(url, subject, year_of(filters, year), by) for year in years_of(filters)])
    parts = years[years["day"].between(pd.Timestamp(filters.start), pd.Timestamp(filters.end))]
    return dict(zip(parts["story"], parts["part"], strict=True))


@dataclass(frozen=True, slots=True)
class CodedStories:
    """Stories as numbers: the day of each (since 1970) and the index of its part in `names`, which are sorted."""

    day: Ints
    part: Ints
    names: tuple[str, ...]


@cache_many
def _coded_year(url: str, subject: str, filters: Filters, by: Kind) -> CodedStories:
    stories = _parts_of_year(url, subject, filters, by)
    part, names = pd.factorize(stories["part"].to_numpy(dtype=object), sort=True)
    return CodedStories(stories["day"].to_numpy().astype("datetime64[D]").astype(np.int64), part, tuple(names.tolist()))


@cache_many
def _parts_of_year(url: str, subject: str, filters: Filters, by: Kind) -> pd.DataFrame:
    return breakdown.parts_of(_naming_of_year(url, subject, filters), subject, by)


@cache_few
def _naming_of_year(url: str, subject: str, filters: Filters) -> breakdown.Breakdown:
    with store_at(url).reading() as connection:
        return breakdown.breakdown_of(connection, subject, filters)


def counted_parts(years: Sequence[CodedStories], start: date, end: date, grain: Grain) -> pd.DataFrame:
    """Columns period, part, stories, by both: the stories from `start` to `end`."""
    names = sorted({name for year in years for name in year.names})
    number = {name: n for n, name in enumerate(names)}
    first, last = np.array([start, end], dtype="datetime64[D]").astype(np.int64)
    codes = [np.zeros(0, dtype=np.int64)]
    for year in years:
        inside = (year.day >= first) & (year.day <= last)
        part = np.array([number[name] for name in year.names], dtype=np.int64)[year.part[inside]]
        codes.append((_period(year.day[inside], grain) - EARLIEST_DAY) * len(names) + part)
    code, stories = np.unique(np.concatenate(codes), return_counts=True)
    period, part = np.divmod(code, max(len(names), 1))
    return pd.DataFrame(
        {
            "period": (period + EARLIEST_DAY).astype("datetime64[D]").astype("datetime64[s]"),
            "part": pd.array(np.array(names, dtype=object), dtype="str").take(part),
            "stories": stories,
        }
    )


def _period(day: Ints, grain: Grain) -> Ints:
    """The first day of each day's period."""
    if grain == "month":
        return day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return day - (day + 3) % 7 if grain == "week" else day  # 1 January 1970 was a Thursday
