"""
Which articles may report the same event, and how likely each pair of them does: arrays of pairs, not objects.

    StoryFeatures → FeatureTable → candidates → evidence (columns by name) → score
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
from ingest.stories.features import BLOCK_SURE, StoryFeatures
from ingest.stories.headlines import KEY_LENGTH
from ingest.stories.tokens import ACTOR, COMPANY, DIGITS, EVENT, HEAD, MANNERS, NUMBER, OPINION, TITLE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Column = npt.NDArray[np.generic]

WINDOW_HOURS = 72.0
COMMON = 300  # articles; a block that more of them share does not make candidates
ENOUGH = BLOCK_SURE / 1000  # the weight of shared blocks from which two articles are candidates
ROWS_AT_ONCE = 1000
LARGEST = 100  # articles connected by likely pairs; in a larger group, only the candidates are scored
RARE = 6.0  # the weight of a word in fewer than 250 of 100,000 titles

COPY, NEVER = 20.0, -20.0  # scores whatever the evidence: the same headline; another instance of one template
TEMPLATE = 0.8  # similarity of titles from which different numbers mean different events
SHORTEST_KEY = 10  # letters; shorter headlines are names ("Kimi K3") and columns ("AI 早报")
COLUMN_HOURS = 20.0  # the same headline a day later from the same publisher is its daily column

_RESULTS, _MOVE = (1 << EVENTS.index(kind) for kind in ("results", "move"))


class FeatureTable:
    """Features of articles, column by column. `hours` are hours since the epoch, `publishers` numbers of publishers."""

    def __init__(self, features: Sequence[StoryFeatures], hours: Sequence[float], publishers: Sequence[int]) -> None:
        # Columns, not rows: a batch is compared with tens of thousands of articles around it.
        keys, tokens, blocks, companies, *numbers = zip(*features, strict=True)
        self.hours = np.array(hours, np.float64)
        self.publisher = np.array(publishers, np.int64)
        self.key = np.array(keys, np.int64)
        self.start, all_tokens = _column(tokens)
        self.block_start, self.blocks = _column(blocks)
        self.token = (all_tokens >> np.uint64(32)).astype(np.int64)
        self.weight = (all_tokens >> np.uint64(16) & np.uint64(0xFFFF)).astype(np.float64) / 1000
        self.bits = (all_tokens & np.uint64(0xFFFF)).astype(np.int64)
        self.first_company = np.array([numbers[0] if numbers else -1 for numbers in companies], np.int64)
        self.companies = np.array(list(map(len, companies)), np.int64)
        self.events, self.manner, self.kinds, self.script = (np.array(column, np.int64) for column in numbers)
        self.digits = self.total(self.bits & DIGITS > 0)
        self.has_actor = self.total(self.bits & ACTOR > 0) > 0
        words = np.where(self.bits & NUMBER, 0.0, self.weight)
        self.title_weight = self.total(words * ((self.bits & TITLE) > 0))
        self.squares = {bit: self.total(words**2 * ((self.bits & bit) > 0 if bit else 1)) for bit in (TITLE, HEAD, 0)}

    def __len__(self) -> int:
        return len(self.hours)

    def total(self, values: npt.NDArray[np.generic]) -> Floats:
        """The sum over each article's tokens."""
        owner = np.repeat(np.arange(len(self)), np.diff(self.start))
        return np.asarray(np.bincount(owner, weights=values, minlength=len(self)), np.float64)


@cache
def number_of(publisher: str) -> int:
    """A number that stands for the publisher."""
    return crc32(publisher.encode())


def candidates(table: FeatureTable, first: int, last: int) -> tuple[Ints, Ints]:
    """Pairs (i, j) of articles at most 72 hours apart that share enough, with i from first to last and j before i."""
    owner = np.repeat(np.arange(len(table)), np.diff(table.block_start))
    _, column = np.unique((table.blocks >> np.uint64(32)).astype(np.uint32), return_inverse=True)
    weight = (table.blocks >> np.uint64(16) & np.uint64(0xFFFF)).astype(np.float64) / 1000
    weight[np.bincount(column)[column] > COMMON] = 0.0
    keep = weight > 0
    shape = (len(table), int(column.max(initial=-1)) + 1)
    weighted = sparse.csr_matrix((weight[keep], (owner[keep], column[keep])), shape)
    present = sparse.csr_matrix((np.ones(keep.sum()), (owner[keep], column[keep])), shape).T.tocsr()
    pairs = [_same_keys(table, first, last)]
    for row in range(first, last, ROWS_AT_ONCE):
        shared = (weighted[row : min(row + ROWS_AT_ONCE, last)] @ present).tocoo()
        enough = shared.data >= ENOUGH
        pairs.append(np.stack([shared.row[enough].astype(np.int64) + row, shared.col[enough].astype(np.int64)]))
    i, j = np.concatenate(pairs, axis=1)
    near = (j < i) & (np.abs(table.hours[i] - table.hours[j]) <= WINDOW_HOURS)
    once = np.unique(i[near] * len(table) + j[near])
    return once // max(len(table), 1), once % max(len(table), 1)


def connected(table: FeatureTable, first: int, i: Ints, j: Ints, story: Ints) -> tuple[Ints, Ints]:
    """
    The pairs of articles that likely pairs (i, j) connect, directly or through others; the later of each is new.

    Clusters are joined by the average of their pairs, so all of these count, whether or not the two share a rare word.
    Rows of the same stored `story` are connected too.
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
    pairs = [np.zeros((2, 0), np.int64)]
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if 2 < end - start <= LARGEST:
            rows = order[start:end]
            later, earlier = np.tril_indices(len(rows), -1)
            pairs.append(np.stack([rows[later], rows[earlier]]))
    later, earlier = np.concatenate(pairs, axis=1)
    keep = (later >= first) & (np.abs(table.hours[later] - table.hours[earlier]) <= WINDOW_HOURS)
    return later[keep], earlier[keep]


def scores(table: FeatureTable, i: Ints, j: Ints, weights: Mapping[str, float]) -> Floats:
    """The log odds that each pair reports one event; `weights` are a model's, by column of evidence."""
    if not len(i):
        return np.zeros(0)
    columns = evidence(table, i, j)
    weighted = (weight * columns[name] for name, weight in weights.items() if name != BIAS)
    total = np.full(len(i), weights[BIAS]) + sum(weighted)
    total[is_other_instance(table, i, j, columns)] = NEVER
    total[is_copy(table, i, j)] = COPY
    return np.asarray(np.clip(total, NEVER, COPY))


def evidence(table: FeatureTable, i: Ints, j: Ints) -> dict[str, Floats]:
    """What two articles share and how they differ: columns of numbers, by their names in the model's weights."""
    pairs = _Pairs(table, i, j)
    columns = {**pairs.words(), **pairs.companies(), **pairs.numbers(), **pairs.events(), **pairs.circumstances()}
    return {name: np.asarray(column, np.float64) for name, column in columns.items()}


def is_other_instance(table: FeatureTable, i: Ints, j: Ints, columns: Mapping[str, Floats]) -> Flags:
    """Whether two articles follow one template but report different events, or one is a round-up that lists the other.

    "X rises 3 %" and "X rises 5 %", the same of another day or company, flashes with different actors."""
    template = (table.script[i] == table.script[j]) & (columns["title_likeness"] >= TEMPLATE)
    other = columns["other_digits"] + columns["other_companies_in_text"] > 0
    return np.asarray((template & other) | (columns["other_actor"] + columns["differ_roundup"] > 0))


def is_copy(table: FeatureTable, i: Ints, j: Ints) -> Flags:
    """Whether the headlines are the same, but for a daily column."""
    daily = (table.publisher[i] == table.publisher[j]) & (np.abs(table.hours[i] - table.hours[j]) >= COLUMN_HOURS)
    return np.asarray((table.key[i] == table.key[j]) & ((table.key[i] & KEY_LENGTH) >= SHORTEST_KEY) & ~daily)


class _Pairs:
    """Pairs of articles, and the columns of evidence about them."""

    def __init__(self, table: FeatureTable, i: Ints, j: Ints) -> None:
        self.table, self.i, self.j = table, i, j
        self.shared = _Shared(table, i, j)
        self.both_named = (table.companies[i] > 0) & (table.companies[j] > 0)
        self.same_company = (table.first_company[i] == table.first_company[j]) & self.both_named
        self.is_cross = table.script[i] != table.script[j]
        self.head_likeness = self._cosine(HEAD)

    def words(self) -> dict[str, Column]:
        table, shared, i, j = self.table, self.shared, self.i, self.j
        is_word = ~shared.has(NUMBER)
        is_content = is_word & ~shared.has(COMPANY)
        in_head = is_content & shared.both(HEAD)
        covered_i = shared.sum(is_word & (shared.bits_i & TITLE > 0)) / np.maximum(table.title_weight[i], 1e-6)
        covered_j = shared.sum(is_word & (shared.bits_j & TITLE > 0)) / np.maximum(table.title_weight[j], 1e-6)
        return {
            "title_likeness": self._cosine(TITLE),
            "head_likeness": self.head_likeness,
            "text_likeness": self._cosine(0),
            "title_covered_most": np.maximum(covered_i, covered_j),
            "title_covered_least": np.minimum(covered_i, covered_j),
            "head_shared": np.log1p(shared.sum(in_head)),
            "text_shared": np.log1p(shared.sum(is_content)),
            "rarest": shared.largest(in_head) / 10,
            "rare_words": np.minimum(shared.count(in_head & (shared.weight >= RARE)), 4),
        }

    def companies(self) -> dict[str, Column]:
        table, shared, i, j = self.table, self.shared, self.i, self.j
        in_titles = shared.both(TITLE) & shared.has(COMPANY)
        count = shared.count(in_titles)
        union = table.companies[i] + table.companies[j] - count
        return {
            "same_first_company": self.same_company,
            "company_rarity": shared.largest(in_titles) / 10,
            "companies_shared": np.where(union > 0, count / np.maximum(union, 1), 0.3),
            "two_companies": count >= 2,
            "other_companies_in_text": self.both_named & (shared.count(shared.has(COMPANY)) == 0),
        }

    def numbers(self) -> dict[str, Column]:
        table, shared, i, j = self.table, self.shared, self.i, self.j
        number = shared.sum(shared.has(NUMBER) & shared.both(TITLE))
        digits = shared.count(shared.has(DIGITS))
        other_actor = table.has_actor[i] & table.has_actor[j] & (shared.count(shared.has(ACTOR)) == 0)
        return {
            "numbers": np.minimum(number, 3),
            "other_numbers": ((table.kinds[i] & table.kinds[j]) > 0) & (number == 0),
            # Flashes read alike ("…:上半年净利润…"). Their companies are named before a colon, and often in no catalog.
            "other_actor": other_actor & ~self.is_cross & ~self.same_company,
            "other_digits": (table.digits[i] > digits) & (table.digits[j] > digits) & ~self.is_cross,
        }

    def events(self) -> dict[str, Column]:
        table, shared, i, j = self.table, self.shared, self.i, self.j
        both, either = table.events[i] & table.events[j], table.events[i] | table.events[j]
        results_and_move = _results_meet_move(table, i, j) | _results_meet_move(table, j, i)
        return {
            "events": np.minimum(shared.sum(shared.both(TITLE) & shared.has(EVENT)), 12) / 4,
            "event_kinds": np.where(either > 0, _bit_count(both) / np.maximum(_bit_count(either), 1), 0.3),
            "other_events": (table.events[i] > 0) & (table.events[j] > 0) & (both == 0),
            "company_and_event": self.same_company & ((both & ~_MOVE) > 0),
            "company_and_results": self.same_company & ((both & _RESULTS) > 0),
            "company_and_move": self.same_company & ((both & _MOVE) > 0),
            "results_and_move": self.same_company & results_and_move,
        }

    def circumstances(self) -> dict[str, Column]:
        table, i, j = self.table, self.i, self.j
        hours = np.abs(table.hours[i] - table.hours[j])
        is_asian = ~self.is_cross & (table.script[i] > 0)
        differs = table.manner[i] ^ table.manner[j]
        return {
            "both_opinion": (table.manner[i] & table.manner[j] & OPINION) > 0,
            "days": hours / 24,
            "log_hours": np.log1p(hours),
            "cross": self.is_cross,
            "cross_likeness": self.is_cross * self.head_likeness,
            "asian": is_asian,
            "asian_likeness": is_asian * self.head_likeness,
            "same_publisher": table.publisher[i] == table.publisher[j],
            **{f"differ_{name}": (differs >> bit) & 1 for bit, name in enumerate(MANNERS)},
        }

    def _cosine(self, bit: int) -> Floats:
        """The cosine similarity of the words in a part of the articles; 0 is all of them."""
        shared, squares = self.shared, self.table.squares[bit]
        product = shared.sum(~shared.has(NUMBER) & shared.both(bit), power=2)
        return np.asarray(product / np.maximum(np.sqrt(squares[self.i] * squares[self.j]), 1e-6))


class _Shared:
    """The tokens that the two articles of each pair share; `pair` is the number of the pair."""

    def __init__(self, table: FeatureTable, i: Ints, j: Ints) -> None:
        pair_i, at_i = _tokens_of(table, i)
        pair_j, at_j = _tokens_of(table, j)
        # Both are sorted by pair and token, so one binary search in the other finds every match.
        key_i, key_j = pair_i << 32 | table.token[at_i], pair_j << 32 | table.token[at_j]
        position = np.minimum(np.searchsorted(key_j, key_i), len(key_j) - 1)
        is_shared = key_j[position] == key_i if len(key_j) else np.zeros(len(key_i), bool)
        self.pairs = len(i)
        self.pair = pair_i[is_shared]
        self.weight = table.weight[at_i[is_shared]]
        self.bits_i, self.bits_j = table.bits[at_i[is_shared]], table.bits[at_j[position[is_shared]]]

    def has(self, bit: int) -> Flags:
        return np.asarray(self.bits_i & bit > 0)

    def both(self, bit: int) -> Flags:
        """Whether the token is in that part of both articles; 0 is any part."""
        return np.asarray((self.bits_i & self.bits_j & bit) > 0) if bit else np.ones(len(self.pair), bool)

    def sum(self, where: Flags, power: int = 1) -> Floats:
        weights = self.weight[where] ** power
        return np.asarray(np.bincount(self.pair[where], weights=weights, minlength=self.pairs), np.float64)

    def count(self, where: Flags) -> Ints:
        return np.bincount(self.pair[where], minlength=self.pairs)

    def largest(self, where: Flags) -> Floats:
        largest = np.zeros(self.pairs)
        np.maximum.at(largest, self.pair[where], self.weight[where])
        return largest


def _column(parts: Sequence[bytes]) -> tuple[Ints, npt.NDArray[np.uint64]]:
    """Where each article's numbers start (and the last ones end), and the numbers of all."""
    start = np.zeros(len(parts) + 1, np.int64)
    np.cumsum(list(map(len, parts)), out=start[1:])
    return start // 8, np.frombuffer(b"".join(parts), np.uint64)


def _tokens_of(table: FeatureTable, articles: Ints) -> tuple[Ints, Ints]:
    """For each token of each pair's article: the pair, and the token's position in the table."""
    lengths = table.start[articles + 1] - table.start[articles]
    pair = np.repeat(np.arange(len(articles)), lengths)
    offset = np.arange(len(pair)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return pair, table.start[articles][pair] + offset


def _same_keys(table: FeatureTable, first: int, last: int) -> Ints:
    """Pairs with the same headline: each article and the one before it."""
    order = np.lexsort((np.arange(len(table)), table.hours, table.key))
    same = table.key[order[1:]] == table.key[order[:-1]]
    before, after = order[:-1][same], order[1:][same]
    i, j = np.maximum(before, after), np.minimum(before, after)
    new = (i >= first) & (i < last)
    return np.stack([i[new], j[new]])


def _bit_count(masks: Ints) -> Ints:
    return np.bitwise_count(masks).astype(np.int64)


def _results_meet_move(table: FeatureTable, i: Ints, j: Ints) -> Flags:
    """Whether one reports results, and the other only how the share moved."""
    return np.asarray(
        ((table.events[i] & _RESULTS) > 0) & ((table.events[j] & _MOVE) > 0) & ((table.events[j] & _RESULTS) == 0)
    )
