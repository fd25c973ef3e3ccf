"""
A batch of articles into the store: only what is new is linked, grouped into stories and saved, as one revision.

    new_articles → (ContentReader, here or in a worker) → stories → save
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from data.catalog.records import Catalog
from data.records import Article, Edit, Linked
from data.schema.store import Store
from data.write.articles import Saved, recent_articles, save_articles
from data.write.dedupe import NewArticles, known_articles
from ingest.stories.cluster import REACH, StoryIndex
from ingest.stories.features import FeatureExtractor
from ingest.workers import ArticleContent

MAX_INDEXED = 120_000
"""Articles in the index, at about 2 KB each. Beyond that it forgets what is older than the next batch needs."""

ReadContents = Callable[[Sequence[Article]], Sequence[ArticleContent]]


class Pipeline:
    """Saves one batch after another. The stories around each batch are read from the store day by day, when needed."""

    def __init__(self, store: Store, catalog: Catalog, *, kind: str) -> None:
        self._store, self._catalog, self._kind = store, catalog, kind
        self.extractor = FeatureExtractor(catalog)
        self._index = StoryIndex(catalog, self.extractor)
        self._days_indexed: set[date] = set()

    def new_articles(
        self, articles: Sequence[Article], *, source: str, fetched_at: datetime | None = None
    ) -> NewArticles:
        """Which of the articles are new or edited; `fetched_at` is given for those of a feed or page."""
        moments = [
            article.published_at or first_seen_at(article, self._kind, fetched_at) for article in articles if fetched_at
        ]
        return known_articles(self._store, articles, source=source, moments=moments)

    def save(self, fresh: NewArticles, read: ReadContents, *, source: str, now: datetime) -> Saved:
        """Group and save new and edited articles. Saving them again saves nothing: revision 0."""
        contents = read(fresh.new)
        first_seen = [first_seen_at(article, self._kind, now) for article in fresh.new]
        moments = [article.published_at or moment for article, moment in zip(fresh.new, first_seen, strict=True)]
        stories = self._assign(fresh.new, contents, moments) if fresh.new else []
        linked = [
            Linked(article=article, mentions=content.mentions, story=story, first_seen_at=moment)
            for article, content, story, moment in zip(fresh.new, contents, stories, first_seen, strict=True)
        ]
        saved = save_articles(
            self._store,
            linked,
            source=source,
            kind=self._kind,
            catalog_hash=self._catalog.hash,
            model_hash=self._catalog.model.hash,
            now=now,
            edits=_edits(fresh, read, now),
        )
        if fresh.new:
            self._index.saved(saved.story_ids, saved.article_ids)
        return saved

    def _assign(
        self, articles: Sequence[Article], contents: Sequence[ArticleContent], moments: Sequence[datetime]
    ) -> list[int]:
        """For each article the id of its story, or a negative number for a new one."""
        if len(self._index) > MAX_INDEXED:
            self._forget_before(min(moments) - REACH)
        self._index_around(moments)
        batch = [
            (article, content.mentions, moment)
            for article, content, moment in zip(articles, contents, moments, strict=True)
        ]
        return self._index.assign(batch, [content.features for content in contents])

    def _forget_before(self, moment: datetime) -> None:
        self._index.forget_before(moment)
        self._days_indexed = {day for day in self._days_indexed if day > moment.astimezone(UTC).date()}

    def _index_around(self, moments: Sequence[datetime]) -> None:
        batch_days = {moment.astimezone(UTC).date() for moment in moments}
        days = {day + timedelta(days=i) for day in batch_days for i in range(-REACH.days, REACH.days + 1)}
        for first, last in _ranges(sorted(days - self._days_indexed)):
            start = datetime.combine(first, time(), UTC)
            end = datetime.combine(last + timedelta(days=1), time(), UTC)
            self._index.add(recent_articles(self._store, start, end))
        self._days_indexed |= days


def first_seen_at(article: Article, kind: str, now: datetime) -> datetime:
    """
    When the article could first be read: now, or earlier if its record says so; never in the future.

    A file is somebody's archive: an article without a time of its own in it counts from its publication, or no past
    could ever be studied.
    """
    published = article.published_at if kind == "file" else None
    return min(article.first_seen_at or published or now, now)


def _edits(fresh: NewArticles, read: ReadContents, now: datetime) -> list[Edit]:
    contents = read([article for _, article in fresh.edited])
    return [
        Edit(article=ident, title=article.title, summary=article.summary, mentions=content.mentions, seen_at=now)
        for (ident, article), content in zip(fresh.edited, contents, strict=True)
    ]


def _ranges(days: Sequence[date]) -> list[tuple[date, date]]:
    """The first and last day of each run of consecutive days."""
    ranges: list[tuple[date, date]] = []
    for day in days:
        if ranges and day - ranges[-1][1] == timedelta(days=1):
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ranges
