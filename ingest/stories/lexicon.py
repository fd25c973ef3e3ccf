"""
What words mean to story grouping, whatever their language: the catalog's lexicon and company names, the model's word counts.

A single English word of the lexicon stands for its inflections too; with `=` at its end it does not ("news=" is not "new").
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from data.catalog.records import Catalog, Company
from ingest.stories.titles import plain

QUANTITIES = frozenset({"billion", "million", "trillion", "dollar", "yuan", "won", "yen", "euro", "percent"})
"""Words of numbers: the numbers themselves are compared."""

NAMES = ("name", "former", "ticker")
"""The aliases that stand for the company. Products and people are words of their own: they say more than whose they are."""

COMPANY = "c:"
RAREST = 3.0  # titles in 100,000: what a word counts as that is not in the table


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Words and phrases → ideas, ideas → kinds, tokens → weights. A company's idea is `c:` and its id."""

    words: dict[str, tuple[str, ...]]  # single Latin words, as inflected
    phrases: dict[str, tuple[str, ...]]  # Latin phrases, and anything in another script
    brands: frozenset[str]  # words that name a company by something else than its name: they count as themselves too
    names: dict[str, tuple[str, ...]]  # a company's idea → its names as they are written
    kinds: dict[str, str]
    counts: dict[str, float]  # token → titles in 100,000 that have it

    def knows(self, token: str) -> bool:
        """Whether it has a kind, a count or a weight of its own; the rest are words that nobody counted."""
        return token in self.counts or token in self.kinds or token in self.names or token in QUANTITIES

    def weight(self, token: str) -> float:
        """How much a token that two articles share says: the logarithm of its rarity, 0 for words of quantity."""
        if token in QUANTITIES:
            return 0.0
        count = max(self.counts.get(token, RAREST), RAREST)
        # A company in the catalog is news of a kind here, however rarely it is named.
        return math.log(1e5 / (max(count, 30.0) if token.startswith(COMPANY) else count))


def lexicon_of(catalog: Catalog) -> Lexicon:
    """The catalog's lexicon and the names of its companies, with the counts of its model."""
    words: dict[str, tuple[str, ...]] = {}
    phrases: dict[str, tuple[str, ...]] = {}
    for idea in catalog.lexicon:
        for form in map(_plain, idea.words):
            if _is_word(form.removesuffix("=")):
                _put(words, inflections(form), idea.id)
            else:
                _put(phrases, [form.removesuffix("=")], idea.id)
    names: dict[str, tuple[str, ...]] = {}
    brands: set[str] = set()
    for company in catalog.companies.values():
        written = [alias.text for alias in company.aliases if alias.kind in NAMES and len(alias.text) > 1]
        names[COMPANY + company.id] = tuple(map(plain, written))
        for name in map(_plain, written):
            _put(words if _is_word(name) else phrases, [name], COMPANY + company.id)
            if _is_brand(name, company):
                brands.add(name)
    return Lexicon(
        words=words,
        phrases=phrases,
        brands=frozenset(brands),
        names=names,
        kinds={idea.id: idea.kind for idea in catalog.lexicon},
        counts=catalog.model.word_counts,
    )


@cache
def inflections(form: str) -> frozenset[str]:
    """A word with its plural and its tenses; some of them are no words, which does no harm. With `=` only itself."""
    if form.endswith("="):
        return frozenset({form[:-1]})
    forms = {form, f"{form}s", f"{form}es", f"{form}ed", f"{form}d", f"{form}ing"}
    if form.endswith("e"):
        forms.add(f"{form[:-1]}ing")
    if form.endswith("y"):
        forms |= {f"{form[:-1]}ies", f"{form[:-1]}ied"}
    if len(form) > 2 and form[-1] not in "aeiouywx" and form[-2] in "aeiou":
        forms |= {f"{form}{form[-1]}ed", f"{form}{form[-1]}ing"}
    return frozenset(forms)


def _plain(text: str) -> str:
    return plain(text).lower().replace("-", " ").strip()


def _is_word(form: str) -> bool:
    """Found by looking words up; anything else has to be searched for."""
    return form.isascii() and form.isalnum() and form[0].isalpha()


def _is_brand(name: str, company: Company) -> bool:
    """Mythos is Anthropic's, and a word that tells which story it is; NVDA is only Nvidia again."""
    tickers = (listing.ticker.split(".")[0] for listing in company.listings)
    return _is_word(name) and name not in map(_plain, (company.name, company.id, *tickers))


def _put(into: dict[str, tuple[str, ...]], forms: Iterable[str], ident: str) -> None:
    for form in forms:
        if ident not in into.get(form, ()):
            into[form] = (*into.get(form, ()), ident)
