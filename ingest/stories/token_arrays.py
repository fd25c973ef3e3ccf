"""
What articles tell, as grouping compares them: tokens in sorted columns of numbers.

A token is one integer: its number (a hash, the same in every run), its weight in thousandths, and bits that say what it is
and where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ingest.stories.cjk_bigrams import Ints, Tokens

TITLE, HEAD, EVENT, FIRM, NUMBER, MARK, DIGITS, ACTOR = 1, 2, 4, 8, 16, 32, 64, 128
"""Bits of a token. HEAD: in the title or the address. MARK: says how the article speaks, not of what.
DIGITS: a run of digits in the title, dates and all, which tells two of one template apart; ACTOR: a pair of characters of who acts
in a flash, which does so too."""

NUMBER_BITS = 32
SUMMARY_TOKENS = 16  # the rarest ones: a long summary names half the industry
BLOCK_HEAD, BLOCK_SUMMARY = 4600, 6500  # weights from which a word is rare enough to look up candidates by

IN_TITLE, IN_ADDRESS, IN_SUMMARY, BESIDE = range(4)
"""Where a token was read. A token counts at the first of these places; those beside the words count each and as they are."""

_PLACE_BITS = np.array([TITLE | HEAD, HEAD, 0, 0], np.uint64)
_BLOCK_FROM = np.array([BLOCK_HEAD, BLOCK_HEAD, BLOCK_SUMMARY, 1 << 16], np.uint64)
_WEIGHT = np.uint64(0xFFFF)


class Telling(NamedTuple):
    """An article's title, address and summary as grouping compares them. Its columns of 64-bit numbers are kept as bytes:
    half as long on the way between processes, and a batch's are put together at once."""

    key: int  # what copies of one headline share: a hash of its letters, and how many these are
    tokens: bytes  # sorted numbers
    blocks: bytes  # sorted numbers; what is rare enough to look up candidates by, without bits
    firms: tuple[int, ...]  # numbers of the title's companies, in order
    events: int  # kinds of events in the title, a bit each
    manner: int  # of MANNERS, a bit each
    kinds: int  # what the title's numbers count, a bit each
    script: int  # 0 Latin, 1 Chinese, 2 Japanese, 3 Korean


@dataclass(slots=True)
class Read:
    """The tokens read from some articles, column by column: whose they are, where they stand."""

    articles: int
    owner: list[Ints] = field(default_factory=list)
    place: list[Ints] = field(default_factory=list)
    tokens: list[Tokens] = field(default_factory=list)

    def add(self, owner: Ints, place: Ints | int, tokens: Tokens) -> None:
        self.owner.append(owner)
        self.place.append(np.full(len(owner), place) if isinstance(place, int) else place)
        self.tokens.append(tokens)

    def columns(self, blocks: Sequence[Iterable[int]]) -> tuple[list[bytes], list[bytes]]:
        """Each article's tokens, and what candidates share with it: its rare words, and these `blocks`."""
        owner, place, tokens = np.concatenate(self.owner), np.concatenate(self.place), np.concatenate(self.tokens)
        keep = tokens & np.uint64(MARK) == 0
        owner, place, tokens = _once(owner[keep], place[keep], tokens[keep])
        rare = (tokens >> np.uint64(16) & _WEIGHT >= _BLOCK_FROM[place]) & (tokens & np.uint64(FIRM) == 0)
        more_owner, more = flat(blocks)
        block_owner = np.concatenate([owner[rare], more_owner])
        block = np.concatenate([tokens[rare] >> np.uint64(16) << np.uint64(16), more])
        order = np.argsort(_ordered(block_owner, block))
        return (
            _parts(owner, tokens | _PLACE_BITS[place], self.articles),
            _parts(block_owner[order], block[order], self.articles),
        )


def flat(lists: Sequence[Iterable[int]]) -> tuple[Ints, Tokens]:
    """All numbers of the lists in one column, and whose each is."""
    numbers = [list(one) for one in lists]
    owner = np.repeat(np.arange(len(numbers)), np.fromiter(map(len, numbers), np.int64, len(numbers)))
    return owner, np.fromiter(chain.from_iterable(numbers), np.uint64, len(owner))


def _once(owner: Ints, place: Ints, tokens: Tokens) -> tuple[Ints, Ints, Tokens]:
    """By article and number, each token at its first place, and of each summary the rarest ones."""
    order = np.argsort(_ordered(owner, tokens) << np.uint64(2) | place.astype(np.uint64))
    owner, place, tokens = owner[order], place[order], tokens[order]
    keep = place == BESIDE
    keep[:1] = True
    keep[1:] |= (tokens[1:] != tokens[:-1]) | (owner[1:] != owner[:-1])
    owner, place, tokens = owner[keep], place[keep], tokens[keep]
    told = np.flatnonzero(place == IN_SUMMARY)
    rank = owner[told].astype(np.uint64) << np.uint64(48) | _WEIGHT - (
        tokens[told] >> np.uint64(16) & _WEIGHT
    ) << np.uint64(32)
    rarest = told[np.argsort(rank | tokens[told] >> np.uint64(NUMBER_BITS))]
    beyond = np.arange(len(told)) - np.searchsorted(owner[rarest], owner[rarest]) >= SUMMARY_TOKENS
    keep = np.ones(len(owner), bool)
    keep[rarest[beyond]] = False
    return owner[keep], place[keep], tokens[keep]


def _ordered(owner: Ints, tokens: Tokens) -> Tokens:
    """Article and number as one, to sort by. (An argsort of one column takes a tenth of a lexsort of two.)"""
    return owner.astype(np.uint64) << np.uint64(NUMBER_BITS) | tokens >> np.uint64(NUMBER_BITS)


def _parts(owner: Ints, values: npt.NDArray[np.uint64], count: int) -> list[bytes]:
    data = values.tobytes()
    ends = np.searchsorted(owner, np.arange(count + 1)) * values.itemsize
    return [data[start:end] for start, end in pairwise(ends.tolist())]
