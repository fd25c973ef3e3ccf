"""
Reading counts: the stories and articles about each subject, in a window, through filters, as of a revision.

Today's counts without filters come from `attention_now`, filtered or older ones from the ledger, and filters that the
ledger does not have (relevance, words) from the rows that it sums. `data/read/receipts.py` lists the same rows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import pandas as pd
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)

from data.read.fulltext import matching_articles
from data.schema.bulk import AT_ONCE, in_parts
from data.schema.frames import as_moments, days_frame, frame_of, raw
from data.schema.models import (
    ALL,
    Article,
    ArticleEdit,
    Attention,
    AttentionNow,
    Mention,
    PublisherName,
    StoryMention,
    Subject,
)
from data.schema.store import Store, newest_revision
from data.text.search_terms import fts5_query

Kind = Literal["company", "theme", "subtheme"]

LAST = 2**31 - 1
"""A revision that no store reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The filters of a view. `rev` None means the newest revision."""

    start: date
    end: date  # inclusive
    publishers: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    min_relevance: int = 0
    q: str = ""
    rev: int | None = None

    def for_all(self) -> Filters:
        """The same window, publishers and languages: what a share's denominator is counted over."""
        return replace(self, min_relevance=0, q="")


def attention_by_day(store: Store, subjects: Sequence[str], filters: Filters) -> pd.DataFrame:
    """Columns subject, day, stories, articles: the days on which a subject has any, oldest first."""
    return _attention(store, Subject.key.in_(list(subjects)), filters)


def attention_all(store: Store, kind: Kind, filters: Filters) -> pd.DataFrame:
    """The same for every subject of a kind."""
    return _attention(store, Subject.key.startswith(f"{kind}:"), filters)


def coverage_by_day(store: Store, filters: Filters) -> pd.DataFrame:
    """Columns day, stories, articles: all stories of the same publishers and languages, every share's denominator."""
    return _attention(store, Subject.key == ALL, filters.for_all()).drop(columns="subject")


def _attention(store: Store, wanted: ColumnElement[bool], filters: Filters) -> pd.DataFrame:
    with store.reading() as connection:
        newest = newest_revision(connection)
        until = newest if filters.rev is None else filters.rev
        if filters.min_relevance or fts5_query(filters.q):
            return _counted_rows(connection, wanted, filters, until)
        if filters.publishers or filters.langs or until < newest:
            query = _ledger(wanted, filters, until)
        else:
            n = AttentionNow
            query = (
                select(Subject.key, raw(n.day), n.stories, n.articles)
                .join(Subject, Subject.id == n.subject_id)
                .where(wanted, n.day >= filters.start, n.day <= filters.end, or_(n.stories > 0, n.articles > 0))
                .order_by(Subject.key, n.day)
            )
        return days_frame(connection.execute(query).all(), ["subject", "day", "stories", "articles"])


def _ledger(wanted: ColumnElement[bool], filters: Filters, until: int) -> Select[*tuple[Any, ...]]:
    a = Attention
    stories, articles = func.sum(a.stories), func.sum(a.articles)
    return (
        select(Subject.key, raw(a.day), stories, articles)
        .join(Subject, Subject.id == a.subject_id)
        .where(wanted, a.day >= filters.start, a.day <= filters.end, a.revision <= until, *same_publishers(a, filters))
        .group_by(Subject.key, a.day)
        .having(or_(stories > 0, articles > 0))
        .order_by(Subject.key, a.day)
    )


def _counted_rows(connection: Connection, wanted: ColumnElement[bool], filters: Filters, until: int) -> pd.DataFrame:
    stories = connection.execute(
        select(Subject.key, raw(StoryMention.day), func.count())
        .join(Subject, Subject.id == StoryMention.subject_id)
        .where(wanted, *story_conditions(connection, filters, until))
        .group_by(Subject.key, StoryMention.day)
    ).all()
    articles = connection.execute(
        select(Subject.key, raw(Mention.day), func.count(Mention.article_id.distinct()))
        .select_from(Mention)
        .join(Subject, Subject.id == Mention.subject_id)
        .join(Article, Article.id == Mention.article_id)
        .where(wanted, *article_conditions(connection, filters, until))
        .group_by(Subject.key, Mention.day)
    ).all()
    left = days_frame(stories, ["subject", "day", "stories"])
    right = days_frame(articles, ["subject", "day", "articles"])
    both = left.merge(right, on=["subject", "day"], how="outer").fillna({"stories": 0, "articles": 0})
    return both.astype({"stories": "int64", "articles": "int64"}).sort_values(["subject", "day"], ignore_index=True)


def story_conditions(connection: Connection | None, filters: Filters, until: Any) -> list[ColumnElement[bool]]:
    """What a story_mention must be to count under these filters."""
    s = StoryMention
    conditions = [alive(s, until), s.day >= filters.start, s.day <= filters.end, *same_publishers(s, filters)]
    if filters.min_relevance:
        conditions.append(s.relevance >= filters.min_relevance)
    if connection is not None and fts5_query(filters.q):
        conditions.append(s.article_id.in_(matching_articles(connection, filters.q, filters.start, filters.end, until)))
    return conditions


def article_conditions(connection: Connection, filters: Filters, until: int) -> list[ColumnElement[bool]]:
    """What a mention, joined with its article, must be for the article to count under these filters."""
    m = Mention
    conditions = [alive(m, until), m.day >= filters.start, m.day <= filters.end, *same_publishers(Article, filters)]
    if filters.min_relevance:
        conditions.append(m.relevance >= filters.min_relevance)
    if fts5_query(filters.q):
        conditions.append(m.article_id.in_(matching_articles(connection, filters.q, filters.start, filters.end, until)))
    return conditions


def alive(table: Any, until: int | BindParameter[int]) -> ColumnElement[bool]:
    """The row was there as of a revision."""
    return and_(table.added_rev <= until, or_(table.removed_rev.is_(None), table.removed_rev > until))


def same_publishers(table: Any, filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.publishers:
        conditions.append(
            table.publisher_id.in_(select(PublisherName.id).where(PublisherName.name.in_(filters.publishers)))
        )
    if filters.langs:
        conditions.append(table.lang.in_(filters.langs))
    return conditions


def story_times(store: Store, subject: str | None, filters: Filters) -> pd.DataFrame:
    """
    A subject's stories, oldest first: the input of statistics about timing. `subject` None means all stories.

    Columns story, day, available_at (UTC; NaT when the time within the day is unknown).
    """
    return story_times_of(store, [subject or ALL], filters).drop(columns="subject")


def story_times_of(store: Store, subjects: Sequence[str], filters: Filters) -> pd.DataFrame:
    """The same for several subjects in one read: columns subject, story, day, available_at."""
    with store.reading() as connection:
        until = newest_revision(connection) if filters.rev is None else filters.rev
        rows = connection.execute(
            select(Subject.key, StoryMention.story_id, raw(StoryMention.day), raw(StoryMention.available_at))
            .join(Subject, Subject.id == StoryMention.subject_id)
            .where(Subject.key.in_(subjects), *story_conditions(connection, filters, until))
            .order_by(StoryMention.day, StoryMention.story_id)
        ).all()
    frame = days_frame(rows, ["subject", "story", "day", "available_at"])
    frame["available_at"] = as_moments(frame["available_at"])
    return frame


def known_subjects(store: Store, kind: Kind) -> list[str]:
    """The keys of all subjects of a kind that any story ever mentioned, in order."""
    with store.reading() as connection:
        return list(
            connection.scalars(select(Subject.key).where(Subject.key.startswith(f"{kind}:")).order_by(Subject.key))
        )


def publishers_between(store: Store, filters: Filters, *, limit: int | None = None) -> pd.DataFrame:
    """Columns publisher, stories: who published the stories of the window, most first."""
    a = Attention
    stories = func.sum(a.stories)
    return _coverage_groups(store, PublisherName.name, "publisher", filters, stories, limit)


def langs_between(store: Store, filters: Filters) -> pd.DataFrame:
    """Columns lang, stories: the languages of the stories of the window, most first."""
    return _coverage_groups(store, Attention.lang, "lang", filters, func.sum(Attention.stories), None)


def _coverage_groups(
    store: Store, column: Any, name: str, filters: Filters, stories: Any, limit: int | None
) -> pd.DataFrame:
    a = Attention
    with store.reading() as connection:
        until = newest_revision(connection) if filters.rev is None else filters.rev
        rows = connection.execute(
            select(column, stories)
            .select_from(a)
            .join(Subject, and_(Subject.id == a.subject_id, Subject.key == ALL))
            .join(PublisherName, PublisherName.id == a.publisher_id)
            .where(a.day >= filters.start, a.day <= filters.end, a.revision <= until)
            .group_by(column)
            .having(stories > 0)
            .order_by(stories.desc(), column)
            .limit(limit)
        ).all()
    return frame_of(rows, [name, "stories"])


def span(store: Store, rev: int | None = None) -> tuple[date, date] | None:
    """The first and last day with a story as of `rev`; None in an empty store."""
    a = Attention
    with store.reading() as connection:
        until = newest_revision(connection) if rev is None else rev
        of_all = select(Subject.id).where(Subject.key == ALL).scalar_subquery()
        days = select(a.day).where(a.subject_id == of_all, a.revision <= until, a.stories > 0).limit(1)
        # Two ordered look-ups of one row each: min() and max() of the rows that match would read the whole ledger.
        ends = [connection.scalar(days.order_by(order)) for order in (a.day, a.day.desc())]
    return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])


# Built once: SQLAlchemy takes longer to build such a statement than SQLite to answer it.
_TEXTS = union_all(
    select(Article.id, Article.title, Article.summary, literal(0).label("edit")).where(
        Article.id.in_(bindparam("ids", expanding=True))
    ),
    select(ArticleEdit.article_id, ArticleEdit.title, ArticleEdit.summary, ArticleEdit.id).where(
        ArticleEdit.article_id.in_(bindparam("ids", expanding=True)), ArticleEdit.added_rev <= bindparam("until")
    ),
).order_by("edit")


def texts_as_of(connection: Connection, articles: Collection[int], until: int | None) -> dict[int, tuple[str, str]]:
    """The title and summary of articles as of a revision (None: the newest)."""
    texts: dict[int, tuple[str, str]] = {}
    for part in in_parts(articles, AT_ONCE // 2):  # each is named twice
        rows = connection.execute(_TEXTS, {"ids": part, "until": LAST if until is None else until})
        texts.update((ident, (title, summary)) for ident, title, summary, _ in rows)
    return texts
