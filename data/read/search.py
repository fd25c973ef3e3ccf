"""Searching articles by words, subjects and dates: the number of results, and one page of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, func, select

from data.read.attention import Filters, alive, attention_by_day, coverage_by_day
from data.read.receipts import every_article, with_texts
from data.schema.frames import raw
from data.schema.models import Article, Membership, Mention, PublisherName, Subject
from data.schema.store import Store, newest_revision
from data.text.search_terms import fts5_query

_a = Article
COLUMNS = (
    Membership.story_id, _a.id, raw(_a.day), raw(_a.at), PublisherName.name, _a.lang, _a.url, _a.date_quality,
    raw(_a.first_seen_at),
)  # fmt: skip


def search_articles(
    store: Store, filters: Filters, *, subjects: Sequence[str] = (), limit: int = 50, offset: int = 0
) -> tuple[pd.DataFrame, int]:
    """One page of the articles that fit the filters and mention all subjects, newest first, and their total number."""
    counted = _counted_by_day(store, filters, subjects)
    with store.reading() as connection:
        until = newest_revision(connection) if filters.rev is None else filters.rev
        query = found_articles(connection, COLUMNS, filters, subjects, until)
        if counted is not None:
            return with_texts(connection, connection.execute(query.limit(limit).offset(offset)).all(), until), counted
        # Counted in the same query as the page: two queries would each look the words up.
        rows = connection.execute(query.add_columns(func.count().over()).limit(max(limit, 1)).offset(offset)).all()
        total = rows[0][-1] if rows else _count(connection, query) if offset else 0
        return with_texts(connection, [tuple(row)[:-1] for row in rows[:limit]], until), total


def _counted_by_day(store: Store, filters: Filters, subjects: Sequence[str]) -> int | None:
    """The total number where the ledger has it: without words, and about one subject at most."""
    if fts5_query(filters.q) or len(subjects) > 1:
        return None
    days = attention_by_day(store, subjects, filters) if subjects else coverage_by_day(store, filters)
    return int(days["articles"].sum())


def _count(connection: Connection, query: Select[*tuple[Any, ...]]) -> int:
    return connection.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def found_articles(
    connection: Connection, columns: tuple[Any, ...], filters: Filters, subjects: Sequence[str], until: int
) -> Select[*tuple[Any, ...]]:
    """The query of a search: these columns, and a relevance of 100, of the articles that mention all the subjects."""
    m = Mention
    query = every_article(connection, columns, filters, until)
    for key in subjects:
        named = select(m.article_id).join(Subject, Subject.id == m.subject_id)
        same_days = (m.day >= filters.start, m.day <= filters.end)
        named = named.where(Subject.key == key, *same_days, alive(m, until), m.relevance >= filters.min_relevance)
        query = query.where(Article.id.in_(named))
    return query
