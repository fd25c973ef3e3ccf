"""Searching the articles: as many as are said to be found, whatever the order in which they came in."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from builders import NOW, article, days, linked, save
from data.read.attention import Filters
from data.read.search import search_articles
from data.schema.store import Store

MICRON, NVIDIA = "company:micron", "company:nvidia"
WHOLE = Filters(start=date(2026, 1, 1), end=date(2026, 12, 31))
WORDS = ("memory", "optics", "power")


@pytest.fixture
def filled(store: Store) -> Store:
    """Ninety articles of ninety days, brought in by three revisions without order of time."""
    rng, order = random.Random(4), list(range(90))
    rng.shuffle(order)
    for batch in (order[:40], order[40:60], order[60:]):
        items = [
            linked(
                article(
                    f"{WORDS[n % 3]} {n}",
                    url=f"https://a.example/{n}",
                    at=NOW + days(n),
                    publisher=f"site{n % 4}.example",
                ),
                *[subject for subject, every in ((MICRON, 2), (NVIDIA, 3)) if n % every == 0],
                story=-1 - n,
                relevance=40 + n % 50,
            )
            for n in batch
        ]
        save(store, *items, now=NOW + days(100))
    return store


@pytest.mark.parametrize("seed", range(40))
def test_as_many_are_listed_as_are_counted_newest_first(filled: Store, seed: int) -> None:
    rng = random.Random(seed)
    start = NOW.date() + days(rng.randrange(80))
    filters = replace(
        WHOLE,
        start=start,
        end=start + days(rng.randrange(40)),
        q=rng.choice(["", *WORDS]),
        rev=rng.choice([None, 1, 2, 3]),
        publishers=rng.choice([(), ("site1.example", "site2.example")]),
    )
    subjects = rng.choice([(), (MICRON,), (NVIDIA,), (MICRON, NVIDIA)])
    filters = replace(filters, min_relevance=rng.choice([0, 60]) if subjects else 0)
    listed, total = search_articles(filled, filters, subjects=subjects, limit=1_000)
    assert len(listed) == total == search_articles(filled, filters, subjects=subjects, limit=0)[1]
    expected = [n for n in range(90) if fits(n, filters, subjects)]
    numbers = [int(title.split()[1]) for title in listed["title"]]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers == expected[::-1] or (filters.rev in (1, 2) and set(numbers) <= set(expected))
    paged = [search_articles(filled, filters, subjects=subjects, limit=7, offset=at) for at in range(0, total + 7, 7)]
    assert [title for page, _ in paged for title in page["title"]] == listed["title"].tolist()
    assert {count for _, count in paged} == {total}


def fits(n: int, filters: Filters, subjects: tuple[str, ...]) -> bool:
    """Whether the article is one of those asked for, whatever the revision."""
    day = (NOW + days(n)).date()
    named = {MICRON} if n % 2 == 0 else set()
    named |= {NVIDIA} if n % 3 == 0 else set()
    return (
        filters.start <= day <= filters.end
        and (not filters.q or WORDS[n % 3] == filters.q)
        and (not filters.publishers or f"site{n % 4}.example" in filters.publishers)
        and named >= set(subjects)
        and (not subjects or 40 + n % 50 >= filters.min_relevance)
    )


def test_a_day_has_its_first_and_its_last_second(filled: Store) -> None:
    moments = [NOW.replace(month=11, hour=0, minute=0, second=0), NOW.replace(month=11, hour=23, minute=59, second=59)]
    save(
        filled,
        *(
            linked(article(f"edge {n}", url=f"https://b.example/{n}", at=at), story=-900 - n)
            for n, at in enumerate(moments)
        ),
    )
    day = moments[0].date()
    assert search_articles(filled, replace(WHOLE, start=day, end=day, q="edge"))[1] == 2
    assert search_articles(filled, replace(WHOLE, start=day, end=day))[1] == 2
    assert search_articles(filled, replace(WHOLE, start=date(1, 1, 1), end=date.max, q="edge"))[1] == 2
