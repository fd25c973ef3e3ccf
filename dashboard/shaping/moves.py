"""What prices did beside the counts of a table: a theme's basket and a company's main listing, over a window or since a period began."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analysis.attention import Grain, period_days
from analysis.returns import simple_returns
from dashboard.shaping.members import main_tickers, theme_tickers
from data.catalog.records import Catalog

PRICE_REACH = timedelta(days=45)  # before a period, for the last close before it


def last_period(start: date, end: date, grain: Grain) -> date:
    """The first day of the period that a window ends in."""
    found: date = period_days(start, end, grain)[-1].item()
    return found


def theme_moves(catalog: Catalog, prices: pd.DataFrame, period: date) -> dict[str, float]:
    """Theme → what the basket of its main listings did since the last close before the period; absent where that is not known."""
    return group_moves_since(prices, theme_tickers(catalog), period)


def company_moves(catalog: Catalog, companies: Iterable[str], prices: pd.DataFrame, period: date) -> dict[str, float]:
    """Company → what its main listing did since the last close before the period; absent where that is not known."""
    return _of_companies(catalog, companies, moves_since(prices, period))


def company_moves_within(catalog: Catalog, companies: Iterable[str], prices: pd.DataFrame) -> dict[str, float]:
    """Company → what its main listing did from its first to its last price; absent where that is not known."""
    return _of_companies(catalog, companies, moves_within(prices))


def _of_companies(catalog: Catalog, companies: Iterable[str], moves: Mapping[str, float]) -> dict[str, float]:
    tickers = main_tickers(catalog, list(companies))
    return {key: moves[ticker] for key, ticker in tickers.items() if ticker in moves}


def basket_tickers(catalog: Catalog) -> list[str]:
    """The main listings of every theme's companies, each once, by name."""
    return sorted({ticker for members in theme_tickers(catalog).values() for ticker in members})


def moves_since(prices: pd.DataFrame, day: date) -> dict[str, float]:
    """Column → change from the last price before `day` to the last one from then on; absent without both."""
    before, after = prices[prices.index < pd.Timestamp(day)], prices[prices.index >= pd.Timestamp(day)]
    if before.empty or after.empty:
        return {}
    change = after.ffill().iloc[-1] / before.ffill().iloc[-1] - 1
    return {str(name): float(value) for name, value in change.dropna().items()}


def group_moves_since(prices: pd.DataFrame, groups: Mapping[str, Sequence[str]], day: date) -> dict[str, float]:
    """
    Group → change of its basket since the last close before `day`: each session's mean return of those that traded, compounded.

    The change of the level of `analysis.baskets.basket`, for many groups at the price of one.
    """
    after = prices.index >= pd.Timestamp(day)
    if after.all() or not after.any():
        return {}
    returns = simple_returns(prices).to_numpy()[after]
    column = {name: place for place, name in enumerate(prices.columns)}
    found = {}
    for name, tickers in groups.items():
        own = returns[:, [column[ticker] for ticker in tickers if ticker in column]]
        known = ~np.isnan(own)
        if known.any():
            mean = np.where(known, own, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
            found[name] = float(np.prod(1 + mean) - 1)
    return found


def moves_within(prices: pd.DataFrame) -> dict[str, float]:
    """Column → change from its first to its last price."""
    values = prices.to_numpy(dtype=float)
    known = ~np.isnan(values)
    rows = len(values)
    return {
        str(name): float(
            values[rows - 1 - known[::-1, column].argmax(), column] / values[known[:, column].argmax(), column] - 1
        )
        for column, name in enumerate(prices.columns)
        if known[:, column].any()
    }


def basket_steps(prices: pd.DataFrame, tickers: Sequence[str], day: date) -> pd.DataFrame:
    """
    What `group_moves_since` compounds for one group: columns session, traded (listings), mean (of their returns), change (so far).

    One row a session from `day` on on which any of them has a return.
    """
    own = simple_returns(prices[[ticker for ticker in tickers if ticker in prices]])[
        prices.index >= pd.Timestamp(day)
    ].dropna(how="all")
    mean = own.mean(axis="columns")
    steps = {
        "session": own.index,
        "traded": own.notna().sum(axis="columns"),
        "mean": mean,
        "change": (1 + mean).cumprod() - 1,
    }
    return pd.DataFrame(steps).reset_index(drop=True)


def listing_moves(prices: pd.DataFrame, day: date | None = None) -> pd.DataFrame:
    """
    The two closes behind each listing's move: columns ticker, first_session, first, last_session, last, change.

    Since the last close before `day`, as `moves_since`; without it from the first close, as `moves_within`.
    """
    rows = []
    for ticker in prices.columns:
        closes = prices[ticker].dropna()
        before, after = (
            (closes[:1], closes)
            if day is None
            else (closes[: pd.Timestamp(day) - timedelta(days=1)], closes[pd.Timestamp(day) :])
        )
        if len(before) and len(after):
            first, last = before.iloc[-1], after.iloc[-1]
            rows.append((ticker, before.index[-1], first, after.index[-1], last, last / first - 1))
    return pd.DataFrame(rows, columns=["ticker", "first_session", "first", "last_session", "last", "change"])
