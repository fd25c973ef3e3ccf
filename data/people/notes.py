"""Analysts' notes on a chart: a remark on a day of a subject, with its author and date."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
from sqlalchemy import bindparam, insert, select, update

from data.errors import UsageError
from data.schema import models
from data.schema.bulk import next_id
from data.schema.frames import days_frame, raw
from data.schema.store import Store


def save_note(store: Store, *, subject: str, day: date, words: str, author: str, now: datetime) -> int:
    """Keep a note; its id. UsageError: no words, too many, or no author."""
    if not words.strip() or len(words) > 500 or not author.strip():
        raise UsageError("A note needs an author and between 1 and 500 characters.")
    with store.writing(durable=True) as connection:
        ident = next_id(connection, models.Note.id)
        row = {
            "id": ident,
            "subject": subject,
            "day": day,
            "words": words,
            "author": author,
            "created_at": now,
            "removed_at": None,
        }
        connection.execute(insert(models.Note), [row])
    return ident


def notes_between(store: Store, subject: str, start: date, end: date) -> pd.DataFrame:
    """Columns id, day, words, author, created_at (UTC): the notes on a subject's chart, oldest first."""
    with store.reading() as connection:
        rows = connection.execute(_NOTES, {"subject": subject, "start": start, "end": end}).all()
    return days_frame(rows, COLUMNS) if rows else _NONE.copy()


_n = models.Note
# Made once, as in data/read/attention.py.
_NOTES = (
    select(_n.id, raw(_n.day), _n.words, _n.author, _n.created_at)
    .where(
        _n.subject == bindparam("subject"),
        _n.day >= bindparam("start"),
        _n.day <= bindparam("end"),
        _n.removed_at.is_(None),
    )
    .order_by(_n.day, _n.id)
)
COLUMNS = ["id", "day", "words", "author", "created_at"]
_NONE = days_frame([], COLUMNS)


def remove_note(store: Store, ident: int, now: datetime) -> None:
    """Take a note off the chart."""
    with store.writing(durable=True) as connection:
        connection.execute(update(models.Note).where(models.Note.id == ident).values(removed_at=now))
