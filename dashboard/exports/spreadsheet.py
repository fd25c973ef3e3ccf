"""
A chart as a workbook with native charts that can be edited.

    chart data → sheets Chart, Data: what the chart shows    words    → Method
    table      → Table: the numbers behind it                evidence → Evidence: a row a counted story

No cell is ever a formula or a link: titles are other people's words.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from dashboard.exports.chart_data import ChartData
from dashboard.exports.export import naive_utc, printable
from dashboard.exports.sheet_charts import lines_by_day, named_bars, points_side_by_side, scatter, stacked_bars
from dashboard.formatting import ChartWords, count_words

MOST_ROWS = 1_048_575
SETTINGS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {"title": 70, "url": 44, "matched": 30, "publisher": 22, "rules": 18, "subject": 20}
ROWS_PER_CHART = 17


def xlsx_bytes(chart: ChartData, table: pd.DataFrame, words: ChartWords, evidence: pd.DataFrame) -> bytes:
    """A workbook with the sheets Chart, Data, Method, Evidence and Table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        formats = _prepare(book, words)
        _data_sheet(book, formats, chart, words, _chart_sheet(book, formats, words))
        _method_sheet(book, formats, words, evidence)
        _write_table(book.add_worksheet("Evidence"), formats, evidence)
        _write_table(book.add_worksheet("Table"), formats, table)
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
        "number": book.add_format({"num_format": "#,##0.##"}),
    }


def _chart_sheet(book: Workbook, formats: dict[str, Format], words: ChartWords) -> Worksheet:
    """The first sheet; its charts read the sheet Data."""
    sheet = book.add_worksheet("Chart")
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 1)
    sheet.write_string(0, 0, printable(words.title), formats["title"])
    sheet.write_string(1, 0, printable(words.caption))
    if words.notice:
        sheet.write_string(2, 0, printable(words.notice), formats["bold"])
    return sheet


def _data_sheet(
    book: Workbook, formats: dict[str, Format], data: ChartData, words: ChartWords, chart_sheet: Worksheet
) -> None:
    """The sheet Data, and the charts that read it on the first sheet."""
    sheet, charts = book.add_worksheet("Data"), []
    if len(data.points):
        _write_table(sheet, formats, points_side_by_side(data))
        charts.append(scatter(book, data))
    elif len(data.bars):
        _write_table(sheet, formats, data.bars)
        charts.append(named_bars(book, data))
    else:
        beside = len(data.parts.columns) + 1
        _write_table(sheet, formats, data.parts, number=formats["share" if data.is_share else "number"])
        if data.has_lines:
            _write_table(sheet, formats, data.lines, at=beside, freeze=False)
            charts.append(lines_by_day(book, data, data.lines, at=beside, unit=data.line_unit))
        if data.has_parts and data.stacked:
            charts.append(stacked_bars(book, data))
        elif data.has_parts:
            charts.append(lines_by_day(book, data, data.parts, at=0, unit=data.unit))
    alt = {"description": printable(f"{words.title}; {words.caption}", 1_000)}
    for number, chart in enumerate(charts):
        chart_sheet.insert_chart(4 + number * ROWS_PER_CHART, 0, chart, alt)


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
        number_format = number or formats["share" if name == "share" else "number"]
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
    elif pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        _write_texts(sheet, column, values.tolist(), formats)
    else:
        for row, value in enumerate(values.tolist(), 1):
            if value == value and abs(value) != float("inf"):
                sheet.write_number(row, column, value, number)


def _write_texts(sheet: Worksheet, column: int, values: Sequence[object], formats: dict[str, Format]) -> None:
    for row, value in enumerate(values, 1):
        if isinstance(value, date):
            sheet.write_datetime(row, column, value, formats["date"])  # type: ignore[arg-type]
        elif value is not None and value == value:
            sheet.write_string(row, column, printable(value))
