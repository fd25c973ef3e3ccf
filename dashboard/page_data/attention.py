"""
What the Theme and Company pages share: attention by period, newest stories, the spike, a fixed panel of publishers.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from analysis.attention import Panel, fixed_panel, shares_by_period, spike_of, without_publisher
from analysis.price_moves import moves_within
from dashboard.address.params import choice
from dashboard.cache.counts import load_by_publisher, load_cells, load_down_days
from dashboard.cache.prices import load_prices
from dashboard.cache.stories import load_receipts
from dashboard.formatting import period_end
from dashboard.page_data.page import PageData
from dashboard.page_data.request import Request
from dashboard.page_data.rows import NEWEST_STORIES, Row, attention_rows, cell_rows, iso_day, rounded
from dashboard.page_data.subjects import by_company, main_tickers

BASELINE_DAYS = 28
FIXED = "fixed"
PART = choice((FIXED, "named"))
"""In a proof link: the part of the page that its hash covers, where it is not the whole. "named" is in older links."""


class SubjectData(PageData):
    """A page of one subject, by its key."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.subject = self.subject_key()
        self.subjects = [self.subject]

    def subject_key(self) -> str:
        raise NotImplementedError

    @property
    def named_lines(self) -> pd.DataFrame:
        """The price lines as they are drawn: index session, a column a line, by the names in the legend."""
        raise NotImplementedError

    @cached_property
    def cells(self) -> pd.DataFrame:
        """The subject's attention by period: columns as `load_cells`."""
        return load_cells(self.request.url, (self.subject,), self.request.filters, self.request.grain)

    def cells_with_ranges(self) -> pd.DataFrame:
        """The same with the expected range of each period, for a file."""
        return load_cells(self.request.url, (self.subject,), self.request.filters, self.request.grain, ranges=True)

    def table(self) -> pd.DataFrame:
        """The chart's numbers for a file: a row a period, then a row a session of each price line."""
        return with_lines(self.cells_with_ranges(), self.named_lines)

    @property
    def story_total(self) -> int:
        """Stories about the subject in the dates shown."""
        return int(self.cells["stories"].sum())

    @property
    def all_stories(self) -> int:
        """All stories in the dates shown."""
        return int(self.cells["all_stories"].sum())

    @cached_property
    def newest(self) -> pd.DataFrame:
        """The newest stories about the subject, as receipts."""
        return load_receipts(self.request.url, self.subject, self.request.filters, limit=NEWEST_STORIES)

    @cached_property
    def down_days(self) -> pd.DataFrame:
        """Columns day, sources: the days on which a source was down."""
        return load_down_days(self.request.url, self.request.view.start, self.request.view.end)

    def attention_rows(self) -> list[Row]:
        """The chart's rows: abnormal attention where the page measures that, else counts and shares."""
        if self.request.view.measure == "abnormal":
            return cell_rows(self.cells)
        return [{"chart": "attention", "subject": self.subject, **row} for row in attention_rows(self.cells)]

    def company_moves(self, companies: Iterable[str]) -> dict[str, float]:
        """Company key → the move of its main listing from its first to its last close in the dates shown."""
        view, companies = self.request.view, list(companies)
        tickers = main_tickers(self.catalog, companies).values()
        prices = load_prices(self.request.url, tickers, view.start, view.end, self.request.rev) if tickers else None
        return {} if prices is None else by_company(self.catalog, companies, moves_within(prices))

    def spike(self, period: date | None) -> tuple[date, pd.DataFrame] | None:
        """
        The first day of a period, or of the most unusual one, and how much lower it is without each publisher.

        The table as `analysis.attention.without_publisher` gives it. None without a story.
        """
        first = period or spike_of(self.cells)
        if first is None:
            return None
        view = self.request.view
        start, end = max(first, view.start), min(period_end(first, view.grain), view.end)
        before = self.request.window(start - timedelta(days=BASELINE_DAYS), end)
        counts = load_by_publisher(self.request.url, self.subject, before)
        return first, without_publisher(counts, start=start, end=end, baseline_days=BASELINE_DAYS)


def with_lines(table: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """
    A table of attention, and under it the prices that are drawn above it: columns session, line, value.

    Rows of their own: a period has several sessions. lines: index session, a column a line.
    """
    if lines.empty:
        return table
    prices = lines.rename_axis("session").reset_index().melt("session", var_name="line", value_name="value")
    # With types that can be missing, or counts would be written as 3.0 and yes as 1.0.
    counts = table.select_dtypes(include=["integer", "bool"])
    kinds = {str(name): "boolean" if counts[name].dtype == bool else "Int64" for name in counts}
    return pd.concat([table.astype(kinds), prices.dropna()], ignore_index=True)


class FixedPanelData(SubjectData):
    """Share of voice on the publishers present throughout: a part of both pages."""

    @cached_property
    def panel(self) -> Panel:
        url, filters = self.request.url, self.request.filters
        return fixed_panel(load_by_publisher(url, self.subject, filters), load_by_publisher(url, "", filters.for_all()))

    @cached_property
    def shares(self) -> pd.DataFrame:
        """The panel's share by period, shrunk, with its interval; empty when no publisher was present throughout."""
        return shares_by_period(self.panel.share, self.request.grain) if self.panel.publishers else pd.DataFrame()

    @cached_property
    def rows(self) -> list[Row]:
        numbers = ("share", "shrunk", "shrunk_low", "shrunk_high")
        return [
            {
                "chart": FIXED,
                "period": iso_day(row["period"]),
                "all_stories": int(row["n"]),
                **{name: rounded(row[name], 6) for name in numbers},
            }
            for row in self.shares.to_dict("records")
        ]
