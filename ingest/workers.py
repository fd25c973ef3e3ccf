"""
Reading of a large file's articles beside the writer, in processes of their own.

The store has one writer; what comes before it can use the other cores. A worker ends with the process that it works for,
also when that one is killed.
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
from typing import ParamSpec, TypeVar

from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.records import Article
from ingest.pipeline import Found, Reader
from ingest.stories.index import StoryIndex

P = ParamSpec("P")
T = TypeVar("T")

_reader: Reader | None = None


@contextmanager
def rare_collections() -> Iterator[None]:
    """
    Garbage in cycles is looked for seldom: an import makes millions of records and hardly a cycle, and with Python's usual
    thresholds looking for them took a quarter of its time.
    """
    before = gc.get_threshold()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)


_RARELY = (200_000, 50, 100)


@contextmanager
def workers(catalog: Catalog, count: int, index: StoryIndex) -> Iterator[Executor]:
    """Runs submitted functions in `count` processes; with none, at once and here, with the index's reading of stories."""
    if count == 0:
        _begin(Reader(catalog, index))
        yield _Here()
        return
    context = multiprocessing.get_context("spawn")  # a fork would inherit the open store
    # The folders rather than the catalog: starting a process waits until it has taken what it is given.
    given = (catalog.folder, catalog.model.folder) if catalog.folder else catalog
    with ProcessPoolExecutor(count, context, initializer=_begin_worker, initargs=(given,)) as pool:
        yield pool


def read_all(articles: Sequence[Article]) -> list[Found]:
    """What the articles say, by the catalog that this process was given."""
    assert _reader is not None
    return _reader.read(articles)


class _Here(Executor):
    """Runs at once what is submitted: for files so small that a process would cost more than it saves."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def _begin(reader: Reader) -> None:
    global _reader
    _reader = reader


def _begin_worker(given: tuple[str, Path] | Catalog) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    gc.set_threshold(*_RARELY)
    _begin(Reader(load_catalog(Path(given[0]), given[1]) if isinstance(given, tuple) else given))


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
