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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.errors import StoreError, UsageError
from data.schema.store import Store, back_up, file_of, open_store

NAME = re.compile(r"chokepoint-\d{8}T\d{6}Z\.db")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    path: Path
    revision: int  # the newest that it holds
    size: int  # bytes
    removed: tuple[Path, ...] = ()  # older backups that went


def back_up_to(store: Store, folder: Path | None = None, *, keep: int, now: datetime) -> Copy:
    """
    A checked copy in `folder` (by default `backups` beside the store), of whose backups the newest `keep` stay.

    UsageError for a server's database. StoreError when there is no room, the folder cannot be written, or the store is
    damaged.
    """
    path = file_of(store.url)
    if path is None:
        raise UsageError("Only a store in a file is backed up here; a PostgreSQL server's with pg_dump.")
    folder = folder or path.parent / "backups"
    target = folder / f"chokepoint-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"
    with _checked_copy(target) as part:
        back_up(store.engine, part)
    backups = sorted(each for each in folder.iterdir() if NAME.fullmatch(each.name))
    removed = tuple(backups[:-keep])
    for old in removed:
        old.unlink(missing_ok=True)
    return _copy_at(target, removed)


def restore(backup: Path, target: Path) -> Copy:
    """
    The backup as a store in the new file `target`, with today's schema. The backup is left as it is.

    UsageError when there is something at `target`. StoreError when the backup is no store, or damaged.
    """
    if target.exists():
        raise UsageError(f"There is a file at {target} already: name a new one, then show it with CHOKEPOINT_DB.")
    if not backup.is_file():
        raise UsageError(f"There is no backup at {backup}.")
    with _checked_copy(target) as part:
        shutil.copyfile(backup, part)
    return _copy_at(target)


@contextmanager
def _checked_copy(target: Path) -> Iterator[Path]:
    """A file to copy into, which becomes `target` when it is a whole store after the block; else it is gone."""
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(b"")
        yield part
        with open_store(part, create=False) as copy:
            copy.check(thorough=True)
        _flush(part)
        part.replace(target)
        _flush(target.parent)
    except OSError as error:
        raise StoreError(f"{target} cannot be written ({error.strerror}): nothing was kept.") from error
    finally:
        for left in target.parent.glob(f"{part.name}*"):  # also logs, and what a migration of the copy leaves
            left.unlink(missing_ok=True)


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
