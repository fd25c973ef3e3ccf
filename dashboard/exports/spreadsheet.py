"""
A chart as a workbook with native charts that can be edited.

    chart data → sheets Chart, Data: what the chart shows    words    → Method
    table      → Table: the numbers behind it                evidence → Evidence: a row a counted story

A chart by week reads the sheet Drawn, which has each week on its days; a network adds the sheet Relations.

No cell is ever a formula or a link: titles are other people's words.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from dashboard.charts.palette import COLDEST, STRONG, WARMEST
from dashboard.exports.chart_data import ChartData
from dashboard.exports.export import naive_utc, printable
from dashboard.exports.sheet_charts import (
    HALF,
    TALL,
    WHOLE,
    WIDTH,
    dots_by_day,
    lines_by_day,
    named_bars,
    points_side_by_side,
    scatter,
    stacked_bars,
)
from dashboard.formatting import ChartWords, count_words

MOST_ROWS = 1_048_575
SETTINGS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {"title": 70, "url": 44, "matched": 30, "publisher": 22, "rules": 18, "subject": 20}
FIRST_ROW, ROW_PIXELS = 4, 20
"""Where the sheet's drawing begins, and the height of a row."""
HEAT_WIDTH = 5.3
PERCENT_COLUMNS = frozenset({"share", "price", "price move", "move", "change", "shrunk", "shrunk_low", "shrunk_high"})
"""The columns of tables that are fractions of one."""


def xlsx_bytes(chart: ChartData, table: pd.DataFrame, words: ChartWords, evidence: pd.DataFrame) -> bytes:
    """A workbook with the sheets Chart, Data, Method, Evidence and Table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        formats = _prepare(book, words)
        first = _chart_sheet(book, formats, words)
        charts = _data_sheet(book, formats, chart)
        _method_sheet(book, formats, words, evidence)
        _write_table(book.add_worksheet("Evidence"), formats, evidence)
        _write_table(book.add_worksheet("Table"), formats, table)
        if chart.has_parts:
            charts.append(_bars(book, formats, chart))
        if len(chart.relations):
            _write_table(book.add_worksheet("Relations"), formats, chart.relations)
        _draw(first, formats, chart, charts, words)
    return out.getvalue()


def table_xlsx_bytes(table: pd.DataFrame, words: ChartWords, evidence: pd.DataFrame) -> bytes:
    """A workbook of a table without a chart: the sheets Data, Method and, where there is any, Evidence."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        formats = _prepare(book, words)
        _write_table(book.add_worksheet("Data"), formats, table)
        _method_sheet(book, formats, words, evidence)
        if not evidence.empty:
            _write_table(book.add_worksheet("Evidence"), formats, evidence)
    return out.getvalue()


def data_workbook(frame: pd.DataFrame) -> bytes:
    """One sheet with the frame: the numbers of a chart on a slide."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        _write_table(book.add_worksheet("Sheet1"), _formats(book), frame)
    return out.getvalue()


def _prepare(book: Workbook, words: ChartWords) -> dict[str, Format]:
    """Set the file's properties, and give the formats of its cells."""
    book.set_properties(
        {
            "title": printable(words.title, 250),
            "subject": printable(words.caption, 250),
            "author": "Chokepoint",
            "keywords": f"revision {words.revision}",
            "comments": printable("\n".join(words.lines)),
        }
    )
    return _formats(book)


def _formats(book: Workbook) -> dict[str, Format]:
    return {
        "head": book.add_format({"bold": True, "bottom": 1, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 13}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "share": book.add_format({"num_format": "0.0%"}),
        "number": book.add_format({"num_format": "General"}),
        "upright": book.add_format({"num_format": "d mmm yyyy", "rotation": 90, "align": "center"}),
        "z": book.add_format({"num_format": "0.0", "align": "center"}),
    }


def _chart_sheet(book: Workbook, formats: dict[str, Format], words: ChartWords) -> Worksheet:
    """The first sheet, with its text; what it draws reads other sheets."""
    sheet = book.add_worksheet("Chart")
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 1)
    sheet.write_string(0, 0, printable(words.title), formats["title"])
    sheet.write_string(1, 0, printable(words.caption))
    if words.notice:
        sheet.write_string(2, 0, printable(words.notice), formats["bold"])
    return sheet


def _data_sheet(book: Workbook, formats: dict[str, Format], data: ChartData) -> list[Any]:
    """The sheet Data: the chart's own numbers; and the charts that read it."""
    sheet = book.add_worksheet("Data")
    if len(data.points):
        _write_table(sheet, formats, points_side_by_side(data))
        return [scatter(book, data)]
    if len(data.dots):
        _write_table(sheet, formats, data.dots)
        return [dots_by_day(book, data)]
    if len(data.heat):
        _write_table(sheet, formats, data.heat)
        return []
    if len(data.bars):
        _write_table(sheet, formats, data.bars)
        return [] if data.picture else [named_bars(book, data)]
    beside = len(data.parts.columns) + 1 if data.has_parts else 0
    if data.has_parts:
        _write_table(sheet, formats, data.parts, number=formats["share" if data.percent else "number"])
    if not data.has_lines:
        return []
    number = formats["share" if data.line_percent else "number"]
    _write_table(sheet, formats, data.lines, at=beside, number=number, freeze=not beside)
    return [lines_by_day(book, data, at=beside)]


def _bars(book: Workbook, formats: dict[str, Format], data: ChartData) -> Any:
    """The chart of bars, on the sheet Data or, by week, on a sheet with each week on its days."""
    if data.grain != "week":
        return stacked_bars(book, data, sheet="Data")
    sheet = book.add_worksheet("Drawn")
    _write_table(sheet, formats, data.drawn_parts, number=formats["share" if data.percent else "number"])
    return stacked_bars(book, data, sheet="Drawn")


def _draw(
    sheet: Worksheet, formats: dict[str, Format], data: ChartData, charts: Sequence[Any], words: ChartWords
) -> None:
    """What the first sheet shows below its text: native charts, a picture, or cells with colours."""
    alt = {"description": printable(f"{words.title}; {words.caption}", 1_000)}
    if len(data.heat):
        _draw_heat(sheet, formats, data.heat)
    if data.picture:
        half = {"x_scale": 0.5, "y_scale": 0.5}  # drawn at twice the size, for print
        sheet.insert_image(FIRST_ROW, 0, "network.png", {"image_data": io.BytesIO(data.picture), **alt, **half})
    rows = len(data.dots.columns) if len(data.dots) else len(data.bars)
    height = HALF if len(charts) > 1 else TALL if rows > 10 else WHOLE
    for number, chart in enumerate(charts):
        chart.set_size({"width": WIDTH, "height": height})
        sheet.insert_chart(FIRST_ROW + number * (height // ROW_PIXELS + 1), 0, chart, alt)


def _draw_heat(sheet: Worksheet, formats: dict[str, Format], heat: pd.DataFrame) -> None:
    """A row a subject, a cell a period: its number, on a colour from cool to warm."""
    sheet.set_column(0, 0, max(len(str(name)) for name in heat.columns[1:]) + 2)
    sheet.set_column(1, len(heat), HEAT_WIDTH)
    for column, day in enumerate(heat["period"], 1):
        sheet.write_datetime(FIRST_ROW, column, day.to_pydatetime(), formats["upright"])
    for row, name in enumerate(heat.columns[1:], FIRST_ROW + 1):
        sheet.write_string(row, 0, printable(name))
        for column, value in enumerate(heat[name], 1):
            if value == value:
                sheet.write_number(row, column, value, formats["z"])
    scale = {"type": "3_color_scale", "min_color": COLDEST, "mid_color": "#FFFFFF", "max_color": WARMEST}
    ends = {"min_type": "num", "min_value": -STRONG, "mid_type": "num", "mid_value": 0, "max_type": "num"}
    last = FIRST_ROW + len(heat.columns) - 1
    sheet.conditional_format(FIRST_ROW + 1, 1, last, len(heat), {**scale, **ends, "max_value": STRONG})


def _method_sheet(book: Workbook, formats: dict[str, Format], words: ChartWords, evidence: pd.DataFrame) -> None:
    sheet = book.add_worksheet("Method")
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 110)
    title, *rest = words.lines
    sheet.write_string(0, 0, printable(title), formats["title"])
    for row, line in enumerate(rest, 2):
        name, colon, text = line.partition(": ")
        sheet.write_string(row, 0, printable(name) if colon else "", formats["bold"])
        sheet.write_string(row, 1, printable(text if colon else line), formats["wrap"])
    if len(evidence.columns):  # a table that does not count stories has none
        cut = f", of which a sheet can hold {MOST_ROWS:,}" if len(evidence) > MOST_ROWS else ""
        explanation = (
            f"{count_words(len(evidence), 'row')}{cut}: each counted story or article, once a subject, with the words "
            "and the rule that linked it. Times are UTC."
        )
        sheet.write_string(len(rest) + 3, 0, "Evidence", formats["bold"])
        sheet.write_string(len(rest) + 3, 1, explanation, formats["wrap"])


def _write_table(
    sheet: Worksheet,
    formats: dict[str, Format],
    frame: pd.DataFrame,
    *,
    at: int = 0,
    number: Format | None = None,
    freeze: bool = True,
) -> None:
    frame = frame.head(MOST_ROWS)
    for column, name in enumerate(frame.columns, at):
        sheet.write_string(0, column, printable(name), formats["head"])
        is_date = pd.api.types.is_datetime64_any_dtype(frame[name])
        width = max(11, min(len(str(name)) + 2, 28), 17 if is_date else 0)
        sheet.set_column(column, column, WIDTHS.get(str(name), width))
        number_format = number or formats["share" if name in PERCENT_COLUMNS else "number"]
        _write_column(sheet, column, frame[name], formats, number_format)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if freeze:
        sheet.freeze_panes(1, 1)


def _write_column(sheet: Worksheet, column: int, values: pd.Series, formats: dict[str, Format], number: Format) -> None:
    if pd.api.types.is_datetime64_any_dtype(values):
        moments = naive_utc(values)
        are_days = bool((moments.dropna() == moments.dropna().dt.normalize()).all())
        for row, value in enumerate(moments, 1):
            if not pd.isna(value):
                sheet.write_datetime(row, column, value.to_pydatetime(), formats["date" if are_days else "moment"])
    elif pd.api.types.is_bool_dtype(values.dtype) or not pd.api.types.is_numeric_dtype(values):
        _write_texts(sheet, column, values.tolist(), formats)
    else:
        for row, value in enumerate(values.tolist(), 1):
            if not pd.isna(value) and abs(value) != float("inf"):
                sheet.write_number(row, column, value, number)


def _write_texts(sheet: Worksheet, column: int, values: Sequence[object], formats: dict[str, Format]) -> None:
    for row, value in enumerate(values, 1):
        if isinstance(value, date):
            sheet.write_datetime(row, column, value, formats["date"])  # type: ignore[arg-type]
        elif not pd.isna(value):
            sheet.write_string(row, column, printable(value))
