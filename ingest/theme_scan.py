"""
Where the themes' phrases stand in a text, and what kind of story it is.

    lower case, hyphens as spaces | one automaton pass | whole words | look-alikes taken out
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation

from data.catalog.records import Theme
from data.catalog.themes import GAP, GAP_LENGTH, expand
from data.letters import SEPARATOR, codes_of, joined, text_of
from ingest.scanning import Match, by_text

SUMMARY_READ = 500  # characters: what a story is about stands at its beginning
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_HYPHENS = re.compile("[-\u2010\u2011\u2013\u2014\u2019\uff0d]")
_PLAIN = np.array([ord(low) if len(low := chr(code).lower()) == 1 else code for code in range(0x10000)], np.uint16)  # by code of UTF-16
_PLAIN[[ord(char) for char in "-\u2010\u2011\u2013\u2014\u2019\uff0d"]] = ord(" ")
_WORD = frozenset(
    chr(code) for code in range(0x30, 0x250) if chr(code).isalnum() and chr(code) == chr(code).lower()
)  # Latin letters and digits: a phrase of these stands alone; other scripts have no spaces to tell
_LETTERS = frozenset(char for char in _WORD if char.isalpha())
_UNIT = re.compile(r"(?:[gmk]wh?|[gt]b|nm)\b")  # may stand right behind its number: "2GW campus"


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
    """What a spelling may say."""

    theme: str
    subtheme: str = ""
    is_weak: bool = False
    is_block: bool = False
    capitals: str = ""  # the text must have these very letters
    needs_cjk: bool = False  # Latin letters listed for Chinese, Japanese or Korean: "UPS" is a parcel service elsewhere


class Scanned(NamedTuple):
    """Titles and summaries in turn, in plain letters, and the phrases in those that have any, by position."""

    texts: list[str]
    hits: dict[int, list[Hit]]


_Stated = tuple[_Claim, int, int, bool]  # a claim, where it stands, and whether other words stand between its two pieces


@dataclass(slots=True)
class _Spelling:
    """What a spelling says alone, and what it says when another follows close behind, by that other's index."""

    alone: list[_Claim] = field(default_factory=list)
    followed: dict[int, list[_Claim]] = field(default_factory=dict)
    follows: bool = False


class _Words:
    """Finds spellings as whole words in one pass."""

    def __init__(self, spellings: Iterable[str]) -> None:
        self.spellings = list(spellings)
        self._automaton = AhoCorasick(self.spellings, implementation=Implementation.ContiguousNFA)
        self._edges = [(_not_before(word), word[-1] in _WORD, word[-1].isalpha()) for word in self.spellings]

    def found(self, text: str) -> list[tuple[int, int, int]]:
        """(index, start, end) of each spelling that stands alone; a plural's ending is taken in."""
        found = []
        size = len(text)
        edges = self._edges
        for match in self._automaton.find_matches_as_indexes(text, overlapping=True):
            index, start, end = match
            not_before, right, takes_plural = edges[index]
            if start and text[start - 1] in not_before:
                continue
            if right and end < size and text[end] in _WORD:
                after = plural_end(text, end) if takes_plural else 0
                if not after:
                    continue
                match = (index, start, after)
            found.append(match)
        return found


def _not_before(word: str) -> frozenset[str]:
    """What may not stand right before a spelling that stands alone."""
    if word[0] not in _WORD:
        return frozenset()
    return _LETTERS if _UNIT.match(word) else _WORD


class PhraseScan:
    """Finds the phrases of themes in folded text. Built once; holds no state of articles."""

    def __init__(self, themes: Iterable[Theme]) -> None:
        self._index: dict[str, int] = {}
        self._spellings: list[_Spelling] = []
        for theme in themes:
            for phrase in theme.phrases:
                for form in expand(phrase.text):
                    needs_cjk = phrase.lang != "en" and not _CJK.search(form)
                    self._add(form, _Claim(theme.id, phrase.subtheme, phrase.weak, needs_cjk=needs_cjk))
            for block in theme.blocks:
                for form in expand(block):
                    self._add(form, _Claim(theme.id, is_block=True))
        self._words = _Words(self._index)

    def _add(self, form: str, claim: _Claim) -> None:
        head, _, tail = form.partition(GAP)
        spelling = self._spelling(head)
        if _is_capitals(head):
            claim = replace(claim, capitals=_fold_hyphens(head))
        claims = spelling.alone
        if tail:
            self._spelling(tail).follows = True
            claims = spelling.followed.setdefault(self._index[_fold(tail)], [])
        if claim not in claims:
            claims.append(claim)

    def _spelling(self, piece: str) -> _Spelling:
        index = self._index.setdefault(_fold(piece), len(self._index))
        if index == len(self._spellings):
            self._spellings.append(_Spelling())
        return self._spellings[index]

    def scan(self, texts: Sequence[str]) -> Scanned:
        """The phrases in titles and summaries, given in turn, that no look-alike covers, in reading order."""
        read = [text[:SUMMARY_READ] if at % 2 else text for at, text in enumerate(texts)]
        together = plain(read)
        scanned = Scanned(together.split(SEPARATOR), {})
        for at, found in by_text(self._words.found(together), read).items():
            if claims := self._claims(found):
                title = at - at % 2
                hits = _unblocked(*_true(claims, texts[at], scanned.texts[title : title + 2]))
                if hits:
                    scanned.hits[at] = hits
        return scanned

    def _claims(self, found: Sequence[Match]) -> list[_Stated]:
        """What the spellings found in one text say, alone or one behind the other."""
        claims: list[_Stated] = []
        heads: list[tuple[_Spelling, int, int]] = []
        tails: list[Match] = []
        for one in found:
            spelling = self._spellings[one[0]]
            if spelling.alone:
                claims += [(claim, one[1], one[2], False) for claim in spelling.alone]
            if spelling.followed:
                heads.append((spelling, one[1], one[2]))
            if spelling.follows:
                tails.append(one)
        if heads and tails:
            claims += _gapped(heads, tails)
        return claims


def _gapped(heads: Iterable[tuple[_Spelling, int, int]], tails: Sequence[Match]) -> Iterator[_Stated]:
    """The claims of two pieces, one close behind the other."""
    present = {tail[0] for tail in tails}
    for spelling, start, end in heads:
        if spelling.followed.keys().isdisjoint(present):
            continue
        for index, tail_start, tail_end in tails:
            if index in spelling.followed and 0 <= tail_start - end <= GAP_LENGTH:
                for claim in spelling.followed[index]:
                    yield claim, start, tail_end, True


def _true(claims: Iterable[_Stated], text: str, article: Sequence[str]) -> tuple[list[Hit], list[Hit]]:
    """The phrases and the look-alikes whose letters in `text` are as they must be; `article` is its title and summary."""
    hits: list[Hit] = []
    blocks: list[Hit] = []
    for claim, start, end, is_gap in claims:
        if claim.needs_cjk and not any(_CJK.search(part) for part in article if not part.isascii()):
            continue
        if claim.capitals and not _fold_hyphens(text[start:end]).startswith(claim.capitals):
            continue
        hit = Hit(start, end, claim.theme, claim.subtheme, claim.is_weak, is_gap)
        (blocks if claim.is_block else hits).append(hit)
    return hits, blocks


def _unblocked(hits: list[Hit], blocks: list[Hit]) -> list[Hit]:
    """The hits that no look-alike covers, without the weak ones inside stronger ones, in reading order."""
    if blocks:
        hits = [hit for hit in hits if not any(_covers(block, hit) for block in blocks)]
    return sorted(_stronger(hits)) if len(hits) > 1 else hits


class ContextScan:
    """Finds which contexts a text has, each with the first words that say so."""

    def __init__(self, contexts: Mapping[str, Iterable[str]]) -> None:
        names: dict[str, list[tuple[str, str]]] = {}
        for name, words in contexts.items():
            for word in words:
                names.setdefault(_fold(word), []).append((name, word if _is_capitals(word) else ""))
        self._words = _Words(names)
        self._names = list(names.values())

    def found(self, texts: Sequence[str], folded: Sequence[str]) -> list[dict[str, tuple[int, int]]]:
        """Span of the first word by context in each of `texts`, the plain forms of `folded`."""
        found: list[dict[str, tuple[int, int]]] = [{} for _ in texts]
        for at, words in by_text(self._words.found(joined(texts)), texts).items():
            first = found[at]
            for index, start, end in words:
                for name, capitals in self._names[index]:
                    if name not in first and (not capitals or folded[at].startswith(capitals, start)):
                        first[name] = (start, end)
        return found


def plain(texts: Sequence[str]) -> str:
    """The texts as one (`joined`), in lower case with hyphens as spaces: character stands for character."""
    return text_of(_PLAIN.take(codes_of(joined(texts))))


def plural_end(text: str, end: int) -> int:
    """Where the word ends that only a plural's s or es follows; 0 when something else does."""
    for ending in ("s", "es"):
        after = end + len(ending)
        if text.startswith(ending, end) and (after == len(text) or text[after] not in _WORD):
            return after
    return 0


def _fold_hyphens(words: str) -> str:
    return _HYPHENS.sub(" ", words)


def _fold(words: str) -> str:
    return _fold_hyphens(words.lower())


def _is_capitals(words: str) -> bool:
    return words.isascii() and words.isupper() and len(words) > 1


def _covers(block: Hit, hit: Hit) -> bool:
    return block.theme == hit.theme and block.start <= hit.start and hit.end <= block.end


def _stronger(hits: list[Hit]) -> list[Hit]:
    """Without the weak phrases that lie inside a phrase that is enough alone ("chip" in "memory chip")."""
    strong = [(hit.start, hit.end) for hit in hits if not hit.is_weak and not hit.is_gap]
    if not strong or len(strong) == len(hits):
        return hits
    return [hit for hit in hits if not hit.is_weak or not any(start <= hit[0] and hit[1] <= end for start, end in strong)]
