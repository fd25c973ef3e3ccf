"""
The native charts of a workbook's first sheet, which read the sheet Data and can be edited.

    stacked bars by period · lines over days · points and lines on two numeric axes · bars by name
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from xlsxwriter.workbook import Workbook

from dashboard.exports.chart_data import MOST_LABELS, ChartData
from dashboard.exports.export import printable

SIZE, TALL_SIZE = {"width": 1_000, "height": 320}, {"width": 1_000, "height": 640}
LONGEST_NAME = 250


def stacked_bars(book: Workbook, data: ChartData) -> Any:
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for number, name in enumerate(data.parts.columns[1:], 1):
        colour = data.colours.get(str(name))
        fill = {"fill": {"color": colour}} if colour else {}
        chart.add_series({**_cells(0, number, len(data.parts)), "gap": 15, **fill})
    # On an axis of dates a bar would be as thin as a day, whatever its period.
    every = -(-len(data.parts) // MOST_LABELS)
    chart.set_x_axis({"text_axis": True, "num_format": "d mmm yyyy", "label_position": "low", "interval_unit": every})
    return _finished(chart, data.unit, "0%" if data.is_share else "#,##0")


def lines_by_day(book: Workbook, data: ChartData, frame: pd.DataFrame, *, at: int, unit: str) -> Any:
    chart = book.add_chart({"type": "line"})
    for number, name in enumerate(frame.columns[1:], 1):
        colour = data.colours.get(str(name))
        line = {"width": 1.5, **({"color": colour} if colour else {})}
        chart.add_series({**_cells(at, number, len(frame)), "line": line})
    months = max(1, round((frame.iloc[-1, 0] - frame.iloc[0, 0]).days / 30 / MOST_LABELS))
    dates = {"date_axis": True, "num_format": "mmm yyyy", "label_position": "low"}
    chart.set_x_axis({**dates, "major_unit": months, "major_unit_type": "months"})
    return _finished(chart, unit, "0%" if unit.startswith("%") else "#,##0")


def _cells(at: int, number: int, rows: int) -> dict[str, Any]:
    """A series of the sheet Data: its categories are in the column `at`, its values in the column `number` after it."""
    return {
        "name": ["Data", 0, at + number],
        "categories": ["Data", 1, at, rows, at],
        "values": ["Data", 1, at + number, rows, at + number],
    }


def _finished(chart: Any, unit: str, number: str) -> Any:
    chart.set_title({"none": True})
    lines = {"visible": True, "line": {"color": "#D5DBE3"}}
    chart.set_y_axis({"name": printable(unit, LONGEST_NAME), "num_format": number, "major_gridlines": lines})
    chart.set_legend({"position": "bottom"})
    chart.set_size(SIZE)
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
        rows, colour = len(data.points_of(name)), data.colours.get(name, "#8A94A3")
        cells = _cells(2 * number, 1, rows)
        if name in data.marker_series:
            fill = {"fill": {"color": colour}, "border": {"none": True}}
            chart.add_series({**cells, "line": {"none": True}, "marker": {"type": "circle", "size": 5, **fill}})
        else:
            chart.add_series({**cells, "line": {"width": 1.5, "color": colour}, "marker": {"type": "none"}})
    chart.set_x_axis({"name": printable(data.x_unit, LONGEST_NAME), "label_position": "low", "num_format": "General"})
    return _finished(chart, data.unit, "0%" if data.percent else "General")


def named_bars(book: Workbook, data: ChartData) -> Any:
    """A bar a name, the first at the top."""
    chart = book.add_chart({"type": "bar"})
    for number in range(1, len(data.bars.columns)):
        chart.add_series({**_cells(0, number, len(data.bars)), "gap": 40})
    finished = _finished(chart, "", "#,##0")
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"name": printable(data.unit, LONGEST_NAME), "num_format": "#,##0"})
    chart.set_size(TALL_SIZE)
    return finished
