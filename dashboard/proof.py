"""
Proof links: a view at a revision with the hash of the data that its charts show.

    page, view, values → rows, rebuilt from the append-only store → SHA-256            then and now: dashboard/then_now.py

The rows are what is drawn: counts by period with their parts, price lines, the articles found. Names and colours are not
in them, so that a new name for a theme breaks no proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.attention import Grain, period_of
from analysis.baskets import basket, rebased
from analysis.network import co_mentions
from analysis.returns import adjusted, price_table
from dashboard.answers import Row, attention_rows, rounded, sha256_of
from dashboard.cells import cells_between
from dashboard.comparing import FIRST_SUBJECTS, subject_levels, tickers_of_subjects
from dashboard.filters import View
from dashboard.members import BASKET, theme_tickers
from dashboard.networking import judged
from dashboard.words import moment_words
from data.catalog.records import Catalog
from data.db import Store
from data.prices import actions_of, bars_between
from data.queries import Filters, Kind, coverage_by_day, split_by_day, story_subjects
from data.receipts import search_articles
from data.revisions import revision_info

FIRST_COMPANY = "nvidia"
MOST_ARTICLES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A view at a definite revision, and where to read it."""

    store: Store
    catalog: Catalog
    page: str
    view: View
    values: Mapping[str, Any]

    @property
    def filters(self) -> Filters:
        return replace(self.view.filters, q=str(self.values.get("q") or ""))

    @property
    def grain(self) -> Grain:
        return self.view.grain  # type: ignore[return-value]


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
    return ROWS[asked.page](asked)


def verdict(asked: Asked, sha: str, *, found: str, newest: int, version: str) -> tuple[bool, str]:
    """Whether the data `found` now is what the link says, and a sentence that says so or why not. `version`: of this program."""
    rev = asked.view.rev
    known = revision_info(asked.store, rev)
    if known is None or rev > newest:
        return False, f"Not verified: this store has no revision {rev}. The link is from another store, or from a later state of this one."
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
        return [f"theme:{asked.values.get('theme') or next(iter(asked.catalog.themes))}"]
    if asked.page == "compare":
        return list(_many(asked.values.get("subject", FIRST_SUBJECTS)))
    if asked.page == "company":
        return [f"company:{asked.values.get('company') or FIRST_COMPANY}"]
    return [""]


def tickers_of(asked: Asked) -> list[str]:
    """The listings whose prices the page draws."""
    if asked.page == "theme":
        against = _against(asked)
        return sorted({*(_members(asked) if BASKET in against else ()), *against} - {BASKET})
    if asked.page == "compare":
        return sorted({ticker for own in _compared(asked).values() for ticker in own})
    if asked.page == "company":
        ticker = asked.values.get("listing") or _main_ticker(asked)
        return [ticker, *_many(asked.values.get("beside"))] if ticker else []
    return []


def _overview(asked: Asked) -> list[Row]:
    return _cells(asked, "theme", None) + _cells(asked, "company", 1)


def _theme(asked: Asked) -> list[Row]:
    (subject,) = subjects_of(asked)
    prices, against = _prices(asked), _against(asked)
    lines = rebased(prices[[ticker for ticker in against if ticker in prices]])
    if BASKET in against and not prices.empty:
        lines = pd.concat([basket(prices, _members(asked))["level"].rename(BASKET), lines], axis=1)
    return _attention(asked, subject) + _parts(asked, subject) + _lines(lines)


def _company(asked: Asked) -> list[Row]:
    return _attention(asked, *subjects_of(asked)) + _lines(_prices(asked))


def _compare(asked: Asked) -> list[Row]:
    attention = [row for subject in subjects_of(asked) for row in _attention(asked, subject)]
    return attention + _lines(subject_levels(_prices(asked), _compared(asked)))


def _compared(asked: Asked) -> dict[str, list[str]]:
    return tickers_of_subjects(asked.catalog, subjects_of(asked))


def _articles(asked: Asked) -> list[Row]:
    about = _many(asked.values.get("about"))
    rows, total = search_articles(asked.store, asked.filters, subjects=about, limit=MOST_ARTICLES)
    found = [
        {"chart": "articles", "article": int(row.article), "day": _day(row.day), "url": row.url, "title": row.title}
        for row in rows.itertuples()
    ]
    return [{"chart": "total", "articles": int(total)}, *found]


def _sources(asked: Asked) -> list[Row]:
    days = coverage_by_day(asked.store, asked.filters)
    return [
        {"chart": "coverage", "day": _day(day), "stories": int(stories), "articles": int(articles)}
        for day, stories, articles in zip(days["day"], days["stories"], days["articles"], strict=True)
    ]


def _network(asked: Asked) -> list[Row]:
    kind: Kind = "theme" if asked.values.get("kind") == "theme" else "company"
    edges = judged(co_mentions(story_subjects(asked.store, kind, asked.filters)).edges)
    return [
        {"chart": "network", "a": edge.a, "b": edge.b, "stories": int(edge.stories), "beyond_chance": bool(edge.beats)}
        for edge in edges.sort_values(["a", "b"]).itertuples()
    ]


ROWS: dict[str, Callable[[Asked], list[Row]]] = {
    "overview": _overview,
    "theme": _theme,
    "company": _company,
    "compare": _compare,
    "network": _network,
    "articles": _articles,
    "sources": _sources,
}
"""What each page's proof is of. A further page is a further row."""


def _attention(asked: Asked, subject: str) -> list[Row]:
    if asked.view.measure == "abnormal":
        return _cells(asked, (subject,), None)
    return [{"chart": "attention", "subject": subject, **row} for row in attention_rows(asked.store, subject, asked.filters, asked.grain)]


def _cells(asked: Asked, subjects: Kind | tuple[str, ...], judged: int | None) -> list[Row]:
    cells = cells_between(asked.store, subjects, asked.filters, asked.grain, judged)
    shown = cells[cells["period"] == cells["period"].max()] if judged == 1 and not cells.empty else cells
    return [
        {
            "chart": "cells",
            "subject": cell.subject,
            "period": _day(cell.period),
            "stories": int(cell.stories),
            "articles": int(cell.articles),
            "all_stories": int(cell.all_stories),
            "abnormal": rounded(cell.abnormal, 6),
        }
        for cell in shown.sort_values(["subject", "period"]).itertuples()
    ]


def _parts(asked: Asked, subject: str) -> list[Row]:
    if asked.view.measure not in ("share", "stories"):
        return []
    by = "subtheme" if asked.values.get("split") == "subtheme" else "company"
    split = split_by_day(asked.store, subject, asked.filters, by)
    split = split.assign(period=period_of(split["day"], asked.grain)).groupby(["period", "part"], as_index=False)["stories"].sum()
    return [
        {"chart": "parts", "period": _day(period), "part": part, "stories": int(stories)}
        for period, part, stories in zip(split["period"], split["part"], split["stories"], strict=True)
    ]


def _lines(lines: pd.DataFrame) -> list[Row]:
    return [
        {"chart": "prices", "line": str(name), "session": _day(session), "value": rounded(value, 6)}
        for name in lines.columns
        for session, value in lines[name].dropna().items()
    ]


def _prices(asked: Asked) -> pd.DataFrame:
    tickers, view = tickers_of(asked), asked.view
    bars = bars_between(asked.store, tickers, view.start, view.end, view.rev)
    return price_table(adjusted(bars, actions_of(asked.store, tickers, view.rev)))


def _against(asked: Asked) -> tuple[str, ...]:
    return _many(asked.values.get("against", BASKET))


def _members(asked: Asked) -> list[str]:
    """The basket's listings: those that the link names, for the catalog may have others by now."""
    return list(_many(asked.values.get("basket"))) or theme_tickers(asked.catalog).get(subjects_of(asked)[0], [])


def _main_ticker(asked: Asked) -> str | None:
    company = asked.catalog.companies.get(subjects_of(asked)[0].partition(":")[2])
    return company.ticker if company else None


def _many(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in ([value] if isinstance(value, str) else value or ()) if one)


def _day(day: Any) -> str:
    return str(pd.Timestamp(day).date().isoformat())

