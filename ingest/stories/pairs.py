"""
Which articles may tell the same event, and how likely each two of them do: arrays of pairs, not objects.

    Tellings → Table → candidates → evidence (columns by name) → score
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from data.catalog.lexicon import EVENTS
from data.model import BIAS
from ingest.stories.features import BLOCK_SURE
from ingest.stories.titles import KEY_LENGTH
from ingest.stories.token_arrays import ACTOR, DIGITS, EVENT, FIRM, HEAD, NUMBER, TITLE, Telling
from ingest.stories.tokens import MANNERS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WINDOW_HOURS = 72.0
COMMON = 300  # a block that more articles of the window share finds no candidates
ENOUGH = BLOCK_SURE / 1000  # the weight of shared blocks that makes two articles candidates
ROWS_AT_ONCE = 1000
LARGEST = 100  # articles that likely pairs connect; among more, only what was looked up is looked at
RARE = 6.0  # the weight of a word that is in fewer than 250 of 100,000 titles

COPY, NEVER = 20.0, -20.0  # scores that no evidence moves: the same headline; another instance of one template
TEMPLATE = 0.8  # likeness of titles from which other numbers mean another event


class Table:
    """Articles as columns. `hours` are hours since the epoch, `publishers` numbers that tell publishers apart."""

    def __init__(self, tellings: Sequence[Telling], hours: Sequence[float], publishers: Sequence[int]) -> None:
        # Column by column: a batch is compared with tens of thousands of articles around it.
        keys, tokens, blocks, firms, *numbers = zip(*tellings, strict=True)
        self.hours = np.array(hours, np.float64)
        self.publisher = np.array(publishers, np.int64)
        self.key = np.array(keys, np.int64)
        self.start, packed = _column(tokens)
        self.block_start, self.blocks = _column(blocks)
        self.token = (packed >> np.uint64(32)).astype(np.int64)
        self.weight = (packed >> np.uint64(16) & np.uint64(0xFFFF)).astype(np.float64) / 1000
        self.bits = (packed & np.uint64(0xFFFF)).astype(np.int64)
        self.firm = np.array([one[0] if one else -1 for one in firms], np.int64)
        self.firms = np.array(list(map(len, firms)), np.int64)
        self.events, self.manner, self.kinds, self.script = (np.array(column, np.int64) for column in numbers)
        self.digits = self.total(self.bits & DIGITS > 0)
        self.has_actor = self.total(self.bits & ACTOR > 0) > 0
        words = np.where(self.bits & NUMBER, 0.0, self.weight)
        self.titled = self.total(words * ((self.bits & TITLE) > 0))
        self.squares = {bit: self.total(words**2 * ((self.bits & bit) > 0 if bit else 1)) for bit in (TITLE, HEAD, 0)}
        self.has_firm = self.total((self.bits & FIRM) > 0) > 0

    def __len__(self) -> int:
        return len(self.hours)

    def total(self, values: npt.NDArray[np.generic]) -> Floats:
        """The sum over each article's tokens."""
        owner = np.repeat(np.arange(len(self)), np.diff(self.start))
        return np.asarray(np.bincount(owner, weights=values, minlength=len(self)), np.float64)


@cache
def number_of(publisher: str) -> int:
    """A number that tells it from other publishers."""
    return crc32(publisher.encode())


def candidates(table: Table, first: int, last: int) -> tuple[Ints, Ints]:
    """Pairs (i, j) of articles at most 72 hours apart that share enough, with i in first..last and j before it."""
    owner = np.repeat(np.arange(len(table)), np.diff(table.block_start))
    _, column = np.unique((table.blocks >> np.uint64(32)).astype(np.uint32), return_inverse=True)
    weight = (table.blocks >> np.uint64(16) & np.uint64(0xFFFF)).astype(np.float64) / 1000
    weight[np.bincount(column)[column] > COMMON] = 0.0
    keep = weight > 0
    shape = (len(table), int(column.max(initial=-1)) + 1)
    weighted = sparse.csr_matrix((weight[keep], (owner[keep], column[keep])), shape)
    present = sparse.csr_matrix((np.ones(keep.sum()), (owner[keep], column[keep])), shape).T.tocsr()
    found = [_same_keys(table, first, last)]
    for row in range(first, last, ROWS_AT_ONCE):
        shared = (weighted[row : min(row + ROWS_AT_ONCE, last)] @ present).tocoo()
        enough = shared.data >= ENOUGH
        found.append(np.stack([shared.row[enough].astype(np.int64) + row, shared.col[enough].astype(np.int64)]))
    i, j = np.concatenate(found, axis=1)
    near = (j < i) & (np.abs(table.hours[i] - table.hours[j]) <= WINDOW_HOURS)
    pairs = np.unique(i[near] * len(table) + j[near])
    return pairs // max(len(table), 1), pairs % max(len(table), 1)


def connected(table: Table, first: int, i: Ints, j: Ints, story: Ints) -> tuple[Ints, Ints]:
    """
    Every pair (one, other) of articles that likely pairs (i, j) connect, directly or through others, `one` from `first` on.

    Groups are joined by the average of their pairs, so that each must be looked at, whether or not the two share a rare word.
    `story` says which rows are of one stored story; they are connected too.
    """
    order = np.argsort(story, kind="stable")
    stored = order[:-1][(story[order[1:]] == story[order[:-1]])], order[1:][(story[order[1:]] == story[order[:-1]])]
    edges = np.concatenate([i, stored[0]]), np.concatenate([j, stored[1]])
    graph = sparse.coo_matrix((np.ones(len(edges[0])), edges), (len(table), len(table)))
    _, part = csgraph.connected_components(graph, directed=False)
    touched = np.unique(part[i])
    order = np.argsort(part, kind="stable")
    starts = np.searchsorted(part[order], touched)
    ends = np.searchsorted(part[order], touched, side="right")
    found = [np.zeros((2, 0), np.int64)]
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if 2 < end - start <= LARGEST:
            rows = order[start:end]
            one, other = np.tril_indices(len(rows), -1)
            found.append(np.stack([rows[one], rows[other]]))
    one, other = np.concatenate(found, axis=1)
    keep = (one >= first) & (np.abs(table.hours[one] - table.hours[other]) <= WINDOW_HOURS)
    return one[keep], other[keep]


def scores(table: Table, i: Ints, j: Ints, weights: Mapping[str, float]) -> Floats:
    """How much speaks for one event in each pair, as the logarithm of the odds; `weights` are a model's, by column."""
    if not len(i):
        return np.zeros(0)
    columns = evidence(table, i, j)
    weighed = (weight * columns[name] for name, weight in weights.items() if name != BIAS)
    total = np.full(len(i), weights[BIAS]) + sum(weighed)
    total[is_other_instance(table, i, j, columns)] = NEVER
    total[is_copy(table, i, j)] = COPY
    return np.asarray(np.clip(total, NEVER, COPY))


def evidence(table: Table, i: Ints, j: Ints) -> dict[str, Floats]:
    """What two articles share and in what they differ: a column of numbers for each name in story_weights."""
    shared = _Shared(table, i, j)
    word = ~shared.has(NUMBER)
    content = word & ~shared.has(FIRM)
    both_firms = shared.count(shared.both(TITLE) & shared.has(FIRM))
    firms_i, firms_j = table.firms[i], table.firms[j]
    named = (firms_i > 0) & (firms_j > 0)
    same_firm = (table.firm[i] == table.firm[j]) & named
    events, every_event = table.events[i] & table.events[j], table.events[i] | table.events[j]
    hours = np.abs(table.hours[i] - table.hours[j])
    likeness = {
        bit: _cosine(table, i, j, bit, shared.sum(word & shared.both(bit), power=2)) for bit in (TITLE, HEAD, 0)
    }
    covered_i = shared.sum(word & (shared.bits_i & TITLE > 0)) / np.maximum(table.titled[i], 1e-6)
    covered_j = shared.sum(word & (shared.bits_j & TITLE > 0)) / np.maximum(table.titled[j], 1e-6)
    head = content & shared.both(HEAD)
    number = shared.sum(shared.has(NUMBER) & shared.both(TITLE))
    cross = table.script[i] != table.script[j]
    asian = ~cross & (table.script[i] > 0)
    digits = shared.count(shared.has(DIGITS))
    union = firms_i + firms_j - both_firms
    columns: dict[str, npt.NDArray[np.generic]] = {
        "title_likeness": likeness[TITLE],
        "head_likeness": likeness[HEAD],
        "text_likeness": likeness[0],
        "title_covered_most": np.maximum(covered_i, covered_j),
        "title_covered_least": np.minimum(covered_i, covered_j),
        "head_shared": np.log1p(shared.sum(head)),
        "text_shared": np.log1p(shared.sum(content)),
        "rarest": shared.largest(head) / 10,
        "rare_words": np.minimum(shared.count(head & (shared.weight >= RARE)), 4),
        "same_first_company": same_firm,
        "company_rarity": shared.largest(shared.both(TITLE) & shared.has(FIRM)) / 10,
        "companies_shared": np.where(union > 0, both_firms / np.maximum(union, 1), 0.3),
        "two_companies": both_firms >= 2,
        "other_companies_in_text": named & (shared.count(shared.has(FIRM)) == 0),
        "numbers": np.minimum(number, 3),
        "other_numbers": ((table.kinds[i] & table.kinds[j]) > 0) & (number == 0),
        # Most companies whose flashes read alike ("…:上半年净利润…") are in no catalog: their names stand before the colon.
        "other_actor": table.has_actor[i]
        & table.has_actor[j]
        & (shared.count(shared.has(ACTOR)) == 0)
        & ~cross
        & ~same_firm,
        "other_digits": (table.digits[i] > digits) & (table.digits[j] > digits) & ~cross,
        "events": np.minimum(shared.sum(shared.both(TITLE) & shared.has(EVENT)), 12) / 4,
        "event_kinds": np.where(every_event > 0, _ones(events) / np.maximum(_ones(every_event), 1), 0.3),
        "other_events": (table.events[i] > 0) & (table.events[j] > 0) & (events == 0),
        "company_and_event": same_firm & ((events & ~_MOVE) > 0),
        "company_and_results": same_firm & ((events & _RESULTS) > 0),
        "company_and_move": same_firm & ((events & _MOVE) > 0),
        "results_and_move": same_firm & (_results_meet_move(table, i, j) | _results_meet_move(table, j, i)),
        "both_opinion": (table.manner[i] & table.manner[j] & _OPINION) > 0,
        "days": hours / 24,
        "log_hours": np.log1p(hours),
        "cross": cross,
        "cross_likeness": cross * likeness[HEAD],
        "asian": asian,
        "asian_likeness": asian * likeness[HEAD],
        "same_publisher": table.publisher[i] == table.publisher[j],
    }
    differs = table.manner[i] ^ table.manner[j]
    columns |= {f"differ_{name}": (differs >> bit) & 1 for bit, name in enumerate(MANNERS)}
    return {name: np.asarray(column, np.float64) for name, column in columns.items()}


def is_other_instance(table: Table, i: Ints, j: Ints, columns: Mapping[str, Floats]) -> npt.NDArray[np.bool_]:
    """Two of one template: "X rises 3 %" and "X rises 5 %", the same of another day or company, two flashes
    of two who act; and a round-up with what it lists."""
    template = (table.script[i] == table.script[j]) & (columns["title_likeness"] >= TEMPLATE)
    other = columns["other_digits"] + columns["other_companies_in_text"] > 0
    return np.asarray((template & other) | (columns["other_actor"] + columns["differ_roundup"] > 0))


SHORTEST_KEY = 10  # letters; shorter headlines are names ("Kimi K3") and columns ("AI 早报")
COLUMN_HOURS = 20.0  # the same headline a day later from the same publisher is its daily column


def is_copy(table: Table, i: Ints, j: Ints) -> npt.NDArray[np.bool_]:
    """One headline twice."""
    daily = (table.publisher[i] == table.publisher[j]) & (np.abs(table.hours[i] - table.hours[j]) >= COLUMN_HOURS)
    return np.asarray((table.key[i] == table.key[j]) & ((table.key[i] & KEY_LENGTH) >= SHORTEST_KEY) & ~daily)


class _Shared:
    """The tokens that the two articles of each pair share; `pair` says whose."""

    def __init__(self, table: Table, i: Ints, j: Ints) -> None:
        pair_i, at_i = _spread(table, i)
        pair_j, at_j = _spread(table, j)
        # Both lists are sorted by pair and token, so one search through the other finds every match.
        key_i, key_j = pair_i << 32 | table.token[at_i], pair_j << 32 | table.token[at_j]
        place = np.minimum(np.searchsorted(key_j, key_i), len(key_j) - 1)
        hit = key_j[place] == key_i if len(key_j) else np.zeros(len(key_i), bool)
        self.pairs = len(i)
        self.pair = pair_i[hit]
        self.weight = table.weight[at_i[hit]]
        self.bits_i, self.bits_j = table.bits[at_i[hit]], table.bits[at_j[place[hit]]]

    def has(self, bit: int) -> npt.NDArray[np.bool_]:
        return np.asarray(self.bits_i & bit > 0)

    def both(self, bit: int) -> npt.NDArray[np.bool_]:
        """Stands there in both articles; 0 is anywhere."""
        return np.asarray((self.bits_i & self.bits_j & bit) > 0) if bit else np.ones(len(self.pair), bool)

    def sum(self, where: npt.NDArray[np.bool_], power: int = 1) -> Floats:
        weights = self.weight[where] ** power
        return np.asarray(np.bincount(self.pair[where], weights=weights, minlength=self.pairs), np.float64)

    def count(self, where: npt.NDArray[np.bool_]) -> Ints:
        return np.bincount(self.pair[where], minlength=self.pairs)

    def largest(self, where: npt.NDArray[np.bool_]) -> Floats:
        found = np.zeros(self.pairs)
        np.maximum.at(found, self.pair[where], self.weight[where])
        return found


def _column(parts: Sequence[bytes]) -> tuple[Ints, npt.NDArray[np.uint64]]:
    """Where each article's part starts (and the last one ends), and all parts in one."""
    start = np.zeros(len(parts) + 1, np.int64)
    np.cumsum(list(map(len, parts)), out=start[1:])
    return start // 8, np.frombuffer(b"".join(parts), np.uint64)


def _spread(table: Table, articles: Ints) -> tuple[Ints, Ints]:
    """For each token of each pair's article: the pair, and where the token is in the table."""
    lengths = table.start[articles + 1] - table.start[articles]
    pair = np.repeat(np.arange(len(articles)), lengths)
    offset = np.arange(len(pair)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return pair, table.start[articles][pair] + offset


def _same_keys(table: Table, first: int, last: int) -> Ints:
    """Pairs with the same headline, the nearest before each."""
    order = np.lexsort((np.arange(len(table)), table.hours, table.key))
    same = table.key[order[1:]] == table.key[order[:-1]]
    one, other = order[:-1][same], order[1:][same]
    i, j = np.maximum(one, other), np.minimum(one, other)
    new = (i >= first) & (i < last)
    return np.stack([i[new], j[new]])


def _cosine(table: Table, i: Ints, j: Ints, bit: int, product: Floats) -> Floats:
    return np.asarray(product / np.maximum(np.sqrt(table.squares[bit][i] * table.squares[bit][j]), 1e-6))


def _ones(masks: Ints) -> Ints:
    return np.bitwise_count(masks).astype(np.int64)


def _results_meet_move(table: Table, i: Ints, j: Ints) -> npt.NDArray[np.bool_]:
    """One tells the results, the other only how the share moved."""
    return np.asarray(
        ((table.events[i] & _RESULTS) > 0) & ((table.events[j] & _MOVE) > 0) & ((table.events[j] & _RESULTS) == 0)
    )


_OPINION = 1 << MANNERS.index("opinion")
_RESULTS, _MOVE = (1 << EVENTS.index(kind) for kind in ("results", "move"))
