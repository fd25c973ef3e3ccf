"""
All pairs at once: every theme against its basket and the most mentioned companies against their prices, as one family.

    pairs, series (page data) → one family of verdicts (a progress bar meanwhile) → table
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from analysis.lead_lag.verdicts import Verdict
from dashboard.components.frame import Frame, empty_words
from dashboard.components.ledger import KINDS
from dashboard.components.panel import table_head
from dashboard.formatting import count_words, escape, signed
from dashboard.page_data.lead_lag import FAMILY, LeadLagFamily
from dashboard.page_data.subjects import BASKET
from data.people.hypotheses import family_size, keep_result, record_hypothesis

VERDICTS = "_family"


def draw_family(frame: Frame, page: LeadLagFamily, looked: Mapping[str, Any], analyst: str) -> None:
    """The table of verdicts; each pair counts as looked at. `looked`: the page's settings without subject and price."""
    store, now = page.request.store, datetime.now(UTC)
    entries = {
        subject: {"analyst": analyst, "kind": "viewed", "what": {"talk": subject, "price": against, **looked}}
        for subject, against in page.pairs.items()
    }
    new = [subject for subject, entry in entries.items() if record_hypothesis(store, **entry, now=now)]
    answers = _verdicts(page, family_size(store, analyst))
    if not answers:
        empty_words(
            "There are no prices, no market to compare them with, or no stories in these dates. Widen the dates."
        )
        return
    for subject in new:
        if subject in answers:
            keep_result(store, **entries[subject], result=result_of(answers[subject]))
    table = family_table(frame, page.pairs, answers)
    significant = [subject for subject, answer in answers.items() if answer.kind in ("leads", "follows")]
    alone = sum(answer.p <= 0.05 for answer in answers.values())
    names = ", ".join(frame.catalog.subject_name(subject) for subject in significant)
    head = f"{len(significant)} of {len(answers)} significant" + (f": {names}" if names else "")
    words = (
        f"{alone} stand out alone at p ≤ 5 %, where chance alone has about {len(answers) / 20:.0f}. Significant are those that "
        "are left when all of them count (Romano–Wolf over the family, and everything else that you looked at)."
    )
    st.html(f'<div class="cp-verdict"><span class="cp-verdict-kind">{escape(head)}</span><p>{escape(words)}</p></div>')
    n = f"n = {len(answers)} pairs"
    exported = frame.words("Lead-lag: all pairs as one family", unit="correlation", n=n, method=words)
    pairs = count_words(len(answers), "pair")
    caption = f"{pairs}, the strongest first; choose a subject above to see one of them by lag"
    table_head(frame, "family", exported, lambda: table, title="All pairs", caption=caption, part=FAMILY)
    st.dataframe(table, hide_index=True, key="family", height=560)


def result_of(answer: Verdict) -> dict[str, Any]:
    """What the ledger keeps of a verdict."""
    return {"kind": answer.kind, "p": answer.p, "lag": answer.lag, "correlation": answer.correlation, "n": answer.n}


def _verdicts(page: LeadLagFamily, family: int) -> dict[str, Verdict]:
    """Kept for the session: the same request is not computed twice."""
    key = (page.request, family)
    if st.session_state.get(VERDICTS, ("",))[0] != key:
        bar = st.progress(0.0, "Reading the pairs …")

        def progress(done: int, whole: int) -> None:
            bar.progress(done / whole, f"{done} of {whole} pairs, 999 draws each")

        st.session_state[VERDICTS] = (key, page.verdicts(family, progress))
        bar.empty()
    verdicts: dict[str, Verdict] = st.session_state[VERDICTS][1]
    return verdicts


def family_table(frame: Frame, pairs: Mapping[str, str], answers: Mapping[str, Verdict]) -> pd.DataFrame:
    """One row a pair, the smallest p first; those without data last."""
    rows = [
        {
            "coverage of": frame.catalog.subject_name(subject),
            "price of": "its basket" if pairs[subject] == BASKET else pairs[subject],
            "verdict": KINDS[answer.kind],
            "sessions": answer.n,
            "strongest lag": _lag_words(answer.lag),
            "correlation": signed(answer.correlation, 2),
            "95 % interval, all counted": f"{signed(answer.interval[0], 2)} … {signed(answer.interval[1], 2)}",
            "p alone": answer.p,
            "p, all counted": answer.p_adjusted,
            "would have shown": answer.smallest_detectable,
        }
        for subject, answer in sorted(answers.items(), key=lambda item: (pd.isna(item[1].p), item[1].p))
    ]
    return pd.DataFrame(rows).round({"p alone": 3, "p, all counted": 3, "would have shown": 2})


def _lag_words(lag: int | None) -> str:
    if lag is None:
        return "–"
    return f"{count_words(abs(lag), 'session')} {'before the price' if lag > 0 else 'after the price'}"
