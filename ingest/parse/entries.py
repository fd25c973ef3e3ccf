"""
Between a parser and the store: what a parser is given, what it hands back, and how an entry becomes an Article.

    Hints + bytes → (a parser) Feed of Entry → to_parsed → Parsed: articles, warnings, number of rejected entries

`to_article` is the one place that decides an article's guid, publisher, language and date, whatever its format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from hashlib import sha256
from typing import Literal, get_args
from urllib.parse import quote

from data.errors import ParseError
from data.records import Article
from ingest.parse.date_order import Order, decided_order, depends_on_order, numeric_parts
from ingest.parse.dates import AHEAD, MISSING, OLDEST, RECENT, ParsedDate, parse_date, time_zone
from ingest.parse.text import SUMMARY_LIMIT, TITLE_LIMIT, language_of, plain_text, primary_language, visible_text
from ingest.parse.urls import canonical_url, domain_of

Format = Literal["auto", "feed", "page", "json", "jsonl", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)

MAX_BYTES = 5_000_000  # of a feed or page, after decompression
MAX_ENTRIES = 1_000  # per fetch; a longer feed is fetched again anyway
GUID_LIMIT = 500
NAME_LIMIT = 100

# These sites republish others' stories under links of their own, so the publisher is the one that the entry names.
# Everywhere else the link's domain is better: it is the same in every source, and lists of links (Hacker News,
# Techmeme, a planet) name themselves as the source of what others wrote.
AGGREGATORS = frozenset(
    {
        "news.google.com",
        "feedproxy.google.com",
        "feeds.feedburner.com",
        "msn.com",
        "flipboard.com",
        "newsbreak.com",
        "apple.news",
        "readhub.cn",  # digests of Chinese technology news, with links to the sites that they name
        "toutiao.com",
        "news.naver.com",
        "n.news.naver.com",
        "v.daum.net",
        "news.yahoo.co.jp",
    }
)

# Titles of what a server shows instead of an article; NewsAPI's name for one that was withdrawn.
_NO_ARTICLE = re.compile(
    r"\[removed\]|click here to (?:enter|continue)\W*|just a moment\W*|attention required!?(?: \| cloudflare)?"
    r"|(?:please )?verify (?:that )?you are (?:a )?human\W*|are you (?:a human|a robot|human)\W*|access denied"
    r"|checking your browser\b.{0,40}|(?:security check|captcha|robot check|ddos-guard|one moment, please)\W*"
    r"|安全验证|请完成安全验证|百度安全验证|人机验证",
    re.IGNORECASE,
)

# Looked up first: the pattern takes ten times as long, and each title is tried.
_NO_ARTICLE_BEGINS = frozenset(
    ["[r", "cl", "ju", "at", "pl", "ve", "ar", "ac", "ch", "se", "ca", "ro", "dd", "on", "安全", "请完", "百度", "人机"]
)

_YEARS_FIRST_ZONES = frozenset(f"Asia/{city}" for city in ("Seoul", "Tokyo", "Shanghai", "Taipei", "Hong_Kong"))

_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the caller knows about the bytes. UsageError for a time zone that does not exist."""

    now: datetime
    url: str = ""  # where they came from: names the sender in errors, resolves relative links
    content_type: str = ""
    publisher: str = ""  # a domain, when every article has the same one
    lang: str = ""
    timezone: str = "UTC"  # for times without one
    published: date | None = None  # the day of articles without a date
    dates: Order | None = None  # of days written as 03/04/2026

    def __post_init__(self) -> None:
        time_zone(self.timezone)

    @property
    def origin(self) -> str:
        """The sender's name, as the subject of an error's sentence."""
        return domain_of(self.url) or "This source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A document's articles. `rejected` counts the entries or rows without anything to read."""

    articles: list[Article]
    title: str = ""  # of the feed or page
    language: str = ""
    warnings: tuple[str, ...] = ()
    rejected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that is not an article, and why."""

    line: int
    reason: str


@dataclass(slots=True, kw_only=True)
class Entry:
    """An entry as its feed has it: markup, relative links and dates untouched."""

    title: str = ""
    summary: str = ""
    link: str = ""
    guid: str = ""
    dates: tuple[str | float | None, ...] = ()  # best first
    publisher_name: str = ""
    publisher_title: str = ""
    lang: str = ""


@dataclass(slots=True, kw_only=True)
class Feed:
    """A feed or page as it was sent."""

    title: str = ""
    home: str = ""
    base: str = ""  # of relative links, where the document's own address is unknown
    language: str = ""
    entries: list[Entry] = field(default_factory=list)
    announced: int = 0  # how many entries its bytes seem to have
    warnings: list[str] = field(default_factory=list)


def to_parsed(feed: Feed, hints: Hints) -> Parsed:
    """The feed's articles. ParseError when it has entries and none of them is readable."""
    articles: list[Article] = []
    links: list[str] = []
    base = hints.url or feed.base
    if base != hints.url and canonical_url(base):
        hints = replace(hints, url=base)
    if not hints.dates:
        language = hints.lang or primary_language(feed.language) or language_of(" ".join(e.title for e in feed.entries))
        dates = (date for entry in feed.entries for date in entry.dates if isinstance(date, str))
        texts = [text for text in dates if (parts := numeric_parts(text)) and depends_on_order(parts)]
        hints = with_order_of(hints, texts, lang=language, was_fetched=bool(hints.url))
    for entry in feed.entries[:MAX_ENTRIES]:
        article = to_article(
            hints,
            title=entry.title,
            summary=entry.summary,
            link=entry.link,
            guid=entry.guid,
            dates=entry.dates,
            publisher_name=entry.publisher_name or domain_of(feed.home),
            publisher_title=entry.publisher_title,
            lang=entry.lang or feed.language,
        )
        if article:
            articles.append(article)
            links.append(entry.link)
    articles = _apart(articles, links)
    rejected = min(len(feed.entries), MAX_ENTRIES) - len(articles)
    if rejected and not articles:
        raise ParseError(f"{hints.origin} sent only entries without a title, a summary or a link ({rejected:,}).")
    warnings = [*feed.warnings]
    if rejected:
        warnings.append(f"Entries without a title, summary or link: {rejected:,}.")
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


def with_order_of(hints: Hints, texts: Sequence[str], *, lang: str = "", was_fetched: bool = False) -> Hints:
    """The hints with the order of dates that depend on one. ParseError where they leave it open."""
    if not texts:
        return hints
    is_asian = (hints.lang or lang) in ("ko", "ja", "zh") or hints.timezone in _YEARS_FIRST_ZONES
    recent = (hints.now - RECENT).date() if was_fetched else None
    last = (hints.now + AHEAD).date()
    order = decided_order(texts, first=OLDEST.date(), last=last, years_first=is_asian, recent=recent)
    return replace(hints, dates=order)


def _apart(articles: list[Article], links: list[str]) -> list[Article]:
    """The articles; those that share a page but have titles and ids of their own keep or get a fragment each."""
    pages: dict[str, set[tuple[str, str]]] = {}
    for article in articles:
        pages.setdefault(article.url, set()).add((article.guid, article.title))
    shared = {
        url
        for url, entries in pages.items()
        if url and len(entries) > 1 and len({guid for guid, _ in entries}) == len({title for _, title in entries})
    }
    return [
        replace(article, url=f"{article.url}#{quote(link.partition('#')[2] or article.guid, safe='%/:=,.-_')}")
        if article.url in shared and article.guid != article.url
        else article
        for article, link in zip(articles, links, strict=True)
    ]


def to_article(
    hints: Hints,
    *,
    title: str,
    summary: str = "",
    link: str = "",
    guid: str = "",
    dates: Iterable[str | float | None] = (),
    publisher_name: str = "",
    publisher_title: str = "",
    lang: str = "",
    first_seen: str | float | None = None,
) -> Article | None:
    """The article; None when it has no title, no summary and no link.

    The first of `dates` that can be read counts. `publisher_name` is the publisher as the entry names it."""
    title = plain_text(title, TITLE_LIMIT) if title else ""
    if title and publisher_title and "news.google.com" in link:  # its titles end with the publisher's name
        title = title.removesuffix(f" - {plain_text(publisher_title, NAME_LIMIT)}")
    summary = plain_text(summary, SUMMARY_LIMIT) if summary else ""
    url = canonical_url(link, hints.url) if link else ""
    if not (title or summary or url) or is_placeholder(title):
        return None
    if guid == link:
        guid = url  # some parsers copy the link into an absent guid, others do not: the article must be the same
    lang = language_of(title or summary, hints.lang or lang)
    # Sites in these languages write 26.10.05 with the year first.
    order = hints.dates or ("ymd" if lang in ("ko", "ja", "zh") else None)
    (published_at, quality), unread = _first_readable(dates, hints, order)
    first_seen_at = None
    if first_seen is not None:
        first_seen_at = parse_date(first_seen, timezone=hints.timezone, now=hints.now, order=order)[0]
        unread = unread or ("" if first_seen_at or published_at else str(first_seen)[:NAME_LIMIT])
    return Article(
        guid=_clean_guid(guid) or url or title_guid(title or summary),
        url=url,
        title=title,
        summary=summary,
        published_at=published_at,
        date_quality=quality,
        publisher=hints.publisher or publisher_of(url, publisher_name, hints.url),
        lang=lang,
        first_seen_at=first_seen_at,
        unread_date=unread,
    )


def is_placeholder(title: str) -> bool:
    """Whether a title is of what a server shows instead of an article."""
    if len(title) > 60:
        return False
    title = title.strip()
    return title[:2].lower() in _NO_ARTICLE_BEGINS and bool(_NO_ARTICLE.fullmatch(title))


def title_guid(title: str) -> str:
    """The identity of an article without id and link: the same title is the same article."""
    return "title:" + sha256(title.casefold().encode("utf-8", "replace")).hexdigest()[:32]


def publisher_of(url: str, publisher_name: str, source_url: str) -> str:
    """The link's domain; at an aggregator, the publisher that the entry names."""
    domain = domain_of(url)
    if domain and domain not in AGGREGATORS:
        return domain
    return (_clean_publisher(publisher_name) if publisher_name else "") or domain or domain_of(source_url)


@lru_cache(maxsize=4_096)
def _clean_publisher(text: str) -> str:
    name = plain_text(text, NAME_LIMIT)
    return domain_of(name) or (name.lower().removeprefix("www.") if _DOMAIN.fullmatch(name) else name)


def _first_readable(dates: Iterable[str | float | None], hints: Hints, order: Order | None) -> tuple[ParsedDate, str]:
    """The first date that can be read; when there is none, no date and the reason, and the first one as written."""
    reason, unread = MISSING, ""
    for raw in dates:
        parsed = parse_date(raw, timezone=hints.timezone, now=hints.now, order=order)
        if parsed[0] is not None:
            return parsed, ""
        reason = parsed if reason is MISSING else reason
        unread = unread or ("" if raw is None else str(raw).strip()[:NAME_LIMIT])
    if hints.published is not None and reason[1] == "missing":
        return (datetime.combine(hints.published, time(), tzinfo=UTC), "day"), unread
    return reason, unread


def _clean_guid(raw: str) -> str:
    guid = raw.strip() if raw.isprintable() else " ".join(visible_text(raw).split())
    # Hashed, not cut: two long guids may differ only at their ends.
    return guid if len(guid) <= GUID_LIMIT else "guid:" + sha256(guid.encode("utf-8", "replace")).hexdigest()[:32]
