"""
The plain words of a title, as features that can be weighed: what no phrase of a theme says may still hint at it.

Latin words stand for themselves; Chinese, Korean and Japanese ones for their pairs of characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import add

import numpy as np

from data.model.theme_weights import WORD, ThemeWeights
from data.text.stop_words import STOP_WORDS
from ingest.entities.matcher import Matcher, Matches, TextBatch

LEAST = 2  # texts that a word must stand in to be worth learning

_LATIN = re.compile(r"[a-z][a-z0-9.+]*[a-z0-9]")
_LETTER, _DIGIT, _SIGN = 1, 2, 4
_KINDS = np.zeros(0x10000, np.uint8)  # of the characters of Latin words
_KINDS[ord("a") : ord("z") + 1], _KINDS[ord("0") : ord("9") + 1], _KINDS[[ord("."), ord("+")]] = _LETTER, _DIGIT, _SIGN
_PAIRED = re.compile(r"[\u3400-\u9fff]{2,}|[\u3040-\u30ff]{2,}|[\uac00-\ud7a3]{2,}")


def words(text: str) -> Iterable[str]:
    """The words of a plain title in lower case, as often as they stand in it."""
    latin = _LATIN.findall(text)
    return latin if text.isascii() else chain(latin, *(map(add, run, run[1:]) for run in _PAIRED.findall(text)))


def features_to_learn(texts: Iterable[str]) -> list[str]:
    """The features of the words that at least LEAST of `texts` have, sorted; "the" and its like say nothing."""
    counts = Counter(word for text in texts for word in set(words(text)) - STOP_WORDS)
    return sorted(WORD + word for word, count in counts.items() if count >= LEAST)


class WeighedWords:
    """The words that have a weight: which of them a title has, and what they weigh together for each of `themes`."""

    def __init__(self, weights: ThemeWeights, themes: Sequence[str]) -> None:
        known = sorted({feature for own in weights.by_theme.values() for feature in own if feature.startswith(WORD)})
        self._features = {feature[len(WORD) :]: feature for feature in known}
        self._weights = np.array([[own.get(feature, 0.0) for feature in known] for own in map(weights.of, themes)])
        self._is_latin = np.array([word[0].isascii() for word in self._features], bool)
        parts = [(_LETTER, _LETTER | _DIGIT) if is_latin else (0, 0) for is_latin in self._is_latin]
        self._matcher = Matcher(
            list(self._features), _KINDS, [before for before, _ in parts], [after for _, after in parts]
        )

    def features(self, text: str) -> list[str]:
        """The features of the known words of a plain title in lower case, each once."""
        return list(dict.fromkeys(filter(None, map(self._features.get, words(text)))))

    def weigh(self, titles: TextBatch) -> list[list[float]]:
        """For each title what its known words, each counted once, weigh for each theme."""
        found = self._found(titles)
        once = np.unique(titles.owner(found.start) * len(self._features) + found.spelling)
        owner, word = np.divmod(once, max(len(self._features), 1))
        sums: list[list[float]] = np.array(
            [np.bincount(owner, own, titles.count) for own in self._weights[:, word]]
        ).T.tolist()
        return sums

    def _found(self, titles: TextBatch) -> Matches:
        matches, is_word = self._matcher.find(titles)
        kinds = _KINDS.take(titles.before(matches.start), mode="clip") | _KINDS.take(
            titles.after(matches.end), mode="clip"
        )
        for at in np.flatnonzero(is_word & self._is_latin[matches.spelling] & (kinds > 0)).tolist():
            is_word[at] = _is_word(titles.text, int(matches.start[at]), int(matches.end[at]))
        return matches.select(is_word)


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether `words` takes text[start:end] for one, where digits, stops or plus signs stand beside it."""
    first = start
    while first and ord(text[first - 1]) < 0x80 and _KINDS[ord(text[first - 1])]:
        first -= 1
    found = _LATIN.search(text, first)
    return found is not None and found.span() == (start, end)
