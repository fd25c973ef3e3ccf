"""The catalog as typed records; `load_catalog` makes them of the files that people edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from data.catalog.lexicon import Idea
from data.files import Files
from data.model import Model, load_model

AliasKind = Literal["name", "former", "product", "person", "ticker"]
AliasCase = Literal["any", "capital", "exact"]
"""any: nvidia, Nvidia, NVIDIA · capital: not in small letters, a word then (intel) · exact: IREN, not Iren."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A company's ticker on an exchange as Yahoo writes it, the exchange's MIC ("" for a rate), the currency."""

    ticker: str
    mic: str
    currency: str
    quoted_in: str = ""  # GBp where prices are quoted in pence: what a file means that names no currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A way to name a company. It counts only between the dates, where they are given."""

    text: str
    kind: AliasKind = "name"
    ambiguous: bool = False  # also an ordinary word or another's name: needs a cue
    cues: tuple[str, ...] = ()  # words nearby that settle it
    blocks: tuple[str, ...] = ()  # phrases that contain it and rule it out; "~word" rules it out from nearby
    case: AliasCase = "any"
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    id: str
    name: str
    country: str
    listings: tuple[Listing, ...]  # the main one first; () when private
    themes: tuple[str, ...]
    aliases: tuple[Alias, ...]
    note: str = ""
    confidence: str = "high"

    @property
    def key(self) -> str:
        return f"company:{self.id}"

    @property
    def ticker(self) -> str | None:
        """The main listing's ticker; None when private."""
        return self.listings[0].ticker if self.listings else None


def former_tickers(company: Company) -> dict[str, date]:
    """Tickers that the company's main listing had, each with its last day: FB → 2022-06-08."""
    return {
        alias.text: alias.valid_to
        for alias in company.aliases
        if alias.kind == "ticker" and alias.valid_to is not None and alias.text != company.ticker
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words that say a story is about a theme. A weak one needs other evidence beside it."""

    text: str
    lang: str
    subtheme: str = ""
    weak: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    id: str
    name: str  # as shown: "Space compute"
    subthemes: dict[str, str]  # id → name as shown, in order
    phrases: tuple[Phrase, ...]
    blocks: tuple[str, ...]  # exclusions: a phrase inside one of these does not count
    cues: tuple[str, ...] = ()  # words that let a weak phrase count
    description: str = ""

    @property
    def key(self) -> str:
        return f"theme:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A supplier → customer relation, as reported on a date by a source."""

    supplier: str
    customer: str
    product: str
    date: date
    source: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who wrote it: a domain or the name that sources give; `family` is one owner or one wire."""

    domain: str
    name: str
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where news is fetched. `reason` says why one is off."""

    id: str
    name: str
    url: str
    format: str = "feed"
    enabled: bool = True
    reason: str = ""
    publisher: str = ""  # a domain, when every item has the same one
    lang: str = ""
    timezone: str = "UTC"  # for times that carry none
    every_minutes: int = 60


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """
    The whole catalog. `hash` is the SHA-256 of its files' contents and goes into every revision.

    With `model` it is everything that linking and grouping read.
    """

    companies: dict[str, Company]
    themes: dict[str, Theme]
    relations: tuple[Relation, ...]
    publishers: dict[str, Publisher]
    sources: dict[str, Source]
    benchmarks: tuple[Listing, ...]  # SPY, QQQ, SOXX, SMH
    hash: str
    rates: tuple[Listing, ...] = ()  # KRW=X: what a dollar costs in won
    broad_companies: frozenset[str] = frozenset()  # that live mostly of something else than their themes
    contexts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # kind of story → words
    lexicon: tuple[Idea, ...] = ()
    files: Files = field(default_factory=Files, compare=False, repr=False)
    model: Model = field(default_factory=load_model, compare=False)

    @property
    def folder(self) -> str:
        """Where its files are; "" when it was not made of files."""
        return self.files.folder

    @cached_property
    def company_of_ticker(self) -> dict[str, Company]:
        return {listing.ticker: company for company in self.companies.values() for listing in company.listings}

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """The keys of every theme, sub-theme and company."""
        parts = [f"subtheme:{theme.id}.{part}" for theme in self.themes.values() for part in theme.subthemes]
        return (
            *(theme.key for theme in self.themes.values()),
            *parts,
            *(company.key for company in self.companies.values()),
        )

    def subject_name(self, key: str) -> str:
        """The name shown for a subject key; the key itself when the catalog no longer has it."""
        kind, _, ident = key.partition(":")
        if kind == "company" and ident in self.companies:
            return self.companies[ident].name
        theme, _, subtheme = ident.partition(".")
        if kind == "theme" and theme in self.themes:
            return self.themes[theme].name
        if kind == "subtheme" and theme in self.themes:
            return self.themes[theme].subthemes.get(subtheme, key)
        return key

    def family(self, publisher: str) -> str:
        """The publisher family; a publisher that the catalog does not know is its own."""
        known = self.publishers.get(publisher)
        return known.family if known else publisher
