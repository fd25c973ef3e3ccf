"""Price moves: of listings and baskets, over a window, since a period began, or period by period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analysis.attention import Grain, period_days, period_of
from analysis.returns import simple_returns

PRICE_REACH = timedelta(days=45)
"""How far before a period closes are read, for the last one before it: longer than any exchange is closed."""


def last_period(start: date, end: date, grain: Grain) -> date:
    """The first day of the period that a window ends in."""
    first_day: date = period_days(start, end, grain)[-1].item()
    return first_day


def moves_since(prices: pd.DataFrame, day: date) -> dict[str, float]:
    """Column → change from the last price before `day` to the last one from then on; absent without both."""
    before, after = prices[prices.index < pd.Timestamp(day)], prices[prices.index >= pd.Timestamp(day)]
    if before.empty or after.empty:
        return {}
    change = after.ffill().iloc[-1] / before.ffill().iloc[-1] - 1
    return {str(name): float(value) for name, value in change.dropna().items()}


def group_moves_since(prices: pd.DataFrame, groups: Mapping[str, Sequence[str]], day: date) -> dict[str, float]:
    """
    Group → change of its basket since the last close before `day`: the mean return of the listings that traded,
    compounded.

    The same as the change in the level of `analysis.baskets.basket`, for many groups at the cost of one.
    """
    after = prices.index >= pd.Timestamp(day)
    if after.all() or not after.any():
        return {}
    returns = simple_returns(prices).to_numpy()[after]
    column = {name: number for number, name in enumerate(prices.columns)}
    moves = {}
    for name, tickers in groups.items():
        own = returns[:, [column[ticker] for ticker in tickers if ticker in column]]
        known = ~np.isnan(own)
        if known.any():
            mean = np.where(known, own, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
            moves[name] = float(np.prod(1 + mean) - 1)
    return moves


def moves_within(prices: pd.DataFrame) -> dict[str, float]:
    """Column → change from its first to its last price."""
    values = prices.to_numpy(dtype=float)
    known = ~np.isnan(values)
    rows = len(values)
    return {
        str(name): float(
            values[rows - 1 - known[::-1, column].argmax(), column] / values[known[:, column].argmax(), column] - 1
        )
        for column, name in enumerate(prices.columns)
        if known[:, column].any()
    }


def basket_steps(prices: pd.DataFrame, tickers: Sequence[str], day: date) -> pd.DataFrame:
    """
    The steps that `group_moves_since` compounds for one group: columns session, traded (listings), mean (of their
    returns), change (so far). One row per session from `day` on with at least one return.
    """
    own = simple_returns(prices[[ticker for ticker in tickers if ticker in prices]])[
        prices.index >= pd.Timestamp(day)
    ].dropna(how="all")
    mean = own.mean(axis="columns")
    steps = {
        "session": own.index,
        "traded": own.notna().sum(axis="columns"),
        "mean": mean,
        "change": (1 + mean).cumprod() - 1,
    }
    return pd.DataFrame(steps).reset_index(drop=True)


def listing_moves(prices: pd.DataFrame, day: date | None = None) -> pd.DataFrame:
    """
    The two closes behind each listing's move: columns ticker, first_session, first, last_session, last, change.

    Since the last close before `day`, as `moves_since`; without it from the first close, as `moves_within`.
    """
    rows = []
    for ticker in prices.columns:
        closes = prices[ticker].dropna()
        before, after = (
            (closes[:1], closes)
            if day is None
            else (closes[: pd.Timestamp(day) - timedelta(days=1)], closes[pd.Timestamp(day) :])
        )
        if len(before) and len(after):
            first, last = before.iloc[-1], after.iloc[-1]
            rows.append((ticker, before.index[-1], first, after.index[-1], last, last / first - 1))
    return pd.DataFrame(rows, columns=["ticker", "first_session", "first", "last_session", "last", "change"])


def period_moves(levels: pd.DataFrame, grain: Grain) -> pd.DataFrame:
    """Index period, a column a subject: the last level in each period over the last one before it, less 1."""
    if levels.empty:
        return pd.DataFrame(columns=levels.columns)
    periods, values = period_of(pd.DatetimeIndex(levels.index), grain), levels.to_numpy(dtype=float)
    begins = np.flatnonzero(np.append(True, periods[1:] != periods[:-1]))
    # The row of the last level of each period, and of the last one before it; −1 where there is none.
    last = np.maximum.reduceat(np.where(np.isnan(values), -1, np.arange(len(values))[:, None]), begins, axis=0)
    before = np.vstack([np.full((1, values.shape[1]), -1), np.maximum.accumulate(last)[:-1]])
    close, close_before = (
        np.where(row < 0, np.nan, np.take_along_axis(values, row.clip(0), axis=0)) for row in (last, before)
    )
    return pd.DataFrame(close / close_before - 1, periods[begins], levels.columns)


def moves_beyond(moves: pd.DataFrame, benchmark: pd.Series) -> pd.DataFrame:
    """The moves minus the benchmark's in the same period."""
    return moves.sub(benchmark.reindex(moves.index), axis=0)


def attention_and_moves(cells: pd.DataFrame, moves: pd.DataFrame) -> pd.DataFrame:
    """Columns subject, period, stories, abnormal, move: a row a whole period in which both are known."""
    whole = cells.loc[cells["complete"] & cells["abnormal"].notna(), ["subject", "period", "stories", "abnormal"]]
    row, column = (
        moves.index.get_indexer(pd.Index(whole["period"])),
        moves.columns.get_indexer(pd.Index(whole["subject"])),
    )
    known = (row >= 0) & (column >= 0)
    move = np.full(len(whole), np.nan)
    move[known] = moves.to_numpy(dtype=float)[row[known], column[known]]
    return whole.assign(move=move).dropna(subset=["move"]).reset_index(drop=True)
