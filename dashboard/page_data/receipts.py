"""
Receipts: the rows behind a number; their count equals the number.

    point of a chart → the filters of its days → stories or articles · closes
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from analysis.attention import period_of
from analysis.price_moves import PRICE_REACH, basket_steps, listing_moves
from dashboard.address.points import Point
from dashboard.cache.breakdown import load_story_parts
from dashboard.cache.prices import load_prices
from dashboard.cache.stores import store_at
from dashboard.cache.stories import load_receipts, load_stories_of
from dashboard.formatting import clip_period, period_end
from dashboard.page_data.network import load_pair_stories
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row, iso_day, iso_moment, rounded
from dashboard.page_data.subjects import subject_of
from data.read.attention import Filters, attention_by_day
from data.read.receipts import mentions_of, story_articles
from data.schema.frames import records

NO_RECEIPTS = pd.DataFrame(columns=["story", "article"])
MENTION_COLUMNS = [
    "story", "day", "relevance", "url", "title", "publisher", "published_at", "field", "start", "end", "matched",
    "rule",
]  # fmt: skip


def filters_of(request: Request, point: Point) -> Filters | None:
    """The filters of the point's days; None when the view has no such period."""
    if point.period is None:
        return request.filters
    grain = request.view.grain if point.subject else "day"
    if period_of(pd.DatetimeIndex([point.period]), grain)[0].date() != point.period:  # type: ignore[arg-type]
        return None
    start, end = clip_period(point.period, grain, request.view.start, request.view.end)
    return request.window(start, end) if start <= end else None


def receipts_of(request: Request, point: Point, *, coloured: Sequence[str] = ()) -> pd.DataFrame:
    """The rows that the number at the point counted, newest first. `coloured`: the parts that are not in "other"."""
    filters = filters_of(request, point)
    if filters is None:
        return NO_RECEIPTS
    unit = "articles" if request.view.measure == "articles" and point.part is None else "stories"
    rows = load_receipts(request.url, point.subject, filters, unit=unit)
    if point.part is None or rows.empty:
        return rows
    if point.by == "also":
        inside = rows["story"].isin(load_stories_of(request.url, point.part, request.rev))
    elif point.by == "both":
        inside = rows["story"].isin(load_pair_stories(request.url, point.subject, point.part, filters))
    else:
        parts = load_story_parts(request.url, point.subject, filters, point.by)  # type: ignore[arg-type]
        part = rows["story"].map(parts)
        inside = ~part.isin([*coloured, ""]) if point.part == Point.OTHER else part == point.part
    return rows[inside].reset_index(drop=True)


def price_receipts(request: Request, point: Point) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    The closes behind a price move: by listing (as `listing_moves`), and for a theme's basket by session (as
    `basket_steps`).

    Both empty where the store does not have two closes, or the view no such period.
    """
    is_period = filters_of(request, point) is not None
    tickers = subject_of(request.catalog, point.subject).tickers if is_period else ()
    since = price_start(request, point)
    prices = load_prices(request.url, tickers, since, request.view.end, request.rev)
    moves = listing_moves(prices, point.period if is_period else None)
    has_steps = moves.size and point.subject.startswith("theme:")
    return moves, basket_steps(prices, tickers, point.period or since) if has_steps else pd.DataFrame()


def price_start(request: Request, point: Point) -> date:
    """The first day whose closes are read for a point's price move."""
    return point.period - PRICE_REACH if point.period and filters_of(request, point) else request.view.start


def receipt_window(filters: Filters, period: date, grain: str) -> Filters:
    """The filters, narrowed to the days of one period within their window."""
    return replace(filters, start=max(filters.start, period), end=min(filters.end, period_end(period, grain)))


def receipt_rows(url: str, subject: str, filters: Filters, *, limit: int, offset: int = 0) -> tuple[list[Row], int]:
    """
    The stories behind a count, newest first, and how many there are in all.

    Each row: story, day, publisher, lang, relevance, articles; each article: url, title, summary, publisher,
    published_at, first_seen_at, mentions of the subject; each mention: field, start, end, matched, rule, score, why.
    """
    store = store_at(url)
    total = int(attention_by_day(store, [subject], filters)["stories"].sum())
    shown = load_receipts(url, subject, filters, limit=offset + limit).iloc[offset:]
    articles = story_articles(store, shown["story"].tolist(), filters.rev)
    mentions: defaultdict[int, list[Row]] = defaultdict(list)
    for mention in records(mentions_of(store, articles["article"].tolist(), filters.rev, subject=subject)):
        mentions[mention["article"]].append(_mention_row(mention))
    of_story: defaultdict[int, list[Row]] = defaultdict(list)
    for article in records(articles):
        of_story[article["story"]].append(_article_row(article) | {"mentions": mentions[article["article"]]})
    rows = [
        {
            "story": row["story"],
            "day": iso_day(row["day"]),
            **{name: row[name] for name in ("publisher", "lang", "relevance")},
            "articles": of_story[row["story"]],
        }
        for row in records(shown)
    ]
    return rows, total


def flat_receipts(rows: Sequence[Row]) -> list[Row]:
    """The same receipts as a table with MENTION_COLUMNS: one row a mention, or an article without one."""
    no_mention: Row = dict.fromkeys(("field", "start", "end", "matched", "rule"))
    flat = []
    for row in rows:
        story = {name: row[name] for name in ("story", "day", "relevance")}
        for article in row["articles"]:
            head = story | {name: article[name] for name in ("url", "title", "publisher", "published_at")}
            mentions = article["mentions"] or [no_mention]
            flat += [head | {name: mention[name] for name in no_mention} for mention in mentions]
    return flat


def _article_row(article: Row) -> Row:
    texts = {name: article[name] for name in ("url", "title", "summary", "publisher")}
    return texts | {name: iso_moment(article[name]) for name in ("published_at", "first_seen_at")}


def _mention_row(mention: Any) -> Row:
    texts = {name: mention[name] for name in ("field", "start", "end", "matched", "rule", "why")}
    return texts | {"score": rounded(mention["score"])}
