"""Deduplication: which articles of a batch are new, which are later texts of stored ones, by URL, guid or title."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, select

from data.records import Article
from data.schema import models
from data.schema.bulk import in_parts, rows_among
from data.schema.models import PublisherName
from data.schema.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticles:
    """The articles that the store does not have. `edited` pairs a stored article's id with its later text."""

    new: list[Article]
    edited: list[tuple[int, Article]]
    known: int


def known_articles(
    store: Store, articles: Sequence[Article], *, source: str, moments: Sequence[datetime] = ()
) -> NewArticles:
    """
    The articles that are new, by URL, or by source and guid where no stored article has the URL.

    `moments` (when each was published, or else is first seen) is given for a feed or page, which is fetched again and
    again: there, an article of the same title, publisher and day is the same although its id and link have changed.

    Another text from the article's own source is an edit, unless it was the article's text before: a second run of the
    same input finds nothing new.
    """
    with store.reading() as connection:
        stored = stored_ids(connection, articles, source)
        if moments:
            stored = _with_same_titles(connection, articles, stored, moments, source)
        texts = _known_texts(connection, {ident for ident in stored if ident}, source)
    new: list[Article] = []
    edited: list[tuple[int, Article]] = []
    seen: set[str] = set()
    for article, ident in zip(articles, stored, strict=True):
        key = article.url or article.guid
        if key in seen:
            continue
        seen.add(key)
        if not ident:
            new.append(article)
        elif ident in texts and (article.title, article.summary) not in texts[ident]:
            edited.append((ident, article))
    return NewArticles(new=new, edited=edited, known=len(articles) - len(new) - len(edited))


def stored_ids(connection: Connection, articles: Sequence[Article], source: str) -> list[int]:
    """For each article the id under which it is stored; 0 when it is new."""
    by_url: dict[str, int] = {}
    for urls in in_parts([article.url for article in articles if article.url]):
        by_url.update(map(tuple, rows_among(connection, "SELECT url, id FROM article WHERE url IN", urls)))
    unsure = [a.guid for a in articles if a.guid and a.guid != a.url and a.url not in by_url]
    by_guid: dict[str, tuple[int, str]] = {}
    for guids in in_parts(unsure):
        query = "SELECT guid, id, title FROM article WHERE source = ? AND guid IN"
        by_guid.update({guid: (ident, title) for guid, ident, title in rows_among(connection, query, guids, source)})
    return [by_url.get(a.url) or _same_guid(a, by_guid) for a in articles]


def _same_guid(article: Article, by_guid: dict[str, tuple[int, str]]) -> int:
    # Some feeds reuse a guid for another story, so a guid alone is not enough: the title must agree, or the URL be
    # missing.
    ident, title = by_guid.get(article.guid, (0, ""))
    return ident if ident and (not article.url or title == article.title) else 0


Headline = tuple[str, str, date]
"""What an article keeps when its feed gives it another id and link at each fetch: title, publisher and day."""


def _with_same_titles(
    connection: Connection, articles: Sequence[Article], stored: list[int], moments: Sequence[datetime], source: str
) -> list[int]:
    """The ids, with those of stored articles that have the headline of an article without one."""
    headlines = [(each.title, each.publisher, at.date()) for each, at in zip(articles, moments, strict=True)]
    sought = {line for line, ident in zip(headlines, stored, strict=True) if line[0] and not ident}
    # A stored article that is in the document under its own id is another one than its namesake beside it.
    free = _ids_by_headline(connection, sought, source, taken=set(stored)) if sought else {}
    return [
        ident or (free[line].pop(0) if free.get(line) else 0) for line, ident in zip(headlines, stored, strict=True)
    ]


def _ids_by_headline(
    connection: Connection, sought: Iterable[Headline], source: str, *, taken: set[int]
) -> dict[Headline, list[int]]:
    """The source's articles with these headlines, first ones first."""
    a, by_headline = models.Article, defaultdict(list)
    titles = defaultdict(set)
    for title, _, day in sought:
        titles[day].add(title)
    for day, of_day in titles.items():
        start = datetime.combine(day, time(), UTC)
        query = (
            select(a.id, a.title, PublisherName.name)
            .join(PublisherName, PublisherName.id == a.publisher_id)
            .where(a.at >= start, a.at < start + timedelta(days=1), a.source == source)
            .order_by(a.id)
        )
        for ident, title, publisher in connection.execute(query):
            if title in of_day and ident not in taken:
                by_headline[(title, publisher, day)].append(ident)
    return by_headline


def _known_texts(connection: Connection, idents: set[int], source: str) -> dict[int, set[tuple[str, str]]]:
    """Every text that the source's articles ever had."""
    texts: dict[int, set[tuple[str, str]]] = {}
    for part in in_parts(sorted(idents)):
        a, e = models.Article, models.ArticleEdit
        for ident, title, summary in connection.execute(
            select(a.id, a.title, a.summary).where(a.id.in_(part), a.source == source)
        ):
            texts[ident] = {(title, summary)}
        for ident, title, summary in connection.execute(
            select(e.article_id, e.title, e.summary).where(e.article_id.in_(part))
        ):
            if ident in texts:
                texts[ident].add((title, summary))
    return texts
