"""Which listings stand for a theme: the main ones of its companies."""

from __future__ import annotations

from collections.abc import Iterable

from data.catalog.records import Catalog

BASKET = "basket"
"""What a link says for a theme's own basket, beside tickers."""


def theme_companies(catalog: Catalog, theme: str) -> list[str]:
    """The keys of the companies that the catalog puts into a theme."""
    return [company.key for company in catalog.companies.values() if theme in company.themes]


def theme_tickers(catalog: Catalog) -> dict[str, list[str]]:
    """Theme key → the main listings of its companies."""
    members: dict[str, list[str]] = {theme.key: [] for theme in catalog.themes.values()}
    for company in catalog.companies.values():
        for theme in company.themes:
            if company.ticker:
                members[f"theme:{theme}"].append(company.ticker)
    return members


def main_tickers(catalog: Catalog, subjects: list[str]) -> dict[str, str]:
    """Company key → its main listing's ticker; private companies are left out."""
    found = {}
    for key in subjects:
        company = catalog.companies.get(key.partition(":")[2]) if key.startswith("company:") else None
        if company is not None and company.ticker:
            found[key] = company.ticker
    return found


def sector_peers(catalog: Catalog, tickers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each ticker's sector without its own company: the main listings of those that the catalog puts into the same theme first."""
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


def unrelated_themes(catalog: Catalog, close: Iterable[str], most: int) -> tuple[str, ...]:
    """The keys of at most so many themes that are not among the `close` ones."""
    near = set(close)
    return tuple(theme.key for ident, theme in catalog.themes.items() if ident not in near)[-most:]
