"""
Abnormal returns on the days around each event.

    events → own sessions of the listing → close events merged → market model before each → abnormal returns around it

Day 0 is the listing's first session on or after the event's. Source: MacKinlay 1997. The estimation ends a month before
the event, so that leakage is not taken for normal.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.returns import ESTIMATION, MIN_OBS, Window

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Market = pd.Series | pd.DataFrame

NO_PRICES = "no prices"
TOO_LATE = "no price on or after the event"
TOO_FEW = "too few sessions, or none that moved, before the event"
MERGED = "merged into the event before it"
ALL = "*"  # the column of a market that serves every ticker


@dataclass(frozen=True, slots=True)
class EventWindows:
    """One row an event (of `events`, same order), one column a day of `days` relative to it; NaN where unknown.

    events: those used, with day0, merged (the number of events behind the row), alpha, beta, s, n_estimation ·
    left_out: the others, with the reason · abnormal: R − (alpha + beta·R_m) · design: 1 and R_m of each day · inverse:
    (X'X)⁻¹ of the estimation · residuals, estimation_design: of its days · rows, estimation_rows: each day's row in the
    table of returns, −1 for none."""

    events: pd.DataFrame
    left_out: pd.DataFrame
    days: Ints
    abnormal: Floats
    design: Floats
    inverse: Floats
    s: Floats
    rows: Ints
    residuals: Floats
    estimation_design: Floats
    estimation_rows: Ints

    @property
    def day0_rows(self) -> Ints:
        return np.asarray(self.rows[:, self.days == 0][:, 0])

    def inside(self, window: Window) -> npt.NDArray[np.bool_]:
        return np.asarray((self.days >= window[0]) & (self.days <= window[1]))

    def car(self, window: Window) -> Floats:
        """Each event's abnormal return summed over the window; NaN unless all its days are known."""
        return np.asarray(self.abnormal[:, self.inside(window)].sum(axis=1))

    def car_error(self, window: Window) -> Floats:
        """The standard error of that sum as a forecast: the noise of the days and of the model's coefficients."""
        summed = self.design[:, self.inside(window)].sum(axis=1)
        model = np.einsum("ni,nij,nj->n", summed, self.inverse, summed)
        return np.asarray(self.s * np.sqrt(self.inside(window).sum() + model))

    def weights(self, window: Window) -> Floats:
        """The weight of each day in that sum, one column for each row of the table of returns.

        It is 1 in the window, and in the estimation the day's effect through alpha and beta. The sum of squares is
        (car_error / s)²."""
        summed = self.design[:, self.inside(window)].sum(axis=1)
        table = np.zeros((len(self.s), 2 + max(int(self.rows.max()), int(self.estimation_rows.max()))))
        model = np.einsum("ni,nij,ntj->nt", summed, self.inverse, self.estimation_design)
        np.put_along_axis(table, self.estimation_rows, -model, axis=1)
        # An unknown day has the row −1, which is the last column; that column is dropped.
        np.put_along_axis(table, self.rows[:, self.inside(window)], 1.0, axis=1)
        return table[:, :-1]

    def day_error(self) -> Floats:
        """The standard error of each day's abnormal return as a forecast."""
        model = np.einsum("nti,nij,ntj->nt", self.design, self.inverse, self.design)
        return np.asarray(self.s[:, None] * np.sqrt(1 + model))


def event_windows(
    events: pd.DataFrame,
    returns: pd.DataFrame,
    market: Market,
    *,
    span: Window,
    estimation: Window = ESTIMATION,
    min_obs: int = MIN_OBS,
    merge_sessions: int = 0,
) -> EventWindows:
    """The abnormal returns from span[0] to span[1] around each event.

    events: ticker, session, other columns stay; returns: a row a session, a column a ticker, NaN where it did not
    trade; market: its returns, or a column a ticker where listings have different ones. An event at most
    `merge_sessions` after one of the same ticker is merged into it, since its days would be counted twice."""
    events = events.reset_index(drop=True)
    days, before = np.arange(span[0], span[1] + 1), np.arange(estimation[0], estimation[1] + 1)
    level = _market_level(market, returns.index)
    session = returns.index.searchsorted(pd.DatetimeIndex(events["session"]))
    positions = _Positions.unknown(len(events))
    around, estimated = _DayTable.unknown(len(events), len(days)), _DayTable.unknown(len(events), len(before))
    numbers, tickers = pd.factorize(events["ticker"])
    for number, ticker in enumerate(tickers):
        listing = _Listing.of(returns, level, ticker)
        own = np.flatnonzero(numbers == number)
        own = own[np.argsort(session[own], kind="stable")]
        positions.fill(own, session[own], listing, merge_sessions)
        around.fill(own, listing, positions.day0[own], days)
        estimated.fill(own, listing, positions.day0[own], before)
    known, enough = estimated.rows >= 0, _moved(estimated.returns) & _moved(estimated.market)
    enough &= (known.sum(axis=1) >= max(min_obs, 3)) & (around.rows[:, days == 0] >= 0).all(axis=1)
    reason = np.where((positions.reason == "") & ~enough, TOO_FEW, positions.reason)
    used = np.flatnonzero(reason == "")
    studied = events.iloc[used].assign(day0=returns.index[positions.row[used]], merged=positions.merged[used])
    left_out = events.assign(reason=reason)[reason != ""]
    return _with_market_model(studied, left_out, around.rows_of(used), estimated.rows_of(used), days)


@dataclass(frozen=True, slots=True)
class _Positions:
    """By event: day 0 in its listing's own sessions, its row in the table, events merged, reason if left out."""

    day0: Ints
    row: Ints
    merged: Ints
    reason: npt.NDArray[np.object_]

    @classmethod
    def unknown(cls, count: int) -> _Positions:
        zeros = np.zeros((3, count), dtype=np.int64)
        return cls(zeros[0], zeros[1], zeros[2], np.full(count, "", dtype=object))

    def fill(self, own: Ints, session: Ints, listing: _Listing, merge_sessions: int) -> None:
        """Fills in one listing's events, in ascending order."""
        self.day0[own] = np.searchsorted(listing.rows, session)
        late = self.day0[own] >= len(listing.rows)
        self.reason[own[late]] = TOO_LATE if len(listing.rows) else NO_PRICES
        own = own[~late]
        self.row[own] = listing.rows[self.day0[own]]
        head = _heads(self.day0[own], merge_sessions)
        first = np.diff(head, prepend=-1) > 0
        self.reason[own[~first]] = MERGED
        self.merged[own[first]] = np.bincount(head)


def _heads(positions: Ints, merge_sessions: int) -> Ints:
    """The number of the event that each one is merged into (itself where it is not); positions ascend."""
    heads: list[int] = []
    for position in positions:
        if not heads or position - heads[-1] > merge_sessions:
            heads.append(int(position))
    return np.searchsorted(np.array(heads, dtype=np.int64), positions, side="right") - 1


@dataclass(frozen=True, slots=True)
class _DayTable:
    """Returns, market and row in the table: one row an event, one column a relative day, NaN and −1 where unknown."""

    returns: Floats
    market: Floats
    rows: Ints

    @classmethod
    def unknown(cls, count: int, days: int) -> _DayTable:
        shape = (count, days)
        return cls(np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, -1))

    def fill(self, own: Ints, listing: _Listing, position: Ints, days: Ints) -> None:
        """The days relative to each of one listing's positions."""
        at = position[:, None] + days
        at[(at < 0) | (at >= len(listing.rows))] = len(listing.rows)
        returns, market = np.append(listing.returns, np.nan)[at], np.append(listing.market, np.nan)[at]
        unknown = np.isnan(returns + market)
        self.returns[own], self.market[own] = np.where(unknown, np.nan, returns), np.where(unknown, np.nan, market)
        self.rows[own] = np.where(unknown, -1, np.append(listing.rows, -1)[at])

    def rows_of(self, used: Ints) -> _DayTable:
        return _DayTable(self.returns[used], self.market[used], self.rows[used])


@dataclass(frozen=True, slots=True)
class _Listing:
    """One listing over its own sessions; empty when there are no prices."""

    rows: Ints
    returns: Floats
    market: Floats

    @classmethod
    def of(cls, returns: pd.DataFrame, level: pd.DataFrame, ticker: Hashable) -> _Listing:
        if ticker not in returns:
            return cls(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))
        values = returns[ticker].to_numpy(dtype=float)
        rows = np.flatnonzero(np.isfinite(values))
        own_level = level[ticker if ticker in level else ALL].to_numpy(dtype=float)
        # The market compounds between two of its sessions: a return after a holiday is compared with all those days.
        return cls(rows, values[rows], np.expm1(np.diff(own_level[rows], prepend=np.nan)))


def _market_level(market: Market, sessions: pd.Index) -> pd.DataFrame:
    """Each market's log level on the sessions, a column a ticker or one for ALL; unchanged where it was closed."""
    frame = market.to_frame(ALL) if isinstance(market, pd.Series) else market
    level = pd.DataFrame(np.log1p(frame)).cumsum().ffill()
    return level.reindex(sessions.union(frame.index)).ffill().reindex(sessions)


def _with_market_model(
    events: pd.DataFrame, left_out: pd.DataFrame, around: _DayTable, estimated: _DayTable, days: Ints
) -> EventWindows:
    """The market model of each event, and the abnormal returns of the days around it."""
    known = estimated.rows >= 0
    n, y = known.sum(axis=1), np.where(known, estimated.returns, 0.0)
    x = np.stack([known.astype(float), np.where(known, estimated.market, 0.0)], axis=2)
    inverse = np.linalg.inv(np.einsum("nti,ntj->nij", x, x))
    coefficients = np.einsum("nij,nj->ni", inverse, np.einsum("nti,nt->ni", x, y))
    residuals = np.where(known, y - np.einsum("nti,ni->nt", x, coefficients), np.nan)
    s = np.sqrt(np.nansum(residuals**2, axis=1) / (n - 2))
    design = np.stack([np.ones_like(around.market), around.market], axis=2)
    return EventWindows(
        events=events.assign(alpha=coefficients[:, 0], beta=coefficients[:, 1], s=s, n_estimation=n),
        left_out=left_out,
        days=days,
        abnormal=around.returns - np.einsum("nti,ni->nt", design, coefficients),
        design=design,
        inverse=inverse,
        s=s,
        rows=around.rows,
        residuals=residuals,
        estimation_design=x,
        estimation_rows=estimated.rows,
    )


def _moved(values: Floats) -> npt.NDArray[np.bool_]:
    lowest = np.where(np.isnan(values), np.inf, values).min(axis=1, initial=np.inf)
    return np.asarray(np.where(np.isnan(values), -np.inf, values).max(axis=1, initial=-np.inf) > lowest)
