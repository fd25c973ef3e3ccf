"""Charts of the Lead-lag and Events pages: frames in, figures out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.figures import base_layout
from dashboard.palette import GRID, INK, MUTED, OTHER, SERIES

MOST_LINES = 60
MARGIN = {"l": 56, "r": 12, "t": 16, "b": 44}
LEGEND = {"orientation": "h", "y": -0.2}


def lag_chart(by_lag: pd.DataFrame, band: pd.DataFrame, *, believed: int | None, touch: bool = False) -> go.Figure:
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
    figure = go.Figure(traces, _layout(touch) | {"height": 380, "bargap": 0.35, "hovermode": "x unified"})
    figure.add_vline(x=0, line_color=GRID)
    figure.update_xaxes(title="← price first · trading days between · talk first →", gridcolor=GRID, dtick=5, fixedrange=touch)
    figure.update_yaxes(title="correlation", gridcolor=GRID, zerolinecolor=MUTED, fixedrange=touch)
    return figure


def path_chart(
    path: pd.DataFrame,
    lines: pd.DataFrame,
    band: pd.DataFrame,
    *,
    named: Mapping[object, tuple[str, str]] | None = None,
    touch: bool = False,
) -> go.Figure:
    """
    The mean cumulated abnormal return around events with its band, the movers' own lines behind it, the placebo fan in grey.

    `named`: an event (of the lines' index) → its name, and the point whose receipts a click on its line lists.
    """
    traces: list[go.Scatter] = [*_fan(band, "day", scale=100)]
    traces += [_own_line(line, *(named or {}).get(event, ("", ""))) for event, line in _movers(lines).iterrows()]
    low, high, mean = (path[name] * 100 for name in ("low", "high", "caar"))
    days, edge = path["day"], {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    ink = {"color": INK, "width": 2}
    traces += [
        go.Scatter(x=days, y=high, name="likely range, above", showlegend=False, **edge),
        go.Scatter(x=days, y=low, fill="tonexty", fillcolor="rgba(58,124,196,0.22)", name="likely range of the mean", **edge),
        go.Scatter(x=days, y=mean, mode="lines", line=ink, name="mean of the events", hovertemplate="mean %{y:+.2f} %<extra></extra>"),
    ]
    figure = go.Figure(traces, _layout(touch) | {"height": 400})
    figure.add_vline(x=0, line_color=MUTED, line_dash="dot")
    figure.add_annotation(text="the talk", x=0, y=1.06, yref="paper", showarrow=False)
    figure.update_xaxes(title="trading days from the event", gridcolor=GRID, fixedrange=touch)
    figure.update_yaxes(title="moved beyond the market, %", gridcolor=GRID, zerolinecolor=MUTED, range=_reach(path, band), fixedrange=touch)
    return figure


def _layout(touch: bool) -> dict[str, object]:
    return base_layout(touch) | {"margin": MARGIN, "legend": LEGEND}


def _movers(lines: pd.DataFrame) -> pd.DataFrame:
    """The events that went furthest, the smaller ones last."""
    furthest = lines.abs().max(axis=1).sort_values(ascending=False, kind="stable").index[:MOST_LINES]
    return lines.loc[furthest]


def _own_line(line: pd.Series, name: str, point: str) -> go.Scatter:
    return go.Scatter(
        x=line.index,
        y=line.to_numpy() * 100,
        mode="lines",
        line={"color": MUTED, "width": 0.6},
        opacity=0.4,
        showlegend=False,
        customdata=[point] * len(line) if point else None,
        hovertemplate=f"{name}<br>%{{y:+.1f}} %<extra></extra>" if name else None,
        hoverinfo=None if name else "skip",
    )


def _reach(path: pd.DataFrame, band: pd.DataFrame) -> list[float] | None:
    """A frame in which the mean can be read: as much again as the bands take, above and below. Movers' lines leave it."""
    values = np.concatenate([table.to_numpy(dtype=float).ravel() for table in (path[["low", "high", "caar"]], *_edges(band))])
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    extent = known.max() - known.min()
    return [100 * float(known.min() - extent), 100 * float(known.max() + extent)]


def _edges(band: pd.DataFrame) -> list[pd.DataFrame]:
    return [] if band.empty else [band[["low", "high"]]]


def _fan(band: pd.DataFrame, at: str, *, scale: float = 1.0) -> list[go.Scatter]:
    """Where 90 % of the placebos lie."""
    if band.empty:
        return []
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    return [
        go.Scatter(x=band[at], y=band["high"] * scale, name="where chance lies, above", showlegend=False, **edge),
        go.Scatter(
            x=band[at],
            y=band["low"] * scale,
            fill="tonexty",
            fillcolor="rgba(128,140,155,0.25)",
            name="where chance lies (90 % of placebos)",
            **edge,
        ),
    ]
