"""
The data behind each chart as rows: what the HTTP API answers, what a proof link hashes, what exports contain.

    store, values → rows → canonical JSON → SHA-256

The same values at the same revision give the same bytes, for ever: rows hold only text, whole numbers, rounded numbers and null.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import orjson
import pandas as pd

from analysis.attention import Grain, by_grain
from analysis.returns import adjusted
from dashboard.formatting import period_end
from data.prices import actions_of, bars_between
from data.read.attention import Filters, attention_by_day, coverage_by_day
from data.read.receipts import mentions_of, receipts, story_articles
from data.schema.frames import records
from data.schema.store import Store

Row = dict[str, Any]

ATTENTION_COLUMNS = ["period", "stories", "articles", "all_stories", "share"]
PRICE_COLUMNS = ["session", "open", "high", "low", "close", "adjusted_close", "volume", "currency", "basis"]
DECIMALS = 8
"""How far numbers are spelled out: more than anybody reads, fewer than two machines could disagree about."""


def attention_rows(store: Store, subject: str, filters: Filters, grain: Grain) -> list[Row]:
    """
    One row a period of the window, also where nothing was said: period (its first day), stories, articles, all_stories, share.

    The share is null when no story at all was published in the period.
    """
    window = {"start": filters.start, "end": filters.end}
    own = by_grain(attention_by_day(store, [subject], filters), grain, **window)
    total = by_grain(coverage_by_day(store, filters), grain, **window)
    return [
        {
            "period": period.date().isoformat(),
            "stories": int(stories),
            "articles": int(articles),
            # A story counts for a subject on the day of its first mention, among all stories on the day that it began.
            "all_stories": max(int(everything), int(stories)),
            "share": rounded(stories / max(everything, stories)) if max(everything, stories) else None,
        }
        for period, stories, articles, everything in zip(
            own["period"], own["stories"], own["articles"], total["stories"], strict=True
        )
    ]


def receipt_window(filters: Filters, period: date, grain: Grain) -> Filters:
    """The filters narrowed to the days of one period that are in their window."""
    return replace(filters, start=max(filters.start, period), end=min(filters.end, period_end(period, grain)))


def receipt_rows(store: Store, subject: str, filters: Filters, *, limit: int, offset: int = 0) -> tuple[list[Row], int]:
    """
    The stories that a count counted, newest first, and how many there are in all.

    Each row: story, day, publisher, lang, relevance, articles; each article: url, title, summary, publisher, published_at,
    first_seen_at, mentions of the subject; each mention: field, start, end, matched, rule, score, why.
    """
    counted = int(attention_by_day(store, [subject], filters)["stories"].sum())
    shown = receipts(store, subject, filters, limit=offset + limit).iloc[offset:]
    articles = story_articles(store, shown["story"].tolist(), filters.rev)
    evidence = mentions_of(store, articles["article"].tolist(), filters.rev, subject=subject)
    said: defaultdict[int, list[Row]] = defaultdict(list)
    for mention in records(evidence):
        said[mention["article"]].append(_mention(mention))
    told: defaultdict[int, list[Row]] = defaultdict(list)
    for article in records(articles):
        told[article["story"]].append(_article(article) | {"mentions": said[article["article"]]})
    rows = [
        {
            "story": row["story"],
            "day": row["day"].date().isoformat(),
            "publisher": row["publisher"],
            "lang": row["lang"],
            "relevance": row["relevance"],
            "articles": told[row["story"]],
        }
        for row in records(shown)
    ]
    return rows, counted


def _article(article: Row) -> Row:
    texts = {name: article[name] for name in ("url", "title", "summary", "publisher")}
    return texts | {name: _moment(article[name]) for name in ("published_at", "first_seen_at")}


def _mention(mention: Row) -> Row:
    kept = {name: mention[name] for name in ("field", "start", "end", "matched", "rule", "why")}
    return kept | {"score": rounded(mention["score"])}


def price_rows(store: Store, ticker: str, start: date, end: date, rev: int | None) -> list[Row]:
    """One row a session: as-traded prices, the close adjusted for splits and dividends, volume, currency, basis."""
    # Actions after the window move the adjusted close too: bars are read to the end of what is known.
    bars = bars_between(store, [ticker], start, end + timedelta(days=36_500), rev)
    frame = adjusted(bars, actions_of(store, [ticker], rev))
    frame = frame[frame["session"] <= pd.Timestamp(end)]
    return [
        {
            "session": row.session.date().isoformat(),
            "open": rounded(row.open),
            "high": rounded(row.high),
            "low": rounded(row.low),
            "close": rounded(row.close),
            "adjusted_close": rounded(row.total_close),
            "volume": rounded(row.volume),
            "currency": row.currency,
            "basis": row.basis,
        }
        for row in frame.itertuples()
    ]


MENTION_COLUMNS = [
    "story",
    "day",
    "relevance",
    "url",
    "title",
    "publisher",
    "published_at",
    "field",
    "start",
    "end",
    "matched",
    "rule",
]


def flat_receipts(rows: Sequence[Row]) -> list[Row]:
    """The same receipts as a table with MENTION_COLUMNS: one row a mention, or an article without one."""
    flat = []
    for row in rows:
        story = {name: row[name] for name in ("story", "day", "relevance")}
        for article in row["articles"]:
            told = {name: article[name] for name in ("url", "title", "publisher", "published_at")}
            nothing: Row = dict.fromkeys(("field", "start", "end", "matched", "rule"))
            flat += [
                story | told | {name: mention[name] for name in nothing} for mention in article["mentions"] or [nothing]
            ]
    return flat


def sha256_of(rows: Sequence[Row]) -> str:
    """The SHA-256 of the rows' canonical JSON: UTF-8, sorted keys, no spaces."""
    return hashed(canonical(rows))


def canonical(rows: Sequence[Row]) -> bytes:
    """The rows as the text that is hashed; `/api/v1` answers with these very bytes."""
    return orjson.dumps(list(rows), option=orjson.OPT_SORT_KEYS)


def hashed(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def rounded(value: Any, decimals: int = DECIMALS) -> float | int | None:
    """A number as rows have it: none where there is none, a whole one without its point."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    number = round(float(value), decimals)
    return int(number) if number == int(number) and abs(number) < 2**53 else number


def _moment(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else value.isoformat()
