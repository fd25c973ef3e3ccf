"""What the Lead-lag and Events pages read and compute, kept as in dashboard/cache/load.py: by the store's URL and a definite revision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
import streamlit as st

from analysis.events import EventStudy, event_study
from analysis.leadlag import verdict
from analysis.placebo import event_fan, leadlag_fan, on_other_dates
from analysis.verdicts import Verdict
from dashboard.cache import load
from dashboard.shaping.members import BASKET
from dashboard.shaping.signals import Signal, attention_of, bursts_of, event_returns, exchange_of, returns_of
from data.read import attention
from data.read.attention import Filters

keep = st.cache_data(show_spinner=False, max_entries=200)

LAG_DRAWS, EVENT_DRAWS = 50, 20


@keep
def load_story_times(url: str, subject: str, filters: Filters) -> pd.DataFrame:
    """Columns story, day, available_at; `subject` "" means all stories."""
    return attention.story_times(load.store_at(url), subject or None, filters)


@keep
def load_history(url: str, tickers: tuple[str, ...], end: date, rev: int) -> pd.DataFrame:
    """Adjusted closes from the first day that the store has: a market model needs the year before a window."""
    known = load.load_span(url, rev)
    return load.load_prices(url, tickers, known[0] if known else end, end, rev)


@keep
def load_signal(
    url: str, subject: str, against: str, members: tuple[str, ...], market: str, measure: str, filters: Filters
) -> Signal | None:
    """Attention and returns by session; None where there is no price, no market to hold it against, or no story."""
    tickers = tuple(sorted({*(members if against == BASKET else (against,)), market}))
    prices = load_history(url, tickers, filters.end, filters.rev or 0)
    own = load_story_times(url, subject, filters)
    if own.empty or market not in prices or (against != BASKET and against not in prices) or prices.shape[1] < 2:
        return None
    returns, method = returns_of(prices, against, members, market)
    mic = exchange_of(load.catalog_at(url, filters.rev or 0), against)
    attention = attention_of(own, load_story_times(url, "", filters.for_all()), mic, measure)
    window = slice(pd.Timestamp(filters.start), pd.Timestamp(filters.end))
    return Signal(
        attention=attention,
        returns=returns.loc[window],
        mic=mic,
        method=method,
        untimed=int(own["available_at"].isna().sum()),
    )


@keep
def load_verdict(what: str, _signal: Signal, widest: int, family: int) -> Verdict:
    """The verdict on a signal; `what` names it."""
    return verdict(_signal.attention, _signal.returns, max_lag_sessions=widest, family=family)


@keep
def load_lag_fan(what: str, _signal: Signal, widest: int, _others: pd.DataFrame, _peers: pd.DataFrame) -> pd.DataFrame:
    """The signal's correlations by lag with its returns on other dates, with talk of others, and with the prices of its peers."""
    return leadlag_fan(
        _signal.attention,
        _signal.returns,
        other_attention=_others,
        other_returns=_peers,
        max_lag_sessions=widest,
        draws=LAG_DRAWS,
    )


@keep
def load_others(url: str, themes: tuple[str, ...], mic: str, measure: str, filters: Filters) -> pd.DataFrame:
    """Attention to other themes by session, a column each: placebos."""
    everything = load_story_times(url, "", filters.for_all())
    found = {theme: load_story_times(url, theme, filters) for theme in themes}
    return pd.DataFrame(
        {theme: attention_of(own, everything, mic, measure) for theme, own in found.items() if not own.empty}
    )


@keep
def load_peer_returns(url: str, tickers: tuple[str, ...], market: str, filters: Filters) -> pd.DataFrame:
    """What the market does not explain of each ticker's returns, a column each, of those that have prices: placebos."""
    prices = load_history(url, tuple(sorted({*tickers, market})), filters.end, filters.rev or 0)
    window = slice(pd.Timestamp(filters.start), pd.Timestamp(filters.end))
    return pd.DataFrame(
        {ticker: returns_of(prices, ticker, (), market)[0].loc[window] for ticker in tickers if ticker in prices}
    )


@keep
def load_bursts(
    url: str, subjects: tuple[tuple[str, str], ...], filters: Filters, threshold: float, fewest: int
) -> pd.DataFrame:
    """Columns ticker, session, subject, z, stories: sessions on which a company (key, ticker) was talked about unusually much."""
    tickers, everything = dict(subjects), load_story_times(url, "", filters.for_all())
    own = {key: load_story_times(url, key, filters) for key in tickers}
    return bursts_of(
        own, everything, tickers, load.catalog_at(url, filters.rev or 0), threshold=threshold, fewest=fewest
    )


@keep
def load_study(
    url: str,
    events: pd.DataFrame,
    market: str,
    filters: Filters,
    family: int,
    *,
    earnings: pd.DataFrame | None = None,
    without_earnings: bool = False,
) -> EventStudy | None:
    """The event study of these events, those near `earnings` marked or left out; None without prices."""
    tickers = tuple(sorted({*events["ticker"], market}))
    prices = load_history(
        url, tickers, load.load_last_sessions(url, filters.rev or 0).get(market, filters.end), filters.rev or 0
    )
    if market not in prices or prices.shape[1] < 2:
        return None
    returns, over = event_returns(prices, sorted(set(events["ticker"])), market)
    return event_study(events, returns, over, family=family, earnings=earnings, without_earnings=without_earnings)


@keep
def load_event_fan(
    url: str,
    events: pd.DataFrame,
    market: str,
    filters: Filters,
    *,
    peers: Mapping[str, tuple[str, ...]],
    elsewhere: pd.DataFrame,
) -> pd.DataFrame:
    """The study's path on other dates, of its companies' peers, and on days of sudden talk about another theme.

    peers: ticker → those of its sector; elsewhere: a row a theme and day, columns ticker (the theme) and session."""
    tickers = tuple(sorted({*events["ticker"], *(peer for each in peers.values() for peer in each), market}))
    prices = load_history(
        url, tickers, load.load_last_sessions(url, filters.rev or 0).get(market, filters.end), filters.rev or 0
    )
    returns, over = event_returns(prices, tickers, market)
    priced = {ticker: [peer for peer in each if peer in returns] for ticker, each in peers.items()}
    rng = np.random.default_rng(0)
    within = elsewhere[elsewhere["session"].between(events["session"].min(), events["session"].max())]
    others = {
        str(theme): on_other_dates(events, pd.DatetimeIndex(days["session"]), rng)
        for theme, days in within.groupby("ticker")
    }
    return event_fan(events, returns, over, other_events=others, peers=priced, draws=EVENT_DRAWS)
