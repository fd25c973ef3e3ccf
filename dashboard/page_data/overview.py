"""Overview: themes and companies by abnormal attention, beside their price moves."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import pandas as pd

from analysis.attention_panel import rank_order, reach_back, start_of_last
from analysis.price_moves import PRICE_REACH, group_moves_since, last_period, moves_since
from dashboard.address.params import POINT
from dashboard.cache.counts import all_stories, load_cells, load_day_counts
from dashboard.cache.prices import load_prices
from dashboard.cache.stories import load_receipts
from dashboard.formatting import count_words, days_of_cut, period_words
from dashboard.page_data.page import Page, PageData
from dashboard.page_data.request import Request
from dashboard.page_data.rows import NEWEST_STORIES, Row, cell_rows, move_rows, newest_rows
from dashboard.page_data.subjects import by_company, main_tickers, subject_labels, theme_tickers
from data.read.attention import Kind

SHOWN_PERIODS = 60
"""Periods in the heat map: a year of weeks, two months of days."""
TREND_PERIODS = 26
SHOWN_COMPANIES = 15


class OverviewData(PageData):
    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.subjects = [theme.key for theme in self.catalog.themes.values()]
        # The first day of the last period, which the rankings compare.
        self.period = last_period(request.view.start, request.view.end, request.grain)
        self.price_days = self.period - PRICE_REACH, request.view.end
        self.themes = list(self.catalog.themes)
        self.companies = [company.key for company in self.catalog.companies.values()]
        self.tickers = sorted(set(main_tickers(self.catalog).values()))

    @cached_property
    def theme_cells(self) -> pd.DataFrame:
        """Every theme in every period."""
        return load_cells(self.request.url, "theme", self.request.filters, self.request.grain)

    @cached_property
    def company_cells(self) -> pd.DataFrame:
        """Every company in the last period."""
        cells = load_cells(self.request.url, "company", self.request.filters, self.request.grain, judged=1)
        return cells[cells["period"] == cells["period"].max()]

    @cached_property
    def shown_themes(self) -> pd.DataFrame:
        """The last periods of `theme_cells`: what the heat map draws."""
        return self._last(self.theme_cells)

    @property
    def periods_words(self) -> str:
        """53 weeks; the last 60 of 365 days"""
        every, grain = self.theme_cells["period"].nunique(), self.request.view.grain
        cut = every > SHOWN_PERIODS
        return f"the last {SHOWN_PERIODS} of {count_words(every, grain)}" if cut else count_words(every, grain)

    @property
    def ranked_period_words(self) -> str:
        """week of 17 Aug 2026 (5 of 7 days)"""
        view = self.request.view
        days = days_of_cut(self.period, view.grain, view.start, view.end)
        return period_words(self.period, view.grain) + (f" ({days})" if days else "")

    @cached_property
    def shown_companies(self) -> pd.DataFrame:
        """The companies with the most abnormal attention, in the last periods, for the ranking and its trend."""
        request = self.request
        return self._last(
            load_cells(request.url, "company", request.filters, request.grain, judged=1, most=SHOWN_COMPANIES)
        )

    @property
    def is_empty(self) -> bool:
        """Whether no story mentions a theme or a company."""
        counts = load_day_counts(self.request.url, "company", self.request.filters)
        return not self.shown_themes["stories"].any() and not counts.subjects

    @cached_property
    def story_total(self) -> int:
        """Stories by theme over the periods shown; one about two themes counts twice."""
        return int(self.shown_themes["stories"].sum())

    @cached_property
    def all_stories(self) -> int:
        """All stories of the periods shown."""
        view = self.request.view
        start = start_of_last(SHOWN_PERIODS, view.start, view.end, self.request.grain)
        return all_stories(self.request.url, self.request.window(start, view.end))

    @cached_property
    def theme_moves(self) -> dict[str, float]:
        """Theme key → the move of its basket since the last close before the last period."""
        members = theme_tickers(self.catalog)
        prices = self._prices({ticker for tickers in members.values() for ticker in tickers})
        return group_moves_since(prices, members, self.period)

    @cached_property
    def company_moves(self) -> dict[str, float]:
        """Company key → the move of its main listing since then, for the companies shown."""
        return self._company_moves(self.shown_companies["subject"].unique())

    @cached_property
    def newest(self) -> pd.DataFrame:
        """The newest stories that mention any theme or company, as receipts."""
        return load_receipts(self.request.url, "", self.request.filters, limit=NEWEST_STORIES, named=True)

    @cached_property
    def rows(self) -> list[Row]:
        themes = self._with_stories("theme", self.theme_cells)
        companies = self._with_stories("company", self.company_cells)
        moves = move_rows(self.theme_moves | self._company_moves(companies["subject"]))
        return cell_rows(themes) + cell_rows(companies) + moves + newest_rows(self.newest)

    def ranking(self, kind: str) -> pd.DataFrame:
        """
        The last period's ranking for a file: subject, period, stories, articles, all_stories, share, expected, low,
        high, abnormal, price, name. Most abnormal attention first.
        """
        request, is_theme = self.request, kind == "theme"
        most = {} if is_theme else {"judged": 1, "most": SHOWN_COMPANIES}
        cells = load_cells(request.url, kind, request.filters, request.grain, **most, ranges=True)
        last = cells[cells["period"] == cells["period"].max()].drop(columns="complete")
        moves = self.theme_moves if is_theme else self.company_moves
        ranked = last.iloc[rank_order(last["abnormal"].to_numpy(), last["stories"].to_numpy())].reset_index(drop=True)
        names = ranked["subject"].map(subject_labels(self.catalog))
        return ranked.assign(price=ranked["subject"].map(moves).astype(float), name=names)

    def theme_table(self) -> pd.DataFrame:
        """The heat map's numbers for a file, with the expected range of each period."""
        cells = load_cells(self.request.url, "theme", self.request.filters, self.request.grain, ranges=True)
        return self._last(cells)

    def _with_stories(self, kind: Kind, cells: pd.DataFrame) -> pd.DataFrame:
        """The cells of subjects with a story in these dates or in the baseline before them."""
        view, counts = self.request.view, load_day_counts(self.request.url, kind, self.request.filters)
        mentioned = counts.mentioned(reach_back(view.start, self.request.grain), view.end)
        return cells[cells["subject"].isin(mentioned)]

    def _last(self, cells: pd.DataFrame) -> pd.DataFrame:
        return cells[cells["period"].isin(cells["period"].unique()[-SHOWN_PERIODS:])].reset_index(drop=True)

    def _company_moves(self, companies: Iterable[str]) -> dict[str, float]:
        # From a price table of its own: a basket's sessions are those on which any listing in the table trades.
        prices = self._prices(main_tickers(self.catalog, companies).values())
        return by_company(self.catalog, companies, moves_since(prices, self.period))

    def _prices(self, tickers: Iterable[str]) -> pd.DataFrame:
        request = self.request
        return load_prices(request.url, tickers, *self.price_days, request.rev)


PAGE = Page(
    name="overview",
    title="Overview",
    purpose="What is heating up: themes and companies by abnormal attention, beside their price moves.",
    params={"point": POINT},
    data=OverviewData,
    has_grain=True,
    is_quick=True,
)
