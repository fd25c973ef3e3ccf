"""
Files of articles into the store: feeds and keyword pages whole, records (JSON lines, CSV) as a stream.

                   ┌ link ┐   (beside the writer)
    parse | which are new    stories | save        one batch of 5,000 lines per revision

An import that was killed and is restarted ends as an uninterrupted one: what is known is skipped, batch by batch.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Literal

from data.catalog import current
from data.catalog.records import Catalog, Source
from data.errors import ParseError
from data.records import Article
from data.schema.store import Store
from data.write.articles import Saved
from data.write.catalog_versions import remember_catalog
from data.write.dedupe import NewArticles
from ingest.lease import WAIT_SECONDS, Clock, Run, active_run, utc_now
from ingest.parse import Format, Hints, Rejected
from ingest.parse.date_order import Order
from ingest.parse.files import batches, check_readable, count_lines, format_of, parse_document
from ingest.pipeline import Pipeline
from ingest.progress import Progress, Step, no_progress
from ingest.workers import ArticleContent, rare_garbage_collection, read_contents, reading_pool

LARGE_BYTES = 2_000_000
"""From this size on, a file's articles are linked in a process beside the writer."""

WORKERS = 1
"""Linking takes less time than parsing, grouping and writing: a second worker would wait, and cost 250 MB."""

AHEAD = 4
"""Batches that are parsed before the first is saved. The worker starts meanwhile, and never waits between two files."""

UNREAD_MOST = 10
"""An import fails where more than one date in this many cannot be read."""

NAMED_REJECTED = 3
"""Rejected lines that are reported one by one."""


@dataclass(slots=True)
class Count:
    """How many, and the first of them."""

    number: int = 0
    example: str = ""

    def add(self, example: str) -> None:
        self.number += 1
        self.example = self.example or example


@dataclass(slots=True, kw_only=True)
class Imported:
    """The counts of one file's import. `problem` says in one sentence why it ended early, or brought nothing."""

    path: Path
    articles: int = 0
    stories: int = 0
    edited: int = 0
    known: int = 0
    rejected: int = 0
    dated: int = 0
    undated: Count = field(default_factory=Count)
    unread_dates: Count = field(default_factory=Count)
    guessed: Count = field(default_factory=Count)
    local: Count = field(default_factory=Count)
    timezone: str = "UTC"
    warnings: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def failed(self) -> bool:
        """Whether it ended early, no line could be read, or over a tenth of the dates that it has could not."""
        given = self.dated + self.unread_dates.number
        nothing = self.rejected > 0 and not (self.articles or self.edited or self.known)
        return bool(self.problem) or nothing or self.unread_dates.number * UNREAD_MOST > given

    def look_at(self, articles: Sequence[Article]) -> None:
        """Count how the articles' dates were read."""
        for article in articles:
            quality = article.date_quality
            if article.unread_date:
                self.unread_dates.add(article.unread_date)
            elif article.published_at or article.first_seen_at:
                self.dated += 1
            if article.published_at is None and article.first_seen_at is None:
                self.undated.add(article.title or article.url)
            elif quality == "guessed" and article.published_at:
                self.guessed.add(f"{article.published_at:%Y-%m-%d} for “{article.title}”")
            elif quality == "no_tz" and article.published_at:
                self.local.add(article.title)

    def add(self, saved: Saved, known: int) -> None:
        self.articles += saved.articles
        self.stories += saved.stories
        self.edited += saved.edited
        self.known += known + saved.known

    def reject(self, rejected: Sequence[Rejected]) -> None:
        room = max(0, NAMED_REJECTED - self.rejected)
        self.warnings += [f"Line {row.line:,} was not read: {row.reason}." for row in rejected[:room]]
        self.rejected += len(rejected)


def import_files(
    store: Store,
    catalog: Catalog,
    paths: Sequence[Path],
    *,
    format: Format = "auto",
    source: str = "",
    published: date | None = None,
    dates: Order | None = None,
    timezone: str = "",
    clock: Clock = utc_now,
    progress: Progress = no_progress,
) -> Iterator[Imported]:
    """
    Import the files in order; one result each, as it ends.

    `source` is the name to store the articles under (the file's by default); a source of the catalog also gives their
    publisher, language and time zone. `published` is the day of articles without a date, `dates` the order of days like
    03/04/2026 (by default the file's own dates decide), `timezone` the one of times without one.
    """
    for path in paths:
        check_readable(path)
    store = store.patient(WAIT_SECONDS)
    with ExitStack() as stack:
        run = stack.enter_context(active_run(store, "file", clock))
        catalog = current(catalog)  # an edit may have been applied since it was read: from here on none is
        remember_catalog(store, catalog, now=clock())
        stack.enter_context(rare_garbage_collection())
        is_large = any(path.stat().st_size >= LARGE_BYTES for path in paths)
        pipeline = Pipeline(store, catalog, kind="file")
        pool = stack.enter_context(reading_pool(catalog, WORKERS if is_large else 0, pipeline.extractor))
        given = Hints(now=clock(), published=published, dates=dates)
        files = (_File.of(path, format, catalog, source, replace(given, now=clock()), timezone) for path in paths)
        yield from _Import(pipeline, run, pool).results(files, progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file to import, the name to store its articles under, and what the caller knows about them."""

    path: Path
    format: Format
    source: str
    hints: Hints

    @classmethod
    def of(cls, path: Path, format: Format, catalog: Catalog, source: str, given: Hints, timezone: str) -> _File:
        known = catalog.sources.get(source, Source(id=source or _stem(path), name="", url=""))
        zone = timezone or known.timezone
        hints = replace(given, publisher=known.publisher, lang=known.lang, timezone=zone)
        return cls(path=path, format=format, source=known.id, hints=hints)


@dataclass(slots=True, kw_only=True)
class _PendingBatch:
    """A batch that is parsed but not saved: which articles are new, their keys, and what is read of them."""

    imported: Imported
    source: str
    lines: int  # of the file, up to and including this batch
    total: Future[int] | None  # lines of the file; None: a document, which is one batch
    articles: list[Article]
    fetched_at: datetime | None  # of a feed or page
    fresh: NewArticles
    keys: set[str]
    to_read: list[Article]
    contents: Future[list[ArticleContent]]


class _Import:
    """The import of some files. Each begins while the last batches of the one before are saved."""

    def __init__(self, pipeline: Pipeline, run: Run, pool: Executor) -> None:
        self._pipeline, self._run, self._pool = pipeline, run, pool
        self._ahead: deque[_PendingBatch | Imported] = deque()

    def results(self, files: Iterable[_File], progress: Progress) -> Iterator[Imported]:
        """One result for each file, as it ends."""
        for pending in chain.from_iterable(map(self._batches, files)):
            self._ahead.append(pending)
            if len(self._ahead) > AHEAD:
                yield from self._finish_first(progress)
        while self._ahead:
            yield from self._finish_first(progress)

    def _batches(self, file: _File) -> Iterator[_PendingBatch | Imported]:
        """The file's batches; then the result, which is complete once those are saved."""
        imported = Imported(path=file.path, timezone=file.hints.timezone)
        try:
            format = format_of(file.path, file.format)
            if format == "jsonl" or format == "csv":
                yield from self._record_batches(file, format, imported)
            else:
                parsed, imported.problem = parse_document(file.path, file.hints, format)
                imported.warnings += parsed.warnings
                imported.rejected += parsed.rejected
                yield self._pending(parsed.articles, file, imported)
        except ParseError as problem:
            imported.problem = str(problem)
        yield imported

    def _record_batches(
        self, file: _File, format: Literal["jsonl", "csv"], imported: Imported
    ) -> Iterator[_PendingBatch]:
        total = self._pool.submit(count_lines, file.path)  # in the worker, which the first task starts
        lines = 0
        for batch in batches(file.path, file.hints, format):
            imported.reject(batch.rejected)
            lines += batch.lines
            yield self._pending(batch.articles, file, imported, lines, total)

    def _pending(
        self, articles: list[Article], file: _File, imported: Imported, lines: int = 0, total: Future[int] | None = None
    ) -> _PendingBatch:
        """A batch whose new articles are being read, by a worker if there is one."""
        imported.look_at(articles)
        articles = [article if article.publisher else replace(article, publisher=file.source) for article in articles]
        fetched_at = None if total else file.hints.now
        titles = {each.title for each in articles} if fetched_at else set()
        fresh = self._pipeline.new_articles(articles, source=file.source, fetched_at=fetched_at)
        to_read = fresh.new + [article for _, article in fresh.edited]
        return _PendingBatch(
            imported=imported,
            source=file.source,
            lines=lines,
            total=total,
            articles=articles,
            fetched_at=fetched_at,
            fresh=fresh,
            keys={key for each in articles for key in (each.url or each.guid, each.guid)} | titles,
            to_read=to_read,
            contents=self._pool.submit(read_contents, to_read),
        )

    def _finish_first(self, progress: Progress) -> Iterator[Imported]:
        first = self._ahead.popleft()
        if isinstance(first, Imported):
            self._run.partial |= bool(first.problem)
            yield first
            return
        self._save(first)
        if first.total:
            imported, total = first.imported, first.total.result()
            new = f"{imported.articles:,} new"
            progress(Step(work=imported.path.name, name=new, done=min(first.lines, total), total=total))
        for later in self._ahead:
            # What was new when it was parsed may have been saved by now.
            if isinstance(later, _PendingBatch) and not later.keys.isdisjoint(first.keys):
                later.fresh = self._pipeline.new_articles(
                    later.articles, source=later.source, fetched_at=later.fetched_at
                )

    def _save(self, batch: _PendingBatch) -> None:
        content_of = dict(zip(map(id, batch.to_read), batch.contents.result(), strict=True))
        saved = self._pipeline.save(
            batch.fresh,
            lambda articles: [content_of[id(article)] for article in articles],
            source=batch.source,
            now=self._run.clock(),
        )
        batch.imported.add(saved, batch.fresh.known)
        self._run.counts["articles"] += saved.articles
        self._run.beat()


def _stem(path: Path) -> str:
    """The file's name without its endings: articles.jsonl.gz → articles."""
    return path.name.removesuffix(".gz").rpartition(".")[0] or path.name
