"""
Ids and the labels that widgets show for them.

A share link has ids, which stay; a bound widget puts its label into the address bar. Both are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.filters import GRAINS, MEASURES
from dashboard.words import LANG_NAMES
from data.catalog.records import Catalog, Company

SPLITS = {"company": "Company", "subtheme": "Sub-theme"}

Query = Mapping[str, Sequence[str]]


def company_label(company: Company) -> str:
    """Micron (MU); a private one has no ticker."""
    return f"{company.name} ({company.ticker})" if company.ticker else company.name


def about_labels(catalog: Catalog) -> dict[str, str]:
    """Subject key → label: the themes, then the companies."""
    themes = {theme.key: theme.name for theme in catalog.themes.values()}
    return themes | {company.key: company_label(company) for company in catalog.companies.values()}


def label_tables(catalog: Catalog) -> dict[str, dict[str, str]]:
    """Id → label of every parameter whose widget shows a label."""
    return {
        "grain": GRAINS,
        "measure": MEASURES,
        "lang": LANG_NAMES,
        "split": SPLITS,
        "theme": {theme.id: theme.name for theme in catalog.themes.values()},
        "company": {company.id: company_label(company) for company in catalog.companies.values()},
        "about": about_labels(catalog),
    }


def ids_of(query: Query, catalog: Catalog) -> dict[str, list[str]]:
    """The query with ids where it has labels."""
    tables = {name: {label: ident for ident, label in table.items()} for name, table in label_tables(catalog).items()}
    return _changed(query, tables)


def labels_of(query: Query, catalog: Catalog) -> dict[str, list[str]]:
    """The query with labels where it has ids."""
    return _changed(query, label_tables(catalog))


def _changed(query: Query, tables: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    return {name: [tables.get(name, {}).get(text, text) for text in texts] for name, texts in query.items()}
