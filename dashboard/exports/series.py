"""
What a chart draws, as tables: what the native charts of spreadsheets and slides are made from.

    figure, table → bars by period · lines by session · points on a plane · bars by name · colours

No Streamlit here, and no numbers of its own: a chart in a file has the very numbers of the chart on the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.palette import theme_colours

HATCHED = "y3"  # days on which a source was down: no numbers
PRICES = "y2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """
    The parts and lines of one chart.

    parts: column period, then one a part; as stacked bars, or as lines where the chart was a table of colours.
    lines: column session, then one a price line; without rows when there is none.
    points: columns series, x, y, where both axes are numbers; those of `marked` are points, the others lines.
    bars: a name, then numbers, where the drawing is one that no chart can hold: a network's pairs.
    """

    parts: pd.DataFrame
    lines: pd.DataFrame
    stacked: bool
    unit: str  # of the parts
    line_unit: str
    colours: dict[str, str]  # column → #RRGGBB
    points: pd.DataFrame = field(default_factory=pd.DataFrame)
    marked: frozenset[str] = frozenset()
    x_unit: str = ""
    bars: pd.DataFrame = field(default_factory=pd.DataFrame)
    percent: bool = False  # of y, where there are points

    @property
    def is_share(self) -> bool:
        return self.unit.startswith("%")

    @property
    def series(self) -> list[str]:
        """The names of the points, in the figure's order."""
        return list(dict.fromkeys(self.points["series"])) if len(self.points) else []

    def points_of(self, name: str) -> pd.DataFrame:
        """Columns x, y."""
        return self.points.loc[self.points["series"] == name, ["x", "y"]].reset_index(drop=True)


def bars_of(table: pd.DataFrame, *, unit: str) -> Drawn:
    """A chart of bars: a name, then numbers."""
    none = pd.DataFrame({"period": pd.Series(dtype="datetime64[us]")})
    lines = pd.DataFrame({"session": pd.Series(dtype="datetime64[us]")})
    return Drawn(parts=none, lines=lines, stacked=False, unit=unit, line_unit="", colours={}, bars=table)


def drawn_of(figure: go.Figure, table: pd.DataFrame) -> Drawn:
    """The figure's numbers by the names in its legend. `table` is asked where colours alone carry the number."""
    if figure.data and all(_is_numeric(trace.x) for trace in figure.data):
        return _plane_of(figure)
    bars = [trace for trace in figure.data if trace.type == "bar" and trace.yaxis != HATCHED]
    # Lines only: points without a line are a scatter or somebody's notes, which no chart over time can hold.
    lines = [trace for trace in figure.data if trace.type == "scatter" and trace.mode != "markers"]
    heat = any(trace.base is not None for trace in bars)
    # A part without a story in a period has no bar there; a single series without a number has none that is known.
    stack = len(bars) > 1
    parts = (
        _heat_parts(table) if heat else _joined(bars, "period").fillna(dict.fromkeys(_names(bars), 0) if stack else {})
    )
    prices = _joined([line for line in lines if line.yaxis == PRICES or not bars], "session")
    colours = _colours([] if heat else bars, lines)
    unit = "standard errors" if heat else _axis_title(figure, "yaxis")
    line_unit = _axis_title(figure, "yaxis2" if bars else "yaxis")
    return Drawn(parts=parts, lines=prices, stacked=not heat, unit=unit, line_unit=line_unit, colours=colours)


def _is_numeric(values: Any) -> bool:
    return values is not None and np.asarray(values).dtype.kind in "iuf"


def _plane_of(figure: go.Figure) -> Drawn:
    """What has a name; a line without one is one of many behind the others."""
    named = [trace for trace in figure.data if trace.name]
    points = [
        pd.DataFrame({"series": name, "x": np.asarray(trace.x, float), "y": np.asarray(trace.y, float)})
        for trace, name in zip(named, _names(named), strict=True)
    ]
    dots = [trace for trace in named if trace.type == "bar" or trace.mode == "markers"]
    drawn = bars_of(pd.DataFrame(), unit=_axis_title(figure, "yaxis"))
    return replace(
        drawn,
        points=pd.concat(points, ignore_index=True) if points else pd.DataFrame(),
        marked=frozenset(name for trace, name in zip(named, _names(named), strict=True) if trace in dots),
        x_unit=_axis_title(figure, "xaxis"),
        percent="%" in str(figure.layout.yaxis.tickformat or ""),
        colours=_colours(dots, [trace for trace in named if trace not in dots]),
    )


def _joined(traces: list[Any], key: str) -> pd.DataFrame:
    columns = [
        pd.Series(trace.y, index=pd.DatetimeIndex(pd.to_datetime(list(trace.x))), name=name)
        for trace, name in zip(traces, _names(traces), strict=True)
    ]
    if not columns:
        return pd.DataFrame({key: pd.Series(dtype="datetime64[us]")})
    return pd.concat(columns, axis=1, sort=True).rename_axis(key).reset_index()


def _names(traces: list[Any]) -> list[str]:
    """The legend's names, each once."""
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
    painted = theme_colours("light")
    found = {}
    for traces, of in ((bars, lambda trace: trace.marker.color), (lines, lambda trace: trace.line.color)):
        for trace, name in zip(traces, _names(traces), strict=True):
            colour = of(trace)
            if isinstance(colour, str) and painted.get(colour, colour).startswith("#"):
                found[name] = painted.get(colour, colour)
    return found


def _axis_title(figure: go.Figure, axis: str) -> str:
    return str(figure.layout[axis].title.text or "") if axis in figure.layout else ""
