"""
A chart's data as a file that says where it came from.

    table, words → CSV: lines of text, then the table   picture   assets/picture.js, in the reader's browser
                 → Parquet: the text in its schema      others    spreadsheet.py · slides.py · webpage.py · brief.py

Each file contains the chart's text and the link to its view, where people see it and where `provenance.py` finds it.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from dashboard.formatting import ChartWords

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""What a spreadsheet may treat as the beginning of a formula or a command; full-width forms too, which some convert."""

METADATA_KEY = "chokepoint"
"""The name of the origin in a file's metadata."""

LONGEST_CELL = 32_767
CUT = "… (cut)"
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def csv_bytes(table: pd.DataFrame, words: ChartWords) -> bytes:
    """The table under lines that describe it. UTF-8 with a byte-order mark, so that Excel reads Chinese names."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    for line in words.lines:
        writer.writerow([not_a_formula(f"# {line}")])
    writer.writerow([not_a_formula(str(name)) for name in table.columns])
    for row in table.itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def parquet_bytes(table: pd.DataFrame, words: ChartWords) -> bytes:
    """The table as Parquet; the text is in the schema's metadata under `chokepoint`, as JSON."""
    texts = {name: column.map(str) for name, column in table.items() if column.dtype == object}
    arrow = pa.Table.from_pandas(table.assign(**texts), preserve_index=False)
    origin = orjson.dumps({"link": words.link, "lines": [printable(line) for line in words.lines]})
    arrow = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), METADATA_KEY.encode(): origin})
    out = io.BytesIO()
    pa.parquet.write_table(arrow, out)
    return out.getvalue()


def printable(text: object, longest: int = LONGEST_CELL) -> str:
    """Stored text for any file format: without control characters or lone surrogates, and cut where too long."""
    clean = UNPRINTABLE.sub("", str(text))
    return clean if len(clean) <= longest else clean[: longest - len(CUT)] + CUT


def naive_utc(moments: pd.Series) -> pd.Series:
    """Aware times as naive UTC, for formats without time zones."""
    is_aware = isinstance(moments.dtype, pd.DatetimeTZDtype)
    return moments.dt.tz_convert("UTC").dt.tz_localize(None) if is_aware else moments


def not_a_formula(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet could run it as a formula."""
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text


def _cell(value: object) -> object:
    if isinstance(value, str):
        return not_a_formula(value)
    if not isinstance(value, list | tuple | dict) and pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        midnight = value.tzinfo is None and value == value.normalize()
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def file_name(title: str, first: date, last: date, extension: str) -> str:
    """chokepoint-memory-share-of-voice-20260101-20260630.csv"""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
    return f"chokepoint-{slug or 'chart'}-{first:%Y%m%d}-{last:%Y%m%d}.{extension}"
