"""
Articles whose stories were labelled by hand, by window: the reference set, and windows of our own.

`stories_labels.csv` holds our labels (window, article, story) of articles in the reference news; their texts stay
there. An article of a window that is not in the file was undecidable or is one copy too many. Market news hub articles
go by `m` and line.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any

from data.catalog import load_catalog
from data.records import Article, Mention
from ingest.link import Linker
from tests.reference import FOLDER

OWN = Path(__file__).with_name("stories_labels.csv")
NEWS = FOLDER / "data" / "news"


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article as grouping gets it, and the story that a reader gave it."""

    window: str
    story: str
    article: Article
    mentions: tuple[Mention, ...]
    at: datetime


def gold() -> list[Labelled]:
    """The reference set."""
    with (FOLDER / "data/labels/stories_gold.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [_labelled(row["window"], row["cluster"], row, moment(row["published_at"])) for row in rows]


def own() -> list[Labelled]:
    """Our own windows, whose dates are not those of the reference set."""
    with OWN.open(encoding="utf-8", newline="") as file:
        labels = {row["article"]: row for row in csv.DictReader(file)}
    found = [(labels[ident], row, at) for ident, row, at in news() if ident in labels]
    return [_labelled(label["window"], label["story"], row, at) for label, row, at in found]


def by_window(articles: Sequence[Labelled]) -> dict[str, list[Labelled]]:
    windows: dict[str, list[Labelled]] = {}
    for labelled in articles:
        windows.setdefault(labelled.window, []).append(labelled)
    return windows


def news() -> Iterator[tuple[str, dict[str, Any], datetime]]:
    """Id, row (title, summary, url, source) and time of the two news collections that our windows were taken from."""
    for row in jsonl("ai_news_radar_2026"):
        yield row["id"], row, moment(row["published_at"] or row["first_seen_at"])
    for number, row in enumerate(jsonl("market_news_hub_rss_2026")):
        summary = re.sub("<[^>]+>", " ", row["summary"] or "")
        try:
            at = parsedate_to_datetime(row["published"]).astimezone(UTC)
        except ValueError:
            at = moment(row["fetched_at"])
        yield f"m{number}", {**row, "summary": summary, "url": row["link"]}, at


def jsonl(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(NEWS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def article_of(row: Mapping[str, Any], at: datetime) -> Article:
    return Article(
        guid=str(row.get("id", row["url"])),
        url=row["url"] or "",
        title=row["title"],
        summary=row.get("summary") or "",
        published_at=at,
        date_quality="feed",
        publisher=row.get("source", ""),
        lang=row.get("lang", "und"),
    )


@cache
def linker() -> Linker:
    return Linker(load_catalog())


def _labelled(window: str, story: str, row: Mapping[str, Any], at: datetime) -> Labelled:
    article = article_of(row, at)
    return Labelled(window, story, article, linker().link(article), at)
