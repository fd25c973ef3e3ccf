"""
A keyword page → articles.

    # AI%20infrastructure                            the keyword, percent-encoded
    Latest news and articles about AI%20infrastructure
    Total: 19 articles found

    A title
    Its summary. No date and no link; pages saved in another way may have them on lines of their own.

As HTML, the same page has the titles as headings, each followed by its summary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from data.errors import ParseError
from ingest.parse.dates import parse_date
from ingest.parse.entries import MAX_BYTES, Entry, Feed, Hints, Parsed, to_parsed
from ingest.parse.text import decode
from ingest.parse.urls import canonical_url

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HEADING = re.compile(r"#\s*(\S.*)")
_ABOUT = re.compile(r"latest news and articles about\b", re.IGNORECASE)
_TOTAL = re.compile(r"total:?\s*([\d,]{1,9})\s+articles?\s+found", re.IGNORECASE)
_MAYBE_DATE = re.compile(r"(?=.*\b(?:19|20)\d\d\b).{8,40}")
_HTML = re.compile(r"\s*(?:<\?xml|<!doctype|<html|<head|<body)", re.IGNORECASE)


def is_page(head: str) -> bool:
    """Whether a text begins like a keyword page."""
    return bool(_TOTAL.search(head[:2_000]) or _ABOUT.search(head[:2_000]))


def parse_page(body: bytes, hints: Hints) -> Parsed:
    """The page's articles. ParseError when it lists none. In the child process only: HTML may be hostile."""
    if len(body) > MAX_BYTES:
        raise ParseError(f"{hints.origin} sent a page of more than {MAX_BYTES // 1_000_000} MB; it was not read.")
    text, _ = decode(body, hints.content_type)
    page = _read_html(text, hints) if _HTML.match(text) else _read_text(text, hints)
    if not page.entries:
        raise ParseError(f"{hints.origin} answered with a page that lists no articles.")
    announced, count = page.announced, len(page.entries)
    if announced and announced != count:
        page.warnings.append(f"The page announces {announced:,} articles but has {count:,}.")
    page.announced = 0
    return to_parsed(page, hints)


def _read_text(text: str, hints: Hints) -> Feed:
    page = Feed()
    for block in re.split(r"\n[ \t]*\n", text.lstrip("\ufeff").replace("\r\n", "\n")):
        stripped = filter(None, (line.strip() for line in block.splitlines()))
        if lines := [line for line in stripped if not _describes_page(line, page)]:
            page.entries.append(_entry(lines, hints))
    return page


def _describes_page(line: str, page: Feed) -> bool:
    """Whether the line is about the page itself, which is then noted. Only lines before the first article can be."""
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
    dates = [line for line in rest if _MAYBE_DATE.fullmatch(line) and parse_date(line, now=hints.now)[0]]
    summary = " ".join(line for line in rest if line not in links and line not in dates)
    return Entry(title=title.lstrip("#*-• ").strip(), summary=summary, link=next(iter(links), ""), dates=tuple(dates))


def _read_html(text: str, hints: Hints) -> Feed:
    # Imported here: this process may only want `is_page`, and must not load a parser for that.
    from lxml import html
    from lxml.etree import LxmlError

    from ingest.parse.feeds import refuse_bombs

    refuse_bombs(text, hints)
    parser = html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        document = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError):
        raise ParseError(f"{hints.origin} answered with a web page that cannot be read.") from None
    for hidden in document.xpath("//script|//style|//nav|//footer|//aside"):
        hidden.drop_tree()
    heading = next(document.iter("h1"), None)
    total = _TOTAL.search(document.text_content()[:20_000])
    entries = map(_heading_entry, document.iter("h2", "h3", "h4"))
    return Feed(
        title=unquote(_text(heading)) if heading is not None else "",
        language=document.get("lang") or "",
        entries=[entry for entry in entries if entry.title and entry.summary],
        announced=int(total[1].replace(",", "")) if total else 0,
    )


def _heading_entry(heading: HtmlElement) -> Entry:
    """The article under a heading: the link is in or around the heading, the summary is the next paragraph."""
    links = [*heading.iter("a"), *heading.iterancestors("a")]
    following = list(_until_next_heading(heading))
    paragraphs = [_text(element) for element in following if element.tag in ("p", "div") and _text(element)]
    times = [time.get("datetime") or _text(time) for element in following for time in element.iter("time")]
    return Entry(
        title=_text(heading),
        summary=next(iter(paragraphs), ""),
        link=next((link.get("href", "") for link in links), ""),
        dates=tuple(times[:1]),
    )


def _until_next_heading(heading: HtmlElement) -> Iterator[HtmlElement]:
    for element in heading.itersiblings():
        if isinstance(element.tag, str):
            if re.fullmatch("h[1-6]", element.tag):
                return
            yield element


def _text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
