"""What goes into every parser beside the bytes, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from data.records import Article
from ingest.parse.urls import domain_of

Format = Literal["auto", "feed", "page", "jsonl", "csv"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the caller knows about the bytes."""

    now: datetime
    url: str = ""  # where they came from: names the other side in errors, resolves relative links
    content_type: str = ""
    publisher: str = ""  # a domain, when every article has the same one
    lang: str = ""
    timezone: str = "UTC"  # for times that carry none
    published: date | None = None  # the day of articles that carry no date

    @property
    def origin(self) -> str:
        """Who is to blame, as an error's sentence begins."""
        return domain_of(self.url) or "This source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """All that a body said. `rejected` counts the entries or rows in which there was nothing to read."""

    articles: list[Article]
    title: str = ""  # the feed's or page's own
    language: str = ""
    warnings: tuple[str, ...] = ()
    rejected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that is no article, and why."""

    line: int
    reason: str
