"""
The attention panel: many subjects by period, with shares of voice and abnormal attention.

    counts by day → DayCounts: one table day × subject → cells: subject × period

One table of days serves many windows: another window or grain is sums of its rows, without a query.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.abnormal import SPANS, usual_counts
from analysis.attention import Grain, period_days

RANGE = ("low", "high")  # of a usual period
FEWEST_RANKED = 2  # stories in the last period: a subject with one never leads a ranking, however rare it is
THURSDAY = 3  # 1 January 1970, when Monday is 0

Counts = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class DayCounts:
    """
    Running sums over the days from `first` on: row n is the sum of the n days before it, one column a subject.

    `totals` is the same for all stories. The counts of a period are the difference of two rows.
    """

    first: date
    subjects: tuple[str, ...]
    stories: Counts
    articles: Counts
    totals: Counts

    def all_stories(self, start: date, end: date) -> int:
        """All stories of the days from `start` to `end`."""
        before, until = self._rows(start, end)
        return int(self.totals[until] - self.totals[before])

    def mentioned(self, start: date, end: date) -> list[str]:
        """The subjects with a story on the days from `start` to `end`."""
        before, until = self._rows(start, end)
        return [self.subjects[column] for column in np.flatnonzero(self.stories[until] > self.stories[before])]

    def _rows(self, start: date, end: date) -> Counts:
        return np.clip([(start - self.first).days, (end - self.first).days + 1], 0, len(self.totals) - 1)


def counts_of(
    attention: pd.DataFrame, coverage: pd.DataFrame, *, start: date, end: date, subjects: tuple[str, ...]
) -> DayCounts:
    """attention: subject, day, stories, articles; coverage: day, stories. Both within `start` and `end`."""
    length, column = (end - start).days + 2, pd.Index(subjects).get_indexer(pd.Index(attention["subject"]))
    stories, articles = np.zeros((length, len(subjects)), np.int64), np.zeros((length, len(subjects)), np.int64)
    row = _day_of(attention["day"], start) + 1
    stories[row, column], articles[row, column] = attention["stories"], attention["articles"]
    totals = np.zeros(length, np.int64)
    totals[_day_of(coverage["day"], start) + 1] = coverage["stories"]
    return DayCounts(start, subjects, stories.cumsum(axis=0), articles.cumsum(axis=0), totals.cumsum())


def _day_of(days: pd.Series, start: date) -> Counts:
    return (days.to_numpy().astype("datetime64[D]") - np.datetime64(start, "D")).astype(np.int64)


def reach_back(start: date, grain: Grain) -> date:
    """The first day that the baseline of the cells from `start` on needs: twice its length before the first period."""
    # Once for the first period's own level, once for the errors of the forecasts before it.
    first, back = period_days(start, start, grain)[0], 2 * SPANS[grain].window
    if grain == "month":
        return _as_date((first.astype("datetime64[M]") - back).astype("datetime64[D]"))
    return _as_date(first - back * (7 if grain == "week" else 1))


def start_of_last(periods: int, start: date, end: date, grain: Grain) -> date:
    """The day on which the last N periods of a window begin; the window's own start where it has fewer."""
    return max(start, _as_date(period_days(start, end, grain)[-periods:][0]))


def _as_date(day: np.datetime64) -> date:
    as_date: date = day.astype(object)
    return as_date


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
    One row per subject and period of the window, by period; periods without stories included.

    Columns subject, period, stories, articles, all_stories, share, expected, low, high (of a usual period), abnormal
    (z), complete (all days of the period are in the window). `judged`: only the last N periods get an expected count
    and z.
    `most`: only the N subjects that are most unusual in the last period. Of a first period that `start` cuts, only the
    days from `start` on count. Days that `counts` does not cover count as days without stories. Without `ranges`, no
    low and high.
    """
    index = period_days(reach_back(start, grain), end, grain)
    periods = index[2 * SPANS[grain].window :]
    tables = (counts.stories, counts.articles, counts.totals)
    stories, articles, totals = (_by_period(table, counts.first, index, start, end) for table in tables)
    subjects = np.asarray(counts.subjects, dtype=object)
    if most is not None:  # no other subject can rank, and each is judged by its own past alone
        mentioned = stories[-1] > 0
        stories, articles, subjects = stories[:, mentioned], articles[:, mentioned], subjects[mentioned]
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
    """
    The counts by the periods that begin on these days; the one that `start` cuts from there on, the last one up to
    `end`.
    """
    ends = np.append(days[1:], np.datetime64(end) + 1)
    begins = np.where((days < np.datetime64(start)) & (ends > np.datetime64(start)), np.datetime64(start), days)
    place = [np.clip((edge - np.datetime64(first)).astype(np.int64), 0, len(sums) - 1) for edge in (begins, ends)]
    return np.asarray(sums[place[1]] - sums[place[0]])


def rank_order(abnormal: npt.NDArray[np.float64], stories: npt.NDArray[np.int64]) -> Counts:
    """Row numbers, the most abnormal attention first; those without a baseline later, those without evidence last."""
    few = stories < FEWEST_RANKED
    return np.lexsort((-stories, -np.nan_to_num(abnormal), np.isnan(abnormal), few))


def _most_unusual(z: npt.NDArray[np.float64], stories: Counts, most: int) -> Counts:
    """The places of the subjects with stories that rank first, in order of place."""
    named = np.flatnonzero(stories > 0)
    return np.sort(named[rank_order(z[named], stories[named])[:most]])


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
