"""
The parts of the Events page beside its chart.

    a CSV file → a reader's own events
    events     → table → one event: its stories, and every listing's first session after the first of them
    spillover  → verdict, chart, each pair of a shocked company and a neighbour
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Hashable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analysis.event_study.first_reaction import first_reactions
from analysis.event_study.spillover import Spillover
from analysis.returns import adjusted_prices
from dashboard.address.points import Point
from dashboard.cache.stories import load_receipts, load_story_times
from dashboard.charts.signals import spillover_chart
from dashboard.components.custom import Column, TableRow
from dashboard.components.downloads import table_menu
from dashboard.components.frame import Frame, draw_verdict
from dashboard.components.panel import chart_panel, choose, chosen_point, heading, heading_row, table_head
from dashboard.components.receipts import draw_rows
from dashboard.exports.evidence_table import evidence_table
from dashboard.formatting import ChartWords, count_words, day_words, moment_words, signed_percent, story_count
from dashboard.page_data.events import SHOCK
from dashboard.page_data.request import Request
from dashboard.page_data.spillover import DEGREES, SpilloverData, spillover_head, spillover_sentence
from data.calendars import calendar_of
from data.errors import UsageError
from data.prices import actions_of, bars_between
from data.read.attention import Filters

MOST_BYTES, MOST_EVENTS = 1_000_000, 5_000
BARS_REACH = pd.Timedelta(days=14)
MOST_PAIRS = 400


def events_of_file(content: bytes, *, known: Collection[str]) -> tuple[tuple[str, date], ...]:
    """Ticker and session of each event in a CSV file. UsageError names the line that cannot be used, and why."""
    if len(content) > MOST_BYTES:
        raise UsageError("The file is larger than 1 MB: events are one line each.")
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        names = {name.strip().lower(): name for name in rows.fieldnames or () if name}
        ticker, session = names.get("ticker"), names.get("session") or names.get("date")
        if ticker is None or session is None:
            raise UsageError("The file needs the columns ticker and session (or date).")
        events = [_event(number, row[ticker], row[session], known) for number, row in enumerate(rows, 2)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"The file is not readable as CSV in UTF-8 ({error}).") from error
    if not 0 < len(events) <= MOST_EVENTS:
        raise UsageError(f"The file has {len(events):,} events; between 1 and {MOST_EVENTS:,} can be studied.")
    return tuple(events)


def _event(line: int, ticker: str | None, session: str | None, known: Collection[str]) -> tuple[str, date]:
    name = (ticker or "").strip().upper()
    if name not in known:
        raise UsageError(f"Line {line}: {name[:20]!r} is not a ticker of the catalog.")
    try:
        return name, date.fromisoformat((session or "").strip()[:10])
    except ValueError:
        raise UsageError(f"Line {line}: {(session or '')[:20]!r} is not a date such as 2026-01-31.") from None


def left_out_words(left_out: pd.DataFrame) -> str:
    """3 no prices; 2 merged into the event before it"""
    return "; ".join(f"{count:,} {reason}" for reason, count in left_out["reason"].value_counts().items())


def event_filters(request: Request, day: pd.Timestamp) -> Filters:
    """The filters of an event's stories: three days up to its session."""
    return request.window((day - pd.Timedelta(days=3)).date(), day.date())


def event_evidence(request: Request, events: pd.DataFrame) -> pd.DataFrame:
    """The stories behind each event (ticker, day0), for a file."""
    companies = request.catalog.company_of_ticker
    tables = [
        evidence_table(request, [companies[row.ticker].key], event_filters(request, pd.Timestamp(row.day0)))
        for row in events.itertuples()
    ]
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


def event_rows(frame: Frame, events: pd.DataFrame, *, earnings: bool) -> list[TableRow]:
    """One row an event (ticker, day0, car_reaction, car_drift, and earnings where it is shown)."""
    rows = []
    for event in events.to_dict("records"):
        point = event_point(frame, event)
        cells = [
            {"text": frame.catalog.subject_name(point.subject)},
            {"text": day_words(event["day0"]), "sort": event["day0"].timestamp(), "point": str(point)},
            *(
                {"text": signed_percent(move), "sort": None if pd.isna(move) else float(move), "point": str(point)}
                for move in (event["car_reaction"], event["car_drift"])
            ),
            *([{"text": "near" if event["earnings"] else ""}] if earnings else []),
        ]
        rows.append(TableRow(href=frame.subject_path(point.subject), cells=cells))
    return rows


def event_point(frame: Frame, event: Mapping[Hashable, Any]) -> Point:
    """An event as a point: the company and the session."""
    company = frame.catalog.company_of_ticker[event["ticker"]]
    return Point(subject=company.key, period=pd.Timestamp(event["day0"]).date())


def draw_event(frame: Frame, events: pd.DataFrame) -> None:
    """The chosen event: its stories, and the first session of each listing after them."""
    point = chosen_point("event")
    if point is None or point not in [event_point(frame, event) for event in events.to_dict("records")]:
        return
    company, day = frame.catalog.companies[point.subject.partition(":")[2]], pd.Timestamp(point.period)
    request = frame.request()
    filters = event_filters(request, day)
    rows = load_receipts(frame.url, company.key, filters)
    with heading_row("event"):
        heading(f"{company.name}, {day_words(day)}", f"{story_count(len(rows))} in the three days up to the session")
        st.button(
            "Close", key="close_event", type="tertiary", icon=":material/close:", on_click=lambda: choose("event", None)
        )
    if rows.empty:
        return
    draw_rows(frame, rows, key="rows_event", about=(company.key,), per_page=10)
    # Only real times of day: a story known to the day alone says nothing about which exchange opened after it.
    first = load_story_times(frame.url, company.key, filters)["available_at"].min()
    if pd.isna(first):
        st.caption("None of these stories has a time of day, so the first exchange to open after them is not known.")
        return
    listings = pd.DataFrame([{"ticker": listing.ticker, "mic": listing.mic} for listing in company.listings])
    bars = bars_around(request, listings["ticker"].tolist(), day)
    calendars = {mic: calendar_of(mic) for mic in listings["mic"]}
    reactions = first_reactions(first.to_pydatetime(), listings, bars, calendars)
    words = frame.words(
        f"{company.name}, {day_words(day)}: reaction by exchange",
        unit="return from the close before, as a fraction",
        n=f"n = {count_words(len(reactions), 'listing')}, {story_count(len(rows))}",
        method=f"each listing's first session that opened after {moment_words(first)}",
    )
    table_head(
        frame,
        "sun",
        words,
        lambda: reactions,
        title="Reaction by exchange",
        caption=words.method,
        evidence=lambda: evidence_table(request, [company.key], filters),
    )
    st.dataframe(reaction_table(reactions), hide_index=True, key="sun")


def bars_around(request: Request, tickers: list[str], day: pd.Timestamp) -> pd.DataFrame:
    """The bars of the weeks around a day, adjusted for splits."""
    bars = bars_between(request.store, tickers, (day - BARS_REACH).date(), (day + BARS_REACH).date(), request.rev)
    bars = adjusted_prices(bars, actions_of(request.store, tickers, request.rev))
    return bars.assign(open=bars["open"] * bars["split_factor"], close=bars["split_close"])


def reaction_table(reactions: pd.DataFrame) -> pd.DataFrame:
    """The page's table of listings. reactions: as first_reactions gives them."""
    return pd.DataFrame(
        {
            "listing": reactions["ticker"],
            "exchange": reactions["mic"],
            "opens": [moment_words(at) for at in reactions["opens_at"]],
            "hours later": reactions["hours"].round(1),
            "from the close before": [signed_percent(value, 1) for value in reactions["total"]],
        }
    )


def draw_spillover(frame: Frame, page: SpilloverData, through: str, *, family: int) -> None:
    """The verdict for the events as shocks, through one relation or all. `through`: the chosen relations in words."""
    heading("Does it spread?", f"abnormal returns of suppliers and customers after these events, through {through}")
    result = page.spillover(family)
    if result is None or result.pairs.empty:
        st.caption(
            "No company with an event has a listed supplier or customer here. Choose other events, or all relations."
        )
        return
    draw_verdict(spillover_head(result), spillover_sentence(result))
    words = _spillover_words(frame, result, page.market, through, family)
    if result.results["passed"].notna().any():
        figure = spillover_chart(result, touch=frame.touch)
        chart_panel(frame, "spread", figure, words, lambda: result.results, part=SHOCK)
    _draw_pairs(frame, result, words)


def _spillover_words(frame: Frame, result: Spillover, market: str, through: str, family: int) -> ChartWords:
    pairs, dates = (int(result.results[name].max()) for name in ("n_pairs", "n_dates"))
    return frame.words(
        f"Spillover of a shocked company's move to suppliers and customers, through {through}",
        unit="% for each 1%, with its 95 % interval; grey: cannot tell",
        n=f"n = {count_words(pairs, 'pair')} on {count_words(dates, 'date')}",
        method=(
            f"returns net of {market} and of the companies that no shock touches; regression on the shocked company's "
            "own move, errors clustered by date (jackknife), Holm over the rows, times "
            f"{count_words(family, 'analysis', 'analyses')} looked at; pairs that one article mentions left out; "
            "relations reported by the last day shown"
        ),
    )


def _draw_pairs(frame: Frame, result: Spillover, words: ChartWords) -> None:
    names = {ticker: company.name for ticker, company in frame.catalog.company_of_ticker.items()}
    shown = result.pairs.sort_values(["session", "degree"], ascending=[False, True]).head(MOST_PAIRS)
    windows = [column for column in result.results["window"].unique() if column in shown]
    table = pd.DataFrame(
        {
            "day": [day_words(day) for day in shown["session"]],
            "shocked": shown["ticker"].map(names),
            "its move": [signed_percent(value) for value in shown["own"]],
            "neighbour": shown["neighbour"].map(names),
            "is": shown["side"].where(shown["degree"] == 1, "neighbour's neighbour"),
            **{window: [signed_percent(value) for value in shown[window]] for window in windows},
            "left out": shown["same_article"].map({True: "mentioned together", False: ""}),
        }
    )
    total = len(result.pairs)
    count = f"the newest {MOST_PAIRS:,} of {total:,}" if total > MOST_PAIRS else f"{total:,}"
    with st.expander(f"Each pair ({count}): {' and '.join(name.lower() for name in DEGREES.values())}"):
        title = f"Each pair: {words.title[:1].lower()}{words.title[1:]}"
        pair_words = replace(words, title=title, unit="one row a pair; abnormal returns")
        table_menu(frame, "shock_pairs", pair_words, lambda: result.pairs, part=SHOCK)
        st.dataframe(table, hide_index=True, key="shock_pairs")
