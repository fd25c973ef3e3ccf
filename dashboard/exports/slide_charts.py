"""
The native charts of a slide, and a heat map as a table with colours.

    lines and stacked bars on an axis of dates · dots on days · points and lines on two numeric axes · bars by name
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.table import _Cell
from pptx.util import Emu, Inches, Pt

from dashboard.charts.palette import heat_on_paper
from dashboard.exports.chart_data import ChartData, axis_format, date_steps, whole_step
from dashboard.exports.export import printable
from dashboard.exports.spreadsheet import SETTINGS, data_workbook
from dashboard.formatting import day_words, signed

LONGEST_NAME = 250
MOST_BARS = 20
NAMES_WIDTH, DATES_HEIGHT = Inches(1.5), Inches(0.75)
GREY, GRID = "#8A94A3", "#D5DBE3"
EPOCH = pd.Timestamp("1899-12-30")
"""The day 0 of dates in Office files."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a chart is drawn on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int


def add_lines(slide: Any, chart: ChartData, box: Box) -> None:
    """A line a column, unbroken over days without a value."""
    native = _over_time(slide, chart, chart.lines, XL_CHART_TYPE.LINE, box)
    _scale(native.value_axis, chart.lines.iloc[:, 1:], unit=chart.line_unit, percent=chart.line_percent)
    for name, series in zip(chart.lines.columns[1:], native.plots[0].series, strict=True):
        _draw_line(series, chart.colours.get(str(name)))


def add_parts(slide: Any, chart: ChartData, box: Box) -> None:
    """Bars stacked by part, one for every period."""
    drawn, months = chart.drawn_parts, chart.grain == "month"
    native = _over_time(slide, chart, drawn, XL_CHART_TYPE.COLUMN_STACKED, box, unit="months" if months else "days")
    _scale(native.value_axis, chart.parts.iloc[:, 1:].sum(axis=1), unit=chart.unit, percent=chart.percent)
    native.has_legend = len(drawn.columns) > 2
    native.plots[0].gap_width, native.plots[0].overlap = 0 if chart.grain == "week" else 15, 100
    for name, series in zip(drawn.columns[1:], native.plots[0].series, strict=True):
        if colour := chart.colours.get(str(name)):
            _fill(series.format.fill, colour)


def add_dots(slide: Any, chart: ChartData, box: Box) -> None:
    """A row of dots a column, its name beside its last dot."""
    native = _over_time(slide, chart, chart.dots, XL_CHART_TYPE.LINE_MARKERS, box, room=0.12)
    native.has_legend = False
    axis = native.value_axis
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0, len(chart.dots.columns), 1
    axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    for name, series in zip(chart.dots.columns[1:], native.plots[0].series, strict=True):
        _draw_points(series, chart.colours.get(str(name)) or GREY, size=9)
        label = series.points[int(chart.dots[name].last_valid_index())].data_label
        label.position = XL_LABEL_POSITION.RIGHT
        label.text_frame.text = printable(name, LONGEST_NAME)


def add_points(slide: Any, chart: ChartData, box: Box) -> None:
    """A scatter chart, in which a series is points or a line."""
    data = XyChartData(number_format=axis_format(chart.points["y"], percent=chart.percent))
    for name in chart.series:
        series = data.add_series(printable(name, LONGEST_NAME))
        for x, y in chart.points_of(name).dropna().itertuples(index=False):
            series.add_data_point(float(x), float(y))
    native = _add(slide, XL_CHART_TYPE.XY_SCATTER_LINES, data, _points_workbook(chart), box)
    for name, series in zip(chart.series, native.plots[0].series, strict=True):
        colour = chart.colours.get(name) or GREY
        if name in chart.marker_series:
            _draw_points(series, colour, size=6)
        else:
            series.marker.style = XL_MARKER_STYLE.NONE
            _draw_line(series, colour)
    _scale(native.value_axis, chart.points["y"], unit=chart.unit, percent=chart.percent)
    _title(native.category_axis, chart.x_unit)
    native.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    native.category_axis.has_major_gridlines = False


def add_named_bars(slide: Any, chart: ChartData, box: Box) -> None:
    """A bar a name, the first at the top; as many as are readable."""
    shown = chart.bars.head(MOST_BARS)
    data = CategoryChartData(number_format=axis_format(shown.iloc[:, 1:], percent=False))
    data.categories = [printable(name, LONGEST_NAME) for name in shown.iloc[:, 0]]
    for name in shown.columns[1:]:
        data.add_series(printable(name, LONGEST_NAME), [float(value) for value in shown[name]])
    native = _add(slide, XL_CHART_TYPE.BAR_CLUSTERED, data, data_workbook(shown), box)
    native.has_legend = len(shown.columns) > 2
    native.category_axis.reverse_order = True
    native.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    _scale(native.value_axis, shown.iloc[:, 1:], unit=chart.unit, percent=False)


def add_heat(slide: Any, heat: pd.DataFrame, box: Box) -> None:
    """A row a subject, a cell a period: its number on a colour from cool to warm."""
    rows, periods = len(heat.columns), len(heat)
    shape = slide.shapes.add_table(rows, periods + 1, box.left, box.top, box.width, box.height)
    table = shape.table
    table.first_row = table.horz_banding = False
    table.columns[0].width = NAMES_WIDTH
    table.rows[0].height = DATES_HEIGHT
    for row in list(table.rows)[1:]:
        row.height = Emu((box.height - DATES_HEIGHT) // (rows - 1))
    for column in list(table.columns)[1:]:
        column.width = Emu((box.width - NAMES_WIDTH) // periods)
    # A cell by its element: the library looks for each one through all columns and rows.
    cells = [list(row._tr.tc_lst) for row in table.rows]
    _write_cell(cells[0][0], "", size=7)
    for cell, day in zip(cells[0][1:], heat["period"], strict=True):
        _write_cell(cell, day_words(day), size=7, upright=True)
    for row, name in zip(cells[1:], heat.columns[1:], strict=True):
        _write_cell(row[0], printable(name, LONGEST_NAME), size=10, left=True)
        for cell, value in zip(row[1:], heat[name], strict=True):
            _write_cell(cell, "" if np.isnan(value) else signed(value).lstrip("+"), size=6, fill=heat_on_paper(value))


def _write_cell(
    cell: Any, text: str, *, size: int, fill: str = "#FFFFFF", upright: bool = False, left: bool = False
) -> None:
    written = _Cell(cell, None)
    written.margin_left = written.margin_right = written.margin_top = written.margin_bottom = 0
    written.vertical_anchor = MSO_ANCHOR.MIDDLE
    if upright:
        cell.get_or_add_tcPr().set("vert", "vert270")
    _fill(written.fill, fill)
    paragraph = written.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT if left or upright else PP_ALIGN.CENTER
    paragraph.font.size, paragraph.font.color.rgb = Pt(size), _rgb("#18202A")
    paragraph.text = text


def _over_time(
    slide: Any,
    chart: ChartData,
    frame: pd.DataFrame,
    kind: Any,
    box: Box,
    *,
    unit: str = "days",
    room: float = 0.0,
) -> Any:
    """A chart whose first column is its axis of dates."""
    data = CategoryChartData(number_format="General")
    data.categories = [moment.date() for moment in frame.iloc[:, 0]]
    for name in frame.columns[1:]:
        values = [None if pd.isna(value) else float(value) for value in frame[name]]
        data.add_series(printable(name, LONGEST_NAME), values)
    native = _add(slide, kind, data, data_workbook(frame), box)
    first, last = chart.span or (frame.iloc[0, 0], frame.iloc[-1, 0])
    _set_dates(native.category_axis, first, last + (last - first) * room, unit=unit)
    blanks = native._chartSpace.chart.find(qn("c:dispBlanksAs"))
    blanks.set("val", "span")  # a holiday of one listing's exchange does not break its line
    return native


def _set_dates(axis: Any, first: pd.Timestamp, last: pd.Timestamp, *, unit: str) -> None:
    """
    About a dozen labels from the first to the last day. The library cannot set the units, so the elements are inserted,
    in the schema's order.
    """
    step, step_unit, text = date_steps(first, last)
    axis.minimum_scale, axis.maximum_scale = (first - EPOCH).days, (last - EPOCH).days
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = text, False
    units = {"c:baseTimeUnit": unit, "c:majorUnit": step, "c:majorTimeUnit": step_unit}
    element = axis._element
    for old in [old for name in units for old in element.findall(qn(name))]:
        element.remove(old)
    for name, value in units.items():
        element.append(parse_xml(f'<{name} {nsdecls("c")} val="{value}"/>'))


def _add(slide: Any, kind: Any, data: Any, workbook: bytes, box: Box) -> Any:
    """A native chart without a title, its legend below."""
    native = slide.shapes.add_chart(kind, box.left, box.top, box.width, box.height, data).chart
    native.part.chart_workbook.update_from_xlsx_blob(workbook)
    native.has_title, native.has_legend, native.font.size = False, True, Pt(10)
    native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    native.value_axis.major_gridlines.format.line.color.rgb = _rgb(GRID)
    return native


def _scale(axis: Any, values: pd.DataFrame | pd.Series, *, unit: str, percent: bool) -> None:
    """The value axis: its title, its number format, whole steps for small counts."""
    _title(axis, unit)
    axis.tick_labels.number_format = axis_format(values, percent=percent)
    axis.tick_labels.number_format_is_linked = False
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    for name, value in whole_step(values, percent=percent).items():
        setattr(axis, name, value)


def _title(axis: Any, unit: str) -> None:
    axis.has_title = bool(unit)
    if unit:
        axis.axis_title.text_frame.text = printable(unit, LONGEST_NAME)


def _draw_line(series: Any, colour: str | None) -> None:
    series.smooth, series.format.line.width = False, Pt(1.75)
    if colour:
        series.format.line.color.rgb = _rgb(colour)


def _draw_points(series: Any, colour: str, *, size: int) -> None:
    series.smooth = False
    series.format.line.fill.background()
    series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, size
    _fill(series.marker.format.fill, colour)
    series.marker.format.line.fill.background()


def _fill(fill: Any, colour: str) -> None:
    fill.solid()
    fill.fore_color.rgb = _rgb(colour)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#"))


def _points_workbook(chart: ChartData) -> bytes:
    """The numbers where the chart's references expect them: one series under another, x in A, y in B, a row between."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        sheet, row = book.add_worksheet("Sheet1"), 0
        for name in chart.series:
            sheet.write_string(row, 1, printable(name, LONGEST_NAME))
            for x, y in chart.points_of(name).dropna().itertuples(index=False):
                row += 1
                sheet.write_number(row, 0, x)
                sheet.write_number(row, 1, y)
            row += 2
    return out.getvalue()
