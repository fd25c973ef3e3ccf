"""
Text as the linkers read it: full-width, styled and taken-apart letters made plain, invisible characters gone.

`Folded(text)` keeps the way back: a span of the folded text leads to a span of the stored text, so that evidence
always quotes what is stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

import numpy as np

from data.text.nfkc import joined
from ingest.entities.matcher import Together

# NFKC would turn these into letters that stick to the name before them ("Nvidia™" → "NvidiaTM").
_LEFT_ALONE = frozenset("™℠…ªº")
_INVISIBLE = frozenset({"Cf", "Mn", "Me"})
_MARKS = frozenset({"Cf", "Mn", "Me", "Mc"})
_LEADING, _VOWEL, _TRAILING = "\u1100-\u115f\ua960-\ua97c", "\u1160-\u11a7\ud7b0-\ud7c6", "\u11a8-\u11ff\ud7cb-\ud7fb"
_HALF_WIDTH_VOICING = "\uff9e\uff9f"  # a letter to Unicode, a mark on the kana before it to readers
_JAMO = re.compile(f"[{_LEADING}{_VOWEL}{_TRAILING}]")
_ASTRAL = "\U00010000-\U0010ffff"  # styled letters and emoji: rare enough to take the careful way, all of them


class Folded:
    """A text folded for matching: `text` is what to search, `source` what is stored, `span` leads back.

    Letters keep their case."""

    __slots__ = ("_places", "source", "text")

    def __init__(self, source: str, may_fold: bool = True) -> None:
        self.source = self.text = source
        self._places: tuple[list[int], list[int]] | None = (
            None  # starts and ends; None: characters correspond one to one
        )
        if may_fold and not source.isascii() and _FOLDS.search(source):
            self._fold()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a non-empty span of `text` lies in `source`."""
        if self._places is None:
            return start, end
        starts, ends = self._places
        return starts[start], ends[end - 1]

    def _fold(self) -> None:
        if all(ord(char) in _ONE_TO_ONE for char in _FOLDS.findall(self.source)):
            self.text = self.source.translate(_ONE_TO_ONE)
            return
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for cluster in _CLUSTER.finditer(self.source):
            start, end = cluster.span()
            plain = _plain(cluster[0])
            parts += self.source[done:start], plain
            starts += range(done, start)
            ends += range(done + 1, start + 1)
            starts += [start] * len(plain)
            ends += [end] * len(plain)
            done = end
        parts.append(self.source[done:])
        starts += range(done, len(self.source))
        ends += range(done + 1, len(self.source) + 1)
        self.text, self._places = "".join(parts), (starts, ends)


Fields = tuple[Folded, Folded]
"""An article's title and summary."""


class FoldedTexts:
    """Many texts folded: `texts`, which are also read `together`, are what to search; the way back of one is made when asked for.

    Few have anything to fold, which is seen of all together."""

    __slots__ = ("_folded", "_sources", "texts", "together")

    def __init__(self, sources: Sequence[str]) -> None:
        self._sources, self.texts = sources, list(sources)
        self.together = Together(joined(sources))
        folds = np.flatnonzero(_IS_FOLDED.take(self.together.codes, mode="clip"))
        self._folded = {at: Folded(sources[at]) for at in np.unique(self.together.owner(folds - 1)).tolist()}
        if self._folded:
            for at, folded in self._folded.items():
                self.texts[at] = folded.text
            self.together = Together(joined(self.texts))

    def __getitem__(self, at: int) -> Folded:
        return self._folded.get(at) or Folded(self._sources[at], False)

    def fields(self, article: int) -> Fields:
        """The title and the summary of an article, where the texts are those of articles in turn."""
        return self[2 * article], self[2 * article + 1]


def lower(text: str) -> str:
    """The text in lower case, of the same length: a letter whose lower case is longer ("İ") stays."""
    lowered = text.lower()
    return (
        lowered
        if len(lowered) == len(text)
        else "".join(low if len(low := char.lower()) == 1 else char for char in text)
    )


def _plain(cluster: str) -> str:
    """What a character with its marks folds to: "" when it is invisible, itself when there is nothing to fold."""
    base = cluster[0]
    if base in _LEFT_ALONE or unicodedata.decomposition(base).startswith("<super>"):
        return base
    if base.isascii() and len(cluster) == 1:
        return base
    composed = unicodedata.normalize("NFKC", cluster)
    folded = "".join(char for char in composed if unicodedata.category(char) not in _INVISIBLE)
    # Full-width punctuation does no harm to a name, and folding it would cost every Chinese headline a copy.
    if not folded or unicodedata.category(base) == "Zs" or any(char.isalnum() for char in folded):
        return folded
    return base


def _spans(codes: list[int]) -> str:
    """The inside of a regular expression's character class for sorted code points."""
    runs = [[code for _, code in run] for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0])]
    return "".join(f"{re.escape(chr(run[0]))}-{re.escape(chr(run[-1]))}" for run in runs)


def _tables() -> tuple[re.Pattern[str], dict[int, str], re.Pattern[str]]:
    """Characters that fold; those that fold to one other character; and clusters: what folds, with its marks, as one."""
    ideographs_and_syllables = (range(0x3400, 0xA000), range(0xAC00, 0xD7A4))  # nothing to fold, half the plane
    one_to_one: dict[int, str] = {}
    others: list[int] = []
    marks: list[int] = []
    for code in range(0x80, 0x10000):
        if any(code in block for block in ideographs_and_syllables):
            continue
        char = chr(code)
        plain = _plain(char)
        if unicodedata.category(char) in _MARKS or char in _HALF_WIDTH_VOICING:
            marks.append(code)
        elif _JAMO.match(char) or len(plain) != 1:
            others.append(code)
        elif plain != char:
            one_to_one[code] = plain
    mark = _spans(marks)
    folds = _spans(sorted([*one_to_one, *others, *marks]))
    cluster = f"[{_LEADING}][{_VOWEL}][{_TRAILING}]?[{mark}]*|.[{mark}]+|[{folds}{_ASTRAL}]"
    return re.compile(f"[{folds}{_ASTRAL}]"), one_to_one, re.compile(cluster, re.DOTALL)


_FOLDS, _ONE_TO_ONE, _CLUSTER = _tables()
_IS_FOLDED = np.zeros(0x10000, bool)  # by code point
_IS_FOLDED[[ord(char) for char in _FOLDS.findall("".join(map(chr, range(0x10000))))]] = True
_IS_FOLDED[0xFFFF] = True  # all beyond the first plane
