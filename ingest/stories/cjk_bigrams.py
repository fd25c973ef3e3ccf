"""
Pairs of Chinese, Japanese and Korean characters as tokens: those of many texts at once.

In a language without spaces a pair of characters says what a word says elsewhere. An article has a hundred: as columns of numbers
they take a tenth of the time that looking each up in a dictionary did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt

from data.text.nfkc import SEPARATOR, codes_of, text_of

Ints = npt.NDArray[np.int64]
Tokens = npt.NDArray[np.uint64]

_SCRIPTS = (range(0x3400, 0xA000), range(0x3040, 0x3100), range(0xAC00, 0xD7A4))  # a pair is of one of them


class Pairs:
    """Finds the pairs of characters of one lexicon: `weights` are thousandths by pair, `unknown` that of any other."""

    def __init__(self, weights: Mapping[str, int], unknown: int) -> None:
        known = {pair: weight for pair, weight in weights.items() if len(pair) == 2 and _is_character(pair[0])}
        firsts, seconds = (sorted({pair[at] for pair in known}) for at in (0, 1))
        self._row, self._column = _places(firsts), _places(seconds)
        # 1,700 × 1,700: two numbers find a weight, where a search through sorted pairs takes thirteen steps.
        self._weights = np.full((len(firsts) + 1, len(seconds) + 1), unknown, np.uint64)
        for pair, weight in known.items():
            self._weights[self._row[ord(pair[0])], self._column[ord(pair[1])]] = weight

    def found(self, text: str) -> tuple[Ints, Tokens, str]:
        """
        For each pair the number of its text and its token, and what the texts say beside them.

        `text` is texts with SEPARATOR between them. In the rest each run of characters is its first one: words stay apart.
        """
        codes = codes_of(text)
        script = _script()[codes]
        goes_on = (script[1:] == script[:-1]) & (script[1:] > 0)
        at = np.flatnonzero(goes_on)
        owner = np.cumsum(codes == ord(SEPARATOR))[at]
        first, second = codes[at], codes[at + 1]
        heads, tails = _hashes()
        weight = self._weights[self._row[first], self._column[second]]
        tokens = (heads[first] ^ tails[second]) << np.uint64(32) | weight << np.uint64(16)
        rest = codes[np.concatenate([[True], ~goes_on])] if len(codes) else codes
        return owner, tokens, text_of(rest)


def pairs_in(text: str) -> Iterator[str]:
    """The pairs of one text, one by one: what `found` gives the tokens of."""
    scripts = (next((i for i, script in enumerate(_SCRIPTS) if ord(char) in script), -1) for char in text)
    for (one, first), (other, second) in pairwise(zip(text, scripts, strict=True)):
        if first == second >= 0:
            yield one + other


def _is_character(char: str) -> bool:
    return any(ord(char) in script for script in _SCRIPTS)


def _places(chars: list[str]) -> npt.NDArray[np.intp]:
    """Character → its place among these, from 1; 0 for all others."""
    places = np.zeros(0x10000, np.intp)
    places[list(map(ord, chars))] = np.arange(len(chars)) + 1
    return places


@cache
def _script() -> npt.NDArray[np.uint8]:
    scripts = np.zeros(0x10000, np.uint8)
    for number, script in enumerate(_SCRIPTS, 1):
        scripts[script.start : script.stop] = number
    return scripts


@cache
def _hashes() -> tuple[Tokens, Tokens]:
    """What each character adds to the CRC-32 of a pair, as the first one and as the second: crc(ab) = head(a) xor tail(b)."""
    heads, tails = np.zeros(0x10000, np.uint64), np.zeros(0x10000, np.uint64)
    empty = crc32(bytes(3))
    for script in _SCRIPTS:
        characters = [chr(code).encode() for code in script]  # three bytes each
        heads[script.start : script.stop] = [crc32(character + bytes(3)) ^ empty for character in characters]
        tails[script.start : script.stop] = [crc32(character) for character in characters]
    return heads, tails
