"""Abnormal returns after a spike in coverage: the mean path with its interval, beside what chance does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from analysis.event_study.study import EventStudy
from analysis.placebo import at_least_as_strong, fan_band
from dashboard.address.points import Point
from dashboard.charts.signals import path_chart
from dashboard.components.controls import finish_controls, keep_choice
from dashboard.components.custom import subject_table
from dashboard.components.event_table import draw_event, event_columns, event_evidence, event_rows
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.panel import chart_panel, choose, table_head
from dashboard.components.reader import reader_name
from dashboard.components.share import OWN_EARNINGS, OWN_EVENTS
from dashboard.components.spillover_panel import draw_spillover
from dashboard.components.uploads import events_of_file
from dashboard.formatting import count_words, day_words, escape, signed_percent
from dashboard.page_data.events import OwnEvents
from dashboard.page_data.signals import MARKETS, THRESHOLDS
from dashboard.page_data.spillover import ALL, SpilloverData, relation_choices
from dashboard.page_data.subjects import companies_by_name, company_label
from data.errors import ChokepointError
from data.people.hypotheses import family_size, record_hypothesis

MOVED = {"leak": "before the coverage", "reaction": "with the coverage", "drift": "after the coverage"}
WINDOWS = {
    "leak": "the week before (−5 … −1)",
    "reaction": "the day and the next (0 … 1)",
    "drift": "the month after (2 … 20)",
}

frame = current_frame()
catalog, analyst = frame.catalog, reader_name()
subjects = {"all": "All companies", **{theme.key: theme.name for theme in catalog.themes.values()}} | {
    company.key: company_label(company) for company in companies_by_name(catalog) if company.ticker
}
plain: dict[str, Any] = {"label_visibility": "collapsed"}
with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    keep_choice("whose", subjects)
    whose = st.selectbox(
        "Whose events", list(subjects), format_func=subjects.__getitem__, key="whose", width=260, **plain
    )
    keep_choice("market", MARKETS)
    market = st.selectbox(
        "net of", MARKETS, format_func=lambda ticker: f"net of {ticker}", key="market", width=140, **plain
    )
    keep_choice("threshold", THRESHOLDS)
    threshold = st.selectbox(
        "Attention", list(THRESHOLDS), format_func=THRESHOLDS.__getitem__, key="threshold", width=290, **plain
    )
    relations = relation_choices(catalog, frame.view.end)
    keep_choice("relation", relations)
    relation = st.selectbox(
        "Spillover through",
        list(relations),
        format_func=lambda key: f"through {relations[key]}",
        key="relation",
        width=250,
        **plain,
    )
    request = finish_controls(
        frame,
        whose=whose,
        market=market,
        threshold=threshold,
        relation=relation,
        defaults={"whose": "all", "market": MARKETS[0], "threshold": min(THRESHOLDS), "relation": ALL},
    )

    with st.popover("Your own events", icon=":material/upload_file:"):
        st.caption(
            "A CSV file with the columns ticker and session (or date): earnings, product days, rulings, whatever you date."
        )
        given = st.file_uploader("Events", type="csv", key=OWN_EVENTS, **plain)
        st.caption("The days of earnings reports, in the same columns: events within a session of one are marked.")
        reported = st.file_uploader("Earnings days", type="csv", key=OWN_EARNINGS, **plain)
        leave_out = st.checkbox("Leave out events near them", key="without_earnings") if reported else False

try:
    known = set(catalog.company_of_ticker)
    own = OwnEvents(
        events=events_of_file(given.getvalue(), known=known) if given else None,
        earnings=events_of_file(reported.getvalue(), known=known) if reported else None,
        without_earnings=leave_out,
    )
except ChokepointError as error:
    empty_words(str(error))
    st.stop()
# The spillover's data are the page's own and more: one object draws both.
page = SpilloverData(request, own)
if page.events.empty:
    empty_words(
        "No company of these had a spike in coverage in these dates (it takes two stories in a session). "
        "Widen the dates, or lower the threshold."
    )
    st.stop()

what = {
    "study": "events", "whose": whose if given is None else f"file {given.name}", "market": market,
    "threshold": threshold, "from": frame.view.start.isoformat(), "to": frame.view.end.isoformat(),
} | ({"without earnings": reported.name} if reported and leave_out else {})  # fmt: skip
record_hypothesis(request.store, analyst=analyst, kind="viewed", what=what, now=datetime.now(UTC))
family = family_size(request.store, analyst)
study = page.study(family)
if study is None or study.n_events == 0:
    no_prices = "There are no prices around these events, or too few before them to know what is usual (100 sessions)."
    near = "No event is left that is not near an earnings day, or has prices around it."
    empty_words(near if leave_out else no_prices)
    st.stop()


def draw_study(study: EventStudy) -> None:
    """The result in a word and in a sentence."""
    moved = " and ".join(MOVED.get(window, window) for window in study.significant_windows)
    is_tested = study.windows["p_adjusted"].notna().any()
    head = f"Prices moved {moved}" if moved else ("Nothing found" if is_tested else "Cannot tell")
    words = escape(study.sentence)
    st.html(f'<div class="cp-verdict"><span class="cp-verdict-kind">{escape(head)}</span><p>{words}</p></div>')


def named_lines(study: EventStudy) -> dict[object, tuple[str, str]]:
    """Event → company and day, and the point whose stories a click lists."""
    owners = catalog.company_of_ticker
    return {
        row.Index: (
            f"{owners[row.ticker].name}, {day_words(row.day0)}",
            str(Point(subject=owners[row.ticker].key, period=row.day0.date())),
        )
        for row in study.events.itertuples()
    }


def chance_words(p: float) -> str:
    """A p-value in words: p < 0.001, p = 0.012; too few events have none."""
    if pd.isna(p):
        return "too few"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


draw_study(study)
fan = page.placebos()
n_words = f"n = {count_words(study.n_events, 'event')} on {count_words(study.n_dates, 'date')}"
n_words += f", {count_words(family, 'analysis', 'analyses')} looked at"
around_what = f"spikes in coverage: {subjects[whose]}" if given is None else "your own events"
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
    frame.words(f"Prices around {around_what}", n=n_words, unit="cumulative abnormal return, %", method=method),
    lambda: study.path,
    evidence=lambda: event_evidence(page.request, study.events),
)

windows = study.windows
table = pd.DataFrame(
    {
        "window": [WINDOWS.get(name, name) for name in windows["window"]],
        "mean abnormal return": [signed_percent(value, 2) for value in windows["caar"]],
        "95 % interval": [
            f"{signed_percent(low, 2)} … {signed_percent(high, 2)}"
            for low, high in zip(windows["low"], windows["high"], strict=True)
        ],
        "all counted": [chance_words(p) for p in windows["p_adjusted"]],
        "p (Kolari–Pynnönen)": [f"{p:.3f}" for p in windows["p_kp"]],
        "p (Corrado rank)": [f"{p:.3f}" for p in windows["p_rank"]],
    }
)
left, right = st.columns([1.2, 1], gap="medium")
with left:
    table_head(
        frame,
        "windows",
        frame.words(f"Returns by window around {around_what}", n=n_words, unit="mean abnormal return", method=method),
        lambda: study.windows,
        title="By window",
        caption="“All counted” corrects for the three windows and everything you looked at; the two p-values are of one window alone.",
    )
    st.dataframe(table, hide_index=True, key="windows")
    if not fan.empty:
        lines = "; ".join(f"{row.as_strong} of {row.n} with {row.kind}" for row in at_least_as_strong(fan).itertuples())
        st.caption(f"Placebos that go as far as the real path: {lines}.")
with right:
    each = study.events.sort_values("day0", ascending=False)
    names = [catalog.company_of_ticker[ticker].name for ticker in each["ticker"]]
    table_head(
        frame,
        "each",
        frame.words(f"Each event: {around_what}", n=n_words, unit="one row an event; abnormal returns", method=method),
        lambda: each.assign(company=names),
        title="Each event",
        caption="Choose a session to read its stories and to follow them around the exchanges.",
        evidence=lambda: event_evidence(page.request, study.events),
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
draw_spillover(frame, page, relations[relation], family=family)
