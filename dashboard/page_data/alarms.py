"""
Alarms: the days on which attention exceeds the threshold of a weekly false-alarm budget, and the observed alarm rate.

    counts → expected level of each day → the lowest count that raises an alarm → enough publisher families → alarms
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
from dashboard.address.params import POINT, Param, choice, read_number
from dashboard.cache.counts import Subjects, load_by_publisher, load_day_counts
from dashboard.page_data.page import Page, PageData
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row, iso_day, rounded
from data.read.attention import known_subjects

WATCHABLE = {"theme": "Themes", "company": "Companies"}
BUDGETS = {
    "0.5": "at most 1 false alarm in 2 weeks",
    "1": "at most 1 false alarm a week",
    "2": "at most 2 false alarms a week",
    "5": "at most 5 false alarms a week",
}
FAMILIES = {1: "one publisher is enough", 2: "at least 2 publisher families", 3: "at least 3 publisher families"}
FIRST_BUDGET, FIRST_FAMILIES = "2", 2
DAYS_A_WEEK = 7
QUIET_WEEKS = 400

Families = Callable[[str], pd.Series]
"""A subject's number of publisher families by day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmResults:
    """
    The alarms of the days shown.

    alarms: columns subject, day, stories, expected, rings_at (the threshold), families, abnormal (z), newest first ·
    suppressed: the same for days that reached their threshold with several stories from too few publisher families ·
    today: subject, stories, expected, rings_at on the last day · realised: alarms a week in the days shown, true ones
    included · quiet: the rate in simulated weeks without any event · subjects: how many share the budget.
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
        self.watched: Subjects = request.get_all("watch") or everything  # the subjects that share the budget
        self.budget = float(request.get("budget", FIRST_BUDGET))  # false alarms a week, over all subjects together
        self.min_families = int(request.get("families", FIRST_FAMILIES))

    @property
    def subjects(self) -> list[str]:
        watched = self.watched
        return known_subjects(self.request.store, watched) if isinstance(watched, str) else list(watched)

    @property
    def other_count(self) -> tuple[str, int]:
        return "alarms", len(self.results.alarms)

    @cached_property
    def results(self) -> AlarmResults:
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
        """The alarms. Not the rates: those of quiet weeks are simulated."""
        return [
            {
                "chart": "alarms", "subject": row.subject, "day": iso_day(row.day), "stories": int(row.stories),
                "rings_at": int(row.rings_at), "usual": rounded(row.expected, 6), "families": int(row.families),
            }
            for row in self.results.alarms.sort_values(["subject", "day"]).itertuples()
        ]  # fmt: skip

    def _families_by_day(self, subject: str) -> pd.Series:
        rows = load_by_publisher(self.request.url, subject, self.request.filters)
        rows = rows[rows["articles"] > 0]
        return rows.assign(family=rows["publisher"].map(self.catalog.family)).groupby("day")["family"].nunique()


def alarms_between(
    counts: DayCounts, families: Families, *, start: date, end: date, budget: float, min_families: int
) -> AlarmResults:
    """The alarms from `start` to `end` over all subjects that were mentioned by `end`."""
    stories, totals = _tables(counts, end)
    length = (end - max(start, counts.first)).days + 1
    baseline = abnormal_attention(stories, totals, last=length)
    stories_shown = stories.loc[baseline.expected.index]
    rate = {"budget_per_week": budget, "windows_per_week": DAYS_A_WEEK}
    dispersion = baseline.alarm_dispersion
    level = alarm_threshold(baseline.expected, dispersion, n_series=max(stories.shape[1], 1), **rate)
    threshold = pd.DataFrame(level, stories_shown.index, stories_shown.columns)
    reached = stories_shown >= threshold
    family_counts = _families_of_days(reached, families)
    fired = alarms(stories_shown, baseline.expected, dispersion, family_counts, **rate, min_families=min_families)
    has_baseline = baseline.expected.notna().any(axis=1)
    # A day without any coverage expects nothing: the last day that has some.
    last_known = (table[has_baseline].tail(1).to_numpy().ravel() for table in (baseline.expected, dispersion))
    return AlarmResults(
        alarms=_alarm_days(fired, stories_shown, baseline, threshold, family_counts),
        suppressed=_alarm_days(
            reached & ~fired & (stories_shown > 1), stories_shown, baseline, threshold, family_counts
        ),
        today=_today(stories_shown, baseline.expected, threshold),
        realised=realised_rate(fired[has_baseline], **rate),
        quiet=simulated_rate(*last_known, **rate, weeks=QUIET_WEEKS),
        subjects=stories.shape[1],
    )


def _tables(counts: DayCounts, end: date) -> tuple[pd.DataFrame, pd.Series]:
    """Stories by day and subject, and all stories, up to `end`; subjects without a story by then are left out."""
    length = min(max((end - counts.first).days + 1, 0), len(counts.totals) - 1)
    index = pd.date_range(counts.first, periods=length)
    by_subject, totals = (np.diff(sums[: length + 1], axis=0) for sums in (counts.stories, counts.totals))
    stories = pd.DataFrame(by_subject, index, list(counts.subjects))
    return stories.loc[:, stories.any()], pd.Series(totals, index)


def _families_of_days(reached: pd.DataFrame, families: Families) -> pd.DataFrame:
    """Publisher families of the days that reached their threshold; 0 on the others, where they do not matter."""
    counts = pd.DataFrame(0, reached.index, reached.columns)
    for subject in reached.columns[reached.any()]:
        days = reached.index[reached[subject]]
        counts.loc[days, subject] = families(str(subject)).reindex(days, fill_value=0).to_numpy()
    return counts


def _alarm_days(
    chosen: pd.DataFrame,
    stories: pd.DataFrame,
    baseline: AbnormalAttention,
    threshold: pd.DataFrame,
    families: pd.DataFrame,
) -> pd.DataFrame:
    """The chosen cells (day by subject) as a table, a row a day and subject."""
    day, subject = np.nonzero(chosen.to_numpy())
    at = lambda table: table.to_numpy()[day, subject]  # noqa: E731
    days = pd.DataFrame(
        {
            "subject": chosen.columns.to_numpy(dtype=object)[subject],
            "day": chosen.index[day],
            "stories": at(stories).astype(int),
            "expected": at(baseline.expected),
            "rings_at": at(threshold).astype(int),
            "families": at(families).astype(int),
            "abnormal": at(baseline.z),
        }
    )
    return days.sort_values(["day", "abnormal"], ascending=False, kind="stable", ignore_index=True)


def _today(stories: pd.DataFrame, expected: pd.DataFrame, threshold: pd.DataFrame) -> pd.DataFrame:
    """Each subject on the last day; subjects without a baseline are left out."""
    if stories.empty:
        return pd.DataFrame(columns=["subject", "stories", "expected", "rings_at"])
    last = {"stories": stories, "expected": expected, "rings_at": threshold}
    table = pd.DataFrame({name: frame.iloc[-1] for name, frame in last.items()}).dropna()
    return table.rename_axis("subject").reset_index().astype({"stories": int, "rings_at": int})


PAGE = Page(
    name="alarms",
    title="Alarms",
    purpose="Alert days for a given budget of false alarms a week, with the observed alarm rate.",
    params={
        "over": choice(WATCHABLE),
        "watch": Param(many=True),
        "budget": choice(BUDGETS),
        "families": Param(read=read_number, expects="1, 2 or 3"),
        "point": POINT,
    },
    data=AlarmsData,
)
