"""Several listings in one currency: the dollar, at the rates that the store has."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.returns import to_currency
from data.catalog.records import Catalog, Listing

OWN, DOLLAR = "own", "USD"
CURRENCIES = {OWN: "Own currency", DOLLAR: "US dollars"}


def rate_tickers(catalog: Catalog, listings: Iterable[Listing]) -> list[str]:
    """The tickers of the rates that it takes to tell these listings in dollars."""
    wanted = {listing.currency for listing in listings}
    return [rate.ticker for rate in catalog.rates if rate.currency in wanted]


def in_dollars(prices: pd.DataFrame, listings: Iterable[Listing], catalog: Catalog) -> pd.DataFrame:
    """
    The listings' prices in dollars, each at the last rate known by its session. Empty when a rate is wanting: some lines in dollars
    beside others that are not would mislead.

    prices: index session, a column a ticker, the rates' too (what a dollar costs in the currency).
    """
    shown = {listing.ticker: listing.currency for listing in listings if listing.ticker in prices}
    dollar = pd.DataFrame({DOLLAR: 1.0}, index=prices.index)
    rates = pd.DataFrame(
        {rate.currency: 1 / prices[rate.ticker] for rate in catalog.rates if rate.ticker in prices}, index=prices.index
    )
    told = to_currency(prices[list(shown)], dollar.join(rates), shown).dropna(how="all")
    return told if told.notna().any().all() else told.iloc[:0]
