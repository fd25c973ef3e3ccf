"""
Subjects named together more often than chance predicts.

    (story, subject) → pairs a story, weighted 1 / C(k, 2) → edges → against two nulls → false discovery rate

Two nulls, since each passes edges that the other does not. Hypergeometric: the stories of either fall anywhere.
Rewired: every story keeps its number of subjects and every subject its number of stories, so that neither round-ups,
which name many, nor giants, which are named everywhere, make an edge by that alone. Stories that name more than eight
subjects are dropped.
Sources: Bouma 2009 (NPMI); Maslov and Sneppen 2002 (rewiring); Benjamini and Hochberg 1995.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from analysis.multiple_testing import adjusted_p_values

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LARGEST_STORY = 8
DRAWS = 20
REPAIRS = 30
TERMS = 16
EDGES = [
    "a", "b", "stories", "weight", "npmi",
    "expected", "lift", "lift_low", "lift_high", "p", "q",
    "rewired", "p_rewired", "q_rewired",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Network:
    """The co-mention network.

    edges: one row a pair named together at least once, the heaviest first; stories: number of stories behind them;
    dropped: round-ups left out; subjects: number of subjects; pairs: number of possible pairs, the family of q and
    q_rewired; named: stories that name each subject (the index), round-ups included.

    Columns of edges: a, b (a < b), stories (that name both), weight (Σ 1 / C(k, 2)), npmi (−1 … 1), expected (stories
    if they fell anywhere), lift (stories / expected) with its exact 95 % Poisson interval, p and q (hypergeometric),
    rewired (mean stories in the rewired networks), p_rewired and q_rewired."""

    edges: pd.DataFrame
    stories: int
    dropped: int
    subjects: int
    pairs: int
    named: pd.Series


def co_mentions(rows: pd.DataFrame, *, largest: int = LARGEST_STORY, draws: int = DRAWS, seed: int = 0) -> Network:
    """The network of the stories in `rows` (columns story, subject; a pair twice counts once)."""
    subject, names = pd.factorize(rows["subject"], sort=True)
    number = len(names)
    # One number for each story and subject: sorting once puts both in order and shows the duplicates.
    codes = np.sort(rows["story"].to_numpy(dtype=np.int64) * max(number, 1) + subject, kind="stable")
    story, subject = np.divmod(codes[np.diff(codes, prepend=-1) > 0], max(number, 1))
    sizes = np.diff(np.append(np.flatnonzero(np.diff(story, prepend=-1)), len(story)))
    size = sizes.repeat(sizes)
    blocks = _by_size(subject[size <= largest], size[size <= largest])
    stories = sum(len(block) for block in blocks)
    edges = _edges(blocks, np.asarray(names), stories, draws=draws, seed=seed)
    named = pd.Series(np.bincount(subject, minlength=number), index=names)
    return Network(edges, stories, int((sizes > largest).sum()), number, number * (number - 1) // 2, named)


def _edges(blocks: list[Ints], names: npt.NDArray[np.object_], stories: int, *, draws: int, seed: int) -> pd.DataFrame:
    number = len(names)
    counts, weights = _pair_counts(blocks, number)
    code = np.flatnonzero(counts)
    code = code[np.lexsort((code, -weights[code]))]
    a, b = code // max(number, 1), code % max(number, 1)
    n = counts[code]
    own = np.bincount(np.concatenate([np.zeros(0, dtype=int), *map(np.ravel, blocks)]), minlength=number).astype(float)
    expected = own[a] * own[b] / stories
    p = hypergeometric_tail(n, stories, own[a], own[b])
    rewired = _rewired(blocks, number, draws=draws, seed=seed)[code]
    # The count and the rewired total are compared as two Poisson counts, which also allows for few draws.
    p_rewired = special.betainc(n, rewired + 1, 1 / (draws + 1))
    family = number * (number - 1) // 2
    return pd.DataFrame(
        {
            "a": names[a],
            "b": names[b],
            "stories": n.astype(int),
            "weight": weights[code],
            "npmi": _npmi(n, own[a], own[b], stories),
            "expected": expected,
            "lift": n / expected,
            "lift_low": special.gammaincinv(n, 0.025) / expected,
            "lift_high": special.gammaincinv(n + 1, 0.975) / expected,
            "p": p,
            "q": adjusted_p_values(p, "bh", family=family),
            "rewired": rewired / draws,
            "p_rewired": p_rewired,
            "q_rewired": adjusted_p_values(p_rewired, "bh", family=family),
        }
    )


def _npmi(n: Floats, a: Floats, b: Floats, total: int) -> Floats:
    """ln(p_ab / (p_a p_b)) / −ln p_ab; 1 where every story names both."""
    surprise = -np.log(n / max(total, 1))
    return np.divide(np.log(n * total / (a * b)), surprise, out=np.ones_like(n), where=surprise > 0)


def hypergeometric_tail(n: npt.ArrayLike, total: int, first: npt.ArrayLike, second: npt.ArrayLike) -> Floats:
    """P(X ≥ n) for the number of stories that name both, when `first` and `second` of `total` stories name one each.

    Elementwise. Equals scipy.stats.hypergeom.sf(n − 1, …) and is two hundred times faster on many pairs at once: it
    sums the shorter tail from one term to the next."""
    x, a, b = (np.asarray(values, dtype=float) for values in (n, first, second))
    x, a, b = np.broadcast_arrays(x, a, b)
    upper = x > a * b / max(total, 1)
    start = np.where(upper, x, x - 1)
    possible = (start >= np.maximum(0, a + b - total)) & (start <= np.minimum(a, b))
    term = np.where(possible, np.exp(_log_hypergeometric(np.where(possible, start, 0), total, a, b)), 0.0)
    tail = term.copy()
    going = np.flatnonzero(term > 0)
    while len(going):
        summed, last, k = _summed(tail[going], term[going], start[going], a[going], b[going], total, upper[going])
        tail[going], term[going], start[going] = summed, last, k
        going = going[last > 1e-17 * summed]
    return np.clip(np.where(upper, tail, 1 - tail), 0.0, 1.0)


def _summed(
    tail: Floats, term: Floats, k: Floats, a: Floats, b: Floats, total: int, up: npt.NDArray[np.bool_]
) -> tuple[Floats, ...]:
    """The tails with the next few terms, upwards or downwards; the last terms and their k."""
    # Several at once: a tail that has converged meanwhile gains nothing that a float could hold.
    step, rest = np.where(up, 1, -1), total - a - b
    for _ in range(TERMS):
        more, less = (a - k) * (b - k), k * (rest + k)
        term = term * (
            np.where(up, more, less) / np.where(up, (k + 1) * (rest + k + 1).clip(1), (a - k + 1) * (b - k + 1))
        )
        k = k + step
        tail = tail + term
    return tail, term, k


def _log_hypergeometric(k: Floats, total: int, a: Floats, b: Floats) -> Floats:
    ln = special.gammaln
    return np.asarray(
        ln(a + 1) - ln(k + 1) - ln(a - k + 1)
        + ln(total - a + 1) - ln(b - k + 1) - ln(np.maximum(total - a - b + k, 0) + 1)
        - (ln(total + 1) - ln(b + 1) - ln(total - b + 1))
    )  # fmt: skip


def _by_size(subject: Ints, size: Ints) -> list[Ints]:
    """One array for each number of subjects: a row a story. `size`: of each subject's story, story after story."""
    return [subject[size == k].reshape(-1, k) for k in np.flatnonzero(np.bincount(size))]


def _pair_counts(blocks: list[Ints], number: int) -> tuple[Floats, Floats]:
    """Stories and weight of each pair, at a·number + b with a < b."""
    counts, weights = np.zeros((2, number * number))
    for block in blocks:
        k = block.shape[1]
        first, second = np.triu_indices(k, 1)
        left, right = block[:, first].ravel(), block[:, second].ravel()
        different = left != right
        code = np.minimum(left, right)[different] * number + np.maximum(left, right)[different]
        pairs = np.bincount(code, minlength=number * number)
        counts += pairs
        weights += pairs / max(len(first), 1)
    return counts, weights


def _rewired(blocks: list[Ints], number: int, *, draws: int, seed: int) -> Floats:
    """The number of stories that name each pair, summed over all rewired networks."""
    random = np.random.default_rng(seed)
    slots = np.concatenate([np.zeros(0, dtype=np.int64), *map(np.ravel, blocks)])
    left, right = _slot_pairs(blocks)
    codes = [np.zeros(0, dtype=np.int64)]
    for _ in range(draws):
        shuffled = _shuffled(slots, left, right, random)
        a, b = shuffled[left], shuffled[right]
        codes.append((np.minimum(a, b) * number + np.maximum(a, b))[a != b])
    return np.bincount(np.concatenate(codes), minlength=number * number).astype(float)


def _slot_pairs(blocks: list[Ints]) -> tuple[Ints, Ints]:
    """The first and the second slot of every pair of slots in one story; a slot holds one subject of one story."""
    left, right, start = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], 0
    for block in blocks:
        first, second = np.triu_indices(block.shape[1], 1)
        rows = start + np.arange(len(block))[:, None] * block.shape[1]
        left.append((rows + first).ravel())
        right.append((rows + second).ravel())
        start += block.size
    return np.concatenate(left), np.concatenate(right)


def _shuffled(slots: Ints, left: Ints, right: Ints, random: np.random.Generator) -> Ints:
    """The subjects shuffled over the slots, without a subject twice in one story."""
    shuffled = random.permutation(slots)
    view = memoryview(shuffled)  # type: ignore[arg-type]  # swaps single values faster than the array itself
    for _ in range(REPAIRS):
        twice = right[shuffled[left] == shuffled[right]]
        if len(twice) == 0:
            break
        # A story that names a subject twice swaps one of the two with a random slot. Duplicates that remain after these
        # rounds (nearly always none) make no pair.
        for slot, other in zip(twice.tolist(), random.integers(0, len(shuffled), len(twice)).tolist(), strict=True):
            view[slot], view[other] = view[other], view[slot]
    return shuffled
