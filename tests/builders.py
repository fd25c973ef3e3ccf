"""Tiny records for tests: each names only what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from data.records import Article, Linked, Mention
from data.schema.store import Store
from data.write.articles import Saved, save_articles

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def article(
    title: str = "Micron sells out HBM", *, url: str | None = None, at: datetime | None = NOW, **changes: object
) -> Article:
    address = f"https://example.com/{title.replace(' ', '-')}" if url is None else url
    values: dict[str, object] = {
        "guid": address or title,
        "url": address,
        "title": title,
        "summary": "",
        "published_at": at,
        "date_quality": "feed" if at else "missing",
        "publisher": "example.com",
        "lang": "en",
    }
    return Article(**{**values, **changes})  # type: ignore[arg-type]


def mention(subject: str, text: str, matched: str, *, relevance: int = 80, field: str = "title") -> Mention:
    start = text.index(matched)
    return Mention(
        subject=subject,
        field="title" if field == "title" else "summary",
        start=start,
        end=start + len(matched),
        matched=matched,
        rule="name",
        score=1.0,
        relevance=relevance,
    )


def linked(item: Article, *subjects: str, story: int = -1, relevance: int = 80, seen: datetime | None = None) -> Linked:
    """The article with one mention a subject, of its title's first word."""
    word = item.title.split()[0]
    mentions = tuple(mention(subject, item.title, word, relevance=relevance) for subject in subjects)
    return Linked(article=item, mentions=mentions, story=story, first_seen_at=seen or item.published_at or NOW)


def save(store: Store, *items: Linked, now: datetime = NOW, source: str = "test") -> Saved:
    return save_articles(store, items, source=source, kind="file", catalog_hash="c0ffee", now=now)


def days(number: float) -> timedelta:
    return timedelta(days=number)
