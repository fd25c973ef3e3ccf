"""
Which subjects an article is about: Article + Catalog → Mentions, each with its characters and the rule that made it.

    normalize | companies | themes
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import add
from typing import Any

from data.catalog.records import Catalog
from data.records import Article, Mention
from ingest.entities.companies import CompanyLinker
from ingest.entities.normalize import NormalizedTexts
from ingest.themes.classify import ThemeLinker

AT_ONCE = 4_000  # articles: the automata come into the processor's cache once for all of them


class Linker:
    """Links articles to the companies and themes of one catalog. Build it once; linking is pure."""

    def __init__(self, catalog: Catalog) -> None:
        self._companies = CompanyLinker(catalog)
        self._themes = ThemeLinker(catalog)

    def link(self, article: Article) -> tuple[Mention, ...]:
        """The mentions of companies, then of themes, in reading order. () when the article is about none of them."""
        return self.link_all([article])[0]

    def link_all(self, articles: Sequence[Article]) -> list[tuple[Mention, ...]]:
        """The mentions of each article, as `link` gives them, but many articles are linked faster than one by one."""
        batches = (articles[at : at + AT_ONCE] for at in range(0, len(articles), AT_ONCE))
        return [mentions for batch in batches for mentions in self._link(batch)]

    def _link(self, articles: Sequence[Article]) -> Iterator[tuple[Mention, ...]]:
        texts = NormalizedTexts([text for article in articles for text in (article.title, article.summary)])
        companies = self._companies.mentions(texts, [article.published_at for article in articles])
        return map(add, companies, self._themes.mentions(texts, companies))


def as_json(article_id: str, mentions: Iterable[Mention]) -> dict[str, Any]:
    """What `python -m ingest link` prints for an article: without sub-themes, with the catalog's ids."""
    entries: dict[str, list[dict[str, Any]]] = {"company": [], "theme": []}
    for mention in mentions:
        kind, _, ident = mention.subject.partition(":")
        if kind in entries:
            evidence = {name: getattr(mention, name) for name in ("field", "start", "end", "matched", "rule", "score")}
            entries[kind].append({"id": ident, **evidence})
    return {"id": article_id, "companies": entries["company"], "themes": entries["theme"]}
