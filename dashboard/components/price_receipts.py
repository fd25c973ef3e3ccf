"""
The closes behind a price move in a table: which two of each listing, and for a theme's basket what each session added.

    point → listings as of the revision → adjusted closes → one row a listing · one row a session
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import streamlit as st

from dashboard.address.points import Point
from dashboard.cache.stores import store_at
from dashboard.components.custom import subject_table
from dashboard.components.frame import Frame
from dashboard.components.receipts import opened
from dashboard.formatting import count_words, day_words, period_words, signed_percent, subject_words
from dashboard.page_data.receipts import price_receipts, price_start
from dashboard.tables import Column, Row
from data.prices import bars_between

LISTING_COLUMNS = [
    Column(label="Listing", kind="link"),
    Column(label="Change", kind="move"),
    Column(label="From", kind="number", title="The session of the first close"),
    Column(label="Close", kind="number", title="Adjusted for splits and dividends"),
    Column(label="To", kind="number", title="The session of the last close"),
    Column(label="Close", kind="number", title="Adjusted for splits and dividends"),
    Column(label="In", kind="text", title="The currency"),
    Column(label="Source", kind="text", title="Who gave the last close", wide=True),
]
STEP_COLUMNS = [
    Column(label="Session", kind="text"),
    Column(label="Traded", kind="number", title="Listings of the basket that have a return on the session"),
    Column(label="Mean return", kind="move"),
    Column(label="Since the start", kind="move"),
]


def draw_price_receipts(frame: Frame, key: str, point: Point, *, on_close: Callable[[], None]) -> None:
    """The closes behind a price move."""
    request = frame.request()
    moves, steps = price_receipts(request, point)
    known = (
        f"{count_words(len(moves), 'listing')}; adjusted for splits and dividends, as known at revision {frame.rev:,}"
    )
    with opened(key, point, len(moves), head_words(frame, point, moves, steps), known, on_close):
        if moves.empty:
            st.caption("The store has no two closes for it.")
            return
        rows = listing_rows(frame, moves, price_start(request, point))
        subject_table(f"moves_{key}", LISTING_COLUMNS, rows, caption="Closes by listing", on_receipts=_nothing)
        if not steps.empty:
            st.caption("The basket: each session's mean return of the listings that traded, compounded.")
            rows = step_rows(steps)
            subject_table(f"steps_{key}", STEP_COLUMNS, rows, caption="The basket by session", on_receipts=_nothing)


def head_words(frame: Frame, point: Point, moves: pd.DataFrame, steps: pd.DataFrame) -> str:
    """Price of Micron Technology: +5.2% since the last close before week of 17 Aug 2026"""
    whose = f"{subject_words(frame.catalog, point.subject)}{' (basket)' if point.subject.startswith('theme:') else ''}"
    when = (
        f"since the last close before {period_words(point.period, frame.view.grain)}"
        if point.period
        else "in the dates shown"
    )
    change = steps["change"].iloc[-1] if len(steps) else moves["change"].iloc[-1] if len(moves) == 1 else float("nan")
    return f"Price of {whose}: {signed_percent(change)} {when}"


def listing_rows(frame: Frame, moves: pd.DataFrame, since: date) -> list[Row]:
    bars = bars_between(store_at(frame.url), moves["ticker"], since, frame.view.end, frame.rev)
    newest = bars.drop_duplicates("ticker", keep="last").set_index("ticker")
    owners = frame.catalog.company_of_ticker
    return [
        Row(
            href=frame.subject_path(owners[move["ticker"]].key),
            cells=[
                {"text": f"{owners[move['ticker']].name} ({move['ticker']})"},
                {"text": signed_percent(move["change"]), "sort": move["change"]},
                {"text": day_words(move["first_session"]), "sort": move["first_session"].timestamp()},
                {"text": f"{move['first']:,.2f}", "sort": move["first"]},
                {"text": day_words(move["last_session"]), "sort": move["last_session"].timestamp()},
                {"text": f"{move['last']:,.2f}", "sort": move["last"]},
                {"text": str(newest.at[move["ticker"], "currency"])},
                {"text": str(newest.at[move["ticker"], "provider"])},
            ],
        )
        for move in moves.to_dict("records")
    ]


def step_rows(steps: pd.DataFrame) -> list[Row]:
    return [
        Row(
            href="",
            cells=[
                {"text": day_words(step["session"]), "sort": step["session"].timestamp()},
                {"text": f"{step['traded']:,}", "sort": step["traded"]},
                {"text": signed_percent(step["mean"], 2), "sort": step["mean"]},
                {"text": signed_percent(step["change"], 2), "sort": step["change"]},
            ],
        )
        for step in steps.to_dict("records")
    ]


def _nothing(_: str) -> None:
    """Its numbers are the evidence."""
