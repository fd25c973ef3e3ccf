"""
Learn how much each feature weighs, and write `data/model/theme_weights.csv`.

    python -m ingest.train_themes LABELS.jsonl... NEWS.jsonl.gz...

    labelled headlines, our own judgements and examples | read | features | regularised logistic regression | rounded weights

The labelled headlines belong to their publishers and stay where they are: nothing of them is written but weights of our own features.
Our judgements of headlines in public archives are kept as what we say of them and a digest that finds the headline again.
The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
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

from data.catalog import load_catalog
from data.files import Files
from data.model import BUNDLED
from data.model.theme_weights import FILE, WORD, ThemeWeights, weights_text
from data.records import Article
from data.text.nfkc import SEPARATOR
from ingest.entities.normalize import FoldedTexts
from ingest.link import Linker
from ingest.themes.classify import ThemeLinker
from ingest.themes.phrases import plain
from ingest.themes.title_words import features_to_learn

EXAMPLES = BUNDLED / "theme_examples.tsv"
JUDGEMENTS = BUNDLED / "theme_judgements.csv"
SHARED_PENALTY = 2.0  # on weights that all themes share
OWN_PENALTY = 20.0  # on a theme's own: twelve themes share most of what little is labelled
WORD_PENALTY, OWN_WORD_PENALTY = 20.0, 40.0  # on weights of single words: there are many, and each says little
BIAS_PENALTY = 0.3
READERS_WEIGHT = 2.0  # a headline labelled by readers, against a sentence or a judgement of our own
# One threshold for all themes serves pairs best where probabilities mean what they say: the least that leaves 0.885 of the
# links right, by cross-validation (`python -m tests.cross_themes`).
THRESHOLD = 0.47
NAMELESS = 0.05  # the more certainty, where no company of the catalog is named


@dataclass(frozen=True, slots=True)
class Labelled:
    """A headline with the themes that readers gave it; `optional` ones teach nothing either way."""

    title: str
    summary: str
    themes: frozenset[str]
    optional: frozenset[str] = frozenset()
    date: str = ""
    weight: float = 1.0


class Pair(NamedTuple):
    """A theme that something in a headline points to; whether the readers agree."""

    row: int
    theme: str
    features: list[str]
    agrees: bool
    weight: float = 1.0


def main(arguments: Sequence[str]) -> int:
    paths = [Path(argument) for argument in arguments]
    labels = [path for path in paths if path.suffix == ".jsonl"]
    if not labels:
        print("Usage: python -m ingest.train_themes LABELS.jsonl... NEWS.jsonl.gz...", file=sys.stderr)
        return 2
    rows = [row for path in labels for row in labelled_headlines(path)]
    rows += [*judged_headlines(path for path in paths if path.suffix == ".gz"), *examples()]
    weights = train(list(pairs(rows)))
    (BUNDLED / FILE).write_text(weights_text(weights), "utf-8")
    print(f"{len(rows)} headlines, {sum(map(len, weights.by_theme.values()))} weights in {BUNDLED / FILE}")
    return 0


def labelled_headlines(path: Path) -> Iterator[Labelled]:
    """Rows of a JSON-lines file with title, summary, themes and optional_themes."""
    for line in path.read_text("utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        themes, optional = frozenset(row["themes"]), frozenset(row.get("optional_themes", ()))
        yield Labelled(row["title"], row["summary"], themes, optional - themes, row.get("date", ""), READERS_WEIGHT)


def judged_headlines(archives: Iterable[Path], judgements: Path = JUDGEMENTS) -> Iterator[Labelled]:
    """Headlines of news archives, each once, with the themes that we judged them to have."""
    judged = {
        row["headline"]: row.many("themes")
        for row in Files.read(judgements.parent, [judgements.name]).rows(judgements.name, ("headline", "themes"))
    }
    for path in archives:
        for line in gzip.decompress(path.read_bytes()).splitlines():
            title = " ".join(json.loads(line)["title"].split())
            themes = judged.pop(digest(title), None)
            if themes is not None:
                yield _labelled(title, themes)


def digest(title: str) -> str:
    """What finds a headline again without repeating it."""
    return hashlib.sha256(title.encode()).hexdigest()[:16]


def examples(path: Path = EXAMPLES) -> Iterator[Labelled]:
    """Our own sentences; a theme with a question mark is an optional one."""
    with path.open(encoding="utf-8") as lines:
        rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        for themes, text in islice(rows, 1, None):
            yield _labelled(text, themes.split(","))


def _labelled(title: str, themes: Iterable[str]) -> Labelled:
    """`themes` as they are written: one with a question mark is optional, a dash stands for none."""
    names = frozenset(themes) - {"-"}
    optional = frozenset(name for name in names if name.endswith("?"))
    return Labelled(title, "", names - optional, frozenset(name.rstrip("?") for name in optional))


def pairs(rows: Iterable[Labelled]) -> Iterator[Pair]:
    """A pair for each theme that something in a row points to, but the optional ones. The words weighed are those of our examples."""
    catalog = load_catalog()
    companies, themes = (
        Linker(catalog),
        ThemeLinker(catalog, ThemeWeights(by_theme={"": _words_to_weigh()}, threshold=1.0)),
    )
    for number, row in enumerate(rows):
        article = _article(row)
        named = tuple(one for one in companies.link(article) if one.subject.startswith("company:"))
        for reading in themes.read(FoldedTexts([article.title, article.summary]), [named]).values():
            for judged in sorted(themes.judge(reading)):
                if judged.theme not in row.optional:
                    yield Pair(
                        number, judged.theme, themes.features(reading, judged), judged.theme in row.themes, row.weight
                    )


def _words_to_weigh() -> dict[str, float]:
    titles = plain(FoldedTexts([example.title for example in examples()]).together).text.split(SEPARATOR)
    return dict.fromkeys(features_to_learn(titles), 0.0)


def train(found: Sequence[Pair]) -> ThemeWeights:
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
    counts = np.array([pair.weight for pair in found])
    penalty = np.array([_penalty(theme, feature) for theme, feature in columns])

    def loss(weights: Any) -> tuple[float, Any]:
        logits = matrix @ weights
        fit = counts @ (np.logaddexp(0, logits) - agrees * logits) + 0.5 * (penalty * weights**2).sum()
        return fit, matrix.T @ (counts * (1 / (1 + np.exp(-logits)) - agrees)) + penalty * weights

    learnt = minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x
    by_theme: dict[str, dict[str, float]] = {}
    for (theme, feature), weight in zip(columns, learnt, strict=True):
        by_theme.setdefault(theme, {})[feature] = float(weight)
    return ThemeWeights(by_theme=by_theme, threshold=THRESHOLD, nameless=NAMELESS)


def _penalty(theme: str, feature: str) -> float:
    if feature == "bias":
        return BIAS_PENALTY
    if feature.startswith(WORD):
        return OWN_WORD_PENALTY if theme else WORD_PENALTY
    return OWN_PENALTY if theme else SHARED_PENALTY


def _article(row: Labelled) -> Article:
    day = datetime.fromisoformat(row.date).replace(tzinfo=UTC) if len(row.date) == len("2026-01-31") else None
    return Article(
        guid="",
        url="",
        title=row.title,
        summary=row.summary,
        published_at=day,
        date_quality="day",
        publisher="",
        lang="und",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
