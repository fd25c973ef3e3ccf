"""Which dividends cannot have been paid: nobody noticed them, they come twice, or in another unit than the price."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ingest.prices.price_arrays import PriceArrays
from ingest.prices.quotes import Finding, bad, doubt

FACTOR_SPREAD = 0.25  # how far the provider's own adjustment may be from dividend / price
FACTOR_LEAST = 0.004  # of the price: a smaller difference is rounding
NOTICED_FROM = 0.04  # of the price: a dividend that large must show
NOTICED_SHARE = 0.25  # of the dividend: the least fall that shows it
NOISE = 2.0  # in typical daily moves: what a day may hide
TWIN_DAYS = 7  # two dividends within a week are one, reported twice
TOGETHER = 4  # dividends; and standard errors by which their falls must exceed them
UNIT = 100.0  # pence for pounds, cents for rand
UNIT_SPREAD = 2 * float(np.log(1.3))  # how far dividends of one company may differ from each other


def dividend_findings(history: PriceArrays) -> Iterator[Finding]:
    """The dividends that are not to be believed, and adjustments that no dividend explains."""
    paid = [int(i) for i in np.flatnonzero(history.dividend > 0) if i]
    for i in paid:
        if sentence := _unnoticed(history, i):
            yield bad(history.days[i], "dividend", sentence)
        elif _factor_differs(history, i):
            yield doubt(history.days[i], "dividend", "the provider's own adjusted close does not fit it")
    for j in np.flatnonzero(~(history.dividend > 0) & (np.abs(history.factor) > FACTOR_LEAST)):
        yield doubt(history.days[j], "price", "the provider adjusts the close without a dividend or split")
    yield from _twins(history, paid)
    yield from _small_units(history, paid)


def _unnoticed(history: PriceArrays, i: int) -> str:
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


def _factor_differs(history: PriceArrays, i: int) -> bool:
    share, factor = history.dividend[i], history.factor[i]
    if np.isnan(factor):
        return False
    return bool(abs(share - factor) > max(FACTOR_SPREAD * max(share, factor), FACTOR_LEAST))


def _twins(history: PriceArrays, paid: list[int]) -> Iterator[Finding]:
    """Of two like dividends within a week, the one that moved the price less is the copy."""
    fall = 1 - history.close / history.before
    for first, second in pairwise(paid):
        like = abs(np.log(history.dividend[first] / history.dividend[second])) < FACTOR_SPREAD
        if like and (history.days[second] - history.days[first]).days <= TWIN_DAYS:
            copy, original = (first, second) if fall[first] < fall[second] else (second, first)
            yield bad(history.days[copy], "dividend", f"it is the one of {history.days[original]} again")


def _small_units(history: PriceArrays, paid: list[int]) -> Iterator[Finding]:
    """Dividends in another unit than the price: a hundredth of the others, or of what the price fell by each time."""
    if len(paid) < TOGETHER:
        return
    shares = history.dividend[paid]
    usual = float(np.median(shares))
    falls = 1 - history.open[paid] / history.before[paid]
    for i, whole, fall in zip(paid, shares * UNIT, falls, strict=True):
        if abs(np.log(whole / usual)) < UNIT_SPREAD and fall > 0.5 * whole > NOISE * history.noise:
            yield bad(history.days[i], "dividend", "it is a hundredth of the others, and of the price's fall")
    error = max(history.noise, FACTOR_LEAST) / np.sqrt(len(paid))
    together = float(np.median(falls))
    if together - usual > TOGETHER * error and abs(np.log(together / (usual * UNIT))) < np.log(3):
        for i in paid:
            yield doubt(
                history.days[i], "dividend", f"the price falls {together / usual:.0f} times as much on such days"
            )
