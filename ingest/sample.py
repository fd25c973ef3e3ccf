"""The bundled sample: our own texts of real stories, and real closes, into a store of their own."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime

from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.errors import UsageError
from data.prices import save_prices
from data.read.attention import span
from data.records import Article, Bar, Linked
from data.sample import FOLDER
from data.schema.store import Store
from data.write.articles import save_articles
from data.write.catalog_versions import remember_catalog
from ingest.link import Linker
from ingest.stories.cluster import StoryIndex


def load_sample(store: Store, *, now: datetime, progress: Callable[[str], None] = lambda _: None) -> int:
    """
    Write the sample's stories and prices into a sample store. The number of new stories.

    UsageError for any other store: the sample never mixes with live data.
    """
    if not store.is_sample:
        raise UsageError(f"{store.url} holds live data; the sample needs a store of its own.")
    catalog = load_catalog()
    remember_catalog(store, catalog, now=now)
    progress("Linking the sample's stories to companies and themes …")
    saved = 0
    if span(store) is None:
        linked = linked_sample(catalog)
        progress("Writing the sample's stories …")
        saved = save_articles(
            store,
            linked,
            source="sample",
            kind="sample",
            catalog_hash=catalog.hash,
            model_hash=catalog.model.hash,
            now=now,
        ).articles
    progress("Writing the sample's prices …")
    wanted = set(catalog.company_of_ticker) | {listing.ticker for listing in catalog.benchmarks}
    bars = [bar for bar in sample_bars() if bar.ticker in wanted]
    save_prices(store, bars, provider="sample", now=now, catalog_hash=catalog.hash)
    return saved


def linked_sample(catalog: Catalog) -> list[Linked]:
    """The sample's articles with mentions and stories, oldest first. Each was first seen when it was published."""
    linker = Linker(catalog)
    articles = sorted(sample_articles(), key=lambda article: (_moment(article), article.guid))
    batch = [
        (article, mentions, _moment(article))
        for article, mentions in zip(articles, linker.link_all(articles), strict=True)
    ]
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
    with (FOLDER / "stories.jsonl").open(encoding="utf-8") as lines:
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


def sample_bars() -> Iterator[Bar]:
    """The closes of prices.csv, as the provider adjusted them."""
    with (FOLDER / "prices.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield Bar(
                ticker=row["ticker"],
                session=date.fromisoformat(row["session"]),
                open=None,
                high=None,
                low=None,
                close=float(row["close"]),
                volume=float(row["volume"]) if row["volume"] else None,
                currency=row["currency"],
                basis="adjusted",
            )
