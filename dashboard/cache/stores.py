"""
The store that is shown, opened once for all sessions, and the catalog in use; the bundled sample where there is no
other.

Pages, proofs, exports and the API share these, so that they always show the same store.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dashboard.access import check_may_change
from dashboard.address.view import Bounds
from dashboard.cache.memoize import cache_few, cache_many, memoize
from dashboard.cache.sample import sample_build, url_to_show
from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.errors import StoreError
from data.prices import last_sessions
from data.read.attention import span
from data.schema.store import Store, open_store, sample_url
from data.write.catalog_versions import catalog_as_of, remember_catalog

YEAR_DAYS = 364
"""Before the last session, in a store that has prices only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStore:
    """The store that the pages show, at its newest revision."""

    url: str
    kind: str
    bounds: Bounds
    has_stories: bool = True

    @property
    def is_sample(self) -> bool:
        return self.kind == "sample"


def shown_url() -> str:
    """The store to show. SampleNotReady: it is the sample's, which is being built; the first call begins that."""
    url = url_to_show(lambda url: load_span(url, store_at(url).revision()) is not None)
    if url == sample_url():
        sample_build.require(url, catalog_in_use)
    return url


class StoreInUse:
    """What answers machines from one store: the one that the pages show, or the one at `url`."""

    def __init__(self, url: str | None = None) -> None:
        self._url = url

    @property
    def url(self) -> str:
        return self._url or shown_url()

    @property
    def store(self) -> Store:
        return store_at(self.url)

    def bounds(self, rev: int) -> Bounds:
        """The days of the store at a revision, within which views are shown."""
        first, last = load_span(self.url, rev) or (date(2000, 1, 1), date(2000, 1, 1))
        return Bounds(first_day=first, last_day=last, newest=self.store.revision())


def shown_store(url: str) -> ShownStore:
    """The store's state now. A store without stories is shown for the last year of its prices, else for today."""
    store = store_at(url)
    # A store that cannot be written to now is shown all the same, with the catalog of its last revision.
    with suppress(StoreError):
        _remember_catalog(url, catalog_in_use().hash)
    newest = store.revision()
    days = load_span(url, newest)
    first, last = days or _price_days(url, newest)
    bounds = Bounds(first_day=first, last_day=last, newest=newest)
    return ShownStore(url=url, kind=store.kind, bounds=bounds, has_stories=days is not None)


def _price_days(url: str, rev: int) -> tuple[date, date]:
    sessions = last_sessions(store_at(url), rev).values()
    last = max(sessions, default=datetime.now(UTC).date())
    return (last - timedelta(days=YEAR_DAYS) if sessions else last), last


@memoize(4)
def store_at(url: str) -> Store:
    """The open store; one for all sessions."""
    store = open_store(url, create=False)
    store.check_may_change = check_may_change
    return store


@memoize(1)
def catalog_in_use() -> Catalog:
    """The catalog as its files are; call `forget_catalog` after an edit."""
    return load_catalog()


@cache_many
def catalog_at(url: str, rev: int) -> Catalog:
    """The catalog as of a revision: themes, companies, listings and names as they were then."""
    return catalog_as_of(store_at(url), rev, catalog_in_use())


def forget_catalog() -> None:
    """Make the next use read the catalog's files again."""
    catalog_in_use.clear()
    catalog_at.clear()


@cache_many
def load_span(url: str, rev: int) -> tuple[date, date] | None:
    """The first and last day with a story as of a revision; None without any."""
    return span(store_at(url), rev)


@cache_few
def _remember_catalog(url: str, catalog_hash: str) -> None:
    """Save the catalog in use in the store; once for each version of it."""
    remember_catalog(store_at(url), catalog_in_use(), now=datetime.now(UTC))
