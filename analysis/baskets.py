"""
What a theme's listings did together: price table → own returns → the day's mean → a level rebased to 100.

Each listing counts alike, in its own currency and on its own sessions; it enters with the second session after its
listing, the first that has a return. So a level can be compared with attention, but is no portfolio anybody could hold.
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
    n (NaN below two); level: compounded from it, 100 on the first session; listed: members listed by then, whether or
    not their exchange was open. Tickers without a column are left out; a session without any return keeps the level."""
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
    column = {str(ticker): place for place, ticker in enumerate(prices.columns)}
    levels = np.full((len(prices), len(groups)), np.nan)
    for place, members in enumerate(groups.values()):
        listed = np.array([column[ticker] for ticker in members if ticker in column], dtype=np.int64)
        rows = traded[:, listed].any(axis=1)
        own = returns.T[np.ix_(listed, rows)]
        mean = np.nansum(own, axis=0) / np.maximum((~np.isnan(own)).sum(axis=0), 1)
        levels[rows, place] = BASE * np.cumprod(1 + mean)
    return pd.DataFrame(levels, prices.index, list(groups))


def _members(prices: pd.DataFrame, members: Iterable[str] | None) -> pd.DataFrame:
    wanted = list(prices.columns) if members is None else [ticker for ticker in members if ticker in prices]
    return prices[wanted].dropna(how="all")


def rebased(prices: pd.DataFrame) -> pd.DataFrame:
    """Each column as 100 on its own first known session."""
    return prices if prices.empty else prices.div(prices.bfill().iloc[0]) * BASE


def relative_strength(levels: pd.Series, benchmark: pd.Series) -> pd.DataFrame:
    """Index the sessions of `levels` from the benchmark's first on. Columns strength (100 on the first), n (sessions so far).

    Above 100: it has done better since. Where the benchmark rested its last level counts."""
    known = benchmark.dropna()
    own = levels.dropna()
    if known.empty or own.empty:
        return pd.DataFrame({"strength": pd.Series(dtype=float), "n": pd.Series(dtype=int)})
    own = own[own.index >= known.index[0]]
    place = known.index.searchsorted(own.index, side="right") - 1
    ratio = own / known.to_numpy(dtype=float)[place]
    strength = BASE * ratio / ratio.iloc[:1].to_numpy()
    return pd.DataFrame({"strength": strength, "n": np.arange(1, len(own) + 1)}, index=own.index)
