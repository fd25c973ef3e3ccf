"""What features weigh together for a theme, and how sure that is: the weights are in `data/model/theme_weights.csv`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import repeat


class Sums(dict[tuple[str, ...], float]):
    """What groups of features weigh together for a theme: as the same groups come back, each is added up once."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights

    def __missing__(self, group: tuple[str, ...]) -> float:
        total = self[group] = weight(self._weights, group)
        return total


def weight(weights: Mapping[str, float], features: Iterable[str]) -> float:
    """What the features weigh together."""
    return sum(map(weights.get, features, repeat(0.0)))


def probability(weights: Mapping[str, float], features: Iterable[str]) -> float:
    """How sure, 0–1."""
    return sureness(weight(weights, ("bias", *features)))


def sureness(total: float) -> float:
    """How sure a sum of weights is, 0–1. They are hundredths: what differs by less was only added up in another order."""
    return 1 / (1 + math.exp(-round(total * 1e6) / 1e6)) if total > -700 else 0.0
