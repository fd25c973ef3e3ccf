"""Search all articles; each shows the words that linked it to a company or theme."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.address.labels import about_labels
from dashboard.cache import load
from dashboard.components.controls import finish_controls, keep_choices
from dashboard.components.correct_link import correct_button
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.panel import heading, table_head
from dashboard.components.receipts import draw_page
from dashboard.exports.evidence_table import article_evidence
from dashboard.formatting import ChartWords, count_words, filter_words, listed, subject_words

PER_PAGE = 25
MOST_EXPORTED = 10_000
LAST_PAGE = 10**6
LONGEST_SEARCH = 200

frame = current_frame()
view, catalog = frame.view, frame.catalog
labels = about_labels(catalog)


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
    finish_controls(frame, q=q, about=tuple(about), page=st.session_state.get("page", 1), defaults={"page": 1})

filters = replace(frame.filters, q=q)
subjects = tuple(key for key in about if key in labels)
page = min(max(st.session_state.get("page", 1), 1), LAST_PAGE)
rows, total = load.load_search(frame.url, filters, subjects, PER_PAGE, (page - 1) * PER_PAGE)
pages = max(-(-total // PER_PAGE), 1)
if page > pages:
    page = pages
    rows, total = load.load_search(frame.url, filters, subjects, PER_PAGE, (page - 1) * PER_PAGE)


def all_found() -> pd.DataFrame:
    """What was found, for export."""
    found, _ = load.load_search(frame.url, filters, subjects, MOST_EXPORTED, 0)
    return found[
        [
            "day",
            "at",
            "publisher",
            "lang",
            "title",
            "summary",
            "url",
            "date_quality",
            "first_seen_at",
            "story",
            "article",
        ]
    ]


def evidence() -> pd.DataFrame:
    """The words in them that name a company or theme."""
    return article_evidence(load.store_at(frame.url), all_found(), frame.rev, subjects)


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
if total:
    values = {"q": q, "about": tuple(about), "page": 1}
    table_head(frame, "articles", words, all_found, caption=caption, evidence=evidence, values=values)
else:
    heading(title, caption)
    empty_words("No article fits. Widen the dates, take a filter or a word away, or see Sources.")
    st.stop()

if pages > 1:
    st.session_state["page"] = page
    st.pagination(pages, key="page")
draw_page(frame, rows)
correct_button(frame, rows, "articles")
if pages > 1:
    st.caption(
        f"{(page - 1) * PER_PAGE + 1:,}–{(page - 1) * PER_PAGE + len(rows):,} of {count_words(total, 'article')}"
    )
