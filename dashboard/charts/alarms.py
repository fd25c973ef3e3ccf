"""When each subject rang: a row a subject, a dot an alarm; a click on it lists its stories."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from dashboard.address.points import Point
from dashboard.charts.figures import axis, base_layout
from dashboard.formatting import count_words, period_words, stories
from dashboard.palette import SERIES

ROW, MOST_ROWS = 26, 24
SMALLEST, LARGEST = 8, 20


def alarm_chart(
    alarms: pd.DataFrame, names: Mapping[str, str], *, start: date, end: date, touch: bool = False
) -> go.Figure:
    """The subjects that rang last come first; the more unusual the day, the larger its dot."""
    shown = list(dict.fromkeys(alarms["subject"]))[:MOST_ROWS]
    drawn = alarms[alarms["subject"].isin(shown)]
    size = (SMALLEST + 2 * (drawn["abnormal"] - 2).clip(lower=0)).clip(upper=LARGEST)
    dots = go.Scatter(
        x=drawn["day"].dt.strftime("%Y-%m-%d"),
        y=[names[subject] for subject in drawn["subject"]],
        mode="markers",
        marker={"size": size, "color": SERIES[0], "line": {"width": 0}},
        customdata=[str(Point(subject=row.subject, period=row.day.date())) for row in drawn.itertuples()],
        hovertext=[_hover(row, names) for row in drawn.to_dict("records")],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )
    figure = go.Figure([dots], base_layout(touch) | {"height": 90 + ROW * max(len(shown), 3)})
    figure.update_xaxes(axis(touch), range=[f"{start}", f"{end}T23:59"])
    figure.update_yaxes(
        axis(True),
        automargin=True,
        categoryorder="array",
        categoryarray=[names[subject] for subject in reversed(shown)],
    )
    return figure


def _hover(row: dict[str, object], names: Mapping[str, str]) -> str:
    return (
        f"{period_words(row['day'], 'day')}<br><b>{names[str(row['subject'])]}</b>: {stories(int(str(row['stories'])))}, "  # type: ignore[arg-type]
        f"usually {row['expected']:.1f}; rings at {row['rings_at']}<br>{count_words(int(str(row['families'])), 'publisher family', 'publisher families')}"
    )
