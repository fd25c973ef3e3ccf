"""Which listings stand for a theme: the main ones of its companies."""

from __future__ import annotations

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
