"""Abnormal returns after a spike in coverage: the mean path with its 95 % interval, beside placebos."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from analysis.event_study.study import EventStudy
from analysis.placebo import at_least_as_strong, fan_band
from dashboard.cache.stores import store_at
from dashboard.charts.signals import path_chart
from dashboard.components.controls import choose_one, control_row, finish_controls
from dashboard.components.custom import subject_table
from dashboard.components.events import (
    draw_event,
    draw_spillover,
    event_columns,
    event_evidence,
    event_point,
    event_rows,
    events_of_file,
    left_out_words,
)
from dashboard.components.frame import analyst_name, current_frame, draw_verdict, empty_words
from dashboard.components.panel import chart_panel, choose, table_head
from dashboard.components.share import OWN_EARNINGS, OWN_EVENTS
from dashboard.formatting import count_words, day_words, p_value, signed_percent
from dashboard.page_data.events import OwnEvents
from dashboard.page_data.signals import MARKETS, THRESHOLDS
from dashboard.page_data.spillover import ALL, SpilloverData, relation_choices
from dashboard.page_data.subjects import companies_by_name, company_label
from data.errors import ChokepointError
from data.people.hypotheses import family_size, ledgers_of, record_hypothesis

MOVED = {"leak": "before the coverage", "reaction": "with the coverage", "drift": "after the coverage"}
WINDOWS = {
    "leak": "the week before (−5 … −1)",
    "reaction": "the session and the next (0 … 1)",
    "drift": "the month after (2 … 20)",
}

frame = current_frame()
catalog, analyst = frame.catalog, ledgers_of(store_at(frame.url), analyst_name())[-1]
subjects = {"all": "All companies", **{theme.key: theme.name for theme in catalog.themes.values()}} | {
    company.key: company_label(company) for company in companies_by_name(catalog) if company.ticker
}
with control_row():
    whose = choose_one("whose", "Events of", subjects, width=260)
    market = choose_one("market", "Net of", {ticker: f"net of {ticker}" for ticker in MARKETS}, width=140)
    threshold = choose_one("threshold", "Attention", THRESHOLDS, width=290)
    relations = relation_choices(catalog, frame.view.end)
    through = {key: f"through {name}" for key, name in relations.items()}
    relation = choose_one("relation", "Spillover through", through, width=250)
    request = finish_controls(
        frame,
        whose=whose,
        market=market,
        threshold=threshold,
        relation=relation,
        defaults={"whose": "all", "market": MARKETS[0], "threshold": min(THRESHOLDS), "relation": ALL},
    )

    with st.popover("Your own events", icon=":material/upload_file:"):
        st.caption("A CSV file with the columns ticker and session (or date): earnings, product launches, rulings, …")
        hidden = {"type": "csv", "label_visibility": "collapsed"}
        events_file = st.file_uploader("Events", key=OWN_EVENTS, **hidden)
        st.caption("The days of earnings reports, in the same columns: events within a session of one are marked.")
        earnings_file = st.file_uploader("Earnings days", key=OWN_EARNINGS, **hidden)
        leave_out = st.checkbox("Leave out events near them", key="without_earnings") if earnings_file else False

try:
    known = set(catalog.company_of_ticker)
    own = OwnEvents(
        events=events_of_file(events_file.getvalue(), known=known) if events_file else None,
        earnings=events_of_file(earnings_file.getvalue(), known=known) if earnings_file else None,
        without_earnings=leave_out,
    )
except ChokepointError as error:
    empty_words(str(error))
    st.stop()
# The spillover's data include the events' own: one object draws both.
page = SpilloverData(request, own)
if page.events.empty:
    empty_words(page.lack)
    st.stop()

analysis = {
    "study": "events", "whose": f"file {events_file.name}" if events_file else whose, "market": market,
    "threshold": threshold, "from": frame.view.start.isoformat(), "to": frame.view.end.isoformat(),
} | ({"without earnings": earnings_file.name} if earnings_file and leave_out else {})  # fmt: skip
record_hypothesis(request.store, analyst=analyst, kind="viewed", what=analysis, now=datetime.now(UTC))
family = family_size(request.store, analyst)
study = page.study(family)
if study is None or study.n_events == 0:
    reasons = left_out_words(study.left_out) if study else f"no prices of these listings, or of {market}, around them"
    empty_words(f"None of {count_words(len(page.events), 'event')} can be studied: {reasons}.")
    st.stop()


def study_head(study: EventStudy) -> str:
    """The result of the study in a few words."""
    if study.significant_windows:
        return f"Prices moved {' and '.join(MOVED.get(window, window) for window in study.significant_windows)}"
    is_tested = study.windows["p_adjusted"].notna().any()
    return "No abnormal return found" if is_tested else "Cannot tell"


def named_events(study: EventStudy) -> dict[object, tuple[str, str]]:
    """Event → company and day, and the point whose stories a click lists."""
    names = {}
    for row in study.events.itertuples():
        point = event_point(frame, {"ticker": row.ticker, "day0": row.day0})
        names[row.Index] = (f"{catalog.subject_name(point.subject)}, {day_words(row.day0)}", str(point))
    return names


draw_verdict(study_head(study), study.sentence)
placebos = page.placebos()
n_words = f"n = {count_words(study.n_events, 'event')} on {count_words(study.n_dates, 'date')}"
n_words += f", {count_words(family, 'analysis', 'analyses')} looked at"
events_name = "your own events" if events_file else f"spikes in coverage: {subjects[whose]}"
method = f"market model on {market}, sessions −250 … −30; interval by resampling dates; Kolari–Pynnönen test"
chart_panel(
    # A click on an event's line lists the stories of its day, whatever grain other pages show.
    replace(frame, view=replace(frame.view, grain="day", measure="stories")),
    "path",
    path_chart(
        study.path,
        study.lines,
        pd.DataFrame() if placebos.empty else fan_band(placebos),
        events=named_events(study),
        touch=frame.touch,
    ),
    frame.words(f"Prices around {events_name}", n=n_words, unit="cumulative abnormal return, %", method=method),
    lambda: study.path,
    evidence=lambda: event_evidence(page.request, study.events),
)


def draw_windows() -> None:
    windows = study.windows
    table_head(
        frame,
        "windows",
        frame.words(f"Returns by window around {events_name}", n=n_words, unit="mean abnormal return", method=method),
        lambda: windows,
        title="By window",
        caption="“p, all counted” is corrected for the three windows and everything you looked at; the other two "
        "p-values are for one window alone.",
    )
    intervals = zip(windows["low"], windows["high"], strict=True)
    table = pd.DataFrame(
        {
            "window": [WINDOWS.get(name, name) for name in windows["window"]],
            "mean abnormal return": [signed_percent(value, 2) for value in windows["caar"]],
            "95 % interval": [f"{signed_percent(low, 2)} … {signed_percent(high, 2)}" for low, high in intervals],
            "p, all counted": windows["p_adjusted"].map(p_value),
            "p (Kolari–Pynnönen)": windows["p_kp"].map(p_value),
            "p (Corrado rank)": windows["p_rank"].map(p_value),
        }
    )
    st.dataframe(table, hide_index=True, key="windows")
    if not placebos.empty:
        counts = "; ".join(
            f"{row.as_strong} of {row.n} with {row.kind}" for row in at_least_as_strong(placebos).itertuples()
        )
        st.caption(f"Placebos at least as large as the actual path: {counts}.")


def draw_events(events: pd.DataFrame) -> None:
    names = [catalog.company_of_ticker[ticker].name for ticker in events["ticker"]]
    table_head(
        frame,
        "each",
        frame.words(f"Events: {events_name}", n=n_words, unit="one row an event; abnormal returns", method=method),
        lambda: events.assign(company=names),
        title="Events",
        caption="Choose a session to read its stories, and the reaction by exchange.",
        evidence=lambda: event_evidence(page.request, study.events),
    )
    has_earnings = earnings_file is not None
    with st.container(key="scroll_events"):
        subject_table(
            "table_event",
            event_columns(earnings=has_earnings),
            event_rows(frame, events, earnings=has_earnings),
            caption="Events",
            on_receipts=lambda point: choose("event", point),
        )


events = study.events.sort_values("day0", ascending=False)
left, right = st.columns([1.2, 1], gap="medium")
with left:
    draw_windows()
with right:
    draw_events(events)
draw_event(frame, events)
if not study.left_out.empty:
    total = count_words(len(study.left_out) + study.n_events, "event")
    st.caption(f"{len(study.left_out):,} of {total} are not in the mean: {left_out_words(study.left_out)}.")
draw_spillover(frame, page, relations[relation], family=family)
