"""
Lead-lag: whether attention leads price, for one pair or for all pairs as one family.

    attention, returns by session → verdict, placebos            catalog, counts → pairs → a verdict each, as one family
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from analysis.attention_panel import DayCounts
from analysis.lead_lag.study import family_verdicts, verdict
from analysis.lead_lag.verdicts import Verdict
from analysis.placebo import leadlag_fan
from dashboard.address.params import POINT, Param, choice, read_number
from dashboard.cache.counts import load_day_counts
from dashboard.cache.memoize import cache_many
from dashboard.cache.prices import load_last_sessions
from dashboard.cache.stories import load_story_times
from dashboard.page_data.page import Page, PageData
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row, series_rows
from dashboard.page_data.signals import (
    LAGS,
    MARKETS,
    PLACEBO_THEMES,
    SIGNAL_MEASURES,
    Signal,
    all_story_times,
    attention_of,
    exchange_of,
    history_of,
    in_dates,
    lack_of_signal,
    market_of,
    returns_of,
    signal_of,
)
from dashboard.page_data.subjects import (
    BASKET,
    main_tickers,
    sector_peers,
    theme_companies,
    theme_tickers,
    unrelated_themes,
)
from data.catalog.records import Catalog

LOOK, STATE, ALL = "look", "state", "all"
MODES = {LOOK: "Explore", STATE: "State a hypothesis first", ALL: "All pairs at once"}
FAMILY = "family"
FIRST_LAGS = 10
MOST_PEERS = 4
PLACEBO_DRAWS = 50
MOST_COMPANIES = 30

AttentionAndReturns = tuple[pd.Series, pd.Series]


class LeadLagData(PageData):
    """One pair: attention to a subject against a price."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.subject = str(request.get("about", ""))
        self.subjects = [self.subject]
        self.against = str(request.get("price", BASKET))  # the ticker that attention is compared with, or BASKET
        self.market, self.measure = market_of(request), str(request.get("talk", "share"))
        self.max_lag = int(request.get("lags", FIRST_LAGS))
        self.members = theme_tickers(self.catalog).get(self.subject, [])  # of the theme's basket; [] for a company
        self.price_days = request.first_price_day, request.view.end
        self.tickers = sorted({*(self.members if self.against == BASKET else [self.against]), self.market})
        self.themes = [self.subject.partition(":")[2]] if self.against == BASKET else []
        self.companies = [key for theme in self.themes for key in theme_companies(self.catalog, theme)]

    @cached_property
    def signal(self) -> Signal | None:
        """The two series by session; None where `lack` says why."""
        return signal_of(self.request, self.subject, self.against, self.members, self.market, self.measure)

    @property
    def lack(self) -> str:
        """Why there is no signal, as a sentence."""
        return lack_of_signal(self.request, self.subject, self.against, self.members, self.market)

    @cached_property
    def rows(self) -> list[Row]:
        """The two series that the verdict tests. Not the verdict: it depends on what else its reader has looked at."""
        if self.signal is None:
            stories = load_story_times(self.request.url, self.subject, self.request.filters)
            return [{"chart": "lead_lag", "stories": len(stories)}]
        attention = series_rows("lead_lag", "attention", self.signal.attention)
        return attention + series_rows("lead_lag", "returns", self.signal.returns)

    def verdict(self, family: int) -> Verdict:
        """The verdict on the signal as one of `family` analyses that its reader has looked at."""
        return _verdict(self.request, family)

    def placebos(self) -> pd.DataFrame:
        """
        Correlations by lag with returns on other dates, attention to unrelated themes, and returns of sector peers.
        """
        return _placebos(self.request)

    def attention_of_others(self) -> pd.DataFrame:
        """
        Attention by session to themes that the subject does not belong to, a column each: it must not lead this price.
        """
        assert self.signal is not None
        ident = self.subject.partition(":")[2]
        company = self.catalog.companies.get(ident)
        related = [*(company.themes if company else ()), ident]
        all_times, columns = all_story_times(self.request), {}
        for theme in unrelated_themes(self.catalog, related, PLACEBO_THEMES):
            times = load_story_times(self.request.url, theme, self.request.filters)
            if not times.empty:
                columns[theme] = attention_of(times, all_times, self.signal.mic, self.measure)
        return pd.DataFrame(columns)

    def returns_of_peers(self) -> pd.DataFrame:
        """
        Abnormal returns of listings in the company's sector on the same exchange, a column each; none for a theme.
        """
        assert self.signal is not None
        is_company = self.subject.startswith("company:")
        peers = sector_peers(self.catalog, [self.against]).get(self.against, ()) if is_company else ()
        same_hours = [ticker for ticker in peers if exchange_of(self.catalog, ticker) == self.signal.mic][:MOST_PEERS]
        prices = history_of(self.request, [*same_hours, self.market])
        returns = {ticker: returns_of(prices, ticker, (), self.market)[0] for ticker in same_hours if ticker in prices}
        return pd.DataFrame({ticker: in_dates(self.request, series) for ticker, series in returns.items()})


class LeadLagFamily(PageData):
    """All pairs at once: every theme against its basket, the most mentioned companies against their prices."""

    unit = ("time that a story mentions a subject", "times that a story mentions a subject")

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        counts = load_day_counts(request.url, "company", request.filters)
        priced = load_last_sessions(request.url, request.rev)
        # Subject → the price that its attention is compared with, as of the revision.
        self.pairs = pairs_of(self.catalog, priced, counts, start=request.view.start, end=request.view.end)
        self.subjects, self.market = list(self.pairs), market_of(request)
        self.price_days = request.first_price_day, request.view.end
        self.themes = list(self.catalog.themes)
        self.companies = [company.key for company in self.catalog.companies.values()]
        members = {ticker for tickers in theme_tickers(self.catalog).values() for ticker in tickers}
        self.tickers = sorted(members | set(self.pairs.values()) - {BASKET} | {self.market})

    @cached_property
    def series(self) -> dict[str, AttentionAndReturns]:
        """Subject → attention and returns by session; pairs without a story or a price are left out."""
        request = self.request
        return series_of(
            self.pairs,
            prices=history_of(request, self.tickers),
            times=lambda key: load_story_times(request.url, key, request.filters) if key else all_story_times(request),
            catalog=self.catalog,
            market=self.market,
            measure=str(request.get("talk", "share")),
            start=request.view.start,
            end=request.view.end,
        )

    @cached_property
    def rows(self) -> list[Row]:
        """The series that the verdicts test. Not the verdicts, as with one pair."""
        return [
            row
            for subject, pair in self.series.items()
            for name, series in zip(("attention", "returns"), pair, strict=True)
            for row in series_rows(FAMILY, name, series, talk=subject, price=self.pairs[subject])
        ]

    def verdicts(self, family: int, progress: Callable[[int, int], None]) -> dict[str, Verdict]:
        """Subject → verdict, corrected for the whole family and for everything else that the reader has looked at."""
        lags = int(self.request.get("lags", FIRST_LAGS))
        if not self.series:
            return {}
        return family_verdicts(self.series, family=family, max_lag_sessions=lags, progress=progress)


@cache_many
def _verdict(request: Request, family: int) -> Verdict:
    page = LeadLagData(request)
    assert page.signal is not None
    return verdict(page.signal.attention, page.signal.returns, max_lag_sessions=page.max_lag, family=family)


@cache_many
def _placebos(request: Request) -> pd.DataFrame:
    page = LeadLagData(request)
    assert page.signal is not None
    return leadlag_fan(
        page.signal.attention,
        page.signal.returns,
        other_attention=page.attention_of_others(),
        other_returns=page.returns_of_peers(),
        max_lag_sessions=page.max_lag,
        draws=PLACEBO_DRAWS,
    )


def pairs_of(catalog: Catalog, priced: Collection[str], days: DayCounts, *, start: date, end: date) -> dict[str, str]:
    """
    Subject → the price that its attention is compared with: every theme, and the companies with most stories in `days`.
    """
    listed = {key: ticker for key, ticker in main_tickers(catalog).items() if ticker in priced}
    day_after = end + timedelta(days=1)
    before, until = (min(max((day - days.first).days, 0), len(days.totals) - 1) for day in (start, day_after))
    counts = pd.Series(days.stories[until] - days.stories[before], index=list(days.subjects), dtype=float)
    counts = counts[counts > 0].sort_index().sort_values(ascending=False, kind="stable")
    mentioned = [key for key in counts.index if key in listed][:MOST_COMPANIES]
    return {theme.key: BASKET for theme in catalog.themes.values()} | {key: listed[key] for key in mentioned}


def series_of(
    pairs: Mapping[str, str],
    *,
    prices: pd.DataFrame,
    times: Callable[[str], pd.DataFrame],
    catalog: Catalog,
    market: str,
    measure: str,
    start: date,
    end: date,
) -> dict[str, AttentionAndReturns]:
    """
    Subject → its attention and the returns compared with it, by session; pairs without a story or a price are left out.

    times: a subject's stories with the time at which each was known; "" gives all stories.
    """
    members, all_times = theme_tickers(catalog), times("")
    if market not in prices or all_times.empty:
        return {}
    series = {}
    for subject, against in pairs.items():
        story_times, basket = times(subject), members.get(subject, [])
        has_price = {*(basket if against == BASKET else [against])} & set(prices)
        if story_times.empty or not has_price:
            continue
        attention = attention_of(story_times, all_times, exchange_of(catalog, against), measure)
        returns, _ = returns_of(prices, against, basket, market)
        series[subject] = attention, returns.loc[pd.Timestamp(start) : pd.Timestamp(end)]
    return series


PAGE = Page(
    name="lead_lag",
    title="Lead-lag",
    purpose="Does coverage lead price? A verdict that is corrected for everything you looked at, and can say no.",
    params={
        "mode": choice(MODES),
        "about": Param(),
        "price": Param(),
        "market": choice(MARKETS),
        "lags": Param(read=read_number, expects=", ".join(map(str, LAGS))),
        "talk": choice(SIGNAL_MEASURES),
        "part": choice((FAMILY,)),
        "point": POINT,
    },
    data=LeadLagData,
    parts={FAMILY: LeadLagFamily},
)
