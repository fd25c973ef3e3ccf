"""People's own things in a store: saved views, notes, and the hypotheses that they looked at."""

from __future__ import annotations

from sqlalchemy import select

from data.schema.models import Note, Override, View
from data.schema.store import Store


def has_own_work(store: Store) -> bool:
    """Whether somebody has saved a view, written a note or corrected a link; the list of what was looked at is none."""
    with store.reading() as connection:
        return any(connection.scalar(select(table.id).limit(1)) is not None for table in (View, Note, Override))
