"""JSON Feed → what its entries say (https://jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from data.errors import ParseError
from data.records import Article
from ingest.parse.entries import Entry, Feed, Hints, Parsed, to_article
from ingest.parse.text import plain_text


def is_json_feed(document: object) -> bool:
    """A version that names JSON Feed, or at least a list of items: its writers forget the version."""
    if not isinstance(document, dict):
        return False
    return "jsonfeed.org" in str(document.get("version", ""))[:200] or isinstance(document.get("items"), list)


def read_json_feed(text: str, hints: Hints) -> Feed:
    """What the feed says; raises ParseError when it is other JSON or none."""
    try:
        document = orjson.loads(text)
    except ValueError as problem:
        raise ParseError(f"{hints.origin} answered with broken JSON ({problem}).") from None
    if not is_json_feed(document):
        raise ParseError(f"{hints.origin} answered with JSON that is not a feed.")
    items = document.get("items")
    entries = [_entry(item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return Feed(
        title=_first_text(document, "title"),
        home=_first_text(document, "home_page_url"),
        language=_first_text(document, "language"),
        entries=entries,
    )


def _entry(item: dict[str, Any]) -> Entry:
    return Entry(
        title=_first_text(item, "title"),
        summary=_first_text(item, "summary", "content_html", "content_text"),
        link=_first_text(item, "url", "external_url"),
        guid=_first_text(item, "id"),
        when=(_first_text(item, "date_published"), _first_text(item, "date_modified")),
        lang=_first_text(item, "language"),
    )


def _first_text(item: dict[str, Any], *names: str) -> str:
    """The first of the fields that says something; ids may be numbers."""
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


GDELT_MOST = 250  # rows an answer; more cannot be asked for

LANGUAGES = {"English": "en", "Chinese": "zh", "Korean": "ko", "Japanese": "ja"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Where an interface's records are, and the names of their fields."""

    name: str
    path: tuple[str, ...]
    knows: str  # a field that tells this interface from others with the same path
    link: str
    summary: str = ""
    when: str = ""
    seen: str = ""  # when the interface first saw the article: not when it was published
    guid: str = ""
    named: str = ""
    link_for: str = ""  # the link of records that have none, from their guid


SHAPES = (
    Shape(name="GDELT", path=("articles",), knows="seendate", link="url", seen="seendate", named="domain"),
    Shape(
        name="Hacker News",
        path=("hits",),
        knows="objectID",
        link="url",
        when="created_at",
        guid="objectID",
        link_for="https://news.ycombinator.com/item?id={}",
    ),
    Shape(
        name="Federal Register",
        path=("results",),
        knows="document_number",
        link="html_url",
        summary="abstract",
        when="publication_date",
        guid="document_number",
    ),
    Shape(
        name="华尔街见闻",
        path=("data", "items"),
        knows="display_time",
        link="uri",
        summary="content_text",
        when="display_time",
        guid="id",
    ),
)

# GDELT passes some titles on with escapes that JSON does not have (\', \x…): the backslash alone is wrong.
_ESCAPE = re.compile(r'(\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))|\\')


def parse_api(body: bytes, hints: Hints) -> Parsed:
    """The articles of a JSON answer. ParseError when it is none, or one that is not known here."""
    text = body.decode("utf-8", errors="replace").strip()
    document = _document(text, hints)
    for shape in SHAPES:
        records = _records(document, shape)
        if records is not None:
            return _parsed(records, shape, hints)
    raise ParseError(f"{hints.origin} answered with JSON in a shape that is not known here.")


def _document(text: str, hints: Hints) -> Any:
    if not text.startswith(("{", "[")):
        said = plain_text(text, 120)
        raise ParseError(f"{hints.origin} answered in words, not in JSON: “{said}”.")
    for readable in (text, _ESCAPE.sub(lambda found: found[1] or "", text)):
        try:
            return json.loads(readable, strict=False)
        except (ValueError, RecursionError):
            continue
    raise ParseError(f"{hints.origin} answered with JSON that is broken; what came was not used.")


def _records(document: Any, shape: Shape) -> list[Mapping[str, Any]] | None:
    """The records at the shape's path; None when this is not that interface's answer."""
    if document == {} and shape.name == "GDELT":
        return []  # its answer when nothing matches
    for key in shape.path:
        document = document.get(key) if isinstance(document, dict) else None
    if not isinstance(document, list):
        return None
    records: list[Mapping[str, Any]] = [record for record in document if isinstance(record, dict)]
    return records if not records or shape.knows in records[0] else None


def _parsed(records: list[Mapping[str, Any]], shape: Shape, hints: Hints) -> Parsed:
    found = [_article(record, shape, hints) for record in records]
    articles = [article for article in found if article is not None]
    full = shape.name == "GDELT" and len(records) >= GDELT_MOST
    warning = f"GDELT gives {GDELT_MOST} articles at once and there may be more: narrow the query or its time span."
    return Parsed(articles=articles, warnings=(warning,) if full else (), rejected=len(found) - len(articles))


def _article(record: Mapping[str, Any], shape: Shape, hints: Hints) -> Article | None:
    guid = _text(record, shape.guid)
    return to_article(
        hints,
        title=_text(record, "title"),
        summary=_text(record, shape.summary),
        link=_text(record, shape.link) or (shape.link_for.format(guid) if shape.link_for else ""),
        guid=guid,
        when=[_when(record, shape.when)],
        named=_text(record, shape.named),
        lang=LANGUAGES.get(_text(record, "language"), ""),
        first_seen=_when(record, shape.seen),
    )


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name) if name else None
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _when(record: Mapping[str, Any], name: str) -> str | float | None:
    value = record.get(name) if name else None
    return value if isinstance(value, str | int | float) else None
