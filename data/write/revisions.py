"""Revisions: each batch of writes is one, in one transaction, so that anything can be read as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from data.records import utc
from data.schema.models import Revision
from data.schema.store import Store, newest_revision
from data.version import VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionInfo:
    number: int
    at: datetime
    kind: str
    summary: dict[str, Any]
    app_version: str
    catalog_hash: str


@dataclass(slots=True, kw_only=True)
class Writing:
    """A revision being written: what it did so far."""

    connection: Connection
    number: int
    did: dict[str, Any] = field(default_factory=dict)


class _Nothing(Exception):
    """Raised to roll an empty revision back."""


@contextmanager
def new_revision(store: Store, kind: str, *, now: datetime, catalog_hash: str, keep: bool = True) -> Iterator[Writing]:
    """
    Write one revision. What the block puts into `did` becomes its summary; when it stays empty, nothing is kept.

    With `keep=False` everything is rolled back after the block: a preview that cannot differ from the real thing.
    """
    try:
        with store.writing() as connection:
            store.load_ids(connection)
            writing = Writing(connection=connection, number=newest_revision(connection) + 1)
            yield writing
            if not keep or not writing.did:
                raise _Nothing
            connection.execute(insert(Revision), [_row(writing, kind, utc(now), catalog_hash)])
    except _Nothing:
        forget_ids(store)
    except BaseException:
        forget_ids(store)
        raise


def forget_ids(store: Store) -> None:
    """Names that a rolled-back transaction added are not in the store."""
    store.subject_ids, store.publisher_ids = {}, {}


def _row(writing: Writing, kind: str, now: datetime, catalog_hash: str) -> Mapping[str, Any]:
    return {
        "number": writing.number,
        "at": now,
        "kind": kind,
        "summary": json.dumps(writing.did, ensure_ascii=False, sort_keys=True),
        "app_version": VERSION,
        "catalog_hash": catalog_hash,
    }


def revisions_between(store: Store, after: int, until: int) -> list[RevisionInfo]:
    """The revisions with `after < number <= until`, oldest first."""
    with store.reading() as connection:
        rows = connection.execute(
            select(
                Revision.number,
                Revision.at,
                Revision.kind,
                Revision.summary,
                Revision.app_version,
                Revision.catalog_hash,
            )
            .where(Revision.number > after, Revision.number <= until)
            .order_by(Revision.number)
        )
        return [
            RevisionInfo(number=n, at=at, kind=kind, summary=json.loads(summary), app_version=app, catalog_hash=catalog)
            for n, at, kind, summary, app, catalog in rows
        ]


def revision_info(store: Store, number: int) -> RevisionInfo | None:
    """What a revision was; None when there is no such one."""
    found = revisions_between(store, number - 1, number)
    return found[0] if found else None
