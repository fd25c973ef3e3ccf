"""
Prices, cached: adjusted closes of all listings, a year at a time, so that other dates or companies need no new read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.returns import adjusted_prices, price_table
from dashboard.cache.memoize import cache_few, cache_many
from dashboard.cache.stores import store_at
from data.prices import actions_of, bars_between, last_sessions
from data.write.revisions import revisions_between

REVISIONS_AT_ONCE = 200


def load_prices(url: str, tickers: Collection[str], start: date, end: date, rev: int) -> pd.DataFrame:
    """Closes adjusted for splits and dividends: index session, one column a ticker that has any between the days."""
    prices_rev = price_revision(url, rev)
    years = [_closes_of_year(url, year, prices_rev) for year in range(start.year, end.year + 1)]
    return _closes_between(years, tickers, start, end)


@cache_many
def load_last_sessions(url: str, rev: int) -> dict[str, date]:
    """Ticker → the last session with a price."""
    return last_sessions(store_at(url), rev)


@cache_many
def price_revision(url: str, rev: int) -> int:
    """
    The newest revision up to `rev` that wrote prices, so that a revision of news alone does not make them be read
    again.
    """
    store, until = store_at(url), rev
    while until > 0:
        infos = revisions_between(store, max(until - REVISIONS_AT_ONCE, 0), until)
        if numbers := [info.number for info in infos if info.kind == "prices"]:
            return numbers[-1]
        until -= REVISIONS_AT_ONCE
    return 0


@dataclass(frozen=True, slots=True)
class _Closes:
    """Adjusted closes: one row a session, oldest first, one column a listing; NaN where it did not trade."""

    sessions: npt.NDArray[np.datetime64]
    column: dict[str, int]
    values: npt.NDArray[np.float64]


# Splits and dividends adjust backwards from today, whatever the span of the bars.
@cache_few
def _closes_of_year(url: str, year: int, rev: int) -> _Closes:
    store, tickers = store_at(url), load_last_sessions(url, rev)
    bars = bars_between(store, tickers, date(year, 1, 1), date(year, 12, 31), rev)
    prices = price_table(adjusted_prices(bars, actions_of(store, tickers, rev)))
    column = {str(ticker): number for number, ticker in enumerate(prices.columns)}
    return _Closes(prices.index.to_numpy(), column, prices.to_numpy(dtype=float))


def _closes_between(years: Sequence[_Closes], tickers: Collection[str], start: date, end: date) -> pd.DataFrame:
    requested = sorted(set(tickers))
    parts = [_slice(year, requested, start, end) for year in years]
    sessions, values = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    traded = ~np.isnan(values)
    rows, columns = traded.any(axis=1), traded.any(axis=0)
    names = pd.Index([ticker for ticker, has_close in zip(requested, columns, strict=True) if has_close], dtype="str")
    index = pd.DatetimeIndex(sessions[rows], name="session")
    return pd.DataFrame(values[np.ix_(rows, columns)], index, names.rename("ticker"))


def _slice(
    year: _Closes, tickers: Sequence[str], start: date, end: date
) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.float64]]:
    """The year's sessions from `start` to `end` and their closes, a column a ticker; NaN where there is no close."""
    first, last = np.searchsorted(year.sessions, [np.datetime64(start), np.datetime64(end) + 1])
    last = max(first, last)  # a store whose first story is newer than its last price has no days between
    values = np.full((last - first, len(tickers)), np.nan)
    present = [number for number, ticker in enumerate(tickers) if ticker in year.column]
    values[:, present] = year.values[first:last, [year.column[tickers[number]] for number in present]]
    return year.sessions[first:last], values
