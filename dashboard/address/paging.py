"""The pages as Streamlit takes them."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path

import streamlit as st

from dashboard.address.menu import PAGES

VIEWS = Path(__file__).resolve().parents[1] / "views"


def pages() -> list[st.Page]:
    """The pages of this run, the first one being the default."""
    return [copy.copy(page) for page in _made()]  # each run notes in its own which one was drawn


@cache
def _made() -> list[st.Page]:
    # Once: looking for twelve files on disk is a fiftieth of what a page takes.
    return [
        st.Page(VIEWS / f"{name}.py", title=title, url_path=name, help=help_text, default=name == "overview")
        for name, (title, help_text) in PAGES.items()
    ]
