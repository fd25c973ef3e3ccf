"""
Text in the form that is searched: full-width, styled and decomposed letters normalized, invisible characters removed.

`NormalizedText.span` maps a span of the normalized text back to the stored text, so that evidence always quotes what is
stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

import numpy as np

from data.text.nfkc import joined
from ingest.entities.matcher import TextBatch

# NFKC would turn these into letters that stick to the name before them ("Nvidia™" → "NvidiaTM").
_UNCHANGED = frozenset("™℠…ªº")
_INVISIBLE = frozenset({"Cf", "Mn", "Me"})
_MARKS = frozenset({"Cf", "Mn", "Me", "Mc"})
_LEADING, _VOWEL, _TRAILING = "\u1100-\u115f\ua960-\ua97c", "\u1160-\u11a7\ud7b0-\ud7c6", "\u11a8-\u11ff\ud7cb-\ud7fb"
_HALF_WIDTH_VOICING = "\uff9e\uff9f"  # letters to Unicode, but to readers marks on the kana before them
_JAMO = re.compile(f"[{_LEADING}{_VOWEL}{_TRAILING}]")
_ASTRAL = "\U00010000-\U0010ffff"  # styled letters and emoji: so rare that all of them may take the slow path


class NormalizedText:
    """`text` is to be searched, `source` is stored, `span` leads from the one to the other. Letters keep their case."""

    __slots__ = ("_offsets", "source", "text")

    def __init__(self, source: str, is_normal: bool = False) -> None:
        self.source = self.text = source
        # Start and end in `source` of each character of `text`; None when they correspond one to one.
        self._offsets: tuple[list[int], list[int]] | None = None
        if not is_normal and not source.isascii() and _CHANGES.search(source):
            self._normalize()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a non-empty span of `text` is in `source`."""
        if self._offsets is None:
            return start, end
        starts, ends = self._offsets
        return starts[start], ends[end - 1]

    def _normalize(self) -> None:
        if all(ord(char) in _ONE_TO_ONE for char in _CHANGES.findall(self.source)):
            self.text = self.source.translate(_ONE_TO_ONE)
            return
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for cluster in _CLUSTER.finditer(self.source):
            start, end = cluster.span()
            normal = _normal(cluster[0])
            parts += self.source[done:start], normal
            starts += range(done, start)
            ends += range(done + 1, start + 1)
            starts += [start] * len(normal)
            ends += [end] * len(normal)
            done = end
        parts.append(self.source[done:])
        starts += range(done, len(self.source))
        ends += range(done + 1, len(self.source) + 1)
        self.text, self._offsets = "".join(parts), (starts, ends)


Fields = tuple[NormalizedText, NormalizedText]
"""An article's title and summary."""


class NormalizedTexts:
    """Many texts to search: `texts`, and the same as one `batch`. One pass over all finds the few that change."""

    __slots__ = ("_changed", "_sources", "batch", "texts")

    def __init__(self, sources: Sequence[str]) -> None:
        self._sources, self.texts = sources, list(sources)
        self.batch = TextBatch(joined(sources))
        changes = np.flatnonzero(_IS_CHANGED.take(self.batch.codes, mode="clip"))
        self._changed = {at: NormalizedText(sources[at]) for at in np.unique(self.batch.owner(changes - 1)).tolist()}
        if self._changed:
            for at, changed in self._changed.items():
                self.texts[at] = changed.text
            self.batch = TextBatch(joined(self.texts))

    def __getitem__(self, at: int) -> NormalizedText:
        return self._changed.get(at) or NormalizedText(self._sources[at], is_normal=True)

    def fields(self, article: int) -> Fields:
        """The title and the summary of an article, if the texts alternate between titles and summaries."""
        return self[2 * article], self[2 * article + 1]


def lower(text: str) -> str:
    """The text in lower case, of the same length: a letter whose lower case is longer ("İ") stays."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _normal(cluster: str) -> str:
    """The normal form of a character with its marks: "" when it is invisible."""
    base = cluster[0]
    if base in _UNCHANGED or unicodedata.decomposition(base).startswith("<super>"):
        return base
    if base.isascii() and len(cluster) == 1:
        return base
    composed = unicodedata.normalize("NFKC", cluster)
    visible = "".join(char for char in composed if unicodedata.category(char) not in _INVISIBLE)
    # Full-width punctuation does no harm to a name, and changing it would cost every Chinese headline a copy.
    if not visible or unicodedata.category(base) == "Zs" or any(char.isalnum() for char in visible):
        return visible
    return base


def _spans(codes: list[int]) -> str:
    """The inside of a character class ([…] in a regular expression) for sorted code points."""
    runs = [[code for _, code in run] for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0])]
    return "".join(f"{re.escape(chr(run[0]))}-{re.escape(chr(run[-1]))}" for run in runs)


def _tables() -> tuple[re.Pattern[str], dict[int, str], re.Pattern[str]]:
    """Patterns of characters that change and of clusters with their marks; characters that become another one."""
    unchanged = (range(0x3400, 0xA000), range(0xAC00, 0xD7A4))  # ideographs and syllables, half of the first plane
    one_to_one: dict[int, str] = {}
    others: list[int] = []
    marks: list[int] = []
    for code in range(0x80, 0x10000):
        if any(code in block for block in unchanged):
            continue
        char = chr(code)
        normal = _normal(char)
        if unicodedata.category(char) in _MARKS or char in _HALF_WIDTH_VOICING:
            marks.append(code)
        elif _JAMO.match(char) or len(normal) != 1:
            others.append(code)
        elif normal != char:
            one_to_one[code] = normal
    mark = _spans(marks)
    changing = _spans(sorted([*one_to_one, *others, *marks]))
    cluster = f"[{_LEADING}][{_VOWEL}][{_TRAILING}]?[{mark}]*|.[{mark}]+|[{changing}{_ASTRAL}]"
    return re.compile(f"[{changing}{_ASTRAL}]"), one_to_one, re.compile(cluster, re.DOTALL)


_CHANGES, _ONE_TO_ONE, _CLUSTER = _tables()
_IS_CHANGED = np.zeros(0x10000, bool)  # by code point
_IS_CHANGED[[ord(char) for char in _CHANGES.findall("".join(map(chr, range(0x10000))))]] = True
_IS_CHANGED[0xFFFF] = True  # stands for every code point beyond the first plane
