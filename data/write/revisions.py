"""Revisions: each batch of writes is one, in one transaction, so that anything can be read as it was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from data.records import utc
from data.schema.models import ALL, PublisherName, Revision, Subject
from data.schema.store import Ids, Store, newest_revision
from data.version import VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionInfo:
    """What a revision was; `model_hash` is "" where nothing was linked."""

    number: int
    at: datetime
    kind: str
    summary: dict[str, Any]
    app_version: str
    catalog_hash: str
    model_hash: str


@dataclass(slots=True, kw_only=True)
class Writing:
    """A revision being written: its transaction, the ids of names in it, and what it did so far."""

    connection: Connection
    number: int
    subjects: dict[str, int]
    publishers: dict[str, int]
    did: dict[str, Any] = field(default_factory=dict)

    def reading(self) -> AbstractContextManager[Connection]:
        """The transaction's own connection, where `Store.reading` would open another."""
        return nullcontext(self.connection)

    def add_names(self, subjects: Iterable[str], publishers: Iterable[str] = ()) -> None:
        """Give ids to the subjects and publishers that the store has not met."""
        before, self.subjects = self.subjects, with_ids(self.subjects, {ALL, *subjects})
        self._insert(Subject, "key", self.subjects, before)
        before, self.publishers = self.publishers, with_ids(self.publishers, publishers)
        self._insert(PublisherName, "name", self.publishers, before)

    def take_subjects(self, subjects: dict[str, int]) -> None:
        """Insert new subjects under ids from `with_ids`, which are free as long as nothing was written in between."""
        self._insert(Subject, "key", subjects, self.subjects)
        self.subjects = subjects

    def _insert(self, model: Any, column: str, names: dict[str, int], before: dict[str, int]) -> None:
        if new := [{"id": ident, column: name} for name, ident in names.items() if name not in before]:
            self.connection.execute(insert(model), new)


def with_ids(known: dict[str, int], names: Iterable[str]) -> dict[str, int]:
    """The ids of a table of names, with the ones that new names will have: the next free numbers, by name."""
    new = sorted(set(names) - known.keys())
    first = max(known.values(), default=0) + 1
    return known | {name: first + i for i, name in enumerate(new)} if new else known


MADE_BY_PEOPLE = ("override",)
"""Revisions that no source brings again after a power cut."""


class _NothingWritten(Exception):
    """Raised to roll an empty revision back."""


@contextmanager
def new_revision(
    store: Store, kind: str, *, now: datetime, catalog_hash: str, model_hash: str = ""
) -> Iterator[Writing]:
    """Write one revision. What the block puts into `did` becomes its summary; when it stays empty, nothing is kept."""
    try:
        with store.writing(durable=kind in MADE_BY_PEOPLE) as connection:
            # Names that the block adds stay in `writing`: the store's ids are shared by all sessions and must be
            # committed.
            subjects, publishers = store.ids(connection)
            number = newest_revision(connection) + 1
            writing = Writing(connection=connection, number=number, subjects=subjects, publishers=publishers)
            yield writing
            if not writing.did:
                raise _NothingWritten
            row = {
                "number": number,
                "at": utc(now),
                "kind": kind,
                "summary": json.dumps(writing.did, ensure_ascii=False, sort_keys=True),
                "app_version": VERSION,
                "catalog_hash": catalog_hash,
                "model_hash": model_hash,
            }
            connection.execute(insert(Revision), [row])
    except _NothingWritten:
        return
    store.keep_ids(Ids(writing.subjects, writing.publishers))


def revisions_between(store: Store, after: int, until: int) -> list[RevisionInfo]:
    """The revisions with `after < number <= until`, oldest first."""
    r = Revision
    query = select(r.number, r.at, r.kind, r.summary, r.app_version, r.catalog_hash, r.model_hash)
    with store.reading() as connection:
        rows = connection.execute(query.where(r.number > after, r.number <= until).order_by(r.number))
        return [
            RevisionInfo(
                number=row.number,
                at=row.at,
                kind=row.kind,
                summary=json.loads(row.summary),
                app_version=row.app_version,
                catalog_hash=row.catalog_hash,
                model_hash=row.model_hash,
            )
            for row in rows
        ]


def revision_info(store: Store, number: int) -> RevisionInfo | None:
    """What a revision was; None when there is no such one."""
    revisions = revisions_between(store, number - 1, number)
    return revisions[0] if revisions else None
