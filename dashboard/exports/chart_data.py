"""
A figure's numbers as tables: the data of the native charts in spreadsheets and slides.

    figure, table → bars by period · lines by session · x–y points · bars by name · colours

No Streamlit here, and no numbers of its own: a chart in a file has exactly the numbers of the chart on the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import theme_colours
from dashboard.formatting import UNITS

DOWN_DAYS_AXIS = "y3"  # days on which a source was down: no numbers
PRICE_AXIS = "y2"
MOST_LABELS = 12
"""Labels on an axis of a native chart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartData:
    """
    The parts and lines of one chart.

    parts: column period, then one a part; as stacked bars, or as lines where the chart was a heat map.
    lines: column session, then one a price line; without rows when there is none.
    points: columns series, x, y, where both axes are numbers; series in `marker_series` are points, the others lines.
    bars: a name, then numbers, for a drawing without a native chart: a network's pairs.
    """

    parts: pd.DataFrame
    lines: pd.DataFrame
    stacked: bool
    unit: str  # of the parts
    line_unit: str
    colours: dict[str, str]  # column → #RRGGBB
    points: pd.DataFrame = field(default_factory=pd.DataFrame)
    marker_series: frozenset[str] = frozenset()
    x_unit: str = ""
    bars: pd.DataFrame = field(default_factory=pd.DataFrame)
    percent: bool = False  # whether the y of points is a percentage

    @property
    def is_share(self) -> bool:
        return self.unit.startswith("%")

    @property
    def has_parts(self) -> bool:
        return len(self.parts.columns) > 1 and not self.parts.empty

    @property
    def has_lines(self) -> bool:
        return len(self.lines.columns) > 1 and not self.lines.empty

    @property
    def series(self) -> list[str]:
        """The names of the points' series, in the figure's order."""
        return list(dict.fromkeys(self.points["series"])) if len(self.points) else []

    def points_of(self, name: str) -> pd.DataFrame:
        """Columns x, y."""
        return self.points.loc[self.points["series"] == name, ["x", "y"]].reset_index(drop=True)


def bars_by_name(table: pd.DataFrame, *, unit: str) -> ChartData:
    """A chart of bars: a name, then numbers."""
    parts = pd.DataFrame({"period": pd.Series(dtype="datetime64[us]")})
    lines = pd.DataFrame({"session": pd.Series(dtype="datetime64[us]")})
    return ChartData(parts=parts, lines=lines, stacked=False, unit=unit, line_unit="", colours={}, bars=table)


def chart_data_of(figure: go.Figure, table: pd.DataFrame) -> ChartData:
    """
    The figure's numbers by the names in its legend. `table` has the numbers of a heat map, which shows only colours.
    """
    if figure.data and all(_is_numeric(trace.x) for trace in figure.data):
        return _points_of(figure)
    bars = [trace for trace in figure.data if trace.type == "bar" and trace.yaxis != DOWN_DAYS_AXIS]
    # Lines only: points without a line are a scatter or somebody's notes, which a native chart over time cannot have.
    lines = [trace for trace in figure.data if trace.type == "scatter" and trace.mode != "markers"]
    prices = _by_time([line for line in lines if line.yaxis == PRICE_AXIS or not bars], "session")
    line_unit = _axis_title(figure, "yaxis2" if bars else "yaxis")
    if any(trace.base is not None for trace in bars):
        parts, unit, colours = _heat_parts(table), UNITS["abnormal"], _colours([], lines)
        return ChartData(parts=parts, lines=prices, stacked=False, unit=unit, line_unit=line_unit, colours=colours)
    parts, unit, colours = _by_time(bars, "period"), _axis_title(figure, "yaxis"), _colours(bars, lines)
    if len(bars) > 1:  # a part without a story in a period has no bar there; in a single series a gap is unknown
        parts = parts.fillna(dict.fromkeys(_names(bars), 0))
    return ChartData(parts=parts, lines=prices, stacked=True, unit=unit, line_unit=line_unit, colours=colours)


def _is_numeric(values: Any) -> bool:
    return values is not None and np.asarray(values).dtype.kind in "iuf"


def _points_of(figure: go.Figure) -> ChartData:
    """The traces that have a name; lines without one are the many in the background."""
    traces = [trace for trace in figure.data if trace.name]
    names = _names(traces)
    points = [
        pd.DataFrame({"series": name, "x": np.asarray(trace.x, float), "y": np.asarray(trace.y, float)})
        for trace, name in zip(traces, names, strict=True)
    ]
    markers = [trace for trace in traces if trace.type == "bar" or trace.mode == "markers"]
    return replace(
        bars_by_name(pd.DataFrame(), unit=_axis_title(figure, "yaxis")),
        points=pd.concat(points, ignore_index=True) if points else pd.DataFrame(),
        marker_series=frozenset(name for trace, name in zip(traces, names, strict=True) if trace in markers),
        x_unit=_axis_title(figure, "xaxis"),
        percent="%" in str(figure.layout.yaxis.tickformat or ""),
        colours=_colours(markers, [trace for trace in traces if trace not in markers]),
    )


def _by_time(traces: list[Any], key: str) -> pd.DataFrame:
    columns = [
        pd.Series(trace.y, index=pd.DatetimeIndex(pd.to_datetime(list(trace.x))), name=name)
        for trace, name in zip(traces, _names(traces), strict=True)
    ]
    if not columns:
        return pd.DataFrame({key: pd.Series(dtype="datetime64[us]")})
    return pd.concat(columns, axis=1, sort=True).rename_axis(key).reset_index()


def _names(traces: list[Any]) -> list[str]:
    """The legend's names, numbered where one occurs twice."""
    names: list[str] = []
    for number, trace in enumerate(traces, 1):
        name = str(trace.name or f"Series {number}")
        names.append(name if name not in names else f"{name} ({number})")
    return names


def _heat_parts(table: pd.DataFrame) -> pd.DataFrame:
    name = next((column for column in ("theme", "name", "subject") if column in table), "subject")
    wide = table.pivot(index="period", columns=name, values="abnormal")
    return wide.rename_axis(columns=None).reset_index()


def _colours(bars: list[Any], lines: list[Any]) -> dict[str, str]:
    in_theme, colours = theme_colours("light"), {}
    for traces, attribute in ((bars, "marker"), (lines, "line")):
        for trace, name in zip(traces, _names(traces), strict=True):
            colour = trace[attribute].color
            if isinstance(colour, str) and in_theme.get(colour, colour).startswith("#"):
                colours[name] = in_theme.get(colour, colour)
    return colours


def _axis_title(figure: go.Figure, axis: str) -> str:
    return str(figure.layout[axis].title.text or "") if axis in figure.layout else ""
