"""
Analysts' notes on a chart: a mark on a day, with the text, the date and the author.

    store → notes of a subject in the dates shown ─┬─ with_notes   marks on the figure
                                                   └─ draw_notes   the list, and the form that adds one

Notes are no part of a revision: a proof link neither includes nor hides them.
"""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.cache.stores import store_at
from dashboard.charts.palette import INK, SERIES
from dashboard.components.frame import EVERYBODY, Frame, reader_name
from dashboard.formatting import day_words, escape, escape_markdown
from data.errors import ChokepointError
from data.people.notes import notes_between, remove_note, save_note

AUTHOR = "_note_author"
LONGEST_NOTE, LONGEST_NAME = 500, 60
HOVER_WIDTH = 56


def notes_of(frame: Frame, subject: str) -> pd.DataFrame:
    """Columns id, day, words, author, created_at: the notes within the dates shown, oldest first."""
    return notes_between(store_at(frame.url), subject, frame.view.start, frame.view.end)


def with_notes(figure: go.Figure, notes: pd.DataFrame) -> go.Figure:
    """The chart over time with a mark on each day that has notes; their text is in the hover."""
    if notes.empty:
        return figure
    days = list(notes.groupby("day"))
    return figure.add_scatter(
        x=[day.strftime("%Y-%m-%dT12:00") for day, _ in days],
        y=[0.96] * len(days),
        yaxis="y3",
        mode="markers",
        name="Notes",
        marker={"symbol": "star-diamond", "size": 12, "color": SERIES[5], "line": {"color": INK, "width": 1.2}},
        hovertext=["<br><br>".join(_hover(note) for note in of_day.to_dict("records")) for _, of_day in days],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
        showlegend=False,
    )


def _hover(note: dict[str, Any]) -> str:
    head = f"<b>{day_words(pd.Timestamp(note['day']))}</b>, {escape(note['author'])}"
    return "<br>".join([head, *map(escape, textwrap.wrap(note["words"], HOVER_WIDTH) or [""])])


@st.fragment
def draw_notes(frame: Frame, subject: str, notes: pd.DataFrame) -> None:
    """The button, with the notes of the dates shown and the form that adds one."""
    label = f"Notes · {len(notes)}" if len(notes) else "Notes"
    with st.popover(label, icon=":material/sticky_note_2:", key="notes", on_change="rerun") as menu:
        if not menu.open:
            return
        for note in notes.to_dict("records"):
            _draw_note(frame, note)
        _draw_form(frame, subject)


def _draw_note(frame: Frame, note: dict[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="top", gap="small", key=f"note_{note['id']}"):
        head = f"{day_words(pd.Timestamp(note['day']))} · {escape(note['author'])}"
        st.html(f'<div class="cp-note"><p class="cp-caption">{head}</p><p>{escape(note["words"])}</p></div>')
        # Without a login the name is whatever somebody typed: it distinguishes authors, but protects nothing.
        if note["author"] == author_name() and st.button("Remove", key=f"remove_note_{note['id']}", type="tertiary"):
            remove_note(store_at(frame.url), int(note["id"]), datetime.now(UTC))
            st.rerun()


def _draw_form(frame: Frame, subject: str) -> None:
    with st.form("add_note", border=False, clear_on_submit=False):
        words = st.text_area(
            "Note",
            max_chars=LONGEST_NOTE,
            key="note_words",
            placeholder="What happened, what you make of it",
            height=90,
        )
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            day = st.date_input(
                "Day",
                frame.view.end,
                min_value=frame.view.start,
                max_value=frame.view.end,
                format="YYYY-MM-DD",
                width=130,
            )
            author = author_name()
            if reader_name() == EVERYBODY:
                author = st.text_input("Your name", author, max_chars=LONGEST_NAME, width=150)
            is_submitted = st.form_submit_button("Add")
    if not is_submitted:
        return
    st.session_state[AUTHOR] = author.strip()
    try:
        save_note(
            store_at(frame.url),
            subject=subject,
            day=day,
            words=words.strip(),
            author=author.strip(),
            now=datetime.now(UTC),
        )
    except ChokepointError as error:
        st.error(escape_markdown(str(error)))
        return
    del st.session_state["note_words"]
    st.rerun()


def author_name() -> str:
    """The author of new notes: the person signed in, else the name typed last; "" before the first note."""
    reader = reader_name()
    return reader if reader != EVERYBODY else str(st.session_state.get(AUTHOR, ""))
