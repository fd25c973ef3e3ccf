"""
A chart as one slide with native charts that can be edited, its text below them, and all of it in the notes.

    chart data, words → PPTX        bars and lines over time · points and lines on two numeric axes · bars by name

Each chart keeps its numbers in a workbook of ours: the library writes names unescaped, and a name may begin like a
formula.
"""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import xlsxwriter
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Inches, Pt

from dashboard.exports.chart_data import MOST_LABELS, ChartData
from dashboard.exports.export import printable
from dashboard.exports.spreadsheet import SETTINGS, data_workbook
from dashboard.formatting import ChartWords, day_words

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, INNER = Inches(0.5), Inches(12.333)
CHART_TOP, CHART_HEIGHT = Inches(1.25), Inches(5.2)
BLANK = 6  # the layout without placeholders
LONGEST_PROPERTY, LONGEST_NAME = 255, 250
MOST_BARS = 20
GREY, GRID = "#8A94A3", "#D5DBE3"


def pptx_bytes(chart: ChartData, words: ChartWords) -> bytes:
    """One slide, 16:9."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    slide = deck.slides.add_slide(deck.slide_layouts[BLANK])
    _text(slide, words.title, top=Inches(0.3), height=Inches(0.5), size=24, bold=True)
    _text(slide, words.caption, top=Inches(0.85), height=Inches(0.35), size=12)
    if len(chart.points):
        _add_points(slide, chart)
    if len(chart.bars):
        _add_named_bars(slide, chart)
    frames = [chart.lines] * chart.has_lines + [chart.parts] * chart.has_parts
    height = Emu(int(CHART_HEIGHT / max(len(frames), 1)))
    for number, frame in enumerate(frames):
        _add_over_time(slide, chart, frame, top=Emu(CHART_TOP + number * height), height=height)
    foot = " · ".join(part for part in (f"Method: {words.method}", f"revision {words.revision}", words.notice) if part)
    _text(slide, foot, top=Inches(6.5), height=Inches(0.55), size=10)
    if words.link:
        # Short on the slide; in full behind it and in the notes.
        _text(slide, "Open this view in Chokepoint", top=Inches(7.08), height=Inches(0.3), size=10, link=words.link)
    slide.notes_slide.notes_text_frame.text = printable("\n".join(words.lines))
    _set_properties(deck, words)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _set_properties(deck: Any, words: ChartWords) -> None:
    core = deck.core_properties
    core.title, core.subject = printable(words.title, LONGEST_NAME), printable(words.caption, LONGEST_NAME)
    core.author, core.keywords = "Chokepoint", f"revision {words.revision}"
    # Half a link would be a wrong one; the notes have all of it.
    core.comments = words.link if len(words.link) <= LONGEST_PROPERTY else ""


def _text(slide: Any, text: str, *, top: int, height: int, size: int, bold: bool = False, link: str = "") -> None:
    frame = slide.shapes.add_textbox(LEFT, top, INNER, height).text_frame
    frame.word_wrap = True
    run = frame.paragraphs[0].add_run()
    run.text = printable(text, 1_000).replace("\n", " ")
    run.font.size, run.font.bold = Pt(size), bold
    if link:
        run.hyperlink.address = link


def _add_over_time(slide: Any, chart: ChartData, frame: pd.DataFrame, *, top: int, height: int) -> None:
    """Price lines by session, or parts by period: stacked bars, or lines of a heat map."""
    is_parts = frame is chart.parts
    stacked, is_share = is_parts and chart.stacked, is_parts and chart.is_share
    data = CategoryChartData(number_format="0.0%" if is_share else "#,##0.##")
    # On an axis of dates a bar would be as thin as a day, whatever its period.
    data.categories = [day_words(moment) if stacked else moment.date() for moment in frame[frame.columns[0]]]
    for name in frame.columns[1:]:
        values = [None if pd.isna(value) else float(value) for value in frame[name]]
        data.add_series(printable(name, LONGEST_NAME), values)
    kind = XL_CHART_TYPE.COLUMN_STACKED if stacked else XL_CHART_TYPE.LINE
    native = _add(slide, kind, data, data_workbook(frame), top=top, height=height)
    native.has_legend = len(frame.columns) > 2 or not is_parts
    _title(native.value_axis, chart.unit if is_parts else chart.line_unit)
    _limit_labels(native.category_axis, frame, stacked)
    if is_share:
        native.value_axis.tick_labels.number_format, native.value_axis.tick_labels.number_format_is_linked = "0%", False
    if stacked:
        native.plots[0].gap_width, native.plots[0].overlap = 20, 100
    for name, series in zip(frame.columns[1:], native.plots[0].series, strict=True):
        colour = chart.colours.get(str(name))
        if not stacked:
            _draw_line(series, colour)
        elif colour:
            _fill(series.format.fill, colour)


def _add_points(slide: Any, chart: ChartData) -> None:
    """A scatter chart, in which a series is points or a line."""
    data = XyChartData(number_format="0%" if chart.percent else "General")
    for name in chart.series:
        series = data.add_series(printable(name, LONGEST_NAME))
        for x, y in chart.points_of(name).dropna().itertuples(index=False):
            series.add_data_point(float(x), float(y))
    native = _add(slide, XL_CHART_TYPE.XY_SCATTER_LINES, data, _points_workbook(chart))
    for name, series in zip(chart.series, native.plots[0].series, strict=True):
        colour = chart.colours.get(name) or GREY
        if name in chart.marker_series:
            series.smooth = False
            series.format.line.fill.background()
            series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 6
            _fill(series.marker.format.fill, colour)
        else:
            series.marker.style = XL_MARKER_STYLE.NONE
            _draw_line(series, colour)
    for axis, unit in ((native.category_axis, chart.x_unit), (native.value_axis, chart.unit)):
        _title(axis, unit)
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    native.category_axis.has_major_gridlines = False


def _add_named_bars(slide: Any, chart: ChartData) -> None:
    """A bar a name, the first at the top; as many as are readable."""
    shown = chart.bars.head(MOST_BARS)
    data = CategoryChartData(number_format="#,##0.#")
    data.categories = [printable(name, LONGEST_NAME) for name in shown.iloc[:, 0]]
    for name in shown.columns[1:]:
        data.add_series(printable(name, LONGEST_NAME), [float(value) for value in shown[name]])
    native = _add(slide, XL_CHART_TYPE.BAR_CLUSTERED, data, data_workbook(shown))
    native.category_axis.reverse_order = True
    _title(native.value_axis, chart.unit)


def _add(slide: Any, kind: Any, data: Any, workbook: bytes, *, top: int = CHART_TOP, height: int = CHART_HEIGHT) -> Any:
    """A native chart without a title, its legend below."""
    native = slide.shapes.add_chart(kind, LEFT, top, INNER, height, data).chart
    native.part.chart_workbook.update_from_xlsx_blob(workbook)
    native.has_title, native.has_legend, native.font.size = False, True, Pt(10)
    native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    native.value_axis.major_gridlines.format.line.color.rgb = _rgb(GRID)
    return native


def _title(axis: Any, unit: str) -> None:
    axis.has_title, axis.axis_title.text_frame.text = True, printable(unit, LONGEST_NAME)


def _limit_labels(axis: Any, frame: pd.DataFrame, stacked: bool) -> None:
    """
    About a dozen labels. The library cannot set their number, so the elements are inserted, in the schema's order.
    """
    element = axis._element
    if stacked:
        before = element.find(qn("c:noMultiLvlLbl"))
        skip = parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="{-(-len(frame) // MOST_LABELS)}"/>')
        before.addprevious(skip) if before is not None else element.append(skip)
        return
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "mmm yyyy", False
    months = max(1, round((frame.iloc[-1, 0] - frame.iloc[0, 0]).days / 30 / MOST_LABELS))
    units = {"c:majorUnit": months, "c:majorTimeUnit": "months"}
    for old in [old for name in units for old in element.findall(qn(name))]:
        element.remove(old)
    for name, value in units.items():
        element.append(parse_xml(f'<{name} {nsdecls("c")} val="{value}"/>'))


def _draw_line(series: Any, colour: str | None) -> None:
    series.smooth, series.format.line.width = False, Pt(1.75)
    if colour:
        series.format.line.color.rgb = _rgb(colour)


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
