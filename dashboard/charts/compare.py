"""
Lines and points that are compared on one chart. Frames in, figures out.

    cells      → attention_lines   a line a subject
    levels     → level_lines       prices, 100 at the start
    both       → move_scatter      a point a subject and period
    difference → then_now_chart    known then against known now
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.address.points import Point
from dashboard.charts.figures import (
    LEGEND_ABOVE,
    TICK_FORMATS,
    Trace,
    axis,
    axis_title,
    base_layout,
    by_subject,
    downsampled,
    period_days,
    period_hover,
    period_starts,
    time_axis,
    whole_ticks,
)
from dashboard.charts.lazy_figure import figure_of
from dashboard.charts.palette import GRID, MUTED, SERIES
from dashboard.formatting import UNITS, escape, period_words, signed, signed_percent, story_count
from dashboard.proofs.then_now import Difference

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "star", "hexagon")
"""A shape a subject beside its colour, for readers who cannot distinguish the colours."""
LEVEL_LINE = {"color": GRID, "width": 1.5}
LEGEND = {"orientation": "h", "yanchor": "bottom", "y": 1.01, "x": 0, "font": {"size": 11}, "traceorder": "normal"}


def subject_colours(subjects: Sequence[str]) -> dict[str, str]:
    """A colour a subject, the same in all charts of a page."""
    return dict(zip(subjects, SERIES, strict=False))


def attention_lines(
    cells: pd.DataFrame, *, order: Sequence[str], names: Mapping[str, str], measure: str, grain: str, touch: bool
) -> go.Figure:
    """A line a subject over the periods (columns subject, period, stories, articles, all_stories, share, abnormal)."""
    traces: list[Trace] = []
    # With markers, or a click on the line would name no point; small ones where there are many periods.
    size = 5 if len(np.unique(cells["period"].to_numpy())) < 120 else 3
    periods_of = by_subject(cells, order)
    for number, (key, colour) in enumerate(subject_colours(order).items()):
        periods = periods_of[key]
        trace = _scatter(
            x=period_starts(periods),
            y=periods[measure],
            mode="lines+markers",
            name=names[key],
            line={"color": colour, "width": 1.7},
            marker={"size": size, "color": colour, "symbol": SYMBOLS[number]},
            customdata=[str(Point(subject=key, period=day)) for day in period_days(periods)],
            hovertext=[f"<b>{escape(names[key])}</b><br>{line}" for line in period_hover(periods, grain)],
            hovertemplate="%{hovertext}<extra></extra>",
        )
        traces.append(trace)
    layout = {
        **_layout(touch, 330, len(order)),
        "xaxis": {**time_axis(touch), "range": _span(cells["period"])},
        "yaxis": {
            **axis(True),
            "title": axis_title(UNITS[measure]),
            "tickformat": TICK_FORMATS[measure],
            "rangemode": "normal" if measure == "abnormal" else "tozero",
            "nticks": 6,
            **(whole_ticks(cells[measure]) if measure in ("stories", "articles") else {}),
        },
    }
    return figure_of(traces, layout)


def level_lines(levels: pd.DataFrame, *, order: Sequence[str], names: Mapping[str, str], touch: bool) -> go.Figure:
    """A line a column of `levels` (index session)."""
    traces: list[Trace] = []
    for key, colour in subject_colours(order).items():
        if key not in levels:
            continue
        line = downsampled(levels[key].dropna())
        trace = _scatter(
            x=line.index.to_numpy(),
            y=line.to_numpy(),
            mode="lines",
            name=names[key],
            line={"color": colour, "width": 1.7},
            hovertemplate=f"%{{x|%-d %b %Y}}<br><b>{escape(names[key])}</b>: %{{y:,.1f}}<extra></extra>",
        )
        traces.append(trace)
    layout = {
        **_layout(touch, 330, len(traces)),
        "xaxis": time_axis(touch),
        "yaxis": {**axis(True), "title": axis_title("first close = 100"), "tickformat": ",", "nticks": 6},
        "shapes": [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 100, "y1": 100, "line": LEVEL_LINE}],
    }
    return figure_of(traces, layout)


def move_scatter(
    points: pd.DataFrame, *, order: Sequence[str], names: Mapping[str, str], grain: str, return_name: str, touch: bool
) -> go.Figure:
    """
    A point a subject and period (columns as `attention_and_moves`): abnormal attention across, its return upwards.
    """
    traces: list[Trace] = []
    points_of = by_subject(points, order)
    for number, (key, colour) in enumerate(subject_colours(order).items()):
        own = points_of[key]
        days = period_days(own)
        numbers = (own[name].tolist() for name in ("stories", "abnormal", "move"))
        trace = _scatter(
            x=own["abnormal"],
            y=own["move"],
            mode="markers",
            name=names[key],
            marker={"color": colour, "size": 7, "opacity": 0.8, "symbol": SYMBOLS[number]},
            customdata=[str(Point(subject=key, period=day)) for day in days],
            hovertext=[
                f"<b>{escape(names[key])}</b>, {period_words(day, grain)}<br>{story_count(n)}, "
                f"abnormal attention <b>{signed(z)}</b><br>{return_name}: <b>{signed_percent(move)}</b>"
                for day, n, z, move in zip(days, *numbers, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
        traces.append(trace)
    zero = {"zeroline": True, "zerolinecolor": "rgba(128,140,155,0.7)", "zerolinewidth": 1}
    layout = {
        **_layout(touch, 380, len(order), b=47),
        "xaxis": {**axis(touch), **zero, "title": axis_title(UNITS["abnormal"])},
        "yaxis": {**axis(True), **zero, "title": axis_title(return_name), "tickformat": "+.0%", "nticks": 7},
    }
    return figure_of(traces, layout)


def _scatter(**values: Any) -> Trace:
    return {"type": "scatter", **values}


def _layout(touch: bool, height: int, lines: int, **margin: float) -> dict[str, object]:
    return {
        **base_layout(touch, **margin, **({"t": LEGEND_ABOVE} if lines > 1 else {})),
        "height": height,
        "showlegend": lines > 1,
        "legend": {**LEGEND},
    }


def _span(days: pd.Series) -> list[str]:
    """The axis from the first to the last day, with a little room for the markers."""
    room = (days.max() - days.min()) / 60 + pd.Timedelta(hours=12)
    return [(days.min() - room).isoformat(), (days.max() + room).isoformat()]


def then_now_chart(difference: Difference, *, measure: str, touch: bool = False) -> go.Figure:
    """Both lines over time; the dotted line (known then) lies on top, so that a single line means no difference."""
    has_share = difference.then["share"].notna().any()
    shown = measure if measure in ("share", "articles") and has_share else "stories"
    number = f"%{{y:{'.2%' if shown == 'share' else ','}}}"
    figure = go.Figure()
    for frame, name, line in (
        (difference.now, "known now", {"color": SERIES[0], "width": 2.2}),
        (difference.then, "known then", {"color": MUTED, "width": 2.2, "dash": "dot"}),
    ):
        figure.add_scatter(
            x=[day.strftime("%Y-%m-%d") for day in frame["period"]],
            y=frame[shown],
            name=name,
            line=line,
            mode="lines",
            hovertemplate=f"%{{x|%-d %b %Y}}<br><b>{name}</b>: {number}<extra></extra>",
        )
    both = np.concatenate([difference.then[shown], difference.now[shown]])
    steps = whole_ticks(both) if shown in ("stories", "articles") else {}
    y_axis = {**axis(True), "title": axis_title(UNITS[shown]), "tickformat": TICK_FORMATS[shown]}
    figure.update_layout(
        base_layout(touch),
        hovermode="x unified",
        height=220,
        xaxis={**axis(touch), "type": "date", "showgrid": False},
        yaxis={**y_axis, "rangemode": "tozero", "nticks": 5, **steps},
    )
    return figure
