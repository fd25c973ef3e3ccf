"""
The part of the Theme and Company pages that asks whose talk it is.

    the clicked period, or the highest spike → how much lower it is without each publisher
    the publishers present throughout        → share of voice on them alone: new ones cannot move it
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analysis.attention import fixed_panel, without_publisher
from dashboard.cache.load_alarms import load_by_publisher
from dashboard.charts.figures import axis, base_layout
from dashboard.components.frame import Frame
from dashboard.components.panel import chart_panel, chosen_point
from dashboard.formatting import count_words, escape, listed, percent, period_end, period_words, stories
from dashboard.formatting import measure_of as measure_words
from dashboard.palette import MUTED, SERIES
from dashboard.proofs.proof_parts import FIXED
from dashboard.shaping.panelling import by_period, spike_of
from data.schema.frames import records

BASELINE = 28  # days
MOST = 5


def draw_spike(frame: Frame, subject: str, periods: pd.DataFrame) -> None:
    """Without whom the clicked period, or the highest spike, is how much lower. periods: as load_cells gives them."""
    point = chosen_point("attention")
    chosen = point.period if point is not None else None
    period = chosen or spike_of(periods)
    if period is not None:
        _draw_spike(frame, subject, period, chosen=chosen is not None)


def draw_fixed_panel(frame: Frame, subject: str, periods: pd.DataFrame, name: str) -> None:
    """On request, the share of voice on the publishers that were there throughout."""
    with st.expander("On the same publishers throughout", key="fixed_panel", on_change="rerun") as opened:
        if opened.open:
            _draw_panel(frame, subject, periods, name)


def _draw_spike(frame: Frame, subject: str, period: date, *, chosen: bool) -> None:
    start, end = max(period, frame.view.start), min(period_end(period, frame.view.grain), frame.view.end)
    before = start - timedelta(days=BASELINE)
    said = load_by_publisher(frame.url, subject, replace(frame.filters, start=before, end=end))
    found = without_publisher(said, start=start, end=end, baseline_days=BASELINE)
    which = "the chosen period" if chosen else "the highest spike"
    st.html(f'<p class="cp-caption">{escape(spike_words(found, which, period_words(period, frame.view.grain)))}</p>')


def spike_words(found: pd.DataFrame, which: str, when: str) -> str:
    """Without whom a spike is how much lower. found: as analysis.attention.without_publisher gives it."""
    whole = int(found["n"].sum()) if len(found) else 0
    if not whole:
        return f"No story in {which} ({when})."
    first, *others = records(found.head(MOST))
    n = f"{first['n']:,} of its {stories(whole)}; of many like them likely {percent(first['low'], 0)} to {percent(first['high'], 0)}"
    if pd.isna(first["lower"]):
        return f"{which.capitalize()}, {when}, is no higher than the {BASELINE} days before; most are from {first['publisher']} ({n})."
    others_named = [f"{row['publisher']} {_lower(row['lower'])}" for row in others if row["lower"] > 0]
    further = f" Without {'; '.join(others_named)}." if others_named else ""
    is_lower = f"Without {first['publisher']} {which} ({when}) is {_lower(first['lower'])}"
    return f"{is_lower}, measured from the {BASELINE} days before: {n}.{further}"


def _lower(part: float) -> str:
    """`part` of the height above the days before: more than all of it where a period would be lower than those days."""
    return "gone" if part >= 1 else f"{percent(part, 0)} lower"


def _draw_panel(frame: Frame, subject: str, periods: pd.DataFrame, name: str) -> None:
    everyone = load_by_publisher(frame.url, "", frame.filters.for_all())
    panel = fixed_panel(load_by_publisher(frame.url, subject, frame.filters), everyone)
    if not panel.publishers:
        st.caption("No publisher wrote in nine of ten weeks of these dates: there is no panel. Choose fewer weeks.")
        return
    shares = by_period(panel.share, frame.view.grain)
    who = f"{count_words(len(panel.publishers), 'publisher')} of {panel.known:,}"
    chart_panel(
        frame,
        "fixed",
        panel_chart(shares, periods, touch=frame.touch),
        frame.words(
            f"{name}: {measure_words(replace(frame.view, measure='share')).lower()} on the publishers present throughout",
            unit="% of all stories",
            n=f"n = {stories(int(shares['n'].sum()))} of {who}, who wrote {percent(panel.covered, 0)} of all stories: {listed(panel.publishers, 6)}",
            method=(
                "publishers with a story in nine of ten weeks; each period's share leans on the window's as far as it is thin "
                "(beta-binomial), with its 95 % interval"
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
