"""
Files as people bring them, each with what reading it must give: `python -m tests.studies.cases`, exit 1 on a miss.

`expected.json` has a line per file of articles; `what` says whose titles, days or links it gives. The price files
beside them are judged by tests/test_price_files.py.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson

from data.records import Article
from ingest.parse import Hints
from ingest.parse.files import parsed_file

CASES = Path(__file__).parents[1] / "cases"
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def expectations() -> dict[str, dict[str, list[str]]]:
    """For each file, the expected values of its articles by field."""
    expected: dict[str, dict[str, list[str]]] = orjson.loads((CASES / "expected.json").read_bytes())
    return expected


def values(name: str) -> dict[str, list[str]]:
    """What reading the file gives, field by field; a moment as 2026-11-12T08:35."""
    articles = [row for row in parsed_file(CASES / name, Hints(now=NOW), "auto") if isinstance(row, Article)]
    return {
        "title": [article.title for article in articles],
        "url": [article.url for article in articles],
        "summary": [article.summary for article in articles],
        "seen": [_minute(article.published_at or article.first_seen_at) for article in articles],
    }


def misses(name: str, expected: dict[str, list[str]]) -> list[str]:
    """The fields that differ from what is expected, each in a sentence."""
    read = values(name)
    return [
        f"{field}: {read[field]} instead of {wanted}" for field, wanted in expected.items() if read[field] != wanted
    ]


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}" if moment else ""


def main() -> int:
    """Print a table of the files; 1 when one is misread."""
    any_missed = False
    for name, expected in expectations().items():
        missed = misses(name, expected)
        any_missed |= bool(missed)
        print(f"{name:24} {'; '.join(missed)[:300] or 'right'}")
    return int(any_missed)


if __name__ == "__main__":
    sys.exit(main())
