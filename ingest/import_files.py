"""
Files of articles into the store: feeds and keyword pages whole, records (JSON lines, CSV) in a stream.

                   ┌ link ┐   (beside the writer)
    read | parse | known   stories | save        one batch of 5,000 lines a revision

An import that was killed and is started again ends as one that was not: what is known is skipped, batch by batch.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from pathlib import Path

from data.catalog import current
from data.catalog.records import Catalog, Source
from data.errors import ParseError
from data.records import Article
from data.schema.store import Store
from data.write.articles import Saved
from data.write.catalog_versions import remember_catalog
from data.write.dedupe import NewArticles, known_articles
from ingest.file_batches import UNREADABLE, Hints, batches, check_readable, count_lines, document, kind_of
from ingest.lease import WAIT_SECONDS, Clock, Run, active_run, utc_now
from ingest.parse import Format, Rejected
from ingest.pipeline import Found, Stories, save_fresh
from ingest.progress import Progress, Step, unseen
from ingest.workers import rare_collections, read_all, workers

LARGE_BYTES = 2_000_000
"""From this size on, a file's articles are linked in a process beside the writer."""

WORKERS = 1
"""Reading articles takes less than parsing, grouping and writing them; a second one would wait, and cost 250 MB."""

AHEAD = 4
"""Batches that are being read while one is written: so many are parsed before the worker is up, and none waits for another file's."""

SHOWN = 3
"""Rejected lines that are named."""


@dataclass(slots=True, kw_only=True)
class Imported:
    """What the import of one file did. `problem` says in one sentence why it ended early, or brought nothing."""

    path: Path
    articles: int = 0
    stories: int = 0
    edited: int = 0
    known: int = 0
    rejected: int = 0
    warnings: list[str] = field(default_factory=list)
    problem: str = ""

    def add(self, saved: Saved, known: int) -> None:
        self.articles += saved.articles
        self.stories += saved.stories
        self.edited += saved.edited
        self.known += known + saved.known

    def reject(self, rejected: Sequence[Rejected]) -> None:
        room = max(0, SHOWN - self.rejected)
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
    clock: Clock = utc_now,
    progress: Progress = unseen,
) -> Iterator[Imported]:
    """
    Import the files in order; one result each, as it ends.

    `source` is the name that the articles are kept under (the file's otherwise); a source of the catalog also says what
    publisher, language and time zone they have. `published` is the day of articles without a date.
    """
    for path in paths:
        check_readable(path)
    store = store.patient(WAIT_SECONDS)
    with ExitStack() as stack:
        run = stack.enter_context(active_run(store, "file", clock))
        catalog = current(catalog)  # an edit may have been applied since it was read: from here on none is
        remember_catalog(store, catalog, now=clock())
        stack.enter_context(rare_collections())
        large = any(path.stat().st_size >= LARGE_BYTES for path in paths)
        stories = Stories(store, catalog)
        pool = stack.enter_context(workers(catalog, WORKERS if large else 0, stories.index))
        work = _Work(store, catalog, run, pool, stories)
        yield from work.done((_File.of(path, format, catalog, source, published, clock) for path in paths), progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file to import: the name that its articles are kept under, and what is known of them beside it."""

    path: Path
    format: Format
    source: str
    hints: Hints

    @classmethod
    def of(
        cls, path: Path, format: Format, catalog: Catalog, source: str, published: date | None, clock: Clock
    ) -> _File:
        known = catalog.sources.get(source, Source(id=source or _stem(path), name="", url=""))
        hints = Hints(
            now=clock(), publisher=known.publisher, lang=known.lang, timezone=known.timezone, published=published
        )
        return cls(path=path, format=format, source=known.id, hints=hints)


@dataclass(slots=True, kw_only=True)
class _Begun:
    """A batch on its way: what of it is new, by which keys it is known, and what is read out of it."""

    imported: Imported
    source: str
    lines: int  # of the file, with those of this batch
    total: Future[int] | None  # lines in the file; None: a document, which is one batch
    articles: list[Article]
    fresh: NewArticles
    keys: set[str]
    to_read: list[Article]
    found: Future[list[Found]]


class _Work:
    """Files on their way into the store. The next one begins while the last batches of the one before are saved."""

    def __init__(self, store: Store, catalog: Catalog, run: Run, pool: Executor, stories: Stories) -> None:
        self._store, self._catalog, self._run, self._pool, self._stories = store, catalog, run, pool, stories
        self._ahead: deque[_Begun | Imported] = deque()

    def done(self, files: Iterable[_File], progress: Progress) -> Iterator[Imported]:
        """One result for each file, as it ends."""
        for begun in chain.from_iterable(map(self._batches, files)):
            self._ahead.append(begun)
            if len(self._ahead) > AHEAD:
                yield from self._finish_first(progress)
        while self._ahead:
            yield from self._finish_first(progress)

    def _batches(self, file: _File) -> Iterator[_Begun | Imported]:
        """The file's batches, begun; then the result, complete once those are finished."""
        imported = Imported(path=file.path)
        try:
            kind = kind_of(file.path, file.format)
            if kind in ("jsonl", "csv"):
                yield from self._of_records(file, kind, imported)
            else:
                parsed = document(file.path, kind, file.hints)
                imported.warnings += parsed.warnings
                imported.rejected += parsed.rejected
                yield self._begun(parsed.articles, file, imported)
        except ParseError as problem:
            imported.problem = str(problem)
        except UNREADABLE as problem:
            imported.problem = f"The file is damaged or cannot be read ({problem}); what came before was saved."
        yield imported

    def _of_records(self, file: _File, kind: Format, imported: Imported) -> Iterator[_Begun]:
        total = self._pool.submit(
            count_lines, file.path
        )  # beside the writer; and what is asked for first starts the worker
        lines = 0
        for batch in batches(file.path, kind, file.hints):
            imported.reject(batch.rejected)
            lines += batch.lines
            yield self._begun(batch.articles, file, imported, lines, total)

    def _begun(
        self, articles: list[Article], file: _File, imported: Imported, lines: int = 0, total: Future[int] | None = None
    ) -> _Begun:
        """A batch whose new articles are being read, by a worker where there is one."""
        articles = [article if article.publisher else replace(article, publisher=file.source) for article in articles]
        fresh = known_articles(self._store, articles, source=file.source)
        to_read = fresh.new + [article for _, article in fresh.edited]
        return _Begun(
            imported=imported,
            source=file.source,
            lines=lines,
            total=total,
            articles=articles,
            fresh=fresh,
            keys={article.url or article.guid for article in articles} | {article.guid for article in articles},
            to_read=to_read,
            found=self._pool.submit(read_all, to_read),
        )

    def _finish_first(self, progress: Progress) -> Iterator[Imported]:
        first = self._ahead.popleft()
        if isinstance(first, Imported):
            self._run.partial |= bool(first.problem)
            yield first
            return
        self._finish(first)
        if first.total:
            imported, total = first.imported, first.total.result()
            progress(
                Step(
                    work=imported.path.name,
                    name=f"{imported.articles:,} new",
                    done=min(first.lines, total),
                    total=total,
                )
            )
        for later in self._ahead:
            if isinstance(later, _Begun) and not later.keys.isdisjoint(
                first.keys
            ):  # what was new a moment ago may be known now
                later.fresh = known_articles(self._store, later.articles, source=later.source)

    def _finish(self, begun: _Begun) -> None:
        found = dict(zip(map(id, begun.to_read), begun.found.result(), strict=True))
        now = self._run.clock()
        saved = save_fresh(
            self._store,
            begun.fresh,
            source=begun.source,
            kind="file",
            read=lambda articles: [found[id(article)] for article in articles],
            stories=self._stories,
            catalog_hash=self._catalog.hash,
            model_hash=self._catalog.model.hash,
            now=now,
        )
        begun.imported.add(saved, begun.fresh.known)
        self._run.counts["articles"] += saved.articles
        self._run.beat()


def _stem(path: Path) -> str:
    """The file's name without its endings: articles.jsonl.gz → articles."""
    return path.name.removesuffix(".gz").rpartition(".")[0] or path.name
