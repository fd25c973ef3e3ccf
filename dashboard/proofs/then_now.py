"""
Known then against known now: a view at the revision of its proof link and at the newest one, and why they differ.

    asked, newest → counts by period, both → chart
                  → what the ledger says of each story that came or went → one sentence
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
import plotly.graph_objects as go

from analysis.attention import by_grain
from dashboard.charts.figures import AXIS_NAMES, TICK_FORMATS, axis, axis_title, base_layout
from dashboard.formatting import count_words
from dashboard.palette import MUTED, SERIES
from dashboard.proofs.asked import Asked, many
from dashboard.proofs.catalog_changes import catalog_words
from dashboard.proofs.proof import page_rows, price_days, subjects_of, tickers_of
from dashboard.proofs.proof_parts import FAMILY, SHOCK
from data.read.article_changes import article_changes
from data.read.attention import attention_by_day, coverage_by_day
from data.read.changes import PriceChanges, price_changes, story_changes
from data.schema.models import ALL

FURTHER = {
    "network": ("pairs beyond chance", lambda rows: sum(row["beyond_chance"] for row in rows)),
    "events": ("events", lambda rows: sum(row["chart"] == "events" for row in rows)),
    "alarms": ("alarms", len),
    SHOCK: ("pairs of a shocked company and a neighbour", lambda rows: sum(row["chart"] == "pairs" for row in rows)),
}

CAUSES = {
    ("gained", "late"): "+{n} from articles that arrived later",
    ("gained", "relinked"): "+{n} relinked",
    ("lost", "relinked"): "−{n} relinked",
    ("gained", "corrected"): "+{n} by a person's correction",
    ("lost", "corrected"): "−{n} by a person's correction",
    ("gained", "edited"): "+{n} whose text was edited",
    ("lost", "edited"): "−{n} whose text was edited",
    ("lost", "moved"): "−{n} moved out of these dates by an earlier article",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """
    then, now: columns period, stories, all_stories, share, summed over the view's subjects; empty for a page of articles.

    causes: (gained | lost, cause) → stories; shifted: stories that count on another day within the same dates; further: what
    else the page shows, then and now; unit: what is counted, one and many.
    """

    then: pd.DataFrame
    now: pd.DataFrame
    counted: tuple[int, int]
    all_stories: tuple[int, int]
    causes: Counter[tuple[str, str]]
    shifted: int
    prices: PriceChanges
    unit: tuple[str, str] = ("story", "stories")
    further: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        return sentence_of(self)


def difference(asked: Asked, newest: int) -> Difference:
    """What the view shows at its revision, at the newest one, and why the two differ."""
    now = replace(asked, view=replace(asked.view, rev=newest))
    if asked.page == "articles":
        return _articles_difference(asked, now)
    subjects = subjects_of(asked)
    changes = story_changes(asked.store, subjects, now.filters, since=asked.view.rev)
    then_rows, now_rows = (_summed(each, subjects) for each in (asked, now))
    return Difference(
        then=then_rows,
        now=now_rows,
        counted=(changes.then, changes.now),
        all_stories=(int(then_rows["all_stories"].sum()), int(now_rows["all_stories"].sum())),
        causes=Counter(zip(changes.rows["change"], changes.rows["cause"], strict=True)),
        shifted=changes.shifted,
        prices=price_changes(asked.store, tickers_of(asked), *price_days(asked), since=asked.view.rev, until=newest),
        unit=_unit(asked, subjects),
        further=_further(asked, now),
    )


def _unit(asked: Asked, subjects: Sequence[str]) -> tuple[str, str]:
    """What is counted, one and many: on pages of pairs and of many subjects a story counts once for each that it names."""
    if (asked.page not in FURTHER and asked.part != FAMILY) or len(subjects) == 1:
        return "story", "stories"
    named = "subject" if asked.page in ("alarms", "lead_lag") else str(asked.values.get("kind") or "company")
    return f"time that a story names a {named}", f"times that a story names a {named}"


def _further(asked: Asked, now: Asked) -> tuple[str, ...]:
    """What a page counts beside stories, and what the catalog has otherwise."""
    edited = catalog_words(asked, now)
    if asked.page not in FURTHER:
        return edited
    name, count = FURTHER.get(asked.part) or FURTHER[asked.page]
    then, later = (count(page_rows(each)) for each in (asked, now))
    return (f"{name}: {then:,} then, {later:,} now", *edited) if then != later else edited


def _articles_difference(asked: Asked, now: Asked) -> Difference:
    then, later, causes = article_changes(
        asked.store, many(asked.values.get("about")), now.filters, since=asked.view.rev
    )
    empty = pd.DataFrame(columns=["period", "stories", "articles", "all_stories", "share"])
    return Difference(
        then=empty,
        now=empty,
        counted=(then, later),
        all_stories=(0, 0),
        causes=Counter(causes),
        shifted=0,
        prices=PriceChanges(revised=0, added=0, actions=0),
        unit=("article", "articles"),
    )


def sentence_of(found: Difference) -> str:
    """12 stories then, 26 now: +14 from articles that arrived later, 1 moved to another day; 1 price revised."""
    then, now = found.counted
    why = [CAUSES[key].format(n=f"{found.causes[key]:,}") for key in CAUSES if found.causes[key]]
    why += [f"{found.shifted:,} moved to another day"] if found.shifted else []
    further = [*found.further, *_price_words(found.prices)]
    if found.all_stories[0] != found.all_stories[1]:
        further.append(f"all stories: {found.all_stories[0]:,} then, {found.all_stories[1]:,} now")
    if then == now and not why:
        head = f"{count_words(then, *found.unit)} then and now"
        return (
            f"{head}; {'; '.join(further)}." if further else f"{head}: nothing that this view shows has changed since."
        )
    head = f"{count_words(then, *found.unit)} then, {now:,} now"
    return "; ".join([f"{head}: {', '.join(why)}" if why else head, *further]) + "."


def _price_words(prices: PriceChanges) -> list[str]:
    said = [
        f"{count_words(prices.revised, 'price')} revised" if prices.revised else "",
        f"{count_words(prices.added, 'price')} added" if prices.added else "",
        f"{count_words(prices.actions, 'split or dividend', 'splits or dividends')} came or went"
        if prices.actions
        else "",
    ]
    return [", ".join(words for words in said if words)] if any(said) else []


def _summed(asked: Asked, subjects: Sequence[str]) -> pd.DataFrame:
    window = {"start": asked.view.start, "end": asked.view.end}
    own = by_grain(
        attention_by_day(asked.store, [subject or ALL for subject in subjects], asked.filters), asked.grain, **window
    )
    whole = by_grain(coverage_by_day(asked.store, asked.filters), asked.grain, **window)
    summed = own[["period", "stories", "articles"]].assign(all_stories=whole["stories"].to_numpy())
    # A story counts for a subject on the day of its first mention, among all stories on the day that it began.
    if len(subjects) == 1:
        summed["all_stories"] = summed[["stories", "all_stories"]].max(axis="columns")
    # Several subjects' stories overlap: their sum is no share of anything.
    share = (
        summed["stories"] / summed["all_stories"].where(summed["all_stories"] > 0)
        if len(subjects) == 1
        else float("nan")
    )
    return summed.assign(share=share)


def then_now_chart(found: Difference, *, measure: str, touch: bool = False) -> go.Figure:
    """Both lines over time; what was known then is dotted and lies on top, so that one line means no difference."""
    shown = measure if measure in ("share", "articles") and found.then["share"].notna().any() else "stories"
    figure = go.Figure()
    for frame, name, line in (
        (found.now, "known now", {"color": SERIES[0], "width": 2.2}),
        (found.then, "known then", {"color": MUTED, "width": 2.2, "dash": "dot"}),
    ):
        figure.add_scatter(
            x=[day.strftime("%Y-%m-%d") for day in frame["period"]],
            y=frame[shown],
            name=name,
            line=line,
            mode="lines",
            hovertemplate=f"%{{x|%-d %b %Y}}<br><b>{name}</b>: %{{y:{'.2%' if shown == 'share' else ','}}}<extra></extra>",
        )
    figure.update_layout(
        base_layout(touch),
        hovermode="x unified",
        height=220,
        xaxis={**axis(touch), "type": "date", "showgrid": False},
        yaxis={
            **axis(True),
            "title": axis_title(AXIS_NAMES[shown]),
            "tickformat": TICK_FORMATS[shown],
            "rangemode": "tozero",
            "nticks": 5,
        },
    )
    return figure
