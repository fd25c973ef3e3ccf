"""The store ten times as large: the same newest days, and as much before them again and again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import event

from builders import NOW, article, days, linked, save
from data.read.attention import (
    Filters,
    attention_all,
    attention_by_day,
    coverage_by_day,
    langs_between,
    publishers_between,
    span,
    story_times,
)
from data.read.breakdown import split_by_day
from data.read.changes import story_changes
from data.read.co_mentions import co_mentioned, co_mentions_between
from data.read.publishers import attention_by_publisher
from data.read.receipts import receipts
from data.read.search import search_articles
from data.schema.store import Store, open_store
from tests.bench.tenfold_store import make_tenfold

MICRON = "company:micron"


def test_it_has_the_same_newest_days_and_everything_as_often_as_asked(tmp_path: Path) -> None:
    with open_store(tmp_path / "small.db") as store:
        save(
            store,
            linked(article("Micron sells out"), MICRON),
            linked(article("It rains", url="https://b.example/1", at=NOW + days(3)), story=-2),
        )
    make_tenfold(tmp_path / "small.db", tmp_path / "large.db", times=4)
    with (
        open_store(tmp_path / "small.db", create=False) as small,
        open_store(tmp_path / "large.db", create=False) as large,
    ):
        first, last = span(small) or (NOW.date(), NOW.date())
        window = Filters(start=first, end=last)
        whole = replace(window, start=first - timedelta(days=21))
        assert span(large) == (whole.start, last)
        for filters in (window, replace(window, rev=1), replace(window, langs=("en",))):
            pd.testing.assert_frame_equal(
                attention_by_day(large, [MICRON], filters), attention_by_day(small, [MICRON], filters)
            )
            pd.testing.assert_frame_equal(coverage_by_day(large, filters), coverage_by_day(small, filters))
        assert receipts(large, MICRON, whole)["title"].tolist() == ["Micron sells out"] * 4
        assert receipts(large, MICRON, whole)["article"].is_unique
        assert search_articles(large, replace(whole, q="rains"))[1] == 4


THEME = "theme:memory"
QUESTIONS: dict[str, Callable[[Store, Filters], object]] = {
    "span": lambda store, asked: span(store),
    "span as of": lambda store, asked: span(store, 1),
    "attention": lambda store, asked: attention_by_day(store, [THEME], asked),
    "attention as of": lambda store, asked: attention_by_day(store, [THEME], replace(asked, rev=1)),
    "attention, relevant": lambda store, asked: attention_by_day(store, [THEME], replace(asked, min_relevance=50)),
    "attention, words": lambda store, asked: attention_by_day(store, [THEME], replace(asked, q="memory")),
    "attention of all": lambda store, asked: attention_all(store, "company", asked),
    "coverage": lambda store, asked: coverage_by_day(store, replace(asked, publishers=("site1.example",))),
    "parts": lambda store, asked: split_by_day(store, THEME, asked, "company"),
    "named with": lambda store, asked: co_mentioned(store, MICRON, asked, ("company", "theme")),
    "named together": lambda store, asked: co_mentions_between(store, "company", asked),
    "times": lambda store, asked: story_times(store, MICRON, asked),
    "publishers": lambda store, asked: publishers_between(store, asked),
    "languages": lambda store, asked: langs_between(store, asked),
    "by publisher": lambda store, asked: attention_by_publisher(store, THEME, asked),
    "receipts": lambda store, asked: receipts(store, THEME, asked),
    "receipts, articles": lambda store, asked: receipts(store, THEME, asked, unit="articles"),
    "newest": lambda store, asked: receipts(store, None, asked, limit=8, named=True),
    "articles": lambda store, asked: search_articles(store, asked, limit=8),
    "articles, words": lambda store, asked: search_articles(store, replace(asked, q="memory"), limit=8),
    "articles, about": lambda store, asked: search_articles(store, asked, subjects=(MICRON,), limit=8),
    "articles, about two": lambda store, asked: search_articles(store, asked, subjects=(MICRON, THEME), limit=8),
    "then and now": lambda store, asked: story_changes(store, [THEME], asked, since=1),
}


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A store of three hundred articles in two revisions, and one ten times as large."""
    rng, folder = random.Random(5), tmp_path_factory.mktemp("sizes")
    with open_store(folder / "small.db") as store:
        for batch in range(2):
            items = [
                linked(
                    article(f"memory {n} {batch}", url=f"https://a.example/{batch}/{n}",
                    at=NOW + days(rng.random() * 60),
                            publisher=f"site{n % 5}.example", lang=rng.choice(["en", "zh"])),
                    *rng.sample([MICRON, "company:samsung", THEME, "theme:optics"], 2), story=-1 - n,
                    relevance=rng.choice([40, 80]),
                )
                for n in range(150)
            ]  # fmt: skip
            save(store, *items, now=NOW + days(70), source=f"s{batch}")
    make_tenfold(folder / "small.db", folder / "large.db")
    with open_store(folder / "small.db", create=False) as small, open_store(folder / "large.db", create=False) as large:
        yield small, large


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_a_question_costs_what_it_asks_for_not_what_the_store_holds(sizes: tuple[Store, Store], name: str) -> None:
    asked = Filters(start=NOW.date() + timedelta(days=20), end=NOW.date() + timedelta(days=40))
    small, large = (steps_of(store, QUESTIONS[name], asked) for store in sizes)
    assert small > 0
    assert large < 1.5 * small + 300


def steps_of(store: Store, ask: Callable[[Store, Filters], object], asked: Filters) -> int:
    """How many of its machine's instructions SQLite takes: the same on every run and on every computer."""
    steps = [0]

    def count() -> int:
        steps[0] += 1
        return 0

    def watch(connection: Any, *_: object) -> None:
        connection.set_progress_handler(count, 10)

    event.listen(store.engine, "checkout", watch)
    try:
        ask(store, asked)
    finally:
        event.remove(store.engine, "checkout", watch)
    return steps[0] * 10
