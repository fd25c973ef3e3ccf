"""
A file → batches of articles: JSON lines and CSV in a stream, feeds and keyword pages whole.

Batches are cut by position in the file, so that an import that was killed and is started again cuts the same ones.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, cast

import orjson

from data.errors import UsageError
from data.records import Article
from ingest.parse import HEAD, Format, Parsed, Rejected, guess_format, parse, parse_records, read_lines
from ingest.parse.feeds import MAX_BYTES

BATCH = 5_000
"""Lines or records that are saved as one revision."""

UNREADABLE = (OSError, EOFError, zlib.error)
"""What a damaged file, or a damaged archive, raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What is known of a file's articles beside the file; travels to the workers."""

    now: datetime
    publisher: str = ""
    lang: str = ""
    timezone: str = "UTC"
    published: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """So many lines (or records) of a file, and what they say."""

    lines: int
    articles: list[Article]
    rejected: list[Rejected]


def parsed_file(
    path: Path, *, format: Format, now: datetime, published: date | None = None
) -> Iterator[Article | Rejected | str]:
    """What an import of the file would save, and what it would say; touches no store."""
    check_readable(path)
    hints = Hints(now=now, published=published)
    kind = kind_of(path, format)
    if kind in ("jsonl", "csv"):
        yield from records_of(read_lines(path), kind, hints)
        return
    parsed = document(path, kind, hints)
    yield from parsed.articles
    yield from parsed.warnings


def batches(path: Path, kind: Format, hints: Hints) -> Iterator[Batch]:
    """The file's batches in order. Raises one of UNREADABLE after those before a damage."""
    parts = _parts(read_lines(path))
    first = next(parts, [])
    if kind == "csv" or not _is_json_lines(first):
        yield from _cut(records_of(chain(first, chain.from_iterable(parts)), kind, hints))
        return
    at = 0
    for part in chain([first], parts):
        yield _parsed(part, at, hints)
        at += len(part)


def _parts(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    while part := list(islice(lines, BATCH)):
        yield part


def _parsed(lines: list[bytes], at: int, hints: Hints) -> Batch:
    """The articles of JSON lines that begin at line `at` of their file."""
    # The empty record in front tells the parser that these are records, whatever the first line looks like.
    records = list(records_of([b"{}\n", *lines], "jsonl", hints))[1:]
    articles = [record for record in records if isinstance(record, Article)]
    rejected = [replace(record, line=record.line - 1 + at) for record in records if isinstance(record, Rejected)]
    return Batch(lines=len(lines), articles=articles, rejected=rejected)


def _is_json_lines(lines: Sequence[bytes]) -> bool:
    """Whether these are records, one a line: more than one line, and most of the first ones an object by themselves."""
    first = list(islice((line for line in lines if line.strip()), 9))
    return len(first) > 1 and sum(_is_object(line) for line in first) * 2 > len(first)


def _is_object(line: bytes) -> bool:
    if not line.startswith(b"{"):  # indented: inside a document
        return False
    try:
        return bool(orjson.loads(line))
    except orjson.JSONDecodeError:
        return False


def _cut(records: Iterator[Article | Rejected]) -> Iterator[Batch]:
    while part := list(islice(records, BATCH)):
        articles = [record for record in part if isinstance(record, Article)]
        rejected = [record for record in part if isinstance(record, Rejected)]
        yield Batch(lines=len(part), articles=articles, rejected=rejected)


def records_of(lines: Iterable[bytes], kind: Format, hints: Hints) -> Iterator[Article | Rejected]:
    return parse_records(
        lines,
        format="csv" if kind == "csv" else "jsonl",
        now=hints.now,
        publisher=hints.publisher,
        lang=hints.lang,
        timezone=hints.timezone,
        published=hints.published,
    )


def document(path: Path, kind: Format, hints: Hints) -> Parsed:
    with _opened(path) as file:
        body = file.read(MAX_BYTES + 1)
    return parse(
        body,
        format=kind,
        now=hints.now,
        publisher=hints.publisher,
        lang=hints.lang,
        timezone=hints.timezone,
        published=hints.published,
    )


def kind_of(path: Path, format: Format) -> Format:
    if format != "auto":
        return format
    with _opened(path) as file:
        return guess_format(path.name, file.read(HEAD))


def count_lines(path: Path) -> int:
    """How many lines a file has, as far as it can be read."""
    count = 0
    with _opened(path) as file, suppress(*UNREADABLE):
        for piece in iter(lambda: file.read(1 << 20), b""):
            count += piece.count(b"\n")
    return count


def _opened(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def check_readable(path: Path) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name the files in it ({path}/*).")
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    if not os.access(path, os.R_OK):
        raise UsageError(f"{path} may not be read by this user.")
