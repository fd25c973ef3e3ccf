"""
What every figure is made of: axes, layout, the words of a hover, periods as plotly wants them. No Streamlit here.

Figures are put together as plain dicts; `figure_of` makes them plotly's, which they become when somebody looks into them.
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

from dashboard.formatting import percent, period_end, period_words, signed
from dashboard.palette import GRID, INK

MOST_POINTS = 5_000
DAY_MS = 86_400_000
BAR_FILLS = {"day": 1.0, "week": 0.94, "month": 0.97}
"""How much of its period a bar fills: a hair between them, where they are wide enough for one."""
TICK_FORMATS = {"share": ".1~%", "stories": ",~", "articles": ",~", "abnormal": "~"}
AXIS_NAMES = {"share": "% of all stories", "stories": "stories", "articles": "articles", "abnormal": "standard errors"}

Trace = dict[str, Any]


class Uncopied(list[Any]):
    """Values that nobody writes into: plotly copies every value of a chart three times on its way to the page."""

    def __deepcopy__(self, _known: object) -> Uncopied:
        return self


def figure_of(data: Sequence[Trace], layout: Mapping[str, object]) -> Figure:
    """The figure of these traces."""
    return Figure([_uncopied(trace) for trace in data], dict(layout))


class Figure(go.Figure):
    """
    plotly's figure, made of its traces when somebody looks into it.

    To make it and to take it apart again takes longer than making the chart, and most are only sent to the page.
    """

    def __init__(self, data: list[Trace], layout: dict[str, Any]) -> None:
        vars(self)["_plain"] = data, layout

    def __getattr__(self, name: str) -> Any:
        with _making:  # a file may be made of it while the page is
            plain = vars(self).pop("_plain", None)
            if plain:
                # plotly would look at every value again; tests/test_charts.py has it look.
                super().__init__(data=plain[0], layout=plain[1], _validate=False)
        return object.__getattribute__(self, name)

    def plain(self) -> tuple[list[Trace], dict[str, Any]] | None:
        """The traces and the layout as they were given, to be read only; None when plotly has made them its own."""
        return vars(self).get("_plain")

    def to_dict(self) -> dict[str, Any]:
        """What goes to the page. To be read only."""
        plain = self.plain()
        if plain is None:
            return super().to_dict()
        data, layout = plain
        return {"data": [_sent(trace) for trace in data], "layout": _sent(layout) | _template(pio.templates.default)}

    def __reduce__(self) -> tuple[Any, ...]:
        return go.Figure, super().__reduce__()[1]  # a copy is one that was looked into


AS_IT_IS = frozenset({str, int, float, bool, list, Uncopied})
_making = threading.RLock()


def _sent(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the page is given them: an array as plotly packs it."""
    return {name: value if type(value) in AS_IT_IS else _packed(value) for name, value in values.items()}


def _packed(value: Any) -> Any:
    if isinstance(value, dict):
        return _sent(value)
    return to_typed_array_spec(value) if is_homogeneous_array(value) else value


@cache
def _template(name: str | None) -> dict[str, Any]:
    return {"template": pio.templates[name].to_plotly_json()} if name else {}


def _uncopied(trace: Trace) -> Trace:
    kept = {name: Uncopied(value) if type(value) is list else value for name, value in trace.items()}
    return kept if "marker" not in trace else {**kept, "marker": _uncopied(trace["marker"])}


def bar_trace(**values: Any) -> Trace:
    # No text on the bars: plotly need not see to its fonts, three for each trace.
    return {"type": "bar", "textposition": "none", **values}


MARGIN = {"l": 58, "r": 22, "t": 18, "b": 41, "pad": 2}
LEGEND_BELOW, LEGEND_ABOVE = 82, 45  # the margin with a row of it
LETTER = 5.3  # the width of one in a name beside the axis, a little more than the mean


def base_layout(touch: bool, **margin: float) -> dict[str, object]:
    """What all figures have alike; `margin` has the sides that need more than usual."""
    # As much as the labels take: where it is less, plotly draws everything, sees that, and draws everything once more.
    # Text, grid and background colours come from the app's theme in the reader's browser; what is set here holds in both.
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
    # Fixed axes let a finger scroll the page over the chart. Labels that might not fit are measured one by one, unless they may.
    return {
        "fixedrange": fixed,
        "ticklabeloverflow": "allow",
        "gridcolor": GRID,
        "tickfont": {"size": 11, "color": INK},
    }


def time_axis(touch: bool) -> dict[str, object]:
    """The days from left to right; the usual margin has room for two rows of labels and for half of the last one."""
    # Only so is there no second drawing for a label that is wider than the margin, which nearly every chart over time had.
    return {**axis(touch), "type": "date", "showgrid": False, "automargin": False}


def axis_title(text: str) -> dict[str, object]:
    return {"text": text, "standoff": 8, "font": {"size": 11, "color": INK}}


def is_touch(user_agent: str) -> bool:
    """Whether the reader's browser says that it is a phone's or tablet's."""
    return "Mobi" in user_agent or "Android" in user_agent


def thin(series: pd.Series, most: int = MOST_POINTS) -> pd.Series:
    """At most so many points, the last one always among them."""
    step = -(-len(series) // most)
    return series if step <= 1 else series.iloc[::-step].iloc[::-1]


Periods = pd.DataFrame | Mapping[str, np.ndarray]
"""Columns by name; as arrays where there are many small ones, since taking a column from a frame takes longer than reading it."""


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
    """How long each period is, so that a bar covers the days that it counts."""
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
        f"<br><b>{n:,}</b> stories, {articles:,} articles<br><b>{signed(abnormal)}</b> standard errors from usual"
        for day, n, articles, all_n, share, abnormal in zip(days, *numbers, strict=True)
    ]
