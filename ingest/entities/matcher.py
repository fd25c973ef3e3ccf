"""
Looking for spellings in many texts at once, where they stand alone.

    texts as one | one automaton pass | what stands beside each, all together | whose text it is

A pass over a text costs more than its characters, and most texts have nothing in them: one pass over many is far quicker.
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
"""The kinds of a character, a bit each, by its code point; those beyond the first plane have none."""


class Matches(NamedTuple):
    """Which spellings, where each starts and where it ends in texts read as one."""

    spelling: Numbers
    start: Numbers
    end: Numbers

    def at(self, which: Numbers | Flags) -> Matches:
        return Matches(self.spelling[which], self.start[which], self.end[which])


class Together:
    """Texts read as one, with SEPARATOR between them: their characters, and the code points of these between two SEPARATORs."""

    __slots__ = ("_begins", "codes", "text")

    def __init__(self, text: str, codes: Codes | None = None) -> None:
        encoded = f"{SEPARATOR}{text}{SEPARATOR}".encode("utf-32-le", "surrogatepass") if codes is None else codes
        self.text, self.codes = text, np.frombuffer(encoded, np.uint32)
        self._begins = np.flatnonzero(self.codes == ord(SEPARATOR))  # as one stands before the first text

    @classmethod
    def of(cls, codes: Codes) -> Together:
        return cls(codes[1:-1].tobytes().decode("utf-32-le", "surrogatepass"), codes)

    @property
    def count(self) -> int:
        return len(self._begins) - 1

    def __getitem__(self, at: int) -> str:
        return self.text[self._begins.item(at) : self._begins.item(at + 1) - 1]

    def beyond(self, size: int) -> list[tuple[int, int, int]]:
        """Texts of more characters than `size`: position, and where in `codes` those beyond it begin and end."""
        first = self._begins[:-1] + 1 + size
        longer = np.flatnonzero(first < self._begins[1:])
        return list(zip(longer.tolist(), first[longer].tolist(), self._begins[longer + 1].tolist(), strict=True))

    def before(self, start: Numbers) -> Codes:
        """The code points of the characters before these places; that of SEPARATOR where a text begins."""
        return self.codes[start]

    def after(self, end: Numbers) -> Codes:
        return self.codes[end + 1]

    def owner(self, start: Numbers) -> Numbers:
        """In which texts these places are, by position."""
        return self._begins.searchsorted(start, "right") - 1

    def each(self, matches: Matches) -> Iterator[tuple[int, int, int, int]]:
        """Of each match its text's position, the spelling, and start and end counted from that text's beginning."""
        owner = self.owner(matches.start)
        begin = self._begins[owner]
        return zip(
            owner.tolist(),
            matches.spelling.tolist(),
            (matches.start - begin).tolist(),
            (matches.end - begin).tolist(),
            strict=True,
        )


class Scan:
    """Finds spellings as far as the characters beside them let each stand alone."""

    def __init__(
        self, spellings: Sequence[str], kinds: Kinds, not_before: Sequence[int], not_after: Sequence[int]
    ) -> None:
        """Right before a spelling none of the kinds `not_before` may stand, right behind it none of `not_after`."""
        self._automaton = AhoCorasick(spellings, implementation=Implementation.ContiguousNFA)
        self._kinds = kinds
        # By way of int: numpy takes ten times as long for the members of an IntEnum.
        self._not_before, self._not_after = (
            np.array(list(map(int, kinds)), np.uint8) for kinds in (not_before, not_after)
        )

    def found(self, texts: Together) -> tuple[Matches, Flags]:
        """What begins as a word, in the order of its ends, and whether the word ends with it too."""
        found = self._automaton.find_matches_as_indexes(texts.text, overlapping=True)
        numbers = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)
        matches = Matches(*numbers.T)
        begins = self._kinds.take(texts.before(matches.start), mode="clip") & self._not_before[matches.spelling] == 0
        matches = matches.at(begins)
        return matches, self._kinds.take(texts.after(matches.end), mode="clip") & self._not_after[matches.spelling] == 0
