"""What stands around an ambiguous name: cue words, words against it, other companies, a capital where none is due."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from ingest.entities.normalize import lower
from ingest.entities.surface_forms import edge_of, stands_alone

NEAR = 60  # characters between a cue and the name; titles are shorter than that, summaries longer
_SENTENCE_START = re.compile(r"(?:\A|[.!?。！？:：|“\"'‘(\[]|\s[-–—])\s*\Z")
_LITTLE_WORDS = "As|In|On|At|To|By|For|And|The|With|From|How|Why|What|Is|Are|Will|But|Or|Of"
_CAPITAL_BEFORE = re.compile(rf"\b(?!(?:{_LITTLE_WORDS}) )[A-Z][a-z]+ \Z")
_WORD = re.compile(r"[A-Za-z][a-z']{3,}")


class Cue(NamedTuple):
    word: str
    start: int
    end: int


class Cues:
    """Finds the catalog's cue words (in small letters) in a text, in one pass, as whole words and in any case."""

    def __init__(self, words: Iterable[str]) -> None:
        forms: dict[str, list[str]] = {}
        for word in sorted(set(words)):
            forms.setdefault(word, []).append(word)
            if word[-1].isascii() and word[-1].isalpha():
                forms.setdefault(f"{word}s", []).append(word)
        self._words = list(forms.values())
        self._reach = NEAR + max(map(len, forms), default=0) + len(" ")  # what is cut at the ends is too far away
        self._edges = [(edge_of(form[0]), edge_of(form[-1])) for form in forms]
        self._automaton = AhoCorasick(list(forms), implementation=Implementation.ContiguousNFA)

    def may_be_near(self, words: Iterable[str], text: str, start: int, end: int) -> bool:
        """False when `near` would find none of a few words: far faster, and mostly so."""
        _, around = self._around(text, start, end)
        return any(map(around.__contains__, words))

    def near(self, text: str, start: int, end: int) -> list[Cue]:
        """The cues within NEAR characters of text[start:end], and some farther ones."""
        first, around = self._around(text, start, end)
        return [
            Cue(word, first + start, first + end)
            for index, start, end in self._automaton.find_matches_as_indexes(around, overlapping=True)
            if stands_alone(around, start, end, *self._edges[index])
            for word in self._words[index]
        ]

    def _around(self, text: str, start: int, end: int) -> tuple[int, str]:
        """Where the text begins that may hold a cue, and that text in small letters."""
        first = max(0, start - self._reach)
        return first, lower(text[first : end + self._reach])


def nearest(cues: Iterable[Cue], wanted: frozenset[str], start: int, end: int) -> Cue | None:
    """The cue of `wanted` closest to text[start:end] and within NEAR characters of it; not one inside it."""
    best, best_gap = None, NEAR + 1
    for cue in cues:
        if cue.word in wanted and not (cue.start < end and start < cue.end):
            gap = max(cue.start - end, start - cue.end)
            if gap < best_gap:
                best, best_gap = cue, gap
    return best


def has_undue_capital(text: str, start: int) -> bool:
    """Whether the word at `start` has a capital though neither a sentence begins there nor the headline is in title case."""
    if not text[start].isupper() or _SENTENCE_START.search(text[max(0, start - 3) : start]):
        return False
    others = [word for word in _WORD.finditer(text) if word.start() != start]
    small = sum(word[0][0].islower() for word in others)
    return len(others) >= 3 and small >= 0.6 * len(others)


def is_owner(text: str, start: int, end: int) -> bool:
    """Whether the word has a capital and an 's: Arm's, not the robot arm's and not "Robot Arm's"."""
    return (
        text[start].isupper()
        and text.startswith(("'s ", "’s "), end)
        and not _CAPITAL_BEFORE.search(text[max(0, start - 24) : start])
    )
