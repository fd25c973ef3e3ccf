"""
Which subjects an article is about: Article + Catalog → Mentions, each with the characters and the rule that made it.

    fold | companies (names) | themes | relevance
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from operator import add
from typing import Any

from data.catalog.records import Catalog
from data.records import Article, Field, Mention
from data.schema.bulk import in_parts
from ingest.entities.companies import RULES as NAME_RULES
from ingest.entities.companies import SCORES, Hit, Names
from ingest.entities.normalize import Folded, FoldedTexts
from ingest.themes.classify import THEME_RULES, ThemeLinker

RULES: dict[str, str] = {**NAME_RULES, **THEME_RULES}
FIELDS: tuple[Field, Field] = ("title", "summary")
AT_ONCE = 4_000  # articles: the automata come into the processor's cache once for all of them


class Linker:
    """Links articles to the companies and themes of one catalog. Build it once; linking is pure."""

    def __init__(self, catalog: Catalog) -> None:
        self._names = Names(catalog)
        self._themes = ThemeLinker(catalog)

    def link(self, article: Article) -> tuple[Mention, ...]:
        """The mentions of companies, then of themes, in reading order. () when the article is about nothing here."""
        return self.link_all([article])[0]

    def link_all(self, articles: Sequence[Article]) -> list[tuple[Mention, ...]]:
        """The mentions of each article, as `link` gives them. Many at once are linked faster than one by one."""
        return list(chain.from_iterable(map(self._link, in_parts(articles, AT_ONCE))))

    def _link(self, articles: Sequence[Article]) -> Iterable[tuple[Mention, ...]]:
        texts = FoldedTexts([text for article in articles for text in (article.title, article.summary)])
        companies = self._companies(articles, texts)
        return map(add, companies, self._themes.mentions(texts, companies))

    def _companies(self, articles: Sequence[Article], texts: FoldedTexts) -> list[tuple[Mention, ...]]:
        """The mentions of companies in each article, whose titles and summaries are `texts` in turn."""
        mentions: list[tuple[Mention, ...]] = [()] * len(articles)
        found = self._names.found(texts.together)
        for at in {place // 2 for place in found}:
            published = articles[at].published_at
            fields = texts.fields(at)
            hits = self._names.hits(
                fields, (found.get(2 * at, ()), found.get(2 * at + 1, ())), published.date() if published else None
            )
            if any(hits):
                mentions[at] = _mentions(fields, hits)
        return mentions


def _mentions(fields: Sequence[Folded], hits: Sequence[Sequence[Hit]]) -> tuple[Mention, ...]:
    relevance = _relevance(fields, hits)
    mentions = []
    for field, folded, found in zip(FIELDS, fields, hits, strict=True):
        for subject, start, end, rule, why, rejected in found:
            start, end = folded.span(start, end)
            matched = folded.source[start:end]
            mentions.append(
                Mention(subject, field, start, end, matched, rule, SCORES[rule], relevance[subject], why, rejected)
            )
    return tuple(mentions)


def _relevance(fields: Sequence[Folded], hits: Sequence[Sequence[Hit]]) -> dict[str, int]:
    """How much the article is about each company: where it is first named, how often, and beside how many others.

    Title 100, its second half 85, summary only 50 (30 past its first sentence's length), +5 for each further mention; with
    more than three companies each gets three shares of its own divided by their number, and never less than 10."""
    first: dict[str, float] = {}
    count: dict[str, int] = {}
    title = fields[0].text
    for field, found in zip(FIELDS, hits, strict=True):
        for hit in found:
            count[hit.subject] = count.get(hit.subject, 0) + 1
            if hit.subject not in first:
                if field == "title":
                    first[hit.subject] = 100 if hit.start <= len(title) / 2 else 85
                else:
                    first[hit.subject] = 50 if hit.start <= 160 else 30
    share = min(1.0, 3 / len(first)) if first else 1.0
    return {
        subject: max(10, round(min(100, base + 5 * (count[subject] - 1)) * share)) for subject, base in first.items()
    }


def as_json(article_id: str, mentions: Iterable[Mention]) -> dict[str, Any]:
    """What `python -m ingest link` prints for an article; sub-themes are left out, ids are the catalog's."""
    entries: dict[str, list[dict[str, Any]]] = {"company": [], "theme": []}
    for mention in mentions:
        kind, _, ident = mention.subject.partition(":")
        if kind in entries:
            evidence = {name: getattr(mention, name) for name in ("field", "start", "end", "matched", "rule", "score")}
            entries[kind].append({"id": ident, **evidence})
    return {"id": article_id, "companies": entries["company"], "themes": entries["theme"]}
