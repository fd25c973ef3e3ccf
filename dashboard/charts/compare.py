"""
Up to eight subjects on one drawing, a colour each. Frames in, figures out.

    cells  → attention_lines   a line a subject
    levels → level_lines       prices, 100 at the start
    both   → move_scatter      a point a subject and period
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.address.points import Point
from dashboard.charts.figures import (
    AXIS_NAMES,
    LEGEND_ABOVE,
    TICK_FORMATS,
    Trace,
    axis,
    axis_title,
    base_layout,
    by_subject,
    period_days,
    period_hover,
    period_starts,
    thin,
    time_axis,
)
from dashboard.charts.lazy_figure import figure_of
from dashboard.formatting import escape, period_words, signed, signed_percent, stories
from dashboard.palette import GRID, SERIES

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "star", "hexagon")
"""A shape a subject beside its colour, for eyes that tell colours badly."""


def subject_colours(subjects: Sequence[str]) -> dict[str, str]:
    """A colour a subject, the same in all charts of a page."""
    return dict(zip(subjects, SERIES, strict=False))


def attention_lines(
    cells: pd.DataFrame, *, order: Sequence[str], names: Mapping[str, str], measure: str, grain: str, touch: bool
) -> go.Figure:
    """A line a subject over the periods (columns subject, period, stories, articles, all_stories, share, abnormal)."""
    traces: list[Trace] = []
    # Markers, or a click on the line would name no point; small ones where there are many periods.
    size = 5 if len(np.unique(cells["period"].to_numpy())) < 120 else 3
    of = by_subject(cells, order)
    for number, (key, colour) in enumerate(subject_colours(order).items()):
        own = of[key]
        trace = _scatter(
            x=period_starts(own),
            y=own[measure],
            mode="lines+markers",
            name=names[key],
            line={"color": colour, "width": 1.7},
            marker={"size": size, "color": colour, "symbol": SYMBOLS[number]},
            customdata=[str(Point(subject=key, period=day)) for day in period_days(own)],
            hovertext=[f"<b>{escape(names[key])}</b><br>{line}" for line in period_hover(own, grain)],
            hovertemplate="%{hovertext}<extra></extra>",
        )
        traces.append(trace)
    layout = {
        **_layout(touch, 330, len(order)),
        "xaxis": {**time_axis(touch), "range": _span(cells["period"])},
        "yaxis": {
            **axis(True),
            "title": axis_title(AXIS_NAMES[measure]),
            "tickformat": TICK_FORMATS[measure],
            "rangemode": "normal" if measure == "abnormal" else "tozero",
            "nticks": 6,
        },
    }
    return figure_of(traces, layout)


def level_lines(levels: pd.DataFrame, *, order: Sequence[str], names: Mapping[str, str], touch: bool) -> go.Figure:
    """A line a column of `levels` (index session)."""
    traces: list[Trace] = []
    for key, colour in subject_colours(order).items():
        if key not in levels:
            continue
        line = thin(levels[key].dropna())
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
        "shapes": [
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": 100,
                "y1": 100,
                "line": {"color": GRID, "width": 1.5},
            }
        ],
    }
    return figure_of(traces, layout)


def move_scatter(
    points: pd.DataFrame, *, order: Sequence[str], names: Mapping[str, str], grain: str, return_name: str, touch: bool
) -> go.Figure:
    """A point a subject and period: abnormal attention across, the return of the same period up (columns as `attention_and_moves`)."""
    traces: list[Trace] = []
    of = by_subject(points, order)
    for number, (key, colour) in enumerate(subject_colours(order).items()):
        own = of[key]
        trace = _scatter(
            x=own["abnormal"],
            y=own["move"],
            mode="markers",
            name=names[key],
            marker={"color": colour, "size": 7, "opacity": 0.8, "symbol": SYMBOLS[number]},
            customdata=[str(Point(subject=key, period=day)) for day in period_days(own)],
            hovertext=[
                f"<b>{escape(names[key])}</b>, {period_words(day, grain)}<br>{stories(n)}, <b>{signed(z)}</b> standard errors from usual"
                f"<br>{return_name}: <b>{signed_percent(move)}</b>"
                for day, n, z, move in zip(
                    period_days(own), *(own[name].tolist() for name in ("stories", "abnormal", "move")), strict=True
                )
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
        traces.append(trace)
    zero = {"zeroline": True, "zerolinecolor": "rgba(128,140,155,0.7)", "zerolinewidth": 1}
    layout = {
        **_layout(touch, 380, len(order), b=47),
        "xaxis": {**axis(touch), **zero, "title": axis_title("abnormal attention, standard errors from usual")},
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


LEGEND = {"orientation": "h", "yanchor": "bottom", "y": 1.01, "x": 0, "font": {"size": 11}, "traceorder": "normal"}
