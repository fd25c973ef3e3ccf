"""Up to eight themes and companies side by side: attention, prices, and the one against the other."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from dashboard.address.labels import about_labels
from dashboard.cache import load
from dashboard.charts.compare import attention_lines, level_lines, move_scatter
from dashboard.components.controls import finish_controls, keep_choice, keep_choices
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.panel import chart_panel
from dashboard.formatting import count_words, listed, measure_of
from dashboard.shaping.comparing import (
    FIRST_SUBJECTS,
    MOST_SUBJECTS,
    attention_and_moves,
    moves_beyond,
    period_moves,
    subject_levels,
    tickers_of_subjects,
)

PRICE_REACH = timedelta(days=45)  # before the first period, for the last close before it
RETURNS = {"beyond": "Beyond the market", "own": "Own return"}

frame = current_frame()
view, catalog = frame.view, frame.catalog
labels = about_labels(catalog)
market = catalog.benchmarks[0].ticker if catalog.benchmarks else ""
first = [key for key in FIRST_SUBJECTS if key in labels]

with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    keep_choices("subject", labels, most=MOST_SUBJECTS)
    keep_choice("returns", RETURNS)
    plain = {"label_visibility": "collapsed"}
    subjects = st.multiselect(
        "Themes and companies",
        list(labels),
        first,
        format_func=lambda key: labels.get(key, key),
        key="subject",
        max_selections=MOST_SUBJECTS,
        width=720,
        placeholder=f"Up to {MOST_SUBJECTS} themes and companies",
        **plain,
    )[:MOST_SUBJECTS]
    returns = st.segmented_control(
        "Return",
        list(RETURNS),
        format_func=RETURNS.__getitem__,
        default="beyond",
        required=True,
        key="returns",
        **plain,
    )
    finish_controls(
        frame, subject=tuple(subjects), returns=returns, defaults={"subject": tuple(first), "returns": "beyond"}
    )

if not subjects:
    empty_words("Choose a theme or a company to begin with; a second one to compare it with.")
    st.stop()

names = {key: catalog.subject_name(key) for key in subjects}
asked = frame.url, tuple(subjects), frame.filters, view.grain
cells = load.load_cells(*asked)
counted, whole = int(cells["stories"].sum()), load.all_stories(frame.url, frame.filters)
tickers = tickers_of_subjects(catalog, subjects)
wanted = tuple(sorted({ticker for own in tickers.values() for ticker in own} | {market} - {""}))
prices = load.load_prices(frame.url, wanted, view.start - PRICE_REACH, view.end, frame.rev)
shown_prices = prices[prices.index >= pd.Timestamp(view.start)]
levels = subject_levels(shown_prices, tickers)
title = listed(list(names.values()), 4)

if not counted:
    empty_words("No story of these dates and filters is about any of them. Widen the dates or take a filter away.")
chart_panel(
    frame,
    "attention",
    attention_lines(cells, order=subjects, names=names, measure=view.measure, grain=view.grain, touch=frame.touch),
    frame.words(
        f"{title}: {measure_of(view).lower()}, each {view.grain}",
        n=f"{frame.n_words(counted, whole)}; a story about two counts for both",
    ),
    lambda: load.load_cells(*asked, ranges=True).assign(name=lambda cells: cells["subject"].map(names)),
)


def price_panel() -> None:
    absent = [names[key] for key in subjects if key not in levels]
    without = f"no price: {listed(absent)}" if absent else ""
    if levels.empty:
        empty_words(f"No prices in these dates: {listed(absent)}.")
        return
    chart_panel(
        frame,
        "prices",
        level_lines(levels, order=subjects, names=names, touch=frame.touch),
        frame.words(
            f"{title}: prices",
            unit="first close = 100, each in its own currency",
            n="; ".join(part for part in (count_words(len(levels), "session"), without) if part),
            method="company: its main listing, adjusted for splits and dividends; "
            "theme: the mean daily return of its listings, each alike, compounded",
            prices_to=levels.index[-1],
        ),
        lambda: levels.rename(columns=names).reset_index(),
    )


def scatter_panel() -> None:
    moves = period_moves(subject_levels(prices, tickers), view.grain)
    beyond = returns == "beyond" and market in prices
    if beyond:
        moves = moves_beyond(moves, period_moves(prices[[market]], view.grain)[market])
    points = attention_and_moves(cells, moves)
    if points.empty:
        empty_words(
            f"No whole {view.grain} has both a price and a usual level of attention to compare with. Widen the dates."
        )
        return
    return_name = f"return of the same {view.grain}" + (f" beyond {market}" if beyond else "")
    chart_panel(
        frame,
        "moves",
        move_scatter(points, order=subjects, names=names, grain=view.grain, return_name=return_name, touch=frame.touch),
        frame.words(
            f"{title}: abnormal attention and the return of the same {view.grain}",
            unit=f"a point is one subject in one {view.grain}",
            n=f"n = {count_words(len(points), 'point')}; says nothing of cause or order",
            method=f"both are of the same {view.grain}: which came first, or whether one has to do with the other, cannot be read from it. "
            "Attention: standard errors of the share of voice from its usual level before. "
            f"Return: last close in the {view.grain} over the last one before it"
            + (f", less that of {market}" if beyond else ""),
        ),
        lambda: points.assign(name=points["subject"].map(names)),
    )


left, right = st.columns(2, gap="medium")
with left:
    price_panel()
with right:
    scatter_panel()
