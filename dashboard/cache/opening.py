"""Which store to open; the bundled sample is loaded into its own when there is no other."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import load, sampling
from data.sample import ORIGIN
from data.schema.store import sample_url

__all__ = ["ORIGIN", "ready_store"]


def ready_store() -> str:
    """The URL of a store that can be shown. The first time without one, this loads the sample and says so."""
    url = load.shown_url()
    if url == sample_url():
        with st.spinner(
            "Loading the bundled sample: its stories are linked to companies and themes. This happens once."
        ):
            filled_sample(url)
    return url


@st.cache_resource(show_spinner=False)
def filled_sample(url: str) -> None:
    """The sample store, filled; once a process, whoever asks first."""
    sampling.fill_sample(url)
