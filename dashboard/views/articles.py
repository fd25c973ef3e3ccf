"""Search all articles; each shows the words that linked it to a company or theme."""

from __future__ import annotations

import streamlit as st

from dashboard.components.controls import finish_controls, keep_choices
from dashboard.components.correct_link import correct_button
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.panel import heading, table_head
from dashboard.components.receipts import draw_page
from dashboard.exports.evidence_table import article_evidence
from dashboard.formatting import ChartWords, count_words, filter_words, listed, subject_words
from dashboard.page_data import read_page
from dashboard.page_data.articles import MOST_EXPORTED, PER_PAGE
from dashboard.page_data.subjects import subject_labels

LONGEST_SEARCH = 200

frame = current_frame()
view, catalog = frame.view, frame.catalog
labels = subject_labels(catalog)


def first_page() -> None:
    st.session_state["page"] = 1


with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    keep_choices("about", labels)
    plain = {"label_visibility": "collapsed", "on_change": first_page}
    q = st.text_input(
        "Search",
        key="q",
        max_chars=LONGEST_SEARCH,
        placeholder="Words in title or summary, any script",
        width=340,
        **plain,
    )[:LONGEST_SEARCH]
    about = st.multiselect(
        "About",
        list(labels),
        format_func=labels.__getitem__,
        key="about",
        placeholder="About any company or theme",
        width=380,
        **plain,
    )
    values = {"q": q, "about": tuple(about), "page": st.session_state.get("page", 1)}
    request = finish_controls(frame, **values, defaults={"page": 1})

page = read_page(request)
total, number, subjects = page.total, page.number, page.about

parts = [
    f"with “{q}”" if q else "",
    f"about {listed([subject_words(catalog, key) for key in subjects])}" if subjects else "",
]
title = " ".join([count_words(total, "article"), *(part for part in parts if part)])
words = ChartWords(
    title=title,
    unit="one row an article",
    n=f"n = {total:,}" + (f", the newest {MOST_EXPORTED:,} are in the file" if total > MOST_EXPORTED else ""),
    source=frame.words("", n="").source,
    method="all words are in the title or summary, in any order",
    filters=filter_words(view),
    revision=frame.rev,
    notice=frame.notice,
)
caption = " · ".join(part for part in (words.filters, words.source) if part)
if not total:
    heading(title, caption)
    empty_words("No article matches. Widen the dates, remove a filter or a word, or see Sources.")
    st.stop()

table_head(
    frame,
    "articles",
    words,
    page.table,
    caption=caption,
    evidence=lambda: article_evidence(request, page.table(), subjects),
)
if page.pages > 1:
    st.session_state["page"] = number
    st.pagination(page.pages, key="page")
draw_page(frame, page.shown)
correct_button(frame, page.shown, "articles")
if page.pages > 1:
    first = (number - 1) * PER_PAGE
    st.caption(f"{first + 1:,}–{first + len(page.shown):,} of {count_words(total, 'article')}")
