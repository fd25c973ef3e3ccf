"""Compare: up to eight subjects side by side: attention, prices, and attention plotted against returns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from analysis.baskets import basket_levels, rebased
from analysis.price_moves import PRICE_REACH, attention_and_moves, moves_beyond, period_moves
from dashboard.address.params import POINT, Param, choice
from dashboard.cache.counts import all_stories, load_cells
from dashboard.cache.prices import load_prices
from dashboard.page_data.page import Page, PageData
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row, cell_rows, line_rows
from dashboard.page_data.subjects import Subject, subject_of, theme_companies

MOST_SUBJECTS = 8
FIRST_SUBJECTS = ("theme:memory", "theme:optics", "theme:power", "theme:space")
RETURNS = {"beyond": "Abnormal return", "own": "Raw return"}


class CompareData(PageData):
    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.subjects = list(request.get_all("subject", FIRST_SUBJECTS))
        self.compared = [subject_of(self.catalog, key) for key in self.subjects]
        self.names = {subject.key: subject.name for subject in self.compared}
        self.price_days = request.view.start - PRICE_REACH, request.view.end
        # The benchmark that returns are measured against; "" where the catalog has none.
        self.market = self.catalog.benchmarks[0].ticker if self.catalog.benchmarks else ""
        self.tickers = sorted({ticker for subject in self.compared for ticker in subject.tickers})
        self.themes = [subject.ident for subject in self.compared if subject.kind == "theme"]
        members = [key for theme in self.themes for key in theme_companies(self.catalog, theme)]
        self.companies = [*(subject.key for subject in self.compared if subject.kind == "company"), *members]

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Attention of each subject by period."""
        return load_cells(self.request.url, tuple(self.subjects), self.request.filters, self.request.grain)

    def table(self) -> pd.DataFrame:
        """The same with the expected range of each period and the subjects' names, for a file."""
        request = self.request
        cells = load_cells(request.url, tuple(self.subjects), request.filters, request.grain, ranges=True)
        return cells.assign(name=cells["subject"].map(self.names))

    @cached_property
    def story_total(self) -> int:
        """Stories by subject; one about two subjects counts twice."""
        return int(self.cells["stories"].sum())

    @cached_property
    def all_stories(self) -> int:
        return all_stories(self.request.url, self.request.filters)

    @cached_property
    def prices(self) -> pd.DataFrame:
        """Adjusted closes of all listings and the market, from before the first period on."""
        tickers = {*self.tickers, self.market} - {""}
        return load_prices(self.request.url, tickers, *self.price_days, self.request.rev)

    @cached_property
    def levels(self) -> pd.DataFrame:
        """
        Index session, a column a subject that has prices, from before the first period on: 100 on its first session.
        """
        return subject_levels(self.prices, self.compared)

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The levels in the dates shown, each 100 on its first session there."""
        return rebased(self.levels[self.levels.index >= pd.Timestamp(self.request.view.start)].dropna(how="all"))

    @property
    def is_abnormal(self) -> bool:
        """Whether returns are drawn net of the market's."""
        return str(self.request.get("returns", "beyond")) == "beyond" and self.market in self.prices

    @cached_property
    def points(self) -> pd.DataFrame:
        """Columns subject, period, stories, abnormal, move: one point a subject and whole period that has both."""
        moves = period_moves(self.levels, self.request.grain)
        if self.is_abnormal:
            market = period_moves(self.prices[[self.market]], self.request.grain)[self.market]
            moves = moves_beyond(moves, market)
        return attention_and_moves(self.cells, moves)

    @cached_property
    def rows(self) -> list[Row]:
        if not self.subjects:
            return []
        market = self.prices[[self.market] if self.market in self.prices else []]
        return cell_rows(self.cells) + line_rows(self.levels) + line_rows(market)


def subject_levels(prices: pd.DataFrame, subjects: Sequence[Subject]) -> pd.DataFrame:
    """Index session, a column a subject that has prices, by key: 100 on its first session."""
    listings = {subject.key: [ticker for ticker in subject.tickers if ticker in prices] for subject in subjects}
    listings = {key: tickers for key, tickers in listings.items() if tickers}
    themes = {s.key: listings[s.key] for s in subjects if s.is_basket and s.key in listings}
    companies = {key: tickers[0] for key, tickers in listings.items() if key not in themes}
    levels = basket_levels(prices, themes)
    if not companies:
        return levels.dropna(how="all")
    closes = rebased(prices[list(dict.fromkeys(companies.values()))])
    return levels.assign(**{key: closes[ticker] for key, ticker in companies.items()})[list(listings)]


PAGE = Page(
    name="compare",
    title="Compare",
    purpose="Up to eight themes and companies side by side: attention, prices, and attention plotted against returns.",
    params={
        "subject": Param(many=True),
        "returns": choice(RETURNS),
        "point": POINT,
    },
    data=CompareData,
    has_grain=True,
    has_measure=True,
    is_quick=True,
)
