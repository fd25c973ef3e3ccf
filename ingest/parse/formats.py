"""Which parser a file or an answer needs, from what it begins with and, if that says nothing, from its name."""

from __future__ import annotations

import re
import zlib

from ingest.parse.columns import columns_of
from ingest.parse.contract import Format
from ingest.parse.encoding import decode_xml
from ingest.parse.page import is_page
from ingest.parse.tables import DELIMITERS

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
    text = decode_xml(_unpacked(head))[0].lstrip("\ufeff \t\r\n")
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


def _unpacked(head: bytes) -> bytes:
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
