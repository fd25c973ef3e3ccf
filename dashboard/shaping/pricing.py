"""A year's closes of all listings as one array each, so that a few listings between two days are a slice of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd


@dataclass(frozen=True, slots=True)
class Closes:
    """Adjusted closes: one row a session, oldest first, one column a listing; NaN where it did not trade."""

    sessions: npt.NDArray[np.datetime64]
    column: dict[str, int]
    values: npt.NDArray[np.float64]

    @classmethod
    def of(cls, prices: pd.DataFrame) -> Closes:
        """The table that `analysis.returns.price_table` gives."""
        column = {str(ticker): place for place, ticker in enumerate(prices.columns)}
        return cls(prices.index.to_numpy(), column, prices.to_numpy(dtype=float))

    def between(
        self, tickers: Sequence[str], start: date, end: date
    ) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.float64]]:
        """The sessions from `start` to `end` and their closes, a column a ticker; NaN for one that the table does not have."""
        first, last = np.searchsorted(self.sessions, [np.datetime64(start), np.datetime64(end) + 1])
        values = np.full((last - first, len(tickers)), np.nan)
        known = [place for place, ticker in enumerate(tickers) if ticker in self.column]
        values[:, known] = self.values[first:last, [self.column[tickers[place]] for place in known]]
        return self.sessions[first:last], values


def closes_between(years: Sequence[Closes], tickers: Collection[str], start: date, end: date) -> pd.DataFrame:
    """Index session, one column a ticker that has any close between the days, by name; sessions on which none traded are left out."""
    wanted = sorted(set(tickers))
    parts = [year.between(wanted, start, end) for year in years]
    sessions, values = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    traded = ~np.isnan(values)
    rows, columns = traded.any(axis=1), traded.any(axis=0)
    names = pd.Index(
        [ticker for ticker, any_close in zip(wanted, columns, strict=True) if any_close], dtype="str", name="ticker"
    )
    return pd.DataFrame(values[np.ix_(rows, columns)], pd.DatetimeIndex(sessions[rows], name="session"), names)
