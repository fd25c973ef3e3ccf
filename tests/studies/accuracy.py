"""
How often linking is right on labelled headlines, as Markdown tables.

    python -m tests.studies.accuracy        companies; themes and stories too where their tables exist

A pair is (headline, company). Precision and recall come with Wilson 95 % intervals: a short row says little.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.records import Article, Mention
from ingest.link import Linker
from tests.reference import FOLDER

FILES = ("headlines_dev.jsonl", "headlines_train.jsonl")
OTHERS = ("tests.studies.accuracy_themes", "tests.studies.accuracy_stories")
Z = 1.959964


@dataclass(slots=True)
class Count:
    """Pairs that were right, wrong (claimed, not labelled) and missed (labelled, not claimed)."""

    right: int = 0
    wrong: int = 0
    missed: int = 0


def main() -> None:
    catalog = load_catalog()
    linker = Linker(catalog)
    for file in FILES:
        path = FOLDER / "data/labels" / file
        if not path.exists():
            sys.exit(f"reference data absent: {path}")
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        print("\n".join(company_tables(rows, linker, catalog, path)))
    for module in OTHERS:
        if find_spec(module):
            import_module(module).main()


def company_tables(rows: list[dict[str, Any]], linker: Linker, catalog: Catalog, path: Path) -> Iterator[str]:
    """Overall, by language, by the class of what was matched; and how many headlines about nothing were linked."""
    groups: dict[str, Count] = defaultdict(Count)
    universe = labelled_universe()
    fired = of_nothing = 0
    for row in rows:
        found = [mention for mention in linker.link(as_article(row)) if mention.subject.startswith("company:")]
        claimed = {mention.subject.removeprefix("company:") for mention in found} & universe
        labelled = set(row["companies"])
        for company in claimed | labelled:
            evidence = next((mention for mention in found if mention.subject == f"company:{company}"), None)
            for group in ("all", f"language {row['lang']}", f"matched by {alias_class(evidence, company, catalog)}"):
                tally(groups[group], company in claimed, company in labelled)
        if row.get("kind") == "none":
            of_nothing += 1
            fired += bool(claimed)
    yield f"\n### Companies, {path.name}: {len(rows)} headlines\n"
    yield from table(sorted(groups.items()))
    yield f"\nOf {of_nothing} headlines about nothing here, {fired} were linked to a company."


def labelled_universe() -> frozenset[str]:
    """The companies that the readers had to label; the catalog has others by now, which count neither way."""
    with (FOLDER / "data/catalog/universe.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["id"] for row in csv.DictReader(file))


def as_article(row: dict[str, Any]) -> Article:
    return Article(
        guid="",
        url="",
        title=row["title"],
        summary=row.get("summary") or "",
        published_at=day_of(row["date"]),
        date_quality="day",
        publisher=row.get("source") or "",
        lang=row["lang"],
    )


def day_of(text: str) -> datetime | None:
    """The day, or the first of a month; None for anything else."""
    for form, length in (("%Y-%m-%d", 10), ("%Y-%m", 7)):
        try:
            return datetime.strptime(text[:length], form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def alias_class(mention: Mention | None, company: str, catalog: Catalog) -> str:
    """unique, ambiguous, CJK, ticker, product or person; "nothing (missed)" for a company that was missed."""
    if mention is None:
        return "nothing (missed)"
    if mention.rule.startswith("ticker"):
        return "ticker"
    if mention.rule in ("product", "person"):
        return mention.rule
    if mention.rule.startswith("word") or any(
        alias.text == mention.matched and (alias.ambiguous or alias.blocks)
        for alias in catalog.companies[company].aliases
    ):
        return "ambiguous"
    return "unique" if mention.matched < "\u2e80" else "CJK"


def tally(count: Count, claimed: bool, labelled: bool) -> None:
    count.right += claimed and labelled
    count.wrong += claimed and not labelled
    count.missed += labelled and not claimed


def table(groups: Iterable[tuple[str, Count]]) -> Iterator[str]:
    """Markdown rows of precision, recall and F1 by group."""
    yield "| group | right | wrong | missed | precision | recall | F1 |"
    yield "|---|---:|---:|---:|---|---|---:|"
    for name, count in groups:
        precision = share(count.right, count.right + count.wrong)
        recall = share(count.right, count.right + count.missed)
        total = 2 * count.right + count.wrong + count.missed
        f1 = 2 * count.right / total
        yield f"| {name} | {count.right} | {count.wrong} | {count.missed} | {precision} | {recall} | {f1:.3f} |"


def share(part: int, whole: int) -> str:
    """`0.985 (0.970–0.993)`: a share with its Wilson 95 % interval; a dash without cases."""
    if not whole:
        return "–"
    low, high = wilson(part, whole)
    return f"{part / whole:.3f} ({low:.3f}–{high:.3f})"


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson (1927) score interval at 95 %."""
    p, n = part / whole, whole
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * ((p * (1 - p) + Z**2 / (4 * n)) / n) ** 0.5 / (1 + Z**2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


if __name__ == "__main__":
    main()
