"""What prices did when a theme's companies were suddenly talked about: the mean path with its interval, beside what chance does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from analysis.events import EventStudy
from analysis.placebo import as_strong, fan_band
from dashboard.address.labels import company_label
from dashboard.address.points import Point
from dashboard.cache import load, load_signals
from dashboard.charts.signals import path_chart
from dashboard.components.controls import finish_controls, keep_choice
from dashboard.components.custom import subject_table
from dashboard.components.event_table import around, draw_event, event_columns, event_rows
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.panel import chart_panel, choose, table_head
from dashboard.components.reader import reader_name
from dashboard.components.share import OWN_EARNINGS, OWN_EVENTS
from dashboard.components.spillover_panel import draw_shock
from dashboard.components.uploads import events_of_file
from dashboard.exports.evidence_table import evidence_table
from dashboard.formatting import count_words, day_words, escape, signed_percent
from dashboard.shaping.members import main_tickers, sector_peers, unrelated_themes
from dashboard.shaping.signals import FEWEST, MARKETS, THRESHOLDS, companies_of
from dashboard.shaping.spreading import relation_choices
from data.errors import ChokepointError
from data.people.hypotheses import family_size, record_hypothesis

MOVED = {"leak": "before the talk", "reaction": "with the talk", "drift": "after the talk"}
PLACEBOS = 4
WINDOWS = {
    "leak": "the week before (−5 … −1)",
    "reaction": "the day and the next (0 … 1)",
    "drift": "the month after (2 … 20)",
}

frame = current_frame()
catalog, store, analyst = frame.catalog, load.store_at(frame.url), reader_name()
subjects = (
    {"all": "All companies"}
    | {theme.key: theme.name for theme in catalog.themes.values()}
    | {
        company.key: company_label(company)
        for company in sorted(catalog.companies.values(), key=lambda company: company.name.lower())
        if company.ticker
    }
)
plain: dict[str, Any] = {"label_visibility": "collapsed"}
with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    keep_choice("whose", subjects)
    whose = st.selectbox(
        "Whose events", list(subjects), format_func=subjects.__getitem__, key="whose", width=260, **plain
    )
    keep_choice("market", MARKETS)
    market = st.selectbox(
        "beyond", MARKETS, format_func=lambda ticker: f"beyond {ticker}", key="market", width=140, **plain
    )
    keep_choice("threshold", THRESHOLDS)
    threshold = st.selectbox(
        "Attention", list(THRESHOLDS), format_func=THRESHOLDS.__getitem__, key="threshold", width=260, **plain
    )
    relations = relation_choices(catalog, frame.view.end)
    keep_choice("relation", relations)
    relation = st.selectbox(
        "Spread through",
        list(relations),
        format_func=lambda key: f"through {relations[key]}",
        key="relation",
        width=250,
        **plain,
    )
    defaults = {"whose": "all", "market": MARKETS[0], "threshold": 2.0, "relation": "all"}
    finish_controls(frame, whose=whose, market=market, threshold=threshold, relation=relation, defaults=defaults)

    with st.popover("Events of your own", icon=":material/upload_file:"):
        st.caption(
            "A CSV file with the columns ticker and session (or date). Earnings, product days, rulings: whatever you date yourself."
        )
        given = st.file_uploader("Events", type="csv", key=OWN_EVENTS, **plain)
        st.caption("The days of earnings reports, in the same columns: events within a session of one are marked.")
        reported = st.file_uploader("Earnings days", type="csv", key=OWN_EARNINGS, **plain)
        leave_out = st.checkbox("Leave out events near them", key="without_earnings") if reported else False


def found_events() -> pd.DataFrame:
    """The uploaded events, or the sessions of unusual attention."""
    if given is not None:
        return events_of_file(given.getvalue(), known=set(catalog.company_of_ticker))
    tickers = main_tickers(catalog, companies_of(catalog, whose))
    priced = load.load_last_sessions(frame.url, frame.rev)
    wanted = tuple(sorted((key, ticker) for key, ticker in tickers.items() if ticker in priced))
    return load_signals.load_bursts(frame.url, wanted, frame.filters, threshold, FEWEST)


def event_stories() -> pd.DataFrame:
    """The stories behind each event, for a file."""
    dated = [(catalog.company_of_ticker[row.ticker].key, pd.Timestamp(row.day0)) for row in study.events.itertuples()]
    return pd.concat([evidence_table(store, [key], around(frame, day)) for key, day in dated], ignore_index=True)


try:
    events = found_events()
    earnings = events_of_file(reported.getvalue(), known=set(catalog.company_of_ticker)) if reported else None
except ChokepointError as error:
    empty_words(str(error))
    st.stop()
if events.empty:
    empty_words(
        "No company of these was suddenly talked about in these dates (it takes two stories in a session). "
        "Widen the dates, or lower the bar."
    )
    st.stop()


def draw_study(study: EventStudy) -> None:
    """What was found, in a word and in a sentence."""
    moved = " and ".join(MOVED.get(window, window) for window in study.found)
    told = study.windows["p_adjusted"].notna().any()
    head = f"Prices moved {moved}" if moved else ("Nothing found" if told else "Cannot tell")
    st.html(
        f'<div class="cp-verdict"><span class="cp-verdict-kind">{escape(head)}</span><p>{escape(study.sentence)}</p></div>'
    )


def named_lines(study: EventStudy) -> dict[object, tuple[str, str]]:
    """Event → company and day, and the point whose stories a click lists."""
    return {
        row.Index: (
            f"{catalog.company_of_ticker[row.ticker].name}, {day_words(row.day0)}",
            str(Point(subject=catalog.company_of_ticker[row.ticker].key, period=row.day0.date())),
        )
        for row in study.events.itertuples()
    }


what = {
    "study": "events", "whose": whose if given is None else f"file {given.name}", "market": market, "threshold": threshold,
    "from": frame.view.start.isoformat(), "to": frame.view.end.isoformat(),
} | ({"without earnings": reported.name} if reported and leave_out else {})  # fmt: skip
record_hypothesis(store, analyst=analyst, kind="viewed", what=what, now=datetime.now(UTC))
family = family_size(store, analyst)
study = load_signals.load_study(
    frame.url, events, market, frame.filters, family, earnings=earnings, without_earnings=leave_out
)
if study is None or study.n_events == 0:
    no_prices = "There are no prices around these events, or too few before them to know what is usual (100 sessions)."
    empty_words(
        "No event is left that is not near an earnings day, or has prices around it." if leave_out else no_prices
    )
    st.stop()

draw_study(study)
moved = set(events["ticker"])
close = {theme for ticker in moved for theme in catalog.company_of_ticker[ticker].themes}
apart = unrelated_themes(catalog, close, PLACEBOS)
elsewhere = load_signals.load_bursts(
    frame.url, tuple((theme, theme) for theme in apart), frame.filters, threshold, FEWEST
)
fan = load_signals.load_event_fan(
    frame.url, events, market, frame.filters, peers=sector_peers(catalog, moved), elsewhere=elsewhere
)
n_words = f"n = {count_words(study.n_events, 'event')} on {count_words(study.n_dates, 'date')}"
n_words += f", {count_words(family, 'analysis', 'analyses')} looked at"
around_what = f"sudden attention: {subjects[whose]}" if given is None else "your own events"
method = f"market model on {market}, sessions −250 … −30; interval by resampling dates; Kolari–Pynnönen test"
chart_panel(
    # A click on an event's line lists the stories of its day, whatever grain other pages show.
    replace(frame, view=replace(frame.view, grain="day", measure="stories")),
    "path",
    path_chart(
        study.path,
        study.lines,
        fan_band(fan) if not fan.empty else pd.DataFrame(),
        named=named_lines(study),
        touch=frame.touch,
    ),
    frame.words(
        f"Prices around {around_what}",
        n=n_words,
        unit="cumulated return beyond the market, %",
        method=method,
    ),
    lambda: study.path,
    evidence=event_stories,
)


def chance_words(p: float) -> str:
    """How often chance alone does as much."""
    if pd.isna(p):
        return "too few"
    return "under 1 in 1,000" if p < 0.001 else f"{1000 * p:,.0f} in 1,000"


table = pd.DataFrame(
    {
        "window": [WINDOWS.get(name, name) for name in study.windows["window"]],
        "mean beyond the market": [signed_percent(value, 2) for value in study.windows["caar"]],
        "likely range (95 %)": [
            f"{signed_percent(low, 2)} … {signed_percent(high, 2)}"
            for low, high in zip(study.windows["low"], study.windows["high"], strict=True)
        ],
        "by chance": [chance_words(p) for p in study.windows["p_adjusted"]],
        "p (Kolari–Pynnönen)": [f"{p:.3f}" for p in study.windows["p_kp"]],
        "p (Corrado rank)": [f"{p:.3f}" for p in study.windows["p_rank"]],
    }
)
left, right = st.columns([1.2, 1], gap="medium")
with left:
    table_head(
        frame,
        "windows",
        frame.words(
            f"Returns by window around {around_what}", n=n_words, unit="mean return beyond the market", method=method
        ),
        lambda: study.windows,
        title="By window",
        caption="“By chance” counts the three windows and everything that you looked at; the two p-values are of one window alone.",
    )
    st.dataframe(table, hide_index=True, key="windows")
    if not fan.empty:
        lines = "; ".join(f"{row.as_strong} of {row.n} with {row.kind}" for row in as_strong(fan).itertuples())
        st.caption(f"Placebos that go as far as the real path: {lines}.")
with right:
    each = study.events.sort_values("day0", ascending=False)
    table_head(
        frame,
        "each",
        frame.words(
            f"Each event: {around_what}", n=n_words, unit="one row an event; returns beyond the market", method=method
        ),
        lambda: each.assign(company=[catalog.company_of_ticker[ticker].name for ticker in each["ticker"]]),
        title="Each event",
        caption="Choose a session to read its stories and to follow them around the exchanges.",
        evidence=event_stories,
    )
    with st.container(key="scroll_events"):
        subject_table(
            "table_event",
            event_columns(earnings=reported is not None),
            event_rows(frame, each, earnings=reported is not None),
            caption="Each event",
            on_receipts=lambda point: choose("event", point),
        )

draw_event(frame, each)
if not study.left_out.empty:
    reasons = "; ".join(f"{count:,} {reason}" for reason, count in study.left_out["reason"].value_counts().items())
    whole = count_words(len(study.left_out) + study.n_events, "event")
    st.caption(f"{len(study.left_out):,} of {whole} are not in the mean: {reasons}.")
draw_shock(frame, events, market, relation, relations[relation], family=family)
