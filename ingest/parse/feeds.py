"""What is no feed, and what is one only to do harm: told in one sentence, before a parser sees it."""

from __future__ import annotations

import io
import re
import zlib
from typing import Any

import fastfeedparser.main
import feedparser
from lxml.etree import LxmlError, XMLParser, fromstring

from data.errors import ParseError
from ingest.parse.entries import MAX_ENTRIES, Entry, Feed, Hints, Parsed, to_parsed
from ingest.parse.json_feeds import read_json_feed
from ingest.parse.text import decode_xml, plain_text

MAX_BYTES = 5_000_000  # of text in UTF-8, after decompression
MAX_ANNOUNCED = 20_000  # entries; more is no feed of news
MAX_TAG = 50_000  # characters between "<" and ">"; parsers need quadratic time for one with that many attributes
MAX_EXPANDED = 1_000_000  # characters that a document's own entities may add to it

_PROLOG = re.compile(
    r"""(?:[\s\ufeff]+ | <\?[^>]*> | <!--.*?--> | <!DOCTYPE(?:[^[<>"']|"[^"]*"|'[^']*')*(?:\[[^]]*\]\s*)?>)*""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ELEMENT = re.compile(r"<([A-Za-z_][\w.:-]{0,60})")
_FEED = re.compile(r"<(?:rss|feed|(?:\w+:)?rdf|channel|atom:feed)[\s>]", re.IGNORECASE)
_HTML_DOCTYPE = re.compile(r"<!doctype\s+html", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,1000})", re.IGNORECASE)
_HTML = frozenset({"html", "head", "body", "div", "p", "br", "script", "meta", "title", "h1", "center", "table"})
_OTHERS = {
    "opml": "a list of feeds (OPML)",
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap",
    "svg": "a picture (SVG)",
}

_LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{{MAX_TAG}}}")
_ENTITY = re.compile(r"<!ENTITY\s+(%\s+)?([\w.:-]+)\s+(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(r"[&%]([A-Za-z_][\w.:-]*);")
_BUILT_IN = frozenset({"amp", "lt", "gt", "quot", "apos"})


def refuse_other_kinds(text: str, hints: Hints) -> None:
    """Raises ParseError for a web page, a list of feeds, a sitemap, plain text or nothing at all."""
    head = text[:65_536]
    prolog = _PROLOG.match(head)
    start = prolog.end() if prolog else 0
    element = _ELEMENT.match(head, start)
    name = element[1].lower() if element else ""
    if _FEED.match(head, start):
        return
    if not head.strip():
        raise ParseError(f"{hints.origin} answered with nothing.")
    if name in _OTHERS:
        raise ParseError(f"{hints.origin} answered with {_OTHERS[name]}, not a feed.")
    if _FEED.search(head):
        return  # a server's warning, or a script's, written before the feed itself
    if name in _HTML or _HTML_DOCTYPE.search(head[:1_000]):
        raise ParseError(f"{hints.origin} answered with a web page, not a feed{_said(_TITLE.search(head))}.")
    if not element:
        raise ParseError(f"{hints.origin} answered with text, not a feed (it begins: “{plain_text(head, 60)}”).")


def refuse_bombs(text: str, hints: Hints) -> None:
    """Raises ParseError for what is made to exhaust a parser."""
    if _LONG_TAG.search(text):
        raise ParseError(f"{hints.origin} has a tag of more than {MAX_TAG:,} characters; such a feed is not read.")
    if "<!ENTITY" not in text:
        return
    values = {found[2]: found[3] or found[4] or "" for found in _ENTITY.finditer(text)}
    for value in values.values():
        if any(name not in _BUILT_IN for name in _REFERENCE.findall(value)):
            raise ParseError(f"{hints.origin} declares XML entities made of other entities; such a feed is not read.")
    expanded = sum(len(values.get(name, "")) for name in _REFERENCE.findall(text))
    if expanded > MAX_EXPANDED:
        raise ParseError(
            f"{hints.origin} would grow by {expanded:,} characters through its XML entities; such a feed is not read."
        )


def _said(title: re.Match[str] | None) -> str:
    text = plain_text(title[1], 120) if title else ""
    return f' (title: "{text}")' if text else ""


# fastfeedparser turns every date into UTC and forgets whether it had a zone. With this it hands over the text.
fastfeedparser.main._parse_date = lambda text: text

# What parsers raise on documents that they do not understand. Anything else ends the child, not the caller.
_FAILURES = (ValueError, LookupError, TypeError, AttributeError, LxmlError)

_ANNOUNCED = re.compile(r"<(?:[\w-]+:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_END = re.compile(r"</(?:[\w-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_KIND = re.compile(r"<(?:[\w-]+:)?(?:channel|feed)[\s>]", re.IGNORECASE)
_ROOT_END = re.compile(r"</(?:[\w-]+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^<>]*\?>", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"""<(?:dc:)?language(?:\s[^<>]*)?>\s*([\w-]{2,35})\s*</|\sxml:lang\s*=\s*["']([\w-]{2,35})""", re.IGNORECASE
)
_NOT_A_LINK = re.compile(r"ispermalink\s*=\s*[\"']false", re.IGNORECASE)

# Where fastfeedparser would drop or misread something: elements inside a text, texts of other types than text and
# HTML, bases for links, an entry's own source, links behind a counter, declared entities, dates in zones by name,
# Atom 0.3, other namespaces' elements with the names that it looks for.
_NEEDS_FEEDPARSER = re.compile(
    r"""xml:base|fullitem|origLink|<source[\s>]|<!ENTITY|<dcterms:|http://purl\.org/atom/ns
    |xmlns\s*=\s*["'](?!http://www\.w3\.org/2005/Atom|http://purl\.org/rss/1\.0/)
    |<(?:title|summary|content)\s[^<>]*(?:mode\s*=|src\s*=|type\s*=\s*["'](?!text["']|html["']|text/html|text/plain))
    |<(?:title|summary|description|subtitle|body|content|content:encoded)(?:\s[^<>]*)?>[^<]*<(?!/)
    |<dc:(?:title|description|identifier)[\s>]
    |<(?!(?:dc|content|rss|atom):)\w+:(?:title|description|summary|body|link|guid|id|pubDate|date|published|updated)[\s>]
    |<(?:pubDate|published|updated|dc:date)[^<>]*>[^<]*\d\d:\d\d(?::\d\d)?\s+(?!GMT\b|UTC?\b|Z\b)[A-Z]{1,5}\b""",
    re.VERBOSE | re.IGNORECASE,
)
_CDATA = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_CONTENT = re.compile(r"<(?:content|body|\w+:encoded)[\s>]", re.IGNORECASE)
_ATOM = re.compile(r"<(?:\w+:)?feed[\s>]", re.IGNORECASE)


def parse_feed(body: bytes, hints: Hints) -> Parsed:
    """The feed's articles; raises ParseError when the body is no feed, or none that may be read."""
    return to_parsed(read_feed(body, hints), hints)


def read_feed(body: bytes, hints: Hints) -> Feed:
    """What the feed says, in its own words."""
    body = _unpacked(body, hints)
    text, replaced = decode_xml(body, hints.content_type)
    if len(text) > MAX_BYTES:
        raise ParseError(f"{hints.origin} has more than {MAX_BYTES // 1_000_000} MB; such a feed is not read.")
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        return read_json_feed(text.lstrip("\ufeff"), hints)
    refuse_bombs(text, hints)
    refuse_other_kinds(text, hints)
    feed = _read_xml(text, hints)
    if replaced:
        feed.warnings.append("Some characters could not be decoded and show as �.")
    return feed


def _unpacked(body: bytes, hints: Hints) -> bytes:
    """The body itself, or what it holds when a server compressed it twice."""
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MAX_BYTES + 1)
    except zlib.error:
        raise ParseError(f"{hints.origin} answered with broken gzip data.") from None


def _read_xml(text: str, hints: Hints) -> Feed:
    announced = len(_ANNOUNCED.findall(text))
    if announced > MAX_ANNOUNCED:
        raise ParseError(
            f"{hints.origin} has {announced:,} entries; a feed of more than {MAX_ANNOUNCED:,} is not read."
        )
    if announced > MAX_ENTRIES:
        text = _cut(text)
    document = _DECLARATION.sub("", text.lstrip("\ufeff \t\r\n")).encode("utf-8", "replace")
    plain = _is_well_formed(document, hints) and not _NEEDS_FEEDPARSER.search(_CDATA.sub("", text))
    fast = _by_fastfeedparser(document, text) if plain else None
    enough = min(announced, MAX_ENTRIES)
    feed = fast if fast and len(fast.entries) >= enough else _the_fuller(fast, _by_feedparser(document))
    if feed is None or not (feed.entries or _KIND.search(text)):
        raise ParseError(f"{hints.origin} answered with XML that is not a feed.")
    if not _ROOT_END.search(text, max(0, len(text) - 5_000)):
        if not feed.entries:  # half a feed must not look like a day without news
            raise ParseError(f"{hints.origin} sent a feed that breaks off before its first entry.")
        feed.warnings.append("The feed breaks off before its end.")
    feed.announced = announced if announced > MAX_ENTRIES else 0
    return feed


def _cut(text: str) -> str:
    """The document without what follows its last entry that will be kept."""
    for count, end in enumerate(_END.finditer(text), start=1):
        if count == MAX_ENTRIES:
            last = list(_ROOT_END.finditer(text, max(end.end(), len(text) - 5_000)))
            return text[: end.end()] + "".join(found[0] for found in last)
    return text


def _is_well_formed(document: bytes, hints: Hints) -> bool:
    """False for a document that fastfeedparser would mend by leaving things out."""
    try:
        fromstring(document, parser=XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except LxmlError as problem:
        if "depth" in str(problem).lower():
            raise ParseError(f"{hints.origin} has elements nested hundreds deep; such a feed is not read.") from None
        return False
    return True


def _the_fuller(fast: Feed | None, slow: Feed | None) -> Feed | None:
    return slow if slow and (not fast or len(slow.entries) >= len(fast.entries)) else fast


def _by_fastfeedparser(document: bytes, text: str) -> Feed | None:
    """None when it does not understand the document, or might misread it."""
    try:
        found = _fast_entries(document, include_content=False)
        # Asked for contents, it also makes up descriptions from them, scripts and all: so ask twice, only if need be.
        lacking = _CONTENT.search(text) and not all(entry.get("description") for entry in found["entries"])
        contents = _fast_entries(document, include_content=True)["entries"] if lacking else found["entries"]
    except _FAILURES:
        return None
    is_atom = _ATOM.search(text) is not None
    entries = [
        _fast_entry(entry, full, is_atom=is_atom) for entry, full in zip(found["entries"], contents, strict=True)
    ]
    # It reads no contents of RDF, takes for a link a guid of which the feed says that it is none, and overlooks what
    # stands behind an element of the same name from another namespace.
    if "RDF" in text[:1_000] and lacking and not all(entry.summary for entry in entries):
        return None
    if any(entry.link == entry.guid for entry in entries) and _NOT_A_LINK.search(text):
        return None
    if not all(entry.title and (entry.link or is_atom) for entry in entries):
        return None
    language = _LANGUAGE.search(text)
    return Feed(
        title=found["feed"].get("title") or "",
        home=found["feed"].get("link") or "",
        language=(language[1] or language[2]) if language else "",
        entries=entries,
    )


def _fast_entries(document: bytes, *, include_content: bool) -> dict[str, Any]:
    found: dict[str, Any] = fastfeedparser.main.parse(
        document, include_content=include_content, include_tags=False, include_media=False, include_enclosures=False
    )
    return found


def _fast_entry(entry: dict[str, Any], full: dict[str, Any], *, is_atom: bool) -> Entry:
    link, guid = entry.get("link") or "", entry.get("id") or ""
    pages = [found["href"] for found in entry.get("links", ()) if found["rel"] in (None, "", "alternate")]
    if is_atom and link not in pages:  # it took an enclosure, or the entry's own address in the feed, for both
        guid = guid if guid != link else ""
        link = pages[0] if pages else guid if guid.lower().startswith(("http:", "https:")) else ""
    content = full.get("content") or [{}]
    return Entry(
        title=entry.get("title") or "",
        summary=entry.get("description") or content[0].get("value") or "",
        link=link,
        guid=guid,
        when=(entry.get("published"), entry.get("updated")),
    )


def _by_feedparser(document: bytes) -> Feed | None:
    """None when it finds neither entries nor a kind of feed."""
    # A stream, always: feedparser takes bytes for a path or a URL first, and opens it. It is not told the feed's URL, or
    # it would resolve ids like "7" against it, and the entry would have another id than from fastfeedparser.
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        found = feedparser.parse(
            io.BytesIO(document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except _FAILURES:
        return None
    if not found.entries and not found.version:
        return None
    return Feed(
        title=found.feed.get("title") or "",
        home=found.feed.get("link") or "",
        language=found.feed.get("language") or "",
        entries=[_slow_entry(entry) for entry in found.entries],
    )


def _slow_entry(entry: Any) -> Entry:
    content = entry.get("content") or [{}]
    source = entry.get("source") or {}
    detail = entry.get("title_detail") or {}
    link, guid = entry.get("feedburner_origlink") or entry.get("link") or "", entry.get("id") or ""
    if link == guid and not link.lower().startswith(("http:", "https:")):
        link = ""  # an RSS guid is a link unless it says otherwise, but "7" is none
    return Entry(
        title=entry.get("title") or "",
        summary=entry.get("summary") or content[0].get("value") or "",
        link=link,
        guid=guid,
        # As a plain dict: feedparser's own answers "updated" with "published" and warns about it.
        when=(dict.get(entry, "published"), dict.get(entry, "updated"), dict.get(entry, "created")),
        named=source.get("href") or source.get("link") or source.get("title") or "",
        lang=detail.get("language") or "",
    )
