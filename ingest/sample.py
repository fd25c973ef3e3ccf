"""
The bundled sample: our own texts of real stories, and real closes, into a store of their own.

    stories.jsonl → link → stories → save          prices.csv.gz → the checks of any file of prices → bars
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime

from data import sample as bundle
from data.catalog.records import Catalog
from data.errors import UsageError
from data.records import Article, Linked
from data.schema.store import Store
from data.write.articles import save_articles
from data.write.catalog_versions import remember_catalog
from ingest.link import Linker
from ingest.prices.csv_rows import Reading
from ingest.prices.csvfile import CsvProvider
from ingest.prices.update import BATCH, PriceRun, update_prices, wanted_listings
from ingest.progress import Step
from ingest.stories.cluster import StoryIndex

Percent = Callable[[int, str], None]
"""Receives how much of the work is done, and in words what is being done."""

CHUNK = 500  # articles linked between two reports
LINKING, GROUPING, SAVING, READING, CHECKING = 15, 30, 38, 46, 60
"""The percent at which each part begins, by the seconds that they took on two cores."""


def load_sample(store: Store, catalog: Catalog, *, now: datetime, progress: Percent = lambda *_: None) -> int:
    """
    Write the sample's stories and prices into an empty sample store. The number of articles.

    UsageError for any other store: the sample never mixes with live data.
    """
    if not store.is_sample:
        raise UsageError(f"{store.url} holds live data; the sample needs a store of its own.")
    remember_catalog(store, catalog, now=now)
    linked = linked_sample(catalog, progress)
    progress(SAVING, "Saving the stories …")
    saved = save_articles(
        store,
        linked,
        source="sample",
        kind="sample",
        catalog_hash=catalog.hash,
        model_hash=catalog.model.hash,
        now=now,
    ).articles
    save_sample_prices(store, catalog, now=now, progress=progress)
    return saved


def linked_sample(catalog: Catalog, progress: Percent = lambda *_: None) -> list[Linked]:
    """The sample's articles with mentions and stories, oldest first. Each was first seen when it was published."""
    articles = sorted(sample_articles(), key=lambda article: (_moment(article), article.guid))
    progress(LINKING, "Linking the stories to companies and themes …")
    linker, batch = Linker(catalog), []
    for begin in range(0, len(articles), CHUNK):
        progress(
            LINKING + (GROUPING - LINKING) * begin // len(articles),
            f"Linking the stories to companies and themes: {begin:,} of {len(articles):,} …",
        )
        part = articles[begin : begin + CHUNK]
        batch += [
            (article, mentions, _moment(article)) for article, mentions in zip(part, linker.link_all(part), strict=True)
        ]
    progress(GROUPING, "Grouping articles that report the same event …")
    stories = StoryIndex(catalog).assign(batch)
    return [
        Linked(article=article, mentions=mentions, story=story, first_seen_at=moment)
        for (article, mentions, moment), story in zip(batch, stories, strict=True)
    ]


def _moment(article: Article) -> datetime:
    assert article.published_at is not None  # every line of the sample has its time
    return article.published_at


def sample_articles() -> Iterator[Article]:
    """The articles of stories.jsonl."""
    with (bundle.FOLDER / bundle.STORIES).open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Article(
                guid=row["id"],
                url=row["url"],
                title=row["title"],
                summary=row["summary"],
                published_at=datetime.fromisoformat(row["published_at"]),
                date_quality="feed",
                publisher=row["publisher"],
                lang=row["lang"],
            )


def save_sample_prices(
    store: Store, catalog: Catalog, *, now: datetime, progress: Percent = lambda *_: None
) -> PriceRun:
    """Write the closes of the catalog's listings, benchmarks and exchange rates, read and checked as any file's are."""
    progress(READING, "Reading the closes …")
    provider = CsvProvider(bundle.FOLDER / bundle.PRICES, Reading(dates="ymd", decimal=".", basis="adjusted"), now=now)
    provider.name = "sample"
    bundled = set(provider.tickers)

    def report(step: Step) -> None:
        if step.done % BATCH == 0:
            progress(
                CHECKING + (99 - CHECKING) * step.done // step.total,
                f"Checking and saving the closes: {step.done} of {step.total} listings …",
            )

    return update_prices(
        store,
        provider,
        [listing for listing in wanted_listings(catalog) if listing.ticker in bundled],
        catalog_hash=catalog.hash,
        now=now,
        since=provider.first_session(),
        progress=report,
    )
