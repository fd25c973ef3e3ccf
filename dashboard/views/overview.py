"""What is heating up: themes and companies by abnormal attention, beside their price moves."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analysis.attention_panel import rank_order
from dashboard.charts.subject_rows import heat_chart
from dashboard.components.controls import finish_controls
from dashboard.components.custom import subject_table
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.panel import chart_panel, choose, draw_chosen, draw_table_head, heading
from dashboard.components.receipts import draw_page
from dashboard.components.subject_tables import ranking_columns, ranking_rows
from dashboard.exports.evidence_table import evidence_table
from dashboard.formatting import METHODS, count_words, cut_words, story_count
from dashboard.page_data import read_page
from dashboard.page_data.receipts import receipt_window
from dashboard.page_data.subjects import KIND_NOUNS, subject_labels

PRICE_WORDS = {"theme": "equal-weighted basket of the theme's listings", "company": "main listing, adjusted"}

frame = current_frame()
view, catalog = frame.view, frame.catalog
page = read_page(finish_controls(frame))
labels = subject_labels(catalog)

if page.is_empty:
    empty_words(
        "No story in these dates and filters mentions a theme or a company. Widen the date range or remove a filter."
    )
    st.stop()


@st.fragment
def ranking(kind: str, title: str, cells: pd.DataFrame, moves: Mapping[str, float]) -> None:
    with st.container(key=f"ranking_{kind}", gap="xsmall"):
        when, shown = page.ranked_period_words, cells["subject"].unique().tolist()
        window = receipt_window(page.request.filters, page.period, view.grain)
        draw_table_head(
            frame,
            f"rank_{kind}",
            frame.words(
                f"{title}, {when}",
                unit="stories, share of all stories, abnormal attention (z), price move since the last close before",
                n=f"n = {count_words(len(shown), *KIND_NOUNS[kind])}",
                method=f"{METHODS['abnormal']}; price: {PRICE_WORDS[kind]}",
            ),
            lambda: page.ranking(kind),
            title=title,
            caption=f"{when} against the expected level · Price: {PRICE_WORDS[kind]}",
            evidence=lambda: evidence_table(page.request, shown, window),
        )
        subject_table(
            f"table_{kind}",
            ranking_columns(kind.title(), page.period, view.grain),
            ranking_rows(cells, moves, names=lambda key: labels.get(key, key), href=frame.subject_path),
            caption=title,
            sorted_by=3,
            on_receipts=lambda point: choose(kind, point),
        )
        draw_chosen(frame, kind)


left, right = st.columns([1.25, 1], gap="medium")
with left:
    themes = page.shown_themes
    last = themes[themes["period"] == themes["period"].max()]
    order = last["subject"].iloc[rank_order(last["abnormal"].to_numpy(), last["stories"].to_numpy())].tolist()
    names = {key: catalog.subject_name(key) for key in order}
    chart_panel(
        frame,
        "heat",
        heat_chart(themes, order=order, names=names, measure=view.measure, grain=view.grain, touch=frame.touch),
        frame.words(
            f"Abnormal attention by theme, {page.periods_words}",
            unit="abnormal attention (z): warm above the expected share of voice, cool below",
            n=f"n = {story_count(page.story_total)} by theme, some under several, "
            f"of {page.all_stories:,}{cut_words(view)}",
            method="negative binomial, expected from the theme's past share and the period's total coverage",
        ),
        lambda: page.theme_table().assign(theme=lambda cells: cells["subject"].map(names)),
    )
with right:
    ranking("theme", "Themes by abnormal attention", themes, page.theme_moves)

left, right = st.columns([1.25, 1], gap="medium")
with left:
    ranking("company", "Companies by abnormal attention", page.shown_companies, page.company_moves)
with right:
    heading("Newest stories", "that mention a theme or a company")
    draw_page(frame, page.newest)
