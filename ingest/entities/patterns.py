"""
The spellings to search for and what each may mean: Catalog → Patterns by spelling.

A spelling may be a name, a product, a person or a ticker of one or more companies, and at once words that are not about
another company though they contain its name: "Galaxy Watch" is Samsung's and not Galaxy Digital's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from data.catalog.records import Alias, Catalog
from ingest.entities.surface_forms import Edge, alias_spellings, block_spellings, edge_of, plural_spellings
from ingest.entities.tickers import Mark, ticker_forms


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What a spelling may mean: these companies, by this alias or ticker."""

    subjects: tuple[str, ...]
    alias: Alias
    mark: Mark | None = None  # for tickers
    offset: int = 0  # evidence begins this many characters into the spelling
    cues: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()
    is_dated: bool = False  # it was not, or will not be, so always

    def is_valid_on(self, day: date | None) -> bool:
        """An article without a date is read with the names of today."""
        alias = self.alias
        if day is None:
            return alias.valid_to is None
        return (alias.valid_from is None or alias.valid_from <= day) and (
            alias.valid_to is None or day <= alias.valid_to
        )


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    left: Edge
    right: Edge
    claims: tuple[Claim, ...]
    not_about: frozenset[str]  # the companies that these words are not about


class Found(NamedTuple):
    """A pattern at text[start:end]."""

    start: int
    end: int
    pattern: Pattern

    def overlaps(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end


def patterns_of(catalog: Catalog) -> dict[str, Pattern]:
    """Spelling → what it may mean."""
    claims: dict[str, list[Claim]] = defaultdict(list)
    not_about: dict[str, set[str]] = defaultdict(set)
    for claim in _name_claims(catalog):
        for spelling in alias_spellings(claim.alias) | plural_spellings(claim.alias):
            claims[spelling].append(claim)
        for phrase in claim.alias.blocks:
            if not phrase.startswith("~"):
                for spelling in block_spellings(phrase):
                    not_about[spelling].update(claim.subjects)
    for spelling, claim in _ticker_claims(catalog):
        if not any(other.mark is None and not other.alias.ambiguous for other in claims[spelling]):
            claims[spelling].append(claim)
    return {
        text: Pattern(
            edge_of(text[0]), _right_edge(text, claims), tuple(claims.get(text, ())), frozenset(not_about.get(text, ()))
        )
        for text in sorted(claims.keys() | not_about.keys())
        if claims.get(text) or text in not_about
    }


def _right_edge(text: str, claims: dict[str, list[Claim]]) -> Edge:
    """A look-alike in a script without spaces may go on: モデル also covers モデルS."""
    return edge_of(text[-1]) if claims.get(text) or text[-1].isascii() else Edge.FREE


def _name_claims(catalog: Catalog) -> list[Claim]:
    owners: dict[Alias, list[str]] = defaultdict(list)
    for company in catalog.companies.values():
        for alias in company.aliases:
            if alias.kind != "ticker":
                owners[alias].append(company.key)
    return [_claim(alias, tuple(keys)) for alias, keys in owners.items()]


def _claim(alias: Alias, subjects: tuple[str, ...], mark: Mark | None = None, offset: int = 0) -> Claim:
    cues = frozenset(cue.lower() for cue in alias.cues)
    against = frozenset(block[1:].lower() for block in alias.blocks if block.startswith("~"))
    return Claim(subjects, alias, mark, offset, cues, against, bool(alias.valid_from or alias.valid_to))


def _ticker_claims(catalog: Catalog) -> Iterator[tuple[str, Claim]]:
    """The forms of all listings' tickers; a row of kind ticker in aliases.csv can make one ambiguous or give it dates."""
    for company in catalog.companies.values():
        rows = {alias.text: alias for alias in company.aliases if alias.kind == "ticker"}
        tickers = {listing.ticker for listing in company.listings}
        listed = {ticker.partition(".")[0] for ticker in tickers}
        for ticker in (*sorted(tickers), *(text for text in rows if text not in listed)):
            symbol = ticker.partition(".")[0]
            alias = rows.get(symbol, Alias(text=symbol, kind="ticker"))
            for spelling, offset, mark in ticker_forms(ticker):
                yield spelling, _claim(alias, (company.key,), mark, offset)
