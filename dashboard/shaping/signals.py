"""
What the Lead-lag and Events pages compute, from what the store has: attention and abnormal returns on one axis of sessions.

    story times → sessions of the listing's exchange → share of voice ┐
    prices → returns → what the market does not explain               ┘ → verdict, fan, event study

An article counts in the first session that opened after it was known, so that nothing in that session's return was known before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.abnormal import abnormal_attention
from analysis.baskets import basket
from analysis.returns import DIMSON, abnormal_returns, market_over, simple_returns
from analysis.sessions import Kind, attention_by_session
from dashboard.shaping.members import BASKET, theme_companies
from data.catalog.records import Catalog

MARKETS = ("SPY", "SOXX", "QQQ", "SMH")
LAGS = {5: "±5 sessions", 10: "±10 sessions", 20: "±20 sessions"}
MEASURES = {"share": "Share of voice", "stories": "Stories"}
THRESHOLDS = {
    2.0: "at least 2 errors above usual",
    3.0: "at least 3 errors above usual",
    4.0: "at least 4 errors above usual",
}
FEWEST = 2
"""The stories in a session that make it an event, at least."""
HOME = "XNYS"
"""The exchange whose sessions a basket is told by: its listings' own differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Attention to a subject and the returns that it is held against, both by session, with how the second were made."""

    attention: pd.Series
    returns: pd.Series
    mic: str
    method: str
    untimed: int  # stories without a time of day, left out


def exchange_of(catalog: Catalog, against: str) -> str:
    """The exchange whose sessions count for a ticker, or a basket."""
    if against == BASKET:
        return HOME
    company = catalog.company_of_ticker.get(against)
    listings = [*(company.listings if company else ()), *catalog.benchmarks]
    return next((listing.mic for listing in listings if listing.ticker == against), HOME)


def attention_of(
    own: pd.DataFrame, everything: pd.DataFrame, mic: str, measure: str, *, kind: Kind = "predictive"
) -> pd.Series:
    """A subject's stories by session, or their share of all; a session without any story at all says nothing: the usual share by then."""
    counted, whole = (_by_session(times, mic, kind) for times in (own, everything))
    counted = counted.reindex(whole.index, fill_value=0)
    if measure == "stories":
        return counted.astype(float)
    usual = counted.cumsum() / whole.cumsum()
    return (counted / whole.where(whole > 0)).fillna(usual)


def _by_session(times: pd.DataFrame, mic: str, kind: Kind) -> pd.Series:
    known = times.dropna(subset="available_at")
    counts = pd.DataFrame({"moment": known["available_at"], "stories": 1})
    table = attention_by_session(counts, mic, kind=kind)
    return table["stories"] if "stories" in table else pd.Series(dtype=float)


def abnormal_of(prices: pd.DataFrame, market: pd.Series) -> pd.DataFrame:
    """Each column's returns less what the market explains, where enough is known before; the same table otherwise shaped alike."""
    return abnormal_returns(
        simple_returns(prices), simple_returns(market.to_frame())[market.name], dimson=DIMSON
    ).abnormal


def returns_of(prices: pd.DataFrame, against: str, members: Sequence[str], market: str) -> tuple[pd.Series, str]:
    """The abnormal returns to hold against attention, and in words how they were made."""
    if market not in prices:
        raise KeyError(market)
    known = prices[market].dropna()
    # A basket is told by the market's sessions, as its attention is: what Seoul did on a holiday of New York belongs to the next one.
    level = (
        basket(prices, members)["level"].reindex(known.index).dropna().rename(BASKET)
        if against == BASKET
        else prices[against].dropna()
    )
    abnormal = abnormal_of(level.to_frame(), known)[level.name]
    return abnormal, f"returns beyond {market}: market model on the 250th to 30th session before, with its lead and lag"


def market_choices(prices: pd.DataFrame) -> list[str]:
    """The benchmarks that there are prices for."""
    return [ticker for ticker in MARKETS if ticker in prices and prices[ticker].notna().sum() > 1]


def event_returns(prices: pd.DataFrame, tickers: Sequence[str], market: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns by session, a column a ticker; and the market's over the same sessions of each, for listings that trade at other hours."""
    returns = simple_returns(prices[[ticker for ticker in tickers if ticker in prices]])
    own = simple_returns(prices[[market]])[market].dropna()
    over = {ticker: market_over(returns[ticker].dropna().index, own).reindex(returns.index) for ticker in returns}
    return returns, pd.DataFrame(over, index=returns.index)


def companies_of(catalog: Catalog, whose: str) -> list[str]:
    """The keys of one company, of a theme's, or of "all"."""
    if whose == "all":
        return [company.key for company in catalog.companies.values()]
    kind, _, ident = whose.partition(":")
    return [whose] if kind == "company" else theme_companies(catalog, ident)


def bursts_of(
    own: Mapping[str, pd.DataFrame],
    everything: pd.DataFrame,
    tickers: Mapping[str, str],
    catalog: Catalog,
    *,
    threshold: float,
    fewest: int,
) -> pd.DataFrame:
    """
    Columns ticker, session, subject, z, stories: sessions on which a company was talked about unusually much.

    own: company key → its story times; everything: those of all stories; tickers: company key → listing.
    """
    events, whole = [], dict[str, pd.Series]()  # all stories by session: once an exchange, not once a company
    for key, ticker in tickers.items():
        if len(own[key]) < fewest:
            continue
        mic = exchange_of(catalog, ticker)
        if mic not in whole:
            whole[mic] = _by_session(everything, mic, "reaction").astype(float)
        totals = whole[mic]
        counts = _by_session(own[key], mic, "reaction").reindex(totals.index, fill_value=0).astype(float)
        z = abnormal_attention(counts.to_frame(key), totals, grain="day").z
        found = burst_events(z.reindex(counts.index), {key: ticker}, threshold=threshold)
        stories = counts.reindex(pd.DatetimeIndex(found["session"])).to_numpy()
        events.append(found.assign(stories=stories)[stories >= fewest])
    return (
        pd.concat(events, ignore_index=True)
        if events
        else pd.DataFrame(columns=["ticker", "session", "subject", "z", "stories"])
    )


def burst_events(
    z: pd.DataFrame, tickers: dict[str, str], *, threshold: float, quiet_sessions: int = 5
) -> pd.DataFrame:
    """
    Columns ticker, session, subject, z: the sessions on which a subject's attention was unusual, the first of each run.

    z: abnormal attention by session, a column a subject. A session within `quiet_sessions` of one before belongs to the same event.
    """
    events = []
    for subject, ticker in tickers.items():
        if subject not in z:
            continue
        hot = np.flatnonzero(z[subject].to_numpy(dtype=float) >= threshold)
        starts = hot[np.diff(hot, prepend=-quiet_sessions - 1) > quiet_sessions]
        events += [(ticker, z.index[place], subject, float(z[subject].iloc[place])) for place in starts]
    return pd.DataFrame(events, columns=["ticker", "session", "subject", "z"])
