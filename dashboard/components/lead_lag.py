"""
The parts of the Lead-lag page beside its chart.

    pairs, series (page data) → one family of verdicts (with a progress bar) → table
    ledger of analyses        → everything that an analyst looked at, which each verdict is corrected for
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from analysis.lead_lag.verdicts import Verdict
from dashboard.charts.signals import lag_words
from dashboard.components.downloads import table_menu
from dashboard.components.frame import Frame, draw_verdict, empty_words
from dashboard.components.panel import table_head
from dashboard.formatting import ChartWords, count_words, escape_markdown, moment_words, signed
from dashboard.page_data.lead_lag import FAMILY, LeadLagFamily
from dashboard.page_data.subjects import BASKET
from data.people.hypotheses import (
    begin_new_count,
    family_size,
    hypotheses_of,
    keep_result,
    ledgers_of,
    record_hypothesis,
)
from data.schema.store import Store

FAMILY_VERDICTS = "_family"
VERDICT_NAMES = {
    "leads": "Coverage leads price",
    "follows": "Coverage follows price",
    "none": "No relation found",
    "cannot tell": "Cannot tell",
}


def draw_family(frame: Frame, page: LeadLagFamily, settings: Mapping[str, Any], analyst: str) -> None:
    """
    The table of verdicts; each pair counts as looked at. `settings`: the page's settings without subject and price.
    """
    store, now = page.request.store, datetime.now(UTC)
    if not page.series:
        empty_words("There are no prices, no benchmark, or no stories in these dates. Widen the date range.")
        return
    entries = {
        subject: {"analyst": analyst, "kind": "viewed", "what": {"talk": subject, "price": against, **settings}}
        for subject, against in page.pairs.items()
    }
    known = {json.dumps(row.what, sort_keys=True) for row in hypotheses_of(store, analyst).itertuples()}
    unseen = sum(json.dumps(entry["what"], sort_keys=True) not in known for entry in entries.values())
    if unseen and not _is_wanted(unseen, family_size(store, analyst)):
        return
    new = [subject for subject, entry in entries.items() if record_hypothesis(store, **entry, now=now)]
    verdicts = _verdicts(page, family_size(store, analyst))
    for subject in new:
        if subject in verdicts:
            keep_result(store, **entries[subject], result=result_of(verdicts[subject]))
    significant = [subject for subject, verdict in verdicts.items() if verdict.kind in ("leads", "follows")]
    names = ", ".join(frame.catalog.subject_name(subject) for subject in significant)
    alone = sum(verdict.p <= 0.05 for verdict in verdicts.values())
    explanation = (
        f"{alone} have p ≤ 5 % on their own, where chance alone gives about {len(verdicts) / 20:.0f}. The significant "
        "ones remain so after correction for the whole family (Romano–Wolf) and for everything else that you looked "
        "at."
    )
    head = f"{len(significant)} of {len(verdicts)} significant" + (f": {names}" if names else "")
    draw_verdict(head, explanation)
    n = f"n = {count_words(len(verdicts), 'pair')}"
    words = frame.words("Lead-lag: all pairs as one family", unit="correlation", n=n, method=explanation)
    caption = f"{n}, the strongest first; choose a subject above to see its pair by lag"
    table = family_table(frame, page.pairs, verdicts)
    table_head(frame, "family", words, lambda: table, title="All pairs", caption=caption, part=FAMILY)
    st.dataframe(table, hide_index=True, key="family", height=560)


def _is_wanted(unseen: int, counted: int) -> bool:
    """Whether the reader, knowing what it costs, starts the analyses that are not counted yet."""
    analyses = count_words(unseen, "analysis", "analyses")
    empty_words(
        f"This looks at {analyses} that you have not looked at yet. All of them count: with the {counted:,} counted "
        f"so far, every later verdict is corrected for {counted + unseen:,}, so that an effect must be stronger to be "
        "called significant."
    )
    return st.button(f"Look at all, and count {analyses}", type="primary", key="count_all")


def result_of(verdict: Verdict) -> dict[str, Any]:
    """The part of a verdict that the ledger keeps."""
    return {name: getattr(verdict, name) for name in ("kind", "p", "lag", "correlation", "n")}


def _verdicts(page: LeadLagFamily, family: int) -> dict[str, Verdict]:
    """Kept for the session, so that the same request is not computed twice."""
    key = (page.request, family)
    if st.session_state.get(FAMILY_VERDICTS, ("",))[0] != key:
        bar = st.progress(0.0, "Reading the pairs …")

        def progress(done: int, total: int) -> None:
            bar.progress(done / total, f"{done} of {total} pairs, 999 draws each")

        st.session_state[FAMILY_VERDICTS] = (key, page.verdicts(family, progress))
        bar.empty()
    verdicts: dict[str, Verdict] = st.session_state[FAMILY_VERDICTS][1]
    return verdicts


def family_table(frame: Frame, pairs: Mapping[str, str], verdicts: Mapping[str, Verdict]) -> pd.DataFrame:
    """One row a pair, the smallest p first; those without data last."""
    rows = [
        {
            "coverage of": frame.catalog.subject_name(subject),
            "price of": "its basket" if pairs[subject] == BASKET else pairs[subject],
            "verdict": VERDICT_NAMES[verdict.kind],
            "sessions": verdict.n,
            "strongest lag": verdict.lag,
            "which is": "–" if verdict.lag is None else lag_words(verdict.lag),
            "correlation": verdict.correlation,
            "95 % interval, all counted": f"{signed(verdict.interval[0], 2)} … {signed(verdict.interval[1], 2)}",
            "p alone": verdict.p,
            "p, all counted": verdict.p_adjusted,
            "smallest detectable": verdict.smallest_detectable,
        }
        for subject, verdict in sorted(verdicts.items(), key=lambda item: (pd.isna(item[1].p), item[1].p))
    ]
    return pd.DataFrame(rows).round({"correlation": 2, "p alone": 3, "p, all counted": 3, "smallest detectable": 2})


def draw_ledger(frame: Frame, store: Store, person: str) -> None:
    """Everything that the person looked at since the count began, and the form that begins a new count."""
    analyst = ledgers_of(store, person)[-1]
    ledger = hypotheses_of(store, analyst)
    ledger = ledger[ledger["kind"] != "reset"]
    viewed = int((ledger["kind"] == "viewed").sum())
    with st.expander(f"Analyses looked at: {viewed:,}"):
        st.caption(
            "Every pair, window, benchmark and measure counts once: of ten looks at chance, one has p ≤ 0.1 on "
            "average. So each verdict is corrected for all that you looked at: you are the person signed in, or "
            "without a login this browser."
        )
        _draw_resets(store, person)
        rows = pd.DataFrame(
            {
                "when": moment_words(row.created_at),
                "stated first": row.kind == "registered",
                "coverage of": frame.catalog.subject_name(row.what.get("talk", "")),
                "price": row.what.get("price", ""),
                "lags": row.what.get("lag", row.what.get("lags")),
                "days": f"{row.what.get('from', '')} – {row.what.get('to', '')}",
                "verdict": VERDICT_NAMES.get(row.result.get("kind", ""), "–"),
                "p": row.result.get("p"),
            }
            for row in ledger.itertuples()
        )
        words = ChartWords(
            title="Analyses looked at",
            unit="one row an analysis",
            n=f"n = {len(rows):,}",
            source="this store's ledger of analyses",
            method="every pair, window, benchmark and measure counts once; each verdict is corrected for all of them",
            revision=frame.rev,
            notice=frame.notice,
        )
        table_menu(frame, "hypotheses", words, lambda: rows)
        st.dataframe(rows, hide_index=True, key="hypotheses")
        with st.form("new_count", border=False):
            reason = st.text_input(
                "Begin a new count, because",
                max_chars=200,
                key="reset_reason",
                placeholder="Another question, other data",
            )
            if st.form_submit_button("Begin a new count"):
                if not reason.strip():
                    st.warning("Give the reason: it is kept with the analyses that no longer count.")
                else:
                    begin_new_count(store, person, reason=reason.strip(), now=datetime.now(UTC))
                    st.rerun()


def _draw_resets(store: Store, person: str) -> None:
    """When and why earlier counts ended."""
    for row in hypotheses_of(store, person).itertuples():
        if row.kind == "reset":
            analyses = count_words(row.what["analyses"], "analysis", "analyses")
            st.caption(
                escape_markdown(f"{moment_words(row.created_at)}: {analyses} no longer counted: {row.what['reason']}")
            )
