"""
The tables beside a chart: how many of a subject's stories mention each company or theme, with prices, receipts, exports.

    counts → the first of them as a table · all of them, and the stories behind them, in a file
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.address.points import Point
from dashboard.components.custom import subject_table
from dashboard.components.downloads import table_menu
from dashboard.components.frame import Frame
from dashboard.components.panel import choose, draw_chosen, heading
from dashboard.components.rankings import count_columns, count_rows
from dashboard.exports.evidence_table import evidence_by_part
from dashboard.formatting import ChartWords, count_words
from dashboard.page_data.receipts import receipts_of
from dashboard.page_data.theme import NONE_MENTIONED

MOST = 15
"""Rows on the page; a file has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A table of counts: each of `counts` (part, stories) is a part of the `whole` stories of a subject."""

    title: str
    caption: str
    column: str  # what its names are, one and many
    many: str
    of: str  # whose stories they are, for the tooltip
    subject: str
    by: str  # of its points
    counts: Sequence[tuple[str, int]]  # most first; the part "" is the stories without any
    whole: int
    n: str
    method: str
    moves: Mapping[str, float] | None = None  # company → price move; None for a table without prices

    def point(self, part: str) -> Point:
        return Point(subject=self.subject, part=part, by=self.by)


def draw_counts(frame: Frame, key: str, counted: Counted, *, href: Callable[[str], str]) -> None:
    """The table under its heading, its exports, and the receipts of the number that was chosen."""
    with st.container(key=f"counts_{key}", gap="xsmall"):
        heading(counted.title, counted.caption)
        shown = [(part, number) for part, number in counted.counts if part][:MOST]
        if not shown:
            st.caption("No story mentions one.")
            return
        words, numbers = words_of(frame, counted), lambda: table_of(frame, counted)
        table_menu(frame, f"counts_{key}", words, numbers, evidence=lambda: evidence_of(frame, counted))
        subject_table(
            f"table_{key}",
            count_columns(counted.column, counted.of, prices=counted.moves is not None),
            count_rows(
                shown,
                counted.whole,
                counted.moves or {},
                point=counted.point,
                names=frame.catalog.subject_name,
                href=href,
                prices=counted.moves is not None,
            ),
            caption=counted.title,
            on_receipts=lambda point: choose(key, point),
        )
        draw_chosen(frame, key)


def words_of(frame: Frame, counted: Counted) -> ChartWords:
    """The words of a file of the table."""
    return frame.words(
        f"{frame.catalog.subject_name(counted.subject)}: {counted.title[:1].lower()}{counted.title[1:]}",
        unit="stories"
        + (
            "; price: main listing, adjusted, from its first to its last close in these dates"
            if counted.moves is not None
            else ""
        ),
        n=f"{counted.n}, {count_words(sum(1 for part, _ in counted.counts if part), counted.column.lower(), counted.many)}",
        method=counted.method,
    )


def table_of(frame: Frame, counted: Counted) -> pd.DataFrame:
    """Columns subject, name, stories, share (of the subject's stories), and price (change) where the table has it: a row a part."""
    table = pd.DataFrame(
        {
            "subject": [part for part, _ in counted.counts],
            "name": [frame.catalog.subject_name(part) if part else NONE_MENTIONED for part, _ in counted.counts],
            "stories": [number for _, number in counted.counts],
            "share": [number / counted.whole for _, number in counted.counts],
        }
    )
    return table if counted.moves is None else table.assign(price=table["subject"].map(counted.moves).astype(float))


def evidence_of(frame: Frame, counted: Counted) -> pd.DataFrame:
    """The stories behind each number: as many rows a part as it counts."""
    request = frame.request()
    rows = {part: receipts_of(request, counted.point(part)) for part, _ in counted.counts}
    return evidence_by_part(request, counted.subject, rows)
