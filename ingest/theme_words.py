"""
The plain words of a title, as features that can be weighed: what no phrase of a theme says may still hint at it.

Latin words stand for themselves; Chinese, Korean and Japanese ones for their pairs of characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from operator import add

from ingest.story_tokens import STOP_WORDS

WORD = "word:"  # begins the feature of a word
LEAST = 2  # texts that a word must stand in to be worth learning

_LATIN = re.compile(r"[a-z][a-z0-9.+]*[a-z0-9]")
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
    """Finds the words that have a weight."""

    def __init__(self, by_theme: Mapping[str, Mapping[str, float]]) -> None:
        known = (feature for weights in by_theme.values() for feature in weights if feature.startswith(WORD))
        self._features = {feature[len(WORD) :]: feature for feature in known}

    def features(self, text: str) -> list[str]:
        """The features of the known words of a plain title in lower case, each once."""
        return list(dict.fromkeys(filter(None, map(self._features.get, words(text)))))
