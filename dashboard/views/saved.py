"""Saved and shared views: open one, see when its short link expires, revoke it; open the view of an exported file."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboard.cache.stores import store_at
from dashboard.components.controls import control_row, finish_controls
from dashboard.components.drop_zone import draw_uploader
from dashboard.components.frame import current_frame, empty_words, reader_name
from dashboard.components.panel import heading
from dashboard.formatting import count_words, day_words, escape, moment_words
from dashboard.page_data import PAGES
from dashboard.page_data.links import path_in_app
from data.people.saved_views import SavedView, revoke_view, saved_views

frame = current_frame()
store, reader, now = store_at(frame.url), reader_name(), datetime.now(UTC)
with control_row():
    finish_controls(frame)

views = saved_views(store)


def view_words(view: SavedView) -> str:
    """Theme · as known at revision 12 · saved by Ada on 3 May 2026 14:05 UTC · short link until 2 Jun 2026"""
    page = PAGES[view.page].title if view.page in PAGES else view.page
    state = f"as known at revision {view.revision}" if view.revision else "live"
    return " · ".join([page, state, f"saved by {view.owner} on {moment_words(view.created_at)}", link_words(view)])


def link_words(view: SavedView) -> str:
    if not view.shared:
        return "no short link"
    if not view.is_open(now):
        return "short link expired"
    return f"short link until {day_words(view.expires_at)}" if view.expires_at else "short link that never expires"


def draw_view(view: SavedView) -> None:
    path = path_in_app(f"/{view.page}?{view.query}")
    name = f'<a href="{escape(path)}" target="_self">{escape(view.name)}</a>' if path else escape(view.name)
    with st.container(key=f"view_{view.id}", horizontal=True, vertical_alignment="center", gap="small"):
        meta = f'<div class="cp-meta">{escape(view_words(view))}</div>'
        st.html(f'<div class="cp-saved"><div class="cp-title">{name}</div>{meta}</div>')
        if view.owner == reader:
            st.button(
                "Revoke", key=f"revoke_{view.id}", type="tertiary", on_click=revoke_view, args=(store, view.id, now)
            )


heading("Saved views", count_words(len(views), "view"))
if not views:
    empty_words("No view is saved yet. Open a page, choose Share, and give the view a name.")
for saved in views:
    draw_view(saved)

heading(
    "Open an exported file",
    "Any file exported here leads back to its view. On any other page, drop it anywhere.",
)
draw_uploader("file")
