"""The bundled sample, written into its own store when it is not there yet. No Streamlit here: the command does it before it serves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from data import prices, queries
from data.db import default_url, open_store, store_exists
from ingest.sample import load_sample


def fill_sample(url: str, progress: Callable[[str], None] = lambda _: None) -> None:
    """Stories or prices that are there already are not read again."""
    with open_store(url, kind="sample") as store:
        if queries.span(store) is None or not prices.last_sessions(store):
            load_sample(store, now=datetime.now(UTC), progress=progress)


def has_own_stories() -> bool:
    """Whether one's own store holds anything: an update that reached nobody leaves an empty one behind."""
    if not store_exists(default_url()):
        return False
    with open_store() as store:
        return queries.span(store) is not None
