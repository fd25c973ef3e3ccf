"""What a store without any story says: how to fill it, the way back to the sample, and the prices that it has."""

from __future__ import annotations

import streamlit as st

from dashboard.cache.prices import load_last_sessions
from dashboard.components.frame import Frame
from dashboard.formatting import count_words, day_words, escape_markdown

STEPS = """**This store has no story yet.** First steps:

1. Import files that you have, in a terminal: `python -m ingest file NEWS.csv` (CSV, JSON, RSS, saved pages).
2. Or run an update, with the button on the [Sources]({sources}) page or in a terminal: `python -m ingest update`.
3. Back to the bundled sample: start Chokepoint without `--store` and without `CHOKEPOINT_DB`.
"""


def draw_first_steps(frame: Frame) -> None:
    st.info(STEPS.format(sources=frame.path("sources")), icon=":material/waving_hand:")
    last_sessions = load_last_sessions(frame.url, frame.rev)
    if not last_sessions:
        return
    listings = count_words(len(last_sessions), "listing")
    company = next((company for company in frame.catalog.companies.values() if company.ticker in last_sessions), None)
    link = f" They are drawn on the [Company]({frame.subject_path(company.key)}) page." if company else ""
    said = escape_markdown(f"It has prices of {listings}, to {day_words(max(last_sessions.values()))}.")
    st.markdown(said + link)
