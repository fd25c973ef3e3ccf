"""
The store's operational state, the only rows that are updated in place: each source's state, every fetch attempt, and
the runs, of which one is active at a time.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import delete, insert, select, update

from data.errors import StoreBusy
from data.schema import models
from data.schema.bulk import next_id
from data.schema.frames import frame_of
from data.schema.store import Store

LEASE = timedelta(minutes=5)
"""A run without a heartbeat for this long is over; so is one whose heartbeat is as far ahead: its clock was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of a source between fetches."""

    source: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    last_full_at: datetime | None = None
    last_ok_at: datetime | None = None
    next_due_at: datetime | None = None
    failures: int = 0
    last_error: str = ""
    moved_to: str = ""
    paused: bool = False
    url: str = ""  # the address that all this is about; "" where it was not kept yet


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchAttempt:
    """One attempt at a source: `outcome` is ok, unchanged or failed; the sentence says why it failed."""

    source: str
    at: datetime
    outcome: str
    sentence: str = ""
    articles: int = 0
    seconds: float = 0.0


def source_state(store: Store, source: str) -> SourceState:
    """A source's state; an empty one for a source that was never fetched."""
    s = models.SourceState.__table__
    with store.reading() as connection:
        row = connection.execute(select(s).where(s.c.source == source)).mappings().first()
    return SourceState(**row) if row else SourceState(source=source)


def record_fetch(store: Store, attempt: FetchAttempt, state: SourceState) -> None:
    """Save an attempt and the state that it leaves."""
    with store.writing() as connection:
        connection.execute(insert(models.Fetch), [{"id": next_id(connection, models.Fetch.id), **asdict(attempt)}])
        connection.execute(delete(models.SourceState).where(models.SourceState.source == state.source))
        connection.execute(insert(models.SourceState), [asdict(state)])


def resume_source(store: Store, source: str) -> None:
    """Make a source due at the next update, also one that was paused since it reported that it is gone."""
    with store.writing(durable=True) as connection:
        s = models.SourceState
        connection.execute(update(s).where(s.source == source).values(paused=False, failures=0, next_due_at=None))


def source_states(store: Store) -> pd.DataFrame:
    """One row a source that was ever fetched; columns as SourceState."""
    s = models.SourceState.__table__
    columns = list(SourceState.__dataclass_fields__)
    with store.reading() as connection:
        rows = connection.execute(select(*(s.c[name] for name in columns)).order_by(s.c.source)).all()
    return frame_of(rows, columns)


def source_days(store: Store, start: date, end: date) -> pd.DataFrame:
    """Columns source, day, outcome, articles, sentence: each source's last attempt of a day (UTC), its articles."""
    f = models.Fetch
    first = datetime(start.year, start.month, start.day, tzinfo=UTC)
    with store.reading() as connection:
        rows = connection.execute(
            select(f.source, f.at, f.outcome, f.articles, f.sentence).where(f.at >= first).order_by(f.at)
        ).all()
    frame = frame_of(rows, ["source", "at", "outcome", "articles", "sentence"])
    frame["day"] = pd.to_datetime(frame.pop("at"), utc=True).dt.tz_localize(None).dt.normalize()
    frame = frame[(frame["day"] >= pd.Timestamp(start)) & (frame["day"] <= pd.Timestamp(end))]
    days = frame.groupby(["source", "day"], as_index=False)
    return days.agg(outcome=("outcome", "last"), articles=("articles", "sum"), sentence=("sentence", "last"))


@dataclass(slots=True)
class ActiveRun:
    """The run that holds the store's lease."""

    store: Store
    id: int

    def beat(self, now: datetime, counts: Mapping[str, Any] | None = None) -> None:
        """Save a heartbeat, with the counts so far."""
        self._set(heartbeat_at=now, counts=json.dumps(counts or {}))

    def end(self, status: str, now: datetime, counts: Mapping[str, Any] | None = None) -> None:
        """Release the lease; `status` is done, partial, cancelled or failed."""
        self._set(heartbeat_at=now, ended_at=now, status=status, counts=json.dumps(counts or {}))

    def _set(self, **values: Any) -> None:
        with self.store.writing() as connection:
            connection.execute(update(models.Run).where(models.Run.id == self.id).values(**values))


def begin_run(store: Store, kind: str, now: datetime) -> ActiveRun:
    """Take the store's lease. StoreBusy when another run is active; one that was killed is marked interrupted."""
    r = models.Run
    with store.writing() as connection:
        for row in connection.execute(
            select(r.id, r.host, r.pid, r.kind, r.started_at, r.heartbeat_at).where(r.ended_at.is_(None))
        ).all():
            if abs(now - row.heartbeat_at) < LEASE and _may_live(row.host, row.pid):
                began = f"{row.started_at:%H:%M} UTC"
                raise StoreBusy(
                    f"Another run ({row.kind}, process {row.pid}, started {began}) is active; nothing done."
                )
            connection.execute(update(r).where(r.id == row.id).values(ended_at=now, status="interrupted"))
        ident = next_id(connection, r.id)
        connection.execute(
            insert(r),
            [
                {
                    "id": ident, "kind": kind, "host": socket.gethostname(), "pid": os.getpid(), "started_at": now,
                    "heartbeat_at": now, "ended_at": None, "status": "running", "counts": "{}",
                }
            ],
        )  # fmt: skip
    return ActiveRun(store, ident)


def _may_live(host: str, pid: int) -> bool:
    """Whether the process may be alive: only its own machine knows, and only on POSIX can one ask without harm."""
    if host != socket.gethostname() or os.name != "posix":
        return True
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def last_run(store: Store) -> dict[str, Any] | None:
    """The newest run: kind, started_at, ended_at, status, counts; None before the first."""
    r = models.Run
    with store.reading() as connection:
        query = (
            select(r.kind, r.started_at, r.heartbeat_at, r.ended_at, r.status, r.counts).order_by(r.id.desc()).limit(1)
        )
        row = connection.execute(query).mappings().first()
    return None if row is None else {**row, "counts": json.loads(row["counts"])}
