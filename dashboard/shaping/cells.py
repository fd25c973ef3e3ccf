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

from analysis.abnormal import SPANS, usual_counts
from analysis.attention import Grain, period_days
from data.read.attention import Filters, Kind, attention_all, attention_by_day, coverage_by_day
from data.schema.store import Store

RANGE = ("low", "high")  # of a usual period
THURSDAY = 3  # 1 January 1970, when Monday is 0

Counts = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]


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


def counts_of(
    attention: pd.DataFrame, coverage: pd.DataFrame, *, start: date, end: date, subjects: tuple[str, ...]
) -> DayCounts:
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
    first, back = period_days(start, start, grain)[0], 2 * SPANS[grain].window
    if grain == "month":
        return _as_date((first.astype("datetime64[M]") - back).astype("datetime64[D]"))
    return _as_date(first - back * (7 if grain == "week" else 1))


def start_of_last(periods: int, start: date, end: date, grain: Grain) -> date:
    """Where the last so many periods of a window begin; its own start where it has no more."""
    return max(start, _as_date(period_days(start, end, grain)[-periods:][0]))


def _as_date(day: np.datetime64) -> date:
    found: date = day.item()
    return found


def cells_between(
    store: Store, subjects: Kind | tuple[str, ...], filters: Filters, grain: Grain, judged: int | None = None
) -> pd.DataFrame:
    """The cells of some subjects, or of all of a kind, in a window of the store: as `cells_of`."""
    early = replace(filters, start=reach_back(filters.start, grain))
    return cells_of(day_counts(store, subjects, early), grain, start=filters.start, end=filters.end, judged=judged)


def cells_of(
    counts: DayCounts,
    grain: Grain,
    *,
    start: date,
    end: date,
    judged: int | None = None,
    most: int | None = None,
    ranges: bool = True,
) -> pd.DataFrame:
    """
    One row a subject and period of the window, by period; a period without stories has a row too.

    Columns subject, period, stories, articles, all_stories, share, expected, low, high (of a usual period), abnormal (z),
    complete (all days of the period are in the window). Only the `judged` last periods are judged, where given; only the
    `most` subjects that are most unusual in the last one have rows, where given. Of a first period that `start` cuts, only
    the days from `start` on count. What `counts` does not reach is taken to be without stories. Without `ranges`, no low and high.
    """
    index = period_days(reach_back(start, grain), end, grain)
    periods = index[2 * SPANS[grain].window :]
    tables = (counts.stories, counts.articles, counts.totals)
    stories, articles, totals = (_by_period(table, counts.first, index, start, end) for table in tables)
    subjects = np.asarray(counts.subjects, dtype=object)
    if most is not None:  # no other can be among them, and each is judged by its own past alone
        told = stories[-1] > 0
        stories, articles, subjects = stories[:, told], articles[:, told], subjects[told]
    weekday = (index.astype(np.int64) + THURSDAY) % 7
    usual = usual_counts(
        stories.astype(float), totals.astype(float), weekday, grain=grain, last=judged or len(periods), ranges=ranges
    )
    n, whole = stories[-len(periods) :], totals[-len(periods) :, None]
    chosen = slice(None) if most is None else _most_unusual(usual["z"][-1], n[-1], most)
    n, subjects = n[:, chosen], subjects[chosen]
    # A story counts for a subject on the day of its first mention, in coverage on the day that it began.
    whole = np.maximum(whole, n)
    values = {name: _over(len(periods), usual[name][:, chosen]) for name in ("expected", *RANGE[: 2 * ranges], "z")}
    return pd.DataFrame(
        {
            "subject": pd.array(subjects, dtype="str").take(np.tile(np.arange(len(subjects)), len(periods))),
            "period": periods.astype("datetime64[s]").repeat(len(subjects)),
            "stories": n.ravel(),
            "articles": articles[-len(periods) :, chosen].ravel(),
            "all_stories": whole.ravel(),
            "share": np.divide(n, whole, out=np.full(n.shape, np.nan), where=whole > 0).ravel(),
            **{name: values[name] for name in values if name != "z"},
            "abnormal": values["z"],
            "complete": _complete(periods, grain, start, end).repeat(len(subjects)),
        }
    )


def _by_period(sums: Counts, first: date, days: Days, start: date, end: date) -> Counts:
    """The counts by the periods that begin on these days; the one that `start` cuts from there on, the last one up to `end`."""
    ends = np.append(days[1:], np.datetime64(end) + 1)
    begins = np.where((days < np.datetime64(start)) & (ends > np.datetime64(start)), np.datetime64(start), days)
    place = [np.clip((edge - np.datetime64(first)).astype(np.int64), 0, len(sums) - 1) for edge in (begins, ends)]
    return np.asarray(sums[place[1]] - sums[place[0]])


def _most_unusual(z: npt.NDArray[np.float64], stories: Counts, most: int) -> Counts:
    """The places of the subjects with stories that are most unusual, in order of place."""
    named = np.flatnonzero((stories > 0) & ~np.isnan(z))
    if len(named) >= most:
        return np.sort(named[np.lexsort((-stories[named], -z[named]))[:most]])
    last = pd.DataFrame({"abnormal": z, "stories": stories})
    return np.sort(last[last["stories"] > 0].nlargest(most, ["abnormal", "stories"]).index.to_numpy())


def _over(periods: int, judged: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The judged last periods as values of all periods, NaN before them."""
    whole = np.full((periods, judged.shape[1]), np.nan)
    whole[periods - len(judged) :] = judged
    return whole.ravel()


def _complete(periods: Days, grain: Grain, start: date, end: date) -> npt.NDArray[np.bool_]:
    """Which of the periods have all their days in the window."""
    months = grain == "month"
    after = (
        (periods.astype("datetime64[M]") + 1).astype("datetime64[D]")
        if months
        else periods + (7 if grain == "week" else 1)
    )
    return np.asarray((periods >= np.datetime64(start)) & (after <= np.datetime64(end) + 1))
