"""What a feed or page says, as it says it → articles."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.errors import ParseError
from data.records import Article
from ingest.parse.articles import to_article
from ingest.parse.contract import Hints, Parsed
from ingest.parse.html_text import TITLE_LIMIT, plain_text
from ingest.parse.language import language_of, primary_language
from ingest.parse.urls import domain_of

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
