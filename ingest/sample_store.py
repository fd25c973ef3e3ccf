"""
The bundled sample's store: built once, and again when what it was made from has changed.

    the sample's files, the schema, the code that links ─┬→ marks in the store, the same as now? → it is current
    the catalog, the model ──────────────────────────────┘                          no → built beside it, then swapped
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from data import sample as bundle
from data.catalog.records import Catalog
from data.errors import UsageError
from data.files import Files
from data.people import has_own_work
from data.schema.models import SCHEMA
from data.schema.store import Store, back_up, file_of, open_store, store_exists

FOLDER = Path(__file__).resolve().parent
CODE = ("link.py", "sample.py", "entities/*.py", "themes/*.py", "stories/*.py", "prices/*.py")
"""The files of this package on which the store's rows depend."""

MADE_FROM, LINKED_WITH = "sample_made_from", "sample_linked_with"
ABANDONED_SECONDS = 3_600
"""The age at which a half-built store is taken for one of a build that was killed."""


def is_current(url: str, catalog: Catalog) -> bool:
    """
    Whether the store is there and holds what a build would write now.

    A live store at this address is nobody's to rebuild, and a server's database is filled only while it is empty.
    """
    if not store_exists(url):
        return False
    with open_store(url, kind="sample") as store:
        if not store.is_sample:
            return True
        if file_of(url) is None:
            return store.meta(MADE_FROM) is not None
        return (store.meta(MADE_FROM), store.meta(LINKED_WITH)) == (made_from(), linked_with(catalog))


def build_sample_store(url: str, catalog: Catalog, progress: Callable[[int, str], None] = lambda *_: None) -> int:
    """
    Build the store unless it is current; the number of its articles, 0 when there was nothing to do.

    A reader of the old file never sees a half-built one. An old file with somebody's notes, saved views or corrections
    is kept as a backup beside the new one.
    """
    if store_exists(url):
        _refuse_live(url)
        if is_current(url, catalog):
            return 0
    path = file_of(url)
    if path is None:
        return _filled(url, catalog, progress)
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(path)
    new = path.with_name(f"{path.name}-{os.getpid()}.new")
    try:
        count = _filled(f"sqlite:///{new}", catalog, progress)
        _keep_own_work(path, progress)
        # The old file's log would be replayed into the new one.
        for log in ("-wal", "-shm"):
            path.with_name(path.name + log).unlink(missing_ok=True)
        new.replace(path)
    finally:
        for left in path.parent.glob(f"{new.name}*"):
            left.unlink()
    return count


def mark_current(store: Store, catalog: Catalog) -> None:
    """Mark a sample store as what a build would write now."""
    store.keep_meta(MADE_FROM, made_from())
    mark_linked(store, catalog)


def mark_linked(store: Store, catalog: Catalog) -> None:
    """Mark a sample store as linked with this catalog: an edit that was applied to it is no reason to rebuild it."""
    store.keep_meta(LINKED_WITH, linked_with(catalog))


def made_from() -> str:
    """The SHA-256 of the sample's files, the schema's version and the code."""
    code = [path.relative_to(FOLDER).as_posix() for pattern in CODE for path in FOLDER.glob(pattern)]
    parts = (Files.read(bundle.FOLDER, (bundle.STORIES, bundle.PRICES)).hash, SCHEMA, Files.read(FOLDER, code).hash)
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def linked_with(catalog: Catalog) -> str:
    return f"{catalog.hash} {catalog.model.hash}"


def _filled(url: str, catalog: Catalog, progress: Callable[[int, str], None]) -> int:
    progress(0, "Getting ready to read the sample …")
    from ingest.sample import load_sample  # pandas, SciPy and the linker: nothing that a current store must wait for

    with open_store(url, kind="sample") as store:
        count = load_sample(store, catalog, now=datetime.now(UTC), progress=progress)
        mark_current(store, catalog)
    return count


def _refuse_live(url: str) -> None:
    with open_store(url, kind="sample") as store:
        if not store.is_sample:
            raise UsageError(f"{store.url} holds live data; the sample needs a store of its own.")


def _keep_own_work(path: Path, progress: Callable[[int, str], None]) -> None:
    if not store_exists(path):
        return
    with open_store(path) as old:
        if has_own_work(old):
            kept = path.with_name(f"{path.name}.backup-{datetime.now(UTC):%Y-%m-%d-%H%M%S}")
            back_up(old.engine, kept)
            progress(99, f"The notes, saved views and corrections of the earlier sample are kept in {kept.name}.")


def _remove_abandoned(path: Path) -> None:
    for left in path.parent.glob(f"{path.name}-*.new*"):
        if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
            left.unlink()
