"""Many subjects over time, as a table of colours: how far each one's attention is from usual."""

from __future__ import annotations

from collections.abc import Sequence

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
from dashboard.palette import heat_colours


def heat_chart(
    cells: pd.DataFrame, *, order: Sequence[str], names: dict[str, str], measure: str, grain: str, touch: bool = False
) -> go.Figure:
    """
    A row a subject, a cell a period, its colour how far attention is from usual.

    `cells` has subject, period, stories, articles, all_stories, share, abnormal; `order` has the subjects from the top down.
    """
    # Bars, not a heat map: a click on a heat map's cell tells the server nothing. All cells in one trace: twelve cost ten times as much.
    place = {subject: row for row, subject in enumerate(reversed(order))}
    shown = cells[cells["subject"].isin(place)]
    subjects = shown["subject"].tolist()
    bars = bar_trace(
        x=period_starts(shown),
        y=np.full(len(shown), 0.88),
        base=[place[subject] - 0.44 for subject in subjects],
        width=period_widths(shown, grain),
        offset=0,
        name="Attention",
        # Not numbers on a colour scale: the browser's plotly says of each that it is no colour, with a trace, which takes 0.2 s.
        marker={"color": heat_colours(shown["abnormal"]), "line": {"width": 0}},
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
