"""
Read articles, in this process or beside the writer in one of its own.

    articles → ContentReader → mentions and story features

The store has one writer; what comes before it can use other cores. A worker ends with the process that started it, even
if that is killed.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple, ParamSpec, TypeVar

from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.records import Article, Mention
from ingest.link import Linker
from ingest.stories.features import FeatureExtractor, StoryFeatures

P = ParamSpec("P")
T = TypeVar("T")

_RARELY = (200_000, 50, 100)


class ArticleContent(NamedTuple):
    """What the rest of the pipeline needs to know of an article's text."""

    mentions: tuple[Mention, ...]
    features: StoryFeatures


class ContentReader:
    """Reads articles by one catalog. Pure, so that another process may do it."""

    def __init__(self, catalog: Catalog, extractor: FeatureExtractor | None = None) -> None:
        self._linker = Linker(catalog)
        self._extractor = extractor or FeatureExtractor(catalog)

    def read(self, articles: Sequence[Article]) -> list[ArticleContent]:
        mentions = self._linker.link_all(articles)
        features = self._extractor.of_articles(zip(articles, mentions, strict=True))
        return [ArticleContent(*content) for content in zip(mentions, features, strict=True)]


@contextmanager
def rare_garbage_collection() -> Iterator[None]:
    """
    Look for cyclic garbage rarely: an import makes millions of records and hardly a cycle.

    With Python's usual thresholds, a quarter of the import's time went into looking.
    """
    before = gc.get_threshold()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def reading_pool(catalog: Catalog, processes: int, extractor: FeatureExtractor) -> Iterator[Executor]:
    """Runs submitted functions in `processes`; if that is 0, at once and in this one, sharing its extractor."""
    if processes == 0:
        _begin(ContentReader(catalog, extractor))
        yield _InlineExecutor()
        return
    context = multiprocessing.get_context("spawn")  # a fork would inherit the open store
    # The folders, not the catalog: starting a process blocks until it has received its arguments.
    source = (catalog.folder, catalog.model.folder) if catalog.folder else catalog
    with ProcessPoolExecutor(processes, context, initializer=_begin_worker, initargs=(source,)) as pool:
        yield pool


def read_contents(articles: Sequence[Article]) -> list[ArticleContent]:
    """The contents of the articles, by the catalog that `reading_pool` gave this process."""
    assert _reader is not None
    return _reader.read(articles)


class _InlineExecutor(Executor):
    """Runs submitted functions at once, for files so small that a process would cost more than it saves."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


_reader: ContentReader | None = None


def _begin(reader: ContentReader) -> None:
    global _reader
    _reader = reader


def _begin_worker(source: tuple[str, Path] | Catalog) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    gc.set_threshold(*_RARELY)
    _begin(ContentReader(load_catalog(Path(source[0]), source[1]) if isinstance(source, tuple) else source))


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
