"""
What pages and proofs need of a catalog, as text for the store, so that a chart can be rebuilt after the files have
changed.

The words that link articles are left out: what they linked is in the store, by revision.

    Catalog → facts_of → JSON in the store → catalog_with → Catalog
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from data.catalog.records import Catalog, Company, Listing, Publisher, Relation, Theme


def facts_of(catalog: Catalog) -> str:
    """Canonical JSON of companies, listings, themes, sub-themes, relations, publishers' families and benchmarks."""
    facts = {
        # Lists, not objects: a basket's members and a menu's themes have the order of the files.
        "companies": [[c.id, c.name, c.country, _rows(c.listings), c.themes] for c in catalog.companies.values()],
        "themes": [[theme.id, theme.name, list(theme.subthemes.items())] for theme in catalog.themes.values()],
        "relations": [
            [r.supplier, r.customer, r.product, r.date.isoformat(), r.source, r.url] for r in catalog.relations
        ],
        "publishers": [[key, each.domain, each.name, each.family] for key, each in catalog.publishers.items()],
        "benchmarks": _rows(catalog.benchmarks),
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _rows(listings: Sequence[Listing]) -> list[list[str]]:
    # A fourth value only where a listing is quoted in hundredths: the facts of older catalogs keep their hash.
    return [
        [listing.ticker, listing.mic, listing.currency, *([listing.quoted_in] if listing.quoted_in else [])]
        for listing in listings
    ]


def catalog_with(facts: str, today: Catalog, *, catalog_hash: str) -> Catalog:
    """The catalog with these facts. What they leave out (aliases, phrases, sources) is today's."""
    known = _parsed(facts)
    return replace(
        today,
        companies={row[0]: _company(row, today.companies.get(row[0])) for row in known["companies"]},
        themes={row[0]: _theme(row, today.themes.get(row[0])) for row in known["themes"]},
        relations=tuple(
            Relation(supplier=a, customer=b, product=product, date=date.fromisoformat(day), source=source, url=url)
            for a, b, product, day, source, url in known["relations"]
        ),
        publishers={
            key: Publisher(domain=domain, name=name, family=family) for key, domain, name, family in known["publishers"]
        },
        benchmarks=_listings(known["benchmarks"]),
        hash=catalog_hash,
    )


@lru_cache(maxsize=8)
def _parsed(facts: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(facts)
    return parsed


def _company(row: list[Any], today: Company | None) -> Company:
    ident, name, country, listings, themes = row
    company = today or Company(id=ident, name=name, country=country, listings=(), themes=(), aliases=())
    return replace(company, name=name, country=country, listings=_listings(listings), themes=tuple(themes))


def _listings(rows: list[list[str]]) -> tuple[Listing, ...]:
    return tuple(
        Listing(ticker=ticker, mic=mic, currency=currency, quoted_in="".join(quoted_in))
        for ticker, mic, currency, *quoted_in in rows
    )


def _theme(row: list[Any], today: Theme | None) -> Theme:
    ident, name, subthemes = row
    theme = today or Theme(id=ident, name=name, subthemes={}, phrases=(), blocks=())
    return replace(theme, name=name, subthemes=dict(subthemes))
