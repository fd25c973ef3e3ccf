"""Charts of the Lead-lag and Events pages: frames in, figures out."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.palette import GRID, INK, MUTED, OTHER, SERIES

LAYOUT = {"margin": {"l": 56, "r": 12, "t": 16, "b": 44}, "hovermode": "x unified", "legend": {"orientation": "h", "y": -0.2}}


def lag_chart(by_lag: pd.DataFrame, band: pd.DataFrame, *, believed: int | None) -> go.Figure:
    """
    The correlation at each lag with its 95 % interval, the placebo fan behind it; only a believed lag has a colour.

    by_lag: lag, correlation, low, high; band: lag, low, middle, high.
    """
    traces = _fan(band, "lag")
    colours = [SERIES[0] if lag == believed else OTHER for lag in by_lag["lag"]]
    traces.append(
        go.Bar(
            x=by_lag["lag"],
            y=by_lag["correlation"],
            name="correlation",
            marker_color=colours,
            error_y={
                "type": "data",
                "symmetric": False,
                "array": by_lag["high"] - by_lag["correlation"],
                "arrayminus": by_lag["correlation"] - by_lag["low"],
                "color": MUTED,
                "thickness": 1,
                "width": 2,
            },
            hovertemplate="%{y:+.3f}<extra></extra>",
        )
    )
    figure = go.Figure(traces, LAYOUT | {"height": 380, "bargap": 0.35})
    figure.add_vline(x=0, line_color=GRID)
    figure.update_xaxes(title="sessions by which talk comes before the price (right of 0) or after it (left of 0)", gridcolor=GRID, dtick=5)
    figure.update_yaxes(title="correlation", gridcolor=GRID, zerolinecolor=MUTED)
    return figure


def path_chart(path: pd.DataFrame, lines: pd.DataFrame, band: pd.DataFrame) -> go.Figure:
    """The mean cumulated abnormal return around events with its band, each event's own line behind it, the placebo fan in grey."""
    traces = _fan(band, "day", scale=100)
    shown = lines.iloc[:60]
    for _, line in shown.iterrows():
        traces.append(
            go.Scatter(
                x=line.index,
                y=line.to_numpy() * 100,
                mode="lines",
                line={"color": MUTED, "width": 0.5},
                opacity=0.35,
                showlegend=False,
                hoverinfo="skip",
            )
        )
    low, high, mean = (path[name] * 100 for name in ("low", "high", "caar"))
    days, edge = path["day"], {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    ink = {"color": INK, "width": 2}
    traces += [
        go.Scatter(x=days, y=high, showlegend=False, **edge),
        go.Scatter(x=days, y=low, fill="tonexty", fillcolor="rgba(58,124,196,0.22)", name="95 % interval", **edge),
        go.Scatter(x=days, y=mean, mode="lines", line=ink, name="mean of the events", hovertemplate="%{y:+.2f} %<extra></extra>"),
    ]
    figure = go.Figure(traces, LAYOUT | {"height": 400})
    figure.add_vline(x=0, line_color=MUTED, line_dash="dot")
    figure.update_xaxes(title="sessions from the event", gridcolor=GRID)
    figure.update_yaxes(title="cumulated abnormal return, %", gridcolor=GRID, zerolinecolor=MUTED)
    return figure


def _fan(band: pd.DataFrame, at: str, *, scale: float = 1.0) -> list[go.Scatter]:
    """Where 90 % of the placebos lie."""
    if band.empty:
        return []
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    return [
        go.Scatter(x=band[at], y=band["high"] * scale, showlegend=False, **edge),
        go.Scatter(x=band[at], y=band["low"] * scale, fill="tonexty", fillcolor="rgba(128,140,155,0.25)", name="90 % of placebos", **edge),
    ]
