"""
The days around each event, less what the market explains: what an event study is made of.

    events → their own sessions → near ones merged → market model before each → abnormal returns around each

Day 0 is the listing's first session on or after the event's. Sources: MacKinlay 1997; the estimation ends a month before
the event, so that what leaked is not taken for normal.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Market = pd.Series | pd.DataFrame
Window = tuple[int, int]

ESTIMATION: Window = (-250, -30)
MIN_OBS = 100
NO_PRICES = "no prices"
TOO_LATE = "no price on or after the event"
TOO_FEW = "too few sessions, or none that moved, before the event"
MERGED = "merged into the event before it"
ALL = "*"  # the market of every ticker


@dataclass(frozen=True, slots=True)
class EventWindows:
    """One row an event (of `events`, same order), one column a day of `days` relative to it; NaN where not known.

    events: the used ones, with day0, merged (how many events the row stands for), alpha, beta, s, n_estimation · left_out: the
    others, with the reason · abnormal: R − (alpha + beta·R_m) · design: 1 and R_m of each day · inverse: (X'X)⁻¹ of the
    estimation · residuals, estimation_design: of its days · rows, estimation_rows: each day's row in the table of returns, −1
    for none."""

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
        """The standard error of that sum as a forecast: the days' own noise and the model's."""
        summed = self.design[:, self.inside(window)].sum(axis=1)
        model = np.einsum("ni,nij,nj->n", summed, self.inverse, summed)
        return np.asarray(self.s * np.sqrt(self.inside(window).sum() + model))

    def weights(self, window: Window) -> Floats:
        """What each day counts for in that sum, one column a row of the table of returns: 1 in the window, and in the
        estimation what the day did to alpha and beta. The sum of squares is (car_error / s)²."""
        summed = self.design[:, self.inside(window)].sum(axis=1)
        table = np.zeros((len(self.s), 2 + max(int(self.rows.max()), int(self.estimation_rows.max()))))
        model = np.einsum("ni,nij,ntj->nt", summed, self.inverse, self.estimation_design)
        np.put_along_axis(table, self.estimation_rows, -model, axis=1)
        # A day that is not known has the row −1: it falls on the last column, which is cut.
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

    events: ticker, session, other columns stay; returns: a row a session, a column a ticker, NaN where it did not trade;
    market: its returns, or a column a ticker where listings have different ones. An event at most `merge_sessions` after a
    kept one of the same ticker is merged into it, for its days would be counted twice."""
    events = events.reset_index(drop=True)
    days, before = np.arange(span[0], span[1] + 1), np.arange(estimation[0], estimation[1] + 1)
    level, session = (
        _market_level(market, returns.index),
        returns.index.searchsorted(pd.DatetimeIndex(events["session"])),
    )
    places = _Places.none(len(events))
    around, estimated = _Around.none(len(events), len(days)), _Around.none(len(events), len(before))
    numbers, tickers = pd.factorize(events["ticker"])
    for number, ticker in enumerate(tickers):
        listing = _Listing.of(returns, level, ticker)
        own = np.flatnonzero(numbers == number)
        own = own[np.argsort(session[own], kind="stable")]
        places.fill(own, session[own], listing, merge_sessions)
        around.fill(own, listing, places.position[own], days)
        estimated.fill(own, listing, places.position[own], before)
    known, enough = estimated.rows >= 0, _moved(estimated.returns) & _moved(estimated.market)
    enough &= (known.sum(axis=1) >= max(min_obs, 3)) & (around.rows[:, days == 0] >= 0).all(axis=1)
    reason = np.where((places.reason == "") & ~enough, TOO_FEW, places.reason)
    used = np.flatnonzero(reason == "")
    kept = events.iloc[used].assign(day0=returns.index[places.row[used]], merged=places.merged[used])
    left_out = events.assign(reason=reason)[reason != ""]
    return _modelled(kept, left_out, around.of(used), estimated.of(used), days)


@dataclass(frozen=True, slots=True)
class _Places:
    """Of each event: its position in its listing's own sessions, the row of day 0, how many it stands for, why it is left out."""

    position: Ints
    row: Ints
    merged: Ints
    reason: npt.NDArray[np.object_]

    @classmethod
    def none(cls, count: int) -> _Places:
        zeros = np.zeros((3, count), dtype=np.int64)
        return cls(zeros[0], zeros[1], zeros[2], np.full(count, "", dtype=object))

    def fill(self, own: Ints, session: Ints, listing: _Listing, merge_sessions: int) -> None:
        """Places one listing's events, which ascend."""
        self.position[own] = np.searchsorted(listing.rows, session)
        late = self.position[own] >= len(listing.rows)
        self.reason[own[late]] = TOO_LATE if len(listing.rows) else NO_PRICES
        own = own[~late]
        self.row[own] = listing.rows[self.position[own]]
        head = _heads(self.position[own], merge_sessions)
        first = np.diff(head, prepend=-1) > 0
        self.reason[own[~first]] = MERGED
        self.merged[own[first]] = np.bincount(head)


def _heads(positions: Ints, merge_sessions: int) -> Ints:
    """The number of the kept event that each one belongs to; positions ascend."""
    kept: list[int] = []
    for position in positions:
        if not kept or position - kept[-1] > merge_sessions:
            kept.append(int(position))
    return np.searchsorted(np.array(kept, dtype=np.int64), positions, side="right") - 1


@dataclass(frozen=True, slots=True)
class _Around:
    """Returns, market and row in the table: one row an event, one column a relative day, NaN and −1 where unknown."""

    returns: Floats
    market: Floats
    rows: Ints

    @classmethod
    def none(cls, count: int, days: int) -> _Around:
        shape = (count, days)
        return cls(np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, -1))

    def fill(self, own: Ints, listing: _Listing, position: Ints, days: Ints) -> None:
        """The days relative to each of one listing's positions."""
        place = position[:, None] + days
        place[(place < 0) | (place >= len(listing.rows))] = len(listing.rows)
        returns, market = np.append(listing.returns, np.nan)[place], np.append(listing.market, np.nan)[place]
        hide = np.where(np.isnan(returns + market), np.nan, 0.0)
        self.returns[own], self.market[own] = returns + hide, market + hide
        self.rows[own] = np.where(np.isnan(hide), -1, np.append(listing.rows, -1)[place])

    def of(self, used: Ints) -> _Around:
        return _Around(self.returns[used], self.market[used], self.rows[used])


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
        # Between two of its sessions the market's days compound: a return after a holiday meets all of them.
        return cls(rows, values[rows], np.expm1(np.diff(own_level[rows], prepend=np.nan)))


def _market_level(market: Market, sessions: pd.Index) -> pd.DataFrame:
    """Each market's logarithmic level on the sessions, a column a ticker or one for ALL: where it was closed, as before."""
    frame = market.to_frame(ALL) if isinstance(market, pd.Series) else market
    level = pd.DataFrame(np.log1p(frame)).cumsum().ffill()
    return level.reindex(sessions.union(frame.index)).ffill().reindex(sessions)


def _modelled(
    events: pd.DataFrame, left_out: pd.DataFrame, around: _Around, estimated: _Around, days: Ints
) -> EventWindows:
    """The market model of each event, and what it leaves of the days around it."""
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
