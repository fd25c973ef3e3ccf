"""
A chart as a workbook with charts that can be edited.

    drawn → Data: what the chart shows, with the charts beside it
    table → Table: the numbers behind it             words → Method             evidence → Evidence: a row a counted story

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

from dashboard.export import naive, plain
from dashboard.series import Drawn
from dashboard.words import ChartWords, count_words

MOST_ROWS = 1_048_575
SETTINGS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {"title": 70, "url": 44, "matched": 30, "publisher": 22, "rules": 18, "subject": 20}
CHART = {"width": 900, "height": 330}


def xlsx_bytes(drawn: Drawn, table: pd.DataFrame, words: ChartWords, evidence: pd.DataFrame) -> bytes:
    """A workbook with the sheets Data, Method, Evidence and Table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SETTINGS) as book:
        book.set_properties(
            {
                "title": plain(words.title, 250),
                "subject": plain(words.caption, 250),
                "author": "Chokepoint",
                "keywords": f"revision {words.revision}",
                "comments": plain("\n".join(words.lines)),
            }
        )
        formats = _formats(book)
        _data_sheet(book, formats, drawn, words)
        _method_sheet(book, formats, words, evidence)
        _write_table(book.add_worksheet("Evidence"), formats, evidence)
        _write_table(book.add_worksheet("Table"), formats, table)
    return out.getvalue()


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


def _data_sheet(book: Workbook, formats: dict[str, Format], drawn: Drawn, words: ChartWords) -> None:
    sheet = book.add_worksheet("Data")
    number = formats["share" if drawn.is_share else "number"]
    _write_table(sheet, formats, drawn.parts, number=number)
    first = len(drawn.parts.columns) + 1
    if not drawn.lines.empty:
        _write_table(sheet, formats, drawn.lines, at=first, freeze=False)
    beside = first + (len(drawn.lines.columns) + 1 if not drawn.lines.empty else 0)
    top = 1
    if not drawn.lines.empty:
        chart = _chart(book, {"type": "line"}, drawn, drawn.lines, at=first, unit=drawn.line_unit)
        chart.set_title({"name": plain(words.title, 250), "overlay": False, "name_font": {"size": 11}})
        sheet.insert_chart(top, beside, chart, {"description": plain(f"{words.title}; {words.caption}", 1000)})
        top += 17
    if len(drawn.parts.columns) > 1 and not drawn.parts.empty:
        kind = {"type": "column", "subtype": "stacked"} if drawn.stacked else {"type": "line"}
        chart = _chart(book, kind, drawn, drawn.parts, at=0, unit=drawn.unit)
        name = words.caption if top > 1 else words.title
        chart.set_title({"name": plain(name, 250), "overlay": False, "name_font": {"size": 10 if top > 1 else 11, "bold": top == 1}})
        sheet.insert_chart(top, beside, chart, {"description": plain(f"{words.title}; {words.caption}", 1000)})


def _chart(book: Workbook, kind: dict[str, str], drawn: Drawn, frame: pd.DataFrame, *, at: int, unit: str) -> Any:
    chart = book.add_chart(kind)
    last = len(frame)
    for number, name in enumerate(frame.columns[1:], 1):
        colour = drawn.colours.get(str(name))
        drawing = {"line": {"color": colour, "width": 1.5}} if kind["type"] == "line" else {"fill": {"color": colour}, "gap": 20}
        chart.add_series(
            {
                "name": ["Data", 0, at + number],
                "categories": ["Data", 1, at, last, at],
                "values": ["Data", 1, at + number, last, at + number],
                **(drawing if colour else {}),
            }
        )
    chart.set_x_axis({"date_axis": True, "num_format": "d mmm yyyy", "label_position": "low"})
    chart.set_y_axis({"name": plain(unit, 250), "major_gridlines": {"visible": True, "line": {"color": "#D5DBE3"}}})
    chart.set_legend({"position": "bottom"})
    chart.set_size(CHART)
    return chart


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
    sheet.write_string(len(rest) + 3, 0, "Evidence", formats["bold"])
    sheet.write_string(len(rest) + 3, 1, _evidence_words(len(evidence)), formats["wrap"])


def _evidence_words(rows: int) -> str:
    cut = f", of which a sheet can hold {MOST_ROWS:,}" if rows > MOST_ROWS else ""
    return (
        f"{count_words(rows, 'row')}{cut}: each story that was counted, once a subject, with the words and the rule that made it count."
        " Times are UTC."
    )


def _write_table(
    sheet: Worksheet, formats: dict[str, Format], frame: pd.DataFrame, *, at: int = 0, number: Format | None = None, freeze: bool = True
) -> None:
    shown = frame.head(MOST_ROWS)
    for place, name in enumerate(shown.columns):
        sheet.write_string(0, at + place, plain(name), formats["head"])
        dated = pd.api.types.is_datetime64_any_dtype(shown[name])
        sheet.set_column(at + place, at + place, WIDTHS.get(str(name), 17 if dated else 13))
        _write_column(sheet, at + place, shown[name], formats, number or formats["share" if name == "share" else "number"])
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
