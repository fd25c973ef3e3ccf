"""
Many subjects' attention side by side.

    counts by day → DayCounts: one table day × subject → cells: subject × period with shares and abnormal attention

A table of days is read once for many windows: another window or grain of it is sums of rows, without a question to the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.abnormal import SPANS, abnormal_attention
from analysis.attention import Grain, periods_between
from dashboard.words import period_end
from data.db import Store
from data.queries import Filters, Kind, attention_all, attention_by_day, coverage_by_day

COLUMNS = ["subject", "period", "stories", "articles", "all_stories", "share", "expected", "low", "high", "abnormal", "complete"]
STEPS: dict[Grain, pd.DateOffset] = {"day": pd.DateOffset(days=1), "week": pd.DateOffset(days=7), "month": pd.DateOffset(months=1)}

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DayCounts:
    """
    Running sums over the days from `first` on: row n has the sum of the n days before it, one column a subject.

    `totals` has the same for all stories. So the counts of a period are the difference of two rows.
    """

    first: date
    subjects: tuple[str, ...]
    stories: Counts
    articles: Counts
    totals: Counts

    def all_stories(self, start: date, end: date) -> int:
        """All stories of the days from `start` to `end`."""
        before, until = np.clip([(start - self.first).days, (end - self.first).days + 1], 0, len(self.totals) - 1)
        return int(self.totals[until] - self.totals[before])


def day_counts(store: Store, subjects: Kind | Sequence[str], filters: Filters) -> DayCounts:
    """The counts of some subjects, or of all of a kind, on every day of the filters' window."""
    if isinstance(subjects, str):
        rows = attention_all(store, subjects, filters)
        wanted = tuple(rows["subject"].unique().tolist())
    else:
        rows, wanted = attention_by_day(store, subjects, filters), tuple(subjects)
    return counts_of(rows, coverage_by_day(store, filters), start=filters.start, end=filters.end, subjects=wanted)


def counts_of(attention: pd.DataFrame, coverage: pd.DataFrame, *, start: date, end: date, subjects: tuple[str, ...]) -> DayCounts:
    """attention: subject, day, stories, articles; coverage: day, stories. Both within `start` and `end`."""
    length, column = (end - start).days + 2, pd.Index(subjects).get_indexer(attention["subject"])
    stories, articles = np.zeros((length, len(subjects)), np.int64), np.zeros((length, len(subjects)), np.int64)
    row = _day_of(attention["day"], start) + 1
    stories[row, column], articles[row, column] = attention["stories"], attention["articles"]
    totals = np.zeros(length, np.int64)
    totals[_day_of(coverage["day"], start) + 1] = coverage["stories"]
    return DayCounts(start, subjects, stories.cumsum(axis=0), articles.cumsum(axis=0), totals.cumsum())


def _day_of(days: pd.Series, start: date) -> Counts:
    return (days.to_numpy().astype("datetime64[D]") - np.datetime64(start, "D")).astype(np.int64)


def reach_back(start: date, grain: Grain) -> date:
    """The first day that the cells from `start` on are judged by: twice the baseline before their first period."""
    # Once for the first period's own level, once for how far off the forecasts before it were.
    first = periods_between(start, start, grain)[0]
    return pd.Timestamp(first - STEPS[grain] * (2 * SPANS[grain].window)).date()


def start_of_last(periods: int, start: date, end: date, grain: Grain) -> date:
    """Where the last so many periods of a window begin; its own start where it has no more."""
    return max(start, periods_between(start, end, grain)[-periods:][0].date())


def cells_between(
    store: Store, subjects: Kind | tuple[str, ...], filters: Filters, grain: Grain, judged: int | None = None
) -> pd.DataFrame:
    """The cells of some subjects, or of all of a kind, in a window of the store: as `cells_of`."""
    early = replace(filters, start=reach_back(filters.start, grain))
    return cells_of(day_counts(store, subjects, early), grain, start=filters.start, end=filters.end, judged=judged)


def cells_of(
    counts: DayCounts, grain: Grain, *, start: date, end: date, judged: int | None = None, most: int | None = None
) -> pd.DataFrame:
    """
    One row a subject and period of the window, by period; a period without stories has a row too.

    Columns subject, period, stories, articles, all_stories, share, expected, low, high (of a usual period), abnormal (z),
    complete (all days of the period are in the window). Only the `judged` last periods are judged, where given; only the
    `most` subjects that are most unusual in the last one have rows, where given. Of a first period that `start` cuts, only
    the days from `start` on count. What `counts` does not reach is taken to be without stories.
    """
    index = periods_between(reach_back(start, grain), end, grain)
    periods = index[2 * SPANS[grain].window :]
    tables = (counts.stories, counts.articles, counts.totals)
    stories, articles, totals = (_by_period(table, counts.first, index, start, end) for table in tables)
    columns = pd.RangeIndex(len(counts.subjects))
    usual = abnormal_attention(pd.DataFrame(stories, index, columns), pd.Series(totals, index), grain=grain, last=judged or len(periods))
    n, whole = stories[-len(periods) :], totals[-len(periods) :, None]
    chosen = slice(None) if most is None else _most_unusual(usual.z.to_numpy()[-1], n[-1], most)
    n, subjects = n[:, chosen], np.asarray(counts.subjects, dtype=object)[chosen]
    # A story counts for a subject on the day of its first mention, in coverage on the day that it began.
    whole = np.maximum(whole, n)
    values = {name: _over(len(periods), getattr(usual, name).to_numpy()[:, chosen]) for name in ("expected", "low", "high", "z")}
    return pd.DataFrame(
        {
            "subject": np.tile(subjects, len(periods)),
            "period": periods.repeat(len(subjects)),
            "stories": n.ravel(),
            "articles": articles[-len(periods) :, chosen].ravel(),
            "all_stories": whole.ravel(),
            "share": np.divide(n, whole, out=np.full(n.shape, np.nan), where=whole > 0).ravel(),
            "expected": values["expected"],
            "low": values["low"],
            "high": values["high"],
            "abnormal": values["z"],
            "complete": np.repeat([_is_complete(day.date(), grain, start, end) for day in periods], len(subjects)),
        },
        columns=COLUMNS,
    )


def _by_period(sums: Counts, first: date, index: pd.DatetimeIndex, start: date, end: date) -> Counts:
    """The counts by period of the index; the period that `start` cuts from there on, the last one up to `end`."""
    days = index.to_numpy().astype("datetime64[D]")
    ends = np.append(days[1:], np.datetime64(end) + 1)
    begins = np.where((days < np.datetime64(start)) & (ends > np.datetime64(start)), np.datetime64(start), days)
    place = [np.clip((edge - np.datetime64(first)).astype(np.int64), 0, len(sums) - 1) for edge in (begins, ends)]
    return np.asarray(sums[place[1]] - sums[place[0]])


def _most_unusual(z: npt.NDArray[np.float64], stories: Counts, most: int) -> Counts:
    """The places of the subjects with stories that are most unusual, in order of place."""
    last = pd.DataFrame({"abnormal": z, "stories": stories})
    return np.sort(last[last["stories"] > 0].nlargest(most, ["abnormal", "stories"]).index.to_numpy())


def _over(periods: int, judged: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The judged last periods as values of all periods, NaN before them."""
    whole = np.full((periods, judged.shape[1]), np.nan)
    whole[periods - len(judged) :] = judged
    return whole.ravel()


def _is_complete(period: date, grain: str, start: date, end: date) -> bool:
    return period >= start and period_end(period, grain) <= end
