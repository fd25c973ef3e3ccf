"""
Bytes → articles, by format.

    guess_format → feed, page    in a child process that may be lost (sandbox.py, worker.py): strangers wrote them
                   jsonl, csv    in this process, one record at a time (records.py)
                   json          in this process: the answers of public interfaces (json_feeds.py)

Every format ends in entries.py, where an article gets its guid, publisher, language and date.
"""

from __future__ import annotations

import io
import re
import zlib
from urllib.parse import urlsplit

from data.errors import ParseError
from ingest.parse.entries import FORMATS, Format, Hints, Parsed, Rejected
from ingest.parse.json_feeds import is_json_feed_text, parse_api
from ingest.parse.page import is_page
from ingest.parse.records import MAX_DOCUMENT, collect, parse_records
from ingest.parse.sandbox import parse_in_child
from ingest.parse.tables import DELIMITERS, columns_of
from ingest.parse.text import decode, gunzip
from ingest.parse.unpack import read_lines

__all__ = ["HEAD", "Format", "Hints", "Parsed", "Rejected", "guess_format", "parse", "parse_records", "read_lines"]

HEAD = 65_536  # bytes that suffice to guess the format

_BY_NAME: dict[str, Format] = {
    **dict.fromkeys(("jsonl", "ndjson", "json"), "jsonl"),
    **dict.fromkeys(("csv", "tsv"), "csv"),
    **dict.fromkeys(("xml", "rss", "atom", "rdf", "feed"), "feed"),
    **dict.fromkeys(("txt", "md", "html", "htm"), "page"),
}
_FEED = re.compile(r"<(?:\?xml|rss|feed|(?:\w+:)?rdf)[\s>]", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def parse(body: bytes, hints: Hints, *, format: Format = "auto") -> Parsed:
    """The body's articles. ParseError, with one sentence, when it is not what it should be."""
    if format not in FORMATS:  # it may come from a file that a person edits
        raise ParseError(f"There is no format {format}; use one of {', '.join(FORMATS)}.")
    kind = guess_format(urlsplit(hints.url).path, body) if format == "auto" else format
    if kind == "feed" or kind == "page":
        return parse_in_child(kind, body, hints)
    if kind == "json":
        return parse_api(body, hints)
    return collect(parse_records(io.BytesIO(_unpacked(body, hints)), hints, format="csv" if kind == "csv" else "jsonl"))


def guess_format(path_or_name: str, head: bytes) -> Format:
    """The format by the first bytes, else by the name; never "auto".

    When neither says anything it is taken for a feed, whose parser explains best what is wrong."""
    try:
        text = decode(gunzip(head, HEAD)[:HEAD])[0].lstrip("\ufeff \t\r\n")
    except zlib.error:
        text = ""
    if text.startswith(("{", "[")):
        return "feed" if is_json_feed_text(text) else "jsonl"
    if is_page(text) and (_HTML.search(text[:2_000]) or not text.startswith("<")):
        return "page"
    if _FEED.match(text) and not _HTML.search(text[:2_000]):
        return "feed"
    ending = path_or_name.lower().removesuffix(".gz").rpartition(".")[2]
    if ending in _BY_NAME:
        return _BY_NAME[ending]
    return "csv" if _is_table(text) else "feed"


def _is_table(text: str) -> bool:
    """Whether the first line names a title column and another one."""
    header = text.partition("\n")[0]
    splits = [columns_of(tuple(cell.strip(' "') for cell in header.split(mark))) for mark in DELIMITERS]
    return any(columns.title and columns.known > 1 for columns in splits)


def _unpacked(body: bytes, hints: Hints) -> bytes:
    try:
        unpacked = gunzip(body, MAX_DOCUMENT + 1)
    except zlib.error:
        raise ParseError(f"{hints.origin} answered with broken gzip data.") from None
    if len(unpacked) > MAX_DOCUMENT:
        limit = MAX_DOCUMENT // 1_000_000
        raise ParseError(f"{hints.origin} sent more than {limit} MB of records; save them to a file and import that.")
    return unpacked
