"""Does coverage lead price? A verdict in a sentence, its chart, and hypotheses stated before looking."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from analysis.lead_lag.study import preregistered
from analysis.lead_lag.verdicts import Verdict
from analysis.placebo import at_least_as_strong
from dashboard.address.points import Point
from dashboard.cache.stores import store_at
from dashboard.charts.signals import chance_band, lag_chart
from dashboard.components.controls import choose_one, choose_segment, control_row, finish_controls
from dashboard.components.frame import analyst_name, current_frame, draw_verdict, empty_words
from dashboard.components.lead_lag import VERDICT_NAMES, draw_family, draw_ledger, result_of
from dashboard.components.panel import chart_panel, heading
from dashboard.exports.evidence_table import evidence_table
from dashboard.formatting import count_words, escape_markdown
from dashboard.page_data import read_page
from dashboard.page_data.lead_lag import ALL, FAMILY, FIRST_LAGS, LOOK, MODES, STATE
from dashboard.page_data.signals import LAGS, MARKETS, SIGNAL_MEASURES
from dashboard.page_data.subjects import BASKET, subject_labels, theme_tickers
from data.people.hypotheses import family_size, hypotheses_of, keep_result, ledgers_of, record_hypothesis

frame = current_frame()
catalog, person = frame.catalog, analyst_name()
ledgers = ledgers_of(store_at(frame.url), person)
analyst = ledgers[-1]
subjects = subject_labels(catalog)

with control_row():
    subject = choose_one("about", "Coverage of", subjects, width=260)
    subject_name = subjects[subject]
    company = catalog.companies.get(subject.partition(":")[2]) if subject.startswith("company:") else None
    own = [listing.ticker for listing in company.listings] if company else [BASKET, *theme_tickers(catalog)[subject]]
    prices = own or sorted(catalog.company_of_ticker)
    price_names = {price: f"{subject_name} basket" if price == BASKET else price for price in prices}
    against = choose_one("price", "Against the price of", price_names, width=200)
    market = choose_one("market", "Net of", {ticker: f"net of {ticker}" for ticker in MARKETS}, width=140)
    widest = choose_one("lags", "Lags", LAGS, list(LAGS).index(FIRST_LAGS), width=150)
    measure = choose_one("talk", "Measured as", SIGNAL_MEASURES, width=160)
    mode = choose_segment("mode", "Mode", MODES, LOOK)
    values = {"mode": mode, "about": subject, "price": against, "market": market, "lags": widest, "talk": measure}
    defaults = {
        "mode": LOOK, "about": next(iter(subjects)), "price": prices[0], "market": MARKETS[0], "lags": FIRST_LAGS,
        "talk": "share",
    }  # fmt: skip
    request = finish_controls(frame, part=FAMILY if mode == ALL else "", **values, defaults=defaults)

page = read_page(request)
price_name = price_names[against]
settings = {
    "market": market, "lags": widest, "measure": measure, "from": frame.view.start.isoformat(),
    "to": frame.view.end.isoformat(), "publishers": list(frame.view.publishers), "langs": list(frame.view.langs),
    "relevance": frame.view.min_relevance,
}  # fmt: skip
analysis = {"talk": subject, "price": against, **settings}


def state_first() -> None:
    """A hypothesis stated before its chart is seen: tested alone and kept; if it was seen, later sessions score it."""
    with st.form("stated"):
        st.markdown(
            f"**Hypothesis: coverage of {escape_markdown(subject_name)} leads the price of "
            f"{escape_markdown(price_name)}**"
        )
        lag = st.number_input("Lag (sessions)", 1, 20, 1, key="stated_lag")
        horizon = st.number_input("Horizon of the return (sessions)", 1, 20, 1, key="stated_horizon")
        if not st.form_submit_button("Register, then test", type="primary"):
            st.caption(
                "A test of one lag stated beforehand is nearly three times as likely to detect a real lead as a "
                "search over all lags."
            )
            return
    now, was_seen = datetime.now(UTC), was_viewed()
    stated = {"analyst": analyst, "kind": "registered", "what": {**analysis, "lag": int(lag), "horizon": int(horizon)}}
    record_hypothesis(request.store, **stated, now=now)
    returns = page.signal.returns
    scored = returns[returns.index > pd.Timestamp(now.date())] if was_seen else returns
    verdict = preregistered(page.signal.attention, scored, lag_sessions=int(lag), horizon_sessions=int(horizon))
    keep_result(request.store, **stated, result=result_of(verdict))
    if was_seen:
        st.info(
            "You have looked at this pair before: the hypothesis is registered from today and is scored by later "
            "sessions only."
        )
    draw_pair_verdict(verdict)


def was_viewed() -> bool:
    """Whether the analyst has seen this coverage against this price, with any settings."""
    ledger = (row for name in ledgers for row in hypotheses_of(request.store, name).itertuples())
    viewed = (row.what for row in ledger if row.kind == "viewed")
    return any(seen.get("talk") == subject and seen.get("price") == against for seen in viewed)


def draw_pair_verdict(verdict: Verdict) -> None:
    sentence = verdict.sentence.removeprefix("Cannot tell: ")
    style = f"cp-verdict-{verdict.kind.replace(' ', '-')}"
    draw_verdict(VERDICT_NAMES[verdict.kind], sentence[:1].upper() + sentence[1:], style=style)


def draw_method(verdict: Verdict) -> None:
    signal = page.signal
    correction = escape_markdown(verdict.note) or "this is the first analysis"
    with st.expander("How this is measured"):
        st.markdown(
            f"""
- **Coverage**: stories about the subject by session of {escape_markdown(signal.mic)}, each in the first session that
  opened after it was known; {escape_markdown(SIGNAL_MEASURES[measure].lower())}, net of what its weekday and previous
  sessions predict. {signal.untimed:,} stories without a time of day are left out.
- **Price**: {escape_markdown(signal.method)} (MacKinlay 1997; Dimson 1979).
- **One p-value for all lags**: the largest |t| over the window against 999 resamplings of the returns in blocks of
  random length (stationary bootstrap, Politis and Romano 1994); intervals by lag from Newey and West 1987. Lag 0 is
  shown and never called a lead.
- **Everything looked at counts**: {correction}. “Leads” requires 5 % after this correction.
- **Smallest detectable correlation** (in 8 of 10 such samples): {verdict.smallest_detectable:.2f}, n = {verdict.n:,}
  sessions.
- **Where chance lies** (grey): at each lag, ± the largest |t| that chance reaches over all lags, in 95 of 100 such
  families of analyses, times the lag's own standard error.
- **Placebos**: returns in another order of days, themes that the subject does not belong to, and other companies
  of its sector.
"""
        )


def explore() -> None:
    """The verdict on the pair, its correlations by lag, and placebos."""
    entry = {"analyst": analyst, "kind": "viewed", "what": analysis}
    is_new = record_hypothesis(request.store, **entry, now=datetime.now(UTC))
    family = family_size(request.store, analyst)
    verdict = page.verdict(family)
    if is_new:
        keep_result(request.store, **entry, result=result_of(verdict))
    draw_pair_verdict(verdict)
    if verdict.by_lag.empty:
        return
    placebos = page.placebos()
    chart_panel(
        frame,
        "lags",
        lag_chart(
            chance_band(verdict.by_lag, verdict.critical),
            significant=verdict.lag if verdict.kind in ("leads", "follows") else None,
            point=str(Point(subject=subject)),
            touch=frame.touch,
        ),
        frame.words(
            f"Coverage of {subject_name} against {price_name}, by lag",
            n=f"n = {verdict.n:,} sessions, {count_words(family, 'analysis', 'analyses')} looked at",
            unit="correlation (0 none, 1 perfect); grey: where chance lies, all lags and analyses counted: only a bar "
            "beyond it would be significant",
            method=f"{SIGNAL_MEASURES[measure]}, net of its own past, against {page.signal.method}; stationary "
            "bootstrap over all lags, 999 draws",
            prices_to=page.signal.returns.index[-1],
        ),
        lambda: chance_band(verdict.by_lag, verdict.critical),
        evidence=lambda: evidence_table(request, [subject], request.filters),
    )
    strong = at_least_as_strong(placebos)
    if not strong.empty:
        counts = "; ".join(f"{row.as_strong} of {row.n} with {row.kind}" for row in strong.itertuples())
        heading(
            "Placebos: pairs without a real relation",
            f"At least as strong at some lag as the actual pair: {counts}. If many are, the actual pair is nothing "
            "special.",
        )
    draw_ledger(frame, request.store, person)
    draw_method(verdict)


if mode == ALL:
    draw_family(frame, page, settings, analyst)
    draw_ledger(frame, request.store, person)
elif page.signal is None:
    empty_words(page.lack)
elif mode == STATE:
    state_first()
    draw_ledger(frame, request.store, person)
else:
    explore()
