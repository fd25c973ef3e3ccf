"""
Where the themes' phrases stand in a text, and what kind of story it is.

    lower case, hyphens as spaces | one automaton pass | whole words | look-alikes taken out
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

SUMMARY_READ = 500  # characters: what a story is about stands at its beginning
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_HYPHENS = re.compile("[-\u2010\u2011\u2013\u2014\u2019\uff0d]")
_PLAIN = np.array(
    [ord(low) if len(low := chr(code).lower()) == 1 else code for code in range(0x10000)], np.uint32
)  # by code point
_PLAIN[[ord(char) for char in "-\u2010\u2011\u2013\u2014\u2019\uff0d"]] = ord(" ")
_WORD = frozenset(
    chr(code) for code in range(0x30, 0x250) if chr(code).isalnum() and chr(code) == chr(code).lower()
)  # Latin letters and digits: a phrase of these stands alone; other scripts have no spaces to tell
_LETTER, _DIGIT, _ANY = 1, 2, 3  # kinds of these characters
_KINDS = np.zeros(0x10000, np.uint8)
for _char in _WORD:
    _KINDS[ord(_char)] = _LETTER if _char.isalpha() else _DIGIT
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

    texts: TextBatch
    hits: dict[int, list[Hit]]


_Stated = tuple[
    _Claim, int, int, bool
]  # a claim, where it stands, and whether other words stand between its two pieces


class _Words:
    """Finds spellings as whole words in one pass; a plural's ending is taken in."""

    def __init__(self, spellings: Iterable[str]) -> None:
        words = list(spellings)
        self._matcher = Matcher(
            words, _KINDS, [_not_before(word) for word in words], [_ANY if word[-1] in _WORD else 0 for word in words]
        )
        self._takes_plural = np.array([word[-1].isalpha() for word in words], bool)

    def found(self, texts: TextBatch) -> Matches:
        matches, is_alone = self._matcher.find(texts)
        for at in np.flatnonzero(~is_alone & self._takes_plural[matches.spelling]).tolist():
            if after := plural_end(texts.text, int(matches.end[at])):
                matches.end[at], is_alone[at] = after, True
        return matches.select(is_alone)


def _not_before(word: str) -> int:
    """What may not stand right before a spelling that stands alone."""
    if word[0] not in _WORD:
        return 0
    return _LETTER if _UNIT.match(word) else _ANY


class PhraseScan:
    """Finds the phrases of themes in folded text. Built once; holds no state of articles."""

    def __init__(self, themes: Iterable[Theme]) -> None:
        self._index: dict[str, int] = {}
        alone: dict[int, list[_Claim]] = {}
        paired: dict[tuple[int, int], list[_Claim]] = {}  # by the indices of the two pieces
        for form, claim in _forms(themes):
            head, _, tail = form.partition(GAP)
            first = self._piece(head)
            claims = paired.setdefault((first, self._piece(tail)), []) if tail else alone.setdefault(first, [])
            if _is_capitals(head):
                claim = replace(claim, capitals=_fold_hyphens(head))
            if claim not in claims:
                claims.append(claim)
        count = len(self._index)
        self._words = _Words(self._index)
        self._claims = [alone.get(index, []) for index in range(count)] + [paired[pair] for pair in sorted(paired)]
        self._is_enough = np.isin(np.arange(count), list(alone))
        self._is_head, self._is_tail = (np.isin(np.arange(count), [pair[side] for pair in paired]) for side in (0, 1))
        self._pairs = np.array(
            [*(first * count + second for first, second in sorted(paired)), count * count]
        )  # ends with none

    def _piece(self, words: str) -> int:
        return self._index.setdefault(_fold(words), len(self._index))

    def scan(self, texts: NormalizedTexts) -> Scanned:
        """The phrases in titles and summaries, given in turn, that no look-alike covers, in reading order."""
        scanned = Scanned(_beginnings(texts.batch), {})
        for at, stated in self._stated(scanned.texts).items():
            hits = _unblocked(*_true(stated, at, texts.texts[at], scanned.texts))
            if hits:
                scanned.hits[at] = hits
        return scanned

    def _stated(self, texts: TextBatch) -> dict[int, list[_Stated]]:
        """What spellings say, alone or one behind the other, by the position of the text they stand in."""
        stated: dict[int, list[_Stated]] = defaultdict(list)
        found = self._words.found(texts)
        for is_gap, matches in enumerate((found.select(self._is_enough[found.spelling]), self._paired(found, texts))):
            for at, index, start, end in texts.each(matches):
                stated[at] += [(claim, start, end, bool(is_gap)) for claim in self._claims[index]]
        return stated

    def _paired(self, found: Matches, texts: TextBatch) -> Matches:
        """The two pieces of phrases, one close behind the other in the same text."""
        heads, tails = found.select(self._is_head[found.spelling]), found.select(self._is_tail[found.spelling])
        tails = tails.select(np.argsort(tails.start))
        nearest = np.searchsorted(tails.start, heads.end)
        count = np.searchsorted(tails.start, heads.end + GAP_LENGTH, "right") - nearest
        heads, nearest = (
            heads.select(np.repeat(np.arange(len(count)), count)),
            np.repeat(nearest - np.cumsum(count) + count, count),
        )
        tails = tails.select(nearest + np.arange(len(nearest)))
        pair = heads.spelling * len(self._index) + tails.spelling
        place = np.searchsorted(self._pairs, pair)
        is_pair = (self._pairs[place] == pair) & (texts.owner(heads.start) == texts.owner(tails.start))
        return Matches(len(self._index) + place, heads.start, tails.end).select(is_pair)


def _forms(themes: Iterable[Theme]) -> Iterator[tuple[str, _Claim]]:
    for theme in themes:
        for phrase in theme.phrases:
            for form in expand(phrase.text):
                needs_cjk = phrase.lang != "en" and not _CJK.search(form)
                yield form, _Claim(theme.id, phrase.subtheme, phrase.weak, needs_cjk=needs_cjk)
        for block in theme.blocks:
            for form in expand(block):
                yield form, _Claim(theme.id, is_block=True)


def _true(claims: Iterable[_Stated], at: int, text: str, plain: TextBatch) -> tuple[list[Hit], list[Hit]]:
    """The phrases and the look-alikes whose letters in `text`, the one at `at`, are as they must be; `plain` are all texts."""
    hits: list[Hit] = []
    blocks: list[Hit] = []
    for claim, start, end, is_gap in claims:
        if claim.needs_cjk and not _has_cjk(plain, at - at % 2):
            continue
        if claim.capitals and not _fold_hyphens(text[start:end]).startswith(claim.capitals):
            continue
        hit = Hit(start, end, claim.theme, claim.subtheme, claim.is_weak, is_gap)
        (blocks if claim.is_block else hits).append(hit)
    return hits, blocks


def _has_cjk(texts: TextBatch, title: int) -> bool:
    """Whether an article has Chinese, Japanese or Korean letters in its title or its summary."""
    return any(_CJK.search(text) for text in (texts[title], texts[title + 1]) if not text.isascii())


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

    def found(self, texts: TextBatch, folded: Sequence[str]) -> list[dict[str, tuple[int, int]]]:
        """Span of the first word by context in each of `texts`, the plain forms of `folded`."""
        found: list[dict[str, tuple[int, int]]] = [{} for _ in folded]
        for at, index, start, end in texts.each(self._words.found(texts)):
            for name, capitals in self._names[index]:
                if name not in found[at] and (not capitals or folded[at].startswith(capitals, start)):
                    found[at][name] = (start, end)
        return found


def plain(texts: TextBatch) -> TextBatch:
    """The texts in lower case with hyphens as spaces: character stands for character."""
    codes = _PLAIN.take(texts.codes, mode="clip")
    beyond = texts.codes >= len(_PLAIN)
    codes[beyond] = texts.codes[beyond]
    return TextBatch.of_codes(codes)


def _beginnings(texts: TextBatch) -> TextBatch:
    """Titles and as much of the summaries, given in turn, as is read; plain."""
    kept = np.ones(len(texts.codes), bool)
    for at, first, last in texts.longer_than(SUMMARY_READ):
        kept[first:last] = at % 2 == 0
    return plain(texts if kept.all() else TextBatch.of_codes(texts.codes[kept]))


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
    return [
        hit for hit in hits if not hit.is_weak or not any(start <= hit[0] and hit[1] <= end for start, end in strong)
    ]
