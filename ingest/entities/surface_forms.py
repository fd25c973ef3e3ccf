"""The strings to search for: how names, tickers and look-alikes are written, and what may stand beside them."""

from __future__ import annotations

from enum import IntEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from data.catalog.records import Alias


class Edge(IntEnum):
    """What must not continue a name on one side; a bit each."""

    FREE = 0  # Chinese and Japanese characters: no spaces between words, so anything may follow
    WORD = 1  # letters and digits
    HANGUL = 2  # a syllable before it: 굿네이버스 is not 네이버; after it come particles
    KATAKANA = 4  # モデル is not デル


@cache  # sixty thousand edges of spellings, some hundred characters
def edge_of(char: str) -> Edge:
    if "\uac00" <= char <= "\ud7a3":
        return Edge.HANGUL
    if is_katakana(char):
        return Edge.KATAKANA
    return Edge.WORD if is_letter(char) else Edge.FREE


@cache
def edges() -> npt.NDArray[np.uint8]:
    """The edge of each character of the first plane, by code point."""
    edges = np.zeros(0x10000, np.uint8)
    edges[0xAC00:0xD7A4] = Edge.HANGUL
    edges[:0x3100] = [int(edge_of(chr(code))) for code in range(0x3100)]  # the rest is free
    return edges


def is_letter(char: str) -> bool:
    """A letter or digit of a script that puts spaces between words; Korean and the scripts of China and Japan are not."""
    return char < "\u2e80" and (char.isalnum() or char == "_")


def is_katakana(char: str) -> bool:
    return "\u30a1" <= char <= "\u30fa" or char in "ーヽヾ"


def stands_alone(text: str, start: int, end: int, left: Edge, right: Edge) -> bool:
    """Whether text[start:end] is a whole word as far as its script knows words."""
    if start and left:
        before = text[start - 1]
        if left is Edge.WORD and is_letter(before):
            return False
        if left is Edge.HANGUL and "\uac00" <= before <= "\ud7a3":
            return False
        if left is Edge.KATAKANA and is_katakana(before):
            return False
    if right and end < len(text):
        after = text[end]
        if right is Edge.WORD:
            return not is_letter(after) and not is_address(text, end)
        return right is Edge.HANGUL or not is_katakana(after)
    return True


def is_address(text: str, end: int) -> bool:
    """amazon.com in an address is not a word about Amazon; a full stop at the end of a sentence is."""
    return text[end] == "." and text.startswith((".com", ".org", ".net", ".io", ".cn", ".dev"), end)


def alias_spellings(alias: Alias) -> set[str]:
    """The ways to write an alias, by its case and ambiguity. Headlines in capitals are one of them."""
    text = alias.text
    if alias.case == "exact" or text.lower() == text.upper():
        return {text}
    every = {text, text.title(), _capitalised(text), text.upper()}
    if alias.case == "any" and not alias.ambiguous:
        first, *others = text.split(" ")
        first_as_written = " ".join([first, *(word.lower() for word in others)])  # SK hynix, Rocket lab
        every |= {text.lower(), text.capitalize(), text[0].lower() + text[1:], first_as_written}
    return every


def plural_spellings(alias: Alias) -> set[str]:
    """GPUs, Blackwells, Teslas; not for ambiguous names, whose plural is the word ("arms")."""
    if alias.ambiguous or alias.kind == "person" or not alias.text[-1].isascii() or alias.text[-1] in "sS'+":
        return set()
    return {f"{spelling}s" for spelling in alias_spellings(alias) if spelling[-1].isalnum()}


def block_spellings(phrase: str) -> set[str]:
    """The ways to write a phrase that is not the company: "Apple pie", "apple pie", "Apple Pie", "APPLE PIE"."""
    return {phrase, phrase.lower(), phrase.upper(), phrase.title(), phrase.capitalize(), _capitalised(phrase)}


def _capitalised(text: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))
