"""
Where the themes' phrases stand in a text, and what kind of story it is.

    lower case, hyphens as spaces | one automaton pass | whole words | look-alikes taken out
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from data.catalog.records import Theme
from data.catalog.themes import GAP, GAP_LENGTH, expand
from ingest.text import Folded

_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_HYPHENS = re.compile("[-\u2010\u2013\u2014\u2019]")
_WORD = frozenset(
    chr(code) for code in range(0x30, 0x250) if chr(code).isalnum() and chr(code) == chr(code).lower()
)  # Latin letters and digits: a phrase of these stands alone; other scripts have no spaces to tell


class Hit(NamedTuple):
    """A phrase of a theme at text[start:end] of a folded field."""

    start: int
    end: int
    theme: str
    subtheme: str
    is_weak: bool
    is_gap: bool  # two pieces with other words between


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a spelling may say, when `tail` follows close behind (if there is one)."""

    theme: str
    subtheme: str = ""
    is_weak: bool = False
    is_block: bool = False
    tail: str = ""
    capitals: str = ""  # the text must have these very letters
    needs_cjk: bool = False  # Latin letters listed for Chinese, Japanese or Korean: "UPS" is a parcel service elsewhere


class _Words:
    """Finds spellings as whole words in one pass."""

    def __init__(self, spellings: Iterable[str]) -> None:
        self.spellings = list(spellings)
        self._automaton = AhoCorasick(self.spellings, implementation=Implementation.ContiguousNFA)
        self._edges = [(word[0] in _WORD, word[-1] in _WORD, word[-1].isalpha()) for word in self.spellings]

    def found(self, text: str) -> list[tuple[int, int, int]]:
        """(index, start, end) of each spelling that stands alone; a plural's ending is taken in."""
        found = []
        size = len(text)
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            left, right, takes_plural = self._edges[index]
            if left and start and text[start - 1] in _WORD:
                continue
            if right and end < size and text[end] in _WORD:
                end = plural_end(text, end) if takes_plural else 0
                if not end:
                    continue
            found.append((index, start, end))
        return found


class PhraseScan:
    """Finds the phrases of themes in folded text. Built once; holds no state of articles."""

    def __init__(self, themes: Iterable[Theme]) -> None:
        claims: dict[str, list[_Claim]] = {}
        for theme in themes:
            for phrase in theme.phrases:
                for form in expand(phrase.text):
                    needs_cjk = phrase.lang != "en" and not _CJK.search(form)
                    _add(claims, form, _Claim(theme.id, phrase.subtheme, phrase.weak, needs_cjk=needs_cjk))
            for block in theme.blocks:
                for form in expand(block):
                    _add(claims, form, _Claim(theme.id, is_block=True))
        self._words = _Words(claims)
        self._claims = [tuple(found) for found in claims.values()]

    def hits(self, folded: Folded) -> list[Hit]:
        """The phrases in the text that no look-alike covers, in reading order."""
        text = plain(folded)
        hits: list[Hit] = []
        blocks: list[tuple[str, int, int]] = []
        has_cjk = not text.isascii() and _CJK.search(text) is not None
        for index, start, end in self._words.found(text):
            for claim in self._claims[index]:
                if claim.needs_cjk and not has_cjk:
                    continue
                if claim.capitals and _HYPHENS.sub(" ", folded.text[start : start + len(claim.capitals)]) != claim.capitals:
                    continue
                stop = tail_end(text, claim.tail, end) if claim.tail else end
                if not stop:
                    continue
                if claim.is_block:
                    blocks.append((claim.theme, start, stop))
                else:
                    hits.append(Hit(start, stop, claim.theme, claim.subtheme, claim.is_weak, bool(claim.tail)))
        if blocks:
            hits = [hit for hit in hits if not any(_covers(block, hit) for block in blocks)]
        return sorted(_stronger(hits)) if len(hits) > 1 else hits


class ContextScan:
    """Finds which contexts a text has, each with the first words that say so."""

    def __init__(self, contexts: Mapping[str, Iterable[str]]) -> None:
        names: dict[str, list[tuple[str, str]]] = {}
        for name, words in contexts.items():
            for word in words:
                low = _HYPHENS.sub(" ", word.lower())
                names.setdefault(low, []).append((name, word if _is_capitals(word) else ""))
        self._words = _Words(names)
        self._names = list(names.values())

    def found(self, folded: Folded) -> dict[str, tuple[int, int]]:
        """Span of the first word by context."""
        found: dict[str, tuple[int, int]] = {}
        for index, start, end in self._words.found(plain(folded)):
            for name, capitals in self._names[index]:
                if name not in found and (not capitals or folded.text.startswith(capitals, start)):
                    found[name] = (start, end)
        return found


def plain(folded: Folded) -> str:
    """The text in lower case with hyphens as spaces, of the same length."""
    text = folded.lower.replace("-", " ")
    return text if text.isascii() else _HYPHENS.sub(" ", text)


def plural_end(text: str, end: int) -> int:
    """Where the word ends that only a plural's s or es follows; 0 when something else does."""
    for ending in ("s", "es"):
        after = end + len(ending)
        if text.startswith(ending, end) and (after == len(text) or text[after] not in _WORD):
            return after
    return 0


def tail_end(text: str, tail: str, start: int) -> int:
    """Where `tail` ends as a whole word within a gap after `start`; 0 when it does not follow."""
    limit = start + GAP_LENGTH + len(tail)
    at = text.find(tail, start, limit)
    while at >= 0:
        end = at + len(tail)
        if not (tail[0] in _WORD and text[at - 1] in _WORD):
            if end == len(text) or tail[-1] not in _WORD or text[end] not in _WORD:
                return end
            if plural := plural_end(text, end):
                return plural
        at = text.find(tail, at + 1, limit)
    return 0


def _add(claims: dict[str, list[_Claim]], form: str, claim: _Claim) -> None:
    head, _, tail = form.partition(GAP)
    capitals = _HYPHENS.sub(" ", head) if _is_capitals(head) else ""
    whole = replace(claim, tail=_fold(tail), capitals=capitals)
    claims.setdefault(_fold(head), []).append(whole)


def _fold(words: str) -> str:
    return _HYPHENS.sub(" ", words.lower())


def _is_capitals(words: str) -> bool:
    return words.isascii() and words.isupper() and len(words) > 1


def _covers(block: tuple[str, int, int], hit: Hit) -> bool:
    return block[0] == hit.theme and block[1] <= hit.start and hit.end <= block[2]


def _stronger(hits: list[Hit]) -> list[Hit]:
    """Without the weak phrases that lie inside a phrase that is enough alone ("chip" in "memory chip")."""
    strong = [hit for hit in hits if not hit.is_weak and not hit.is_gap]
    return [hit for hit in hits if not hit.is_weak or not any(other.start <= hit.start and hit.end <= other.end for other in strong)]
