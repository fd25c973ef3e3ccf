"""
How often articles are grouped into the right stories, as a Markdown table.

    python -m tests.studies.accuracy_stories        reads the reference folder

BCubed: for each article the share of its story that belongs there (P) and of its event that is there (R), then the
mean. The weights were fitted on these windows: the rows "left out" group each window by weights that were fitted
without it. What evidence there is, and from where on groups agree, was chosen while reading those rows: new windows may
come out a little lower. Window z01 was drawn from stories that this program had made: a link that it misses cannot be
seen there, so its recall says nothing.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import combinations

from data.catalog import load_catalog
from ingest.stories.cluster import StoryIndex
from tests.reference import FOLDER
from tests.studies.fit_stories import bcubed, labelled_windows, left_out
from tests.studies.labelled_stories import Labelled, article_of, by_window, gold, jsonl, linker, moment, own

Row = tuple[str, int, float, float, float]

DRAWN = "z01"


def main() -> None:
    if not (FOLDER / "data/labels/stories_gold.jsonl").exists():
        sys.exit(f"reference data absent: {FOLDER}/data/labels/stories_gold.jsonl")
    print("\n### Stories\n\n| set | articles | P | R | F1 |\n|---|---:|---:|---:|---:|")
    for name, count, precision, recall, f1 in story_scores():
        print(f"| {name} | {count} | {precision:.3f} | {recall:.3f} | {f1:.3f} |", flush=True)
    joined, pairs = silver_agreement()
    print(f"\nOf {pairs} pairs that another program merged, {joined} ({joined / pairs:.1%}) are one story here.")


def story_scores() -> Iterator[Row]:
    """Set, articles, and BCubed precision, recall and F1; as shipped, then with each window left out of the fit."""
    ours = own()
    sets = {
        "reference": gold(),
        "own windows": [each for each in ours if each.window != DRAWN],
        "z01 (precision only)": [each for each in ours if each.window == DRAWN],
    }
    for name, articles in sets.items():
        yield f"{name}, as shipped", len(articles), *bcubed(grouped_as_shipped(articles), labels(articles))
    windows = {name: labelled_windows(articles) for name, articles in sets.items()}
    every = {window: read for group in windows.values() for window, read in group.items()}
    for name, group in windows.items():
        yield f"{name}, left out", len(sets[name]), *left_out(every, group)


def labels(articles: Sequence[Labelled]) -> list[tuple[str, str]]:
    """The story that a reader gave each; the names of stories repeat from window to window."""
    return [(each.window, each.story) for each in articles]


def grouped_as_shipped(articles: Sequence[Labelled]) -> list[tuple[str, int]]:
    """The story of each article, each window a batch of its own."""
    index = StoryIndex(load_catalog())
    found: dict[int, tuple[str, int]] = {}
    for name, window in by_window(articles).items():
        numbers = index.assign([(each.article, each.mentions, each.at) for each in window])
        found |= {id(each): (name, number) for each, number in zip(window, numbers, strict=True)}
    return [found[id(each)] for each in articles]


def silver_agreement() -> tuple[int, int]:
    """
    How many of the pairs that a peer's program merged are one story here, and how many there are; at most 72 hours
    apart.
    """
    with gzip.open(FOLDER / "data/labels/radar_story_merges_silver.jsonl.gz", "rt", encoding="utf-8") as lines:
        merges = [json.loads(line) for line in lines]
    times = {row["url"]: moment(row["published_at"] or row["first_seen_at"]) for row in jsonl("ai_news_radar_2026")}
    batch = []
    places: list[list[int]] = []
    for merge in merges:
        first = next((times[row["url"]] for row in merge if row["url"] in times), datetime(2026, 6, 1, tzinfo=UTC))
        places.append(list(range(len(batch), len(batch) + len(merge))))
        for row in merge:
            at = times.get(row["url"], first)
            article = article_of(row, at)
            batch.append((article, linker().link(article), at))
    stories = StoryIndex(load_catalog()).assign(batch)
    near = [
        (one, other)
        for merge in places
        for one, other in combinations(merge, 2)
        if abs((batch[one][2] - batch[other][2]).total_seconds()) <= 72 * 3600
    ]
    return sum(stories[one] == stories[other] for one, other in near), len(near)


if __name__ == "__main__":
    main()
