"""The dialog that corrects a link, wrong or missing, from a list of stories; its effect is shown before it is saved."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard.cache.stores import store_at
from dashboard.cache.stories import load_mentions
from dashboard.components.frame import EVERYBODY, Frame, reader_name
from dashboard.formatting import escape_markdown, story_count
from data.errors import ChokepointError
from data.write.corrections import Correction, preview_correction, save_correction
from data.write.links import Effect

WRONG, MISSING = "A link is wrong", "A link is missing"


def correct_button(frame: Frame, rows: pd.DataFrame, key: str) -> None:
    """A button that opens the dialog for one of these rows (columns article, title, summary); not on past revisions."""
    if rows.empty or frame.view.rev:
        return
    if st.button("Correct a link", key=f"correct_{key}", type="tertiary", icon=":material/flag:"):
        _dialog(frame, rows[["article", "title", "summary"]])


@st.dialog("Correct a link", width="large")
def _dialog(frame: Frame, rows: pd.DataFrame) -> None:
    titles = dict(zip(rows["article"], rows["title"], strict=True))
    article = st.selectbox("Story", list(titles), format_func=titles.__getitem__, key="correct_article")
    row = rows[rows["article"] == article].iloc[0]
    kind = st.segmented_control("What", [WRONG, MISSING], default=WRONG, required=True, key="correct_kind")
    about = _wrong(frame, article) if kind == WRONG else _missing(frame, row)
    reason = st.text_input("Reason", key="correct_reason", placeholder="Why, in a few words")
    author = st.text_input("By", "" if reader_name() == EVERYBODY else reader_name(), key="correct_author")
    if about is None or not reason.strip() or not author.strip():
        st.caption("A correction needs its words, a reason and a name.")
        return
    correction = Correction(**{**about, "author": author.strip(), "reason": reason.strip()})
    effect = _effect(frame, correction)
    if effect is None:
        return
    st.markdown(escape_markdown(effect_words(frame, effect)))
    if st.button("Apply the correction", type="primary", key="correct_apply") and _effect(frame, correction, save=True):
        st.rerun()


def _wrong(frame: Frame, article: int) -> dict[str, object] | None:
    mentions = load_mentions(frame.url, (int(article),), frame.rev)
    subjects = list(dict.fromkeys(mentions["subject"]))
    if not subjects:
        st.caption("It is linked to nothing.")
        return None
    subject = st.selectbox("It is not about", subjects, format_func=frame.catalog.subject_name, key="correct_wrong")
    return {"article": int(article), "subject": subject, "verdict": "wrong"}


def _missing(frame: Frame, row: pd.Series) -> dict[str, object] | None:
    catalog = frame.catalog
    subjects = [
        *(theme.key for theme in catalog.themes.values()),
        *(company.key for company in catalog.companies.values()),
    ]
    subject = st.selectbox("It is about", subjects, format_func=catalog.subject_name, key="correct_missing")
    words = st.text_input("The words in its text that show it", key="correct_words")
    for field in ("title", "summary"):
        start = row[field].find(words) if words else -1
        if start >= 0:
            return {
                "article": int(row["article"]),
                "subject": subject,
                "verdict": "missing",
                "field": field,
                "start": start,
                "end": start + len(words),
            }
    if words:
        st.caption("These words are neither in the title nor in the summary.")
    return None


def _effect(frame: Frame, correction: Correction, *, save: bool = False) -> Effect | None:
    """What the correction changes, or would change; None after the sentence that says why it cannot be."""
    store = store_at(frame.url)
    try:
        if not save:
            return preview_correction(store, correction)
        return save_correction(store, correction, now=datetime.now(UTC), catalog_hash=frame.newest_catalog.hash)
    except ChokepointError as error:
        st.error(escape_markdown(str(error)))
        return None


def effect_words(frame: Frame, effect: Effect) -> str:
    """Micron: −1 story. Held on every later relink, and undone on the Catalog page."""
    changes = [f"{frame.catalog.subject_name(s)}: +{story_count(n)}" for s, n in effect.gained.items()]
    changes += [f"{frame.catalog.subject_name(s)}: −{story_count(n)}" for s, n in effect.lost.items()]
    return f"{'; '.join(changes) or 'No count changes'}. It holds on every later relink; undo it on the Catalog page."
