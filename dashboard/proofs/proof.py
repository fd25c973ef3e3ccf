"""
Proof links: a view at a revision with the hash of the data that its charts show.

    page, view, values → rows, rebuilt from the append-only store → SHA-256            then and now: dashboard/proofs/then_now.py

The rows are what is shown: counts by period with their parts, price lines, the tables beside them, the articles found. Names
and colours are not in them, so that a new name for a theme breaks no proof.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd

from analysis.attention import period_of
from analysis.baskets import basket, rebased
from dashboard.formatting import moment_words
from dashboard.proofs.asked import Asked, cell_rows, company_of, iso_day, line_rows, many, prices_of, theme_of
from dashboard.proofs.proof_parts import FAMILY, PARTS, family_pairs, part_tickers
from dashboard.proofs.proof_signals import (
    PRICE_REACH,
    alarm_rows,
    alarm_subjects,
    compare_rows,
    event_tickers,
    events_rows,
    lead_lag_rows,
    lead_lag_tickers,
    market_of,
    network_rows,
)
from dashboard.proofs.proof_tables import also_rows, newest_rows, part_rows, ranking_moves, table_tickers
from dashboard.proofs.rows import Row, attention_rows, sha256_of
from dashboard.shaping.comparing import FIRST_SUBJECTS, tickers_of_subjects
from dashboard.shaping.currencies import DOLLAR, OWN, in_dollars, rate_tickers
from dashboard.shaping.members import BASKET, theme_tickers
from dashboard.shaping.moves import PRICE_REACH as BEFORE_PERIOD
from dashboard.shaping.moves import last_period
from data.catalog.records import Listing
from data.read.attention import coverage_by_day, known_subjects, span
from data.read.breakdown import split_by_day
from data.read.search import search_articles
from data.write.revisions import revision_info

MOST_ARTICLES = 1_000


def has_proof(page: str) -> bool:
    """Whether the page shows data that a proof link can hold."""
    return page in ROWS


def page_hash(asked: Asked) -> str:
    """The SHA-256 of what the page shows."""
    return sha256_of(page_rows(asked))


def page_rows(asked: Asked) -> list[Row]:
    """What the page shows, as rows of texts and numbers."""
    if not asked.view.rev:
        raise ValueError("a proof is of one revision: spell it out")
    return PARTS.get((asked.page, asked.part), ROWS[asked.page])(asked)


def verdict(asked: Asked, sha: str, *, found: str, newest: int, version: str) -> tuple[bool, str]:
    """Whether the data `found` now is what the link says, and a sentence that says so or why not. `version`: of this program."""
    rev = asked.view.rev
    known = revision_info(asked.store, rev)
    if known is None or rev > newest:
        return (
            False,
            f"Not verified: this store has no revision {rev}. The link is from another store, or from a later state of this one.",
        )
    when = f"{moment_words(known.at)} (revision {rev})"
    if found == sha:
        return True, f"Verified: as known on {when}."
    if known.app_version != version:
        why = f"That revision was written by version {known.app_version}, this is version {version}"
    else:
        why = f"Both are version {version}"
    catalog = "" if known.catalog_hash == asked.catalog.hash else "; the catalog has been edited since"
    return False, (
        f"Not verified: for {when} this version of the program computes other data than the link says. {why}{catalog}."
        " It may also be a link from another store, or one that was altered."
    )


def subjects_of(asked: Asked) -> list[str]:
    """The subjects whose attention the page draws; "" is all stories."""
    if asked.page == "overview":
        return [theme.key for theme in asked.catalog.themes.values()]
    if asked.page == "theme":
        return [theme_of(asked)]
    if asked.page == "compare":
        return list(many(asked.values.get("subject", FIRST_SUBJECTS)))
    if asked.page == "company":
        return [company_of(asked)]
    if asked.page == "lead_lag" and asked.part == FAMILY:
        return list(family_pairs(asked))
    if asked.page == "lead_lag":
        return [str(asked.values.get("about") or "")]
    if asked.page == "events":
        return sorted(event_tickers(asked))
    if asked.page == "alarms":
        watched = alarm_subjects(asked)
        return known_subjects(asked.store, watched) if isinstance(watched, str) else list(watched)
    if asked.page == "network":
        return known_subjects(asked.store, "theme" if asked.values.get("kind") == "theme" else "company")
    return [""]


def tickers_of(asked: Asked) -> list[str]:
    """The listings whose prices the page draws or tells."""
    if (asked.page, asked.part) in PARTS:
        return part_tickers(asked)
    return sorted({*_drawn_tickers(asked), *table_tickers(asked)})


def _drawn_tickers(asked: Asked) -> list[str]:
    """The listings of the page's lines."""
    if asked.page == "theme":
        against = _against(asked)
        return sorted({*(_members(asked) if BASKET in against else ()), *against} - {BASKET})
    if asked.page == "compare":
        return sorted({ticker for own in _compared(asked).values() for ticker in own})
    if asked.page == "company":
        shown = _company_tickers(asked)
        return [*shown, *(rate_tickers(asked.catalog, _listings_of(asked, shown)) if _in_dollars(asked) else ())]
    if asked.page == "lead_lag":
        return lead_lag_tickers(asked)
    if asked.page == "events":
        return sorted({*event_tickers(asked).values(), market_of(asked)})
    return []


def price_days(asked: Asked) -> tuple[date, date]:
    """The first and last day whose prices the page is made from: a market model needs those before its dates, an event those after."""
    known = span(asked.store, asked.view.rev)
    first = known[0] if known else asked.view.start
    early = {
        "overview": last_period(asked.view.start, asked.view.end, asked.grain) - BEFORE_PERIOD,
        "compare": asked.view.start - PRICE_REACH,
        "lead_lag": first,
        "events": first,
    }
    start = early.get(asked.page, asked.view.start)
    return start, date.max if asked.page == "events" else asked.view.end


def _overview(asked: Asked) -> list[Row]:
    companies = cell_rows(asked, "company", 1)
    moves = ranking_moves(asked, [row["subject"] for row in companies])
    return cell_rows(asked, "theme", None) + companies + moves + newest_rows(asked, None)


def _theme(asked: Asked) -> list[Row]:
    (subject,) = subjects_of(asked)
    prices, against = prices_of(asked, _drawn_tickers(asked)), _against(asked)
    lines = rebased(prices[[ticker for ticker in against if ticker in prices]])
    if BASKET in against and not prices.empty:
        lines = pd.concat([basket(prices, _members(asked))["level"].rename(BASKET), lines], axis=1, sort=True)
    tables = part_rows(asked, subject) + newest_rows(asked, subject)
    return _attention(asked, subject) + _parts(asked, subject) + line_rows(lines) + tables


def _company(asked: Asked) -> list[Row]:
    prices, shown = prices_of(asked, _drawn_tickers(asked)), _company_tickers(asked)
    (subject,) = subjects_of(asked)
    lines = prices[[ticker for ticker in prices if ticker in shown]]
    dollars = in_dollars(prices, _listings_of(asked, shown), asked.catalog) if _in_dollars(asked) else lines.iloc[:0]
    tables = also_rows(asked, subject) + newest_rows(asked, subject)
    return _attention(asked, subject) + line_rows(lines if dollars.empty else dollars) + tables


def _company_tickers(asked: Asked) -> list[str]:
    """The listings of a company whose prices are drawn, the chosen one first."""
    ticker = asked.values.get("listing") or _main_ticker(asked)
    return [ticker, *many(asked.values.get("beside"))] if ticker else []


def _listings_of(asked: Asked, tickers: list[str]) -> list[Listing]:
    company = asked.catalog.companies.get(subjects_of(asked)[0].partition(":")[2])
    return [listing for listing in (company.listings if company else ()) if listing.ticker in tickers]


def _in_dollars(asked: Asked) -> bool:
    return str(asked.values.get("currency") or OWN) == DOLLAR


def _compared(asked: Asked) -> dict[str, list[str]]:
    return tickers_of_subjects(asked.catalog, subjects_of(asked))


def _articles(asked: Asked) -> list[Row]:
    about = many(asked.values.get("about"))
    rows, total = search_articles(asked.store, asked.filters, subjects=about, limit=MOST_ARTICLES)
    found = [
        {"chart": "articles", "article": int(row.article), "day": iso_day(row.day), "url": row.url, "title": row.title}
        for row in rows.itertuples()
    ]
    return [{"chart": "total", "articles": int(total)}, *found]


def _sources(asked: Asked) -> list[Row]:
    days = coverage_by_day(asked.store, asked.filters)
    return [
        {"chart": "coverage", "day": iso_day(day), "stories": int(stories), "articles": int(articles)}
        for day, stories, articles in zip(days["day"], days["stories"], days["articles"], strict=True)
    ]


ROWS: dict[str, Callable[[Asked], list[Row]]] = {
    "overview": _overview,
    "theme": _theme,
    "company": _company,
    "compare": compare_rows,
    "network": network_rows,
    "lead_lag": lead_lag_rows,
    "events": events_rows,
    "alarms": alarm_rows,
    "articles": _articles,
    "sources": _sources,
}
"""What each page's proof is of. A further page is a further row."""


def _attention(asked: Asked, subject: str) -> list[Row]:
    if asked.view.measure == "abnormal":
        return cell_rows(asked, (subject,), None)
    return [
        {"chart": "attention", "subject": subject, **row}
        for row in attention_rows(asked.store, subject, asked.filters, asked.grain)
    ]


def _parts(asked: Asked, subject: str) -> list[Row]:
    if asked.view.measure not in ("share", "stories"):
        return []
    by = "subtheme" if asked.values.get("split") == "subtheme" else "company"
    split = split_by_day(asked.store, subject, asked.filters, by)
    split = (
        split.assign(period=period_of(split["day"], asked.grain))
        .groupby(["period", "part"], as_index=False)["stories"]
        .sum()
    )
    return [
        {"chart": "parts", "period": iso_day(period), "part": part, "stories": int(stories)}
        for period, part, stories in zip(split["period"], split["part"], split["stories"], strict=True)
    ]


def _against(asked: Asked) -> tuple[str, ...]:
    return many(asked.values.get("against", BASKET))


def _members(asked: Asked) -> list[str]:
    """The basket's listings: those that an older link names, else those of the catalog as of the revision."""
    return list(many(asked.values.get("basket"))) or theme_tickers(asked.catalog).get(subjects_of(asked)[0], [])


def _main_ticker(asked: Asked) -> str | None:
    company = asked.catalog.companies.get(subjects_of(asked)[0].partition(":")[2])
    return company.ticker if company else None
