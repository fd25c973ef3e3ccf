"""
The native charts of a workbook's first sheet, which read its other sheets and can be edited.

    stacked bars by period · lines over days · dots on days · points and lines on two numeric axes · bars by name
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from xlsxwriter.workbook import Workbook

from dashboard.exports.chart_data import ChartData, axis_format, date_steps, whole_step
from dashboard.exports.export import printable

WIDTH, HALF, WHOLE, TALL = 1_000, 320, 480, 640
"""Pixels: the charts' width; the height of one of two, of the only one, and of one with many rows."""
LONGEST_NAME = 250
GREY, GRID = "#8A94A3", "#D5DBE3"


def stacked_bars(book: Workbook, data: ChartData, *, sheet: str) -> Any:
    drawn = data.drawn_parts
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for number, name in enumerate(drawn.columns[1:], 1):
        colour = data.colours.get(str(name))
        fill = {"fill": {"color": colour}} if colour else {}
        chart.add_series({**_cells(sheet, 0, number, len(drawn)), "gap": 0 if data.grain == "week" else 15, **fill})
    chart.set_x_axis(_dates(data, drawn.iloc[:, 0]))
    totals = data.parts.iloc[:, 1:].sum(axis=1)
    finished = _finished(chart, data.unit, totals, percent=data.percent)
    if len(drawn.columns) == 2:
        chart.set_legend({"none": True})
    return finished


def lines_by_day(book: Workbook, data: ChartData, *, at: int) -> Any:
    frame = data.lines
    chart = book.add_chart({"type": "line"})
    for number, name in enumerate(frame.columns[1:], 1):
        colour = data.colours.get(str(name))
        line = {"width": 1.5, **({"color": colour} if colour else {})}
        chart.add_series({**_cells("Data", at, number, len(frame)), "line": line})
    chart.set_x_axis(_dates(data, frame.iloc[:, 0]))
    chart.show_blanks_as("span")  # a holiday of one listing's exchange does not break its line
    return _finished(chart, data.line_unit, frame.iloc[:, 1:], percent=data.line_percent)


def dots_by_day(book: Workbook, data: ChartData) -> Any:
    """A row of dots a column, its name beside its last dot."""
    frame = data.dots
    chart = book.add_chart({"type": "line"})
    for number, name in enumerate(frame.columns[1:], 1):
        last = frame[name].last_valid_index()
        others = [None if row == last else {"delete": True} for row in frame.index]
        fill = {"color": data.colours.get(str(name), GREY)}
        chart.add_series(
            {
                **_cells("Data", 0, number, len(frame)),
                "line": {"none": True},
                "marker": {"type": "circle", "size": 8, "fill": fill, "border": {"none": True}},
                "data_labels": {"series_name": True, "position": "right", "custom": others},
            }
        )
    chart.set_x_axis(_dates(data, frame["day"], room=0.12))
    _finished(chart, "", frame.iloc[:, 1:], percent=False)
    rows = len(frame.columns) - 1
    chart.set_y_axis({"min": 0, "max": rows + 1, "major_unit": 1, "label_position": "none", "line": {"none": True},
                      "major_gridlines": {"visible": True, "line": {"color": GRID}}})  # fmt: skip
    chart.set_legend({"none": True})
    return chart


def _dates(data: ChartData, days: pd.Series, *, room: float = 0.0) -> dict[str, Any]:
    """An axis of dates with about a dozen labels, from the first to the last day of the chart."""
    first, last = data.span or (days.iloc[0], days.iloc[-1])
    last += (last - first) * room
    step, unit, text = date_steps(first, last)
    limits = {"min": first.to_pydatetime(), "max": last.to_pydatetime()}
    steps = {"major_unit": step, "major_unit_type": unit, "num_format": text}
    return {"date_axis": True, "label_position": "low", **steps, **limits}


def _cells(sheet: str, at: int, number: int, rows: int) -> dict[str, Any]:
    """A series of a sheet: its categories are in the column `at`, its values in the column `number` after it."""
    return {
        "name": [sheet, 0, at + number],
        "categories": [sheet, 1, at, rows, at],
        "values": [sheet, 1, at + number, rows, at + number],
    }


def _finished(chart: Any, unit: str, values: pd.DataFrame | pd.Series, *, percent: bool) -> Any:
    chart.set_title({"none": True})
    lines = {"visible": True, "line": {"color": GRID}}
    title = {"name": printable(unit, LONGEST_NAME)} if unit else {}
    # Low: beside the plot, not at a zero line through it.
    axis = {"num_format": axis_format(values, percent=percent), "major_gridlines": lines, "label_position": "low"}
    chart.set_y_axis({**title, **axis, **whole_step(values, percent=percent)})
    chart.set_legend({"position": "bottom"})
    return chart


def points_side_by_side(data: ChartData) -> pd.DataFrame:
    """Two columns a series: its x, and its y under its name."""
    columns = {}
    for number, name in enumerate(data.series, 1):
        points = data.points_of(name)
        columns[f"{data.x_unit or 'x'} ({number})"], columns[name] = points["x"], points["y"]
    return pd.DataFrame(columns)


def scatter(book: Workbook, data: ChartData) -> Any:
    """A chart with two numeric axes, in which a series is points or a line."""
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    for number, name in enumerate(data.series):
        rows, colour = len(data.points_of(name)), data.colours.get(name, GREY)
        cells = _cells("Data", 2 * number, 1, rows)
        if name in data.marker_series:
            fill = {"fill": {"color": colour}, "border": {"none": True}}
            chart.add_series({**cells, "line": {"none": True}, "marker": {"type": "circle", "size": 5, **fill}})
        else:
            chart.add_series({**cells, "line": {"width": 1.5, "color": colour}, "marker": {"type": "none"}})
    _finished(chart, data.unit, data.points["y"], percent=data.percent)
    chart.set_x_axis({"name": printable(data.x_unit, LONGEST_NAME), "label_position": "low", "num_format": "General"})
    return chart


def named_bars(book: Workbook, data: ChartData) -> Any:
    """A bar a name, the first at the top."""
    chart = book.add_chart({"type": "bar"})
    for number in range(1, len(data.bars.columns)):
        chart.add_series({**_cells("Data", 0, number, len(data.bars)), "gap": 40})
    _finished(chart, "", data.bars.iloc[:, 1:], percent=False)
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    grid = {"visible": True, "line": {"color": GRID}}
    numbers = {"num_format": axis_format(data.bars.iloc[:, 1:], percent=False), "major_gridlines": grid}
    chart.set_x_axis({"name": printable(data.unit, LONGEST_NAME), **numbers})
    if len(data.bars.columns) == 2:
        chart.set_legend({"none": True})
    return chart
