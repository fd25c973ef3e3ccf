"""
Rows at a wrong level: in another unit, with a split applied to a part of the history only, or another company's closes.

    steps from close to close | those that no market makes → levels | the right level | rows at others are not stored

What the store has of the listing says which level is right; without it most rows do, or the last ones after a split.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from ingest.prices.exchange_rules import ListingRules
from ingest.prices.price_arrays import PriceArrays, Series, arrays_of
from ingest.prices.quotes import Finding, Quote, bad, doubt

UNIT = 100.0  # pence for pounds, cents for rand
STEP_SPREAD = float(np.log(1.3))  # how far a true move may carry a step from a unit's or a split's ratio
ABSURD_STEP = float(np.log(20.0))  # no market moves so in a session: it is one of the ratios, whichever is nearest
BREAK = float(np.log(5.0))  # nor so, but hardly a ratio: the history is of two parts
EXCURSION = float(np.log(2.0))  # nor so and back within EXCURSION_ROWS
EXCURSION_ROWS = 10
EXCURSION_SPREAD = 0.3  # how far prices may move meanwhile
LEAST_SPLIT = float(np.log(1.5))  # a smaller ratio drowns in ordinary moves, but for its own day
LEVEL_ROWS = 10  # the level of this many last sessions is the right one after a split
WIDE_STEP = 0.40  # a day's move that deserves a look
NOISE = 2.0  # in typical daily moves: what a day may hide
NEW_ROWS = 6  # a new listing's first sessions have no limit
NEAR_DAYS = 30  # a stored close says nothing of one that is later by more


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a listing beside its new rows: stored closes, split-adjusted as these are."""

    closes: Mapping[date, float] = field(default_factory=dict)
    is_trusted: bool = False  # a person named these days: a break is said, and stored


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class _Levels:
    """The level of each row as a logarithm, 0 on the first, and why it changed; "" where it did not."""

    level: list[float]
    reason: list[str]
    is_break: list[bool]  # changed by a step that is no ratio

    def add(self, level: float, reason: str = "", *, is_break: bool = False) -> None:
        self.level.append(level)
        self.reason.append(reason)
        self.is_break.append(is_break)


def level_findings(quotes: Sequence[Quote], *, known: Known, rules: ListingRules) -> Iterator[Finding]:
    """The rows at a wrong level, and moves that deserve a look."""
    if not quotes:
        return
    beside = _stored_beside(quotes, known)
    rows = sorted([*quotes, *beside], key=lambda quote: quote.session)
    if len(rows) < 2:
        return
    history = arrays_of(rows)
    steps = _steps(history)
    levels = _levels(history, steps, rules, is_known=bool(known.closes))
    right = _right_level(history, levels, known, [quote.session for quote in beside])
    own = {quote.session for quote in quotes}
    findings = [*_wide_moves(history, steps, levels, rules)]
    if right is None:
        findings += _broken(history, steps, levels, is_trusted=known.is_trusted)
    else:
        reason = next((reason for reason in levels.reason if reason), "")
        findings += [
            bad(day, "price", f"the price is off by {np.exp(abs(level - right)):.3g} times: {reason}")
            for day, level in zip(history.days, levels.level, strict=True)
            if level != right
        ]
    yield from (finding for finding in findings if finding.session in own)


def _stored_beside(quotes: Sequence[Quote], known: Known) -> list[Quote]:
    """The last stored close before the rows and the first one after them, as rows."""
    first, last = quotes[0].session, quotes[-1].session
    earlier = max((day for day in known.closes if 0 < (first - day).days <= NEAR_DAYS), default=None)
    later = min((day for day in known.closes if 0 < (day - last).days <= NEAR_DAYS), default=None)
    return [Quote(session=day, close=known.closes[day]) for day in (earlier, later) if day is not None]


def _steps(history: PriceArrays) -> Series:
    """The logarithm of each day's move, with the dividend given back where that explains it."""
    with np.errstate(all="ignore"):
        bare = np.log(history.close / history.before)
        whole = np.log(history.close / history.before + history.dividend)
    return np.asarray(np.nan_to_num(np.where(np.abs(whole) < np.abs(bare), whole, bare)), dtype=np.float64)


def _levels(history: PriceArrays, steps: Series, rules: ListingRules, *, is_known: bool) -> _Levels:
    ratios = {"a hundred (another unit)": float(np.log(UNIT))} | {
        f"the split of {day}": abs(float(np.log(ratio)))
        for day, ratio in zip(history.days, history.split, strict=True)
        if ratio > 0 and abs(np.log(ratio)) >= LEAST_SPLIT
    }
    excursions = _excursions(steps)
    least = min(
        min(ratios.values()) - STEP_SPREAD, EXCURSION, float(np.log1p(rules.limit))
    )  # a smaller step is none of these
    level, levels = 0.0, _Levels([], [], [])
    for i, step in enumerate(steps.tolist()):
        if abs(step) < least:
            levels.add(level)
            continue
        reason, shift = _shift(step, ratios)
        beyond = (is_known or i >= NEW_ROWS) and _is_beyond_limit(history, i, step, rules)
        is_break = not reason and (abs(step) > BREAK or i in excursions or beyond)
        if is_break:
            allowed = f" (the exchange allows {rules.limit:.0%})" if beyond else ""
            reason, shift = f"no split explains the step of {history.days[i]}{allowed}", step
        level = _returned(level + shift, levels.level, abs(shift) / 2) if is_break else round(level + shift, 6)
        levels.add(level, reason, is_break=is_break)
    return levels


def _shift(step: float, ratios: dict[str, float]) -> tuple[str, float]:
    """Which ratio a step is, and its size in that ratio's terms; "" and 0 for a move that is none."""
    name, ratio = min(ratios.items(), key=lambda known: abs(abs(step) - known[1]))
    if abs(step) > ABSURD_STEP or abs(abs(step) - ratio) < STEP_SPREAD:
        return name, float(np.copysign(ratio, step))
    return "", 0.0


def _excursions(steps: Series) -> set[int]:
    """The steps of more than twice or half that are taken back within some rows, and those that take them back."""
    pairs: set[int] = set()
    large = [int(i) for i in np.flatnonzero(np.abs(steps) > EXCURSION)]
    for first, second in itertools.pairwise(large):
        if second - first <= EXCURSION_ROWS and abs(steps[first] + steps[second]) < EXCURSION_SPREAD:
            pairs |= {first, second}
    return pairs


def _is_beyond_limit(history: PriceArrays, i: int, step: float, rules: ListingRules) -> bool:
    """Whether a move is more than the exchange allows from one session to the next."""
    return i > 0 and not rules.allows(step) and rules.follows(history.days[i - 1], history.days[i])


def _returned(level: float, earlier: Sequence[float], spread: float) -> float:
    """The earlier level that a break leads back to; the new one when it does not."""
    near = [known for known in dict.fromkeys(reversed(earlier)) if abs(known - level) < min(spread, EXCURSION_SPREAD)]
    return near[0] if near else round(level, 6)


def _right_level(history: PriceArrays, levels: _Levels, known: Known, beside: Sequence[date]) -> float | None:
    """The level of the rows that are right; None when a break leaves two parts and nothing says which."""
    votes = [
        level
        for day, close, level in zip(history.days, history.close.tolist(), levels.level, strict=True)
        if day not in beside and day in known.closes and abs(np.log(close / known.closes[day])) < STEP_SPREAD
    ]
    if votes:
        return Counter(reversed(votes)).most_common(1)[0][0]
    if beside:
        return levels.level[history.days.index(beside[0])]
    if any(levels.is_break):
        return levels.level[0] if levels.level[0] == levels.level[-1] else None
    splits = any(reason.startswith("the split") for reason in levels.reason)
    rows = levels.level[-LEVEL_ROWS:] if splits else levels.level
    return Counter(reversed(rows)).most_common(1)[0][0]


def _broken(history: PriceArrays, steps: Series, levels: _Levels, *, is_trusted: bool) -> Iterator[Finding]:
    """The rows of a history that is of two parts: none can be believed, unless a person asked for them."""
    at = levels.is_break.index(True)
    sentence = f"on {history.days[at]} the closes become {np.exp(steps[at]):.3g} times what they were"
    if is_trusted:
        yield doubt(history.days[at], "price", sentence)
        return
    sentence += (
        ", which no split explains: one part is of another basis, unit or company. Name the split in a column, or "
        "fetch one part alone with --from and its first day"
    )
    yield from (bad(day, "price", sentence) for day in history.days)


def _wide_moves(history: PriceArrays, steps: Series, levels: _Levels, rules: ListingRules) -> Iterator[Finding]:
    """Moves that are none of a level, but large; and splits that are not, or twice, in the price."""
    is_wide = np.abs(np.expm1(steps)) > min(WIDE_STEP, rules.limit)
    for i in np.flatnonzero(is_wide | (history.split > 0)).tolist():
        step = float(steps[i])
        if levels.reason[i]:
            continue
        times = f"the close is {np.exp(step):.2g} times that of the session before"
        if abs(np.expm1(step)) > WIDE_STEP:
            yield doubt(history.days[i], "price", times)
        elif _is_beyond_limit(history, i, step, rules):
            limit = f"the exchange allows {rules.limit:.0%} in a session, but to a new listing"
            yield doubt(history.days[i], "price", f"{times}, and {limit}")
        own = float(np.log(history.split[i])) if history.split[i] > 0 else 0.0
        if abs(step) > 2 * NOISE * history.noise and own and abs(abs(step) - abs(own)) < 0.1 * abs(own):
            yield bad(history.days[i], "price", "the split of the day is not, or twice, in the price")
