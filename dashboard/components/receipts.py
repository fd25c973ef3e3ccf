"""
The rows behind a number, drawn: their count equals the number.

    point → stories (dashboard/page_data/receipts.py) → their mentions and copies → list
    point of a price → listings as of the revision → adjusted closes → one row a listing · one row a session
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import pandas as pd
import streamlit as st

from dashboard.address.points import Point
from dashboard.cache.stores import store_at
from dashboard.cache.stories import load_mentions, load_story_articles
from dashboard.components.correct_link import correct_button
from dashboard.components.custom import Column, TableRow, subject_table
from dashboard.components.evidence import independent_publishers, rows_html
from dashboard.components.frame import Frame
from dashboard.formatting import (
    count_words,
    day_words,
    escape,
    period_words,
    signed_percent,
    story_count,
    subject_words,
)
from dashboard.page_data.receipts import price_receipts, price_start, receipts_of
from dashboard.page_data.subjects import KIND_NOUNS
from data.link_rules import LINK_RULES
from data.prices import bars_between
from data.schema.frames import records

PER_PAGE = 20
MOST_SUMMED = 500
"""Publishers are counted up to this many stories: more take too long."""
NO_COPIES = pd.DataFrame(columns=["story"])
LISTING_COLUMNS = [
    Column(label="Listing", kind="link"),
    Column(label="Change", kind="move"),
    Column(label="From", kind="number", title="The session of the first close"),
    Column(label="Close", kind="number", title="Adjusted for splits and dividends"),
    Column(label="To", kind="number", title="The session of the last close"),
    Column(label="Close", kind="number", title="Adjusted for splits and dividends"),
    Column(label="Currency", kind="text"),
    Column(label="Source", kind="text", title="The provider of the last close", wide=True),
]
STEP_COLUMNS = [
    Column(label="Session", kind="text"),
    Column(label="Traded", kind="number", title="Listings of the basket that have a return in the session"),
    Column(label="Mean return", kind="move"),
    Column(label="Since the start", kind="move"),
]


@contextmanager
def receipts_box(
    key: str, point: Point, count: int, title: str, caption: str, on_close: Callable[[], None]
) -> Iterator[None]:
    """A box for the receipts of a point, with a button that closes it."""
    with st.container(border=True, key=f"receipts_{key}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            data = f'data-count="{count}" data-point="{escape(str(point))}"'
            head = f'<h3 class="cp-receipts-head" {data}>{escape(title)}</h3>'
            st.html(f'{head}<p class="cp-caption">{escape(caption)}</p>')
            st.button("Close", key=f"close_{key}", type="tertiary", icon=":material/close:", on_click=on_close)
        yield


def draw_receipts(
    frame: Frame, key: str, point: Point, *, coloured: tuple[str, ...] = (), on_close: Callable[[], None]
) -> None:
    """The stories or articles behind a point."""
    rows = receipts_of(frame.request(), point, coloured=coloured)
    title, caption = receipts_title(frame, point, len(rows)), corroboration_words(frame, rows)
    with receipts_box(key, point, len(rows), title, caption, on_close):
        if rows.empty:
            st.caption("No story is counted here.")
            return
        about = tuple(subject for subject in (point.subject, point.part) if subject and subject != Point.OTHER)
        draw_rows(frame, rows, key=f"rows_{key}", about=about)


def receipts_title(frame: Frame, point: Point, count: int) -> str:
    """12 stories about Memory, most about Micron, week of 5 Jan 2026"""
    is_articles = frame.view.measure == "articles" and point.part is None
    unit = count_words(count, "article") if is_articles else story_count(count)
    about = f" about {subject_words(frame.catalog, point.subject)}" if point.subject else ""
    period_grain = frame.view.grain if point.subject else "day"
    when = period_words(point.period, period_grain) if point.period else "in the dates shown"
    return f"{unit}{about}{_part_title(frame, point)}, {when}"


def _part_title(frame: Frame, point: Point) -> str:
    if point.part is None:
        return ""
    if point.part == Point.OTHER:
        return f", most about another {KIND_NOUNS[point.by][0]}"
    if not point.part:
        return ", without any of its parts"
    name = subject_words(frame.catalog, point.part)
    endings = {"also": f" that also mention {name}", "both": f" and {name} together, round-ups left out"}
    return endings.get(point.by, f", most about {name}")


def corroboration_words(frame: Frame, rows: pd.DataFrame) -> str:
    """7 articles · 3 stories · 2 independent publishers: of all articles of these stories."""
    stories = tuple(dict.fromkeys(rows["story"].tolist()))
    if not stories or len(stories) > MOST_SUMMED:
        return ""
    articles = records(load_story_articles(frame.url, stories, frame.rev))
    publishers = independent_publishers(articles, frame.catalog)
    return f"{count_words(len(articles), 'article')} · {story_count(len(stories))} · {publishers}"


def draw_rows(
    frame: Frame, rows: pd.DataFrame, *, key: str, about: Sequence[str] = (), per_page: int = PER_PAGE
) -> None:
    """Rows of data.read.receipts as a list with their evidence, `per_page` at a time."""
    pages = -(-len(rows) // per_page)
    page = st.pagination(pages, key=f"page_{key}") if pages > 1 else 1
    shown = rows.iloc[(page - 1) * per_page : page * per_page]
    if pages > 1:
        st.caption(f"{(page - 1) * per_page + 1}–{(page - 1) * per_page + len(shown)} of {len(rows):,}")
    draw_page(frame, shown, about=about)
    correct_button(frame, shown, key)


def draw_page(frame: Frame, rows: pd.DataFrame, *, about: Sequence[str] = ()) -> None:
    """One page of rows."""
    mentions = load_mentions(frame.url, tuple(rows["article"].tolist()), frame.rev)
    with_copies = tuple(rows.loc[rows["articles"] > 1, "story"].tolist())
    copies = load_story_articles(frame.url, with_copies, frame.rev) if with_copies else NO_COPIES
    st.html(rows_html(rows, mentions, copies, catalog=frame.catalog, rules=LINK_RULES, about=about))


def draw_price_receipts(frame: Frame, key: str, point: Point, *, on_close: Callable[[], None]) -> None:
    """The closes behind a price move: the first and last of each listing, and a basket's steps by session."""
    request = frame.request()
    moves, steps = price_receipts(request, point)
    listings = count_words(len(moves), "listing")
    caption = f"{listings}; adjusted for splits and dividends, as known at revision {frame.rev:,}"
    with receipts_box(key, point, len(moves), price_title(frame, point, moves, steps), caption, on_close):
        if moves.empty:
            st.caption("The store does not have two closes for it.")
            return
        rows = listing_rows(frame, moves, price_start(request, point))
        subject_table(f"moves_{key}", LISTING_COLUMNS, rows, caption="Closes by listing")
        if not steps.empty:
            st.caption("The basket: each session's mean return of the listings that traded, compounded.")
            subject_table(f"steps_{key}", STEP_COLUMNS, step_rows(steps), caption="The basket by session")


def price_title(frame: Frame, point: Point, moves: pd.DataFrame, steps: pd.DataFrame) -> str:
    """Price of Micron Technology: +5.2% since the last close before week of 17 Aug 2026"""
    basket = " (basket)" if point.subject.startswith("theme:") else ""
    when = f"since the last close before {period_words(point.period, frame.view.grain)}" if point.period else ""
    change = steps["change"].iloc[-1] if len(steps) else moves["change"].iloc[-1] if len(moves) == 1 else float("nan")
    name = f"{subject_words(frame.catalog, point.subject)}{basket}"
    return f"Price of {name}: {signed_percent(change)} {when or 'in the dates shown'}"


def listing_rows(frame: Frame, moves: pd.DataFrame, since: date) -> list[TableRow]:
    bars = bars_between(store_at(frame.url), moves["ticker"], since, frame.view.end, frame.rev)
    newest = bars.drop_duplicates("ticker", keep="last").set_index("ticker")
    companies = frame.catalog.company_of_ticker
    return [
        TableRow(
            href=frame.subject_path(companies[move["ticker"]].key),
            cells=[
                {"text": f"{companies[move['ticker']].name} ({move['ticker']})"},
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


def step_rows(steps: pd.DataFrame) -> list[TableRow]:
    return [
        TableRow(
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
