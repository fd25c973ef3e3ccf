"""
Spillover: whether a shock to one company spreads to its suppliers and customers. A part of Events.

    relations ┐
    shocks    ├ analysis.event_study.spillover → by degree and window → sentence, chart
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
from dashboard.address.params import POINT, Param, choice, read_threshold
from dashboard.cache.memoize import cache_few, cache_many
from dashboard.cache.stores import catalog_at
from dashboard.cache.stories import load_story_subjects, load_story_times
from dashboard.formatting import count_words, signed
from dashboard.page_data.events import NO_FILES, SHOCK, EventsData, OwnEvents
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
    """Events as shocks, which spread through one relation (supplier>customer) or through all."""

    def __init__(self, request: Request, own: OwnEvents = NO_FILES) -> None:
        super().__init__(request, own)
        self.tickers = sorted({*main_tickers(self.catalog).values(), self.market})
        self.companies = [company.key for company in self.catalog.companies.values()]

    @property
    def other_count(self) -> tuple[str, int]:
        spillover = self.spillover(1)
        return "pairs of a shocked company and a neighbour", len(spillover.pairs) if spillover else 0

    def spillover(self, family: int) -> Spillover | None:
        """
        The neighbours' returns after these events; None without prices, or if no company with an event has relations.
        """
        return _spillover(self.request, self.own, family)

    @cached_property
    def rows(self) -> list[Row]:
        """
        By degree and window, and each pair. Not the p-values: they depend on what else their reader has looked at.
        """
        spillover = self.spillover(1)
        if spillover is None:
            return []
        results = [
            {
                "chart": "spread", "degree": int(row.degree), "window": row.window, "pairs": int(row.n_pairs),
                "shocks": int(row.n_shocks), "dates": int(row.n_dates), "passed": rounded(row.passed, 6),
                "low": rounded(row.passed_low, 6), "high": rounded(row.passed_high, 6),
            }
            for row in spillover.results.itertuples()
        ]  # fmt: skip
        pairs = spillover.pairs.sort_values(["session", "ticker", "degree", "neighbour"])
        return results + [
            {
                "chart": "pairs", "session": iso_day(row["session"]), "shocked": row["ticker"],
                "neighbour": row["neighbour"], "is": row["side"], "own": rounded(row["own"], 6),
                **{window: rounded(row[window], 6) for window in WINDOWS}, "left_out": int(row["same_article"]),
            }
            for row in pairs.to_dict("records")
        ]  # fmt: skip


@cache_many
def _spillover(request: Request, own: OwnEvents, family: int) -> Spillover | None:
    page = SpilloverData(request, own)
    relations = listed_relations(page.catalog, request.view.end, str(request.get("relation", ALL)))
    shocks = page.events[page.events["ticker"].isin({*relations["supplier"], *relations["customer"]})]
    abnormal = _abnormal_returns(request)
    if shocks.empty or abnormal.empty:
        return None
    same_article = _co_mentioned_pairs(request.url, request.filters)
    return spillover(shocks[["ticker", "session"]], relations, abnormal, same_article=same_article, family=family)


@cache_few
def _abnormal_returns(request: Request) -> pd.DataFrame:
    """
    Abnormal returns of every company's main listing: index session, one column a ticker. Empty without the benchmark.
    """
    page = SpilloverData(request)
    prices = history_to_last(request, page.tickers)
    if page.market not in prices:
        return pd.DataFrame()
    return abnormal_of(prices.drop(columns=page.market), prices[page.market].dropna())


@cache_few
def _co_mentioned_pairs(url: str, filters: Filters) -> pd.DataFrame:
    # Without filters: one article anywhere carries the same news to both companies.
    unfiltered = replace(filters, publishers=(), langs=(), min_relevance=0)
    tickers = main_tickers(catalog_at(url, filters.rev or 0))
    stories = load_story_subjects(url, "company", unfiltered)
    return co_mentioned_pairs(stories, load_story_times(url, "", unfiltered), tickers)


def relation_choices(catalog: Catalog, until: date) -> dict[str, str]:
    """The control's options: all relations between listed companies that were reported by then, and each one."""
    relations = listed_relations(catalog, until)
    names = {ticker: company.name for ticker, company in catalog.company_of_ticker.items()}
    options = {
        f"{row.supplier}>{row.customer}": f"{names[row.supplier]} → {names[row.customer]}"
        for row in relations.itertuples()
    }
    all_relations = {ALL: f"all {count_words(len(relations), 'relation')}"}
    return all_relations | dict(sorted(options.items(), key=lambda option: option[1].lower()))


def listed_relations(catalog: Catalog, until: date, chosen: str = ALL) -> pd.DataFrame:
    """
    Columns supplier, customer: main listings of relations reported by `until`; of one relation where it is chosen.
    """
    pairs = [
        (catalog.companies[relation.supplier].ticker, catalog.companies[relation.customer].ticker)
        for relation in relations_until(catalog, until)
    ]
    listed = {pair for pair in pairs if all(pair) and chosen in (ALL, f"{pair[0]}>{pair[1]}")}
    return pd.DataFrame(sorted(listed), columns=["supplier", "customer"], dtype=object)


def co_mentioned_pairs(stories: pd.DataFrame, times: pd.DataFrame, tickers: Mapping[str, str]) -> pd.DataFrame:
    """Columns session, ticker, neighbour: each two companies that a story mentions, in the session when it was known.

    stories: story, subject; times: story, available_at (stories without a time of day count in their day's session)."""
    mentions = stories[stories["subject"].isin(list(tickers))]
    mentions = mentions.assign(ticker=mentions["subject"].map(tickers))[["story", "ticker"]]
    pairs = mentions.merge(mentions.rename(columns={"ticker": "neighbour"}), on="story")
    pairs = pairs[pairs["ticker"] < pairs["neighbour"]].merge(times, on="story")
    moments = pairs["available_at"].fillna(pairs["day"].dt.tz_localize("UTC"))
    sessions = session_of(moments, calendar_of(HOME), kind="reaction") if len(pairs) else pd.DatetimeIndex([])
    pairs = pairs.assign(session=sessions)[["session", "ticker", "neighbour"]]
    return pairs.dropna().drop_duplicates(ignore_index=True)


def spillover_head(result: Spillover) -> str:
    """The verdict in a few words."""
    significant = result.results[result.results["passed_p_adjusted"] <= SIGNIFICANT]
    if significant.empty:
        return "Cannot tell whether it spreads"
    is_direct = (significant["degree"] == 1).any()
    return "It spreads to suppliers and customers" if is_direct else "Significant at the second degree only"


def spillover_sentence(result: Spillover) -> str:
    """For each degree and window: how much is passed on, with its 95 % interval and n."""
    left_out = int(result.pairs["same_article"].sum())
    words = " ".join(_window_words(row) for row in result.results.to_dict("records"))
    return f"{words} {count_words(left_out, 'pair')} left out: one article mentions both." if left_out else words


def _window_words(row: Mapping[str, object]) -> str:
    who = f"{DEGREES[int(str(row['degree']))]}, {row['window']}"
    n = f"{count_words(int(str(row['n_pairs'])), 'pair')} on {count_words(int(str(row['n_dates'])), 'date')}"
    passed, low, high, p = (
        float(str(row[name])) for name in ("passed", "passed_low", "passed_high", "passed_p_adjusted")
    )
    if np.isnan(passed):
        return f"{who}: cannot tell from {n}; at least ten dates are needed."
    interval = f"95 % interval {signed(low, 2)} to {signed(high, 2)}; {n}"
    size = f"{signed(passed, 2)}% for each 1% of the company's own move ({interval})"
    return f"{who}: {size}." if p <= SIGNIFICANT else f"{who}: cannot tell: {size}."


PAGE = Page(
    name="events",
    title="Events",
    purpose="Abnormal returns after a spike in coverage, and whether they spread to suppliers and customers.",
    params={
        "whose": Param(),
        "market": choice(MARKETS),
        "threshold": Param(read=read_threshold, expects="2, 3 or 4"),
        "relation": Param(),
        "part": choice((SHOCK,)),
        "point": POINT,
    },
    data=EventsData,
    parts={SHOCK: SpilloverData},
)
