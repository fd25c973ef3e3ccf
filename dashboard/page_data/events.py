"""
Events: abnormal returns around sessions of abnormal attention, and whether a shock spreads to suppliers and customers.

    story times → sessions of abnormal attention → event study, placebos → spillover (dashboard/page_data/spillover.py)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.event_study.study import EventStudy, event_study
from analysis.placebo import event_fan, on_random_dates
from dashboard.cache.memoize import cache_many
from dashboard.cache.prices import load_last_sessions
from dashboard.cache.stories import load_story_times_of
from dashboard.page_data.page import PageData
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row, iso_day, rounded
from dashboard.page_data.signals import (
    FEWEST_STORIES,
    PLACEBO_THEMES,
    THRESHOLDS,
    all_story_times,
    bursts_of,
    companies_of,
    event_returns,
    history_to_last,
    market_of,
)
from dashboard.page_data.subjects import main_tickers, sector_peers, unrelated_themes

SHOCK = "shock"
PLACEBO_PATHS = 20
DRAWS = 999
FEW_DRAWS = 20
"""For the mean path alone, which needs none: only its interval is resampled."""

TickerDays = tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEvents:
    """A reader's own files: events and earnings days as (ticker, session). They are no part of a revision."""

    events: TickerDays | None = None
    earnings: TickerDays | None = None
    without_earnings: bool = False


NO_FILES = OwnEvents()


class EventsData(PageData):
    def __init__(self, request: Request, own: OwnEvents = NO_FILES) -> None:
        super().__init__(request)
        self.own, self.market = own, market_of(request)
        self.whose = str(request.get("whose", "all"))  # the key of a theme or company, or "all"
        self.threshold = float(request.get("threshold", min(THRESHOLDS)))
        priced = load_last_sessions(request.url, request.rev)
        self.companies, self.themes = companies_of(self.catalog, self.whose), [self.whose.partition(":")[2]]
        # Company key → main listing, of the chosen companies that have prices.
        tickers = main_tickers(self.catalog, self.companies)
        self.listings = {key: ticker for key, ticker in tickers.items() if ticker in priced}
        self.tickers = sorted({*self.listings.values(), self.market})
        self.subjects, self.price_days = sorted(self.listings), (request.first_price_day, date.max)
        if len(self.listings) != 1:
            self.unit = "time that a story mentions a company", "times that a story mentions a company"

    @property
    def other_count(self) -> tuple[str, int]:
        return "events", len(self.events)

    @cached_property
    def events(self) -> pd.DataFrame:
        """Columns ticker, session, subject, z, stories; a reader's own events have only the first two."""
        return _frame(self.own.events) if self.own.events is not None else self._bursts(self.listings)

    @property
    def lack(self) -> str:
        """Why there is no event to study, as a sentence."""
        if not self.listings and self.own.events is None:
            return (
                "The store has no prices of any of these companies: fetch them on the Sources page, or choose others."
            )
        return (
            "None of these companies had a spike in coverage in these dates (it takes two stories in a session). "
            "Widen the date range, or lower the threshold."
        )

    def study(self, family: int) -> EventStudy | None:
        """The event study as one of `family` analyses that its reader has looked at; None without prices."""
        return _study(self.request, self.own, family, DRAWS)

    def placebos(self) -> pd.DataFrame:
        """The mean path on other dates, for sector peers, and after abnormal attention to unrelated themes."""
        return _placebos(self.request, self.own)

    @cached_property
    def rows(self) -> list[Row]:
        """
        Events and their mean path. Not its interval or tests: they depend on what else their reader has looked at.
        """
        events = [
            {"chart": "events", "subject": row.subject, "session": iso_day(row.session), "z": rounded(row.z, 6),
             "stories": int(row.stories)}
            for row in self.events.itertuples()
        ]  # fmt: skip
        study = _study(self.request, self.own, 1, FEW_DRAWS) if len(self.events) else None
        path = [
            {"chart": "path", "day": int(row.day), "events": int(row.n_events), "caar": rounded(row.caar, 6)}
            for row in (study.path.itertuples() if study else ())
        ]
        return events + path

    def unrelated_bursts(self) -> pd.DataFrame:
        """Sessions of abnormal attention to themes that none of these companies belongs to; ticker is the theme."""
        companies = [self.catalog.company_of_ticker[ticker] for ticker in set(self.events["ticker"])]
        related = {theme for company in companies for theme in company.themes}
        themes = unrelated_themes(self.catalog, related, PLACEBO_THEMES)
        return self._bursts(dict(zip(themes, themes, strict=True)))

    def _bursts(self, tickers: Mapping[str, str]) -> pd.DataFrame:
        return bursts_of(
            load_story_times_of(self.request.url, tuple(tickers), self.request.filters),
            all_story_times(self.request),
            tickers,
            self.catalog,
            threshold=self.threshold,
            fewest=FEWEST_STORIES,
        )


def _frame(days: TickerDays) -> pd.DataFrame:
    frame = pd.DataFrame(days, columns=["ticker", "session"])
    return frame.assign(session=pd.to_datetime(frame["session"]))


@cache_many
def _study(request: Request, own: OwnEvents, family: int, draws: int) -> EventStudy | None:
    page = EventsData(request, own)
    tickers = sorted(set(page.events["ticker"]))
    prices = history_to_last(request, [*tickers, page.market])
    if page.market not in prices or prices.shape[1] < 2:
        return None
    earnings = None if own.earnings is None else _frame(own.earnings)
    return event_study(
        page.events,
        *event_returns(prices, tickers, page.market),
        earnings=earnings,
        without_earnings=own.without_earnings,
        family=family,
        draws=draws,
    )


@cache_many
def _placebos(request: Request, own: OwnEvents) -> pd.DataFrame:
    page = EventsData(request, own)
    events, bursts = page.events, page.unrelated_bursts()
    peers = sector_peers(page.catalog, set(events["ticker"]))
    tickers = sorted({*events["ticker"], *(peer for group in peers.values() for peer in group), page.market})
    returns, market_returns = event_returns(history_to_last(request, tickers), tickers, page.market)
    priced_peers = {ticker: [peer for peer in group if peer in returns] for ticker, group in peers.items()}
    rng = np.random.default_rng(0)
    bursts = bursts[bursts["session"].between(events["session"].min(), events["session"].max())]
    other_events = {
        str(theme): on_random_dates(events, pd.DatetimeIndex(days["session"]), rng)
        for theme, days in bursts.groupby("ticker")
    }
    return event_fan(
        events, returns, market_returns, other_events=other_events, peers=priced_peers, draws=PLACEBO_PATHS
    )
