"""Search all articles; each shows the words that linked it to a company or theme."""

from __future__ import annotations

import streamlit as st

from dashboard.components.controls import choose_several, control_row, finish_controls
from dashboard.components.correct_link import correct_button
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.panel import heading, table_head
from dashboard.components.receipts import draw_page
from dashboard.exports.evidence_table import article_evidence
from dashboard.formatting import count_words, name_list, subject_words
from dashboard.page_data import read_page
from dashboard.page_data.articles import ARTICLES_PER_PAGE, MOST_EXPORTED
from dashboard.page_data.subjects import subject_labels

LONGEST_SEARCH = 200

frame = current_frame()
catalog = frame.catalog


def to_first_page() -> None:
    st.session_state["page"] = 1


with control_row():
    q = st.text_input(
        "Search",
        key="q",
        max_chars=LONGEST_SEARCH,
        placeholder="Words in title or summary, any script",
        width=340,
        label_visibility="collapsed",
        on_change=to_first_page,
    )[:LONGEST_SEARCH]
    labels, placeholder = subject_labels(catalog), "About any company or theme"
    about = choose_several("about", "About", labels, width=380, placeholder=placeholder, on_change=to_first_page)
    values = {"q": q, "about": about, "page": st.session_state.get("page", 1)}
    request = finish_controls(frame, **values, defaults={"page": 1})

page = read_page(request)
title = count_words(page.total, "article") + (f" with “{q}”" if q else "")
if page.about:
    title += f" about {name_list([subject_words(catalog, key) for key in page.about])}"
words = frame.words(
    title,
    unit="one row an article",
    n=f"n = {page.total:,}" + (f", the newest {MOST_EXPORTED:,} are in the file" if page.total > MOST_EXPORTED else ""),
    method="all words are in the title or summary, in any order",
)
caption = " · ".join(part for part in (words.filters, words.source) if part)
if not page.total:
    heading(title, caption)
    empty_words("No article matches. Widen the date range, remove a filter or a word, or see Sources.")
    st.stop()

table_head(
    frame,
    "articles",
    words,
    page.table,
    caption=caption,
    evidence=lambda: article_evidence(request, page.table(), page.about),
)
if page.page_total > 1:
    st.session_state["page"] = page.page_number
    st.pagination(page.page_total, key="page")
draw_page(frame, page.shown)
correct_button(frame, page.shown, "articles")
if page.page_total > 1:
    first = (page.page_number - 1) * ARTICLES_PER_PAGE
    st.caption(f"{first + 1:,}–{first + len(page.shown):,} of {count_words(page.total, 'article')}")
