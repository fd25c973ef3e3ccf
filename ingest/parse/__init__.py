"""
Bytes → articles, by format.

    guess_format → feed | page   in a child process that may be lost (sandbox.py, worker.py): strangers wrote them
                   jsonl | csv   here, one record at a time (records.py)

Every format ends in articles.py, where an article gets its guid, its publisher, its language and its date.
"""

from __future__ import annotations

import io
import zlib
from datetime import date, datetime
from urllib.parse import urlsplit

from data.errors import ParseError
from ingest.parse.contract import Format, Hints, Parsed, Rejected
from ingest.parse.formats import guess_format
from ingest.parse.records import MAX_DOCUMENT, collect, parse_records, read_lines
from ingest.parse.sandbox import parse_apart
from ingest.parse.timezones import zone

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
