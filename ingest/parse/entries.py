"""What goes into every parser beside the bytes, and what comes out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from hashlib import sha256
from typing import Literal

from data.errors import ParseError
from data.records import Article
from ingest.parse.dates import MISSING, Reading, published
from ingest.parse.text import SUMMARY_LIMIT, TITLE_LIMIT, language_of, plain_text, primary_language, visible_text
from ingest.parse.urls import canonical_url, domain_of

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


MAX_ENTRIES = 1_000  # of one fetch; a feed that has more is read again anyway


@dataclass(slots=True, kw_only=True)
class Entry:
    """One entry in the words of its feed: markup, relative links and dates as they are."""

    title: str = ""
    summary: str = ""
    link: str = ""
    guid: str = ""
    when: tuple[str | float | None, ...] = ()
    named: str = ""
    lang: str = ""


@dataclass(slots=True, kw_only=True)
class Feed:
    """A feed or page in its own words."""

    title: str = ""
    home: str = ""
    language: str = ""
    entries: list[Entry] = field(default_factory=list)
    announced: int = 0  # how many entries its bytes seem to have
    warnings: list[str] = field(default_factory=list)


def to_parsed(feed: Feed, hints: Hints) -> Parsed:
    """Its articles; raises ParseError when it has entries and none of them can be read."""
    articles: list[Article] = []
    for entry in feed.entries[:MAX_ENTRIES]:
        article = to_article(
            hints,
            title=entry.title,
            summary=entry.summary,
            link=entry.link,
            guid=entry.guid,
            when=entry.when,
            named=entry.named or domain_of(feed.home),
            lang=entry.lang or feed.language,
        )
        if article:
            articles.append(article)
    rejected = min(len(feed.entries), MAX_ENTRIES) - len(articles)
    if rejected and not articles:
        raise ParseError(f"{hints.origin} has entries ({rejected:,}), but none has a title, a summary or a link.")
    warnings = [*feed.warnings]
    if rejected:
        warnings.append(f"Entries without title, summary and link: {rejected:,}.")
    total = max(feed.announced, len(feed.entries))
    if total > MAX_ENTRIES:
        warnings.append(f"The feed has {total:,} entries; the first {MAX_ENTRIES:,} were read.")
    return Parsed(
        articles=articles,
        title=plain_text(feed.title, TITLE_LIMIT),
        language=primary_language(hints.lang or feed.language) or language_of(" ".join(a.title for a in articles)),
        warnings=tuple(warnings),
        rejected=rejected,
    )


GUID_LIMIT = 500
NAME_LIMIT = 100

# Sites that show others' stories under their own links: here the publisher is whom the entry names, not the link's
# domain. Everywhere else the link's domain is better: one name for a publisher in all sources, and lists of links
# (Hacker News, Techmeme, a planet) name themselves as the source of what others wrote.
AGGREGATORS = frozenset(
    {
        "news.google.com",
        "feedproxy.google.com",
        "feeds.feedburner.com",
        "msn.com",
        "flipboard.com",
        "newsbreak.com",
        "apple.news",
        "readhub.cn",  # Chinese technology news, summed up from the sites it names
        "toutiao.com",
        "news.naver.com",
        "n.news.naver.com",
        "v.daum.net",
        "news.yahoo.co.jp",
    }
)

_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)


def to_article(
    hints: Hints,
    *,
    title: str,
    summary: str = "",
    link: str = "",
    guid: str = "",
    when: Iterable[str | float | None] = (),
    named: str = "",
    lang: str = "",
    first_seen: str | float | None = None,
) -> Article | None:
    """The article; None when there is nothing to read or to open: no title, no summary, no link.

    `when` holds the entry's dates, best first: the first that can be read counts. `named` is the publisher as the
    entry names it."""
    title = plain_text(title, TITLE_LIMIT) if title else ""
    summary = plain_text(summary, SUMMARY_LIMIT) if summary else ""
    url = canonical_url(link, hints.url) if link else ""
    if not (title or summary or url):
        return None
    if guid == link:
        guid = url  # parsers differ in whether they say a link twice
    moment, quality = _first_readable(when, hints)
    return Article(
        guid=_guid(guid) or url or title_guid(title or summary),
        url=url,
        title=title,
        summary=summary,
        published_at=moment,
        date_quality=quality,
        publisher=hints.publisher or publisher_of(url, named, hints.url),
        lang=language_of(title or summary, hints.lang or lang),
        first_seen_at=None if first_seen is None else published(first_seen, timezone=hints.timezone, now=hints.now)[0],
    )


def title_guid(title: str) -> str:
    """The identity of an article that has neither id nor link: the same title is the same article."""
    return "title:" + sha256(title.casefold().encode("utf-8", "replace")).hexdigest()[:32]


def publisher_of(url: str, named: str, source_url: str) -> str:
    """Whom a reader would call the publisher: the link's domain, or at an aggregator the one it names."""
    domain = domain_of(url)
    if domain and domain not in AGGREGATORS:
        return domain
    return (_publisher_name(named) if named else "") or domain or domain_of(source_url)


@lru_cache(maxsize=4_096)
def _publisher_name(named: str) -> str:
    name = plain_text(named, NAME_LIMIT)
    return domain_of(name) or (name.lower().removeprefix("www.") if _DOMAIN.fullmatch(name) else name)


def _first_readable(when: Iterable[str | float | None], hints: Hints) -> Reading:
    best = MISSING
    for raw in when:
        reading = published(raw, timezone=hints.timezone, now=hints.now)
        if reading[0] is not None:
            return reading
        best = reading if best is MISSING else best
    if hints.published is not None and best[1] == "missing":
        return datetime.combine(hints.published, time(), tzinfo=UTC), "day"
    return best


def _guid(raw: str) -> str:
    guid = raw.strip() if raw.isprintable() else " ".join(visible_text(raw).split())
    # A longer one is not cut: two could become the same.
    return guid if len(guid) <= GUID_LIMIT else "guid:" + sha256(guid.encode("utf-8", "replace")).hexdigest()[:32]
