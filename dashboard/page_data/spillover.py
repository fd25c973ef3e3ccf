"""
Spillover: whether a shock to one company spreads to its suppliers and customers. A part of Events.

    relations ┐
    shocks    ├ analysis.shock → by degree and window → sentence, chart
    stories   ┘
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.event_study.spillover import WINDOWS, Spillover, spillover
from analysis.sessions import session_of
from dashboard.address.params import Param, one_of, read_threshold
from dashboard.cache.memoize import few, many
from dashboard.cache.stores import catalog_at
from dashboard.cache.stories import load_story_subjects, load_story_times
from dashboard.formatting import count_words, signed
from dashboard.page_data.events import SHOCK, EventsData, OwnEvents
from dashboard.page_data.network import relations_until
from dashboard.page_data.page import Page
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row, iso_day, rounded
from dashboard.page_data.signals import HOME, MARKETS, abnormal_of, history_to_last
from dashboard.page_data.subjects import main_tickers
from data.calendars import calendar_of
from data.catalog.records import Catalog
from data.read.attention import Filters

ALL = "all"
SIGNIFICANT = 0.05
DEGREES = {1: "Suppliers and customers", 2: "Their suppliers and customers"}


class SpilloverData(EventsData):
    """With the relation that shocks spread through: supplier>customer, or "all"."""

    @property
    def tickers(self) -> list[str]:
        return sorted({*main_tickers(self.catalog).values(), self.market})

    @property
    def companies(self) -> list[str]:
        return [company.key for company in self.catalog.companies.values()]

    @property
    def other_count(self) -> tuple[str, int]:
        spillover = self.spillover(1)
        return "pairs of a shocked company and a neighbour", len(spillover.pairs) if spillover else 0

    def spillover(self, family: int) -> Spillover | None:
        """What neighbours did after these events; None without prices, or when no event is of a company with relations."""
        return _spillover(self.request, self.own, family)

    @cached_property
    def rows(self) -> list[Row]:
        """By degree and window, and each pair. Not the p-values: they also count what else their reader has looked at."""
        spillover = self.spillover(1)
        if spillover is None:
            return []
        passed = [
            {
                "chart": "spread", "degree": int(row.degree), "window": row.window, "pairs": int(row.n_pairs),
                "shocks": int(row.n_shocks), "dates": int(row.n_dates), "passed": rounded(row.passed, 6),
                "low": rounded(row.passed_low, 6), "high": rounded(row.passed_high, 6),
            }
            for row in spillover.results.itertuples()
        ]  # fmt: skip
        pairs = spillover.pairs.sort_values(["session", "ticker", "degree", "neighbour"])
        return passed + [
            {
                "chart": "pairs", "session": iso_day(row["session"]), "shocked": row["ticker"],
                "neighbour": row["neighbour"], "is": row["side"], "own": rounded(row["own"], 6),
                **{window: rounded(row[window], 6) for window in WINDOWS}, "left_out": int(row["same_article"]),
            }
            for row in pairs.to_dict("records")
        ]  # fmt: skip


@many
def _spillover(request: Request, own: OwnEvents, family: int) -> Spillover | None:
    page = SpilloverData(request, own)
    relations = listed_relations(page.catalog, request.view.end, str(request.get("relation", ALL)))
    shocks = page.events[page.events["ticker"].isin({*relations["supplier"], *relations["customer"]})]
    abnormal = _abnormal_returns(request)
    if shocks.empty or abnormal.empty:
        return None
    together = _mentioned_together(request.url, request.filters)
    return spillover(shocks[["ticker", "session"]], relations, abnormal, same_article=together, family=family)


@few
def _abnormal_returns(request: Request) -> pd.DataFrame:
    """Abnormal returns of every company's main listing: index session, one column a ticker. Empty without the market."""
    page = SpilloverData(request)
    prices = history_to_last(request, page.tickers)
    if page.market not in prices:
        return pd.DataFrame()
    return abnormal_of(prices.drop(columns=page.market), prices[page.market].dropna())


@few
def _mentioned_together(url: str, filters: Filters) -> pd.DataFrame:
    """Columns session, ticker, neighbour: the companies that one story mentions."""
    # Through no filter: one article anywhere carries the same news to both.
    every = replace(filters, publishers=(), langs=(), min_relevance=0)
    catalog = catalog_at(url, filters.rev or 0)
    rows = load_story_subjects(url, "company", every)
    return mentioned_together(rows, load_story_times(url, "", every), main_tickers(catalog))


def relation_choices(catalog: Catalog, until: date) -> dict[str, str]:
    """What the control offers: all relations that were reported by then, and each one whose both ends are listed."""
    known = listed_relations(catalog, until)
    names = {ticker: company.name for ticker, company in catalog.company_of_ticker.items()}
    each = {
        f"{row.supplier}>{row.customer}": f"{names[row.supplier]} → {names[row.customer]}" for row in known.itertuples()
    }
    return {
        ALL: f"all {count_words(len(known), 'relation')}",
        **dict(sorted(each.items(), key=lambda item: item[1].lower())),
    }


def listed_relations(catalog: Catalog, until: date, chosen: str = ALL) -> pd.DataFrame:
    """Columns supplier, customer: main listings; only the chosen one where one is chosen."""
    pairs = [
        (catalog.companies[relation.supplier].ticker, catalog.companies[relation.customer].ticker)
        for relation in relations_until(catalog, until)
    ]
    known = {pair for pair in pairs if all(pair) and chosen in (ALL, f"{pair[0]}>{pair[1]}")}
    return pd.DataFrame(sorted(known), columns=["supplier", "customer"], dtype=object)


def mentioned_together(stories: pd.DataFrame, times: pd.DataFrame, tickers: Mapping[str, str]) -> pd.DataFrame:
    """Columns session, ticker, neighbour: each two companies that a story mentions, on the session in which it was known.

    stories: story, subject; times: story, available_at (those without a time of day count on their day's session)."""
    named = stories[stories["subject"].isin(list(tickers))]
    named = named.assign(ticker=named["subject"].map(tickers))[["story", "ticker"]]
    both = named.merge(named.rename(columns={"ticker": "neighbour"}), on="story")
    both = both[both["ticker"] < both["neighbour"]].merge(times, on="story")
    moments = both["available_at"].fillna(both["day"].dt.tz_localize("UTC"))
    sessions = session_of(moments, calendar_of(HOME), kind="reaction") if len(both) else pd.DatetimeIndex([])
    return both.assign(session=sessions)[["session", "ticker", "neighbour"]].dropna().drop_duplicates(ignore_index=True)


def spillover_head(found: Spillover) -> str:
    """The head of the answer."""
    believed = found.results[found.results["passed_p_adjusted"] <= SIGNIFICANT]
    if believed.empty:
        return "Cannot tell whether it spreads"
    return (
        "It spreads to suppliers and customers"
        if (believed["degree"] == 1).any()
        else "It shows at the second degree only"
    )


def spillover_sentence(found: Spillover) -> str:
    """Each degree and window: how much is passed on, how sure that is, and on how much it rests."""
    left_out = int(found.pairs["same_article"].sum())
    words = " ".join(_said(row) for row in found.results.to_dict("records"))
    return f"{words} {count_words(left_out, 'pair')} left out: the same article named both." if left_out else words


def _said(row: Mapping[str, object]) -> str:
    who = f"{DEGREES[int(str(row['degree']))]}, {row['window']}"
    n = f"{count_words(int(str(row['n_pairs'])), 'pair')} on {count_words(int(str(row['n_dates'])), 'date')}"
    passed, low, high, p = (
        float(str(row[name])) for name in ("passed", "passed_low", "passed_high", "passed_p_adjusted")
    )
    if np.isnan(passed):
        return f"{who}: cannot tell from {n}; it takes ten dates."
    size = f"{signed(passed, 2)}% for each 1% of the company's own move, likely between {signed(low, 2)} and {signed(high, 2)} ({n})"
    return f"{who}: {size}." if p <= SIGNIFICANT else f"{who}: cannot tell, {size}."


PAGE = Page(
    name="events",
    title="Events",
    purpose="Abnormal returns after a spike in coverage, and whether they spread to suppliers and customers.",
    params={
        "whose": Param(),
        "market": Param(read=one_of(MARKETS), says=", ".join(MARKETS)),
        "threshold": Param(read=read_threshold, says="2, 3 or 4"),
        "relation": Param(),
        "part": Param(read=one_of((SHOCK,)), says=SHOCK),
        "point": Param(),
    },
    data=EventsData,
    parts={SHOCK: SpilloverData},
)
