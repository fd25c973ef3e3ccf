"""The labels that widgets show for ids."""

from __future__ import annotations

from data.catalog.records import Catalog, Company

SPLITS = {"company": "Company", "subtheme": "Sub-theme"}


def company_label(company: Company) -> str:
    """Micron (MU); a private one has no ticker."""
    return f"{company.name} ({company.ticker})" if company.ticker else company.name


def about_labels(catalog: Catalog) -> dict[str, str]:
    """Subject key → label: the themes, then the companies."""
    themes = {theme.key: theme.name for theme in catalog.themes.values()}
    return themes | {company.key: company_label(company) for company in catalog.companies.values()}
