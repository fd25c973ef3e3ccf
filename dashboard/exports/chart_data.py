"""
A figure's numbers as tables: the data of the native charts in spreadsheets and slides.

    figure, table → bars by period · lines by session · x–y points · dots by day · heat · bars by name · colours

No Streamlit here, and no numbers of its own: a chart in a file has exactly the numbers of the chart on the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import theme_colours
from dashboard.formatting import period_end

DOWN_DAYS_AXIS = "y3"  # days on which a source was down: no numbers
PRICE_AXIS = "y2"
MOST_LABELS = 12
"""Labels on an axis of a native chart."""
LONGEST_BY_DAY = 100
"""Days on an axis of dates that is labelled by day; a longer one is labelled by month."""
STEPS = {"day": "D", "week": "7D", "month": "MS"}
"""From one period to the next, as pandas writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartData:
    """
    What one chart shows. Frames without rows are not drawn.

    parts: column period, then one a part, stacked as bars; every period of the chart. grain: of the periods.
    lines: column session, then one a line. dots: column day, then one a row of dots, the uppermost first: the row's
    number from below on its days. heat: column period, then one a row, the uppermost first.
    points: columns series, x, y, where both axes are numbers; series in `marker_series` are points, the others lines.
    bars: a name, then numbers. picture: a PNG of a drawing without a native chart. relations: a table beside it.
    span: the first and last day of the axis of time, the same for bars and lines.
    """

    parts: pd.DataFrame = field(default_factory=pd.DataFrame)
    lines: pd.DataFrame = field(default_factory=pd.DataFrame)
    dots: pd.DataFrame = field(default_factory=pd.DataFrame)
    heat: pd.DataFrame = field(default_factory=pd.DataFrame)
    points: pd.DataFrame = field(default_factory=pd.DataFrame)
    bars: pd.DataFrame = field(default_factory=pd.DataFrame)
    relations: pd.DataFrame = field(default_factory=pd.DataFrame)
    picture: bytes = b""
    unit: str = ""  # of parts, points or bars
    line_unit: str = ""
    x_unit: str = ""
    percent: bool = False  # whether parts, or the y of points, are shares
    line_percent: bool = False
    colours: dict[str, str] = field(default_factory=dict)  # column → #RRGGBB
    marker_series: frozenset[str] = frozenset()
    grain: str = ""
    span: tuple[pd.Timestamp, pd.Timestamp] | None = None

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

    @property
    def drawn_parts(self) -> pd.DataFrame:
        """
        The parts as a native chart draws them on an axis of dates: column day, then one a part.

        There a bar is as wide as the axis's unit, and no unit is a week: a week's bar is six of its days, each as high
        as the week, and the seventh is the gap.
        """
        parts = self.parts.rename(columns={"period": "day"})
        if self.grain != "week":
            return parts
        days = parts.loc[parts.index.repeat(6)].reset_index(drop=True)
        return days.assign(day=days["day"] + pd.to_timedelta(np.arange(len(days)) % 6, unit="D"))


def bars_by_name(table: pd.DataFrame, *, unit: str) -> ChartData:
    """A chart of bars: a name, then numbers."""
    return ChartData(bars=table, unit=unit)


def chart_data_of(figure: go.Figure, table: pd.DataFrame) -> ChartData:
    """
    The figure's numbers by the names in its legend. `table` has the numbers of a heat map, which shows only colours.
    """
    traces = list(figure.data)
    if traces and all(trace.type == "bar" and trace.orientation == "h" for trace in traces):
        return _bars_of(figure)
    if traces and all(_is_numeric(trace.x) for trace in traces):
        return _points_of(figure)
    if traces and all(trace.type == "scatter" and not _is_numeric(trace.y) for trace in traces):
        return _dots_of(figure)
    bars = [trace for trace in traces if trace.type == "bar" and trace.yaxis != DOWN_DAYS_AXIS]
    if any(trace.base is not None for trace in bars):
        return ChartData(heat=_heat_of(figure, table), unit="abnormal attention (z)")
    return _over_time(figure, bars)


def _over_time(figure: go.Figure, bars: list[Any]) -> ChartData:
    """Bars by period, lines by session or, without bars, by period."""
    # Lines only: points without a line are somebody's notes.
    lines = [trace for trace in figure.data if trace.type == "scatter" and trace.mode != "markers"]
    drawn = [line for line in lines if line.yaxis == PRICE_AXIS or not bars]
    axis = "yaxis2" if bars else "yaxis"
    grain = str(figure.layout.meta or "") if bars else ""
    parts, prices = _by_time(bars, "period", _periods_of(figure, grain)), _by_time(drawn, "session")
    moments = [*parts["period"], *prices["session"]]
    last = parts["period"].iloc[-1] if len(parts) else None
    ends = [pd.Timestamp(period_end(last.date(), grain))] if last is not None and grain else []
    return ChartData(
        parts=parts,
        lines=prices,
        unit=_axis_title(figure, "yaxis"),
        line_unit=_axis_title(figure, axis),
        percent=_is_percent(figure, "yaxis"),
        line_percent=_is_percent(figure, axis),
        colours=_colours(bars, lines),
        grain=grain,
        span=(min(moments), max(*moments, *ends)) if len(moments) > 1 else None,
    )


def _periods_of(figure: go.Figure, grain: str) -> pd.DatetimeIndex | None:
    """Every period on the axis: a part has a bar only where it has a story."""
    if not grain or not figure.layout.xaxis.range:
        return None
    first, end = (pd.Timestamp(day) for day in figure.layout.xaxis.range)
    return pd.date_range(first, end, freq=STEPS[grain], inclusive="left")


def _is_numeric(values: Any) -> bool:
    return values is not None and np.asarray(values).dtype.kind in "iuf"


def _is_percent(figure: go.Figure, axis: str) -> bool:
    return axis in figure.layout and "%" in str(figure.layout[axis].tickformat or "")


def _bars_of(figure: go.Figure) -> ChartData:
    """Bars that lie, their names beside them."""
    unit = _axis_title(figure, "xaxis")
    columns = {str(trace.name or unit): np.asarray(trace.x, float) for trace in figure.data}
    names = [str(name).replace("<br>", " ") for name in figure.data[0].y]
    return bars_by_name(pd.DataFrame({"name": names, **columns}), unit=unit)


def _dots_of(figure: go.Figure) -> ChartData:
    """Dots on days, in rows with a name."""
    rows = list(figure.layout.yaxis.categoryarray)
    height = {name: number for number, name in enumerate(rows, 1)}
    dots = pd.DataFrame(
        [(pd.Timestamp(day), name) for trace in figure.data for day, name in zip(trace.x, trace.y, strict=True)],
        columns=["day", "name"],
    )
    by_day = dots.assign(row=dots["name"].map(height)).pivot_table(index="day", columns="name", values="row")
    first, last = (pd.Timestamp(day).normalize() for day in figure.layout.xaxis.range)
    colour = _colours([figure.data[0]], []).get("Series 1", "")
    return ChartData(
        dots=by_day[rows[::-1]].rename_axis(columns=None).reset_index(),
        colours=dict.fromkeys(rows, colour) if colour else {},
        span=(first, last),
    )


def _points_of(figure: go.Figure) -> ChartData:
    """The traces that have a name; lines without one are the many in the background."""
    traces = [trace for trace in figure.data if trace.name]
    names = _names(traces)
    points = [
        pd.DataFrame({"series": name, "x": np.asarray(trace.x, float), "y": np.asarray(trace.y, float)})
        for trace, name in zip(traces, names, strict=True)
    ]
    markers = [trace for trace in traces if trace.type == "bar" or trace.mode == "markers"]
    return ChartData(
        points=pd.concat(points, ignore_index=True) if points else pd.DataFrame(),
        marker_series=frozenset(name for trace, name in zip(traces, names, strict=True) if trace in markers),
        unit=_axis_title(figure, "yaxis"),
        x_unit=_axis_title(figure, "xaxis"),
        percent=_is_percent(figure, "yaxis"),
        colours=_colours(markers, [trace for trace in traces if trace not in markers]),
    )


def _by_time(traces: list[Any], key: str, every: pd.DatetimeIndex | None = None) -> pd.DataFrame:
    """The traces side by side, by moment. A moment of `every` without a bar of a trace is a 0 there."""
    columns = [
        pd.Series(trace.y, index=pd.DatetimeIndex(pd.to_datetime(list(trace.x))), name=name)
        for trace, name in zip(traces, _names(traces), strict=True)
    ]
    if not columns:
        return pd.DataFrame({key: pd.Series(dtype="datetime64[us]")})
    if every is not None:
        columns = [column.reindex(every, fill_value=0) for column in columns]
    return pd.concat(columns, axis=1, sort=True).rename_axis(key).reset_index()


def _names(traces: list[Any]) -> list[str]:
    """The legend's names, numbered where one occurs twice."""
    names: list[str] = []
    for number, trace in enumerate(traces, 1):
        name = str(trace.name or f"Series {number}")
        names.append(name if name not in names else f"{name} ({number})")
    return names


def _heat_of(figure: go.Figure, table: pd.DataFrame) -> pd.DataFrame:
    name = next((column for column in ("theme", "name", "subject") if column in table), "subject")
    wide = table.pivot(index="period", columns=name, values="abnormal").rename_axis(columns=None)
    shown = [row for row in reversed(figure.layout.yaxis.ticktext or ()) if row in wide]
    return wide[shown or list(wide)].reset_index()


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


def axis_format(values: pd.DataFrame | pd.Series, *, percent: bool) -> str:
    """The number format of an axis, for spreadsheets and slides: small shares have decimals."""
    largest = float(np.nanmax(np.abs(np.asarray(values, dtype=float)), initial=0.0))
    if percent:
        return "0%" if largest >= 0.1 else "0.0%" if largest >= 0.01 else "0.00%"
    return "#,##0" if largest >= 20 else "General"


def whole_step(values: pd.DataFrame | pd.Series, *, percent: bool) -> dict[str, int]:
    """The step of an axis of small counts, which would else be labelled 0.5, 1, 1.5."""
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    return {"major_unit": 1} if not percent and known.size and known.max() < 5 and not (known % 1).any() else {}


def date_steps(first: pd.Timestamp, last: pd.Timestamp) -> tuple[int, Literal["days", "months"], str]:
    """The step, its unit and the number format of the labels on an axis of dates: about a dozen of them."""
    days = (last - first).days
    if days <= LONGEST_BY_DAY:
        return max(1, -(-days // MOST_LABELS)), "days", "d mmm"
    return max(1, round(days / 30 / MOST_LABELS)), "months", "mmm yyyy"
