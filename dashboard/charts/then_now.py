"""Known then against known now, as lines over time."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.charts.figures import AXIS_NAMES, TICK_FORMATS, axis, axis_title, base_layout
from dashboard.palette import MUTED, SERIES
from dashboard.proofs.then_now import Difference


def then_now_chart(difference: Difference, *, measure: str, touch: bool = False) -> go.Figure:
    """Both lines over time; what was known then is dotted and lies on top, so that one line means no difference."""
    has_share = difference.then["share"].notna().any()
    shown = measure if measure in ("share", "articles") and has_share else "stories"
    figure = go.Figure()
    for frame, name, line in (
        (difference.now, "known now", {"color": SERIES[0], "width": 2.2}),
        (difference.then, "known then", {"color": MUTED, "width": 2.2, "dash": "dot"}),
    ):
        number = f"%{{y:{'.2%' if shown == 'share' else ','}}}"
        figure.add_scatter(
            x=[day.strftime("%Y-%m-%d") for day in frame["period"]],
            y=frame[shown],
            name=name,
            line=line,
            mode="lines",
            hovertemplate=f"%{{x|%-d %b %Y}}<br><b>{name}</b>: {number}<extra></extra>",
        )
    y_axis = {**axis(True), "title": axis_title(AXIS_NAMES[shown]), "tickformat": TICK_FORMATS[shown]}
    figure.update_layout(
        base_layout(touch),
        hovermode="x unified",
        height=220,
        xaxis={**axis(touch), "type": "date", "showgrid": False},
        yaxis={**y_axis, "rangemode": "tozero", "nticks": 5},
    )
    return figure
