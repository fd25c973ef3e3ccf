"""
Subjects: what attention is counted for, and the listings that represent it on a price chart.

A company is represented by its main listing; a theme by the basket of its companies' main listings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.catalog.records import Catalog, Company

BASKET = "basket"
"""In a link: a theme's own basket, beside tickers."""

SPLITS = {"company": "Company", "subtheme": "Sub-theme"}
KIND_NOUNS = {
    "company": ("company", "companies"),
    "theme": ("theme", "themes"),
    "subtheme": ("sub-theme", "sub-themes"),
}
"""Each kind of subject, singular and plural."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One subject as of a catalog. tickers: the listings that represent it, none for a private company."""

    key: str
    name: str
    tickers: tuple[str, ...]

    @property
    def kind(self) -> str:
        return self.key.partition(":")[0]

    @property
    def ident(self) -> str:
        return self.key.partition(":")[2]

    @property
    def is_basket(self) -> bool:
        """Whether its price is that of several listings, each with the same weight."""
        return self.kind != "company"


def subject_of(catalog: Catalog, key: str) -> Subject:
    """The subject with this key; one that the catalog does not have keeps its key as its name."""
    kind, _, ident = key.partition(":")
    if kind == "company":
        company = catalog.companies.get(ident)
        tickers = (company.ticker,) if company and company.ticker else ()
    else:
        tickers = tuple(theme_tickers(catalog).get(key, ()))
    return Subject(key=key, name=catalog.subject_name(key), tickers=tickers)


def company_label(company: Company) -> str:
    """Micron (MU); a private company has no ticker."""
    return f"{company.name} ({company.ticker})" if company.ticker else company.name


def subject_labels(catalog: Catalog) -> dict[str, str]:
    """Subject key → label: the themes, then the companies by name."""
    themes = {theme.key: theme.name for theme in catalog.themes.values()}
    return themes | {company.key: company_label(company) for company in companies_by_name(catalog)}


def companies_by_name(catalog: Catalog) -> list[Company]:
    return sorted(catalog.companies.values(), key=lambda company: company.name.lower())


def theme_companies(catalog: Catalog, theme: str) -> list[str]:
    """The keys of a theme's companies."""
    return [company.key for company in catalog.companies.values() if theme in company.themes]


def theme_tickers(catalog: Catalog) -> dict[str, list[str]]:
    """Theme key → the main listings of its companies."""
    members: dict[str, list[str]] = {theme.key: [] for theme in catalog.themes.values()}
    for company in catalog.companies.values():
        for theme in company.themes:
            if company.ticker:
                members[f"theme:{theme}"].append(company.ticker)
    return members


def main_tickers(catalog: Catalog, subjects: Iterable[str] | None = None) -> dict[str, str]:
    """Company key → its main listing, for some subjects or for all companies; private companies are left out."""
    keys = (company.key for company in catalog.companies.values()) if subjects is None else subjects
    companies = {key: catalog.companies.get(key.partition(":")[2]) for key in keys if key.startswith("company:")}
    return {key: company.ticker for key, company in companies.items() if company is not None and company.ticker}


def by_company(catalog: Catalog, companies: Iterable[str], moves: Mapping[str, float]) -> dict[str, float]:
    """Company key → the price move of its main listing. moves: by ticker."""
    return {key: moves[ticker] for key, ticker in main_tickers(catalog, companies).items() if ticker in moves}


def sector_peers(catalog: Catalog, tickers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Ticker → the main listings of the other companies with the same first theme."""
    sectors: dict[str, dict[str, str]] = {}
    for company in catalog.companies.values():
        if company.themes and company.ticker:
            sectors.setdefault(company.themes[0], {})[company.key] = company.ticker
    owners = {ticker: catalog.company_of_ticker.get(ticker) for ticker in tickers}
    return {
        ticker: tuple(other for key, other in sectors.get(owner.themes[0], {}).items() if key != owner.key)
        for ticker, owner in owners.items()
        if owner is not None and owner.themes
    }


def unrelated_themes(catalog: Catalog, related: Iterable[str], most: int) -> tuple[str, ...]:
    """The keys of at most `most` themes other than the `related` ones (by id)."""
    excluded = set(related)
    return tuple(theme.key for ident, theme in catalog.themes.items() if ident not in excluded)[-most:]
