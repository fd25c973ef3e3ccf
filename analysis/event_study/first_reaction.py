"""
First reactions to one story across exchanges: which listing could trade on it first, and its return.

    moment, listings, bars → each exchange's next open → the first session's return → in order of the open
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from analysis.sessions import Calendar

COLUMNS = [
    "session", "opens_at", "closes_at", "hours", "before", "open", "close", "overnight", "intraday", "total", "during",
]  # fmt: skip


def first_reactions(
    moment: datetime, listings: pd.DataFrame, bars: pd.DataFrame, calendars: Mapping[str, Calendar]
) -> pd.DataFrame:
    """One row a listing (its columns stay), in the order of its first open after the moment (aware).

    listings: ticker, mic, …; calendars: by mic; bars: ticker, session, open, close, on one scale (adjusted for splits).
    Added: session (the first whose open is after the moment), opens_at, closes_at (UTC), hours (from the moment to that
    open), before (close of the session before), open, close, overnight (before → open), intraday (open → close), total
    (before → close), and during: the close-to-close return of the session that was open at the moment, NaN when the
    exchange was closed. A number is NaN where its price is not known yet."""
    prices = bars.assign(session=pd.DatetimeIndex(bars["session"])).set_index(["ticker", "session"])[["open", "close"]]
    prices = prices[~prices.index.duplicated(keep="last")]
    rows = [
        _row(pd.Timestamp(moment), ticker, calendars[mic], prices)
        for ticker, mic in zip(listings["ticker"], listings["mic"], strict=True)
    ]
    added = pd.DataFrame(rows, columns=COLUMNS, index=listings.index)
    return listings.join(added).sort_values(["opens_at", "ticker"], kind="stable", ignore_index=True)


def _row(moment: pd.Timestamp, ticker: str, calendar: Calendar, prices: pd.DataFrame) -> dict[str, object]:
    """One listing's times and returns around its next open."""
    now = moment.tz_convert("UTC").tz_localize(None).to_datetime64()
    next_open = int(np.searchsorted(calendar.opens, now, side="right"))
    if next_open >= len(calendar.days):
        return dict.fromkeys(COLUMNS)
    open_now = calendar.closes[next_open - 1] > now
    opened, closed = _price(prices, ticker, calendar.days[next_open])
    before = _price(prices, ticker, calendar.days[next_open - 1])[1]
    opens_at = pd.Timestamp(calendar.opens[next_open], tz="UTC")
    return {
        "session": calendar.days[next_open],
        "opens_at": opens_at,
        "closes_at": pd.Timestamp(calendar.closes[next_open], tz="UTC"),
        "hours": (opens_at - moment).total_seconds() / 3600,
        "before": before,
        "open": opened,
        "close": closed,
        "overnight": opened / before - 1,
        "intraday": closed / opened - 1,
        "total": closed / before - 1,
        "during": before / _price(prices, ticker, calendar.days[next_open - 2])[1] - 1 if open_now else np.nan,
    }


def _price(prices: pd.DataFrame, ticker: str, session: pd.Timestamp) -> tuple[float, float]:
    """Open and close; NaN where there are none."""
    if (ticker, session) not in prices.index:
        return np.nan, np.nan
    opened, closed = prices.to_numpy(dtype=float)[prices.index.get_loc((ticker, session))]
    return float(opened), float(closed)
