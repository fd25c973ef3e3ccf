"""How much each feature weighs for each theme: learnt by `python -m ingest.train_themes`, kept in a file that can be read."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

from data.catalog import HERE
from data.errors import CatalogError

FILE = HERE / "theme_weights.csv"
COLUMNS = ["theme", "feature", "weight"]
THRESHOLD, NAMELESS = "threshold", "nameless"


@dataclass(frozen=True)
class Weights:
    """Weights of features by theme; "" holds those that every theme shares. From its threshold on a probability counts."""

    by_theme: Mapping[str, Mapping[str, float]]
    threshold: float
    thresholds: Mapping[str, float] = field(default_factory=dict)  # where a theme has its own
    nameless: float = 0.0  # how much more certain it must be where no company is named

    def of(self, theme: str) -> dict[str, float]:
        """What each feature weighs for one theme: the shared weight and the theme's own."""
        own = dict(self.by_theme.get("", {}))
        for feature, weight in self.by_theme.get(theme, {}).items():
            own[feature] = own.get(feature, 0.0) + weight
        return own


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


def load_weights(path: Path = FILE) -> Weights:
    """The weights in `path`. Raises CatalogError naming file, line and problem."""
    by_theme: dict[str, dict[str, float]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        if next(reader, None) != COLUMNS:
            raise CatalogError(path.name, 1, f"the columns must be {', '.join(COLUMNS)}")
        for row in reader:
            try:
                theme, feature, weight = row
                by_theme.setdefault(theme, {})[feature] = float(weight)
            except ValueError as error:
                raise CatalogError(path.name, reader.line_num, f"not a weight: {','.join(row)}") from error
    if THRESHOLD not in by_theme.get("", {}):
        raise CatalogError(path.name, 1, "has no threshold")
    thresholds = {theme: own.pop(THRESHOLD) for theme, own in by_theme.items() if THRESHOLD in own}
    nameless = by_theme[""].pop(NAMELESS, 0.0)
    return Weights(by_theme=by_theme, threshold=thresholds.pop(""), thresholds=thresholds, nameless=nameless)


def weights_text(weights: Weights) -> str:
    """The file's text: sorted, rounded, zero weights left out, so that the same training writes the same bytes."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for theme, threshold in sorted({"": weights.threshold, **weights.thresholds}.items()):
        writer.writerow([theme, THRESHOLD, f"{threshold:.2f}"])
    writer.writerow(["", NAMELESS, f"{weights.nameless:.2f}"])
    for theme in sorted(weights.by_theme):
        for feature, weight in sorted(weights.by_theme[theme].items()):
            if f"{weight:.2f}" not in ("0.00", "-0.00"):
                writer.writerow([theme, feature, f"{weight:.2f}"])
    return out.getvalue()
