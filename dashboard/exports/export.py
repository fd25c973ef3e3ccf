"""
A chart's data as a file that says where it came from.

    frame, words → CSV: lines of words, then the table         picture        assets/picture.js, in the reader's browser
                 → Parquet: the words in its schema            spreadsheet.py · slides.py · webpage.py · brief.py

Each file carries the words and the link that it came from, where people see it and where `dropin.py` finds it.
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
"""What a spreadsheet may take for the beginning of a formula or a command; the wide forms too, which some fold."""

MARK = "chokepoint"
"""The name under which a file's metadata has what it came from."""

LONGEST_CELL = 32_767
CUT = "… (cut)"
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


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


def parquet_bytes(table: pd.DataFrame, words: ChartWords) -> bytes:
    """The table as Parquet; the words are in the schema's metadata under `chokepoint`, as JSON."""
    texts = {name: column.map(str) for name, column in table.items() if column.dtype == object}
    arrow = pa.Table.from_pandas(table.assign(**texts), preserve_index=False)
    said = orjson.dumps({"link": words.link, "lines": [plain(line) for line in words.lines]})
    out = io.BytesIO()
    pa.parquet.write_table(arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), MARK.encode(): said}), out)
    return out.getvalue()


def plain(text: object, longest: int = LONGEST_CELL) -> str:
    """Stored text as every file format takes it: no control characters or halves of characters, cut with a word where too long."""
    kept = UNPRINTABLE.sub("", str(text))
    return kept if len(kept) <= longest else kept[: longest - len(CUT)] + CUT


def naive(moments: pd.Series) -> pd.Series:
    """Aware times as UTC without saying so, for formats that know no time zones."""
    return (
        moments.dt.tz_convert("UTC").dt.tz_localize(None) if isinstance(moments.dtype, pd.DatetimeTZDtype) else moments
    )


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
