"""
The inputs of Lead-lag and Events: attention and abnormal returns by session.

    story times → sessions of the listing's exchange → share of voice ┐
    prices → returns → net of what the market explains                ┘ → verdict, placebos, event study

An article counts in the first session that opened after it was known, so that it precedes all of that session's return.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis.abnormal import abnormal_z
from analysis.baskets import basket
from analysis.returns import DIMSON, abnormal_returns, market_over, simple_returns
from analysis.sessions import Kind, attention_by_session, session_of
from dashboard.cache.prices import load_last_sessions, load_prices
from dashboard.cache.stories import load_story_times
from dashboard.page_data.request import Request
from dashboard.page_data.subjects import BASKET, theme_companies
from data.calendars import calendar_of
from data.catalog.records import Catalog

MARKETS = ("SPY", "SOXX", "QQQ", "SMH")
LAGS = {5: "±5 sessions", 10: "±10 sessions", 20: "±20 sessions"}
SIGNAL_MEASURES = {"share": "Share of voice", "stories": "Stories"}
THRESHOLDS = {z: f"abnormal attention of at least {z:.0f}" for z in (2.0, 3.0, 4.0)}
PLACEBO_THEMES = 4
FEWEST_STORIES = 2
"""An event takes at least this many stories in its session."""
HOME = "XNYS"
"""The exchange whose sessions a basket is measured by: its listings trade on several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """
    Attention to a subject and the returns that it is compared with, by session, and how the returns were computed.
    """

    attention: pd.Series
    returns: pd.Series
    mic: str
    method: str
    untimed: int  # stories without a time of day, left out


def market_of(request: Request) -> str:
    """The benchmark that returns are measured against."""
    return str(request.get("market", MARKETS[0]))


def history_of(request: Request, tickers: Sequence[str], *, until: date | None = None) -> pd.DataFrame:
    """Adjusted closes from the year before the window on, which a market model needs."""
    return load_prices(request.url, tickers, request.first_price_day, until or request.view.end, request.rev)


def history_to_last(request: Request, tickers: Sequence[str]) -> pd.DataFrame:
    """The same up to the benchmark's last session: an event study needs the month after a window."""
    last = load_last_sessions(request.url, request.rev).get(market_of(request), request.view.end)
    return history_of(request, tickers, until=last)


def all_story_times(request: Request) -> pd.DataFrame:
    """The times of all stories of the same publishers and languages: the denominator of share of voice."""
    return load_story_times(request.url, "", request.filters.for_all())


def signal_of(
    request: Request, subject: str, against: str, members: Sequence[str], market: str, measure: str
) -> Signal | None:
    """Attention and returns by session; None where `lack_of_signal` has a reason."""
    if lack_of_signal(request, subject, against, members, market):
        return None
    prices = history_of(request, [*(members if against == BASKET else (against,)), market])
    times = load_story_times(request.url, subject, request.filters)
    returns, method = returns_of(prices, against, members, market)
    mic = exchange_of(request.catalog, against)
    attention = attention_of(times, all_story_times(request), mic, measure)
    untimed = int(times["available_at"].isna().sum())
    return Signal(attention=attention, returns=in_dates(request, returns), mic=mic, method=method, untimed=untimed)


def lack_of_signal(request: Request, subject: str, against: str, members: Sequence[str], market: str) -> str:
    """Why attention and a price cannot be compared, as a sentence; "" where they can."""
    priced = load_last_sessions(request.url, request.rev)
    listings = members if against == BASKET else (against,)
    if market not in priced:
        return f"The store has no prices of the benchmark {market}: fetch them, or choose another one."
    if not any(ticker in priced for ticker in listings):
        whose = "any company of this theme" if against == BASKET else against
        return f"The store has no prices of {whose}: fetch them, or choose another price."
    prices = history_of(request, [*listings, market])
    if market not in prices or not any(ticker in prices for ticker in listings):
        absent = market if market not in prices else "any company of this theme" if against == BASKET else against
        return f"The store has no prices of {absent} around these dates: choose other dates, or another price."
    if load_story_times(request.url, subject, request.filters).empty:
        return "No story in these dates is about this subject: widen the date range, or choose another subject."
    return ""


def in_dates(request: Request, series: pd.Series) -> pd.Series:
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
    times: pd.DataFrame, all_times: pd.DataFrame, mic: str, measure: str, *, kind: Kind = "predictive"
) -> pd.Series:
    """
    A subject's stories by session, or their share of all; in a session without any story, the average share so far.
    """
    stories, all_stories = (_by_session(table, mic, kind) for table in (times, all_times))
    stories = stories.reindex(all_stories.index, fill_value=0)
    if measure == "stories":
        return stories.astype(float)
    average = stories.cumsum() / all_stories.cumsum()
    return (stories / all_stories.where(all_stories > 0)).fillna(average)


def _by_session(times: pd.DataFrame, mic: str, kind: Kind) -> pd.Series:
    timed = times.dropna(subset="available_at")
    counts = pd.DataFrame({"moment": timed["available_at"], "stories": 1})
    table = attention_by_session(counts, calendar_of(mic), kind=kind)
    return table["stories"] if "stories" in table else pd.Series(dtype=float)


def abnormal_of(prices: pd.DataFrame, market: pd.Series) -> pd.DataFrame:
    """Each column's returns net of what the market explains, NaN where its history is too short."""
    returns, market_returns = simple_returns(prices), simple_returns(market.to_frame())[market.name]
    return abnormal_returns(returns, market_returns, dimson=DIMSON).abnormal


def returns_of(prices: pd.DataFrame, against: str, members: Sequence[str], market: str) -> tuple[pd.Series, str]:
    """The abnormal returns to compare with attention, and in words how they were computed."""
    if market not in prices:
        raise KeyError(market)
    benchmark = prices[market].dropna()
    if against == BASKET:
        # By the benchmark's sessions, as its attention is: a move in Seoul on a New York holiday belongs to the next
        # session.
        level = basket(prices, members)["level"].reindex(benchmark.index).dropna().rename(BASKET)
    else:
        level = prices[against].dropna()
    method = f"abnormal returns against {market}: market model on sessions −250 … −30, with its lead and lag"
    return abnormal_of(level.to_frame(), benchmark)[level.name], method


def event_returns(prices: pd.DataFrame, tickers: Sequence[str], market: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns by session, a column a ticker, and the market's over the same sessions of each: trading hours differ."""
    returns = simple_returns(prices[[ticker for ticker in tickers if ticker in prices]])
    benchmark = simple_returns(prices[[market]])[market].dropna()
    market_returns = {
        ticker: market_over(returns[ticker].dropna().index, benchmark).reindex(returns.index) for ticker in returns
    }
    return returns, pd.DataFrame(market_returns, index=returns.index)


def companies_of(catalog: Catalog, whose: str) -> list[str]:
    """The keys of one company, of a theme's companies, or of all."""
    if whose == "all":
        return [company.key for company in catalog.companies.values()]
    kind, _, ident = whose.partition(":")
    return [whose] if kind == "company" else theme_companies(catalog, ident)


def bursts_of(
    times: pd.DataFrame,
    all_times: pd.DataFrame,
    tickers: Mapping[str, str],
    catalog: Catalog,
    *,
    threshold: float,
    fewest: int,
) -> pd.DataFrame:
    """
    Columns ticker, session, subject, z, stories: sessions in which attention to a subject was abnormal.

    times: columns subject, available_at of their stories; all_times: those of all stories; tickers: subject → listing.
    """
    often = times["subject"].value_counts()
    subjects = [subject for subject in tickers if often.get(subject, 0) >= fewest]
    exchanges = {subject: exchange_of(catalog, tickers[subject]) for subject in subjects}
    events = []
    for mic in dict.fromkeys(exchanges.values()):  # an exchange at a time: its subjects share the sessions
        totals = _by_session(all_times, mic, "reaction").astype(float)
        counts = _sessions_by_subject(times, [key for key in subjects if exchanges[key] == mic], totals.index, mic)
        z = abnormal_z(counts, totals).reindex(totals.index)
        hot = burst_events(z, {subject: tickers[subject] for subject in counts}, threshold=threshold)
        stories = [counts.at[row.session, row.subject] for row in hot.itertuples()]
        events.append(hot.assign(stories=np.array(stories, dtype=float)))
    bursts = pd.concat(events, ignore_index=True) if events else _NO_BURSTS
    bursts = bursts[bursts["stories"] >= fewest]
    rank = bursts["subject"].map({subject: number for number, subject in enumerate(subjects)})
    return bursts.iloc[rank.argsort(kind="stable")].reset_index(drop=True)


_NO_BURSTS = pd.DataFrame(columns=["ticker", "session", "subject", "z", "stories"])


def _sessions_by_subject(times: pd.DataFrame, subjects: Sequence[str], sessions: pd.Index, mic: str) -> pd.DataFrame:
    """Stories by session of the exchange (row) and subject (column); those without a time of day are left out."""
    columns = pd.Index(subjects)
    column = columns.get_indexer(pd.Index(times["subject"]))
    row = sessions.get_indexer(session_of(times["available_at"], calendar_of(mic), kind="reaction"))
    counted = (row >= 0) & (column >= 0)
    counts = np.zeros((len(sessions), len(columns)))
    np.add.at(counts, (row[counted], column[counted]), 1)
    return pd.DataFrame(counts, sessions, columns)


def burst_events(
    z: pd.DataFrame, tickers: dict[str, str], *, threshold: float, quiet_sessions: int = 5
) -> pd.DataFrame:
    """
    Columns ticker, session, subject, z: the sessions in which attention was abnormal, the first of each run.

    z: abnormal attention by session, a column a subject. A session within `quiet_sessions` of the last one belongs to
    the same event.
    """
    events = []
    for subject, ticker in tickers.items():
        if subject not in z:
            continue
        hot = np.flatnonzero(z[subject].to_numpy(dtype=float) >= threshold)
        starts = hot[np.diff(hot, prepend=-quiet_sessions - 1) > quiet_sessions]
        events += [(ticker, z.index[row], subject, float(z[subject].iloc[row])) for row in starts]
    return pd.DataFrame(events, columns=["ticker", "session", "subject", "z"])
