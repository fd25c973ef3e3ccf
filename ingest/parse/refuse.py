"""What is no feed, and what is one only to do harm: told in one sentence, before a parser sees it."""

from __future__ import annotations

import re

from data.errors import ParseError
from ingest.parse.contract import Hints
from ingest.parse.html_text import plain_text

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
