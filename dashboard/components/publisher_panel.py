"""
The part of the Theme and Company pages about publishers: which of them a spike comes from.

    the clicked period, or the most unusual one → how much lower it is without each publisher
    the publishers present throughout           → share of voice on them alone, which new publishers cannot change
"""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.address.params import MEASURES
from dashboard.charts.figures import axis, axis_title, base_layout
from dashboard.charts.palette import MUTED, SERIES
from dashboard.charts.signals import EDGE, INTERVAL_FILL
from dashboard.components.frame import Frame
from dashboard.components.panel import chart_panel, chosen_point
from dashboard.formatting import UNITS, count_words, escape, name_list, percent, period_words, story_count
from dashboard.page_data import read_page
from dashboard.page_data.attention import BASELINE_DAYS, FIXED, FixedPanelData, SubjectData
from data.schema.frames import records

MOST_PUBLISHERS = 5


def draw_spike(frame: Frame, page: SubjectData) -> None:
    """How much lower the clicked period, or the most unusual one, is without each publisher."""
    point = chosen_point("attention")
    chosen = point.period if point is not None else None
    spike = page.spike(chosen)
    if spike is None:
        return
    period, without = spike
    which = "the chosen period" if chosen else spike_name(page.cells, period, frame.view.grain)
    words = spike_words(without, which, period_words(period, frame.view.grain))
    st.html(f'<p class="cp-caption">{escape(words)}</p>')


def spike_name(cells: pd.DataFrame, period: date, grain: str) -> str:
    """How `spike_of` came to choose a period: not by its height, where the past says what is usual."""
    is_judged = bool(cells.loc[cells["period"] == pd.Timestamp(period), "abnormal"].notna().any())
    return f"the most unusual {grain}" if is_judged else f"the {grain} with the most stories"


def draw_fixed_panel(frame: Frame, page: SubjectData, name: str) -> None:
    """On request, the share of voice on the publishers present throughout."""
    with st.expander("On the same publishers throughout", key="fixed_panel", on_change="rerun") as expander:
        if expander.open:
            _draw_panel(frame, page, name)


def spike_words(without: pd.DataFrame, which: str, when: str) -> str:
    """How much lower a spike is without each publisher. without: as analysis.attention.without_publisher gives it."""
    total = int(without["n"].sum()) if len(without) else 0
    if not total:
        return f"No story in {which} ({when})."
    first, *others = records(without.head(MOST_PUBLISHERS))
    interval = f"95 % interval {percent(first['low'], 0)} to {percent(first['high'], 0)}"
    n = f"{first['n']:,} of its {story_count(total)}; {interval}"
    if pd.isna(first["lower"]):
        head = f"{which.capitalize()}, {when}, is no higher than the {BASELINE_DAYS} days before"
        return f"{head}; most of its stories are from {first['publisher']} ({n})."
    other_words = [f"{row['publisher']}: {_lower(row['lower'])}" for row in others if row["lower"] > 0]
    further = f" Without {'; without '.join(other_words)}." if other_words else ""
    head = f"Without {first['publisher']} {which} ({when}) is {_lower(first['lower'])}"
    return f"{head}, measured from the {BASELINE_DAYS} days before: {n}.{further}"


def _lower(part: float) -> str:
    """`part` of the height above the days before; 1 or more where the period would be lower than those days."""
    return "gone" if part >= 1 else f"{percent(part, 0)} lower"


def _draw_panel(frame: Frame, page: SubjectData, name: str) -> None:
    fixed = read_page(page.request.with_values(part=FIXED))
    assert isinstance(fixed, FixedPanelData)
    panel, shares = fixed.panel, fixed.shares
    if shares.empty:
        st.caption("No publisher has a story in nine of ten weeks of these dates. Choose a shorter date range.")
        return
    publishers = f"{count_words(len(panel.publishers), 'publisher')} of {panel.known:,}"
    words = frame.words(
        f"{name}: {MEASURES['share'].lower()} on the publishers present throughout",
        unit="% of all stories",
        n=f"n = {story_count(int(shares['n'].sum()))} from {publishers}, "
        f"with {percent(panel.covered, 0)} of all stories: {name_list(panel.publishers, 6)}",
        method=(
            "publishers with a story in at least nine of ten weeks; each period's share is shrunk towards the whole "
            "window's, more where it has few stories (beta-binomial), with its 95 % interval"
        ),
    )
    figure = panel_chart(shares, page.cells, touch=frame.touch)
    chart_panel(frame, FIXED, figure, words, lambda: shares, part=FIXED)


def panel_chart(shares: pd.DataFrame, periods: pd.DataFrame, *, touch: bool = False) -> go.Figure:
    """The shrunk share with its 95 % interval, and the share of all publishers as a thin line."""
    x, interval = shares["period"], {"fill": "tonexty", "fillcolor": INTERVAL_FILL, "name": "95 % interval"}
    traces = [
        go.Scatter(x=x, y=shares["shrunk_high"], name="95 % interval, upper end", showlegend=False, **EDGE),
        go.Scatter(x=x, y=shares["shrunk_low"], **interval, **EDGE),
        go.Scatter(x=x, y=shares["shrunk"], name="the same publishers throughout", line={"color": SERIES[0]}),
        go.Scatter(x=periods["period"], y=periods["share"], name="all publishers", line={"color": MUTED, "width": 1}),
    ]
    figure = go.Figure(traces, base_layout(touch) | {"height": 280})
    figure.update_yaxes(axis(True), title=axis_title(UNITS["share"]), tickformat=".1~%", rangemode="tozero")
    return figure.update_xaxes(axis(touch), showgrid=False)
