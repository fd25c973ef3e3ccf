"""Charts of the Lead-lag and Events pages: frames in, figures out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.event_study.spillover import Spillover
from dashboard.charts.figures import axis, axis_title, base_layout
from dashboard.charts.palette import GRID, INK, MUTED, OTHER, SERIES
from dashboard.formatting import count_words, signed
from dashboard.page_data.spillover import DEGREES, SIGNIFICANT

MOST_LINES = 60
MARGIN = {"l": 56, "r": 36, "t": 16, "b": 44}
EDGE = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
INTERVAL_FILL, PLACEBO_FILL = "rgba(58,124,196,0.22)", "rgba(128,140,155,0.25)"


def chance_band(by_lag: pd.DataFrame, critical: float) -> pd.DataFrame:
    """
    With the columns chance_low, chance_high: the correlations at each lag that chance alone reaches.

    critical: the |t| of the verdict, for all lags and all analyses looked at. A bar leaves the band where its |t| is
    larger.
    """
    reach = critical * by_lag["se"]
    return by_lag.assign(chance_low=-reach, chance_high=reach)


def lag_chart(by_lag: pd.DataFrame, *, significant: int | None, point: str = "", touch: bool = False) -> go.Figure:
    """
    The correlation at each lag before the band that chance reaches; only a significant lag has a colour.

    by_lag: as `chance_band` gives it. `point`: its receipts are listed by a click on any bar.
    """
    traces = _band(by_lag["lag"], by_lag["chance_low"], by_lag["chance_high"], "where chance lies, all counted")
    colours = [SERIES[0] if lag == significant else OTHER for lag in by_lag["lag"]]
    traces.append(
        go.Bar(
            x=by_lag["lag"],
            y=by_lag["correlation"],
            name="correlation",
            marker_color=colours,
            customdata=[point] * len(by_lag) if point else None,
            hovertext=[_lag_hover(row.lag, row.correlation, row.chance_high) for row in by_lag.itertuples()],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    figure = go.Figure(traces, _layout(touch) | {"height": 380, "bargap": 0.35, "hovermode": "x"})
    figure.add_vline(x=0, line_color=GRID)
    figure.update_xaxes(axis(touch), title=axis_title("← price first · lag in sessions · coverage first →"), dtick=5)
    figure.update_yaxes(axis(touch), title=axis_title("correlation"), zerolinecolor=MUTED)
    return figure


def lag_words(lag: int) -> str:
    """coverage 3 sessions before the price, price 1 session before the coverage"""
    sessions = count_words(abs(lag), "session")
    if not lag:
        return "the same session"
    return f"coverage {sessions} before the price" if lag > 0 else f"price {sessions} before the coverage"


def _lag_hover(lag: float, correlation: float, reach: float) -> str:
    return f"{lag_words(int(lag))}<br>correlation <b>{signed(correlation, 3)}</b>; chance reaches ±{reach:.3f}"


def path_chart(
    path: pd.DataFrame,
    lines: pd.DataFrame,
    band: pd.DataFrame,
    *,
    events: Mapping[object, tuple[str, str]] | None = None,
    touch: bool = False,
) -> go.Figure:
    """
    The mean cumulative abnormal return around events with its 95 % interval, single events' lines and the placebo band
    behind.

    `events`: an event (of the lines' index) → its name, and the point whose receipts a click on its line lists.
    """
    traces: list[go.Scatter] = [*_placebo_band(band, "day", scale=100)]
    furthest = lines.abs().max(axis=1).sort_values(ascending=False, kind="stable").index[:MOST_LINES]
    for event, line in lines.loc[furthest].iterrows():
        traces.append(_event_line(line, *(events or {}).get(event, ("", ""))))
    low, high, mean = (path[name] * 100 for name in ("low", "high", "caar"))
    days, interval = path["day"], {"fill": "tonexty", "fillcolor": INTERVAL_FILL, "name": "95 % interval of the mean"}
    ink, hover = {"color": INK, "width": 2}, "mean, session %{x:d}: %{y:+.2f} %<extra></extra>"
    traces += [
        go.Scatter(x=days, y=high, name="95 % interval, upper end", showlegend=False, **EDGE),
        go.Scatter(x=days, y=low, **interval, **EDGE),
        go.Scatter(x=days, y=mean, mode="lines", line=ink, name="mean of the events", hovertemplate=hover),
    ]
    figure = go.Figure(traces, _layout(touch) | {"height": 400})
    figure.add_vline(x=0, line_color=MUTED, line_dash="dot")
    figure.add_annotation(text="event", x=0, y=1.06, yref="paper", showarrow=False)
    figure.update_xaxes(axis(touch), title=axis_title("sessions from the event"))
    title, reach = axis_title("cumulative abnormal return, %"), _y_range(path, band)
    figure.update_yaxes(axis(touch), title=title, zerolinecolor=MUTED, range=reach)
    return figure


def spillover_chart(spillover: Spillover, *, touch: bool = False) -> go.Figure:
    """The % passed on for each 1 %, with its 95 % interval; only significant bars have a colour."""
    rows = spillover.results.dropna(subset=["passed"])
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
    return base_layout(touch) | {"margin": MARGIN, "legend": {"orientation": "h", "y": -0.2}}


def _event_line(line: pd.Series, name: str, point: str) -> go.Scatter:
    return go.Scatter(
        x=line.index,
        y=line.to_numpy() * 100,
        # With markers, or a click on the line would name no point; only the chosen one is visible.
        mode="lines+markers" if point else "lines",
        marker={"color": MUTED, "size": 7, "opacity": 0},
        selected={"marker": {"opacity": 1}},
        line={"color": MUTED, "width": 0.6},
        opacity=0.4,
        showlegend=False,
        customdata=[point] * len(line) if point else None,
        hovertemplate=f"{name}<br>session %{{x:d}}: %{{y:+.1f}} %<extra></extra>" if name else None,
        hoverinfo=None if name else "skip",
    )


def _y_range(path: pd.DataFrame, band: pd.DataFrame) -> list[float] | None:
    """A range in which the mean can be read: three times that of the bands. Lines of large moves leave it."""
    bands = [path[["low", "high", "caar"]], *([] if band.empty else [band[["low", "high"]]])]
    values = np.concatenate([table.to_numpy(dtype=float).ravel() for table in bands])
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None
    extent = finite.max() - finite.min()
    return [100 * float(finite.min() - extent), 100 * float(finite.max() + extent)]


def _placebo_band(band: pd.DataFrame, at: str, *, scale: float = 1.0) -> list[go.Scatter]:
    """The band that 90 % of the placebos lie in."""
    if band.empty:
        return []
    return _band(band[at], band["low"] * scale, band["high"] * scale, "90 % of placebos")


def _band(x: pd.Series, low: pd.Series, high: pd.Series, name: str) -> list[go.Scatter]:
    area = {"fill": "tonexty", "fillcolor": PLACEBO_FILL, "name": name}
    return [
        go.Scatter(x=x, y=high, name=f"{name}: upper end", showlegend=False, **EDGE),
        go.Scatter(x=x, y=low, **area, **EDGE),
    ]
