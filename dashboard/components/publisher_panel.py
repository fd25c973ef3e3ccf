"""
The part of the Theme and Company pages that asks which publishers a spike comes from.

    the clicked period, or the highest spike → how much lower it is without each publisher
    the publishers present throughout        → share of voice on them alone: new ones cannot move it
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts.figures import axis, base_layout
from dashboard.components.frame import Frame
from dashboard.components.panel import chart_panel, chosen_point
from dashboard.formatting import count_words, escape, listed, measure_of, percent, period_words, stories
from dashboard.page_data import read_page
from dashboard.page_data.attention import BASELINE_DAYS, FIXED, FixedPanelData, SubjectData
from dashboard.palette import MUTED, SERIES
from data.schema.frames import records

MOST = 5


def draw_spike(frame: Frame, page: SubjectData) -> None:
    """How much lower the clicked period, or the highest spike, is without each publisher."""
    point = chosen_point("attention")
    chosen = point.period if point is not None else None
    spike = page.spike(chosen)
    if spike is None:
        return
    period, without = spike
    which = "the chosen period" if chosen else "the highest spike"
    words = spike_words(without, which, period_words(period, frame.view.grain))
    st.html(f'<p class="cp-caption">{escape(words)}</p>')


def draw_fixed_panel(frame: Frame, page: SubjectData, name: str) -> None:
    """On request, the share of voice on the publishers that were there throughout."""
    with st.expander("On the same publishers throughout", key="fixed_panel", on_change="rerun") as opened:
        if opened.open:
            _draw_panel(frame, page, name)


def spike_words(without: pd.DataFrame, which: str, when: str) -> str:
    """How much lower a spike is without each publisher. without: as analysis.attention.without_publisher gives it."""
    whole = int(without["n"].sum()) if len(without) else 0
    if not whole:
        return f"No story in {which} ({when})."
    first, *others = records(without.head(MOST))
    n = f"{first['n']:,} of its {stories(whole)}; 95 % interval {percent(first['low'], 0)} to {percent(first['high'], 0)}"
    if pd.isna(first["lower"]):
        return f"{which.capitalize()}, {when}, is no higher than the {BASELINE_DAYS} days before; most are from {first['publisher']} ({n})."
    others_named = [f"{row['publisher']} {_lower(row['lower'])}" for row in others if row["lower"] > 0]
    further = f" Without {'; '.join(others_named)}." if others_named else ""
    is_lower = f"Without {first['publisher']} {which} ({when}) is {_lower(first['lower'])}"
    return f"{is_lower}, measured from the {BASELINE_DAYS} days before: {n}.{further}"


def _lower(part: float) -> str:
    """`part` of the height above the days before: more than all of it where a period would be lower than those days."""
    return "gone" if part >= 1 else f"{percent(part, 0)} lower"


def _draw_panel(frame: Frame, page: SubjectData, name: str) -> None:
    fixed = read_page(page.request.with_values(part=FIXED))
    assert isinstance(fixed, FixedPanelData)
    panel, shares = fixed.panel, fixed.shares
    if shares.empty:
        st.caption("No publisher wrote in nine of ten weeks of these dates: there is no panel. Choose fewer weeks.")
        return
    who = f"{count_words(len(panel.publishers), 'publisher')} of {panel.known:,}"
    share = measure_of(replace(frame.view, measure="share")).lower()
    chart_panel(
        frame,
        FIXED,
        panel_chart(shares, page.cells, touch=frame.touch),
        frame.words(
            f"{name}: {share} on the publishers present throughout",
            unit="% of all stories",
            n=f"n = {stories(int(shares['n'].sum()))} of {who}, who wrote {percent(panel.covered, 0)} of all stories: "
            f"{listed(panel.publishers, 6)}",
            method=(
                "publishers with a story in nine of ten weeks; each period's share leans on the window's as far as it is "
                "thin (beta-binomial), with its 95 % interval"
            ),
        ),
        lambda: shares,
        part=FIXED,
    )


def panel_chart(shares: pd.DataFrame, periods: pd.DataFrame, *, touch: bool = False) -> go.Figure:
    """The shrunk share with its range, and the share of all publishers as a thin line."""
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    x = shares["period"]
    traces = [
        go.Scatter(x=x, y=shares["shrunk_high"], showlegend=False, **edge),
        go.Scatter(
            x=x, y=shares["shrunk_low"], fill="tonexty", fillcolor="rgba(58,124,196,0.22)", name="likely range", **edge
        ),
        go.Scatter(x=x, y=shares["shrunk"], name="the same publishers throughout", line={"color": SERIES[0]}),
        go.Scatter(x=periods["period"], y=periods["share"], name="all publishers", line={"color": MUTED, "width": 1}),
    ]
    figure = go.Figure(traces, base_layout(touch) | {"height": 280})
    figure.update_yaxes(axis(True), tickformat=".1~%", rangemode="tozero")
    return figure.update_xaxes(axis(touch), showgrid=False)
