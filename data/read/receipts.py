"""Receipts: the stories behind a number, their articles, and the mentions that linked them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from sqlalchemy import BindParameter, Connection, Select, and_, bindparam, func, literal, select
from sqlalchemy.orm import aliased

from data.read.attention import Filters, Kind, alive, article_conditions, story_conditions, texts_as_of
from data.read.breakdown import story_parts
from data.read.fulltext import matching_articles
from data.read.prepared import UNFILTERED, is_unfiltered, unfiltered_values
from data.schema.bulk import in_parts
from data.schema.frames import days_of, frame_of, moments_of, raw
from data.schema.models import (
    ALL,
    Article,
    Membership,
    Mention,
    PublisherName,
    StoryMention,
    Subject,
    first_second,
    last_second,
)
from data.schema.store import Store, newest_revision
from data.text.search_terms import fts5_query

COLUMNS = ["story", "article", "day", "at", "publisher", "lang", "url", "date_quality", "first_seen_at", "relevance"]


def receipts(
    store: Store,
    subject: str | None,
    filters: Filters,
    *,
    unit: Literal["stories", "articles"] = "stories",
    part: str | None = None,
    by: Kind = "company",
    limit: int | None = None,
    named: bool = False,
) -> pd.DataFrame:
    """
    The rows that a count counted, newest first: as many as the count, unless `limit` says fewer.

    Columns story, article, day, at (UTC), publisher, lang, url, date_quality, first_seen_at, relevance, title, summary,
    articles and publishers (of the whole story as of the revision). `subject` None means all stories. `part` keeps the
    stories that `split_by_day(…, by)` put under it, `named` the articles that mention any company or theme.
    """
    with store.reading() as connection:
        until = newest_revision(connection) if filters.rev is None else filters.rev
        values: dict[str, Any] = {}
        if unit == "stories" and is_unfiltered(filters):
            wanted, values = _unfiltered_stories(named), unfiltered_values(subject or ALL, filters, until)
        else:
            query = _counted_stories if unit == "stories" else _counted_articles
            wanted = _with_names(query(connection, subject or ALL, filters, until), until, named)
        rows = connection.execute(wanted if limit is None or part is not None else wanted.limit(limit), values).all()
        if part is not None:
            parts = story_parts(connection, subject or ALL, filters, by)
            of_part = set(parts.loc[parts["part"] == part, "story"].tolist())
            rows = [row for row in rows if row[0] in of_part][:limit]
        return with_texts(connection, rows, until)


@cache
def _unfiltered_stories(named: bool) -> Select[*tuple[Any, ...]]:
    return _with_names(_counted_stories(None, *UNFILTERED), UNFILTERED[-1], named)


def _with_names(
    wanted: Select[*tuple[Any, ...]], until: int | BindParameter[int], named: bool
) -> Select[*tuple[Any, ...]]:
    """With `named`, only rows whose article mentions any company or theme."""
    m = aliased(Mention)
    return wanted.where(select(m.id).where(m.article_id == Article.id, alive(m, until)).exists()) if named else wanted


def _counted_stories(
    connection: Connection | None, subject: Any, filters: Filters, until: Any
) -> Select[*tuple[Any, ...]]:
    s, a = StoryMention, Article
    return (
        select(
            s.story_id,
            a.id,
            raw(s.day),
            raw(a.at),
            PublisherName.name,
            s.lang,
            a.url,
            a.date_quality,
            raw(a.first_seen_at),
            s.relevance,
        )
        .select_from(s)
        .join(Subject, Subject.id == s.subject_id)
        .join(a, a.id == s.article_id)
        .join(PublisherName, PublisherName.id == s.publisher_id)
        .where(Subject.key == subject, *story_conditions(connection, filters, until))
        .order_by(s.day.desc(), a.at.desc(), s.story_id.desc())
    )


def _counted_articles(connection: Connection, subject: str, filters: Filters, until: int) -> Select[*tuple[Any, ...]]:
    a, m = Article, Mention
    relevance = func.max(m.relevance)
    columns = (
        Membership.story_id, a.id, raw(a.day), raw(a.at), PublisherName.name, a.lang, a.url, a.date_quality,
        raw(a.first_seen_at),
    )  # fmt: skip
    query: Select[*tuple[Any, ...]] = (
        select(*columns, relevance)
        .select_from(a)
        .join(m, m.article_id == a.id)
        .join(Subject, Subject.id == m.subject_id)
        .join(Membership, and_(Membership.article_id == a.id, alive(Membership, until)))
        .join(PublisherName, PublisherName.id == a.publisher_id)
    )
    if subject == ALL:
        return every_article(connection, columns, filters, until)
    query = query.where(Subject.key == subject, *article_conditions(connection, filters, until))
    return query.group_by(*columns).order_by(a.day.desc(), a.at.desc(), a.id.desc())


def every_article(
    connection: Connection, columns: tuple[Any, ...], filters: Filters, until: int
) -> Select[*tuple[Any, ...]]:
    """The query of these columns, and a relevance of 100, of all articles that fit the filters, newest first."""
    a = Article
    # By `at`, not by `day`: its index has the rows in the order that is wanted.
    conditions = [a.added_rev <= until, a.at >= first_second(filters.start), a.at <= last_second(filters.end)]
    if filters.publishers:
        conditions.append(PublisherName.name.in_(filters.publishers))
    if filters.langs:
        conditions.append(a.lang.in_(filters.langs))
    if fts5_query(filters.q):
        conditions.append(a.id.in_(matching_articles(connection, filters.q, filters.start, filters.end, until)))
    return (
        select(*columns, literal(100))
        .select_from(a)
        .join(Membership, and_(Membership.article_id == a.id, alive(Membership, until)))
        .join(PublisherName, PublisherName.id == a.publisher_id)
        .where(*conditions)
        .order_by(a.at.desc(), a.id.desc())
    )


def with_texts(connection: Connection, rows: Sequence[Any], until: int) -> pd.DataFrame:
    """The frame of rows with these COLUMNS, made at once: adding columns one by one takes longer than the queries."""
    story, article, day, at, publisher, lang, url, quality, seen, relevance = (
        zip(*rows, strict=True) if rows else [()] * len(COLUMNS)
    )
    texts = texts_as_of(connection, list(article), until)
    sizes = _story_sizes(connection, list(dict.fromkeys(story)), until)
    return pd.DataFrame(
        {
            "story": np.array(story, dtype="int64"),
            "article": np.array(article, dtype="int64"),
            "day": days_of(day),
            "at": moments_of(at),
            "publisher": pd.array(publisher, dtype="str"),
            "lang": pd.array(lang, dtype="str"),
            "url": pd.array([address or "" for address in url], dtype="str"),
            "date_quality": pd.array(quality, dtype="str"),
            "first_seen_at": moments_of(seen),
            "relevance": np.array(relevance, dtype="int64"),
            "title": pd.array([texts[ident][0] for ident in article], dtype="str"),
            "summary": pd.array([texts[ident][1] for ident in article], dtype="str"),
            "articles": np.array([sizes[ident][0] for ident in story], dtype="int64"),
            "publishers": np.array([sizes[ident][1] for ident in story], dtype="int64"),
        },
        copy=False,
    )


# Made once, as in data/read/attention.py.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_UNTIL: BindParameter[int] = bindparam("until")
_SIZES = (
    select(Membership.story_id, func.count(), func.count(Article.publisher_id.distinct()))
    .join(Article, Article.id == Membership.article_id)
    .where(Membership.story_id.in_(_IDS), alive(Membership, _UNTIL))
    .group_by(Membership.story_id)
)
_STORY_ARTICLES = (
    select(
        Membership.story_id,
        Article.id,
        Article.url,
        PublisherName.name,
        Article.lang,
        raw(Article.published_at),
        raw(Article.first_seen_at),
        Article.date_quality,
    )
    .join(Article, Article.id == Membership.article_id)
    .join(PublisherName, PublisherName.id == Article.publisher_id)
    .where(Membership.story_id.in_(_IDS), alive(Membership, _UNTIL))
    .order_by(Membership.story_id, Article.at, Article.id)
)


def _story_sizes(connection: Connection, stories: list[int], until: int) -> dict[int, tuple[int, int]]:
    sizes: dict[int, tuple[int, int]] = {}
    for part in in_parts(stories):
        rows = connection.execute(_SIZES, {"ids": part, "until": until})
        sizes.update((story, (articles, publishers)) for story, articles, publishers in rows)
    return sizes


def story_articles(store: Store, stories: Collection[int], rev: int | None = None) -> pd.DataFrame:
    """
    The articles of stories, oldest first in each.

    Columns story, article, url, publisher, lang, published_at, first_seen_at, date_quality, title, summary.
    """
    rows: list[Any] = []
    with store.reading() as connection:
        until = newest_revision(connection) if rev is None else rev
        for part in in_parts(sorted({int(story) for story in stories})):
            rows += connection.execute(_STORY_ARTICLES, {"ids": part, "until": until}).all()
        story, article, url, publisher, lang, published, seen, quality = zip(*rows, strict=True) if rows else [()] * 8
        texts = texts_as_of(connection, list(article), until)
    return pd.DataFrame(
        {
            "story": np.array(story, dtype="int64"),
            "article": np.array(article, dtype="int64"),
            "url": pd.array([address or "" for address in url], dtype="str"),
            "publisher": pd.array(publisher, dtype="str"),
            "lang": pd.array(lang, dtype="str"),
            "published_at": moments_of(published),
            "first_seen_at": moments_of(seen),
            "date_quality": pd.array(quality, dtype="str"),
            "title": pd.array([texts[ident][0] for ident in article], dtype="str"),
            "summary": pd.array([texts[ident][1] for ident in article], dtype="str"),
        },
        copy=False,
    )


def articles_by_id(store: Store, articles: Collection[int], rev: int | None = None) -> pd.DataFrame:
    """Columns article, publisher, lang, url, title, summary: these articles, in the order given."""
    a = Article
    wanted = [int(article) for article in articles]
    with store.reading() as connection:
        query = select(a.id, PublisherName.name, a.lang, a.url).join(PublisherName, PublisherName.id == a.publisher_id)
        columns = {
            row[0]: tuple(row) for part in in_parts(wanted) for row in connection.execute(query.where(a.id.in_(part)))
        }
        texts = texts_as_of(connection, wanted, rev)
    return frame_of(
        [(*columns[ident], *texts[ident]) for ident in wanted],
        ["article", "publisher", "lang", "url", "title", "summary"],
    )


MENTION_COLUMNS = [
    "article",
    "subject",
    "field",
    "start",
    "end",
    "matched",
    "rule",
    "score",
    "relevance",
    "why",
    "rejected",
]


_m = Mention
_MENTIONS = (
    select(
        _m.article_id,
        Subject.key,
        _m.field,
        _m.start,
        _m.end,
        _m.matched,
        _m.rule,
        _m.score,
        _m.relevance,
        _m.why,
        _m.rejected,
    )
    .join(Subject, Subject.id == _m.subject_id)
    .where(_m.article_id.in_(_IDS), alive(_m, _UNTIL))
    .order_by(_m.article_id, _m.field.desc(), _m.start, _m.end, Subject.key)
)


def mentions_of(
    store: Store, articles: Collection[int], rev: int | None = None, *, subject: str | None = None
) -> pd.DataFrame:
    """
    The mentions of articles as of `rev`, in reading order.

    Columns article, subject, field, start, end, matched, rule, score, relevance, why, rejected.
    """
    with store.reading() as connection:
        until = newest_revision(connection) if rev is None else rev
        return frame_of(mention_rows(connection, articles, until, subject=subject), MENTION_COLUMNS)


def mention_rows(
    connection: Connection, articles: Collection[int], until: int, *, subject: str | None = None
) -> list[Any]:
    """The same as rows."""
    query = _MENTIONS if subject is None else _MENTIONS.where(Subject.key == subject)
    rows: list[Any] = []
    for part in in_parts(sorted({int(article) for article in articles})):
        rows += connection.execute(query, {"ids": part, "until": until}).all()
    return rows
