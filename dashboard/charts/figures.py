"""
The parts of every figure: axes, layout, hover text, periods as plotly expects them. No Streamlit here.

Figures are built as dicts of traces and layout; `figure_of` wraps them in a plotly figure, which parses them when first read.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
from _plotly_utils.utils import is_homogeneous_array, to_typed_array_spec

from dashboard.charts.palette import GRID, INK
from dashboard.formatting import percent, period_end, period_words, signed

MOST_POINTS = 5_000
DAY_MS = 86_400_000
BAR_FILLS = {"day": 1.0, "week": 0.94, "month": 0.97}
"""The part of its period that a bar fills: a thin gap between bars that are wide enough for one."""
TICK_FORMATS = {"share": ".1~%", "stories": ",~", "articles": ",~", "abnormal": "~"}

Trace = dict[str, Any]


class SharedList(list[Any]):
    """Values that are never modified: plotly would copy every value of a chart three times on its way to the page."""

    def __deepcopy__(self, _memo: object) -> SharedList:
        return self


def figure_of(data: Sequence[Trace], layout: Mapping[str, object]) -> Figure:
    return Figure([_shared(trace) for trace in data], dict(layout))


class Figure(go.Figure):
    """
    A plotly figure that parses its traces only when somebody reads it.

    Parsing and serialising take longer than building the chart, and most charts are only sent to the page.
    """

    def __init__(self, data: list[Trace], layout: dict[str, Any]) -> None:
        vars(self)["_unparsed"] = data, layout

    def __getattr__(self, name: str) -> Any:
        with _parsing:  # an export may read it while the page is drawn
            unparsed = vars(self).pop("_unparsed", None)
            if unparsed:
                # plotly would validate every value; tests/test_charts.py has it do so.
                super().__init__(data=unparsed[0], layout=unparsed[1], _validate=False)
        return object.__getattribute__(self, name)

    def unparsed(self) -> tuple[list[Trace], dict[str, Any]] | None:
        """The traces and the layout as they were given, for reading only; None once plotly has parsed them."""
        return vars(self).get("_unparsed")

    def to_dict(self) -> dict[str, Any]:
        """What is sent to the page, for reading only."""
        unparsed = self.unparsed()
        if unparsed is None:
            return super().to_dict()
        data, layout = unparsed
        template = _template(pio.templates.default)
        return {"data": [_serialised(trace) for trace in data], "layout": _serialised(layout) | template}

    def __reduce__(self) -> tuple[Any, ...]:
        return go.Figure, super().__reduce__()[1]  # a copy is a parsed figure


SENT_UNCHANGED = frozenset({str, int, float, bool, list, SharedList})
_parsing = threading.RLock()


def _serialised(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the page receives them: arrays packed as plotly does."""
    return {name: value if type(value) in SENT_UNCHANGED else _packed(value) for name, value in values.items()}


def _packed(value: Any) -> Any:
    if isinstance(value, dict):
        return _serialised(value)
    return to_typed_array_spec(value) if is_homogeneous_array(value) else value


@cache
def _template(name: str | None) -> dict[str, Any]:
    return {"template": pio.templates[name].to_plotly_json()} if name else {}


def _shared(trace: Trace) -> Trace:
    shared = {name: SharedList(value) if type(value) is list else value for name, value in trace.items()}
    return shared if "marker" not in trace else {**shared, "marker": _shared(trace["marker"])}


def bar_trace(**values: Any) -> Trace:
    # No text on the bars: plotly then skips its fonts, three for each trace.
    return {"type": "bar", "textposition": "none", **values}


MARGIN = {"l": 58, "r": 22, "t": 18, "b": 41, "pad": 2}
LEGEND_BELOW, LEGEND_ABOVE = 82, 45  # the margin with one row of legend
LETTER = 5.3  # pixels of a letter in a name beside the axis, a little more than the mean


def base_layout(touch: bool, **margin: float) -> dict[str, object]:
    """The layout that all figures share; `margin` has the sides that need more room."""
    # As much as the labels take: with less, plotly draws everything, notices, and draws everything once more.
    # Text, grid and background colours come from the app's theme in the browser; what is set here holds in both themes.
    return {
        "margin": MARGIN | margin,
        "hovermode": "closest",
        "dragmode": False if touch else "zoom",
        "legend": {
            "orientation": "h",
            "yanchor": "top",
            "y": -0.1,
            "x": 0,
            "font": {"size": 11},
            "traceorder": "normal",
        },
        "hoverlabel": {"align": "left", "namelength": -1},
        "separators": ".,",
        "uirevision": "stay",
    }


def axis(fixed: bool) -> dict[str, object]:
    # Fixed axes let a finger scroll the page over the chart. Labels are measured one by one unless they may overflow.
    return {
        "fixedrange": fixed,
        "ticklabeloverflow": "allow",
        "gridcolor": GRID,
        "tickfont": {"size": 11, "color": INK},
    }


def time_axis(touch: bool) -> dict[str, object]:
    """Days from left to right; the default margin has room for two rows of labels and for half of the last one."""
    # Without automargin, or nearly every chart over time is drawn a second time for a label that is wider than the margin.
    return {**axis(touch), "type": "date", "showgrid": False, "automargin": False}


def axis_title(text: str) -> dict[str, object]:
    return {"text": text, "standoff": 8, "font": {"size": 11, "color": INK}}


def is_touch(user_agent: str) -> bool:
    """Whether the browser says that it runs on a phone or tablet."""
    return "Mobi" in user_agent or "Android" in user_agent


def downsampled(series: pd.Series, most: int = MOST_POINTS) -> pd.Series:
    """At most `most` points, the last one always among them."""
    step = -(-len(series) // most)
    return series if step <= 1 else series.iloc[::-step].iloc[::-1]


Periods = pd.DataFrame | Mapping[str, np.ndarray]
"""Columns by name; as arrays where there are many small ones, since taking a column out of a frame is slower than reading it."""


def by_subject(table: pd.DataFrame, order: Sequence[str]) -> dict[str, dict[str, np.ndarray]]:
    """Each subject's rows, as arrays by column."""
    subject = table["subject"].to_numpy(dtype=object)
    columns = {str(name): table[name].to_numpy() for name in table if name != "subject"}
    return {key: {name: values[subject == key] for name, values in columns.items()} for key in order}


def period_days(periods: Periods) -> list[date]:
    days: list[date] = np.asarray(periods["period"]).astype("datetime64[D]").tolist()
    return days


def period_starts(periods: Periods) -> list[str]:
    return [day.isoformat() for day in period_days(periods)]


def period_widths(periods: Periods, grain: str) -> list[int]:
    """The length of each period in milliseconds, so that a bar covers the days that it counts."""
    days = period_days(periods)
    lengths = {day: ((period_end(day, grain) - day).days + 1) * DAY_MS for day in dict.fromkeys(days)}
    return [round(lengths[day] * BAR_FILLS[grain]) for day in days]


def period_hover(periods: Periods, grain: str) -> list[str]:
    days = period_days(periods)
    words = {day: period_words(day, grain) for day in dict.fromkeys(days)}
    numbers = (
        np.asarray(periods[name]).tolist() for name in ("stories", "articles", "all_stories", "share", "abnormal")
    )
    return [
        f"{words[day]}<br><b>{percent(share, 2)}</b> of all {all_n:,} stories"
        f"<br><b>{n:,}</b> stories, {articles:,} articles<br>abnormal attention <b>{signed(abnormal)}</b>"
        for day, n, articles, all_n, share, abnormal in zip(days, *numbers, strict=True)
    ]
