"""
How fast grouping is: articles a second on one core, in batches of 5,000 through all the reference news, and what five
weeks weigh.

    python -m tests.bench.stories [ARTICLES]        the last so many; all of them without
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Sequence
from datetime import datetime, timedelta

from data.catalog import load_catalog
from data.records import Article, Mention
from ingest.stories.cluster import StoryIndex
from tests.reference import FOLDER
from tests.studies.labelled_stories import article_of, jsonl, linker, moment, news

BATCH = 5000
KEPT = timedelta(weeks=5)

Found = tuple[Article, tuple[Mention, ...], datetime]


def main() -> None:
    if not (FOLDER / "data/news").exists():
        sys.exit(f"reference data absent: {FOLDER}/data/news")
    last = int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdigit() else 0
    found = linked(every_article()[-last:])
    before = time.process_time()
    count, _ = stream(found)
    seconds = time.process_time() - before
    print(f"{len(found):,} articles in batches of {BATCH:,}: {len(found) / seconds:,.0f} articles/s, {count:,} stories")
    tracemalloc.start()
    _, index = stream([each for each in found if found[-1][2] - each[2] <= KEPT])
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"index of the last {len(index):,} articles (five weeks): {size / 1e6:,.0f} MB")


def every_article() -> list[tuple[datetime, Article]]:
    """All the reference news in order of time."""
    rows = [(at, article_of(row, at)) for _, row, at in news()]
    for name in ("hackernews_top_2024_2026", "readhub_tech_zh_2024_2026"):
        for row in jsonl(name):
            at = moment(row["published"])
            rows.append((at, article_of({**row, "source": (row.get("sites") or [name])[0]}, at)))
    return sorted(rows, key=lambda row: (row[0], row[1].url, row[1].title))


def linked(rows: Sequence[tuple[datetime, Article]]) -> list[Found]:
    return [(article, linker().link(article), at) for at, article in rows]


def stream(found: Sequence[Found]) -> tuple[int, StoryIndex]:
    """Group batch by batch, as an import does; the number of stories, and the index at the end."""
    index, stories, articles = StoryIndex(load_catalog()), 0, 0
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        new = {number for number in index.assign(batch) if number < 0}
        index.saved({number: stories - number for number in new}, range(articles + 1, articles + 1 + len(batch)))
        index.forget_before(batch[0][2] - KEPT)
        stories, articles = stories + len(new), articles + len(batch)
    return stories, index


if __name__ == "__main__":
    main()
