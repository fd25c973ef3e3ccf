"""
Tables of subjects: by abnormal attention (a ranking), or by stories (counts), beside their price moves.

    cells  → ranking of the last period, with its trend
    counts → the first rows on the page · all of them, and the stories behind them, in a file
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analysis.attention_panel import rank_order
from dashboard.address.points import Point
from dashboard.charts.palette import heat_colours
from dashboard.components.custom import Column, TableRow, subject_table
from dashboard.components.downloads import table_menu
from dashboard.components.frame import Frame
from dashboard.components.panel import choose, draw_chosen, heading
from dashboard.exports.evidence_table import evidence_by_part
from dashboard.formatting import ChartWords, count_words, percent, period_words, signed, signed_percent
from dashboard.page_data.overview import TREND_PERIODS
from dashboard.page_data.receipts import receipts_of
from dashboard.page_data.theme import NONE_MENTIONED

Names = Callable[[str], str]
Hrefs = Callable[[str], str]
MOST_ROWS = 15
"""Rows on the page; a file has all."""


def ranking_columns(name: str, period: date, grain: str) -> list[Column]:
    when = period_words(period, grain)
    price_title = f"Price since the last close before the {grain}; choose a number to see the closes"
    return [
        Column(label=name, kind="link"),
        Column(label="Stories", kind="count", title=f"Stories, {when}; choose a number to list them"),
        Column(label="Share", kind="number", title=f"Share of all stories, {when}", wide=True),
        Column(label="Abnormal", kind="heat", title=f"Abnormal attention (z), {when}"),
        Column(label="Price", kind="move", title=price_title),
        Column(label="Trend", kind="spark", title=f"Share of voice, the last {TREND_PERIODS} {grain}s"),
    ]


def ranking_rows(cells: pd.DataFrame, moves: Mapping[str, float], *, names: Names, href: Hrefs) -> list[TableRow]:
    """One row a subject, by abnormal attention in the last period. `moves`: subject → price change as a fraction."""
    trends: dict[str, list[float]] = {}
    for subject, share in zip(cells["subject"].tolist(), cells["share"].fillna(0.0).tolist(), strict=True):
        trends.setdefault(subject, []).append(share)
    last = _last_period(cells)
    rows = []
    for cell, colour in zip(last, heat_colours(cell["abnormal"] for cell in last), strict=True):
        subject, stories, share, z = (cell[name] for name in ("subject", "stories", "share", "abnormal"))
        trend, move = trends[subject][-TREND_PERIODS:], moves.get(subject, np.nan)
        point = Point(subject=subject, period=pd.Timestamp(cell["period"]).date())
        cells_of_row = [
            {"text": names(subject)},
            {"text": f"{stories:,}", "sort": int(stories), "point": str(point) if stories else ""},
            {"text": percent(share), "sort": _sort_value(share)},
            {"text": signed(z), "sort": _sort_value(z), "colour": colour},
            _move_cell(subject, point.period, move),
            {"values": trend, "text": f"Trend of {count_words(len(trend), 'period')}, last {percent(trend[-1])}"},
        ]
        rows.append(TableRow(href=href(subject), cells=cells_of_row))
    return rows


def _last_period(cells: pd.DataFrame) -> list[dict[str, Any]]:
    """The cells of the last period, ranked."""
    period = cells["period"].to_numpy()
    if not len(period):
        return []
    row = np.flatnonzero(period == period.max())
    stories, abnormal = cells["stories"].to_numpy()[row], cells["abnormal"].to_numpy()[row]
    row = row[rank_order(abnormal, stories)]
    columns = {name: cells[name].to_numpy()[row] for name in ("subject", "period", "stories", "share", "abnormal")}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _move_cell(subject: str, period: date | None, move: float) -> dict[str, Any]:
    """A price move; a click lists the closes behind it."""
    point = "" if np.isnan(move) else str(Point.of_price(subject, period))
    return {"text": signed_percent(move), "sort": _sort_value(move), "point": point}


def _sort_value(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountTable:
    """A table of counts: each of `counts` (part, stories) is a part of a subject's stories, `total` in all."""

    title: str
    caption: str
    nouns: tuple[str, str]  # the kind of its rows, singular and plural
    parts_of: str  # the stories that the share is a part of, for the tooltip
    subject: str
    by: str  # of its points
    counts: Sequence[tuple[str, int]]  # most first; the part "" is the stories without any
    total: int
    n: str
    method: str
    moves: Mapping[str, float] | None = None  # company → price move; None for a table without prices

    def point(self, part: str) -> Point:
        return Point(subject=self.subject, part=part, by=self.by)


def draw_counts(frame: Frame, key: str, table: CountTable, *, href: Hrefs) -> None:
    """The table under its heading, its exports, and the receipts of the chosen number."""
    with st.container(key=f"counts_{key}", gap="xsmall"):
        heading(table.title, table.caption)
        shown = [(part, number) for part, number in table.counts if part][:MOST_ROWS]
        if not shown:
            st.caption(f"No story mentions a {table.nouns[0]}.")
            return
        table_menu(
            frame,
            f"counts_{key}",
            counts_words(frame, table),
            lambda: counts_frame(frame, table),
            evidence=lambda: counts_evidence(frame, table),
        )
        subject_table(
            f"table_{key}",
            count_columns(table),
            [count_row(frame, table, part, number, href) for part, number in shown],
            caption=table.title,
            on_receipts=lambda point: choose(key, point),
        )
        draw_chosen(frame, key)


def count_columns(table: CountTable) -> list[Column]:
    price_title = "Price from the first to the last close in the dates shown; choose a number to see the closes"
    columns = [
        Column(label=table.nouns[0].capitalize(), kind="link"),
        Column(label="Stories", kind="count", title="Stories in the dates shown; choose a number to list them"),
        Column(label="Share", kind="number", title=f"Part of {table.parts_of}"),
    ]
    return columns if table.moves is None else [*columns, Column(label="Price", kind="move", title=price_title)]


def count_row(frame: Frame, table: CountTable, part: str, stories: int, href: Hrefs) -> TableRow:
    share = stories / table.total if table.total else np.nan
    cells = [
        {"text": frame.catalog.subject_name(part)},
        {"text": f"{stories:,}", "sort": int(stories), "point": str(table.point(part))},
        {"text": percent(share), "sort": _sort_value(share)},
    ]
    if table.moves is not None:
        cells.append(_move_cell(part, None, table.moves.get(part, np.nan)))
    return TableRow(href=href(part), cells=cells)


def counts_words(frame: Frame, table: CountTable) -> ChartWords:
    """The text of a file of the table."""
    price = "; price: main listing, adjusted, from its first to its last close in these dates"
    rows = count_words(sum(1 for part, _ in table.counts if part), *table.nouns)
    return frame.words(
        f"{frame.catalog.subject_name(table.subject)}: {table.title[:1].lower()}{table.title[1:]}",
        unit=f"stories{price if table.moves is not None else ''}",
        n=f"{table.n}, {rows}",
        method=table.method,
    )


def counts_frame(frame: Frame, table: CountTable) -> pd.DataFrame:
    """
    For a file: subject, name, stories, share (of the subject's stories), and price (change) if shown: a row a part.
    """
    columns = {
        "subject": [part for part, _ in table.counts],
        "name": [frame.catalog.subject_name(part) if part else NONE_MENTIONED for part, _ in table.counts],
        "stories": [number for _, number in table.counts],
        "share": [number / table.total for _, number in table.counts],
    }
    counts = pd.DataFrame(columns)
    return counts if table.moves is None else counts.assign(price=counts["subject"].map(table.moves).astype(float))


def counts_evidence(frame: Frame, table: CountTable) -> pd.DataFrame:
    """The stories behind each number: as many rows a part as it counts."""
    request = frame.request()
    rows = {part: receipts_of(request, table.point(part)) for part, _ in table.counts}
    return evidence_by_part(request, table.subject, rows)
