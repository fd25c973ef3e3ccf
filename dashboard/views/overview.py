"""What is heating up: themes and companies by how unusual their attention is, beside their price moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.address.labels import company_label
from dashboard.cache import load
from dashboard.charts.heat import heat_chart
from dashboard.components.controls import finish_controls
from dashboard.components.custom import subject_table
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.panel import chart_panel, choose, draw_chosen, draw_table_head, heading
from dashboard.components.receipts import draw_page
from dashboard.exports.evidence_table import evidence_table
from dashboard.formatting import METHODS, count_words, period_words
from dashboard.proofs.proof_tables import NEWEST
from dashboard.proofs.rows import receipt_window
from dashboard.shaping.cells import start_of_last
from dashboard.shaping.members import main_tickers
from dashboard.shaping.moves import PRICE_REACH, basket_tickers, company_moves, last_period, theme_moves
from dashboard.shaping.rankings import (
    MOST_COMPANIES,
    SPARK_PERIODS,
    ranking_columns,
    ranking_rows,
    ranking_table,
)

frame = current_frame()
view, catalog = frame.view, frame.catalog

finish_controls(frame)

filters = replace(frame.filters, start=start_of_last(SPARK_PERIODS, view.start, view.end, view.grain))


def cells_of(kind: str, *, ranges: bool = False) -> pd.DataFrame:
    """Every theme in every period, or the most unusual companies with the last one judged."""
    few = {"judged": 1, "most": MOST_COMPANIES} if kind == "company" else {}
    return load.load_cells(frame.url, kind, filters, view.grain, **few, ranges=ranges)  # type: ignore[arg-type]


themes, companies = cells_of("theme"), cells_of("company")
if not themes["stories"].any() and not load.days_of(frame.url, "company", filters).subjects:
    empty_words(
        "No story of these dates and filters names a theme or a company. Widen the dates or take a filter away."
    )
    st.stop()

period = last_period(view.start, view.end, view.grain)
counted = int(themes["stories"].sum())
whole = load.all_stories(frame.url, filters)


def prices_of(tickers: Iterable[str]) -> pd.DataFrame:
    """Closes of the last period, and the last ones before it."""
    return load.load_prices(frame.url, tuple(sorted(tickers)), period - PRICE_REACH, view.end, frame.rev)


@st.fragment
def ranking(kind: str, title: str, cells: pd.DataFrame, moves: dict[str, float]) -> None:
    with st.container(key=f"ranking_{kind}", gap="xsmall"):
        when = period_words(period, view.grain)
        draw_table_head(
            frame,
            f"rank_{kind}",
            frame.words(
                f"{title}, {when}",
                unit="stories, share of all stories, standard errors from the usual level, price move since the last close before",
                n=f"n = {count_words(len(set(cells['subject'].tolist())), kind, OF[kind])}",
                method=f"{METHODS['abnormal']}; price: {PRICE_WORDS[kind]}",
            ),
            lambda: ranking_table(cells_of(kind, ranges=True), moves, names),
            title=title,
            caption=f"{when} against the usual level before it · Price: {PRICE_WORDS[kind]}",
            evidence=lambda: evidence_table(
                load.store_at(frame.url),
                cells["subject"].unique().tolist(),
                receipt_window(frame.filters, period, view.grain),
            ),
        )
        subject_table(
            f"table_{kind}",
            ranking_columns(kind.title(), period, view.grain),
            ranking_rows(cells, moves, names=names, href=frame.subject_path),
            caption=title,
            sorted_by=3,
            on_receipts=lambda point: choose(kind, point),
        )
        draw_chosen(frame, kind)


OF = {"theme": "themes", "company": "companies"}
PRICE_WORDS = {"theme": "equal-weighted basket of the theme's listings", "company": "main listing, adjusted"}


def names(key: str) -> str:
    company = catalog.companies.get(key.partition(":")[2]) if key.startswith("company:") else None
    return company_label(company) if company else catalog.subject_name(key)


left, right = st.columns([1.25, 1], gap="medium")
with left:
    last = themes[themes["period"] == themes["period"].max()].sort_values(["abnormal", "stories"], ascending=False)
    chart_panel(
        frame,
        "heat",
        heat_chart(
            themes,
            order=last["subject"].tolist(),
            names={key: catalog.subject_name(key) for key in last["subject"]},
            measure=view.measure,
            grain=view.grain,
            touch=frame.touch,
        ),
        frame.words(
            f"Unusual attention by theme, the last {count_words(len(set(themes['period'].tolist())), view.grain)}",
            unit="standard errors from the usual share of voice: warm above, cool below",
            n=f"n = {counted:,} stories by theme, some under several, of {whole:,}",
            method="negative binomial, expected from the theme's own past share and the period's whole coverage",
        ),
        lambda: cells_of("theme", ranges=True).assign(theme=lambda cells: cells["subject"].map(catalog.subject_name)),
    )
with right:
    ranking(
        "theme", "Themes by unusual attention", themes, theme_moves(catalog, prices_of(basket_tickers(catalog)), period)
    )

left, right = st.columns([1.25, 1], gap="medium")
with left:
    shown = companies["subject"].unique().tolist()
    listings = prices_of(main_tickers(catalog, shown).values())
    ranking("company", "Companies by unusual attention", companies, company_moves(catalog, shown, listings, period))
with right:
    heading("Newest stories", "that name a theme or a company")
    draw_page(frame, load.load_receipts(frame.url, "", frame.filters, limit=NEWEST, named=True))
