"""Does coverage lead price? A verdict in a sentence, the chart, everything looked at counted, a hypothesis stated first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from analysis.lead_lag.study import preregistered
from analysis.lead_lag.verdicts import Verdict
from analysis.placebo import at_least_as_strong, fan_band
from dashboard.address.points import Point
from dashboard.charts.signals import lag_chart
from dashboard.components.controls import finish_controls, keep_choice
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.lead_lag_family import draw_family, result_of
from dashboard.components.ledger import KINDS, draw_ledger
from dashboard.components.panel import chart_panel, heading
from dashboard.components.reader import reader_name
from dashboard.exports.evidence_table import evidence_table
from dashboard.formatting import count_words, escape, escape_markdown
from dashboard.page_data import read_page
from dashboard.page_data.lead_lag import ALL, FAMILY, FIRST_LAGS, LOOK, MODES, STATE
from dashboard.page_data.signals import LAGS, MARKETS, MEASURES
from dashboard.page_data.subjects import BASKET, subject_labels, theme_tickers
from data.people.hypotheses import family_size, hypotheses_of, keep_result, record_hypothesis

frame = current_frame()
catalog, analyst = frame.catalog, reader_name()
subjects = subject_labels(catalog)
plain: dict[str, Any] = {"label_visibility": "collapsed"}

with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    keep_choice("about", subjects)
    subject = st.selectbox(
        "Coverage of", list(subjects), format_func=subjects.__getitem__, key="about", width=260, **plain
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
        "net of", MARKETS, format_func=lambda ticker: f"net of {ticker}", key="market", width=140, **plain
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
    values = {"mode": mode, "about": subject, "price": against, "market": market, "lags": widest, "talk": measure}
    defaults = {
        "mode": LOOK, "about": next(iter(subjects)), "price": priced[0], "market": MARKETS[0], "lags": FIRST_LAGS,
        "talk": "share",
    }  # fmt: skip
    request = finish_controls(frame, part=FAMILY if mode == ALL else "", **values, defaults=defaults)

page = read_page(request)
price_name = f"basket of {subjects[subject]}" if against == BASKET else against
looked = {
    "market": market, "lags": widest, "measure": measure, "from": frame.view.start.isoformat(),
    "to": frame.view.end.isoformat(), "publishers": list(frame.view.publishers), "langs": list(frame.view.langs),
    "relevance": frame.view.min_relevance,
}  # fmt: skip
what = {"talk": subject, "price": against, **looked}
ledger = {"analyst": analyst, "kind": "viewed", "what": what}


def state_first() -> None:
    """A hypothesis stated before its chart is seen: tested alone, kept with its time, scored by later data when it was seen."""
    with st.form("stated"):
        st.markdown(
            f"**Hypothesis: coverage of {escape_markdown(subjects[subject])} leads the price of "
            f"{escape_markdown(price_name)}**"
        )
        lag = st.number_input("Lag (sessions)", 1, 20, 1, key="stated_lag")
        horizon = st.number_input("Horizon of the return (sessions)", 1, 20, 1, key="stated_horizon")
        if not st.form_submit_button("Register, then test", type="primary"):
            st.caption(
                "One lag stated beforehand is about three times as likely to show a real lead as a search over all lags."
            )
            return
    now = datetime.now(UTC)
    stated = {"analyst": analyst, "kind": "registered", "what": {**what, "lag": int(lag), "horizon": int(horizon)}}
    seen = was_viewed()
    record_hypothesis(request.store, **stated, now=now)
    returns = page.signal.returns
    later = returns[returns.index > pd.Timestamp(now.date())] if seen else returns
    answer = preregistered(page.signal.attention, later, lag_sessions=int(lag), horizon_sessions=int(horizon))
    keep_result(request.store, **stated, result=result_of(answer))
    if seen:
        st.info(
            "You have looked at this pair before: the hypothesis is registered from today and is scored by later "
            "sessions alone."
        )
    draw_verdict(answer)


def was_viewed() -> bool:
    """Whether the analyst saw this coverage against this price, with whatever settings."""
    viewed = (row.what for row in hypotheses_of(request.store, analyst).itertuples() if row.kind == "viewed")
    return any(seen.get("talk") == subject and seen.get("price") == against for seen in viewed)


def draw_verdict(answer: Verdict) -> None:
    kind = escape(answer.kind.replace(" ", "-"))
    head = f'<span class="cp-verdict-kind">{escape(KINDS[answer.kind])}</span>'
    words = answer.sentence.removeprefix("Cannot tell: ")
    words = escape(words[:1].upper() + words[1:])
    st.html(f'<div class="cp-verdict cp-verdict-{kind}">{head}<p>{words}</p></div>')


def draw_method(answer: Verdict) -> None:
    signal = page.signal
    counted = escape_markdown(answer.note) or "this is the first analysis"
    with st.expander("How this is measured"):
        st.markdown(
            f"""
- **Coverage**: stories about the subject by session of {escape_markdown(signal.mic)}, each in the first session that
  opened after it was known; {escape_markdown(MEASURES[measure].lower())}, net of what its weekday and previous sessions
  predict. {signal.untimed:,} stories without a time of day are left out.
- **Price**: {escape_markdown(signal.method)} (MacKinlay 1997; Dimson 1979).
- **One p-value for all lags**: the largest |t| over the window against 999 resamplings of the returns in blocks of random
  length (stationary bootstrap, Politis and Romano 1994); intervals by lag from Newey and West 1987. Lag 0 is shown and
  never called a lead.
- **Everything looked at counts**: {counted}. “Leads” is said only at 5 % after that.
- **Smallest link that would have shown** in 8 of 10 such samples: correlation {answer.smallest_detectable:.2f},
  n = {answer.n:,} sessions.
- **Placebos** (grey): returns in another order of days, themes that the subject is no part of, and other companies of its
  sector.
"""
        )


if mode == ALL:
    draw_family(frame, page, looked, analyst)
    draw_ledger(frame, request.store, analyst)
    st.stop()

if page.signal is None:
    empty_words(
        "There are no prices, no market to compare them with, or no stories for this pair in these dates. "
        "Choose another price, or widen the dates."
    )
    st.stop()

if mode == STATE:
    state_first()
    draw_ledger(frame, request.store, analyst)
    st.stop()

is_new = record_hypothesis(request.store, **ledger, now=datetime.now(UTC))
family = family_size(request.store, analyst)
answer = page.verdict(family)
if is_new:
    keep_result(request.store, **ledger, result=result_of(answer))
draw_verdict(answer)
if answer.by_lag.empty:
    st.stop()
fan = page.placebos()
strong = at_least_as_strong(fan)
chart_panel(
    frame,
    "lags",
    lag_chart(
        answer.by_lag,
        fan_band(fan),
        believed=answer.lag if answer.kind in ("leads", "follows") else None,
        point=str(Point(subject=subject)),
        touch=frame.touch,
    ),
    frame.words(
        f"Coverage of {subjects[subject]} against {price_name}, by lag",
        n=f"n = {answer.n:,} sessions, {count_words(family, 'analysis', 'analyses')} looked at",
        unit="correlation (0 none, 1 perfect); grey: where chance lies; a coloured bar would be a statistically significant lag",
        method=f"{MEASURES[measure]} innovations against {page.signal.method}; stationary bootstrap over all lags, 999 draws",
        prices_to=page.signal.returns.index[-1],
    ),
    lambda: answer.by_lag,
    evidence=lambda: evidence_table(request, [subject], request.filters),
)
if not strong.empty:
    lines = "; ".join(f"{row.as_strong} of {row.n} with {row.kind}" for row in strong.itertuples())
    heading(
        "Placebos: where there is nothing to find",
        f"As strong somewhere as the real bars: {lines}. If many are, the real one is nothing special.",
    )
draw_ledger(frame, request.store, analyst)
draw_method(answer)
