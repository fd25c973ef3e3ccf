"""
The charts of a slide that are not over time: points and lines on a plane, and bars by name. Both can be edited.

Each keeps its numbers in a workbook of ours: the library's own writes names without a guard, and one may begin like a formula.
"""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.util import Pt

from dashboard.exports.export import plain
from dashboard.exports.series import Drawn
from dashboard.exports.spreadsheet import SETTINGS, plain_workbook

MOST_BARS = 20
GREY = "8A94A3"


def add_plane(slide: Any, drawn: Drawn, *place: int) -> None:
    """A scatter chart, in which a series is points or a line; `place`: left, top, width, height."""
    data = XyChartData(number_format="0%" if drawn.percent else "General")
    for name in drawn.series:
        series = data.add_series(plain(name, 250))
        for x, y in drawn.points_of(name).dropna().itertuples(index=False):
            series.add_data_point(float(x), float(y))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES, *place, data).chart
    chart.part.chart_workbook.update_from_xlsx_blob(_plane_workbook(drawn))
    for name, series in zip(drawn.series, chart.plots[0].series, strict=True):
        _paint(series, drawn.colours.get(name, f"#{GREY}").lstrip("#"), marked=name in drawn.marked)
    _finish(chart, drawn)
    for axis, unit in ((chart.category_axis, drawn.x_unit), (chart.value_axis, drawn.unit)):
        axis.has_title, axis.axis_title.text_frame.text = True, plain(unit, 250)
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.category_axis.has_major_gridlines = False


def add_named_bars(slide: Any, drawn: Drawn, *place: int) -> None:
    """A bar a name, the first at the top; as many as can be read."""
    shown = drawn.bars.head(MOST_BARS)
    data = CategoryChartData(number_format="#,##0.#")
    data.categories = [plain(name, 250) for name in shown.iloc[:, 0]]
    for name in shown.columns[1:]:
        data.add_series(plain(name, 250), [float(value) for value in shown[name]])
    chart = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *place, data).chart
    chart.part.chart_workbook.update_from_xlsx_blob(plain_workbook(shown))
    _finish(chart, drawn)
    chart.category_axis.reverse_order = True
    chart.value_axis.has_title, chart.value_axis.axis_title.text_frame.text = True, plain(drawn.unit, 250)


def _finish(chart: Any, drawn: Drawn) -> None:
    chart.has_title, chart.has_legend, chart.font.size = False, True, Pt(10)
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("D5DBE3")


def _paint(series: Any, colour: str, *, marked: bool) -> None:
    rgb = RGBColor.from_string(colour or GREY)
    series.smooth = False
    if marked:
        series.format.line.fill.background()
        series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 6
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = rgb
    else:
        series.marker.style = XL_MARKER_STYLE.NONE
        series.format.line.color.rgb, series.format.line.width = rgb, Pt(1.75)


def _plane_workbook(drawn: Drawn) -> bytes:
    """The numbers where the chart's own references look for them: series under each other, x in A, y in B, a row between."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        sheet, row = book.add_worksheet("Sheet1"), 0
        for name in drawn.series:
            sheet.write_string(row, 1, plain(name, 250))
            own = drawn.points_of(name).dropna()
            for x, y in own.itertuples(index=False):
                row += 1
                sheet.write_number(row, 0, x)
                sheet.write_number(row, 1, y)
            row += 2
    return out.getvalue()
