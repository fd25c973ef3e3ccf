"""Reading counts by publisher: the stories and articles about a subject, or all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select, func, or_, select

from data.read.attention import Filters, article_conditions, same_publishers, story_conditions
from data.read.prepared import UNFILTERED, is_unfiltered, unfiltered_values
from data.schema.frames import days_frame, days_of, raw
from data.schema.models import ALL, Article, Attention, Mention, PublisherName, StoryMention, Subject
from data.schema.store import Store, newest_revision
from data.text.search_terms import fts5_query

COLUMNS = ["day", "publisher", "stories", "articles"]


def attention_by_publisher(store: Store, subject: str | None, filters: Filters) -> pd.DataFrame:
    """
    Columns day, publisher, stories, articles: one row for each day and publisher. `subject` None means all stories.

    A story counts for its first publisher and an article for its own, so the rows add up to `attention_by_day`.
    """
    with store.reading() as connection:
        until = newest_revision(connection) if filters.rev is None else filters.rev
        # The ledger has neither relevance nor words.
        if subject is not None and (filters.min_relevance or fts5_query(filters.q)):
            return _counted_rows(connection, subject, filters, until)
        if is_unfiltered(filters):
            rows = connection.execute(_BY_PUBLISHER, unfiltered_values(subject or ALL, filters, until)).all()
        else:
            rows = connection.execute(_summed(subject or ALL, filters, until)).all()
    day, publisher, stories, articles = zip(*rows, strict=True) if rows else [()] * 4
    return pd.DataFrame(
        {
            "day": days_of(day),
            "publisher": pd.array(publisher, dtype="str"),
            "stories": np.array(stories, dtype="int64"),
            "articles": np.array(articles, dtype="int64"),
        },
        copy=False,
    )


def _summed(subject: Any, filters: Filters, until: Any) -> Select[*tuple[Any, ...]]:
    a = Attention
    stories, articles = func.sum(a.stories), func.sum(a.articles)
    return (
        select(raw(a.day), PublisherName.name, stories, articles)
        .join(Subject, Subject.id == a.subject_id)
        .join(PublisherName, PublisherName.id == a.publisher_id)
        .where(Subject.key == subject, a.day >= filters.start, a.day <= filters.end, a.revision <= until)
        .where(*same_publishers(a, filters))
        .group_by(a.day, PublisherName.name)
        .having(or_(stories > 0, articles > 0))
        .order_by(a.day, PublisherName.name)
    )


_BY_PUBLISHER = _summed(*UNFILTERED)


def _counted_rows(connection: Connection, subject: str, filters: Filters, until: int) -> pd.DataFrame:
    def counted(table: Any, publisher: Any, number: Any, conditions: list[Any], name: str) -> pd.DataFrame:
        query = (
            select(raw(table.day), PublisherName.name, number)
            .select_from(table)
            .join(Subject, Subject.id == table.subject_id)
        )
        query = query.join(Article, Article.id == table.article_id).join(PublisherName, PublisherName.id == publisher)
        rows = connection.execute(
            query.where(Subject.key == subject, *conditions).group_by(table.day, PublisherName.name)
        ).all()
        return days_frame(rows, ["day", "publisher", name])

    stories = counted(
        StoryMention, StoryMention.publisher_id, func.count(), story_conditions(connection, filters, until), "stories"
    )
    number, conditions = func.count(Mention.article_id.distinct()), article_conditions(connection, filters, until)
    both = stories.merge(
        counted(Mention, Article.publisher_id, number, conditions, "articles"), on=["day", "publisher"], how="outer"
    )
    both = both.fillna({"stories": 0, "articles": 0}).astype({"stories": "int64", "articles": "int64"})
    return both.sort_values(["day", "publisher"], ignore_index=True)[COLUMNS]
