"""
A file → batches of articles: JSON lines and CSV as a stream, feeds and keyword pages whole.

Batches are cut by position in the file, so that an import that was killed and is restarted cuts the same ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Literal

import orjson

from data.errors import ParseError, UsageError
from data.records import Article
from ingest.parse import HEAD, Format, Hints, Parsed, Rejected, guess_format, parse, parse_records, read_lines
from ingest.parse.entries import MAX_BYTES
from ingest.parse.records import with_date_order
from ingest.parse.unpack import BLOCK, FileBytes, read_start

BATCH = 5_000
"""Lines or records that are saved as one revision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The articles and rejected rows of a number of lines (or records)."""

    lines: int
    articles: list[Article]
    rejected: list[Rejected]


def parsed_file(path: Path, hints: Hints, format: Format) -> Iterator[Article | Rejected | str]:
    """The articles and rejected rows that an import would meet, and its warnings. Touches no store."""
    check_readable(path)
    format = format_of(path, format)
    if format == "jsonl" or format == "csv":
        for batch in batches(path, hints, format):
            yield from batch.articles
            yield from batch.rejected
        return
    parsed, damage = parse_document(path, hints, format)
    yield from parsed.articles
    yield from parsed.warnings
    if damage:
        raise ParseError(damage)


def batches(path: Path, hints: Hints, format: Literal["jsonl", "csv"]) -> Iterator[Batch]:
    """The file's batches in order. ParseError at damage, after all that came before it."""
    hints = with_date_order(hints, lambda: read_lines(path), format)
    damage: list[str] = []
    parts = _parts(read_lines(path, damage))
    count = 0
    try:
        for batch in _in_batches(parts, hints, format):
            count += len(batch.articles)
            yield batch
    except ParseError:
        if not damage:  # else the damage is why what came before it cannot be read
            raise
    if damage:
        raise ParseError(_damaged(damage[0], count))


def _in_batches(parts: Iterator[list[bytes]], hints: Hints, format: Literal["jsonl", "csv"]) -> Iterator[Batch]:
    first = next(parts, [])
    if format == "csv" or not _is_json_lines(first):
        yield from _cut(parse_records(chain(first, chain.from_iterable(parts)), hints, format=format))
        return
    line = 0
    for part in chain([first], parts):
        yield _json_batch(part, line, hints)
        line += len(part)


def _damaged(damage: str, articles: int) -> str:
    before = f"the {articles:,} articles before that were read" if articles else "nothing of it could be read"
    return f"The file is damaged ({damage}): {before}."


def _parts(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    while part := list(islice(lines, BATCH)):
        yield part


def _json_batch(lines: list[bytes], before: int, hints: Hints) -> Batch:
    """The articles of JSON lines that follow `before` other lines in their file."""
    # The empty record in front makes the parser take these for records, whatever the first line looks like.
    records = list(parse_records([b"{}\n", *lines], hints, format="jsonl"))[1:]
    articles = [record for record in records if isinstance(record, Article)]
    rejected = [replace(record, line=record.line - 1 + before) for record in records if isinstance(record, Rejected)]
    return Batch(lines=len(lines), articles=articles, rejected=rejected)


def _is_json_lines(lines: Sequence[bytes]) -> bool:
    """Whether there is one record per line: more than one line, and most of the first nine are an object each."""
    first = list(islice((line for line in lines if line.strip()), 9))
    return len(first) > 1 and sum(_is_object(line) for line in first) * 2 > len(first)


def _is_object(line: bytes) -> bool:
    if not line.startswith(b"{"):  # an indented object is part of a document
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


def parse_document(path: Path, hints: Hints, format: Format) -> tuple[Parsed, str]:
    """The articles of a feed or page, and a sentence on its damage; "" when there is none."""
    body, damage = read_start(path, MAX_BYTES + 1)
    try:
        parsed = parse(body, hints, format=format)
    except ParseError as problem:
        raise ParseError(_damaged(damage, 0) if damage else str(problem)) from None
    return parsed, _damaged(damage, len(parsed.articles)) if damage else ""


def format_of(path: Path, format: Format) -> Format:
    head, _ = read_start(path, HEAD)
    return guess_format(path.name, head) if format == "auto" else format


def count_lines(path: Path) -> int:
    """The number of lines of a file, as far as it can be read."""
    with FileBytes(path) as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(BLOCK) or b"", b""))


def check_readable(path: Path) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name the files in it ({path}/*).")
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    if not os.access(path, os.R_OK):
        raise UsageError(f"You may not read {path}.")
