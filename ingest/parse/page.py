"""
A keyword page → articles.

    # AI%20infrastructure                            the keyword, percent-encoded
    Latest news and articles about AI%20infrastructure
    Total: 19 articles found

    A title
    Its summary. Neither date nor link; a page saved in another way may have them on lines of their own.

The same page as HTML has the titles as headings, with what follows them as summaries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import html
from lxml.etree import LxmlError

from data.errors import ParseError
from ingest.parse.dates import published
from ingest.parse.entries import Entry, Feed, Hints, Parsed, to_parsed
from ingest.parse.feeds import MAX_BYTES, refuse_bombs
from ingest.parse.text import decode_xml
from ingest.parse.urls import canonical_url

_HEADING = re.compile(r"#\s*(\S.*)")
_ABOUT = re.compile(r"latest news and articles about\b", re.IGNORECASE)
_TOTAL = re.compile(r"total:?\s*([\d,]{1,9})\s+articles?\s+found", re.IGNORECASE)
_MAYBE_DATE = re.compile(r"(?=.*\b(?:19|20)\d\d\b).{8,40}")
_HTML = re.compile(r"\s*(?:<\?xml|<!doctype|<html|<head|<body)", re.IGNORECASE)


def is_page(head: str) -> bool:
    """Whether a text begins like a keyword page."""
    return bool(_TOTAL.search(head[:2_000]) or _ABOUT.search(head[:2_000]))


def parse_page(body: bytes, hints: Hints) -> Parsed:
    """The page's articles; raises ParseError when it lists none. For HTML, call it in the child process."""
    if len(body) > MAX_BYTES:
        raise ParseError(f"{hints.origin} has more than {MAX_BYTES // 1_000_000} MB; such a page is not read.")
    text, _ = decode_xml(body, hints.content_type)
    page = _read_html(text, hints) if _HTML.match(text) else _read_text(text, hints)
    if not page.entries:
        raise ParseError(f"{hints.origin} answered with a page that lists no articles.")
    announced, found = page.announced, len(page.entries)
    if announced and announced != found:
        page.warnings.append(f"The page announces {announced:,} articles; {found:,} are on it.")
    page.announced = 0
    return to_parsed(page, hints)


def _read_text(text: str, hints: Hints) -> Feed:
    page = Feed()
    for block in re.split(r"\n[ \t]*\n", text.lstrip("\ufeff").replace("\r\n", "\n")):
        lines = [
            line for line in (line.strip() for line in block.splitlines()) if line and not _says_about_page(line, page)
        ]
        if lines:
            page.entries.append(_entry(lines, hints))
    return page


def _says_about_page(line: str, page: Feed) -> bool:
    """Whether the line is about the page itself; if so it is noted there. Only what precedes the first article is."""
    if page.entries:
        return False
    if (heading := _HEADING.fullmatch(line)) and not page.title:
        page.title = unquote(heading[1])
        return True
    if total := _TOTAL.match(line):
        page.announced = int(total[1].replace(",", ""))
    return bool(total or _ABOUT.match(line))


def _entry(lines: list[str], hints: Hints) -> Entry:
    title, *rest = lines
    links = [line for line in rest if canonical_url(line)]
    dates = [line for line in rest if _MAYBE_DATE.fullmatch(line) and published(line, now=hints.now)[0]]
    summary = " ".join(line for line in rest if line not in links and line not in dates)
    return Entry(title=title.lstrip("#*-• ").strip(), summary=summary, link=next(iter(links), ""), when=tuple(dates))


def _read_html(text: str, hints: Hints) -> Feed:
    refuse_bombs(text, hints)
    try:
        document = html.document_fromstring(
            text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8", no_network=True)
        )
    except (LxmlError, ValueError):
        raise ParseError(f"{hints.origin} answered with a web page that cannot be read.") from None
    for hidden in document.xpath("//script|//style|//nav|//footer|//aside"):
        hidden.drop_tree()
    heading = next(document.iter("h1"), None)
    total = _TOTAL.search(document.text_content()[:20_000])
    return Feed(
        title=unquote(_text(heading)) if heading is not None else "",
        language=document.get("lang") or "",
        entries=[
            entry for entry in map(_heading_entry, document.iter("h2", "h3", "h4")) if entry.title and entry.summary
        ],
        announced=int(total[1].replace(",", "")) if total else 0,
    )


def _heading_entry(heading: html.HtmlElement) -> Entry:
    """The article under a heading: its link is in or around it, its summary is the next paragraph."""
    links = [*heading.iter("a"), *heading.iterancestors("a")]
    following = list(_until_next_heading(heading))
    paragraphs = [_text(element) for element in following if element.tag in ("p", "div") and _text(element)]
    times = [time.get("datetime") or _text(time) for element in following for time in element.iter("time")]
    return Entry(
        title=_text(heading),
        summary=next(iter(paragraphs), ""),
        link=next((link.get("href", "") for link in links), ""),
        when=tuple(times[:1]),
    )


def _until_next_heading(heading: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for element in heading.itersiblings():
        if isinstance(element.tag, str):
            if re.fullmatch("h[1-6]", element.tag):
                return
            yield element


def _text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())
