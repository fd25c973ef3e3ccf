"""
Learn how much each feature weighs, and write `data/catalog/theme_weights.csv`.

    python -m ingest.train_themes LABELS.jsonl [--out FILE]

    labelled headlines and our own examples | read | features | regularised logistic regression | rounded weights

The labelled headlines belong to their publishers and stay where they are: nothing of them is written but weights of our own features.
The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from data.catalog import HERE, load_catalog
from data.records import Article
from ingest.link import Linker
from ingest.text import Folded
from ingest.theme_weights import FILE, Weights, weights_text
from ingest.themes import ThemeLinker

EXAMPLES = HERE / "theme_examples.tsv"
SHARED_PENALTY = 2.0  # on weights that all themes share
OWN_PENALTY = 20.0  # on a theme's own: twelve themes share most of what little is labelled
BIAS_PENALTY = 0.3
THRESHOLD = 0.41
# The many stories that only name a model maker or a data centre need more certainty than a phrase of a narrow trade.
THRESHOLDS = {"cloud": 0.52, "ai_labs": 0.62}
NAMELESS = 0.15  # the more certainty, where no company of the catalog is named


@dataclass(frozen=True, slots=True)
class Labelled:
    """A headline with the themes that readers gave it; `optional` ones teach nothing either way."""

    title: str
    summary: str
    themes: frozenset[str]
    optional: frozenset[str] = frozenset()
    date: str = ""


class Pair(NamedTuple):
    """A theme that something in a headline points to; whether the readers agree."""

    row: int
    theme: str
    features: list[str]
    agrees: bool


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0].startswith("-"):
        print("Usage: python -m ingest.train_themes LABELS.jsonl [FILE]", file=sys.stderr)
        return 2
    rows = [*labelled_headlines(Path(arguments[0])), *examples()]
    weights = train(list(pairs(rows)))
    out = Path(arguments[1]) if len(arguments) > 1 else FILE
    out.write_text(weights_text(weights), "utf-8")
    print(f"{len(rows)} headlines, {sum(map(len, weights.by_theme.values()))} weights in {out}")
    return 0


def labelled_headlines(path: Path) -> Iterator[Labelled]:
    """Rows of a JSON-lines file with title, summary, themes and optional_themes."""
    for line in path.read_text("utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        themes, optional = frozenset(row["themes"]), frozenset(row.get("optional_themes", ()))
        yield Labelled(row["title"], row["summary"], themes, optional - themes, row.get("date", ""))


def examples(path: Path = EXAMPLES) -> Iterator[Labelled]:
    """Our own sentences; a theme with a question mark is an optional one."""
    with path.open(encoding="utf-8") as lines:
        rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        for themes, text in islice(rows, 1, None):
            names = frozenset() if themes == "-" else frozenset(themes.split(","))
            optional = frozenset(name for name in names if name.endswith("?"))
            yield Labelled(text, "", names - optional, frozenset(name.rstrip("?") for name in optional))


def pairs(rows: Iterable[Labelled]) -> Iterator[Pair]:
    """A pair for each theme that something in a row points to, but the optional ones."""
    catalog = load_catalog()
    companies, themes = Linker(catalog), ThemeLinker(catalog, Weights(by_theme={"": {}}, threshold=1.0))
    for number, row in enumerate(rows):
        article = _article(row)
        named = tuple(one for one in companies.link(article) if one.subject.startswith("company:"))
        reading = themes.read(named, (Folded(article.title), Folded(article.summary)))
        for judged in sorted(themes.judge(reading)) if reading else ():
            if judged.theme not in row.optional:
                yield Pair(number, judged.theme, judged.features, judged.theme in row.themes)


def train(found: Sequence[Pair]) -> Weights:
    """Weights for the shared features and for each theme's own, by logistic regression with a penalty on squares."""
    columns: dict[tuple[str, str], int] = {}
    indices: list[int] = []
    ends = [0]
    for pair in found:
        for feature in ("bias", *pair.features):
            indices += (columns.setdefault((theme, feature), len(columns)) for theme in ("", pair.theme))
        ends.append(len(indices))
    matrix = csr_matrix((np.ones(len(indices)), indices, ends), shape=(len(found), len(columns)))
    agrees = np.array([pair.agrees for pair in found], float)
    penalty = np.array([_penalty(theme, feature) for theme, feature in columns])

    def loss(weights: Any) -> tuple[float, Any]:
        logits = matrix @ weights
        fit = np.logaddexp(0, logits).sum() - agrees @ logits + 0.5 * (penalty * weights**2).sum()
        return fit, matrix.T @ (1 / (1 + np.exp(-logits)) - agrees) + penalty * weights

    learnt = minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x
    by_theme: dict[str, dict[str, float]] = {}
    for (theme, feature), weight in zip(columns, learnt, strict=True):
        by_theme.setdefault(theme, {})[feature] = float(weight)
    return Weights(by_theme=by_theme, threshold=THRESHOLD, thresholds=THRESHOLDS, nameless=NAMELESS)


def _penalty(theme: str, feature: str) -> float:
    if feature == "bias":
        return BIAS_PENALTY
    return OWN_PENALTY if theme else SHARED_PENALTY


def _article(row: Labelled) -> Article:
    day = datetime.fromisoformat(row.date).replace(tzinfo=UTC) if len(row.date) == len("2026-01-31") else None
    return Article(guid="", url="", title=row.title, summary=row.summary, published_at=day, date_quality="day", publisher="", lang="und")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
