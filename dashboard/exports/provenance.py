"""
The view that an exported file came from, found in the file.

    PNG text · SVG metadata · HTML meta · CSV line · XLSX and PPTX properties · Parquet schema → link → path of one of
    our pages

A file may come from anybody: only its beginning, its end or named small parts are read, nothing is parsed as XML, and
of a link only the page's name and the page's own parameters are used.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from dashboard.page_data.links import LONGEST_LINK, path_in_app

LARGEST = 64 * 2**20
EDGE = 256 * 1024
"""How much of a text file's beginning and end is read."""
MOST_CHUNKS, MOST_MEMBERS, LARGEST_MEMBER = 200, 5_000, 2**20

DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, RuntimeError, EOFError, OSError,
    ValueError, OverflowError,
)  # fmt: skip
"""What a damaged archive raises, by the way its members are compressed."""

PNG = b"\x89PNG\r\n\x1a\n"
PNG_KEY = b"chokepoint\0"
MEMBERS = ("docProps/core.xml", "ppt/slides/_rels/slide1.xml.rels")
LINK = r"(https?://[^\s\"'<>\\\x00-\x20]{1,8000})"
PATTERNS = [
    re.compile(rf'<metadata id="chokepoint">{LINK}</metadata>'),
    re.compile(rf'<meta name="chokepoint" content="{LINK}">'),
    re.compile(rf'^\ufeff?"?# Link: {LINK}(?=["\r\n])', re.MULTILINE),
]
IN_PROPERTIES = re.compile(rf'(?:Link: |<dc:description>|Target="){LINK}')
IN_PARQUET = re.compile(rf'"link":"{LINK}"')


def link_in(content: bytes) -> str | None:
    """The path and query of the view that a file shows, such as "/theme?theme=memory&…"; None without one."""
    links = _links(content) if content and len(content) <= LARGEST else ()
    return next((path for link in links if (path := path_in_app(link))), None)


def _links(content: bytes) -> Iterator[str]:
    if content.startswith(PNG):
        yield from _in_png(content)
    elif content.startswith(b"PK\x03\x04"):
        yield from _in_zip(content)
    elif content.startswith(b"PAR1"):
        yield from IN_PARQUET.findall(content[-EDGE:].decode("latin-1"))
    else:
        for edge in (content[:EDGE], content[-EDGE:]):
            text = edge.decode("utf-8", "replace")
            for pattern in PATTERNS:
                yield from (_unquoted(link) for link in pattern.findall(text))


def _unquoted(link: str) -> str:
    """The link without the quoting of a page or of a document's properties."""
    # Not html.unescape: in a CSV it would read `&currency=` as a currency sign. Everything else in a link is
    # percent-encoded.
    return link.replace("&amp;", "&")


def _in_png(content: bytes) -> Iterator[str]:
    at = len(PNG)
    for _ in range(MOST_CHUNKS):
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        body = content[at + 8 : at + 8 + min(length, LONGEST_LINK + len(PNG_KEY))]
        if kind in (b"IEND", b""):
            return
        if kind == b"tEXt" and len(body) == length and body.startswith(PNG_KEY):
            yield body.removeprefix(PNG_KEY).decode("latin-1")
        at += 12 + length


def _in_zip(content: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > MOST_MEMBERS:
                return
            for member in MEMBERS:
                if member in archive.NameToInfo:
                    text = _small_member(archive, member)
                    yield from (_unquoted(link) for link in IN_PROPERTIES.findall(text))
    except DAMAGED:
        return  # a damaged archive, or one that is encrypted or compressed in a way that ours never are


def _small_member(archive: zipfile.ZipFile, member: str) -> str:
    """The beginning of the member's text: the size in its header is not trusted."""
    with archive.open(member) as stream:
        return stream.read(LARGEST_MEMBER).decode("utf-8", "replace")
