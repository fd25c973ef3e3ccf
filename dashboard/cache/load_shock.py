"""What the Events page reads for shocks that spread, kept as in dashboard/cache/load.py: by the store's URL and a definite revision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import streamlit as st

from analysis.shock import Shock, shock
from dashboard.cache import load, load_network, load_signals
from dashboard.shaping.members import main_tickers
from dashboard.shaping.signals import abnormal_of
from dashboard.shaping.spreading import listed_relations, named_together
from data.read.attention import Filters

keep = st.cache_data(show_spinner=False, max_entries=20)


@keep
def load_abnormal(url: str, market: str, end: date, rev: int) -> pd.DataFrame:
    """Every company's main listing beyond the market: index session, one column a ticker. Empty without the market's prices."""
    catalog = load.catalog_at(url, rev)
    main = main_tickers(catalog, [company.key for company in catalog.companies.values()])
    prices = load_signals.load_history(url, tuple(sorted({*main.values(), market})), end, rev)
    if market not in prices:
        return pd.DataFrame()
    return abnormal_of(prices.drop(columns=market), prices[market].dropna())


@keep
def load_together(url: str, filters: Filters) -> pd.DataFrame:
    """Columns session, ticker, neighbour: who was named together."""
    catalog = load.catalog_at(url, filters.rev or 0)
    main = main_tickers(catalog, [company.key for company in catalog.companies.values()])
    every = replace(filters, publishers=(), langs=(), min_relevance=0)  # one article anywhere tells the same news twice
    return named_together(
        load_network.load_story_subjects(url, "company", every), load_signals.load_story_times(url, "", every), main
    )


def load_shock(url: str, events: pd.DataFrame, market: str, chosen: str, filters: Filters, family: int) -> Shock | None:
    """What neighbours did after these events; None without prices, or when no event is of a company with relations."""
    relations = listed_relations(load.catalog_at(url, filters.rev or 0), filters.end, chosen)
    ends = {*relations["supplier"], *relations["customer"]}
    shocks = events[events["ticker"].isin(ends)]
    last = load.load_last_sessions(url, filters.rev or 0).get(market, filters.end)
    abnormal = load_abnormal(url, market, last, filters.rev or 0)
    if shocks.empty or abnormal.empty:
        return None
    return _computed(shocks[["ticker", "session"]], relations, abnormal, load_together(url, filters), family)


@keep
def _computed(
    shocks: pd.DataFrame, relations: pd.DataFrame, abnormal: pd.DataFrame, together: pd.DataFrame, family: int
) -> Shock:
    return shock(shocks, relations, abnormal, same_article=together, family=family)
