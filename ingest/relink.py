"""
Linking the stored articles again: the one write path for edits of the catalog, from the command line and the Catalog
page.

    lease | edits merged into today's files | articles linked, without a lock | what differs written, as one revision

Corrections apply to the new links as to the old ones, also those that are made while this runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data.catalog import current
from data.catalog.edit import FileEdit, edited_catalog, write_edits
from data.catalog.records import Catalog
from data.records import Article
from data.schema.store import Reading, Store, newest_revision
from data.write.catalog_versions import remember_catalog
from data.write.corrections import corrected, corrections_of, is_stale, undo_correction
from data.write.links import (
    Difference,
    Effect,
    LinkChanges,
    count_articles,
    differences,
    link_changes,
    stored_articles,
    write_links,
)
from data.write.revisions import new_revision
from ingest.lease import WAIT_SECONDS, Clock, active_run, utc_now
from ingest.link import Linker
from ingest.progress import Progress, Step, no_progress
from ingest.sample_store import mark_linked

TRIES = 3


def preview(
    store: Store, catalog: Catalog, edits: Sequence[FileEdit] = (), *, progress: Progress = no_progress
) -> Effect:
    """
    The effect that `relink` would have. It only reads, so no writer waits for it.

    CatalogError: an edit has a mistake. EditConflict: somebody else has changed the same phrase or name since.
    """
    catalog = edited_catalog(current(catalog), edits)
    return _Relinking(store, catalog, progress).changes(store.reading).effect()


def relink(
    store: Store,
    catalog: Catalog,
    edits: Sequence[FileEdit] = (),
    *,
    clock: Clock = utc_now,
    progress: Progress = no_progress,
    wait_seconds: float = WAIT_SECONDS,
) -> tuple[Catalog, Effect]:
    """
    Merge the edits into the catalog's files and link every article again; returns the catalog and the effect.

    Waits up to `wait_seconds` for another run to end, then StoreBusy; what that run saved is linked again too.
    CatalogError and EditConflict as in `preview`: then nothing is written.
    """
    store = store.patient(wait_seconds)
    with active_run(store, "relink", clock, wait_seconds=wait_seconds, progress=progress, on_sample=True) as run:
        catalog = current(catalog)  # it may have changed while another run was waited for
        if edits:
            catalog = write_edits(catalog, edits, now=clock())
        remember_catalog(store, catalog, now=clock())
        effect = _saved(store, catalog, _Relinking(store, catalog, run.beating(progress)), clock())
        if store.is_sample:
            mark_linked(store, catalog)
        run.counts["articles"] = effect.articles
    return catalog, effect


def undo(store: Store, catalog: Catalog, article: int, subject: str, *, now: datetime) -> None:
    """Undo a correction; the links that come back are made with today's catalog. UsageError when there is none."""
    catalog = current(catalog)
    stale = is_stale(store, article, subject, catalog_hash=catalog.hash)
    effect = undo_correction(store, article, subject, now=now, catalog_hash=catalog.hash)
    if stale:
        _saved(store, catalog, _Relinking(store, catalog, since=effect.revision - 1), now)


class _Relinking:
    """The links that differ from the stored ones, kept up to date with what is written meanwhile."""

    def __init__(self, store: Store, catalog: Catalog, progress: Progress = no_progress, *, since: int = 0) -> None:
        self._store, self._linker, self._progress = store, Linker(catalog), progress
        self._differing: dict[int, Difference] = {}
        self.revision = since
        """Articles are linked as of this revision."""

    def changes(self, read: Reading) -> LinkChanges:
        """The changes to write now. The first call links every article, later ones those that changed since."""
        since, total, done = self.revision, 0 if self.revision else count_articles(read), 0
        with read() as connection:
            self.revision, subjects = newest_revision(connection), self._store.ids(connection).subjects
        for part in stored_articles(read, since=since):
            for ident, _ in part:
                self._differing.pop(ident, None)
            self._differing |= self._differences(read, part)
            done += len(part)
            self._progress(Step(work="relink", name=f"{len(self._differing):,} change", done=done, total=total or done))
        return link_changes(read, subjects, self._differing)

    def _differences(self, read: Reading, part: Sequence[tuple[int, Article]]) -> dict[int, Difference]:
        mentions = self._linker.link_all([article for _, article in part])
        corrections = corrections_of(read, [ident for ident, _ in part])
        wanted = {
            ident: corrected(found, corrections.get(ident, ()), article.title, article.summary)
            for (ident, article), found in zip(part, mentions, strict=True)
        }
        return differences(read, wanted)


def _saved(store: Store, catalog: Catalog, relinking: _Relinking, now: datetime) -> Effect:
    """Write what differs. The lock is held only for writing; what changed meanwhile is linked again before."""
    for tries_left in reversed(range(TRIES)):
        changes = relinking.changes(store.reading)
        with new_revision(
            store, "relink", now=now, catalog_hash=catalog.hash, model_hash=catalog.model.hash
        ) as writing:
            if writing.number - 1 != relinking.revision:
                if tries_left:
                    continue
                # Others write faster than this reads: the last try reads under the lock.
                changes = relinking.changes(writing.reading)
            effect = changes.effect(writing.number if changes.differences else 0)
            if changes.differences:
                write_links(writing, changes)
                writing.did.update(articles=effect.articles, gained=effect.gained, lost=effect.lost)
            return effect
    raise AssertionError("the last try always writes")
