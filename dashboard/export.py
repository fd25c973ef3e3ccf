"""
A chart's data as a file that says where it came from.

    frame, words → CSV: lines of words, then the table         the picture is made in the reader's browser (assets/picture.js)
"""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pandas as pd

from dashboard.words import ChartWords

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula or a command; the wide forms too, which some fold."""


def csv_bytes(table: pd.DataFrame, words: ChartWords) -> bytes:
    """The table under lines that say what it is. UTF-8 with a mark, so that Excel reads Chinese names."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    for line in words.lines:
        writer.writerow([harmless(f"# {line}")])
    writer.writerow([harmless(str(name)) for name in table.columns])
    for row in table.itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """The text so that no spreadsheet runs it: one that could begin a formula gets an apostrophe before it."""
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text


def _cell(value: object) -> object:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, pd.Timestamp):
        midnight = value.tzinfo is None and value == value.normalize()
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if value is None or (not isinstance(value, list | tuple | dict) and pd.isna(value)):
        return ""
    return value


def file_name(title: str, first: date, last: date, extension: str) -> str:
    """chokepoint-memory-share-of-voice-20260101-20260630.csv"""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
    return f"chokepoint-{slug or 'chart'}-{first:%Y%m%d}-{last:%Y%m%d}.{extension}"
