"""
How fast linking is: articles a second on one core, beside automata that only find strings and weigh nothing.

    python -m tests.bench.link        prints both and their ratio; reads the reference folder
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ahocorasick_rs import AhoCorasick, Implementation

from data.catalog import load_catalog
from data.catalog.themes import expand
from data.records import Article
from ingest.entities.patterns import patterns_of
from ingest.link import Linker
from ingest.workers import rare_garbage_collection
from tests.reference import FOLDER

ARTICLES = 20_000
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def main() -> None:
    articles = sample(sorted((FOLDER / "data/news").glob("*.jsonl.gz")))
    if not articles:
        sys.exit(f"reference data absent: {FOLDER}/data/news")
    catalog = load_catalog()
    linker = Linker(catalog)
    names = list(patterns_of(catalog))
    phrases = sorted(
        {form for theme in catalog.themes.values() for phrase in theme.phrases for form in expand(phrase.text)}
    )
    speeds = {
        "linking (companies and themes)": speed(articles, linker.link_all),
        f"one automaton, {len(names):,} names": speed(articles, finder(names)),
        f"one automaton, {len(names) + len(phrases):,} names and phrases": speed(articles, finder([*names, *phrases])),
    }
    characters = sum(len(one.title) + len(one.summary) for one in articles) / len(articles)
    print(f"{len(articles):,} articles of {characters:.0f} characters, one core, seconds of processor time")
    linking = next(iter(speeds.values()))
    for label, found in speeds.items():
        print(f"{label:50} {found:10,.0f} articles/s   linking is {linking / found:.0%} of it")


def sample(files: list[Path]) -> list[Article]:
    """The same random articles every time, from all files."""
    rows = [json.loads(line) for path in files for line in gzip.decompress(path.read_bytes()).splitlines()]
    return [as_article(row) for row in random.Random(1).sample(rows, min(ARTICLES, len(rows)))]


def as_article(row: dict[str, str]) -> Article:
    texts = {"title": row.get("title") or "", "summary": row.get("summary") or ""}
    return Article(guid="", url="", published_at=NOW, date_quality="feed", publisher="example.com", lang="und", **texts)


def finder(spellings: list[str]) -> Callable[[list[Article]], object]:
    find = AhoCorasick(spellings, implementation=Implementation.ContiguousNFA).find_matches_as_indexes
    return lambda articles: [
        (find(one.title, overlapping=True), find(one.summary, overlapping=True)) for one in articles
    ]


def speed(articles: list[Article], work: Callable[[list[Article]], object]) -> float:
    """
    Articles a second, best of three: others may be using the machine. Garbage is looked for as seldom as in an import.
    """
    best = float("inf")
    with rare_garbage_collection():
        for _ in range(3):
            started = time.process_time()
            work(articles)
            best = min(best, time.process_time() - started)
    return len(articles) / best


if __name__ == "__main__":
    main()
