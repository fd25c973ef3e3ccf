"""Which store to open; the bundled sample is loaded into its own when there is no other."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboard import load
from data import prices, queries
from data.db import open_store, sample_url
from data.sample import ORIGIN
from ingest.sample import load_sample

__all__ = ["ORIGIN", "ready_store"]


def ready_store() -> str:
    """The URL of a store that can be shown. The first time without one, this loads the sample and says so."""
    with st.spinner("Loading the bundled sample: its 2,273 stories are linked to companies and themes. This happens once."):
        return ready_store_quietly()


def ready_store_quietly() -> str:
    url = load.shown_url()
    if url == sample_url():
        fill_sample(url)
    return url


@st.cache_resource(show_spinner=False)
def fill_sample(url: str) -> None:
    """The sample store, filled; once a process, whoever asks first. Stories or prices that are there already are not read again."""
    with open_store(url, kind="sample") as store:
        if queries.span(store) is None or not prices.last_sessions(store):
            load_sample(store, now=datetime.now(UTC))
