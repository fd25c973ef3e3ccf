"""
Where a text has phrases of themes, and which contexts it has (results, a lawsuit, a game …).

    lower case, hyphens as spaces | one pass of the automaton | whole words | exclusions applied
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from data.catalog.records import Theme
from data.catalog.themes import GAP, GAP_LENGTH, expand
from ingest.entities.matcher import Matcher, Matches, TextBatch
from ingest.entities.normalize import NormalizedTexts

SUMMARY_READ = 500  # characters: a summary's beginning says what the story is about
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_HYPHENS = re.compile("[-\u2010\u2011\u2013\u2014\u2019\uff0d]")
# By code point. A character whose lower case is longer stays, so that positions in both texts are the same.
_PLAIN = np.array([ord(low) if len(low := chr(code).lower()) == 1 else code for code in range(0x10000)], np.uint32)
_PLAIN[[ord(char) for char in "-\u2010\u2011\u2013\u2014\u2019\uff0d"]] = ord(" ")
# Latin letters and digits: a phrase that begins or ends with these must be a whole word; other scripts have no spaces.
_WORD = frozenset(chr(code) for code in range(0x30, 0x250) if chr(code).isalnum() and chr(code) == chr(code).lower())
_LETTER, _DIGIT, _ANY = 1, 2, 3  # kinds of these characters
_KINDS = np.zeros(0x10000, np.uint8)
for _char in _WORD:
    _KINDS[ord(_char)] = _LETTER if _char.isalpha() else _DIGIT
_UNIT = re.compile(r"(?:[gmk]wh?|[gt]b|nm)\b")  # may directly follow its number: "2GW campus"


class PhraseHit(NamedTuple):
    """A phrase of a theme at text[start:end] of a normalized field."""

    start: int
    end: int
    theme: str
    subtheme: str
    is_weak: bool
    is_gap: bool  # two pieces with other words in between


@dataclass(frozen=True, slots=True)
class _Meaning:
    """One meaning of a spelling."""

    theme: str
    subtheme: str = ""
    is_weak: bool = False
    is_block: bool = False
    capitals: str = ""  # the text must have exactly these letters
    needs_cjk: bool = False  # Latin letters of a Chinese, Japanese or Korean phrase: in English "UPS" sends parcels


class PhraseHits(NamedTuple):
    """Plain titles and summaries in turn, and the phrases of those that have any, by number."""

    texts: TextBatch
    hits: dict[int, list[PhraseHit]]


_Match = tuple[_Meaning, int, int, bool]
"""A meaning with start and end, and whether other words are between its two pieces."""


class _WordMatcher:
    """Finds spellings as whole words, with a plural's ending."""

    def __init__(self, spellings: Iterable[str]) -> None:
        words = list(spellings)
        not_after = [_ANY if word[-1] in _WORD else 0 for word in words]
        self._matcher = Matcher(words, _KINDS, [_not_before(word) for word in words], not_after)
        self._takes_plural = np.array([word[-1].isalpha() for word in words], bool)

    def find(self, texts: TextBatch) -> Matches:
        matches, is_whole = self._matcher.find(texts)
        for at in np.flatnonzero(~is_whole & self._takes_plural[matches.spelling]).tolist():
            if after := plural_end(texts.text, int(matches.end[at])):
                matches.end[at], is_whole[at] = after, True
        return matches.select(is_whole)


def _not_before(word: str) -> int:
    """The kinds of characters that may not directly precede a spelling."""
    if word[0] not in _WORD:
        return 0
    return _LETTER if _UNIT.match(word) else _ANY


class PhraseMatcher:
    """Finds the phrases of themes in normalized text. Build it once; it holds no state of articles."""

    def __init__(self, themes: Iterable[Theme]) -> None:
        self._index: dict[str, int] = {}
        alone: dict[int, list[_Meaning]] = {}
        paired: dict[tuple[int, int], list[_Meaning]] = {}  # by the indices of the two pieces
        for form, meaning in _forms(themes):
            head, _, tail = form.partition(GAP)
            first = self._piece(head)
            meanings = paired.setdefault((first, self._piece(tail)), []) if tail else alone.setdefault(first, [])
            if _is_capitals(head):
                meaning = replace(meaning, capitals=_without_hyphens(head))
            if meaning not in meanings:
                meanings.append(meaning)
        count = len(self._index)
        self._words = _WordMatcher(self._index)
        self._meanings = [alone.get(index, []) for index in range(count)] + [paired[pair] for pair in sorted(paired)]
        self._is_phrase = np.isin(np.arange(count), list(alone))
        self._is_head, self._is_tail = (np.isin(np.arange(count), [pair[side] for pair in paired]) for side in (0, 1))
        # The last one is no pair: a search for a larger number ends there.
        self._pairs = np.array([*(first * count + second for first, second in sorted(paired)), count * count])

    def _piece(self, words: str) -> int:
        return self._index.setdefault(_plain(words), len(self._index))

    def find(self, texts: NormalizedTexts) -> PhraseHits:
        """The phrases in titles and summaries, given in turn, without excluded ones, in reading order."""
        plain = _beginnings(texts.batch)
        by_text: dict[int, list[PhraseHit]] = {}
        for at, matches in self._matches(plain).items():
            if hits := _allowed(*_hits(matches, at, texts.texts[at], plain)):
                by_text[at] = hits
        return PhraseHits(plain, by_text)

    def _matches(self, texts: TextBatch) -> dict[int, list[_Match]]:
        """All meanings of spellings, and of pairs of spellings close to each other, by the number of their text."""
        by_text: dict[int, list[_Match]] = defaultdict(list)
        all_matches = self._words.find(texts)
        whole_phrases = all_matches.select(self._is_phrase[all_matches.spelling])
        for is_gap, matches in enumerate((whole_phrases, self._paired(all_matches, texts))):
            for at, index, start, end in texts.each(matches):
                by_text[at] += [(meaning, start, end, bool(is_gap)) for meaning in self._meanings[index]]
        return by_text

    def _paired(self, matches: Matches, texts: TextBatch) -> Matches:
        """The two pieces of phrases, one close behind the other in the same text."""
        heads = matches.select(self._is_head[matches.spelling])
        tails = matches.select(self._is_tail[matches.spelling])
        tails = tails.select(np.argsort(tails.start))
        # Each head with every tail that begins within GAP_LENGTH characters of its end.
        nearest = np.searchsorted(tails.start, heads.end)
        count = np.searchsorted(tails.start, heads.end + GAP_LENGTH, "right") - nearest
        heads = heads.select(np.repeat(np.arange(len(count)), count))
        nearest = np.repeat(nearest - np.cumsum(count) + count, count)
        tails = tails.select(nearest + np.arange(len(nearest)))
        pair = heads.spelling * len(self._index) + tails.spelling
        position = np.searchsorted(self._pairs, pair)
        is_pair = (self._pairs[position] == pair) & (texts.owner(heads.start) == texts.owner(tails.start))
        return Matches(len(self._index) + position, heads.start, tails.end).select(is_pair)


def _forms(themes: Iterable[Theme]) -> Iterator[tuple[str, _Meaning]]:
    for theme in themes:
        for phrase in theme.phrases:
            for form in expand(phrase.text):
                needs_cjk = phrase.lang != "en" and not _CJK.search(form)
                yield form, _Meaning(theme.id, phrase.subtheme, phrase.weak, needs_cjk=needs_cjk)
        for block in theme.blocks:
            for form in expand(block):
                yield form, _Meaning(theme.id, is_block=True)


def _hits(matches: Iterable[_Match], at: int, text: str, plain: TextBatch) -> tuple[list[PhraseHit], list[PhraseHit]]:
    """Phrases and exclusions that are spelled as they must be in `text`, number `at` of the `plain` texts."""
    hits: list[PhraseHit] = []
    exclusions: list[PhraseHit] = []
    for meaning, start, end, is_gap in matches:
        if meaning.needs_cjk and not _has_cjk(plain, at - at % 2):
            continue
        if meaning.capitals and not _without_hyphens(text[start:end]).startswith(meaning.capitals):
            continue
        hit = PhraseHit(start, end, meaning.theme, meaning.subtheme, meaning.is_weak, is_gap)
        (exclusions if meaning.is_block else hits).append(hit)
    return hits, exclusions


def _has_cjk(texts: TextBatch, title: int) -> bool:
    """Whether an article has Chinese, Japanese or Korean characters in its title or its summary."""
    return any(_CJK.search(text) for text in (texts[title], texts[title + 1]) if not text.isascii())


def _allowed(hits: list[PhraseHit], exclusions: list[PhraseHit]) -> list[PhraseHit]:
    """The hits that no exclusion covers, without weak ones inside strong ones, in reading order."""
    if exclusions:
        hits = [hit for hit in hits if not any(_covers(exclusion, hit) for exclusion in exclusions)]
    return sorted(_without_parts(hits)) if len(hits) > 1 else hits


class ContextMatcher:
    """Finds the contexts of a text, each with the first words that belong to it."""

    def __init__(self, contexts: Mapping[str, Iterable[str]]) -> None:
        names: dict[str, list[tuple[str, str]]] = {}
        for name, words in contexts.items():
            for word in words:
                names.setdefault(_plain(word), []).append((name, word if _is_capitals(word) else ""))
        self._words = _WordMatcher(names)
        self._names = list(names.values())

    def find(self, texts: TextBatch, normalized: Sequence[str]) -> list[dict[str, tuple[int, int]]]:
        """For each of `texts`, the plain forms of `normalized` ones, the span of its first word by context."""
        contexts: list[dict[str, tuple[int, int]]] = [{} for _ in normalized]
        for at, index, start, end in texts.each(self._words.find(texts)):
            for name, capitals in self._names[index]:
                if name not in contexts[at] and (not capitals or normalized[at].startswith(capitals, start)):
                    contexts[at][name] = (start, end)
        return contexts


def plain_batch(texts: TextBatch) -> TextBatch:
    """The texts in lower case with hyphens as spaces; all positions stay the same."""
    codes = _PLAIN.take(texts.codes, mode="clip")
    is_beyond = texts.codes >= len(_PLAIN)
    codes[is_beyond] = texts.codes[is_beyond]
    return TextBatch.of_codes(codes)


def _beginnings(texts: TextBatch) -> TextBatch:
    """Plain titles and the beginnings of plain summaries, given in turn."""
    keep = np.ones(len(texts.codes), bool)
    for at, first, last in texts.longer_than(SUMMARY_READ):
        keep[first:last] = at % 2 == 0
    return plain_batch(texts if keep.all() else TextBatch.of_codes(texts.codes[keep]))


def plural_end(text: str, end: int) -> int:
    """The end of a word of which only a plural's s or es is left; 0 when it goes on otherwise."""
    for ending in ("s", "es"):
        after = end + len(ending)
        if text.startswith(ending, end) and (after == len(text) or text[after] not in _WORD):
            return after
    return 0


def _without_hyphens(words: str) -> str:
    return _HYPHENS.sub(" ", words)


def _plain(words: str) -> str:
    return _without_hyphens(words.lower())


def _is_capitals(words: str) -> bool:
    return words.isascii() and words.isupper() and len(words) > 1


def _covers(exclusion: PhraseHit, hit: PhraseHit) -> bool:
    return exclusion.theme == hit.theme and exclusion.start <= hit.start and hit.end <= exclusion.end


def _without_parts(hits: list[PhraseHit]) -> list[PhraseHit]:
    """Without weak phrases inside a strong one: "chip" in "memory chip"."""
    strong = [(hit.start, hit.end) for hit in hits if not hit.is_weak and not hit.is_gap]
    if not strong or len(strong) == len(hits):
        return hits
    return [
        hit for hit in hits if not hit.is_weak or not any(start <= hit[0] and hit[1] <= end for start, end in strong)
    ]
