"""
Alarms: the days on which attention exceeds what a weekly budget of false alarms allows, and the observed alarm rate.

    counts → usual level before each day → the lowest count that rings → enough publisher families → alarms
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.abnormal import AbnormalAttention, abnormal_attention
from analysis.alarms import AlarmRate, alarm_threshold, alarms, realised_rate, simulated_rate
from analysis.attention_panel import DayCounts
from dashboard.address.params import Param, one_of, read_number
from dashboard.cache.counts import Subjects, load_by_publisher, load_day_counts
from dashboard.page_data.page import Page, PageData
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row, iso_day, rounded
from data.read.attention import known_subjects

OVER = {"theme": "Themes", "company": "Companies"}
BUDGETS = {
    "0.5": "at most 1 false alarm in 2 weeks",
    "1": "at most 1 false alarm a week",
    "2": "at most 2 false alarms a week",
    "5": "at most 5 false alarms a week",
}
FAMILIES = {1: "one publisher is enough", 2: "from 2 publisher families", 3: "from 3 publisher families"}
FIRST_BUDGET, FIRST_FAMILIES = "2", 2
DAYS_A_WEEK = 7
QUIET_WEEKS = 400

Families = Callable[[str], pd.Series]
"""A subject's number of publisher families by day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """
    The alarms of the days shown.

    alarms: columns subject, day, stories, expected, rings_at, families, abnormal (z), newest first · suppressed: the same
    of the days that reached their threshold with several stories from too few publisher families · today: subject,
    stories, expected, rings_at on the last day · realised: alarms a week in the days shown, true ones too · quiet: the
    rate of the budget in simulated weeks without any event · subjects: how many share the budget.
    """

    alarms: pd.DataFrame
    suppressed: pd.DataFrame
    today: pd.DataFrame
    realised: AlarmRate
    quiet: AlarmRate
    subjects: int


class AlarmsData(PageData):
    unit = ("time that a story mentions a subject", "times that a story mentions a subject")

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        themes = tuple(theme.key for theme in self.catalog.themes.values())
        everything: Subjects = "company" if request.get("over") == "company" else themes
        self.watched: Subjects = request.many("watch") or everything  # the subjects that share the budget
        self.budget = float(request.get("budget", FIRST_BUDGET))  # false alarms a week, over all subjects together
        self.min_families = int(request.get("families", FIRST_FAMILIES))

    @property
    def subjects(self) -> list[str]:
        watched = self.watched
        return known_subjects(self.request.store, watched) if isinstance(watched, str) else list(watched)

    @property
    def other_count(self) -> tuple[str, int]:
        return "alarms", len(self.found.alarms)

    @cached_property
    def found(self) -> Alarms:
        request = self.request
        return alarms_between(
            load_day_counts(request.url, self.watched, request.filters),
            self._families_by_day,
            start=request.view.start,
            end=request.view.end,
            budget=self.budget,
            min_families=self.min_families,
        )

    @cached_property
    def rows(self) -> list[Row]:
        """Not the rates: those of quiet weeks are simulated."""
        return [
            {
                "chart": "alarms", "subject": row.subject, "day": iso_day(row.day), "stories": int(row.stories),
                "rings_at": int(row.rings_at), "usual": rounded(row.expected, 6), "families": int(row.families),
            }
            for row in self.found.alarms.sort_values(["subject", "day"]).itertuples()
        ]  # fmt: skip

    def _families_by_day(self, subject: str) -> pd.Series:
        rows = load_by_publisher(self.request.url, subject, self.request.filters)
        rows = rows[rows["articles"] > 0]
        return rows.assign(family=rows["publisher"].map(self.catalog.family)).groupby("day")["family"].nunique()


def alarms_between(
    counts: DayCounts, families: Families, *, start: date, end: date, budget: float, min_families: int
) -> Alarms:
    """The alarms from `start` to `end` over all subjects that were mentioned by then."""
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
    # A day without any coverage expects nothing: the last day that has some.
    last_known = (table[judged].tail(1).to_numpy().ravel() for table in (usual.expected, usual.alarm_dispersion))
    return Alarms(
        alarms=_listed(fired, counted, usual, threshold, voices),
        suppressed=_listed(reached & ~fired & (counted > 1), counted, usual, threshold, voices),
        today=_today(counted, usual.expected, threshold),
        realised=realised_rate(fired[judged], **promised),
        quiet=simulated_rate(*last_known, **promised, weeks=QUIET_WEEKS),
        subjects=stories.shape[1],
    )


def _tables(counts: DayCounts, end: date) -> tuple[pd.DataFrame, pd.Series]:
    """Stories by day and subject, and all stories, up to `end`; subjects without a story by then are left out."""
    length = min(max((end - counts.first).days + 1, 0), len(counts.totals) - 1)
    index = pd.date_range(counts.first, periods=length)
    each, totals = (np.diff(sums[: length + 1], axis=0) for sums in (counts.stories, counts.totals))
    stories = pd.DataFrame(each, index, list(counts.subjects))
    return stories.loc[:, stories.any()], pd.Series(totals, index)


def _voices(reached: pd.DataFrame, families: Families) -> pd.DataFrame:
    """Publisher families of the days that reached their threshold; 0 on the others, where they do not matter."""
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


PAGE = Page(
    name="alarms",
    title="Alarms",
    purpose="Alert days for a given budget of false alarms a week, with the observed alarm rate.",
    params={
        "over": Param(read=one_of(OVER), says=", ".join(OVER)),
        "watch": Param(many=True),
        "budget": Param(read=one_of(BUDGETS), says="0.5, 1, 2 or 5"),
        "families": Param(read=read_number, says="1, 2 or 3"),
        "point": Param(),
    },
    data=AlarmsData,
)
