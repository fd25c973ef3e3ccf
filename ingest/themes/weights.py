"""
What features of an article weigh for a theme, and how sure that makes it: named features, and the words of the title.

No phrase of a theme says everything that hints at it. So the plain words of a title are features too, if the model has
a weight for them. Latin words stand for themselves, Chinese, Korean and Japanese ones for their pairs of characters.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from operator import add

import numpy as np

from data.model.theme_weights import WORD, ThemeWeights
from data.text.stop_words import STOP_WORDS
from ingest.entities.matcher import Matcher, Matches, TextBatch

LEAST = 2  # texts that must have a word before it is learnt

_LATIN = re.compile(r"[a-z][a-z0-9.+]*[a-z0-9]")
_LETTER, _DIGIT, _SIGN = 1, 2, 4
_KINDS = np.zeros(0x10000, np.uint8)  # of the characters of Latin words
_KINDS[ord("a") : ord("z") + 1], _KINDS[ord("0") : ord("9") + 1], _KINDS[[ord("."), ord("+")]] = _LETTER, _DIGIT, _SIGN
_PAIRED = re.compile(r"[\u3400-\u9fff]{2,}|[\u3040-\u30ff]{2,}|[\uac00-\ud7a3]{2,}")


class WeightSums(dict[tuple[str, ...], float]):
    """The total weight of groups of features for one theme. The same groups come back, and each is added up once."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights

    def __missing__(self, group: tuple[str, ...]) -> float:
        total = self[group] = total_weight(self._weights, group)
        return total


def total_weight(weights: Mapping[str, float], features: Iterable[str]) -> float:
    return sum(map(weights.get, features, repeat(0.0)))


def probability(weights: Mapping[str, float], features: Iterable[str]) -> float:
    return logistic(total_weight(weights, ("bias", *features)))


def logistic(total: float) -> float:
    """The probability for a sum of weights, rounded: its last digits depend on the order of the additions."""
    return 1 / (1 + math.exp(-round(total * 1e6) / 1e6)) if total > -700 else 0.0


def words(text: str) -> Iterable[str]:
    """The words of a plain title in lower case, with repetitions."""
    latin = _LATIN.findall(text)
    return latin if text.isascii() else chain(latin, *(map(add, run, run[1:]) for run in _PAIRED.findall(text)))


def features_to_learn(texts: Iterable[str]) -> list[str]:
    """The features of the words in at least LEAST of `texts`, sorted; without stop words, which say nothing."""
    counts = Counter(word for text in texts for word in set(words(text)) - STOP_WORDS)
    return sorted(WORD + word for word, count in counts.items() if count >= LEAST)


class TitleWords:
    """The words that have a weight: which of them a title has, and their total weight for each of `themes`."""

    def __init__(self, weights: ThemeWeights, themes: Sequence[str]) -> None:
        known = sorted({feature for own in weights.by_theme.values() for feature in own if feature.startswith(WORD)})
        self._features = {feature[len(WORD) :]: feature for feature in known}
        self._weights = np.array([[own.get(feature, 0.0) for feature in known] for own in map(weights.of, themes)])
        self._is_latin = np.array([word[0].isascii() for word in self._features], bool)
        not_before = [_LETTER if is_latin else 0 for is_latin in self._is_latin]
        not_after = [_LETTER | _DIGIT if is_latin else 0 for is_latin in self._is_latin]
        self._matcher = Matcher(list(self._features), _KINDS, not_before, not_after)

    def features(self, text: str) -> list[str]:
        """The features of the known words of a plain title in lower case, each once."""
        return list(dict.fromkeys(filter(None, map(self._features.get, words(text)))))

    def weigh(self, titles: TextBatch) -> list[list[float]]:
        """For each title the weight of its known words, each counted once, for each theme."""
        matches = self._find(titles)
        once = np.unique(titles.owner(matches.start) * len(self._features) + matches.spelling)
        owner, word = np.divmod(once, max(len(self._features), 1))
        by_theme = [np.bincount(owner, weights, titles.count) for weights in self._weights[:, word]]
        by_title: list[list[float]] = np.array(by_theme).T.tolist()
        return by_title

    def _find(self, titles: TextBatch) -> Matches:
        matches, is_word = self._matcher.find(titles)
        before = _KINDS.take(titles.before(matches.start), mode="clip")
        after = _KINDS.take(titles.after(matches.end), mode="clip")
        for at in np.flatnonzero(is_word & self._is_latin[matches.spelling] & ((before | after) > 0)).tolist():
            is_word[at] = _is_word(titles.text, int(matches.start[at]), int(matches.end[at]))
        return matches.select(is_word)


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether `words` finds text[start:end], which has digits, full stops or plus signs beside it."""
    first = start
    while first and ord(text[first - 1]) < 0x80 and _KINDS[ord(text[first - 1])]:
        first -= 1
    match = _LATIN.search(text, first)
    return match is not None and match.span() == (start, end)
