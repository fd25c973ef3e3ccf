"""
Files of articles into the store: feeds and keyword pages whole, records (JSON lines, CSV) in a stream.

                   ┌ link ┐   (beside the writer)
    read | parse | known   stories | save        one batch of 5,000 lines a revision

An import that was killed and is started again ends as one that was not: what is known is skipped, batch by batch.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from data.catalog.records import Catalog, Source
from data.db import Store
from data.editions import remember_catalog
from data.errors import ParseError
from data.known import Fresh, known_articles
from data.records import Article
from data.store import Saved
from ingest.batch import Found, Stories, save_fresh
from ingest.parse import Format, Rejected
from ingest.progress import Progress, Step, unseen
from ingest.read import UNREADABLE, Batch, Hints, batches, check_readable, count_lines, document, kind_of
from ingest.runs import Clock, Run, active_run, utc_now
from ingest.workers import rare_collections, read_all, workers

LARGE_BYTES = 2_000_000
"""From this size on, a file's articles are linked in a process beside the writer."""

WORKERS = 1
"""Linking takes as long as parsing, grouping and writing together; a second one would wait, and cost 250 MB."""

AHEAD = 2
"""Batches that are being read while one is written: with fewer, each side waits for the other now and then."""

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
    with ExitStack() as stack:
        run = stack.enter_context(active_run(store, "file", clock))
        remember_catalog(store, catalog, now=clock())
        stack.enter_context(rare_collections())
        large = any(path.stat().st_size >= LARGE_BYTES for path in paths)
        stories = Stories(store, catalog)
        pool = stack.enter_context(workers(catalog, WORKERS if large else 0, stories.index))
        for path in paths:
            known = catalog.sources.get(source, Source(id=source or _stem(path), name="", url=""))
            hints = Hints(now=clock(), publisher=known.publisher, lang=known.lang, timezone=known.timezone, published=published)
            work = _Import(store, catalog, run, pool, stories, known.id, hints)
            yield work.run(path, format, progress)


class _Import:
    """The import of one file."""

    def __init__(self, store: Store, catalog: Catalog, run: Run, pool: Executor, stories: Stories, source: str, hints: Hints) -> None:
        self._store, self._catalog, self._run, self._pool = store, catalog, run, pool
        self._stories, self._source, self._hints = stories, source, hints

    def run(self, path: Path, format: Format, progress: Progress) -> Imported:
        done = Imported(path=path)
        try:
            kind = kind_of(path, format)
            if kind in ("jsonl", "csv"):
                self._import_records(path, kind, done, progress)
            else:
                self._import_document(path, kind, done)
        except ParseError as problem:
            done.problem = str(problem)
        except UNREADABLE as problem:
            done.problem = _damaged(problem)
        self._run.partial |= bool(done.problem)
        return done

    def _import_document(self, path: Path, kind: Format, done: Imported) -> None:
        parsed = document(path, kind, self._hints)
        done.warnings += parsed.warnings
        done.rejected += parsed.rejected
        self._finish(self._begun(parsed.articles), done)

    def _import_records(self, path: Path, kind: Format, done: Imported, progress: Progress) -> None:
        total, read = count_lines(path), 0
        begun: deque[_Begun] = deque()
        for batch in _until_damaged(batches(path, kind, self._hints), done):
            done.reject(batch.rejected)
            begun.append(self._begun(batch.articles))
            if len(begun) > AHEAD:
                self._finish_first(begun, done)
            read += batch.lines
            progress(Step(work=path.name, name=f"{done.articles:,} new", done=min(read, total), total=total))
        while begun:
            self._finish_first(begun, done)

    def _finish_first(self, begun: deque[_Begun], done: Imported) -> None:
        first = begun.popleft()
        self._finish(first, done)
        for later in begun:
            if not later.keys.isdisjoint(first.keys):  # what was new a moment ago may be known now
                later.fresh = known_articles(self._store, later.articles, source=self._source)

    def _begun(self, articles: list[Article]) -> _Begun:
        """A batch whose new articles are being read, by a worker where there is one."""
        articles = [article if article.publisher else replace(article, publisher=self._source) for article in articles]
        fresh = known_articles(self._store, articles, source=self._source)
        to_read = fresh.new + [article for _, article in fresh.edited]
        keys = {article.url or article.guid for article in articles} | {article.guid for article in articles}
        return _Begun(articles=articles, fresh=fresh, keys=keys, to_read=to_read, found=self._pool.submit(read_all, to_read))

    def _finish(self, begun: _Begun, done: Imported) -> None:
        found = dict(zip(map(id, begun.to_read), begun.found.result(), strict=True))
        now = self._run.clock()
        saved = save_fresh(
            self._store,
            begun.fresh,
            source=self._source,
            kind="file",
            read=lambda articles: [found[id(article)] for article in articles],
            stories=self._stories,
            catalog_hash=self._catalog.hash,
            now=now,
        )
        done.add(saved, begun.fresh.known)
        self._run.counts["articles"] += saved.articles
        self._run.beat()


@dataclass(slots=True, kw_only=True)
class _Begun:
    """A batch on its way: what of it is new, by which keys it is known, and what is read out of it."""

    articles: list[Article]
    fresh: Fresh
    keys: set[str]
    to_read: list[Article]
    found: Future[list[Found]]


def _until_damaged(coming: Iterator[Batch], done: Imported) -> Iterator[Batch]:
    """The batches that can be read. The rest is told, and does not keep those from being saved."""
    try:
        yield from coming
    except UNREADABLE as problem:
        done.problem = _damaged(problem)


def _damaged(problem: Exception) -> str:
    return f"The file is damaged or cannot be read ({problem}); what came before was saved."


def _stem(path: Path) -> str:
    """The file's name without its endings: articles.jsonl.gz → articles."""
    return path.name.removesuffix(".gz").rpartition(".")[0] or path.name
