"""
What Lead-lag and Events compute with: attention and abnormal returns on one axis of sessions.

    story times → sessions of the listing's exchange → share of voice ┐
    prices → returns → net of what the market explains                ┘ → verdict, placebos, event study

An article counts in the first session that opened after it was known: nothing in that session's return was known before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis.abnormal import abnormal_attention
from analysis.baskets import basket
from analysis.returns import DIMSON, abnormal_returns, market_over, simple_returns
from analysis.sessions import Kind, attention_by_session
from dashboard.cache.prices import load_last_sessions, load_prices
from dashboard.cache.stories import load_story_times
from dashboard.page_data.request import Request
from dashboard.page_data.subjects import BASKET, theme_companies
from data.calendars import calendar_of
from data.catalog.records import Catalog

MARKETS = ("SPY", "SOXX", "QQQ", "SMH")
LAGS = {5: "±5 sessions", 10: "±10 sessions", 20: "±20 sessions"}
MEASURES = {"share": "Share of voice", "stories": "Stories"}
THRESHOLDS = {z: f"at least {z:.0f} standard errors above usual" for z in (2.0, 3.0, 4.0)}
FEWEST_STORIES = 2
"""The stories in a session that make it an event, at least."""
HOME = "XNYS"
"""The exchange whose sessions a basket is measured by: its listings' own differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Attention to a subject and the returns it is compared with, by session, with how the returns were made."""

    attention: pd.Series
    returns: pd.Series
    mic: str
    method: str
    untimed: int  # stories without a time of day, left out


def market_of(request: Request) -> str:
    """The benchmark that returns are measured against."""
    return str(request.get("market", MARKETS[0]))


def history_of(request: Request, tickers: Sequence[str], *, until: date | None = None) -> pd.DataFrame:
    """Adjusted closes from the store's first day on: a market model needs the year before a window."""
    return load_prices(request.url, tickers, request.first_day, until or request.view.end, request.rev)


def history_to_last(request: Request, tickers: Sequence[str]) -> pd.DataFrame:
    """The same up to the market's last session: an event study needs the month after a window."""
    last = load_last_sessions(request.url, request.rev).get(market_of(request), request.view.end)
    return history_of(request, tickers, until=last)


def all_story_times(request: Request) -> pd.DataFrame:
    """The times of all stories of the same publishers and languages: what attention is a share of."""
    return load_story_times(request.url, "", request.filters.for_all())


def signal_of(
    request: Request, subject: str, against: str, members: Sequence[str], market: str, measure: str
) -> Signal | None:
    """Attention and returns by session; None where there is no price, no market to compare with, or no story."""
    prices = history_of(request, [*(members if against == BASKET else (against,)), market])
    own = load_story_times(request.url, subject, request.filters)
    has_prices = market in prices and (against == BASKET or against in prices) and prices.shape[1] > 1
    if own.empty or not has_prices:
        return None
    returns, method = returns_of(prices, against, members, market)
    mic = exchange_of(request.catalog, against)
    attention = attention_of(own, all_story_times(request), mic, measure)
    untimed = int(own["available_at"].isna().sum())
    return Signal(attention=attention, returns=within(request, returns), mic=mic, method=method, untimed=untimed)


def within(request: Request, series: pd.Series) -> pd.Series:
    """The sessions in the dates shown."""
    return series.loc[pd.Timestamp(request.view.start) : pd.Timestamp(request.view.end)]


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
    """A subject's stories by session, or their share of all; in a session without any story, the usual share by then."""
    counted, whole = (_by_session(times, mic, kind) for times in (own, everything))
    counted = counted.reindex(whole.index, fill_value=0)
    if measure == "stories":
        return counted.astype(float)
    usual = counted.cumsum() / whole.cumsum()
    return (counted / whole.where(whole > 0)).fillna(usual)


def _by_session(times: pd.DataFrame, mic: str, kind: Kind) -> pd.Series:
    known = times.dropna(subset="available_at")
    counts = pd.DataFrame({"moment": known["available_at"], "stories": 1})
    table = attention_by_session(counts, calendar_of(mic), kind=kind)
    return table["stories"] if "stories" in table else pd.Series(dtype=float)


def abnormal_of(prices: pd.DataFrame, market: pd.Series) -> pd.DataFrame:
    """Each column's returns net of what the market explains, NaN where too little is known before."""
    return abnormal_returns(
        simple_returns(prices), simple_returns(market.to_frame())[market.name], dimson=DIMSON
    ).abnormal


def returns_of(prices: pd.DataFrame, against: str, members: Sequence[str], market: str) -> tuple[pd.Series, str]:
    """The abnormal returns to compare with attention, and in words how they were made."""
    if market not in prices:
        raise KeyError(market)
    known = prices[market].dropna()
    # A basket is measured by the market's sessions, as its attention is: a move in Seoul on a New York holiday belongs to the
    # next session.
    level = (
        basket(prices, members)["level"].reindex(known.index).dropna().rename(BASKET)
        if against == BASKET
        else prices[against].dropna()
    )
    abnormal = abnormal_of(level.to_frame(), known)[level.name]
    return (
        abnormal,
        f"abnormal returns against {market}: market model on the 250th to 30th session before, with its lead and lag",
    )


def event_returns(prices: pd.DataFrame, tickers: Sequence[str], market: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns by session, a column a ticker, and the market's over the same sessions of each: some trade at other hours."""
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
    Columns ticker, session, subject, z, stories: sessions on which attention to a company was abnormal.

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
    Columns ticker, session, subject, z: the sessions on which attention was abnormal, the first of each run.

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
