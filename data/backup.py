"""
Copies of a store that can be relied on: taken while others write, checked before they count, restored as a new file.

    back_up_to: store → a copy as of one moment → every page and index checked → chokepoint-20261201T083000Z.db
    restore:    backup → a copy → checked, and opened as a store → the new file

A copy that fails on the way leaves nothing behind, and takes no older backup's place.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.errors import StoreError, UsageError
from data.schema.store import Store, back_up, file_of, open_store

NAME = re.compile(r"chokepoint-\d{8}T\d{6}Z\.db")
UNFINISHED = ".chokepoint-copy-"
STALE_SECONDS = 86_400  # no copy takes a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    path: Path
    revision: int  # the newest that it holds
    size: int  # bytes
    removed: tuple[Path, ...] = ()  # older backups that went


def back_up_to(store: Store, folder: Path | None = None, *, keep: int, now: datetime) -> Copy:
    """
    A checked copy in `folder` (by default `backups` beside the store), of whose backups `keep` stay: this, and the
    newest others.

    UsageError for a server's database. StoreError when there is no room, the folder cannot be written, or the store is
    damaged.
    """
    path = file_of(store.url)
    if path is None:
        raise UsageError("Only a store in a file is backed up here; a PostgreSQL server's with pg_dump.")
    folder = folder or path.parent / "backups"
    target = folder / f"chokepoint-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"
    with checked_copy(target) as part:
        back_up(store.engine, part)
    return _copy_at(target, _pruned(target, keep))


def restore(backup: Path, target: Path) -> Copy:
    """
    The backup as a store in the new file `target`, with today's schema. The backup is left as it is.

    UsageError when there is something at `target`, or the backup is a store in use. StoreError when it is no store, or
    damaged.
    """
    if not backup.is_file():
        raise UsageError(f"There is no backup at {backup}.")
    with checked_copy(target) as part:
        _refuse_in_use(backup)
        shutil.copyfile(backup, part)
        _refuse_in_use(backup)
    return _copy_at(target)


@contextmanager
def checked_copy(target: Path) -> Iterator[Path]:
    """
    A file to copy into, which becomes `target` when it is a whole store after the block; else it is gone.

    UsageError when there is something at `target`, before the block or after it.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale(target.parent)
        # A folder, for the log beside the copy, and for what a migration of it leaves.
        with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=target.parent) as place:
            part = Path(place) / target.name
            _refuse_existing(target)
            part.touch()
            yield part
            with open_store(part, create=False) as copy:
                copy.check(thorough=True)
            _flush(part)
            _refuse_existing(target)
            part.replace(target)
        _flush(target.parent)
    except OSError as error:
        named = error.filename or target
        raise StoreError(f"{named} cannot be read or written ({error.strerror}): no copy was made.") from error


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise UsageError(f"There is a file at {target} already: it is left as it is; name another.")


def _refuse_in_use(backup: Path) -> None:
    """A store that is open keeps its newest rows in a log beside it, which a copy of the file would leave out."""
    for suffix in ("-wal", "-journal"):
        log = backup.with_name(backup.name + suffix)
        if log.exists() and log.stat().st_size:
            raise UsageError(f"{backup} is a store in use: make a copy of it with `python -m ingest backup` first.")


def _pruned(newest: Path, keep: int) -> tuple[Path, ...]:
    """The backups beside `newest` that were removed; never itself, which a clock set back makes look old."""
    try:
        others = sorted(path for path in newest.parent.iterdir() if NAME.fullmatch(path.name) and path != newest)
        removed = tuple(others[: max(len(others) - keep + 1, 0)])
        for old in removed:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"The backup {newest} was made, but an older one could not be removed ({error.strerror})."
        ) from error
    return removed


def _remove_stale(folder: Path) -> None:
    """Remove what copies that were killed have left, so that they do not fill the disk."""
    for left in folder.glob(f"{UNFINISHED}*"):
        if time.time() - left.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _flush(path: Path) -> None:
    """Have the disk keep what was written to a file, or a folder's new name."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_at(path: Path, removed: tuple[Path, ...] = ()) -> Copy:
    with open_store(path, create=False) as store:
        return Copy(path=path, revision=store.revision(), size=path.stat().st_size, removed=removed)
