"""
Equally weighted baskets of a theme's listings: price table → own returns → the day's mean → a level rebased to 100.

Each listing has the same weight, in its own currency and on its own sessions, from its first return on. The level can
be compared with attention, but is not a portfolio that anybody could hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from scipy import stats

from analysis.returns import simple_returns

BASE = 100.0


def basket(prices: pd.DataFrame, members: Iterable[str] | None = None) -> pd.DataFrame:
    """Index session, every one on which a member traded. Columns level, mean, low, high, n, listed.

    prices: a price table (one column a ticker). mean: of the members that traded, with the 95 % interval of a mean of
    n (NaN below two); level: compounded from the mean, 100 on the first session; listed: members listed by then,
    whether or not their exchange was open. Tickers without a column are left out; a session without any return keeps
    the level."""
    own = _members(prices, members)
    returns = simple_returns(own).to_numpy(dtype=float)
    n = (~np.isnan(returns)).sum(axis=1)
    divisor = np.maximum(n, 1)
    mean = np.nansum(returns, axis=1) / divisor
    squares = np.nansum((returns - mean[:, None]) ** 2, axis=1)
    several = np.where(n > 1, n, np.nan)
    half = stats.t.ppf(0.975, several - 1) * np.sqrt(squares / (several - 1) / several)
    return pd.DataFrame(
        {
            "level": BASE * np.cumprod(1 + mean),
            "mean": np.where(n > 0, mean, np.nan),
            "low": mean - half,
            "high": mean + half,
            "n": n,
            "listed": own.notna().cummax().sum(axis=1).to_numpy(),
        },
        index=own.index,
    )


def basket_level(prices: pd.DataFrame, members: Iterable[str] | None = None) -> pd.Series:
    """The column level of `basket` alone."""
    return basket_levels(prices, {"level": list(prices.columns) if members is None else members})["level"].dropna()


def basket_levels(prices: pd.DataFrame, groups: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """Index session, a column a group: the level of its basket, NaN on sessions on which none of its members traded."""
    returns, traded = simple_returns(prices).to_numpy(dtype=float), prices.notna().to_numpy()
    column = {str(ticker): number for number, ticker in enumerate(prices.columns)}
    levels = np.full((len(prices), len(groups)), np.nan)
    for number, members in enumerate(groups.values()):
        listed = np.array([column[ticker] for ticker in members if ticker in column], dtype=np.int64)
        rows = traded[:, listed].any(axis=1)
        own = returns.T[np.ix_(listed, rows)]
        mean = np.nansum(own, axis=0) / np.maximum((~np.isnan(own)).sum(axis=0), 1)
        levels[rows, number] = BASE * np.cumprod(1 + mean)
    return pd.DataFrame(levels, prices.index, list(groups))


def _members(prices: pd.DataFrame, members: Iterable[str] | None) -> pd.DataFrame:
    wanted = list(prices.columns) if members is None else [ticker for ticker in members if ticker in prices]
    return prices[wanted].dropna(how="all")


def rebased(prices: pd.DataFrame) -> pd.DataFrame:
    """Each column as 100 on its own first known session."""
    return prices if prices.empty else prices.div(prices.bfill().iloc[0]) * BASE
