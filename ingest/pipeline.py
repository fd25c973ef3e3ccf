"""One batch of articles into the store: only what is new is linked, grouped into stories and saved, as one revision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from data.catalog.records import Catalog
from data.records import Article, Edit, Linked, Mention
from data.schema.store import Store
from data.write.articles import Saved, recent_articles, save_articles
from data.write.dedupe import NewArticles, known_articles
from ingest.link import Linker
from ingest.stories.index import REACH, StoryIndex
from ingest.stories.token_arrays import Telling


class Found(NamedTuple):
    """What was read out of an article: whom it is about, and what it tells."""

    mentions: tuple[Mention, ...]
    telling: Telling


Read = Callable[[Sequence[Article]], Sequence[Found]]


class Reader:
    """Reads articles with one catalog. Pure, so that it may be done in other processes."""

    def __init__(self, catalog: Catalog, index: StoryIndex | None = None) -> None:
        self._linker = Linker(catalog)
        self._index = index or StoryIndex(catalog)

    def read(self, articles: Sequence[Article]) -> list[Found]:
        mentions = self._linker.link_all(articles)
        tellings = self._index.tell(zip(articles, mentions, strict=True))
        return [Found(*found) for found in zip(mentions, tellings, strict=True)]


MOST_REMEMBERED = 120_000
"""Articles that the index may hold: some 2 KB each. Beyond that it forgets what is older than the batch at hand needs."""


class Stories:
    """The stories that new articles may belong to: read from the store day by day, as far as they are needed."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self._store = store
        self.index = StoryIndex(catalog)
        self._read: set[date] = set()

    def assign(self, articles: Sequence[Article], found: Sequence[Found], moments: Sequence[datetime]) -> list[int]:
        """For each article the id of its story, or a negative number for a new one."""
        self._forget_before(min(moments) - REACH)
        self._read_around(moments)
        batch = [
            (article, told.mentions, moment) for article, told, moment in zip(articles, found, moments, strict=True)
        ]
        return self.index.assign(batch, [told.telling for told in found])

    def saved(self, saved: Saved) -> None:
        """Tell the index under which ids the last batch and its new stories were stored."""
        self.index.saved(saved.story_ids, saved.article_ids)

    def _forget_before(self, moment: datetime) -> None:
        if len(self.index) > MOST_REMEMBERED:
            self.index.forget_before(moment)
            self._read = {day for day in self._read if day > moment.astimezone(UTC).date()}

    def _read_around(self, moments: Sequence[datetime]) -> None:
        own = {moment.astimezone(UTC).date() for moment in moments}
        days = {day + timedelta(days=i) for day in own for i in range(-REACH.days, REACH.days + 1)}
        for first, last in _ranges(sorted(days - self._read)):
            start = datetime.combine(first, time(), UTC)
            end = datetime.combine(last + timedelta(days=1), time(), UTC)
            self.index.add(recent_articles(self._store, start, end))
        self._read |= days


def ingest_articles(
    store: Store,
    articles: Sequence[Article],
    *,
    source: str,
    kind: str,
    read: Read,
    stories: Stories,
    catalog_hash: str,
    model_hash: str = "",
    now: datetime,
) -> Saved:
    """Save what the store does not have yet. Running it again saves nothing and says so: revision 0."""
    fresh = known_articles(store, articles, source=source)
    return save_fresh(
        store,
        fresh,
        source=source,
        kind=kind,
        read=read,
        stories=stories,
        catalog_hash=catalog_hash,
        model_hash=model_hash,
        now=now,
    )


def save_fresh(
    store: Store,
    fresh: NewArticles,
    *,
    source: str,
    kind: str,
    read: Read,
    stories: Stories,
    catalog_hash: str,
    model_hash: str = "",
    now: datetime,
) -> Saved:
    """Read, group and save what `known_articles` found to be new or edited."""
    found = read(fresh.new)
    seen = [first_seen(article, kind, now) for article in fresh.new]
    moments = [article.published_at or moment for article, moment in zip(fresh.new, seen, strict=True)]
    numbers = stories.assign(fresh.new, found, moments) if fresh.new else []
    linked = [
        Linked(article=article, mentions=told.mentions, story=number, first_seen_at=moment)
        for article, told, number, moment in zip(fresh.new, found, numbers, seen, strict=True)
    ]
    saved = save_articles(
        store,
        linked,
        source=source,
        kind=kind,
        catalog_hash=catalog_hash,
        model_hash=model_hash,
        now=now,
        edits=_edits(fresh, read, now),
    )
    if fresh.new:
        stories.saved(saved)
    return saved


def first_seen(article: Article, kind: str, now: datetime) -> datetime:
    """
    When the article could first be read: now, or when its record says; never in the future.

    A file is an archive that somebody kept: what does not say when it was seen counts from its publication, or no past
    could ever be studied.
    """
    published = article.published_at if kind == "file" else None
    return min(article.first_seen_at or published or now, now)


def _edits(fresh: NewArticles, read: Read, now: datetime) -> list[Edit]:
    found = read([article for _, article in fresh.edited])
    return [
        Edit(article=ident, title=article.title, summary=article.summary, mentions=told.mentions, seen_at=now)
        for (ident, article), told in zip(fresh.edited, found, strict=True)
    ]


def _ranges(days: Sequence[date]) -> list[tuple[date, date]]:
    """Runs of days without a gap, as first and last."""
    ranges: list[tuple[date, date]] = []
    for day in days:
        if ranges and day - ranges[-1][1] == timedelta(days=1):
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ranges
