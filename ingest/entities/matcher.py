"""
Find spellings in many texts at once, where each is a word of its own.

    texts joined to one | one pass of the Aho–Corasick automaton | the characters on both sides, as arrays | whose text?

A call of the automaton costs more than most texts' characters, and most texts contain nothing: one call for thousands
of texts is far quicker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import AhoCorasick, Implementation

from data.text.nfkc import SEPARATOR

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint32]
Kinds = npt.NDArray[np.uint8]
"""The kinds of a character, one bit each, by code point. Characters beyond the first plane have none."""


class Matches(NamedTuple):
    """The spelling's index, start and end of each match in a batch of texts."""

    spelling: Numbers
    start: Numbers
    end: Numbers

    def select(self, which: Numbers | Flags) -> Matches:
        return Matches(self.spelling[which], self.start[which], self.end[which])


class TextBatch:
    """Texts joined by SEPARATOR: `text` is all of them, `codes` its code points between two more SEPARATORs."""

    __slots__ = ("_begins", "codes", "text")

    def __init__(self, text: str, codes: Codes | None = None) -> None:
        encoded = f"{SEPARATOR}{text}{SEPARATOR}".encode("utf-32-le", "surrogatepass") if codes is None else codes
        self.text, self.codes = text, np.frombuffer(encoded, np.uint32)
        self._begins = np.flatnonzero(self.codes == ord(SEPARATOR))  # as one stands before the first text

    @classmethod
    def of_codes(cls, codes: Codes) -> TextBatch:
        return cls(codes[1:-1].tobytes().decode("utf-32-le", "surrogatepass"), codes)

    @property
    def count(self) -> int:
        return len(self._begins) - 1

    def __getitem__(self, at: int) -> str:
        return self.text[self._begins.item(at) : self._begins.item(at + 1) - 1]

    def longer_than(self, size: int) -> list[tuple[int, int, int]]:
        """Each text of more than `size` characters: its position, and where its surplus begins and ends in `codes`."""
        first = self._begins[:-1] + 1 + size
        longer = np.flatnonzero(first < self._begins[1:])
        return list(zip(longer.tolist(), first[longer].tolist(), self._begins[longer + 1].tolist(), strict=True))

    def before(self, start: Numbers) -> Codes:
        """The code points of the characters before these positions: SEPARATOR's where a text begins."""
        return self.codes[start]

    def after(self, end: Numbers) -> Codes:
        return self.codes[end + 1]

    def owner(self, start: Numbers) -> Numbers:
        """The texts that these positions are in, by number."""
        return self._begins.searchsorted(start, "right") - 1

    def each(self, matches: Matches) -> Iterator[tuple[int, int, int, int]]:
        """For each match its text, its spelling, and its start and end within that text."""
        owner = self.owner(matches.start)
        begin = self._begins[owner]
        return zip(
            owner.tolist(),
            matches.spelling.tolist(),
            (matches.start - begin).tolist(),
            (matches.end - begin).tolist(),
            strict=True,
        )


class Matcher:
    """Finds spellings whose neighbouring characters do not make them part of a longer word."""

    def __init__(
        self, spellings: Sequence[str], kinds: Kinds, not_before: Sequence[int], not_after: Sequence[int]
    ) -> None:
        """No character of the kinds `not_before` may precede a spelling, none of `not_after` may follow it."""
        self._automaton = AhoCorasick(spellings, implementation=Implementation.ContiguousNFA)
        self._kinds = kinds
        # By way of int: numpy takes ten times as long for the members of an IntEnum.
        self._not_before, self._not_after = (
            np.array(list(map(int, kinds)), np.uint8) for kinds in (not_before, not_after)
        )

    def find(self, texts: TextBatch) -> tuple[Matches, Flags]:
        """The matches that begin a word, ordered by their ends; and whether each ends its word too."""
        triples = self._automaton.find_matches_as_indexes(texts.text, overlapping=True)
        numbers = np.fromiter(chain.from_iterable(triples), np.int64, 3 * len(triples)).reshape(-1, 3)
        matches = Matches(*numbers.T)
        begins = self._kinds.take(texts.before(matches.start), mode="clip") & self._not_before[matches.spelling] == 0
        matches = matches.select(begins)
        ends = self._kinds.take(texts.after(matches.end), mode="clip") & self._not_after[matches.spelling] == 0
        return matches, ends
