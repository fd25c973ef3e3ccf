"""
JSON that sources answer with: JSON Feed (https://jsonfeed.org/version/1.1), and four public interfaces.

The interfaces are GDELT's article list, Hacker News by Algolia, the Federal Register and 华尔街见闻. Each answers with
a list of records under a known key; APIS says where it is, and what the fields are called.
"""

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

GDELT_MOST = 250  # rows per answer; the interface gives no more

LANGUAGES = {"English": "en", "Chinese": "zh", "Korean": "ko", "Japanese": "ja"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """Where an interface's records are, and the names of their fields."""

    name: str
    path: tuple[str, ...]
    marker: str  # a field that only this one, of the interfaces with the same path, has
    link: str
    summary: str = ""
    date: str = ""
    first_seen: str = ""  # when the interface first saw the article, which is not when it was published
    guid: str = ""
    publisher: str = ""
    link_from_guid: str = ""  # the link of a record without one


APIS = (
    Api(
        name="GDELT",
        path=("articles",),
        marker="seendate",
        link="url",
        first_seen="seendate",
        publisher="domain",
    ),
    Api(
        name="Hacker News",
        path=("hits",),
        marker="objectID",
        link="url",
        date="created_at",
        guid="objectID",
        link_from_guid="https://news.ycombinator.com/item?id={}",
    ),
    Api(
        name="Federal Register",
        path=("results",),
        marker="document_number",
        link="html_url",
        summary="abstract",
        date="publication_date",
        guid="document_number",
    ),
    Api(
        name="华尔街见闻",
        path=("data", "items"),
        marker="display_time",
        link="uri",
        summary="content_text",
        date="display_time",
        guid="id",
    ),
)

_JSON_FEED = re.compile(r"""^\{[^{}\[\]]*"version"\s*:\s*"https?:(?:\\?/){2}(?:www\.)?jsonfeed\.org""")
# GDELT passes on titles with escapes that JSON does not have (\', \x…): the backslash is superfluous.
_ESCAPE = re.compile(r'(\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))|\\')


def is_json_feed_text(text: str) -> bool:
    """Whether a document begins like a JSON Feed."""
    return bool(_JSON_FEED.search(text))


def read_json_feed(text: str, hints: Hints) -> Feed:
    """The feed and its entries. ParseError for other JSON, or none."""
    try:
        document = orjson.loads(text)
    except ValueError as problem:
        raise ParseError(f"{hints.origin} answered with broken JSON ({problem}).") from None
    if not _is_json_feed(document):
        raise ParseError(f"{hints.origin} answered with JSON that is not a feed.")
    items = document.get("items")
    entries = [_entry(item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return Feed(
        title=_first_text(document, "title"),
        home=_first_text(document, "home_page_url"),
        language=_first_text(document, "language"),
        entries=entries,
    )


def parse_api(body: bytes, hints: Hints) -> Parsed:
    """The articles of an interface's answer. ParseError when it is not JSON, or of an unknown interface."""
    document = _document(body.decode("utf-8", errors="replace").strip(), hints)
    for api in APIS:
        records = _records(document, api)
        if records is not None:
            return _parsed(records, api, hints)
    raise ParseError(f"{hints.origin} answered with JSON of an unknown shape.")


def records_of_interface(document: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The records of a saved answer under the names that tables.py knows; None for an answer of no known interface."""
    for api in APIS:
        records = _records(document, api)
        if records:
            return [_renamed(record, api) for record in records]
    return None


def _renamed(record: Mapping[str, Any], api: Api) -> dict[str, Any]:
    guid, language = _text(record, api.guid), _text(record, "language")
    return {
        "title": _text(record, "title"),
        "summary": _text(record, api.summary),
        "link": _text(record, api.link) or (api.link_from_guid.format(guid) if api.link_from_guid else ""),
        "guid": guid,
        "published": _date(record, api.date),
        "firstseen": _date(record, api.first_seen),
        "publisher": _text(record, api.publisher),
        "lang": LANGUAGES.get(language, ""),
    }


def _is_json_feed(document: object) -> bool:
    """Whether the version names JSON Feed; a list of items suffices, as some feeds lack the version."""
    if not isinstance(document, dict):
        return False
    return "jsonfeed.org" in str(document.get("version", ""))[:200] or isinstance(document.get("items"), list)


def _entry(item: dict[str, Any]) -> Entry:
    return Entry(
        title=_first_text(item, "title"),
        summary=_first_text(item, "summary", "content_html", "content_text"),
        link=_first_text(item, "url", "external_url"),
        guid=_first_text(item, "id"),
        dates=(_first_text(item, "date_published"), _first_text(item, "date_modified")),
        lang=_first_text(item, "language"),
    )


def _first_text(item: dict[str, Any], *names: str) -> str:
    """The first of the fields with text in it; ids may be numbers."""
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def _document(text: str, hints: Hints) -> Any:
    if not text.startswith(("{", "[")):
        raise ParseError(f"{hints.origin} answered with text, not with JSON: “{plain_text(text, 120)}”.")
    for candidate in (text, _ESCAPE.sub(lambda match: match[1] or "", text)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    raise ParseError(f"{hints.origin} answered with broken JSON; nothing of it was used.")


def _records(document: Any, api: Api) -> list[Mapping[str, Any]] | None:
    """The records at the interface's path; None when this is not its answer."""
    if document == {} and api.name == "GDELT":
        return []  # its answer when nothing matches
    for key in api.path:
        document = document.get(key) if isinstance(document, dict) else None
    if not isinstance(document, list):
        return None
    records: list[Mapping[str, Any]] = [record for record in document if isinstance(record, dict)]
    return records if not records or api.marker in records[0] else None


def _parsed(records: list[Mapping[str, Any]], api: Api, hints: Hints) -> Parsed:
    articles = [article for record in records if (article := _article(record, api, hints)) is not None]
    rejected = len(records) - len(articles)
    warnings = [f"Entries without a title, summary or link: {rejected:,}."] if rejected else []
    if api.name == "GDELT" and len(records) >= GDELT_MOST:
        warnings.append(
            f"GDELT gives {GDELT_MOST} articles at most; narrow the query or its time span to get them all."
        )
    return Parsed(articles=articles, warnings=tuple(warnings), rejected=rejected)


def _article(record: Mapping[str, Any], api: Api, hints: Hints) -> Article | None:
    fields = _renamed(record, api)
    return to_article(
        hints,
        title=fields["title"],
        summary=fields["summary"],
        link=fields["link"],
        guid=fields["guid"],
        dates=[fields["published"]],
        publisher_name=fields["publisher"],
        lang=fields["lang"],
        first_seen=fields["firstseen"],
    )


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name) if name else None
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _date(record: Mapping[str, Any], name: str) -> str | float | None:
    value = record.get(name) if name else None
    return value if isinstance(value, str | int | float) else None
