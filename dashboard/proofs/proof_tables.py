"""
What the proofs of Overview, Theme and Company hold of the tables beside their charts: whom the stories name, what prices did, the newest.

    asked → counts by company, theme, sub-theme · price moves of those counted · the newest stories, as rows
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dashboard.proofs.asked import Asked, company_of, iso_day, prices_of, theme_of
from dashboard.proofs.rows import Row, rounded
from dashboard.shaping.members import main_tickers
from dashboard.shaping.moves import (
    PRICE_REACH,
    basket_tickers,
    company_moves,
    company_moves_within,
    last_period,
    theme_moves,
)
from data.read.attention import Kind
from data.read.breakdown import split_by_day
from data.read.co_mentions import co_named
from data.read.receipts import receipts

NEWEST = 8
"""Stories on the page; Articles has all."""


def ranking_moves(asked: Asked, companies: Iterable[str]) -> list[Row]:
    """What the basket of each theme and the main listing of each company did since the last close before the last period."""
    period = last_period(asked.view.start, asked.view.end, asked.grain)
    since, companies = period - PRICE_REACH, list(companies)
    # Each of its own table, as on the page: a basket's sessions are those on which a listing of the table trades.
    baskets = prices_of(asked, basket_tickers(asked.catalog), since=since)
    listings = prices_of(asked, main_tickers(asked.catalog, companies).values(), since=since)
    return _move_rows(
        theme_moves(asked.catalog, baskets, period) | company_moves(asked.catalog, companies, listings, period)
    )


def part_rows(asked: Asked, subject: str) -> list[Row]:
    """How many of a theme's stories are most about each company, and each sub-theme; what the companies' prices did."""
    kinds: tuple[Kind, ...] = ("company", "subtheme")
    totals = {
        kind: split_by_day(asked.store, subject, asked.filters, kind).groupby("part")["stories"].sum() for kind in kinds
    }
    counts: list[Row] = [
        {"chart": kind, "part": part, "stories": int(number)}
        for kind, parts in totals.items()
        for part, number in parts.items()
    ]
    return counts + _moves_within(asked, totals["company"].index)


def also_rows(asked: Asked, subject: str) -> list[Row]:
    """How many of a company's stories name each other company, and each theme; what the companies' prices did."""
    named = co_named(asked.store, subject, asked.filters, ("company", "theme"), limit=None)
    counts: list[Row] = [
        {"chart": "also", "subject": key, "stories": int(number)}
        for key, number in zip(named["subject"], named["stories"], strict=True)
    ]
    return counts + _moves_within(asked, named["subject"])


def newest_rows(asked: Asked, subject: str | None) -> list[Row]:
    """The newest stories that the page lists: those about a subject, or those that name any company or theme."""
    found = receipts(asked.store, subject, asked.filters, limit=NEWEST, named=subject is None)
    return [
        {
            "chart": "newest", "story": int(row.story), "article": int(row.article), "day": iso_day(row.day), "url": row.url,
            "title": row.title, "articles": int(row.articles), "publishers": int(row.publishers),
        }
        for row in found.itertuples()
    ]  # fmt: skip


def companies_told(asked: Asked) -> list[str]:
    """The keys of the companies that the page's tables have a price for; on Overview any company of the catalog may be one."""
    if asked.page == "overview":
        return [company.key for company in asked.catalog.companies.values()]
    if asked.page == "theme":
        parts: list[str] = (
            split_by_day(asked.store, theme_of(asked), asked.filters, "company")["part"].unique().tolist()
        )
        return parts
    if asked.page == "company":
        named: list[str] = co_named(asked.store, company_of(asked), asked.filters, ("company",), limit=None)[
            "subject"
        ].tolist()
        return named
    return []


def table_tickers(asked: Asked) -> list[str]:
    """The listings whose price moves are in the page's tables, by name."""
    return sorted(set(main_tickers(asked.catalog, companies_told(asked)).values()))


def _moves_within(asked: Asked, companies: Iterable[str]) -> list[Row]:
    companies = list(companies)
    prices = prices_of(asked, main_tickers(asked.catalog, companies).values())
    return _move_rows(company_moves_within(asked.catalog, companies, prices))


def _move_rows(moves: Mapping[str, float]) -> list[Row]:
    return [{"chart": "moves", "subject": subject, "change": rounded(moves[subject], 6)} for subject in sorted(moves)]
