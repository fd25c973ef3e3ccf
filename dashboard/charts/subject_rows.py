"""
Many subjects over time, a row each. Frames in, figures out.

    cells by period → heat_chart    a coloured cell a period: abnormal attention
    alarms by day   → alarm_chart   a dot an alarm
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.address.points import Point
from dashboard.charts.figures import (
    LETTER,
    axis,
    bar_trace,
    base_layout,
    period_days,
    period_hover,
    period_starts,
    period_widths,
    time_axis,
)
from dashboard.charts.lazy_figure import figure_of
from dashboard.charts.palette import SERIES, heat_colours
from dashboard.formatting import count_words, period_words, story_count

ROW_HEIGHT, MOST_ROWS = 26, 24
SMALLEST_DOT, LARGEST_DOT = 8, 20


def heat_chart(
    cells: pd.DataFrame, *, order: Sequence[str], names: dict[str, str], measure: str, grain: str, touch: bool = False
) -> go.Figure:
    """
    A row a subject, a cell a period, coloured by abnormal attention.

    `cells` has subject, period, stories, articles, all_stories, share, abnormal; `order` has the subjects from the top
    down.
    """
    # Bars, not a heat map: a click on a heat map's cell sends nothing to the server. All cells in one trace: twelve
    # traces cost ten times as much.
    row_of = {subject: row for row, subject in enumerate(reversed(order))}
    shown = cells[cells["subject"].isin(row_of)]
    subjects = shown["subject"].tolist()
    bars = bar_trace(
        x=period_starts(shown),
        y=np.full(len(shown), 0.88),
        base=[row_of[subject] - 0.44 for subject in subjects],
        width=period_widths(shown, grain),
        offset=0,
        name="Attention",
        # Not numbers on a colour scale: plotly in the browser warns of each that it is no colour, which takes 0.2 s.
        marker={"color": heat_colours(shown["abnormal"]), "line": {"width": 0}},
        # A chosen cell gets a frame (chartkeys.js): faded, the others would look like other numbers.
        unselected={"marker": {"opacity": 1}},
        customdata=[
            str(Point(subject=subject, period=day)) for subject, day in zip(subjects, period_days(shown), strict=True)
        ],
        hovertext=[
            f"<b>{names[subject]}</b><br>{line}"
            for subject, line in zip(subjects, period_hover(shown, grain), strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    layout = {
        **base_layout(touch, l=14 + LETTER * max(len(name) for name in names.values())),
        "height": 60 + 25 * len(order),
        "barmode": "overlay",
        "bargap": 0,
        "showlegend": False,
        "xaxis": time_axis(touch),
        "yaxis": {
            **axis(True),
            "tickmode": "array",
            "tickvals": list(range(len(order))),
            "ticktext": [names[subject] for subject in reversed(order)],
            "range": [-0.6, len(order) - 0.4],
            "showgrid": False,
            "zeroline": False,
        },
    }
    return figure_of([bars], layout)


def alarm_chart(
    alarms: pd.DataFrame, names: Mapping[str, str], *, start: date, end: date, touch: bool = False
) -> go.Figure:
    """Subjects with the newest alarms first; the more abnormal the day, the larger its dot."""
    shown = list(dict.fromkeys(alarms["subject"]))[:MOST_ROWS]
    drawn = alarms[alarms["subject"].isin(shown)]
    size = (SMALLEST_DOT + 2 * (drawn["abnormal"] - 2).clip(lower=0)).clip(upper=LARGEST_DOT)
    dots = go.Scatter(
        x=drawn["day"].dt.strftime("%Y-%m-%d"),
        y=[names[subject] for subject in drawn["subject"]],
        mode="markers",
        marker={"size": size, "color": SERIES[0], "line": {"width": 0}},
        customdata=[str(Point(subject=row.subject, period=row.day.date())) for row in drawn.itertuples()],
        hovertext=[_alarm_hover(row, names) for row in drawn.to_dict("records")],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )
    figure = go.Figure([dots], base_layout(touch) | {"height": 90 + ROW_HEIGHT * max(len(shown), 3)})
    figure.update_xaxes(axis(touch), range=[f"{start}", f"{end}T23:59"])
    rows = [names[subject] for subject in reversed(shown)]
    return figure.update_yaxes(axis(True), automargin=True, categoryorder="array", categoryarray=rows)


def _alarm_hover(row: dict[str, Any], names: Mapping[str, str]) -> str:
    return (
        f"{period_words(row['day'], 'day')}<br><b>{names[row['subject']]}</b>: {story_count(row['stories'])}, "
        f"expected {row['expected']:.1f}; alarm at {row['rings_at']}"
        f"<br>{count_words(row['families'], 'publisher family', 'publisher families')}"
    )
