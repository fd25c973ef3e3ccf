"""
The rows behind a number, drawn: as many as the number says.

    point → rows (dashboard/page_data/receipts.py) → their mentions and copies → list
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pandas as pd
import streamlit as st

from dashboard.address.points import Point
from dashboard.cache.stories import load_mentions, load_story_articles
from dashboard.components.correct_link import correct_button
from dashboard.components.evidence import independent, rows_html
from dashboard.components.frame import Frame
from dashboard.formatting import count_words, escape, period_words, stories, subject_words
from dashboard.page_data.receipts import receipts_of
from data.schema.frames import records
from ingest.link import RULES

PER_PAGE = 20
MOST_SUMMED = 500
"""Stories whose publishers are counted: more are not quickly looked through."""
NO_COPIES = pd.DataFrame(columns=["story"])


@contextmanager
def opened(
    key: str, point: Point, count: int, title: str, caption: str, on_close: Callable[[], None]
) -> Iterator[None]:
    """A frame for the receipts of a point, with a button that closes it."""
    with st.container(border=True, key=f"receipts_{key}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            head = f'<h3 class="cp-receipts-head" data-count="{count}" data-point="{escape(str(point))}">{escape(title)}</h3>'
            st.html(f'{head}<p class="cp-caption">{escape(caption)}</p>')
            st.button("Close", key=f"close_{key}", type="tertiary", icon=":material/close:", on_click=on_close)
        yield


def draw_receipts(
    frame: Frame, key: str, point: Point, *, named: tuple[str, ...] = (), on_close: Callable[[], None]
) -> None:
    """The stories or articles behind a point."""
    rows = receipts_of(frame.request(), point, named=named)
    with opened(key, point, len(rows), head_words(frame, point, len(rows)), corroboration_words(frame, rows), on_close):
        if rows.empty:
            st.caption("No story is counted here.")
            return
        about = tuple(subject for subject in (point.subject, point.part) if subject and subject != Point.OTHER)
        draw_rows(frame, rows, key=f"rows_{key}", about=about)


def head_words(frame: Frame, point: Point, count: int) -> str:
    """12 stories about Memory, most about Micron, in the week of 5 Jan 2026"""
    unit = count_words(count, "article") if frame.view.measure == "articles" and point.part is None else stories(count)
    about = f" about {subject_words(frame.catalog, point.subject)}" if point.subject else ""
    if point.part is None:
        part = ""
    elif point.by == "also":
        part = f" that also mention {subject_words(frame.catalog, point.part)}"
    elif point.by == "both":
        part = f" and {subject_words(frame.catalog, point.part)} together, round-ups left out"
    elif point.part == Point.OTHER:
        part = ", most about one of the others"
    else:
        part = (
            f", most about {subject_words(frame.catalog, point.part)}" if point.part else ", without any of its parts"
        )
    if point.period is None:
        return f"{unit}{about}{part}, in the dates shown"
    words = period_words(point.period, frame.view.grain if point.subject else "day")
    return f"{unit}{about}{part}, {words}"


def corroboration_words(frame: Frame, rows: pd.DataFrame) -> str:
    """7 articles · 3 stories · 2 independent publishers: of all articles of these stories."""
    listed = tuple(dict.fromkeys(rows["story"].tolist()))
    if not listed or len(listed) > MOST_SUMMED:
        return ""
    articles = records(load_story_articles(frame.url, listed, frame.rev))
    return f"{count_words(len(articles), 'article')} · {stories(len(listed))} · {independent(articles, frame.catalog)}"


def draw_rows(
    frame: Frame, rows: pd.DataFrame, *, key: str, about: Sequence[str] = (), per_page: int = PER_PAGE
) -> None:
    """Rows of data.read.receipts as a list with their evidence, `per_page` at a time."""
    pages = -(-len(rows) // per_page)
    page = st.pagination(pages, key=f"page_{key}") if pages > 1 else 1
    shown = rows.iloc[(page - 1) * per_page : page * per_page]
    if pages > 1:
        st.caption(f"{(page - 1) * per_page + 1}–{(page - 1) * per_page + len(shown)} of {len(rows):,}")
    draw_page(frame, shown, about=about)
    correct_button(frame, shown, key)


def draw_page(frame: Frame, rows: pd.DataFrame, *, about: Sequence[str] = ()) -> None:
    """One page of rows."""
    mentions = load_mentions(frame.url, tuple(rows["article"].tolist()), frame.rev)
    several = tuple(rows.loc[rows["articles"] > 1, "story"].tolist())
    copies = load_story_articles(frame.url, several, frame.rev) if several else NO_COPIES
    st.html(rows_html(rows, mentions, copies, catalog=frame.catalog, rules=RULES, about=about))
