"""
Where the themes' phrases stand in a text, and what kind of story it is.

    lower case, hyphens as spaces | one automaton pass | whole words | look-alikes taken out
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from data.catalog.records import Theme
from data.catalog.themes import GAP, GAP_LENGTH, expand
from data.letters import SEPARATOR, joined
from ingest.scanning import Match, found_in_each
from ingest.text import Fields, Folded, lower

SUMMARY_READ = 500  # characters: what a story is about stands at its beginning
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_HYPHENS = re.compile("[-\u2010\u2011\u2013\u2014\u2019\uff0d]")
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
    """An article's plain title, and the phrases in title and summary."""

    text: str
    in_title: Sequence[Hit]
    in_summary: Sequence[Hit]


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

    def scan(self, fields: Sequence[Fields]) -> list[Scanned]:
        """The phrases in the title and the summary of each article that no look-alike covers, in reading order."""
        titles = plain([title.text for title, _ in fields])
        summaries = plain([summary.text[:SUMMARY_READ] for _, summary in fields])
        texts = [f"{title}\n{summary}" if summary else title for title, summary in zip(titles, summaries, strict=True)]
        found = found_in_each(self._words.found, texts)
        return [
            Scanned(title, *self._hits(whole, len(title), spellings, both)) if spellings else Scanned(title, (), ())
            for title, whole, spellings, both in zip(titles, texts, found, fields, strict=True)
        ]

    def _hits(self, whole: str, wall: int, found: Sequence[Match], fields: Fields) -> tuple[Sequence[Hit], Sequence[Hit]]:
        """The hits in the title and in the summary; `wall` is where the one ends in the `whole`."""
        title, summary = fields
        spellings = self._spellings
        claims: list[_Stated] = []
        heads: list[tuple[_Spelling, int, int]] = []
        tails: list[Match] = []
        for one in found:
            spelling = spellings[one[0]]
            if spelling.alone:
                claims += [(claim, one[1], one[2], False) for claim in spelling.alone]
            if spelling.followed:
                heads.append((spelling, one[1], one[2]))
            if spelling.follows:
                tails.append(one)
        if heads and tails:
            claims += _gapped(heads, tails, wall)
        if not claims:
            return (), ()
        hits = _unblocked(*_true(claims, whole, title, summary))
        if not summary.text:
            return hits, ()
        in_title = [hit for hit in hits if hit.start < wall]
        below = wall + 1
        return in_title, [Hit(hit[0] - below, hit[1] - below, *hit[2:]) for hit in hits if hit.start > wall]


def _gapped(heads: Iterable[tuple[_Spelling, int, int]], tails: Sequence[tuple[int, int, int]], wall: int) -> Iterator[_Stated]:
    """The claims of two pieces, one close behind the other on the same side of the wall."""
    present = {tail[0] for tail in tails}
    for spelling, start, end in heads:
        if spelling.followed.keys().isdisjoint(present):
            continue
        for index, tail_start, tail_end in tails:
            if index in spelling.followed and 0 <= tail_start - end <= GAP_LENGTH and not end <= wall < tail_start:
                for claim in spelling.followed[index]:
                    yield claim, start, tail_end, True


def _true(claims: Iterable[_Stated], text: str, title: Folded, summary: Folded) -> tuple[list[Hit], list[Hit]]:
    """The phrases and the look-alikes whose letters are as they must be."""
    hits: list[Hit] = []
    blocks: list[Hit] = []
    for claim, start, end, is_gap in claims:
        if claim.needs_cjk and (text.isascii() or not _CJK.search(text)):
            continue
        if claim.capitals:
            letters = title.text if start < len(title.text) else f"{title.text}\n{summary.text}"
            if not letters.startswith(claim.capitals, start) and not _fold_hyphens(letters[start:end]).startswith(claim.capitals):
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

    def found(self, folded: Folded, text: str) -> dict[str, tuple[int, int]]:
        """Span of the first word by context in `text`, the plain form of `folded`."""
        found: dict[str, tuple[int, int]] = {}
        for index, start, end in self._words.found(text):
            for name, capitals in self._names[index]:
                if name not in found and (not capitals or folded.text.startswith(capitals, start)):
                    found[name] = (start, end)
        return found


def plain(texts: Sequence[str]) -> list[str]:
    """The folded texts in lower case with hyphens as spaces, each of the same length."""
    return _HYPHENS.sub(" ", lower(joined(texts))).split(SEPARATOR) if texts else []


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
