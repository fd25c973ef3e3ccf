"""Charts of the Lead-lag and Events pages: frames in, figures out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.event_study.spillover import Spillover
from dashboard.charts.figures import axis, axis_title, base_layout
from dashboard.formatting import count_words, signed
from dashboard.page_data.spillover import DEGREES, SIGNIFICANT
from dashboard.palette import GRID, INK, MUTED, OTHER, SERIES

MOST_LINES = 60
MARGIN = {"l": 56, "r": 12, "t": 16, "b": 44}
LEGEND = {"orientation": "h", "y": -0.2}
MEAN = "mean, day %{x:d}: %{y:+.2f} %<extra></extra>"


def lag_chart(
    by_lag: pd.DataFrame, band: pd.DataFrame, *, believed: int | None, point: str = "", touch: bool = False
) -> go.Figure:
    """
    The correlation at each lag with its 95 % interval, the placebo fan behind it; only a believed lag has a colour.

    by_lag: lag, correlation, low, high; band: lag, low, middle, high. `point`: whose receipts a click on any bar lists.
    """
    traces = _fan(band, "lag")
    colours = [SERIES[0] if lag == believed else OTHER for lag in by_lag["lag"]]
    traces.append(
        go.Bar(
            x=by_lag["lag"],
            y=by_lag["correlation"],
            name="correlation",
            marker_color=colours,
            customdata=[point] * len(by_lag) if point else None,
            error_y={
                "type": "data",
                "symmetric": False,
                "array": by_lag["high"] - by_lag["correlation"],
                "arrayminus": by_lag["correlation"] - by_lag["low"],
                "color": MUTED,
                "thickness": 1,
                "width": 2,
            },
            hovertext=[
                _lag_words(*row) for row in by_lag[["lag", "correlation", "low", "high"]].itertuples(index=False)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    figure = go.Figure(traces, _layout(touch) | {"height": 380, "bargap": 0.35, "hovermode": "x"})
    figure.add_vline(x=0, line_color=GRID)
    figure.update_xaxes(axis(touch), title=axis_title("← price first · trading days between · talk first →"), dtick=5)
    figure.update_yaxes(axis(touch), title=axis_title("correlation"), zerolinecolor=MUTED)
    return figure


def _lag_words(lag: float, correlation: float, low: float, high: float) -> str:
    days = count_words(abs(int(lag)), "trading day")
    when = (
        "the same day" if not lag else f"talk {days} before the price" if lag > 0 else f"price {days} before the talk"
    )
    return f"{when}<br>correlation <b>{signed(correlation, 3)}</b>, likely {signed(low, 2)} … {signed(high, 2)}"


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
        go.Scatter(
            x=days, y=low, fill="tonexty", fillcolor="rgba(58,124,196,0.22)", name="likely range of the mean", **edge
        ),
        go.Scatter(x=days, y=mean, mode="lines", line=ink, name="mean of the events", hovertemplate=MEAN),
    ]
    figure = go.Figure(traces, _layout(touch) | {"height": 400})
    figure.add_vline(x=0, line_color=MUTED, line_dash="dot")
    figure.add_annotation(text="the talk", x=0, y=1.06, yref="paper", showarrow=False)
    figure.update_xaxes(axis(touch), title=axis_title("trading days from the event"))
    figure.update_yaxes(
        axis(touch), title=axis_title("moved beyond the market, %"), zerolinecolor=MUTED, range=_reach(path, band)
    )
    return figure


def spread_chart(found: Spillover, *, touch: bool = False) -> go.Figure:
    """What is passed on of each 1 %, with its 95 % interval; only what is believed has a colour."""
    rows = found.results.dropna(subset=["passed"])
    names = [f"{DEGREES[row.degree]},<br>{row.window}" for row in rows.itertuples()]
    colours = [SERIES[0] if p <= SIGNIFICANT else OTHER for p in rows["passed_p_adjusted"]]
    bars = go.Bar(
        x=rows["passed"],
        y=names,
        orientation="h",
        marker_color=colours,
        error_x={
            "type": "data", "symmetric": False, "array": rows["passed_high"] - rows["passed"],
            "arrayminus": rows["passed"] - rows["passed_low"], "color": MUTED, "thickness": 1, "width": 3,
        },
        hovertemplate="%{y}<br>%{x:+.3f} % for each 1 %<extra></extra>",
    )  # fmt: skip
    figure = go.Figure([bars], base_layout(touch) | {"height": 110 + 50 * len(rows), "margin": MARGIN, "bargap": 0.45})
    figure.update_xaxes(axis(touch), title=axis_title("% passed on for each 1%"), zerolinecolor=MUTED)
    figure.update_yaxes(axis(True), automargin=True, autorange="reversed")
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
        # Markers, or a click on the line would name no point; unseen but for the chosen one.
        mode="lines+markers" if point else "lines",
        marker={"color": MUTED, "size": 7, "opacity": 0},
        selected={"marker": {"opacity": 1}},
        line={"color": MUTED, "width": 0.6},
        opacity=0.4,
        showlegend=False,
        customdata=[point] * len(line) if point else None,
        hovertemplate=f"{name}<br>day %{{x:d}}: %{{y:+.1f}} %<extra></extra>" if name else None,
        hoverinfo=None if name else "skip",
    )


def _reach(path: pd.DataFrame, band: pd.DataFrame) -> list[float] | None:
    """A frame in which the mean can be read: as much again as the bands take, above and below. Movers' lines leave it."""
    values = np.concatenate(
        [table.to_numpy(dtype=float).ravel() for table in (path[["low", "high", "caar"]], *_edges(band))]
    )
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
