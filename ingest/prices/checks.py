"""
Which rows of a price history cannot be right, and why: the rules that keep a provider's mistake out of a chart.

    bad     the price, dividend or split is not stored
    doubt   it is stored, and said

Prices are in split-adjusted terms here, so that an honest split leaves no step. The rules look for shapes that markets do
not make: a price a hundred times its neighbours, a dividend that nobody noticed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import isnan
from typing import Literal

import numpy as np
import numpy.typing as npt

from ingest.prices.quotes import Quote

About = Literal["price", "range", "dividend"]
Series = npt.NDArray[np.float64]

UNIT = 100.0  # pence for pounds, cents for rand
STEP_SPREAD = float(np.log(1.3))  # how far a true move may carry a step from a unit's or a split's ratio
ABSURD_STEP = float(np.log(20.0))  # no market moves so in a session: it is one of the ratios, whichever is nearest
LEAST_SPLIT = float(np.log(1.5))  # a smaller ratio drowns in ordinary moves, but for its own day
LEVEL_ROWS = 10  # the level of so many last sessions is the right one
RANGE = 20.0  # high over low
RANGE_SPREAD = 0.002  # of the price: closing auctions end a little outside the day's range
WIDE_STEP = 0.40  # a day's move that deserves a look
FACTOR_SPREAD = 0.25  # how far the provider's own adjustment may be from dividend / price
FACTOR_LEAST = 0.004  # of the price: a smaller difference is rounding
NOTICED_FROM = 0.04  # of the price: a dividend that large must show
NOTICED_SHARE = 0.25  # of the dividend: the least fall that shows it
NOISE = 2.0  # in typical daily moves: what a day may hide
TWIN_DAYS = 7  # two dividends within a week are one, reported twice
TOGETHER = 4  # dividends; and standard errors by which their falls must exceed them


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with a session's price, its day's range, or its dividend. A bad one is not stored; a doubtful one is."""

    session: date
    about: About
    bad: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class _History:
    """The rows that have a price, as arrays; each value beside that of the session before where it is named so."""

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


def findings_of(quotes: Sequence[Quote]) -> list[Finding]:
    """The findings of one listing's history (oldest first, split-adjusted); the worst of each session and subject."""
    found = [*_unusable(quotes), *_ranges(quotes)]
    usable = list({quote.session: quote for quote in reversed(quotes) if quote.close > 0}.values())[::-1]
    if len(usable) > 1:
        history = _history(usable)
        found += [*_levels(history), *_dividends(history)]
    worst: dict[tuple[date, About], Finding] = {}
    for finding in sorted(found, key=lambda f: (f.session, f.about, not f.bad)):
        worst.setdefault((finding.session, finding.about), finding)
    return list(worst.values())


def _history(quotes: Sequence[Quote]) -> _History:
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
    return _History(
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


def _unusable(quotes: Sequence[Quote]) -> Iterator[Finding]:
    seen: set[date] = set()
    for quote in quotes:
        if not quote.close > 0:
            yield _bad(quote.session, "price", "there is no price" if isnan(quote.close) else f"it is {quote.close:g}")
        if quote.session in seen:
            yield _doubt(quote.session, "price", "the session is given twice; the first one counts")
        if quote.session.weekday() == 5:
            yield _bad(quote.session, "price", "nobody trades on a Saturday")
        seen.add(quote.session)


def _ranges(quotes: Sequence[Quote]) -> Iterator[Finding]:
    """A day's range that contradicts itself. The close may still be right: only open, high and low are not stored."""
    for quote in quotes:
        inside = [value for value in (quote.open, quote.close) if value > 0]
        if not (quote.high > 0 and quote.low > 0 and inside):
            continue
        if quote.high > RANGE * quote.low:
            yield _bad(quote.session, "range", f"the high is {quote.high / quote.low:.0f} times the low")
        elif max(inside) > quote.high * (1 + RANGE_SPREAD) or min(inside) < quote.low * (1 - RANGE_SPREAD):
            yield _bad(quote.session, "range", "the open or the close lies outside the day's range")


def _levels(history: _History) -> Iterator[Finding]:
    """Rows at another level than the last ones: another unit, or a split applied to a part of the history only."""
    steps = _steps(history)
    ratios = {"a hundred (another unit)": np.log(UNIT)} | {
        f"the split of {day}": abs(float(np.log(ratio)))
        for day, ratio in zip(history.days, history.split, strict=True)
        if ratio > 0 and abs(np.log(ratio)) >= LEAST_SPLIT
    }
    level, levels, reasons = 0.0, [], []
    for i, step in enumerate(steps):
        reason, shift = _shift(float(step), ratios)
        level += shift
        levels.append(round(level, 6))
        reasons.append(reason)
        if not reason and abs(np.expm1(step)) > WIDE_STEP:
            yield _doubt(history.days[i], "price", f"the close is {np.exp(step):.2g} times that of the session before")
        own = float(np.log(history.split[i])) if history.split[i] > 0 else 0.0
        if not reason and abs(step) > 2 * NOISE * history.noise and own and abs(abs(step) - abs(own)) < 0.1 * abs(own):
            yield _bad(history.days[i], "price", "the split of the day is not, or twice, in the price")
    last = levels[-LEVEL_ROWS:]
    right = max(reversed(last), key=last.count)
    reason = next((name for name in reasons if name), "")
    for day, found in zip(history.days, levels, strict=True):
        if found != right:
            yield _bad(day, "price", f"the price is off by {np.exp(abs(found - right)):.3g} times: {reason}")


def _steps(history: _History) -> Series:
    """The logarithm of each day's move, with the dividend given back where that explains it."""
    with np.errstate(all="ignore"):
        plain = np.log(history.close / history.before)
        whole = np.log(history.close / history.before + history.dividend)
    return np.nan_to_num(np.where(np.abs(whole) < np.abs(plain), whole, plain))


def _shift(step: float, ratios: dict[str, float]) -> tuple[str, float]:
    """Which ratio a step is, and its size in that ratio's terms; "" and 0 for a move that is none."""
    name, ratio = min(ratios.items(), key=lambda known: abs(abs(step) - known[1]))
    if abs(step) > ABSURD_STEP or abs(abs(step) - ratio) < STEP_SPREAD:
        return name, float(np.copysign(ratio, step))
    return "", 0.0


def _dividends(history: _History) -> Iterator[Finding]:
    paid = [int(i) for i in np.flatnonzero(history.dividend > 0) if i]
    for i in paid:
        if sentence := _unnoticed(history, i):
            yield _bad(history.days[i], "dividend", sentence)
        elif _factor_differs(history, i):
            yield _doubt(history.days[i], "dividend", "the provider's own adjusted close does not fit it")
    for j in np.flatnonzero(~(history.dividend > 0) & (np.abs(history.factor) > FACTOR_LEAST)):
        yield _doubt(history.days[j], "price", "the provider adjusts the close without a dividend or split")
    yield from _twins(history, paid)
    yield from _small_units(history, paid)


def _unnoticed(history: _History, i: int) -> str:
    """Why a dividend cannot have been paid: larger than the price, or the market did not fall by it; "" when it can."""
    share, factor = history.dividend[i], history.factor[i]
    if share >= 1:
        return f"it is {share:.3g} times the price"
    if not history.traded[i]:
        return ""
    deepest = 1 - history.low[i] / history.before[i]
    if share > NOTICED_FROM and deepest < NOTICED_SHARE * share and share - deepest > 2 * NOISE * history.noise:
        return f"it is {share:.1%} of the price, which fell by {max(deepest, 0):.1%}"
    fall = 1 - min(history.open[i], history.close[i]) / history.before[i]
    if (
        _factor_differs(history, i)
        and share - factor > NOISE * history.noise
        and abs(fall - factor) < abs(fall - share)
    ):
        return f"it is {share:.1%} of the price; the provider's own adjustment, and the market, say {factor:.1%}"
    return ""


def _factor_differs(history: _History, i: int) -> bool:
    share, factor = history.dividend[i], history.factor[i]
    if np.isnan(factor):
        return False
    return bool(abs(share - factor) > max(FACTOR_SPREAD * max(share, factor), FACTOR_LEAST))


def _twins(history: _History, paid: list[int]) -> Iterator[Finding]:
    """Of two like dividends within a week, the one that moved the price less is the copy."""
    fall = 1 - history.close / history.before
    for first, second in pairwise(paid):
        like = abs(np.log(history.dividend[first] / history.dividend[second])) < FACTOR_SPREAD
        if like and (history.days[second] - history.days[first]).days <= TWIN_DAYS:
            copy, kept = (first, second) if fall[first] < fall[second] else (second, first)
            yield _bad(history.days[copy], "dividend", f"it is the one of {history.days[kept]} again")


def _small_units(history: _History, paid: list[int]) -> Iterator[Finding]:
    """Dividends in another unit than the price: a hundredth of the others, or of what the price fell by each time."""
    if len(paid) < TOGETHER:
        return
    shares = history.dividend[paid]
    usual = float(np.median(shares))
    falls = 1 - history.open[paid] / history.before[paid]
    for i, whole, fall in zip(paid, shares * UNIT, falls, strict=True):
        if abs(np.log(whole / usual)) < 2 * STEP_SPREAD and fall > 0.5 * whole > NOISE * history.noise:
            yield _bad(history.days[i], "dividend", "it is a hundredth of the others, and of the price's fall")
    error = max(history.noise, FACTOR_LEAST) / np.sqrt(len(paid))
    together = float(np.median(falls))
    if together - usual > TOGETHER * error and abs(np.log(together / (usual * UNIT))) < np.log(3):
        for i in paid:
            yield _doubt(
                history.days[i], "dividend", f"the price falls {together / usual:.0f} times as much on such days"
            )


def _bad(session: date, about: About, sentence: str) -> Finding:
    return Finding(session=session, about=about, bad=True, sentence=sentence)


def _doubt(session: date, about: About, sentence: str) -> Finding:
    return Finding(session=session, about=about, bad=False, sentence=sentence)
