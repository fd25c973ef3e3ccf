"""
Parsing and linking of large files beside the writer, in processes of their own.

The store has one writer; what comes before it can use the other cores. A worker ends with the process that it works for,
also when that one is killed.
"""

from __future__ import annotations

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
from data.records import Article, Mention
from ingest.link import Linker

P = ParamSpec("P")
T = TypeVar("T")

_linker: Linker | None = None


@contextmanager
def workers(catalog: Catalog, count: int) -> Iterator[Executor]:
    """Runs submitted functions in `count` processes; with none, at once and here."""
    if count == 0:
        _begin(catalog)
        yield _Here()
        return
    context = multiprocessing.get_context("spawn")  # a fork would inherit the open store
    # The folder rather than the catalog: starting a process waits until it has taken what it is given.
    given = catalog.folder or catalog
    with ProcessPoolExecutor(count, context, initializer=_begin_worker, initargs=(given,)) as pool:
        yield pool


def link_all(articles: Sequence[Article]) -> list[tuple[Mention, ...]]:
    """The mentions of each article, by the catalog that this process was given."""
    assert _linker is not None
    return [_linker.link(article) for article in articles]


class _Here(Executor):
    """Runs at once what is submitted: for files so small that a process would cost more than it saves."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def _begin(catalog: Catalog) -> None:
    global _linker
    _linker = Linker(catalog)


def _begin_worker(given: str | Catalog) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _begin(load_catalog(Path(given)) if isinstance(given, str) else given)


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
