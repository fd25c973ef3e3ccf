"""Does talk lead price? The verdict in a sentence, the chart, everything looked at counted, a hypothesis stated before looking."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from analysis.leadlag import preregistered
from analysis.placebo import as_strong, fan_band
from analysis.verdicts import Verdict
from dashboard.address.labels import company_label
from dashboard.address.points import Point
from dashboard.cache import load, load_signals
from dashboard.charts.signals import lag_chart
from dashboard.components.controls import finish_controls, keep_choice
from dashboard.components.downloads import table_menu
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.lead_lag_family import draw_family, result_of
from dashboard.components.panel import chart_panel, heading
from dashboard.components.reader import reader_name
from dashboard.exports.evidence_table import evidence_table
from dashboard.formatting import ChartWords, count_words, escape, escape_markdown, moment_words
from dashboard.shaping.members import BASKET, sector_peers, theme_tickers, unrelated_themes
from dashboard.shaping.signals import LAGS, MARKETS, MEASURES, Signal, exchange_of
from data.people.hypotheses import family_size, hypotheses_of, keep_result, record_hypothesis

KINDS = {
    "leads": "Talk leads the price",
    "follows": "Talk follows the price",
    "none": "No link found",
    "cannot tell": "Cannot tell",
}
PLACEBOS = 4
LOOK, STATE, ALL = "look", "state", "all"
MODES = {LOOK: "Look", STATE: "State a hypothesis first", ALL: "All pairs at once"}

frame = current_frame()
catalog, store, analyst = frame.catalog, load.store_at(frame.url), reader_name()
subjects = {theme.key: theme.name for theme in catalog.themes.values()} | {
    company.key: company_label(company)
    for company in sorted(catalog.companies.values(), key=lambda company: company.name.lower())
}
plain: dict[str, Any] = {"label_visibility": "collapsed"}

with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    keep_choice("about", subjects)
    subject = st.selectbox(
        "Talk about", list(subjects), format_func=subjects.__getitem__, key="about", width=260, **plain
    )
    company = catalog.companies.get(subject.partition(":")[2]) if subject.startswith("company:") else None
    own = [listing.ticker for listing in company.listings] if company else [BASKET, *theme_tickers(catalog)[subject]]
    priced = own or sorted(catalog.company_of_ticker)
    keep_choice("price", priced)
    against = st.selectbox(
        "against the price of",
        priced,
        format_func=lambda line: f"{subjects[subject]} basket" if line == BASKET else line,
        key="price",
        width=200,
        **plain,
    )
    keep_choice("market", MARKETS)
    market = st.selectbox(
        "beyond", MARKETS, format_func=lambda ticker: f"beyond {ticker}", key="market", width=140, **plain
    )
    keep_choice("lags", LAGS)
    widest = st.selectbox("Lags", list(LAGS), 1, format_func=LAGS.__getitem__, key="lags", width=150, **plain)
    keep_choice("talk", MEASURES)
    measure = st.selectbox(
        "Measured as", list(MEASURES), format_func=MEASURES.__getitem__, key="talk", width=160, **plain
    )
    keep_choice("mode", MODES)
    mode = st.segmented_control(
        "Mode", list(MODES), format_func=MODES.__getitem__, default=LOOK, required=True, key="mode", **plain
    )
    finish_controls(
        frame, mode=mode, about=subject, price=against, market=market, lags=widest, talk=measure,
        defaults={"mode": LOOK, "about": next(iter(subjects)), "price": priced[0], "market": MARKETS[0], "lags": 10, "talk": "share"},
    )  # fmt: skip

members = theme_tickers(catalog).get(subject, [])
told = f"basket of {subjects[subject]}" if against == BASKET else against
looked = {
    "market": market, "lags": widest, "measure": measure, "from": frame.view.start.isoformat(), "to": frame.view.end.isoformat(),
    "publishers": list(frame.view.publishers), "langs": list(frame.view.langs), "relevance": frame.view.min_relevance,
}  # fmt: skip
what = {"talk": subject, "price": against, **looked}


def others_of_sector() -> tuple[str, ...]:
    """Listings of the same exchange whose price talk about this company need not lead; none for a theme, which means them all."""
    peers = sector_peers(catalog, [against]).get(against, ()) if company else ()
    return tuple(ticker for ticker in peers if exchange_of(catalog, ticker) == signal.mic)[:PLACEBOS]


def state_first() -> None:
    """A hypothesis, stated before its chart is seen: tested alone, kept with its time, scored by later data when it was seen."""
    with st.form("stated"):
        st.markdown(
            f"**Talk about {escape_markdown(subjects[subject])} leads the price of {escape_markdown(told)}**, and this is how:"
        )
        lag = st.number_input("by so many sessions", 1, 20, 1, key="stated_lag")
        horizon = st.number_input("with the return taken over so many sessions", 1, 20, 1, key="stated_horizon")
        if not st.form_submit_button("Register, then test", type="primary"):
            st.caption(
                "One lag stated beforehand is about three times as likely to show a real link as a search over all lags."
            )
            return
    stated, now = what | {"lag": int(lag), "horizon": int(horizon)}, datetime.now(UTC)
    seen = was_viewed()
    record_hypothesis(store, analyst=analyst, kind="registered", what=stated, now=now)
    returns = signal.returns[signal.returns.index > pd.Timestamp(now.date())] if seen else signal.returns
    stated_answer = preregistered(signal.attention, returns, lag_sessions=int(lag), horizon_sessions=int(horizon))
    keep_result(store, analyst=analyst, kind="registered", what=stated, result=result_of(stated_answer))
    if seen:
        st.info(
            "You have looked at this pair before: the hypothesis is registered from today and is scored by later sessions alone."
        )
    draw_verdict(stated_answer)


def was_viewed() -> bool:
    """Whether the analyst saw this talk against this price, with whatever settings."""
    ledger = hypotheses_of(store, analyst)
    same = [
        row.what.get("talk") == subject and row.what.get("price") == against
        for row in ledger.itertuples()
        if row.kind == "viewed"
    ]
    return any(same)


def draw_verdict(answer: Verdict) -> None:
    kind = escape(answer.kind.replace(" ", "-"))
    head = f'<span class="cp-verdict-kind">{escape(KINDS[answer.kind])}</span>'
    words = answer.sentence.removeprefix("Cannot tell: ")
    st.html(f'<div class="cp-verdict cp-verdict-{kind}">{head}<p>{escape(words[:1].upper() + words[1:])}</p></div>')


def draw_ledger() -> None:
    """Everything that this analyst looked at: the family that each verdict is corrected for."""
    ledger = hypotheses_of(store, analyst)
    with st.expander(
        f"What you have looked at: {count_words(int((ledger['kind'] == 'viewed').sum()), 'analysis', 'analyses')}"
    ):
        st.caption(
            "Every pair, window, market and measure counts once: ten looks at chance find one “link” at p = 0.1."
        )
        rows = [
            {
                "when": moment_words(row.created_at),
                "stated first": row.kind == "registered",
                "talk": catalog.subject_name(row.what.get("talk", "")),
                "price": row.what.get("price", ""),
                "lags": row.what.get("lag", row.what.get("lags")),
                "days": f"{row.what.get('from', '')} – {row.what.get('to', '')}",
                "verdict": KINDS.get(row.result.get("kind", ""), "–"),
                "p": row.result.get("p"),
            }
            for row in ledger.itertuples()
        ]
        said = ChartWords(
            title=f"What {analyst} looked at",
            unit="one row an analysis",
            n=f"n = {len(rows):,}",
            source="this store's ledger of analyses",
            method="every pair, window, market and measure counts once; all count in each verdict's correction",
            revision=frame.rev,
            notice=frame.notice,
        )
        table_menu(frame, "hypotheses", said, lambda: pd.DataFrame(rows))
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="hypotheses")


def draw_method(signal: Signal, answer: Verdict) -> None:
    with st.expander("How this is found"):
        st.markdown(
            f"""
- **Talk**: stories about the subject by session of {escape_markdown(signal.mic)}, each in the first session that opened after it was known;
  {escape_markdown(MEASURES[measure].lower())}, less what its weekday and last sessions announce.
  {signal.untimed:,} stories without a time of day are left out.
- **Price**: {escape_markdown(signal.method)} (MacKinlay 1997; Dimson 1979).
- **One p-value for all lags**: the largest |t| over the window against 999 resamplings of the returns in blocks of random length
  (stationary bootstrap, Politis and Romano 1994); intervals by lag from Newey and West 1987. Lag 0 is shown and never called a lead.
- **Everything looked at counts**: {escape_markdown(answer.note) or "this is the first analysis"}. “Leads” is said only at 5 % after that.
- **Smallest link that would have shown** in 8 of 10 such samples: correlation {answer.smallest_detectable:.2f}, n = {answer.n:,} sessions.
- **Placebos** (grey): returns in another order of days, themes that the subject is no part of, and other companies of its sector.
"""
        )


if mode == ALL:
    draw_family(frame, looked, analyst, KINDS)
    draw_ledger()
    st.stop()

signal = load_signals.load_signal(frame.url, subject, against, tuple(members), market, measure, frame.filters)
if signal is None:
    empty_words(
        "There are no prices, no market to hold them against, or no stories for this pair in these dates. "
        "Choose another price, or widen the dates."
    )
    st.stop()

if mode == STATE:
    state_first()
    draw_ledger()
    st.stop()

is_new = record_hypothesis(store, analyst=analyst, kind="viewed", what=what, now=datetime.now(UTC))
family = family_size(store, analyst)
key = f"{frame.url} {what} {frame.rev}"
answer = load_signals.load_verdict(key, signal, widest, family)
if is_new:
    keep_result(store, analyst=analyst, kind="viewed", what=what, result=result_of(answer))
draw_verdict(answer)
if answer.by_lag.empty:
    st.stop()
# Themes that the subject is no part of: talk about them must not lead its price.
apart = unrelated_themes(catalog, [*(company.themes if company else ()), subject.partition(":")[2]], PLACEBOS)
others = load_signals.load_others(frame.url, apart, signal.mic, measure, frame.filters)
peers = load_signals.load_peer_returns(frame.url, others_of_sector(), market, frame.filters)
fan = load_signals.load_lag_fan(key, signal, widest, others, peers)
strong = as_strong(fan)
believed = answer.lag if answer.kind in ("leads", "follows") else None
chart_panel(
    frame,
    "lags",
    lag_chart(answer.by_lag, fan_band(fan), believed=believed, point=str(Point(subject=subject)), touch=frame.touch),
    frame.words(
        f"Talk about {subjects[subject]} against {told}, by lag",
        n=f"n = {answer.n:,} sessions, {count_words(family, 'analysis', 'analyses')} looked at",
        unit="correlation (0 none, 1 perfect); grey: where chance lies; a coloured bar would be a link that is believed",
        method=f"{MEASURES[measure]} innovations against {signal.method}; stationary bootstrap over all lags, 999 draws",
        prices_to=signal.returns.index[-1],
    ),
    lambda: answer.by_lag,
    evidence=lambda: evidence_table(store, [subject], frame.filters),
)
if not strong.empty:
    lines = "; ".join(f"{row.as_strong} of {row.n} with {row.kind}" for row in strong.itertuples())
    heading(
        "Where there is nothing to find",
        f"As strong somewhere as the real bars: {lines}. If many are, the real one is nothing special.",
    )
draw_ledger()
draw_method(signal, answer)
