"""
The catalogs that a store was written with: what each said, so that a view as of a revision has the companies of its themes,
their listings and names, that it had then.

    catalog in use → facts kept, and a revision when they differ from the last one's        revision → catalog as of it
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select

from data.catalog import catalog_of
from data.catalog.edit import earlier_texts
from data.catalog.facts import catalog_with, facts_of
from data.catalog.records import Catalog
from data.errors import CatalogError, UsageError
from data.schema.models import CatalogFacts, KnownCatalog, Revision
from data.schema.store import Store, newest_revision
from data.write.revisions import new_revision


def remember_catalog(store: Store, catalog: Catalog, *, now: datetime) -> int:
    """
    Keep what the catalog says before anything is written with it. The revision that this took; 0 when the store knew it.

    A store whose last revision was written with other facts gets one of kind "catalog": from it on, views have this catalog.
    Older revisions' catalogs are filled in from the edits kept under `history/`, where their hash proves that they are the ones.
    """
    facts = facts_of(catalog)
    with store.reading() as connection:
        unknown = _unknown_hashes(connection)
        known = _facts_hash(connection, catalog.hash) is not None
        written = newest_revision(connection)
        changed = written > 0 and _facts_at(connection, written) != facts
    if known and not changed:
        return 0
    kept = [(catalog.hash, facts), *_earlier(catalog, unknown - {catalog.hash})]
    if not changed:
        with store.writing() as connection:
            _keep(connection, kept)
        return 0
    with new_revision(store, "catalog", now=now, catalog_hash=catalog.hash) as writing:
        _keep(writing.connection, kept)
        # Whoever else looked at the same time may have written it.
        if _facts_at(writing.connection, writing.number - 1) != facts:
            writing.did.update(companies=len(catalog.companies), themes=len(catalog.themes))
    return writing.number if writing.did else 0


def catalog_as_of(store: Store, rev: int, today: Catalog) -> Catalog:
    """
    The catalog with which a revision was written; today's where the store knows none.

    Of a revision that is older than what the store keeps, the first one known after it: that stays the same, today's does not.
    """
    with store.reading() as connection:
        query = (
            select(KnownCatalog.hash, CatalogFacts.facts)
            .join(CatalogFacts, CatalogFacts.hash == KnownCatalog.facts_hash)
            .join(Revision, Revision.catalog_hash == KnownCatalog.hash)
        )
        found = connection.execute(query.where(Revision.number >= rev).order_by(Revision.number).limit(1)).first()
    if not rev or found is None or found.hash == today.hash:
        return today
    # Another edition of the same facts: only words that link articles were edited.
    return today if found.facts == facts_of(today) else catalog_with(found.facts, today, catalog_hash=found.hash)


def _facts_at(connection: Connection, rev: int) -> str | None:
    query = select(CatalogFacts.facts).join(KnownCatalog, KnownCatalog.facts_hash == CatalogFacts.hash)
    return connection.scalar(
        query.join(Revision, Revision.catalog_hash == KnownCatalog.hash).where(Revision.number == rev)
    )


def _facts_hash(connection: Connection, catalog_hash: str) -> str | None:
    return connection.scalar(select(KnownCatalog.facts_hash).where(KnownCatalog.hash == catalog_hash))


def _unknown_hashes(connection: Connection) -> set[str]:
    """The catalogs that revisions name and the store knows nothing of: it is older than this table."""
    known = select(KnownCatalog.hash)
    return set(connection.scalars(select(Revision.catalog_hash).where(Revision.catalog_hash.not_in(known)).distinct()))


def _keep(connection: Connection, catalogs: Iterable[tuple[str, str]]) -> None:
    """Hash and facts of each. Most edits change words only: the same facts are kept once."""
    for catalog_hash, facts in catalogs:
        if _facts_hash(connection, catalog_hash) is not None:
            continue
        ident = hashlib.sha256(facts.encode()).hexdigest()
        if connection.scalar(select(CatalogFacts.hash).where(CatalogFacts.hash == ident)) is None:
            connection.execute(insert(CatalogFacts), [{"hash": ident, "facts": facts}])
        connection.execute(insert(KnownCatalog), [{"hash": catalog_hash, "facts_hash": ident}])


def _earlier(catalog: Catalog, wanted: set[str]) -> Iterator[tuple[str, str]]:
    """Hash and facts of those earlier catalogs that are wanted and that the kept edits lead back to."""
    for begins, texts in earlier_texts(Path(catalog.folder)):
        if not any(ident.startswith(begins) for ident in wanted):
            continue
        # A file edited by hand in between is in no history: what is put together then is another catalog, or none at all.
        with suppress(CatalogError, UsageError):
            earlier = catalog_of(catalog.files.changed(texts), catalog.model)
            if earlier.hash in wanted:
                yield earlier.hash, facts_of(earlier)
