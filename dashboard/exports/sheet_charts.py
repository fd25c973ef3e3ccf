"""
The charts of a workbook's first sheet, each reading the sheet Data: they can be edited.

    stacked bars by period · lines over days · points and lines on a plane · bars by name
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from xlsxwriter.workbook import Workbook

from dashboard.exports.export import plain
from dashboard.exports.series import Drawn

CHART = {"width": 1_000, "height": 320}
TALL = {"width": 1_000, "height": 640}
LABELS = 12  # on an axis, at most about so many


def bar_chart(book: Workbook, drawn: Drawn) -> Any:
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for place, name in enumerate(drawn.parts.columns[1:], 1):
        colour = drawn.colours.get(str(name))
        chart.add_series(
            {**_cells(0, place, len(drawn.parts)), "gap": 15, **({"fill": {"color": colour}} if colour else {})}
        )
    # On an axis of dates a bar would be as thin as a day, whatever its period.
    every = -(-len(drawn.parts) // LABELS)
    chart.set_x_axis({"text_axis": True, "num_format": "d mmm yyyy", "label_position": "low", "interval_unit": every})
    return _finished(chart, drawn.unit, "0%" if drawn.is_share else "#,##0")


def line_chart(book: Workbook, drawn: Drawn, frame: pd.DataFrame, *, at: int, unit: str) -> Any:
    chart = book.add_chart({"type": "line"})
    for place, name in enumerate(frame.columns[1:], 1):
        colour = drawn.colours.get(str(name))
        chart.add_series(
            {**_cells(at, place, len(frame)), "line": {"width": 1.5, **({"color": colour} if colour else {})}}
        )
    months = max(1, round((frame.iloc[-1, 0] - frame.iloc[0, 0]).days / 30 / LABELS))
    chart.set_x_axis(
        {
            "date_axis": True,
            "num_format": "mmm yyyy",
            "label_position": "low",
            "major_unit": months,
            "major_unit_type": "months",
        }
    )
    return _finished(chart, unit, "0%" if unit.startswith("%") else "#,##0")


def _cells(at: int, place: int, rows: int) -> dict[str, Any]:
    return {
        "name": ["Data", 0, at + place],
        "categories": ["Data", 1, at, rows, at],
        "values": ["Data", 1, at + place, rows, at + place],
    }


def _finished(chart: Any, unit: str, number: str) -> Any:
    chart.set_title({"none": True})
    lines = {"visible": True, "line": {"color": "#D5DBE3"}}
    chart.set_y_axis({"name": plain(unit, 250), "num_format": number, "major_gridlines": lines})
    chart.set_legend({"position": "bottom"})
    chart.set_size(CHART)
    return chart


def side_by_side(drawn: Drawn) -> pd.DataFrame:
    """Two columns a series: its x, and its y under its name."""
    columns = {}
    for number, name in enumerate(drawn.series, 1):
        own = drawn.points_of(name)
        columns[f"{drawn.x_unit or 'x'} ({number})"], columns[name] = own["x"], own["y"]
    return pd.DataFrame(columns)


def plane_chart(book: Workbook, drawn: Drawn) -> Any:
    """Both axes are numbers: a scatter chart, in which a series is points or a line."""
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    for number, name in enumerate(drawn.series):
        rows, colour = len(drawn.points_of(name)), drawn.colours.get(name, "#8A94A3")
        at = {
            "name": ["Data", 0, 2 * number + 1],
            "categories": ["Data", 1, 2 * number, rows, 2 * number],
            "values": ["Data", 1, 2 * number + 1, rows, 2 * number + 1],
        }
        if name in drawn.marked:
            filled = {"fill": {"color": colour}, "border": {"none": True}}
            chart.add_series({**at, "line": {"none": True}, "marker": {"type": "circle", "size": 5, **filled}})
        else:
            chart.add_series({**at, "line": {"width": 1.5, "color": colour}, "marker": {"type": "none"}})
    chart.set_x_axis({"name": plain(drawn.x_unit, 250), "label_position": "low", "num_format": "General"})
    return _finished(chart, drawn.unit, "0%" if drawn.percent else "General")


def named_bars(book: Workbook, drawn: Drawn) -> Any:
    """A bar a name, the first at the top."""
    chart = book.add_chart({"type": "bar"})
    for place in range(1, len(drawn.bars.columns)):
        chart.add_series({**_cells(0, place, len(drawn.bars)), "gap": 40})
    finished = _finished(chart, "", "#,##0")
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"name": plain(drawn.unit, 250), "num_format": "#,##0"})
    chart.set_size(TALL)
    return finished
