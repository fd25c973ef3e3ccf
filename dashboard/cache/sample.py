"""Which store to show; the bundled sample, written into a store of its own the first time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from data.errors import StoreError
from data.prices import last_sessions
from data.read.attention import span
from data.schema.store import default_url, open_store, sample_url, store_exists
from data.settings import settings
from ingest.sample import load_sample


def fill_sample(url: str, progress: Callable[[str], None] = lambda _: None) -> None:
    """Write what the sample store lacks; stories or prices that are there already are not read again."""
    with open_store(url, kind="sample") as store:
        if span(store) is None or not last_sessions(store):
            load_sample(store, now=datetime.now(UTC), progress=progress)


_shown_before: set[str] = set()
"""The stores that this process has seen: one that goes is reported, and the sample does not take its place."""


def url_to_show(has_stories: Callable[[str], bool] | None = None) -> str:
    """
    The store that the app, the API and the command show: the user's own if it was named or has a story, else the sample.

    `has_stories`: whether the user's own store has one, for callers that have it open already.
    """
    live = default_url()
    if not store_exists(live):
        if live in _shown_before:
            raise StoreError(
                "The store that was shown is not there any more: put it back, or restart Chokepoint to see the sample."
            )
        return sample_url()
    _shown_before.add(live)
    # An update that reached no source leaves an empty store behind: no reason to hide the sample.
    return live if settings().db or (has_stories or _has_stories)(live) else sample_url()


def _has_stories(url: str) -> bool:
    with open_store(url, create=False) as store:
        return span(store) is not None
