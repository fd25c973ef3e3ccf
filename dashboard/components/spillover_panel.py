"""The part of the Events page that asks whether a shock goes on to suppliers and customers."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from analysis.event_study.spillover import Spillover
from dashboard.charts.signals import spread_chart
from dashboard.components.downloads import table_menu
from dashboard.components.frame import Frame
from dashboard.components.panel import chart_panel, heading
from dashboard.formatting import ChartWords, count_words, day_words, escape, signed_percent
from dashboard.page_data.events import SHOCK
from dashboard.page_data.spillover import DEGREES, SpilloverData, spillover_head, spillover_sentence

MOST_PAIRS = 400


def draw_spillover(frame: Frame, page: SpilloverData, through: str, *, family: int) -> None:
    """The answer for the events as shocks, through one relation or all. `through`: the choice in words."""
    heading("Does it spread?", f"what suppliers and customers did after these events, through {through}")
    found = page.spillover(family)
    if found is None or found.pairs.empty:
        st.caption(
            "None of these events is of a company with a listed supplier or customer here. Choose other events, or all relations."
        )
        return
    st.html(
        f'<div class="cp-verdict"><span class="cp-verdict-kind">{escape(spillover_head(found))}</span>'
        f"<p>{escape(spillover_sentence(found))}</p></div>"
    )
    said = _words(frame, found, page.market, through, family)
    if found.results["passed"].notna().any():
        chart_panel(frame, "spread", spread_chart(found, touch=frame.touch), said, lambda: found.results, part=SHOCK)
    _draw_pairs(frame, found, said)


def _words(frame: Frame, found: Spillover, market: str, through: str, family: int) -> ChartWords:
    pairs, dates = (int(found.results[name].max()) for name in ("n_pairs", "n_dates"))
    return frame.words(
        f"Spillover of a shocked company's move to suppliers and customers, through {through}",
        unit="% for each 1%, with its 95 % interval; grey: cannot tell",
        n=f"n = {count_words(pairs, 'pair')} on {count_words(dates, 'date')}",
        method=(
            f"returns net of {market} and of the companies that no shock touches; regression on the shocked company's own move, errors "
            f"clustered by date (jackknife), Holm over the rows, times {count_words(family, 'analysis', 'analyses')} looked at; pairs that one "
            "article mentions left out; relations reported by the last day shown"
        ),
    )


def _draw_pairs(frame: Frame, found: Spillover, said: ChartWords) -> None:
    names = {ticker: company.name for ticker, company in frame.catalog.company_of_ticker.items()}
    shown = found.pairs.sort_values(["session", "degree"], ascending=[False, True]).head(MOST_PAIRS)
    moves = [column for column in found.results["window"].unique() if column in shown]
    table = pd.DataFrame(
        {
            "day": [day_words(day) for day in shown["session"]],
            "shocked": shown["ticker"].map(names),
            "its move": [signed_percent(value) for value in shown["own"]],
            "neighbour": shown["neighbour"].map(names),
            "is": shown["side"].where(shown["degree"] == 1, "neighbour's neighbour"),
            **{window: [signed_percent(value) for value in shown[window]] for window in moves},
            "left out": shown["same_article"].map({True: "mentioned together", False: ""}),
        }
    )
    of = (
        f"the newest {MOST_PAIRS:,} of {len(found.pairs):,}"
        if len(found.pairs) > MOST_PAIRS
        else f"{len(found.pairs):,}"
    )
    with st.expander(f"Each pair ({of}): {' and '.join(words.lower() for words in DEGREES.values())}"):
        told = replace(
            said,
            title=f"Each pair: {said.title[:1].lower()}{said.title[1:]}",
            unit="one row a pair; abnormal returns",
        )
        table_menu(frame, "shock_pairs", told, lambda: found.pairs, part=SHOCK)
        st.dataframe(table, hide_index=True, key="shock_pairs")
