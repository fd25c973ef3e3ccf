"""
A chart as a workbook with charts that can be edited.

    drawn → Chart, Data: what the chart shows        words → Method
    table → Table: the numbers behind it             evidence → Evidence: a row a counted story

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

from dashboard.exports.export import naive, plain
from dashboard.exports.series import Drawn
from dashboard.exports.sheet_charts import bar_chart, line_chart, named_bars, plane_chart, side_by_side
from dashboard.formatting import ChartWords, count_words

MOST_ROWS = 1_048_575
SETTINGS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {"title": 70, "url": 44, "matched": 30, "publisher": 22, "rules": 18, "subject": 20}
ROWS_PER_CHART = 17


def xlsx_bytes(drawn: Drawn, table: pd.DataFrame, words: ChartWords, evidence: pd.DataFrame) -> bytes:
    """A workbook with the sheets Chart, Data, Method, Evidence and Table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        _say(book, words)
        formats = _formats(book)
        chart = _chart_sheet(book, formats, words)
        _data_sheet(book, formats, drawn, words, chart)
        _method_sheet(book, formats, words, evidence)
        _write_table(book.add_worksheet("Evidence"), formats, evidence)
        _write_table(book.add_worksheet("Table"), formats, table)
    return out.getvalue()


def table_xlsx_bytes(table: pd.DataFrame, words: ChartWords, evidence: pd.DataFrame) -> bytes:
    """A workbook of a table without a chart: the sheets Data, Method and, where there is any, Evidence."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        _say(book, words)
        formats = _formats(book)
        _write_table(book.add_worksheet("Data"), formats, table)
        _method_sheet(book, formats, words, evidence)
        if not evidence.empty:
            _write_table(book.add_worksheet("Evidence"), formats, evidence)
    return out.getvalue()


def _say(book: Workbook, words: ChartWords) -> None:
    """The words as the file's properties."""
    book.set_properties(
        {
            "title": plain(words.title, 250),
            "subject": plain(words.caption, 250),
            "author": "Chokepoint",
            "keywords": f"revision {words.revision}",
            "comments": plain("\n".join(words.lines)),
        }
    )


def plain_workbook(frame: pd.DataFrame, sheet: str = "Sheet1") -> bytes:
    """One sheet with the frame: what a chart on a slide keeps its numbers in."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        _write_table(book.add_worksheet(sheet), _formats(book), frame)
    return out.getvalue()


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
    """What somebody sees first; its charts read the sheet Data."""
    sheet = book.add_worksheet("Chart")
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 1)
    sheet.write_string(0, 0, plain(words.title), formats["title"])
    sheet.write_string(1, 0, plain(words.caption))
    if words.notice:
        sheet.write_string(2, 0, plain(words.notice), formats["bold"])
    return sheet


def _data_sheet(book: Workbook, formats: dict[str, Format], drawn: Drawn, words: ChartWords, shown: Worksheet) -> None:
    sheet = book.add_worksheet("Data")
    number = formats["share" if drawn.is_share else "number"]
    charts = []
    if len(drawn.points):
        _write_table(sheet, formats, side_by_side(drawn))
        charts = [plane_chart(book, drawn)]
    elif len(drawn.bars):
        _write_table(sheet, formats, drawn.bars)
        charts = [named_bars(book, drawn)]
    else:
        beside = len(drawn.parts.columns) + 1
        _write_table(sheet, formats, drawn.parts, number=number)
        if not drawn.lines.empty:
            _write_table(sheet, formats, drawn.lines, at=beside, freeze=False)
            charts.append(line_chart(book, drawn, drawn.lines, at=beside, unit=drawn.line_unit))
        if len(drawn.parts.columns) > 1 and not drawn.parts.empty:
            charts.append(
                bar_chart(book, drawn) if drawn.stacked else line_chart(book, drawn, drawn.parts, at=0, unit=drawn.unit)
            )
    for number_of, chart in enumerate(charts):
        shown.insert_chart(4 + number_of * ROWS_PER_CHART, 0, chart, _alt(words))


def _alt(words: ChartWords) -> dict[str, str]:
    return {"description": plain(f"{words.title}; {words.caption}", 1_000)}


def _method_sheet(book: Workbook, formats: dict[str, Format], words: ChartWords, evidence: pd.DataFrame) -> None:
    sheet = book.add_worksheet("Method")
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 110)
    title, *rest = words.lines
    sheet.write_string(0, 0, plain(title), formats["title"])
    for row, line in enumerate(rest, 2):
        name, colon, text = line.partition(": ")
        sheet.write_string(row, 0, plain(name) if colon else "", formats["bold"])
        sheet.write_string(row, 1, plain(text if colon else line), formats["wrap"])
    if len(evidence.columns):  # a table that counts no stories has none
        sheet.write_string(len(rest) + 3, 0, "Evidence", formats["bold"])
        sheet.write_string(len(rest) + 3, 1, _evidence_words(len(evidence)), formats["wrap"])


def _evidence_words(rows: int) -> str:
    cut = f", of which a sheet can hold {MOST_ROWS:,}" if rows > MOST_ROWS else ""
    return (
        f"{count_words(rows, 'row')}{cut}: each story or article that was counted, once a subject, with the words and the rule that made it count."
        " Times are UTC."
    )


def _write_table(
    sheet: Worksheet,
    formats: dict[str, Format],
    frame: pd.DataFrame,
    *,
    at: int = 0,
    number: Format | None = None,
    freeze: bool = True,
) -> None:
    shown = frame.head(MOST_ROWS)
    for place, name in enumerate(shown.columns):
        sheet.write_string(0, at + place, plain(name), formats["head"])
        dated = pd.api.types.is_datetime64_any_dtype(shown[name])
        width = max(11, min(len(str(name)) + 2, 28), 17 if dated else 0)
        sheet.set_column(at + place, at + place, WIDTHS.get(str(name), width))
        _write_column(
            sheet, at + place, shown[name], formats, number or formats["share" if name == "share" else "number"]
        )
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if freeze:
        sheet.freeze_panes(1, 1)


def _write_column(sheet: Worksheet, place: int, column: pd.Series, formats: dict[str, Format], number: Format) -> None:
    if pd.api.types.is_datetime64_any_dtype(column):
        moments = naive(column)
        whole_days = bool((moments.dropna() == moments.dropna().dt.normalize()).all())
        write = [(row, value.to_pydatetime()) for row, value in enumerate(moments, 1) if not pd.isna(value)]
        for row, value in write:
            sheet.write_datetime(row, place, value, formats["date" if whole_days else "moment"])
    elif pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        _write_texts(sheet, place, column.tolist(), formats)
    else:
        for row, value in enumerate(column.tolist(), 1):
            if value == value and abs(value) != float("inf"):
                sheet.write_number(row, place, value, number)


def _write_texts(sheet: Worksheet, place: int, values: Sequence[object], formats: dict[str, Format]) -> None:
    for row, value in enumerate(values, 1):
        if isinstance(value, date):
            sheet.write_datetime(row, place, value, formats["date"])  # type: ignore[arg-type]
        elif value is not None and value == value:
            sheet.write_string(row, place, plain(value))
