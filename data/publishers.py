"""Reading counts by publisher: who wrote a subject's stories, and who wrote all of them."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import func, select

from data.db import Store, newest_revision
from data.frames import days_frame, raw
from data.models import ALL, Attention, PublisherName, StoryMention, Subject
from data.queries import Filters, same_publishers, story_conditions
from data.words import fts5_query


def attention_by_publisher(store: Store, subject: str | None, filters: Filters) -> pd.DataFrame:
    """Columns day, publisher, stories: one row a day and publisher that has any. `subject` None means all stories.

    A story is its first publisher's, as in every count: the rows add up to `attention_by_day`."""
    with store.reading() as connection:
        until = newest_revision(connection) if filters.rev is None else filters.rev
        # The ledger knows neither how much a story is about a subject nor its words.
        by_row = bool(filters.min_relevance or fts5_query(filters.q))
        table, number = (StoryMention, func.count()) if by_row else (Attention, func.sum(Attention.stories))
        inside = [Attention.revision <= until, Attention.day >= filters.start, Attention.day <= filters.end]
        conditions = story_conditions(connection, filters, until) if by_row else [*inside, *same_publishers(Attention, filters)]
        rows = connection.execute(
            select(raw(table.day), PublisherName.name, number)
            .select_from(table)
            .join(Subject, Subject.id == table.subject_id)
            .join(PublisherName, PublisherName.id == table.publisher_id)
            .where(Subject.key == (subject or ALL), *conditions)
            .group_by(table.day, PublisherName.name)
            .having(number > 0)
            .order_by(table.day, PublisherName.name)
        ).all()
    return days_frame(rows, ["day", "publisher", "stories"]).astype({"stories": "int64"})
