"""The bundled sample, written into its own store when it is not there yet. No Streamlit here: the command does it before it serves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from data import prices, queries
from data.db import open_store
from ingest.sample import load_sample


def fill_sample(url: str, progress: Callable[[str], None] = lambda _: None) -> None:
    """Stories or prices that are there already are not read again."""
    with open_store(url, kind="sample") as store:
        if queries.span(store) is None or not prices.last_sessions(store):
            load_sample(store, now=datetime.now(UTC), progress=progress)
