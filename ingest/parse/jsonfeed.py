"""JSON Feed → what its entries say (https://jsonfeed.org/version/1.1)."""

from __future__ import annotations

from typing import Any

import orjson

from data.errors import ParseError
from ingest.parse.contract import Hints
from ingest.parse.entries import Entry, Feed


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
        title=_text(document, "title"),
        home=_text(document, "home_page_url"),
        language=_text(document, "language"),
        entries=entries,
    )


def _entry(item: dict[str, Any]) -> Entry:
    return Entry(
        title=_text(item, "title"),
        summary=_text(item, "summary", "content_html", "content_text"),
        link=_text(item, "url", "external_url"),
        guid=_text(item, "id"),
        when=(_text(item, "date_published"), _text(item, "date_modified")),
        lang=_text(item, "language"),
    )


def _text(item: dict[str, Any], *names: str) -> str:
    """The first of the fields that says something; ids may be numbers."""
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""
