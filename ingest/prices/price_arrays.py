"""A listing's history as arrays, each value beside that of the session before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from ingest.prices.quotes import Quote

Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PriceArrays:
    """The rows that have a price, oldest first."""

    days: list[date]
    close: Series
    before: Series  # the close of the session before; NaN on the first
    open: Series
    low: Series
    dividend: Series  # as a share of the close before
    split: Series
    factor: Series  # the provider's own adjustment on the day, as a share: NaN where it gives none
    traded: npt.NDArray[np.bool_]
    noise: float  # a typical day's move, as a share


def arrays_of(quotes: Sequence[Quote]) -> PriceArrays:
    """The arrays of at least two quotes, each with a close above 0."""
    close, opened, high, low, dividend, split, adjusted = (
        np.array([getattr(quote, name) for quote in quotes], dtype=float)
        for name in ("close", "open", "high", "low", "dividend", "split", "adj_close")
    )
    before = np.concatenate([[np.nan], close[:-1]])
    with np.errstate(all="ignore"):  # hostile values: inf, 0
        share = adjusted / close
        factor = 1 - np.concatenate([[np.nan], share[:-1]]) / share
        factor[np.isnan(factor) & np.isinf(share)] = np.inf
        moves = np.abs(np.diff(np.log(close)))
    return PriceArrays(
        days=[quote.session for quote in quotes],
        close=close,
        before=before,
        open=np.where(np.isnan(opened), close, opened),
        low=np.where(np.isnan(low), close, low),
        dividend=dividend / before,
        split=split,
        factor=factor,
        traded=~(np.isclose(close, before) & np.isclose(low, before) & np.isclose(high, before)),
        noise=float(1.4826 * np.median(moves)),
    )
