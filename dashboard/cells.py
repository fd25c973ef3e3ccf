"""
Many subjects' attention side by side.

    counts by day → table period × subject → shares and abnormal attention → one row a cell
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analysis.abnormal import SPANS, abnormal_attention
from analysis.attention import Grain, period_of, periods_between
from dashboard.words import period_end
from data.db import Store
from data.queries import Filters, Kind, attention_all, attention_by_day, coverage_by_day

COLUMNS = ["subject", "period", "stories", "articles", "all_stories", "share", "expected", "low", "high", "abnormal", "complete"]

LENGTHS: dict[Grain, timedelta] = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}


def cells_between(
    store: Store, subjects: Kind | tuple[str, ...], filters: Filters, grain: Grain, judged: int | None = None
) -> pd.DataFrame:
    """The cells of some subjects, or of all of a kind, in a window of the store: as `cells_of`."""
    # Twice the baseline: the first period's usual level, and how far off earlier forecasts were.
    early = replace(filters, start=filters.start - 2 * SPANS[grain].window * LENGTHS[grain])
    if isinstance(subjects, tuple):
        attention, wanted = attention_by_day(store, subjects, early), subjects
    else:
        attention = attention_all(store, subjects, early)
        wanted = tuple(attention["subject"].unique().tolist())
    coverage = coverage_by_day(store, early)
    return cells_of(attention, coverage, grain, start=filters.start, end=filters.end, subjects=wanted, judged=judged)


def cells_of(
    attention: pd.DataFrame,
    coverage: pd.DataFrame,
    grain: Grain,
    *,
    start: date,
    end: date,
    subjects: Sequence[str],
    judged: int | None = None,
) -> pd.DataFrame:
    """
    One row a subject and period of the window, by period; a period without stories has a row too.

    attention: subject, day, stories, articles; coverage: day, stories; both from long enough before `start` for a usual level.
    Columns subject, period, stories, articles, all_stories, share, expected, low, high (of a usual period), abnormal (z),
    complete. Only the `judged` last periods are judged, where given. Of a first period that `start` cuts, only the days from `start` on count.
    """
    periods = periods_between(start, end, grain)
    attention, coverage = (_without_cut_days(frame, periods[0], start) for frame in (attention, coverage))
    totals = coverage["stories"].groupby(period_of(coverage["day"], grain)).sum()
    stories, articles = (_table(attention, grain, column, subjects) for column in ("stories", "articles"))
    first = min([periods[0], *totals.index[:1], *stories.index[:1]])
    index = periods_between(first, end, grain)
    counts, totals_too = stories.reindex(index, fill_value=0), totals.reindex(index, fill_value=0)
    usual = abnormal_attention(counts, totals_too, grain=grain, last=judged or len(periods))
    n = stories.reindex(periods, fill_value=0).to_numpy()
    # A story counts for a subject on the day of its first mention, in coverage on the day that it began.
    whole = np.maximum(totals.reindex(periods, fill_value=0).to_numpy()[:, None], n)
    shown = {name: getattr(usual, name).reindex(periods).to_numpy().ravel() for name in ("expected", "low", "high")}
    return pd.DataFrame(
        {
            "subject": np.tile(np.asarray(subjects, dtype=object), len(periods)),
            "period": periods.repeat(len(subjects)),
            "stories": n.ravel(),
            "articles": articles.reindex(periods, fill_value=0).to_numpy().ravel(),
            "all_stories": whole.ravel(),
            "share": np.divide(n, whole, out=np.full(n.shape, np.nan), where=whole > 0).ravel(),
            **shown,
            "abnormal": usual.z.reindex(periods).to_numpy().ravel(),
            "complete": np.repeat([_is_complete(day.date(), grain, start, end) for day in periods], len(subjects)),
        },
        columns=COLUMNS,
    )


def _without_cut_days(frame: pd.DataFrame, first_period: pd.Timestamp, start: date) -> pd.DataFrame:
    return frame[(frame["day"] < first_period) | (frame["day"] >= pd.Timestamp(start))]


def _table(attention: pd.DataFrame, grain: Grain, column: str, subjects: Sequence[str]) -> pd.DataFrame:
    """Index period, one column a subject, summed."""
    period = period_of(attention["day"], grain)
    table = attention[column].groupby([period, attention["subject"].to_numpy()]).sum().unstack(fill_value=0)
    return table.reindex(columns=list(subjects), fill_value=0)


def _is_complete(period: date, grain: str, start: date, end: date) -> bool:
    return period >= start and period_end(period, grain) <= end
