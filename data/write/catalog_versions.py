"""
The versions of the catalog that a store was written with, so that a view as of a revision has the themes' companies,
the listings and the names of then.

    catalog in use → its facts in the store, and a revision when they changed           revision → catalog as of it
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
    Store the catalog's facts before anything is written with it. Returns the revision that this took; 0 for known
    facts.

    A store whose last revision was written with other facts gets a revision of kind "catalog": from it on, views have
    this catalog. Unknown catalogs of older revisions are rebuilt from the edits under `history/`, as far as their hash
    proves them.
    """
    facts = facts_of(catalog)
    with store.reading() as connection:
        unknown = _unknown_hashes(connection)
        known = _facts_hash(connection, catalog.hash) is not None
        written = newest_revision(connection)
        changed = written > 0 and _facts_at(connection, written) != facts
    if known and not changed:
        return 0
    versions = [(catalog.hash, facts), *_earlier(catalog, unknown - {catalog.hash})]
    if not changed:
        with store.writing() as connection:
            _insert(connection, versions)
        return 0
    with new_revision(store, "catalog", now=now, catalog_hash=catalog.hash) as writing:
        _insert(writing.connection, versions)
        # Another process may have written it since.
        if _facts_at(writing.connection, writing.number - 1) != facts:
            writing.did.update(companies=len(catalog.companies), themes=len(catalog.themes))
    return writing.number if writing.did else 0


def catalog_as_of(store: Store, rev: int, today: Catalog) -> Catalog:
    """
    The catalog with which a revision was written; today's where the store knows none.

    For a revision older than the known catalogs it is the first known one after it, which never changes, as today's
    does.
    """
    with store.reading() as connection:
        query = (
            select(KnownCatalog.hash, CatalogFacts.facts)
            .join(CatalogFacts, CatalogFacts.hash == KnownCatalog.facts_hash)
            .join(Revision, Revision.catalog_hash == KnownCatalog.hash)
        )
        then = connection.execute(query.where(Revision.number >= rev).order_by(Revision.number).limit(1)).first()
    if not rev or then is None or then.hash == today.hash:
        return today
    # Another version with the same facts: only words that link articles were edited.
    return today if then.facts == facts_of(today) else catalog_with(then.facts, today, catalog_hash=then.hash)


def _facts_at(connection: Connection, rev: int) -> str | None:
    query = select(CatalogFacts.facts).join(KnownCatalog, KnownCatalog.facts_hash == CatalogFacts.hash)
    return connection.scalar(
        query.join(Revision, Revision.catalog_hash == KnownCatalog.hash).where(Revision.number == rev)
    )


def _facts_hash(connection: Connection, catalog_hash: str) -> str | None:
    return connection.scalar(select(KnownCatalog.facts_hash).where(KnownCatalog.hash == catalog_hash))


def _unknown_hashes(connection: Connection) -> set[str]:
    """The catalogs that revisions name without the store knowing them: these revisions are older than the table."""
    known = select(KnownCatalog.hash)
    return set(connection.scalars(select(Revision.catalog_hash).where(Revision.catalog_hash.not_in(known)).distinct()))


def _insert(connection: Connection, catalogs: Iterable[tuple[str, str]]) -> None:
    """Insert hash and facts of catalogs. Most edits change words only: equal facts are stored once."""
    for catalog_hash, facts in catalogs:
        if _facts_hash(connection, catalog_hash) is not None:
            continue
        ident = hashlib.sha256(facts.encode()).hexdigest()
        if connection.scalar(select(CatalogFacts.hash).where(CatalogFacts.hash == ident)) is None:
            connection.execute(insert(CatalogFacts), [{"hash": ident, "facts": facts}])
        connection.execute(insert(KnownCatalog), [{"hash": catalog_hash, "facts_hash": ident}])


def _earlier(catalog: Catalog, wanted: set[str]) -> Iterator[tuple[str, str]]:
    """Hash and facts of the wanted catalogs that undoing the edits under `history/` leads back to."""
    for begins, texts in earlier_texts(Path(catalog.folder)):
        if not any(ident.startswith(begins) for ident in wanted):
            continue
        # A file edited by hand in between is in no history: the result is another catalog, or none at all.
        with suppress(CatalogError, UsageError):
            earlier = catalog_of(catalog.files.changed(texts), catalog.model)
            if earlier.hash in wanted:
                yield earlier.hash, facts_of(earlier)
