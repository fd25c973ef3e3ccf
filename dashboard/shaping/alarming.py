"""
What rings when so many false alarms a week are allowed: counts of days in, alarms and each subject's threshold out.

    counts → usual level before each day → the least count that rings → at least so many publisher families → alarms
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis.abnormal import AbnormalAttention, abnormal_attention
from analysis.bursts import Realised, alarm_threshold, alarms, realised, simulated
from dashboard.shaping.cells import DayCounts

BUDGETS = {
    "0.5": "at most 1 false alarm in 2 weeks",
    "1": "at most 1 a week",
    "2": "at most 2 a week",
    "5": "at most 5 a week",
}
FAMILIES = {1: "one publisher is enough", 2: "from 2 publisher families", 3: "from 3 publisher families"}
FIRST_BUDGET, FIRST_FAMILIES = "2", 2
DAYS_A_WEEK = 7
QUIET_WEEKS = 400

Families = Callable[[str], pd.Series]
"""A subject's publisher families by day."""


def families_of(said: Callable[[str], pd.DataFrame], family: Callable[[str], str]) -> Families:
    """`said` gives a subject's columns day, publisher, articles; `family` a publisher's owner or wire."""

    def by_day(subject: str) -> pd.Series:
        rows = said(subject)
        rows = rows[rows["articles"] > 0]
        return rows.assign(family=rows["publisher"].map(family)).groupby("day")["family"].nunique()

    return by_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """What rang in the days shown.

    alarms: columns subject, day, stories, expected, rings_at, families, abnormal (z), newest first · alone: the same of the days
    with several stories that reached their threshold with too few publisher families · today: subject, stories, expected, rings_at on the last day ·
    realised: alarms a week in the days shown, true ones too · quiet: what the budget comes to in simulated weeks without any
    event · subjects: how many share the budget."""

    alarms: pd.DataFrame
    alone: pd.DataFrame
    today: pd.DataFrame
    realised: Realised
    quiet: Realised
    subjects: int


def rung(counts: DayCounts, families: Families, *, start: date, end: date, budget: float, min_families: int) -> Rung:
    """The alarms from `start` to `end` over all subjects that were ever spoken of."""
    stories, totals = _tables(counts, end)
    length = (end - max(start, counts.first)).days + 1
    usual = abnormal_attention(stories, totals, last=length)
    counted, promised = stories.loc[usual.expected.index], {"budget_per_week": budget, "windows_per_week": DAYS_A_WEEK}
    level = alarm_threshold(usual.expected, usual.alarm_dispersion, n_series=max(stories.shape[1], 1), **promised)
    threshold = pd.DataFrame(level, counted.index, counted.columns)
    reached = counted >= threshold
    voices = _voices(reached, families)
    fired = alarms(counted, usual.expected, usual.alarm_dispersion, voices, **promised, min_families=min_families)
    judged = usual.expected.notna().any(axis=1)
    return Rung(
        alarms=_listed(fired, counted, usual, threshold, voices),
        alone=_listed(reached & ~fired & (counted > 1), counted, usual, threshold, voices),
        today=_today(counted, usual.expected, threshold),
        realised=realised(fired[judged], **promised),
        # A day without any coverage expects nothing: the last one that has.
        quiet=simulated(*(table[judged].tail(1).to_numpy().ravel() for table in (usual.expected, usual.alarm_dispersion)),
                        **promised, weeks=QUIET_WEEKS),
        subjects=stories.shape[1],
    )  # fmt: skip


def _tables(counts: DayCounts, end: date) -> tuple[pd.DataFrame, pd.Series]:
    """Stories by day and subject, and all stories, up to `end`; subjects that were never spoken of by then are left out."""
    length = min(max((end - counts.first).days + 1, 0), len(counts.totals) - 1)
    index = pd.date_range(counts.first, periods=length)
    each, totals = (np.diff(sums[: length + 1], axis=0) for sums in (counts.stories, counts.totals))
    stories = pd.DataFrame(each, index, list(counts.subjects))
    return stories.loc[:, stories.any()], pd.Series(totals, index)


def _voices(reached: pd.DataFrame, families: Families) -> pd.DataFrame:
    """Publisher families of the days that reached their threshold; 0 on others, which nobody asks about."""
    voices = pd.DataFrame(0, reached.index, reached.columns)
    for subject in reached.columns[reached.any()]:
        days = reached.index[reached[subject]]
        voices.loc[days, subject] = families(str(subject)).reindex(days, fill_value=0).to_numpy()
    return voices


def _listed(
    rows: pd.DataFrame, counted: pd.DataFrame, usual: AbnormalAttention, threshold: pd.DataFrame, voices: pd.DataFrame
) -> pd.DataFrame:
    day, subject = np.nonzero(rows.to_numpy())
    at = lambda table: table.to_numpy()[day, subject]  # noqa: E731
    listed = pd.DataFrame(
        {
            "subject": rows.columns.to_numpy(dtype=object)[subject],
            "day": rows.index[day],
            "stories": at(counted).astype(int),
            "expected": at(usual.expected),
            "rings_at": at(threshold).astype(int),
            "families": at(voices).astype(int),
            "abnormal": at(usual.z),
        }
    )
    return listed.sort_values(["day", "abnormal"], ascending=False, kind="stable", ignore_index=True)


def _today(counted: pd.DataFrame, expected: pd.DataFrame, threshold: pd.DataFrame) -> pd.DataFrame:
    """Each subject on the last day; those that cannot be judged are left out."""
    if counted.empty:
        return pd.DataFrame(columns=["subject", "stories", "expected", "rings_at"])
    last = {"stories": counted, "expected": expected, "rings_at": threshold}
    table = pd.DataFrame({name: frame.iloc[-1] for name, frame in last.items()}).dropna()
    return table.rename_axis("subject").reset_index().astype({"stories": int, "rings_at": int})
