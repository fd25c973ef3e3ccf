"""
Tables as canonical rows, and their hash: what a proof link holds, a file contains and the API answers.

    tables → rows → canonical JSON → SHA-256

The same tables always give the same bytes: rows hold only text, whole numbers, rounded numbers and null.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pandas as pd

Row = dict[str, Any]

ATTENTION_COLUMNS = ["period", "stories", "articles", "all_stories", "share"]
PRICE_COLUMNS = ["session", "open", "high", "low", "close", "adjusted_close", "volume", "currency", "basis"]
NEWEST_STORIES = 8
"""How many stories a page lists beside its charts."""
DECIMALS = 8
"""More decimals than anybody reads, fewer than two machines could disagree about."""


def sha256_of(rows: Sequence[Row]) -> str:
    return sha256_hex(canonical_json(rows))


def canonical_json(rows: Sequence[Row]) -> bytes:
    """The rows as JSON in UTF-8, keys sorted, no spaces: the bytes that are hashed, and that `/api/v1` answers with."""
    return orjson.dumps(list(rows), option=orjson.OPT_SORT_KEYS)


def sha256_hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def rounded(value: Any, decimals: int = DECIMALS) -> float | int | None:
    """A number for a row: None where there is none, whole numbers without a decimal point."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    number = round(float(value), decimals)
    return int(number) if number == int(number) and abs(number) < 2**53 else number


def iso_day(day: Any) -> str:
    return str(pd.Timestamp(day).date().isoformat())


def iso_moment(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else value.isoformat()


def attention_rows(cells: pd.DataFrame) -> list[Row]:
    """
    One row a period, also without stories: ATTENTION_COLUMNS. The share is null when nothing was published at all.
    """
    return [
        {
            "period": iso_day(cell.period),
            "stories": int(cell.stories),
            "articles": int(cell.articles),
            "all_stories": int(cell.all_stories),
            "share": rounded(cell.share),
        }
        for cell in cells.itertuples()
    ]


def cell_rows(cells: pd.DataFrame) -> list[Row]:
    """One row a subject and period: counts, and abnormal attention."""
    return [
        {
            "chart": "cells",
            "subject": cell.subject,
            "period": iso_day(cell.period),
            "stories": int(cell.stories),
            "articles": int(cell.articles),
            "all_stories": int(cell.all_stories),
            "abnormal": rounded(cell.abnormal, 6),
        }
        for cell in cells.sort_values(["subject", "period"]).itertuples()
    ]


def line_rows(lines: pd.DataFrame) -> list[Row]:
    """One row a point of each line. lines: index session, one column a line."""
    return [
        {"chart": "prices", "line": str(name), "session": iso_day(session), "value": rounded(value, 6)}
        for name in lines.columns
        for session, value in lines[name].dropna().items()
    ]


def move_rows(moves: Mapping[str, float]) -> list[Row]:
    """One row a subject with a price move."""
    return [{"chart": "moves", "subject": subject, "change": rounded(moves[subject], 6)} for subject in sorted(moves)]


def series_rows(chart: str, name: str, series: pd.Series, **more: Any) -> list[Row]:
    """One row a session of a series."""
    return [
        {"chart": chart, **more, "series": name, "session": iso_day(day), "value": rounded(value, 6)}
        for day, value in series.dropna().items()
    ]


def newest_rows(stories: pd.DataFrame) -> list[Row]:
    """One row a story of a list."""
    return [
        {
            "chart": "newest", "story": int(row.story), "article": int(row.article), "day": iso_day(row.day),
            "url": row.url, "title": row.title, "articles": int(row.articles), "publishers": int(row.publishers),
        }
        for row in stories.itertuples()
    ]  # fmt: skip


def price_rows(prices: pd.DataFrame) -> list[Row]:
    """One row a session: PRICE_COLUMNS. prices: as `analysis.returns.adjusted` gives them."""
    return [
        {
            "session": iso_day(row.session),
            **{name: rounded(getattr(row, name)) for name in ("open", "high", "low", "close")},
            "adjusted_close": rounded(row.total_close),
            "volume": rounded(row.volume),
            "currency": row.currency,
            "basis": row.basis,
        }
        for row in prices.itertuples()
    ]
