"""
On which basis closes are: as traded, without the steps of splits, or without those of dividends either.

    splits: does the close step by them | dividends: does it fall by them | in words where neither shows

yfinance writes the same columns with and without `auto_adjust`, and a file does not say which: its prices do.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, log
from typing import Literal

import numpy as np

from ingest.prices.quotes import Basis, Quote

CLEAR_SPLIT = 0.18  # the logarithm of a ratio that no ordinary day's move hides: 6 for 5
SURE = 3.0  # log-likelihood ratio: 20 to 1
QUIET = 0.004  # the least typical move of a day: less is rounding

MOVES: dict[Literal["fell", "stayed", "rose"], float] = {"fell": 1.0, "stayed": 0.0, "rose": -1.0}
"""What closes may do by a dividend on its day, in shares of the fall that it makes."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A basis, and in words what speaks against it; "" when nothing does."""

    basis: Basis
    doubt: str = ""


def basis_of(quotes: Sequence[Quote], *, has_actions: bool, by_yfinance: bool = False) -> Judgement:
    """
    The basis of one listing's quotes, oldest first. `has_actions`: their source has columns for dividends or splits.

    Prices whose source has none count as adjusted. A file with such columns gives prices as traded, unless they show
    otherwise; one with all the columns of yfinance's history and no adjusted close beside them (`by_yfinance`) is
    adjusted, as yfinance writes it by default.
    """
    if not has_actions:
        return Judgement("adjusted")
    shown = [quote for quote in quotes if quote.close > 0]
    steps = _split_evidence(shown)
    as_traded: Basis = "split_adjusted" if steps > 0 else "traded"
    paid = sum(quote.dividend > 0 for quote in shown[1:])
    if steps < 0 or not paid or _has_adjusted_close(shown):
        return Judgement(as_traded)
    move, is_sure = _moves_on_ex_days(shown)
    if is_sure and move == "fell":
        return Judgement(as_traded)
    if is_sure and move == "rose":
        return Judgement("adjusted")
    dividends = f"the {paid} {'dividend' if paid == 1 else 'dividends'} of the file"
    if by_yfinance:
        return Judgement(
            "adjusted",
            ""
            if is_sure
            else f"the closes do not show whether {dividends} were taken out of them; they count as adjusted, which is "
            "what yfinance does by default (--basis split_adjusted says otherwise)",
        )
    return Judgement(
        as_traded,
        f"the closes did not fall by {dividends}; if they are adjusted, say so: a column basis, or --basis adjusted"
        if is_sure
        else "",
    )


def _split_evidence(quotes: Sequence[Quote]) -> float:
    """Below 0 where the closes step by the splits, above where they do not; 0 without a split that is clear enough."""
    evidence = 0.0
    for before, quote in itertools.pairwise(quotes):
        if quote.split > 0 and abs(log(quote.split)) >= CLEAR_SPLIT:
            step = log(quote.close / before.close)
            evidence += abs(step + log(quote.split)) - abs(step)
    return evidence


def _moves_on_ex_days(quotes: Sequence[Quote]) -> tuple[Literal["fell", "stayed", "rose"], bool]:
    """
    What the closes did by the dividends on their days, and whether that is 20 times likelier than the two others.

    As traded they fall. Adjusted they stay; they rise where somebody adjusted what had not fallen.
    """
    pairs = list(itertools.pairwise(quotes))
    moves = np.array([log(quote.close / before.close) for before, quote in pairs if not quote.dividend > 0])
    middle = float(np.median(moves)) if len(moves) else 0.0
    noise = max(1.4826 * float(np.median(np.abs(moves - middle))) if len(moves) else 0.0, QUIET)
    misfit = dict.fromkeys(MOVES, 0.0)
    for before, quote in pairs:
        # The night's move has less else in it than the day's.
        after = quote.open if quote.open > 0 else quote.close
        if 0 < quote.dividend < before.close:
            fall = log(1 - quote.dividend / before.close)
            for move, share in MOVES.items():
                misfit[move] += (log(after / before.close) - middle - share * fall) ** 2 / (2 * noise**2)
    best, second = sorted(misfit, key=misfit.__getitem__)[:2]
    return best, misfit[second] - misfit[best] >= SURE


def _has_adjusted_close(quotes: Sequence[Quote]) -> bool:
    """Whether an adjusted close stands beside the close, and differs: then the close itself is not adjusted."""
    return any(not isnan(quote.adj_close) and abs(quote.adj_close / quote.close - 1) > 1e-3 for quote in quotes)
