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

from dashboard.answers import attention_rows
from dashboard.asked import Asked
from dashboard.charts import AXIS_NAMES, TICK_FORMATS
from dashboard.palette import GRID, MUTED, SERIES
from dashboard.proof import subjects_of, tickers_of
from dashboard.words import count_words
from data.changes import PriceChanges, StoryChanges, price_changes, story_changes
from data.db import Store
from data.queries import Filters, story_times
from data.receipts import search_articles

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

    causes: (gained | lost, cause) → stories; shifted: stories that count on another day within the same dates.
    """

    then: pd.DataFrame
    now: pd.DataFrame
    counted: tuple[int, int]
    all_stories: tuple[int, int]
    causes: Counter[tuple[str, str]]
    shifted: int
    prices: PriceChanges
    unit: str = "story"

    @property
    def sentence(self) -> str:
        return sentence_of(self)


def difference(asked: Asked, newest: int) -> Difference:
    """What the view shows at its revision, at the newest one, and why the two differ."""
    if asked.page == "articles":
        return _articles_difference(asked, newest)
    now = replace(asked, view=replace(asked.view, rev=newest))
    subjects = subjects_of(asked)
    changes = [story_changes(asked.store, subject or None, now.filters, since=asked.view.rev) for subject in subjects]
    then_rows, now_rows = (_summed(each, subjects) for each in (asked, now))
    tickers = tickers_of(asked)
    return Difference(
        then=then_rows,
        now=now_rows,
        counted=(sum(change.then for change in changes), sum(change.now for change in changes)),
        all_stories=(int(then_rows["all_stories"].sum()), int(now_rows["all_stories"].sum())),
        causes=_causes(changes),
        shifted=sum(_shifted(asked.store, subject, asked.filters, now.filters) for subject in subjects),
        prices=price_changes(asked.store, tickers, asked.view.start, asked.view.end, since=asked.view.rev, until=newest),
    )


def sentence_of(found: Difference) -> str:
    """12 stories then, 26 now: +14 from articles that arrived later, 1 moved to another day; 1 price revised."""
    then, now = found.counted
    why = [CAUSES[key].format(n=f"{found.causes[key]:,}") for key in CAUSES if found.causes[key]]
    why += [f"{found.shifted:,} moved to another day"] if found.shifted else []
    further = _price_words(found.prices)
    if found.all_stories[0] != found.all_stories[1]:
        further.append(f"all stories: {found.all_stories[0]:,} then, {found.all_stories[1]:,} now")
    unit = {"story": "stories", "article": "articles"}[found.unit]
    if then == now and not why:
        head = f"{count_words(then, found.unit, unit)} then and now"
        return f"{head}; {'; '.join(further)}." if further else f"{head}: nothing that this view shows has changed since."
    head = f"{count_words(then, found.unit, unit)} then, {now:,} now"
    return "; ".join([f"{head}: {', '.join(why)}" if why else head, *further]) + "."


def _price_words(prices: PriceChanges) -> list[str]:
    said = [
        f"{count_words(prices.revised, 'price')} revised" if prices.revised else "",
        f"{count_words(prices.added, 'price')} added" if prices.added else "",
        f"{count_words(prices.actions, 'split or dividend', 'splits or dividends')} came or went" if prices.actions else "",
    ]
    return [", ".join(words for words in said if words)] if any(said) else []


def _causes(changes: Sequence[StoryChanges]) -> Counter[tuple[str, str]]:
    causes: Counter[tuple[str, str]] = Counter()
    for change in changes:
        causes.update(zip(change.rows["change"], change.rows["cause"], strict=True))
    return causes


def _shifted(store: Store, subject: str, then: Filters, now: Filters) -> int:
    """Stories that are counted at both revisions, on another day."""
    before, after = (story_times(store, subject or None, filters)[["story", "day"]] for filters in (then, now))
    both = before.merge(after, on="story", suffixes=("_then", "_now"))
    return int((both["day_then"] != both["day_now"]).sum())


def _summed(asked: Asked, subjects: Sequence[str]) -> pd.DataFrame:
    rows = pd.DataFrame([row for subject in subjects for row in attention_rows(asked.store, subject, asked.filters, asked.grain)])
    summed = rows.groupby("period", as_index=False).agg(
        stories=("stories", "sum"), articles=("articles", "sum"), all_stories=("all_stories", "max")
    )
    # Several subjects' stories overlap: their sum is no share of anything.
    share = summed["stories"] / summed["all_stories"].where(summed["all_stories"] > 0) if len(subjects) == 1 else float("nan")
    return summed.assign(share=share, period=pd.to_datetime(summed["period"]))


def _articles_difference(asked: Asked, newest: int) -> Difference:
    about = tuple(key for key in asked.values.get("about") or () if key)
    totals = [search_articles(asked.store, replace(asked.filters, rev=rev), subjects=about, limit=0)[1] for rev in (asked.view.rev, newest)]
    empty = pd.DataFrame(columns=["period", "stories", "articles", "all_stories", "share"])
    nothing = PriceChanges(revised=0, added=0, actions=0)
    return Difference(
        then=empty,
        now=empty,
        counted=(totals[0], totals[1]),
        all_stories=(0, 0),
        causes=Counter(),
        shifted=0,
        prices=nothing,
        unit="article",
    )


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
        margin={"l": 4, "r": 8, "t": 8, "b": 4, "pad": 2},
        hovermode="x unified",
        dragmode=False if touch else "zoom",
        legend={"orientation": "h", "yanchor": "top", "y": -0.12, "x": 0, "font": {"size": 11}},
        separators=".,",
        height=220,
        xaxis={"type": "date", "showgrid": False, "fixedrange": touch, "tickfont": {"size": 11}},
        yaxis={
            "title": {"text": AXIS_NAMES[shown]},
            "tickformat": TICK_FORMATS[shown],
            "rangemode": "tozero",
            "gridcolor": GRID,
            "nticks": 5,
        },
    )
    return figure
