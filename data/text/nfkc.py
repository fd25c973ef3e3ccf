"""
Vectorised Unicode normalisation (NFKC), with further replacements of single characters, for many texts at once.

Full-width commas make `unicodedata.normalize` rebuild nearly every Chinese text, which took longer than parsing its
record. Most such characters become exactly one other, so a table converts thousands of texts in one look-up; only texts
with other characters (ligatures, combining accents, emoji) are normalised one by one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint16]
"""A text as UTF-16: one number a character, two for those beyond the first plane."""

SEPARATOR = "\x00"
"""Stands between joined texts; parsing removes it from every text, since it is invisible."""

_UNCHANGED = (
    range(0x3400, 0xA000),
    range(0xAC00, 0xD7A4),
)  # ideographs and syllables: most of the plane, and plain already
_JAMO = range(0x1100, 0x1200)  # letters that join to syllables


def codes_of(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)


def text_of(codes: Codes) -> str:
    return codes.tobytes().decode("utf-16-le", "surrogatepass")


def joined(texts: Sequence[str]) -> str:
    """The texts as one, with SEPARATOR between them."""
    together = SEPARATOR.join(texts)
    if together.count(SEPARATOR) < len(texts):
        return together
    return SEPARATOR.join(text.replace(SEPARATOR, " ") for text in texts)


class Normalizer:
    """NFKC, then the replacements of `also`: for one text, or for many."""

    def __init__(self, also: Mapping[int, int] | None = None) -> None:
        self._also = dict(also or {})
        self._table = np.arange(0x10000, dtype=np.uint16)
        self._is_hard = np.zeros(0x10000, bool)
        self._is_hard[0xD800:0xE000] = True  # halves of characters beyond the first plane
        others = [code for code in range(0x80, 0xD800) if not any(code in block for block in _UNCHANGED)]
        for code in (*others, *range(0xE000, 0x10000), *self._also):
            char = self.one(chr(code))
            if (
                len(char) == 1
                and char < "\U00010000"
                and ord(char) not in _JAMO
                and not unicodedata.category(char).startswith("M")
            ):
                self._table[code] = ord(char)
            else:
                self._is_hard[code] = True

    def one(self, text: str) -> str:
        return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(self._also)

    def all(self, texts: Sequence[str]) -> list[str]:
        together = joined(texts)
        if together.isascii():
            return list(texts)
        codes = codes_of(together)
        normalized = text_of(self._table[codes]).split(SEPARATOR)
        hard = np.flatnonzero(self._is_hard[codes])
        for at in set(np.cumsum(codes == ord(SEPARATOR))[hard].tolist()):
            normalized[at] = self.one(texts[at])
        return normalized
