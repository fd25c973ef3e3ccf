"""
Whether new prices continue what the store has: the same currency, unit, basis and level, or why they cannot.

    history, stored closes → the history in the store's unit, and what is known of its level | a sentence why not
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isnan

from data.catalog.records import Listing
from data.currencies import unit_of
from data.prices import bars_between
from data.records import Bar
from data.schema.store import Store
from ingest.prices.levels import UNIT, Known
from ingest.prices.quotes import History, bars_of, in_unit, later_splits

MOVED = 0.02
MOVED_SESSIONS = 5
"""Old closes that differ by so much in more sessions than this, and no split explains it, do not replace the stored."""

SAME_UNIT = 0.005
LEAST_SAME = 3
"""How near to a hundred times the stored closes, and in how many sessions, a history in another unit is."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A close that the store has, in whole currency, and its basis."""

    close: float
    basis: str


StoredCloses = Mapping[date, Stored]


@dataclass(frozen=True, slots=True)
class Continued:
    """A history in the unit of the store, and what that knows of its level."""

    history: History
    known: Known


def stored_closes(store: Store, tickers: Sequence[str], start: date) -> dict[str, dict[date, Stored]]:
    """What the store has of each ticker from a day on."""
    if not tickers:
        return {}
    frame = bars_between(store, tickers, start, date.max)
    stored: dict[str, dict[date, Stored]] = {}
    columns = ("ticker", "session", "close", "basis", "currency")
    for ticker, session, close, basis, currency in zip(*(frame[name] for name in columns), strict=True):
        unit = unit_of(currency)[1]  # earlier versions stored pence as they came
        stored.setdefault(ticker, {})[session.date()] = Stored(float(close) / unit, basis)
    return stored


def continue_stored(
    history: History, listing: Listing, stored: StoredCloses, start: date, *, is_trusted: bool
) -> Continued | str:
    """The history with what the store knows of it, or why it cannot continue what is stored.

    `is_trusted`: a person named these days, and their level is believed."""
    if history.currency != listing.currency:
        return (
            f"the prices are in {history.currency}, and the catalog has it in {listing.currency}; correct "
            "listings.csv, or the currency of the prices."
        )
    if problem := _other_basis(history, stored, start):
        return problem
    unit = 1.0 if is_trusted else _other_unit(history, stored)
    if unit != 1:
        count = len(_ratios(bars_of(history), stored))
        times = "a hundred times" if unit > 1 else "a hundredth of"
        if history.is_unit_sure:
            return (
                f"the closes are {times} the stored ones of the same {count} sessions, and their source names its "
                "unit: the stored ones are in another. Replace them: --from and the first day that is stored."
            )
        remark = f"the closes are {times} the stored ones of the same {count} sessions, and were brought to their unit."
        quotes = tuple(in_unit(quote, 1 / unit) for quote in history.quotes)
        history = replace(history, quotes=quotes, remarks=(*history.remarks, remark))
    if problem := _left_behind(bars_of(history), stored):
        return problem
    closes = {} if is_trusted else _split_adjusted_closes(history, stored)
    return Continued(history, Known(closes=closes, is_trusted=is_trusted))


def unmoved(bars: list[Bar], stored: StoredCloses) -> tuple[list[Bar], str]:
    """The bars to store; and a sentence when old closes moved and no split explains it: then the stored ones stay."""
    moved = sorted(ratio for ratio in _ratios(bars, stored) if abs(ratio - 1) > MOVED)
    if len(moved) <= MOVED_SESSIONS:
        return bars, ""
    newest = max((bar for bar in bars if bar.session in stored), key=lambda bar: bar.session)
    # What is newer would stand on another level than what is stored: a cliff that was none.
    is_cliff = abs(newest.close / stored[newest.session].close - 1) > MOVED
    return [] if is_cliff else [bar for bar in bars if bar.session not in stored], (
        f"the provider's closes of {len(moved)} stored sessions are now {moved[len(moved) // 2]:.3g} times what they "
        "were, and no split explains it; the stored ones stay (fetch again with --from to accept the new ones)."
    )


def _other_basis(history: History, stored: StoredCloses, start: date) -> str:
    basis = "adjusted" if history.basis == "adjusted" else "traded"
    older = [session for session, known in stored.items() if session < start and known.basis != basis]
    if not older:
        return ""
    return (
        f"the stored prices are {stored[older[0]].basis}, these are {basis}, and one series cannot be both; "
        "fetch the whole history again with --from and the first day that is stored."
    )


def _other_unit(history: History, stored: StoredCloses) -> float:
    """100 or 1/100 where every session that is stored too says that the history is in another unit; else 1."""
    ratios = _ratios(bars_of(history), stored)
    for unit in (UNIT, 1 / UNIT):
        if len(ratios) >= LEAST_SAME and all(abs(ratio / unit - 1) < SAME_UNIT for ratio in ratios):
            return unit
    return 1.0


def _left_behind(bars: Sequence[Bar], stored: StoredCloses) -> str:
    """Why these prices would leave older stored ones at another level, a step that was none; "" when they do not."""
    ratios = sorted(_ratios(bars, stored))
    first = min((bar.session for bar in bars), default=date.max)
    if len(ratios) <= MOVED_SESSIONS or not any(session < first for session in stored):
        return ""
    usual = ratios[len(ratios) // 2]
    if abs(usual - 1) <= MOVED or ratios[-2] / ratios[1] - 1 > MOVED:
        return ""
    return (
        f"the closes are {usual:.3g} times the stored ones of the same {len(ratios)} sessions, and older ones would be "
        "left at their level; give the whole history, or fetch it with --from and the first day that is stored."
    )


def _ratios(bars: Sequence[Bar], stored: StoredCloses) -> list[float]:
    """New over stored close of the sessions that both have."""
    return [
        bar.close / stored[bar.session].close
        for bar in bars
        if bar.session in stored and stored[bar.session].close > 0 and not isnan(bar.close)
    ]


def _split_adjusted_closes(history: History, stored: StoredCloses) -> dict[date, float]:
    """The stored closes on the basis of `split_adjusted(history)`."""
    if history.basis == "adjusted" or not history.quotes:
        return {day: bar.close for day, bar in stored.items()}
    later = later_splits(history.quotes)
    by_day = {quote.session: ratio for quote, ratio in zip(history.quotes, later, strict=True)}
    first = history.quotes[0]
    every = later[0] * (first.split if first.split > 0 else 1.0)
    return {day: bar.close / by_day.get(day, every if day < first.session else 1.0) for day, bar in stored.items()}
