"""Which parser a file or an answer needs, from what it begins with and, if that says nothing, from its name."""

from __future__ import annotations

import io
import re
import zlib
from datetime import date, datetime
from urllib.parse import urlsplit

from data.errors import ParseError
from ingest.parse.dates import zone
from ingest.parse.entries import Format, Hints, Parsed, Rejected
from ingest.parse.page import is_page
from ingest.parse.records import MAX_DOCUMENT, collect, parse_records, read_lines
from ingest.parse.sandbox import parse_apart
from ingest.parse.tables import DELIMITERS, columns_of
from ingest.parse.text import decode_xml

HEAD = 65_536  # bytes that are enough to tell

_BY_NAME: dict[str, Format] = {
    **dict.fromkeys(("jsonl", "ndjson", "json"), "jsonl"),
    **dict.fromkeys(("csv", "tsv"), "csv"),
    **dict.fromkeys(("xml", "rss", "atom", "rdf", "feed"), "feed"),
    **dict.fromkeys(("txt", "md", "html", "htm"), "page"),
}
_FEED = re.compile(r"<(?:\?xml|rss|feed|(?:\w+:)?rdf)[\s>]", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_JSON_FEED = re.compile(r"""^\{[^{}\[\]]*"version"\s*:\s*"https?:(?:\\?/){2}(?:www\.)?jsonfeed\.org""")


def guess_format(path_or_name: str, head: bytes) -> Format:
    """Never "auto". A body that tells nothing, and has no telling name, is taken for a feed: that parser says best what
    is wrong with it."""
    text = decode_xml(_unpacked_head(head))[0].lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        return "feed" if _JSON_FEED.search(text) else "jsonl"
    if is_page(text) and (_HTML.search(text[:2_000]) or not text.startswith("<")):
        return "page"
    if _FEED.match(text) and not _HTML.search(text[:2_000]):
        return "feed"
    ending = path_or_name.lower().removesuffix(".gz").rpartition(".")[2]
    if ending in _BY_NAME:
        return _BY_NAME[ending]
    return "csv" if _is_table(text) else "feed"


def _unpacked_head(head: bytes) -> bytes:
    if head[:2] != b"\x1f\x8b":
        return head[:HEAD]
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD)
    except zlib.error:
        return b""


def _is_table(text: str) -> bool:
    """Whether the first line names a title column and one more."""
    header = text.partition("\n")[0]
    columns = [columns_of(tuple(cell.strip(' "') for cell in header.split(mark))) for mark in DELIMITERS]
    return any(each.title and each.known > 1 for each in columns)


__all__ = ["Format", "Parsed", "Rejected", "guess_format", "parse", "parse_records", "read_lines"]


def parse(
    body: bytes,
    *,
    now: datetime,
    format: Format = "auto",
    url: str = "",
    content_type: str = "",
    publisher: str = "",
    lang: str = "",
    timezone: str = "UTC",
    published: date | None = None,
) -> Parsed:
    """The body's articles; raises ParseError, with one sentence, when it is not what it should be.

    `url` names the other side in errors and resolves relative links; `publisher`, `lang` and `timezone` are what the
    source is known for; `published` is the day of articles that carry no date."""
    zone(timezone)
    hints = Hints(
        now=now,
        url=url,
        content_type=content_type,
        publisher=publisher,
        lang=lang,
        timezone=timezone,
        published=published,
    )
    kind = guess_format(urlsplit(url).path, body) if format == "auto" else format
    if kind in ("feed", "page"):
        return parse_apart("feed" if kind == "feed" else "page", body, hints)
    lines = io.BytesIO(_unpacked(body, hints))
    return collect(
        parse_records(
            lines,
            format="csv" if kind == "csv" else "jsonl",
            now=now,
            url=url,
            publisher=publisher,
            lang=lang,
            timezone=timezone,
            published=published,
        )
    )


def _unpacked(body: bytes, hints: Hints) -> bytes:
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(body, MAX_DOCUMENT + 1)
    except zlib.error:
        raise ParseError(f"{hints.origin} answered with broken gzip data.") from None
    if len(unpacked) > MAX_DOCUMENT:
        raise ParseError(
            f"{hints.origin} sent more than {MAX_DOCUMENT // 1_000_000} MB of records; save them as a file and read that."
        )
    return unpacked
