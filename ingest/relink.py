"""
Link again what is stored, after an edit of the catalog, and say what changes.

People's corrections hold: they are laid over the new links as they were over the old ones.
"""

from __future__ import annotations

from datetime import datetime

from data.catalog.records import Catalog
from data.records import Mention
from data.schema.store import Store
from data.write.catalog_versions import remember_catalog
from data.write.corrections import Effect
from data.write.relink import changed_links, count_articles, save_relink, stored_articles
from ingest.link import Linker
from ingest.progress import Progress, Step, unseen


def relink(store: Store, catalog: Catalog, *, now: datetime, keep: bool = True, progress: Progress = unseen) -> Effect:
    """What linking again changes: articles, and the stories that each subject gains and loses. Kept unless `keep` is False."""
    linker, total, done = Linker(catalog), count_articles(store), 0
    changed: dict[int, tuple[Mention, ...]] = {}
    for part in stored_articles(store):
        mentions = linker.link_all([article for _, article in part])
        linked = {ident: (article, found) for (ident, article), found in zip(part, mentions, strict=True)}
        changed |= changed_links(store, linked)
        done += len(part)
        progress(Step(work="relink", name=f"{len(changed):,} change", done=done, total=total))
    if keep:
        remember_catalog(store, catalog, now=now)
    return save_relink(store, changed, now=now, catalog_hash=catalog.hash, keep=keep)
