"""
How often themes are right on labelled headlines, as a Markdown table.

    python -m tests.studies.accuracy_themes        reads the reference folder

A pair is (headline, theme); optional themes of a headline count neither way.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from data.catalog import load_catalog
from ingest.link import Linker
from tests.reference import FOLDER
from tests.studies.accuracy import FILES, Count, as_article, table, tally

Scores = dict[str, Count]


def main() -> None:
    linker = Linker(load_catalog())
    for file in FILES:
        path = FOLDER / "data/labels" / file
        if not path.exists():
            sys.exit(f"reference data absent: {path}")
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        of_nothing = sum(row.get("kind") == "none" for row in rows)
        found = [(row, linked_themes(linker, row)) for row in rows]
        print(f"\n### Themes, {path.name}: {len(rows)} headlines\n")
        print("\n".join(theme_scores(found)))
        print(f"\nOn {of_nothing} headlines about nothing here, {fired_on_nothing(found)} themes fired.")


def linked_themes(linker: Linker, row: Mapping[str, Any]) -> set[str]:
    """The ids of the themes that a labelled headline is linked to."""
    mentions = linker.link(as_article(dict(row)))
    return {mention.subject.removeprefix("theme:") for mention in mentions if mention.subject.startswith("theme:")}


def theme_scores(found: Iterable[tuple[Mapping[str, Any], set[str]]]) -> Iterator[str]:
    """Markdown rows: precision, recall (Wilson 95 %) and F1 of the pairs, overall, by language and by theme."""
    return table(sorted(theme_counts(found).items()))


def theme_counts(found: Iterable[tuple[Mapping[str, Any], set[str]]]) -> Scores:
    """Pairs right, wrong and missed, by "all", "language xx" and "theme xx"."""
    counts: Scores = defaultdict(Count)
    for row, claimed in found:
        labelled = set(row["themes"])
        counted = (claimed | labelled) - (set(row.get("optional_themes", ())) - labelled)
        for theme in counted:
            for group in ("all", f"language {row['lang']}", f"theme {theme}"):
                tally(counts[group], theme in claimed, theme in labelled)
    return counts


def fired_on_nothing(found: Iterable[tuple[Mapping[str, Any], set[str]]]) -> int:
    """How many themes fired on headlines that are about nothing here, optional ones aside."""
    return sum(
        len(claimed - set(row.get("optional_themes", ()))) for row, claimed in found if row.get("kind") == "none"
    )


if __name__ == "__main__":
    main()
