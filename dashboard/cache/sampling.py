"""Which store is shown; the bundled sample, written into its own when it is not there yet. No Streamlit here: the command asks before it serves."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime

from data import prices
from data.read import attention
from data.schema.store import default_url, open_store, sample_url, store_exists
from ingest.sample import load_sample


def fill_sample(url: str, progress: Callable[[str], None] = lambda _: None) -> None:
    """Stories or prices that are there already are not read again."""
    with open_store(url, kind="sample") as store:
        if attention.span(store) is None or not prices.last_sessions(store):
            load_sample(store, now=datetime.now(UTC), progress=progress)


def shown_url(has_stories: Callable[[str], bool] | None = None) -> str:
    """
    The store that the app, the API and the command show: one's own when it was named or has a story, else the sample's.

    `has_stories` answers for one's own, where it is open already.
    """
    live = default_url()
    if not store_exists(live):
        return sample_url()
    # An update that reached nobody leaves an empty store behind: no reason to hide the sample.
    return live if "CHOKEPOINT_DB" in os.environ or (has_stories or _has_stories)(live) else sample_url()


def _has_stories(url: str) -> bool:
    with open_store(url, create=False) as store:
        return attention.span(store) is not None
