"""
All pairs at once: every theme against its basket and the most named companies against their prices, as one family.

    pairs → attention and returns of each → one family of verdicts (a progress bar meanwhile) → table
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from analysis.leadlag import family_verdicts
from analysis.verdicts import Verdict
from dashboard.cache import load, load_signals
from dashboard.components.frame import Frame, empty_words
from dashboard.components.panel import table_head
from dashboard.formatting import count_words, escape, signed
from dashboard.proofs.proof_parts import FAMILY
from dashboard.shaping.family import Series, family_tickers, pairs_of, series_of
from dashboard.shaping.members import BASKET
from data.people.hypotheses import family_size, keep_result, record_hypothesis

KEPT = "_family"


def draw_family(frame: Frame, looked: Mapping[str, Any], analyst: str, kinds: Mapping[str, str]) -> None:
    """The table of verdicts; each pair counts as looked at. `looked`: the page's settings but talk and price; `kinds`: verdict → words."""
    pairs = family_pairs(frame)
    store, now = load.store_at(frame.url), datetime.now(UTC)
    new = [
        pair
        for pair in pairs.items()
        if record_hypothesis(store, analyst=analyst, kind="viewed", what=_what(pair, looked), now=now)
    ]
    answers = _answers(frame, pairs, looked, family_size(store, analyst))
    if not answers:
        empty_words(
            "There are no prices, no market to hold them against, or no stories in these dates. Widen the dates."
        )
        return
    for subject, against in new:
        if subject in answers:
            keep_result(
                store,
                analyst=analyst,
                kind="viewed",
                what=_what((subject, against), looked),
                result=result_of(answers[subject]),
            )
    table = family_table(frame, pairs, answers, kinds)
    found = [subject for subject, answer in answers.items() if answer.kind in ("leads", "follows")]
    alone = sum(answer.p <= 0.05 for answer in answers.values())
    names = ", ".join(frame.catalog.subject_name(subject) for subject in found)
    head = f"{len(found)} of {len(answers)} believed" + (f": {names}" if names else "")
    words = (
        f"{alone} stand out alone at p ≤ 5 %, where chance alone has about {len(answers) / 20:.0f}. Believed is what is left when all of them count "
        "(Romano–Wolf over the family, and everything else that you looked at)."
    )
    st.html(f'<div class="cp-verdict"><span class="cp-verdict-kind">{escape(head)}</span><p>{escape(words)}</p></div>')
    said = frame.words(
        "Lead-lag: all pairs as one family", unit="correlation", n=f"n = {len(answers)} pairs", method=words
    )
    caption = (
        f"{count_words(len(answers), 'pair')}, the strongest first; choose a name on top to see one of them by lag"
    )
    table_head(frame, "family", said, lambda: table, title="All pairs", caption=caption, part=FAMILY)
    st.dataframe(table, hide_index=True, key="family", height=560)


def family_pairs(frame: Frame) -> dict[str, str]:
    """Subject → what its talk is held against."""
    days, priced = load.days_of(frame.url, "company", frame.filters), load.load_last_sessions(frame.url, frame.rev)
    return pairs_of(frame.catalog, priced, days, start=frame.view.start, end=frame.view.end)


def _what(pair: tuple[str, str], looked: Mapping[str, Any]) -> dict[str, Any]:
    return {"talk": pair[0], "price": pair[1], **looked}


def result_of(answer: Verdict) -> dict[str, Any]:
    """What the ledger keeps of a verdict."""
    return {"kind": answer.kind, "p": answer.p, "lag": answer.lag, "correlation": answer.correlation, "n": answer.n}


def _answers(frame: Frame, pairs: Mapping[str, str], looked: Mapping[str, Any], family: int) -> dict[str, Verdict]:
    """Kept for the session: the same settings of the same revision are not computed twice."""
    key = f"{frame.url} {frame.rev} {pairs} {looked} {family}"
    if st.session_state.get(KEPT, ("",))[0] != key:
        bar = st.progress(0.0, "Reading the pairs …")
        series = _series(frame, pairs, str(looked["market"]), str(looked["measure"]))
        tell = lambda done, whole: bar.progress(done / whole, f"{done} of {whole} pairs, 999 draws each")  # noqa: E731
        answers = (
            family_verdicts(series, family=family, max_lag_sessions=int(looked["lags"]), progress=tell)
            if series
            else {}
        )
        bar.empty()
        st.session_state[KEPT] = (key, answers)
    answers: dict[str, Verdict] = st.session_state[KEPT][1]
    return answers


def _series(frame: Frame, pairs: Mapping[str, str], market: str, measure: str) -> dict[str, Series]:
    tickers = tuple(family_tickers(frame.catalog, pairs, market))
    everyone = frame.filters.for_all()
    return series_of(
        pairs,
        prices=load_signals.load_history(frame.url, tickers, frame.view.end, frame.rev),
        times=lambda subject: load_signals.load_story_times(frame.url, subject, frame.filters if subject else everyone),
        catalog=frame.catalog,
        market=market,
        measure=measure,
        start=frame.view.start,
        end=frame.view.end,
    )


def family_table(
    frame: Frame, pairs: Mapping[str, str], answers: Mapping[str, Verdict], kinds: Mapping[str, str]
) -> pd.DataFrame:
    """One row a pair, the smallest p first; those without data last."""
    rows = [
        {
            "talk about": frame.catalog.subject_name(subject),
            "price of": "its basket" if pairs[subject] == BASKET else pairs[subject],
            "verdict": kinds[answer.kind],
            "trading days": answer.n,
            "strongest at": _lag_words(answer.lag),
            "correlation": signed(answer.correlation, 2),
            "likely range, all counted": f"{signed(answer.interval[0], 2)} … {signed(answer.interval[1], 2)}",
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
    return f"{count_words(abs(lag), 'day')} {'before the price' if lag > 0 else 'after the price'}"
