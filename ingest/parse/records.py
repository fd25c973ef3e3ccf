"""
JSON lines, JSON arrays and CSV → articles, one record at a time.

A bad row becomes a Rejected with its line number and the rest goes on. Files of any length stream through.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, Literal

import orjson

from data.errors import ParseError
from data.records import Article
from ingest.parse.date_order import depends_on_order, numeric_parts
from ingest.parse.entries import Hints, Parsed, Rejected, is_placeholder, to_article, with_order_of
from ingest.parse.json_feeds import records_of_interface
from ingest.parse.tables import columns_of, csv_records
from ingest.parse.unpack import MAX_LINE

MAX_DOCUMENT = 500_000_000  # bytes of a JSON document that is not one record per line
_NAMED_IN_WARNINGS = 5  # rejected rows

# Keys under which an API's answer has its articles.
_LISTS = ("articles", "items", "news", "results", "data", "records", "entries", "stories", "docs", "hits", "feed")

_LIST_BEGINS = re.compile(rf'\s*(?:\{{.{{0,2000}}?"(?:{"|".join(_LISTS)})"\s*:\s*)?\[', re.DOTALL)
_RECORD_BEGINS = re.compile(r"[\s,]*\{")

# A value or cell that begins like 03/04/2026. Looking for one in lines of JSON costs two percent of parsing them.
_MAY_DEPEND_ON_ORDER = {
    "jsonl": re.compile(rb""":\s?"\s?\d\d?[/.-]\d\d?[/.-]\d\d"""),
    "csv": re.compile(rb"""(?:^|["',;\t|])\s?\d\d?[/.-]\d\d?[/.-]\d\d"""),
}

_NOT_JSON = "not a JSON object"

NumberedRecord = tuple[int, dict[str, Any] | str]  # line number; the record, or why there is none


def parse_records(
    lines: Iterable[bytes], hints: Hints, *, format: Literal["jsonl", "csv"]
) -> Iterator[Article | Rejected]:
    """An Article or a Rejected for each record, as they come; nothing for a blank line.

    ParseError for a CSV without a title column, and for a JSON document that cannot be read at all."""
    for number, record in csv_records(lines) if format == "csv" else _json_records(iter(lines)):
        if isinstance(record, str):
            yield Rejected(line=number, reason=record)
            continue
        article = _article(record, hints)
        yield article if article else Rejected(line=number, reason=_why_no_article(record))


def with_date_order(hints: Hints, lines: Callable[[], Iterable[bytes]], format: Literal["jsonl", "csv"]) -> Hints:
    """The hints with the order of the dates, decided by all records. ParseError where they leave it open."""
    may_depend = _MAY_DEPEND_ON_ORDER[format].search
    if hints.dates or not any(may_depend(line) or b"\0" in line for line in lines()):
        return hints
    texts = _numeric_dates(lines(), format)
    return with_order_of(hints, texts)


def _numeric_dates(lines: Iterable[bytes], format: Literal["jsonl", "csv"]) -> list[str]:
    """The different texts of the date columns that could be read in several orders, in the file's order."""
    texts: dict[str, None] = {}
    for _, record in csv_records(lines) if format == "csv" else _json_records(_lines_to_read(lines)):
        if isinstance(record, dict):
            columns = columns_of(tuple(record))
            for key in (*columns.dates, *columns.first_seen):
                parts = numeric_parts(value) if isinstance(value := record[key], str) else None
                if parts and depends_on_order(parts):
                    texts[value.strip()] = None
    return list(texts)


def _lines_to_read(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of JSON in which a date may depend on the order; all of them where a document spans lines."""
    lines = iter(lines)
    first = next(lines, b"")
    yield first
    # One record per line when the first is one: a line that is none has no dates then.
    one_a_line = isinstance(record := _loaded(first.strip()), dict) and _records_of_answer(record) is None
    may_depend = _MAY_DEPEND_ON_ORDER["jsonl"].search
    yield from (line for line in lines if not one_a_line or may_depend(line))


def collect(records: Iterable[Article | Rejected]) -> Parsed:
    """All articles at once; warnings name the first rejected rows and count the others."""
    articles: list[Article] = []
    rejected: list[Rejected] = []
    for record in records:
        if isinstance(record, Article):
            articles.append(record)
        else:
            rejected.append(record)
    warnings = [f"Line {row.line:,}: {row.reason}." for row in rejected[:_NAMED_IN_WARNINGS]]
    if len(rejected) > _NAMED_IN_WARNINGS:
        warnings.append(f"… and {len(rejected) - _NAMED_IN_WARNINGS:,} more lines that are not articles.")
    return Parsed(articles=articles, warnings=tuple(warnings), rejected=len(rejected))


def _article(record: dict[str, Any], hints: Hints) -> Article | None:
    if isinstance(inner := record.get("content"), dict):  # Yahoo Finance wraps each record
        record = inner
    columns = columns_of(tuple(record))
    title, summary = _text(record, columns.title), _text(record, columns.summary)
    if not title and not summary:
        return None
    article = to_article(
        hints,
        title=title,
        summary=summary,
        link=_text(record, columns.link) or _inner_link(record),
        guid=_text(record, columns.guid),
        dates=[record[key] for key in columns.dates if isinstance(record[key], (str, int, float))],
        publisher_name=_publisher_name(record, columns.publisher),
        lang=_text(record, columns.lang),
        first_seen=_text(record, columns.first_seen) or None,
    )
    return article if article and (article.title or article.summary) else None


def _why_no_article(record: dict[str, Any]) -> str:
    title = _text(record, columns_of(tuple(record)).title)
    return "a placeholder instead of an article" if is_placeholder(title) else "no title and no summary"


def _inner_link(record: dict[str, Any]) -> str:
    """Yahoo Finance: {"canonicalUrl": {"url": …}}."""
    links = (record.get("canonicalUrl"), record.get("clickThroughUrl"))
    return next((str(link["url"]) for link in links if isinstance(link, dict) and link.get("url")), "")


def _text(record: dict[str, Any], keys: tuple[str, ...]) -> str:
    """The first field with text in it; a number as its digits."""
    for key in keys:
        value = record[key]
        if isinstance(value, str):
            if value and not value.isspace():
                return value
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
    return ""


def _publisher_name(record: dict[str, Any], keys: tuple[str, ...]) -> str:
    """The publisher as the record names it: a text, the name inside an object, or the first of a list."""
    for key in keys:
        value = record[key]
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = next(
                (value[inner] for inner in ("domain", "name", "displayName", "title", "id") if value.get(inner)), ""
            )
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _json_records(lines: Iterator[bytes]) -> Iterator[NumberedRecord]:
    """The records of JSON lines, or of an array or an API's answer if the first line begins one."""
    numbered = enumerate(_in_utf8(lines), start=1)
    for number, line in numbered:
        if not (line := line.strip()):
            continue
        first = _loaded(line)
        is_answer = isinstance(first, dict) and _records_of_answer(first) is not None
        if line.startswith(b"[") or is_answer or _begins_object(line, first):
            yield from _from_document(b"\n".join(chain([line], (rest for _, rest in numbered))))
            return
        yield number, first if isinstance(first, dict) else _NOT_JSON
        break
    for number, line in numbered:
        if line and not line.isspace():
            yield number, _record(line)


def _begins_object(line: bytes, loaded: object) -> bool:
    """Whether the line begins an object that spans many lines, and is not a broken record."""
    return loaded is None and line.startswith(b"{") and line.endswith((b"{", b"[", b",")) and len(line) < 1_000


def _record(line: bytes) -> dict[str, Any] | str:
    if len(line) > MAX_LINE:
        return f"longer than {MAX_LINE // 1_000_000} MB"
    try:
        record = orjson.loads(line)
    except ValueError:
        record = _loaded(line)
    return record if isinstance(record, dict) else _NOT_JSON


def _loaded(line: bytes) -> object:
    """The line's JSON, read tolerantly (NaN, half a surrogate pair, bad UTF-8); None when it is not JSON."""
    try:
        return json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _from_document(document: bytes) -> Iterator[NumberedRecord]:
    if len(document) > MAX_DOCUMENT:
        limit = MAX_DOCUMENT // 1_000_000
        raise ParseError(f"The JSON document is larger than {limit} MB; write one record per line instead.")
    whole = _loaded(document)
    records = _records_of_answer(whole) if isinstance(whole, dict) else whole
    if whole is None:
        records = _records_before_break(document)
    if not isinstance(records, list):
        raise ParseError("The file is neither JSON with one record per line nor a JSON list of records.")
    for number, record in enumerate(records, start=1):
        yield number, record if isinstance(record, dict) else str(record) if whole is None else _NOT_JSON


def _records_before_break(document: bytes) -> list[Any] | None:
    """The whole records of a list that breaks off, and the reason for the missing rest; None when there is no list."""
    text = document.decode("utf-8", "replace")
    begin = _LIST_BEGINS.match(text)
    if not begin:
        return None
    decoder, records, at = json.JSONDecoder(strict=False), [], begin.end()
    while record := _RECORD_BEGINS.match(text, at):
        try:
            value, at = decoder.raw_decode(text, record.end() - 1)
        except (ValueError, RecursionError):
            break
        records.append(value)
    return [*records, "the list breaks off here"] if records else None


def _records_of_answer(document: dict[str, Any]) -> list[Any] | None:
    """The list of records in an API's answer; None when the document is itself a record."""
    if columns_of(tuple(document)).title:
        return None
    if (answer := records_of_interface(document)) is not None:
        return answer
    for name in _LISTS:
        records = document.get(name)
        if isinstance(records, list) and (not records or isinstance(records[0], dict)):
            return records
    return None


def _in_utf8(lines: Iterator[bytes]) -> Iterator[bytes]:
    first = next(lines, b"")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = b"".join(chain([first], lines)).decode("utf-16", "replace")
        return iter(text.encode("utf-8", "replace").splitlines())
    return chain([first.removeprefix(codecs.BOM_UTF8)], lines)
