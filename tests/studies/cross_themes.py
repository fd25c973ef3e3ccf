"""
How often themes are right on headlines that the weights have not seen, as Markdown tables.

    python -m tests.studies.cross_themes        five folds over the labelled headlines; reads the reference folder

Each fold is linked by weights learnt from the other four, from our own examples and from our own judgements of other
headlines; its threshold is chosen inside those four: the least that leaves PRECISION of the links right. The phrases
are the same for all folds, and whoever wrote them had read headlines of all.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.themes.train import Pair, examples, judged_headlines, labelled_headlines, pairs, train
from ingest.themes.weights import probability
from tests.reference import FOLDER
from tests.studies.accuracy import FILES
from tests.studies.accuracy_themes import theme_scores

FOLDS = 5
PRECISION = 0.885  # a little above the 0.88 that we want

Label = Mapping[str, Any]
Sure = dict[tuple[int, str], float]  # how sure it is of a theme of a headline


def main() -> None:
    paths = {file: FOLDER / "data/labels" / file for file in FILES}
    if missing := [path for path in paths.values() if not path.exists()]:
        sys.exit(f"reference data absent: {missing[0]}")
    labels = [
        json.loads(line) | {"file": file}
        for file, path in paths.items()
        for line in path.read_text("utf-8").splitlines()
    ]
    others = [*judged_headlines(sorted((FOLDER / "data/news").glob("*.jsonl.gz"))), *examples()]
    found = list(pairs([*(row for path in paths.values() for row in labelled_headlines(path)), *others]))
    linked = cross_linked(found, labels)
    for file in (*FILES, ""):
        rows = [(row, themes) for row, themes in zip(labels, linked, strict=True) if file in row["file"]]
        print(f"\n### Themes by {FOLDS}-fold cross-validation, {file or 'both files'}: {len(rows)} headlines\n")
        print("\n".join(theme_scores(rows)))


def cross_linked(found: Sequence[Pair], labels: Sequence[Label]) -> list[set[str]]:
    """The themes of each labelled headline, by weights and a threshold that have not seen it."""
    linked: list[set[str]] = [set() for _ in labels]
    folds = _folds(range(len(labels)))
    for fold in folds:
        rest = [row for other in folds if other is not fold for row in other]
        threshold = _least_precise(_unseen(found, rest, len(labels)), labels)
        for (row, theme), sure in _sure([pair for pair in found if pair.row not in set(fold)], found, fold).items():
            if sure >= threshold:
                linked[row].add(theme)
    return linked


def _unseen(found: Sequence[Pair], rows: Sequence[int], labelled: int) -> Sure:
    """Each of `rows` by weights learnt from the others of them."""
    sure: Sure = {}
    for part in _folds(rows):
        kept = set(rows) - set(part)
        sure |= _sure([pair for pair in found if pair.row in kept or pair.row >= labelled], found, part)
    return sure


def _sure(learn: Sequence[Pair], found: Sequence[Pair], rows: Sequence[int]) -> Sure:
    weights = train(learn)
    wanted = set(rows)
    own = {theme: weights.of(theme) for theme in weights.by_theme}
    return {(pair.row, pair.theme): probability(own[pair.theme], pair.features) for pair in found if pair.row in wanted}


def _least_precise(sure: Sure, labels: Sequence[Label]) -> float:
    """The least threshold from which PRECISION of what is linked is right."""
    right = wrong = 0
    threshold = 1.0
    for (row, theme), one in sorted(sure.items(), key=lambda item: (-item[1], item[0])):
        right += theme in labels[row]["themes"]
        wrong += theme not in labels[row]["themes"]
        if right >= PRECISION * (right + wrong):
            threshold = one
    return threshold


def _folds(rows: Sequence[int]) -> list[list[int]]:
    mixed = random.Random(0).sample(list(rows), len(rows))
    return [sorted(mixed[start::FOLDS]) for start in range(FOLDS)]


if __name__ == "__main__":
    main()
