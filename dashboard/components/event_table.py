"""The part of the Events page about one event: its stories, and every listing's first session after the first of them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analysis.event_study.first_reaction import first_reactions
from analysis.returns import adjusted_prices
from dashboard.address.points import Point
from dashboard.cache.stories import load_receipts, load_story_times
from dashboard.components.custom import Column, Row
from dashboard.components.frame import Frame
from dashboard.components.panel import choose, chosen_point, heading, table_head
from dashboard.components.receipts import draw_rows
from dashboard.exports.evidence_table import evidence_table
from dashboard.formatting import count_words, day_words, moment_words, signed_percent, stories
from dashboard.page_data.request import Request
from data.calendars import calendar_of
from data.prices import actions_of, bars_between
from data.read.attention import Filters

REACH = pd.Timedelta(days=14)


def around(request: Request, day: pd.Timestamp) -> Filters:
    """The days whose stories are listed for an event: three up to its session."""
    return request.window((day - pd.Timedelta(days=3)).date(), day.date())


def event_evidence(request: Request, events: pd.DataFrame) -> pd.DataFrame:
    """The stories behind each event (ticker, day0), for a file."""
    owners = request.catalog.company_of_ticker
    dated = [(owners[row.ticker].key, pd.Timestamp(row.day0)) for row in events.itertuples()]
    tables = [evidence_table(request, [key], around(request, day)) for key, day in dated]
    return pd.concat(tables, ignore_index=True)


def event_columns(*, earnings: bool) -> list[Column]:
    columns = [
        Column(label="Company", kind="link"),
        Column(label="Session", kind="count", title="The session of the event; choose it to read its stories"),
        Column(label="Reaction", kind="move", title="Abnormal return, the session and the next"),
        Column(label="Drift", kind="move", title="Abnormal return, in the month after"),
        Column(label="Earnings", kind="text", title="Whether an earnings day is near"),
    ]
    return columns if earnings else columns[:-1]


def event_rows(frame: Frame, events: pd.DataFrame, *, earnings: bool) -> list[Row]:
    """One row an event (ticker, day0, car_reaction, car_drift, and earnings where it is shown)."""
    rows = []
    for event in events.to_dict("records"):
        point, moves = point_of(frame, event), [event["car_reaction"], event["car_drift"]]
        cells = [
            {"text": frame.catalog.subject_name(point.subject)},
            {"text": day_words(event["day0"]), "sort": event["day0"].timestamp(), "point": str(point)},
            *(
                {"text": signed_percent(move), "sort": None if pd.isna(move) else float(move), "point": str(point)}
                for move in moves
            ),
            *([{"text": "near" if event["earnings"] else ""}] if earnings else []),
        ]
        rows.append(Row(href=frame.subject_path(point.subject), cells=cells))
    return rows


def point_of(frame: Frame, event: Mapping[Hashable, Any]) -> Point:
    """An event as a point: the company and the session."""
    return Point(
        subject=frame.catalog.company_of_ticker[event["ticker"]].key, period=pd.Timestamp(event["day0"]).date()
    )


def draw_event(frame: Frame, events: pd.DataFrame) -> None:
    """The chosen event: its stories, and the first session of each listing after them."""
    point = chosen_point("event")
    if point is None or point not in [point_of(frame, event) for event in events.to_dict("records")]:
        return
    company, day = frame.catalog.companies[point.subject.partition(":")[2]], pd.Timestamp(point.period)
    request = frame.request()
    window = around(request, day)
    rows = load_receipts(frame.url, company.key, window)
    with st.container(horizontal=True, vertical_alignment="top", key="head_event"):
        heading(f"{company.name}, {day_words(day)}", f"{stories(len(rows))} in the three days up to the session")
        st.button(
            "Close", key="close_event", type="tertiary", icon=":material/close:", on_click=lambda: choose("event", None)
        )
    if rows.empty:
        return
    draw_rows(frame, rows, key="rows_event", about=(company.key,), per_page=10)
    # Only real times of day: a story known to the day alone says nothing of which exchange opened after it.
    first = load_story_times(frame.url, company.key, window)["available_at"].min()
    if pd.isna(first):
        st.caption("None of these stories has a time of day, so no exchange can be said to have opened after them.")
        return
    listings = pd.DataFrame([{"ticker": listing.ticker, "mic": listing.mic} for listing in company.listings])
    calendars = {mic: calendar_of(mic) for mic in listings["mic"]}
    bars = bars_around(request, listings["ticker"].tolist(), day)
    sun = first_reactions(first.to_pydatetime(), listings, bars, calendars)
    said = frame.words(
        f"{company.name}, {day_words(day)}: around the exchanges",
        unit="return from the close before, as a fraction",
        n=f"n = {count_words(len(sun), 'listing')}, {stories(len(rows))}",
        method=f"each listing's first session that opened after {moment_words(first)}",
    )
    behind = lambda: evidence_table(request, [company.key], window)  # noqa: E731
    table_head(frame, "sun", said, lambda: sun, title="Around the exchanges", caption=said.method, evidence=behind)
    st.dataframe(sun_table(sun), hide_index=True, key="sun")


def bars_around(request: Request, tickers: list[str], day: pd.Timestamp) -> pd.DataFrame:
    """The bars of the weeks around a day on one scale: a split is no move."""
    bars = bars_between(request.store, tickers, (day - REACH).date(), (day + REACH).date(), request.rev)
    bars = adjusted_prices(bars, actions_of(request.store, tickers, request.rev))
    return bars.assign(open=bars["open"] * bars["split_factor"], close=bars["split_close"])


def sun_table(sun: pd.DataFrame) -> pd.DataFrame:
    """What the page shows of each listing. sun: as first_reactions gives it."""
    return pd.DataFrame(
        {
            "listing": sun["ticker"],
            "exchange": sun["mic"],
            "opens": [moment_words(at) for at in sun["opens_at"]],
            "hours later": sun["hours"].round(1),
            "from the close before": [signed_percent(value, 1) for value in sun["total"]],
        }
    )
