"""
RSS, RDF, Atom, JSON Feed → the feed and its entries.

    decode | refuse what is hostile or not a feed | fastfeedparser, or feedparser where that is safer | Feed

Neither parser is safe on hostile bytes: this module runs in the child process that `sandbox.py` keeps.
"""

from __future__ import annotations

import html
import io
import logging
import re
import zlib
from typing import Any

import fastfeedparser
from lxml.etree import LxmlError, XMLParser, fromstring

from data.errors import ParseError
from ingest.parse.entries import MAX_BYTES, MAX_ENTRIES, Entry, Feed, Hints, Parsed, to_parsed
from ingest.parse.json_feeds import read_json_feed
from ingest.parse.text import decode, gunzip, plain_text

MAX_ANNOUNCED = 20_000  # entries; no news feed has more
MAX_TAG = 50_000  # characters between "<" and ">"; parsers need quadratic time for that many attributes
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
_OTHER_DOCUMENTS = {
    "opml": "a list of feeds (OPML)",
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap",
    "svg": "a picture (SVG)",
}

_LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{{MAX_TAG}}}")
_ENTITY = re.compile(r"<!ENTITY\s+(%\s+)?([\w.:-]+)\s+(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(r"[&%]([A-Za-z_][\w.:-]*);")
_BUILT_IN = frozenset({"amp", "lt", "gt", "quot", "apos"})

# What the parsers raise on documents that they do not understand. Any other exception ends the child.
_FAILURES = (ValueError, LookupError, TypeError, AttributeError, LxmlError)

_ANNOUNCED = re.compile(r"<(?:[\w-]+:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_END = re.compile(r"</(?:[\w-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_KIND = re.compile(r"<(?:[\w-]+:)?(?:channel|feed)[\s>]", re.IGNORECASE)
_ROOT_END = re.compile(r"</(?:[\w-]+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^<>]*\?>", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"""<(?:dc:)?language(?:\s[^<>]*)?>\s*([\w-]{2,35})\s*</|\sxml:lang\s*=\s*["']([\w-]{2,35})""", re.IGNORECASE
)
_SELF = re.compile(
    r"""<(?:\w+:)?link\s(?:[^<>]*\s)?(?:rel\s*=\s*["']self["'][^<>]*\shref\s*=\s*["']([^"'<>]+)"""
    r"""|href\s*=\s*["']([^"'<>]+)["'][^<>]*\srel\s*=\s*["']self["'])""",
    re.IGNORECASE,
)
_NO_PERMALINK = re.compile(r"<guid\s[^<>]*ispermalink\s*=\s*[\"']false[^<>]*>([^<]*)", re.IGNORECASE)
_CDATA_MARKS = re.compile(r"<!\[CDATA\[|\]\]>")
# A picture's caption or a podcast's blurb is nobody's description, but feedparser takes it for the entry's.
_CAPTION = re.compile(
    r"<(media:(?:description|title|text)|itunes:(?:summary|subtitle))(?:\s[^<>]*)?(?:/>|>.*?</\1\s*>)",
    re.IGNORECASE | re.DOTALL,
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


def keep_dates_as_written() -> bool:
    """Make fastfeedparser hand over dates as they are written. False if it cannot: then feedparser reads every feed.

    It would turn each date into UTC, and lose whether it had a zone. This replaces the one private name of a library
    that parsing depends on (fastfeedparser 0.6.5); the probe finds out whether that still has the effect."""
    if hasattr(fastfeedparser.main, "_parse_date"):
        fastfeedparser.main._parse_date = lambda text: text
    if _fast_result(_PROBE, include_content=False)["entries"][0].get("published") == "2026-11-13 10:00":
        return True
    logging.getLogger(__name__).warning("fastfeedparser changes dates: feeds are read by feedparser, more slowly.")
    return False


_PROBE = b"<rss><channel><item><title>t</title><pubDate>2026-11-13 10:00</pubDate></item></channel></rss>"


def parse_feed(body: bytes, hints: Hints) -> Parsed:
    """The feed's articles. ParseError when the body is not a feed, or a hostile one."""
    return to_parsed(read_feed(body, hints), hints)


def read_feed(body: bytes, hints: Hints) -> Feed:
    """The feed and its entries, as they were sent."""
    try:
        body = gunzip(body, MAX_BYTES + 1)  # some servers compress twice
    except zlib.error:
        raise ParseError(f"{hints.origin} answered with broken gzip data.") from None
    text, has_replacements = decode(body, hints.content_type)
    if "xmlns:yt=" not in text[:2_000]:  # a video's own text has no other place
        text = _CAPTION.sub("", text)
    if len(text) > MAX_BYTES:
        raise ParseError(f"{hints.origin} sent a feed of more than {MAX_BYTES // 1_000_000} MB; it was not read.")
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        return read_json_feed(text.lstrip("\ufeff"), hints)
    refuse_bombs(text, hints)
    refuse_other_kinds(text, hints)
    feed = _read_xml(text, hints)
    if has_replacements:
        feed.warnings.append("Some characters could not be decoded; they are shown as �.")
    return feed


def refuse_bombs(text: str, hints: Hints) -> None:
    """ParseError for a document that is made to exhaust a parser."""
    if _LONG_TAG.search(text):
        raise ParseError(f"{hints.origin} sent a tag of more than {MAX_TAG:,} characters; the document was not read.")
    if "<!ENTITY" not in text:
        return
    values = {entity[2]: entity[3] or entity[4] or "" for entity in _ENTITY.finditer(text)}
    for value in values.values():
        if any(name not in _BUILT_IN for name in _REFERENCE.findall(value)):
            raise ParseError(f"{hints.origin} declares XML entities made of other entities; the document was not read.")
    expanded = sum(len(values.get(name, "")) for name in _REFERENCE.findall(text))
    if expanded > MAX_EXPANDED:
        raise ParseError(
            f"{hints.origin} sent XML entities that would add {expanded:,} characters; the document was not read."
        )


def refuse_other_kinds(text: str, hints: Hints) -> None:
    """ParseError for a web page, a list of feeds, a sitemap, plain text or nothing at all."""
    head = text[:65_536]
    prolog = _PROLOG.match(head)
    start = prolog.end() if prolog else 0
    element = _ELEMENT.match(head, start)
    name = element[1].lower() if element else ""
    if _FEED.match(head, start):
        return
    if not head.strip():
        raise ParseError(f"{hints.origin} answered with nothing.")
    if name in _OTHER_DOCUMENTS:
        raise ParseError(f"{hints.origin} answered with {_OTHER_DOCUMENTS[name]}, not a feed.")
    if _FEED.search(head):
        return  # a server's warning, or a script's, in front of the feed itself
    if name in _HTML or _HTML_DOCTYPE.search(head[:1_000]):
        raise ParseError(f"{hints.origin} answered with a web page, not a feed{_quoted_title(head)}.")
    if not element:
        raise ParseError(f"{hints.origin} answered with text, not a feed (it begins: “{plain_text(head, 60)}”).")


def _quoted_title(head: str) -> str:
    title = _TITLE.search(head)
    text = plain_text(title[1], 120) if title else ""
    return f' (title: "{text}")' if text else ""


def _read_xml(text: str, hints: Hints) -> Feed:
    announced = len(_ANNOUNCED.findall(text))
    if announced > MAX_ANNOUNCED:
        raise ParseError(
            f"{hints.origin} sent {announced:,} entries; a feed of more than {MAX_ANNOUNCED:,} is not read."
        )
    if announced > MAX_ENTRIES:
        text = _cut(text)
    document = _DECLARATION.sub("", text.lstrip("\ufeff \t\r\n")).encode("utf-8", "replace")
    is_plain = KEEPS_DATES and _is_well_formed(document, hints) and not _NEEDS_FEEDPARSER.search(_CDATA.sub("", text))
    fast = _by_fastfeedparser(document, text) if is_plain else None
    enough = min(announced, MAX_ENTRIES)
    feed = fast if fast and len(fast.entries) >= enough else _with_more_entries(fast, _by_feedparser(document))
    if feed is None or not (feed.entries or _KIND.search(text)):
        raise ParseError(f"{hints.origin} answered with XML that is not a feed.")
    if not _ROOT_END.search(text, max(0, len(text) - 5_000)):
        if not feed.entries:  # half a feed must not look like a day without news
            raise ParseError(f"{hints.origin} sent a feed that breaks off before its first entry.")
        feed.warnings.append("The feed breaks off before its end.")
    if match := _SELF.search(text[:20_000]):
        feed.base = html.unescape(next(filter(None, match.groups())))
    feed.base = feed.base or feed.home
    # Only in RSS is a guid a link unless it says otherwise; an Atom id is a name.
    if "<rss" in text[:2_000].lower() and any(not entry.link for entry in feed.entries):
        no_links = {guid.strip() for guid in _NO_PERMALINK.findall(_CDATA_MARKS.sub("", text))}
        for entry in feed.entries:
            if not entry.link and entry.guid not in no_links and entry.guid.lower().startswith(("http:", "https:")):
                entry.link = entry.guid
    feed.announced = announced if announced > MAX_ENTRIES else 0
    return feed


def _cut(text: str) -> str:
    """The document up to the last entry that will be kept, and its closing tags."""
    for count, end in enumerate(_END.finditer(text), start=1):
        if count == MAX_ENTRIES:
            closing = _ROOT_END.finditer(text, max(end.end(), len(text) - 5_000))
            return text[: end.end()] + "".join(tag[0] for tag in closing)
    return text


def _is_well_formed(document: bytes, hints: Hints) -> bool:
    """False for a document that fastfeedparser would repair by leaving things out."""
    try:
        fromstring(document, parser=XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except LxmlError as problem:
        if "depth" in str(problem).lower():
            raise ParseError(f"{hints.origin} sent elements nested hundreds deep; the feed was not read.") from None
        return False
    return True


def _with_more_entries(fast: Feed | None, slow: Feed | None) -> Feed | None:
    return slow if slow and (not fast or len(slow.entries) >= len(fast.entries)) else fast


def _by_fastfeedparser(document: bytes, text: str) -> Feed | None:
    """None when it does not understand the document, or might misread it."""
    try:
        result = _fast_result(document, include_content=False)
        # Asked for contents, it also makes up descriptions from them, scripts and all: so ask again, only if needed.
        lacking = _CONTENT.search(text) and not all(entry.get("description") for entry in result["entries"])
        contents = _fast_result(document, include_content=True)["entries"] if lacking else result["entries"]
    except _FAILURES:
        return None
    is_atom = _ATOM.search(text) is not None
    pairs = zip(result["entries"], contents, strict=True)
    entries = [_fast_entry(entry, content, is_atom=is_atom) for entry, content in pairs]
    # It reads no contents of RDF, takes a guid for a link even where the feed says that it is none, and overlooks
    # what follows an element of the same name from another namespace.
    if "RDF" in text[:1_000] and lacking and not all(entry.summary for entry in entries):
        return None
    if any(entry.link == entry.guid for entry in entries) and _NOT_A_LINK.search(text):
        return None
    if not all(entry.title and (entry.link or is_atom) for entry in entries):
        return None
    language = _LANGUAGE.search(text)
    return Feed(
        title=result["feed"].get("title") or "",
        home=result["feed"].get("link") or "",
        language=(language[1] or language[2]) if language else "",
        entries=entries,
    )


def _fast_result(document: bytes, *, include_content: bool) -> dict[str, Any]:
    result: dict[str, Any] = fastfeedparser.parse(
        document, include_content=include_content, include_tags=False, include_media=False, include_enclosures=False
    )
    return result


def _fast_entry(entry: dict[str, Any], with_content: dict[str, Any], *, is_atom: bool) -> Entry:
    link, guid = entry.get("link") or "", entry.get("id") or ""
    pages = [other["href"] for other in entry.get("links", ()) if other["rel"] in (None, "", "alternate")]
    if is_atom and link not in pages:  # it took an enclosure, or the entry's own address in the feed, for both
        guid = guid if guid != link else ""
        link = pages[0] if pages else guid if guid.lower().startswith(("http:", "https:")) else ""
    content = with_content.get("content") or [{}]
    return Entry(
        title=entry.get("title") or "",
        summary=entry.get("description") or content[0].get("value") or "",
        link=link,
        guid=guid,
        dates=(entry.get("published"), entry.get("updated")),
    )


def _by_feedparser(document: bytes) -> Feed | None:
    """None when it finds neither entries nor a kind of feed."""
    import feedparser  # here: most feeds never need it, and it takes half as long to load as everything else

    # A stream, always: feedparser takes bytes for a path or a URL first, and opens it. It does not get the feed's URL,
    # or it would resolve ids like "7" against it, and the entry would have another id than from fastfeedparser.
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        result = feedparser.parse(
            io.BytesIO(document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except _FAILURES:
        return None
    if not result.entries and not result.version:
        return None
    return Feed(
        title=result.feed.get("title") or "",
        home=result.feed.get("link") or "",
        language=result.feed.get("language") or "",
        entries=[_slow_entry(entry) for entry in result.entries],
    )


def _slow_entry(entry: Any) -> Entry:
    content = entry.get("content") or [{}]
    source = entry.get("source") or {}
    title_detail = entry.get("title_detail") or {}
    link, guid = entry.get("feedburner_origlink") or entry.get("link") or "", entry.get("id") or ""
    if link == guid and not link.lower().startswith(("http:", "https:")):
        link = ""  # an RSS guid is a link unless it says otherwise, but "7" is not one
    return Entry(
        title=entry.get("title") or "",
        summary=entry.get("summary") or content[0].get("value") or "",
        link=link,
        guid=guid,
        # By dict.get: feedparser's own returns "published" for an absent "updated", with a warning.
        dates=(dict.get(entry, "published"), dict.get(entry, "updated"), dict.get(entry, "created")),
        publisher_name=source.get("href") or source.get("link") or source.get("title") or "",
        publisher_title=source.get("title") or "",
        lang=title_detail.get("language") or "",
    )


KEEPS_DATES = keep_dates_as_written()
