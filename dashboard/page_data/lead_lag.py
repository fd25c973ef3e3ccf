"""
Lead-lag: whether attention leads price, for one pair or for all pairs as one family.

    attention, returns by session → verdict, placebos            catalog, counts → pairs → a verdict each, as one family
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from analysis.attention_panel import DayCounts
from analysis.lead_lag.study import family_verdicts, verdict
from analysis.lead_lag.verdicts import Verdict
from analysis.placebo import leadlag_fan
from dashboard.address.params import Param, one_of, read_number
from dashboard.cache.counts import load_day_counts
from dashboard.cache.memoize import many
from dashboard.cache.prices import load_last_sessions
from dashboard.cache.stories import load_story_times
from dashboard.page_data.page import Page, PageData
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row, series_rows
from dashboard.page_data.signals import (
    LAGS,
    MARKETS,
    MEASURES,
    Signal,
    all_story_times,
    attention_of,
    exchange_of,
    history_of,
    market_of,
    returns_of,
    signal_of,
    within,
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
PLACEBOS = 4
PLACEBO_DRAWS = 50
MOST_COMPANIES = 30
DAY = timedelta(days=1)

Series = tuple[pd.Series, pd.Series]


class LeadLagData(PageData):
    """One pair: attention to a subject against a price."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.subject = str(request.get("about", ""))
        self.subjects = [self.subject]
        self.against = str(request.get("price", BASKET))  # the ticker that attention is compared with, or BASKET
        self.market, self.measure = market_of(request), str(request.get("talk", "share"))
        self.max_lag = int(request.get("lags", FIRST_LAGS))
        self.members = theme_tickers(self.catalog).get(self.subject, [])  # of the theme's basket; none for a company
        self.price_days = request.first_day, request.view.end

    @property
    def tickers(self) -> list[str]:
        return sorted({*(self.members if self.against == BASKET else [self.against]), self.market})

    @property
    def themes(self) -> list[str]:
        return [self.subject.partition(":")[2]] if self.against == BASKET else []

    @property
    def companies(self) -> list[str]:
        return [key for theme in self.themes for key in theme_companies(self.catalog, theme)]

    @cached_property
    def signal(self) -> Signal | None:
        """The two series by session; None where there is no price, no market to compare with, or no story."""
        return signal_of(self.request, self.subject, self.against, self.members, self.market, self.measure)

    @cached_property
    def rows(self) -> list[Row]:
        """The two series that the verdict is on. Not the verdict: it also counts what else its reader has looked at."""
        if self.signal is None:
            stories = load_story_times(self.request.url, self.subject, self.request.filters)
            return [{"chart": "lead_lag", "stories": len(stories)}]
        attention = series_rows("lead_lag", "attention", self.signal.attention)
        return attention + series_rows("lead_lag", "returns", self.signal.returns)

    def verdict(self, family: int) -> Verdict:
        """The verdict on the signal, among `family` analyses that its reader has looked at."""
        return _verdict(self.request, family)

    def placebos(self) -> pd.DataFrame:
        """The correlations by lag with returns on other dates, attention to unrelated themes, and prices of sector peers."""
        return _placebos(self.request)

    def attention_of_others(self) -> pd.DataFrame:
        """Attention by session to themes that the subject is no part of, a column each: it must not lead this price."""
        assert self.signal is not None
        company = self.catalog.companies.get(self.subject.partition(":")[2])
        own = [*(company.themes if company else ()), self.subject.partition(":")[2]]
        times = {
            theme: load_story_times(self.request.url, theme, self.request.filters)
            for theme in unrelated_themes(self.catalog, own, PLACEBOS)
        }
        everything, mic = all_story_times(self.request), self.signal.mic
        return pd.DataFrame(
            {theme: attention_of(own, everything, mic, self.measure) for theme, own in times.items() if not own.empty}
        )

    def returns_of_peers(self) -> pd.DataFrame:
        """Abnormal returns of listings of the company's sector on the same exchange, a column each; none for a theme."""
        assert self.signal is not None
        is_company = self.subject.startswith("company:")
        peers = sector_peers(self.catalog, [self.against]).get(self.against, ()) if is_company else ()
        same_hours = [ticker for ticker in peers if exchange_of(self.catalog, ticker) == self.signal.mic][:PLACEBOS]
        prices = history_of(self.request, [*same_hours, self.market])
        return pd.DataFrame(
            {
                ticker: within(self.request, returns_of(prices, ticker, (), self.market)[0])
                for ticker in same_hours
                if ticker in prices
            }
        )


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
        self.price_days = request.first_day, request.view.end

    @property
    def tickers(self) -> list[str]:
        return family_tickers(self.catalog, self.pairs, self.market)

    @property
    def themes(self) -> list[str]:
        return list(self.catalog.themes)

    @property
    def companies(self) -> list[str]:
        return [company.key for company in self.catalog.companies.values()]

    @cached_property
    def series(self) -> dict[str, Series]:
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
        """The series that the verdicts are on. Not the verdicts, as with one pair."""
        return [
            row
            for subject, both in self.series.items()
            for name, series in zip(("attention", "returns"), both, strict=True)
            for row in series_rows(FAMILY, name, series, talk=subject, price=self.pairs[subject])
        ]

    def verdicts(self, family: int, progress: Callable[[int, int], None]) -> dict[str, Verdict]:
        """Subject → verdict, corrected for the whole family and everything else that the reader has looked at."""
        lags = int(self.request.get("lags", FIRST_LAGS))
        if not self.series:
            return {}
        return family_verdicts(self.series, family=family, max_lag_sessions=lags, progress=progress)


@many
def _verdict(request: Request, family: int) -> Verdict:
    page = LeadLagData(request)
    assert page.signal is not None
    return verdict(page.signal.attention, page.signal.returns, max_lag_sessions=page.max_lag, family=family)


@many
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
    """Subject → the price its attention is compared with. `days`: the counts of companies; the most mentioned are taken."""
    listed = {key: ticker for key, ticker in main_tickers(catalog).items() if ticker in priced}
    before, until = (min(max((day - days.first).days, 0), len(days.totals) - 1) for day in (start, end + DAY))
    counts = pd.Series(days.stories[until] - days.stories[before], index=list(days.subjects), dtype=float)
    counts = counts[counts > 0].sort_index().sort_values(ascending=False, kind="stable")
    mentioned = [key for key in counts.index if key in listed][:MOST_COMPANIES]
    return {theme.key: BASKET for theme in catalog.themes.values()} | {key: listed[key] for key in mentioned}


def family_tickers(catalog: Catalog, pairs: Mapping[str, str], market: str) -> list[str]:
    """The listings whose prices the pairs are made of."""
    members = theme_tickers(catalog)
    return sorted({ticker for own in members.values() for ticker in own} | set(pairs.values()) - {BASKET} | {market})


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
) -> dict[str, Series]:
    """Subject → its attention and the returns compared with it, by session; pairs without a story or a price are left out.

    times: a subject's stories with when each was known; those of "" are all stories."""
    members, everything = theme_tickers(catalog), times("")
    if market not in prices or everything.empty:
        return {}
    series = {}
    for subject, against in pairs.items():
        own, listed = times(subject), members.get(subject, [])
        if own.empty or not _priced(prices, against, listed):
            continue
        attention = attention_of(own, everything, exchange_of(catalog, against), measure)
        series[subject] = (
            attention,
            returns_of(prices, against, listed, market)[0].loc[pd.Timestamp(start) : pd.Timestamp(end)],
        )
    return series


def _priced(prices: pd.DataFrame, against: str, members: Sequence[str]) -> bool:
    return bool(({*members} if against == BASKET else {against}) & set(prices))


PAGE = Page(
    name="lead_lag",
    title="Lead-lag",
    purpose="Does coverage lead price? A verdict that counts everything you looked at, and can say no.",
    params={
        "mode": Param(read=one_of(MODES), says=", ".join(MODES)),
        "about": Param(),
        "price": Param(),
        "market": Param(read=one_of(MARKETS), says=", ".join(MARKETS)),
        "lags": Param(read=read_number, says=", ".join(map(str, LAGS))),
        "talk": Param(read=one_of(MEASURES), says=", ".join(MEASURES)),
        "part": Param(read=one_of((FAMILY,)), says=FAMILY),
        "point": Param(),
    },
    data=LeadLagData,
    parts={FAMILY: LeadLagFamily},
)
