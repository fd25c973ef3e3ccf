"""Company: one company's price with its attention below, the subjects mentioned with it, its stories."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import pandas as pd

from analysis.baskets import rebased
from analysis.returns import to_currency
from dashboard.address.params import POINT, Param, choice
from dashboard.cache.prices import load_last_sessions, load_prices
from dashboard.cache.stories import load_co_mentions
from dashboard.page_data.attention import FIXED, PART, FixedPanelData, SubjectData
from dashboard.page_data.page import Page
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row, line_rows, move_rows, newest_rows
from dashboard.page_data.rules import NEXT_LISTING
from dashboard.page_data.subjects import main_tickers
from data.catalog.records import Catalog, Company, Listing

FIRST_COMPANY = "nvidia"
OWN, DOLLAR = "own", "USD"
CURRENCIES = {OWN: "Own currency", DOLLAR: "US dollars"}


class CompanySubject(SubjectData):
    def subject_key(self) -> str:
        return f"company:{self.request.get('company', FIRST_COMPANY)}"


class CompanyData(CompanySubject):
    companies_title = "Companies mentioned with it"
    companies_note = "A story may mention several."

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        company = self.catalog.companies.get(self.subject.partition(":")[2])
        ticker = request.get("listing") or (priced_listing(request, company) if company else None)
        # The listings that are drawn, the chosen one first; none for a private company.
        self.drawn_tickers = [ticker, *request.get_all("beside")] if ticker else []
        listings = company.listings if company else ()
        self.listings = [listing for listing in listings if listing.ticker in self.drawn_tickers]
        self.wants_dollars = request.get("currency") == DOLLAR
        self.rates = rate_tickers(self.catalog, self.listings) if self.wants_dollars else []

    @property
    def tickers(self) -> list[str]:
        mentioned = main_tickers(self.catalog, self.co_mentions["subject"]).values()
        return sorted({*self.drawn_tickers, *self.rates, *mentioned})

    @property
    def companies(self) -> list[str]:
        return [self.subject, *(key for key, _ in self.company_counts)]

    @cached_property
    def _prices_and_rates(self) -> pd.DataFrame:
        request, tickers = self.request, {*self.drawn_tickers, *self.rates}
        return load_prices(request.url, tickers, request.view.start, request.view.end, request.rev)

    @cached_property
    def prices(self) -> pd.DataFrame:
        """Adjusted closes in each listing's own currency, the chosen listing first."""
        prices = self._prices_and_rates
        return prices[[ticker for ticker in self.drawn_tickers if ticker in prices]].dropna(how="all")

    @cached_property
    def dollars(self) -> pd.DataFrame:
        """The same in US dollars; empty unless requested, or where a rate is missing."""
        if not self.wants_dollars:
            return self.prices.iloc[:0]
        return in_dollars(self._prices_and_rates, self.listings, self.catalog)

    @property
    def are_rebased(self) -> bool:
        """Whether listings in several currencies are drawn, so that only their moves compare."""
        return len(self.prices.columns) > 1 and self.dollars.empty

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The price lines as they are drawn."""
        if not self.dollars.empty:
            return self.dollars[[ticker for ticker in self.drawn_tickers if ticker in self.dollars]]
        if not self.are_rebased:
            return self.prices
        currency = {listing.ticker: listing.currency for listing in self.listings}
        return rebased(self.prices).rename(columns=lambda ticker: f"{ticker} ({currency[ticker]})")

    @property
    def named_lines(self) -> pd.DataFrame:
        return self.lines

    @cached_property
    def co_mentions(self) -> pd.DataFrame:
        """Columns subject, stories: every company and theme that the company's stories also mention, most first."""
        return load_co_mentions(self.request.url, self.subject, self.request.filters)

    @cached_property
    def moves(self) -> dict[str, float]:
        """Company key → price move, for the companies mentioned."""
        return self.company_moves(self.co_mentions["subject"])

    @property
    def company_counts(self) -> list[tuple[str, int]]:
        """The companies of the table with their stories, most first."""
        return self.counts_of("company")

    def counts_of(self, kind: str) -> list[tuple[str, int]]:
        """The companies or themes that the stories also mention, with their stories, most first."""
        counts = zip(self.co_mentions["subject"].tolist(), self.co_mentions["stories"].tolist(), strict=True)
        return [(key, stories) for key, stories in counts if key.startswith(f"{kind}:")]

    @cached_property
    def rows(self) -> list[Row]:
        prices = self._prices_and_rates
        lines = self.dollars if not self.dollars.empty else prices[[t for t in prices if t in self.drawn_tickers]]
        mentioned = [
            {"chart": "also", "subject": row.subject, "stories": int(row.stories)}
            for row in self.co_mentions.itertuples()
        ]
        return self.attention_rows() + line_rows(lines) + mentioned + move_rows(self.moves) + newest_rows(self.newest)


class CompanyFixedPanel(CompanySubject, FixedPanelData):
    """The part `fixed` of the page."""


def priced_listing(request: Request, company: Company) -> str | None:
    """
    The company's main listing, or where the store has no prices of it, the next that has them; None for a private one.
    """
    if request.rules < NEXT_LISTING:
        return company.ticker
    priced = load_last_sessions(request.url, request.rev)
    return next((listing.ticker for listing in company.listings if listing.ticker in priced), company.ticker)


def rate_tickers(catalog: Catalog, listings: Iterable[Listing]) -> list[str]:
    """The tickers of the exchange rates that convert these listings to dollars."""
    currencies = {listing.currency for listing in listings}
    return [rate.ticker for rate in catalog.rates if rate.currency in currencies]


def in_dollars(prices: pd.DataFrame, listings: Iterable[Listing], catalog: Catalog) -> pd.DataFrame:
    """
    The listings' prices in dollars, each at the last rate known by its session.

    Empty when a rate is missing: a chart with only some lines in dollars would mislead.
    prices: index session, a column a ticker, the rates included (the price of a dollar in the currency).
    """
    currencies = {listing.ticker: listing.currency for listing in listings if listing.ticker in prices}
    dollar = pd.DataFrame({DOLLAR: 1.0}, index=prices.index)
    rates = pd.DataFrame(
        {rate.currency: 1 / prices[rate.ticker] for rate in catalog.rates if rate.ticker in prices}, index=prices.index
    )
    converted = to_currency(prices[list(currencies)], dollar.join(rates), currencies).dropna(how="all")
    return converted if converted.notna().any().all() else converted.iloc[:0]


PAGE = Page(
    name="company",
    title="Company",
    purpose="One company's price with its attention below, its themes, the companies mentioned with it, its stories.",
    params={
        "company": Param(),
        "listing": Param(),
        "beside": Param(many=True),
        "currency": choice(CURRENCIES),
        "part": PART,
        "point": POINT,
    },
    data=CompanyData,
    parts={FIXED: CompanyFixedPanel},
    has_grain=True,
    has_measure=True,
    is_quick=True,
)
