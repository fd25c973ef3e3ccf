"""
The pairs that Lead-lag judges as one family: every theme against its basket, the most named companies against their prices.

    catalog, counts → pairs → attention and returns of each
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from dashboard.shaping.cells import DayCounts
from dashboard.shaping.members import BASKET, main_tickers, theme_tickers
from dashboard.shaping.signals import attention_of, exchange_of, returns_of
from data.catalog.records import Catalog

MOST_COMPANIES = 30
DAY = timedelta(days=1)

Series = tuple[pd.Series, pd.Series]


def pairs_of(catalog: Catalog, priced: Collection[str], days: DayCounts, *, start: date, end: date) -> dict[str, str]:
    """Subject → what its talk is held against. `days`: the counts of companies; those most named in the dates are taken."""
    listed = {
        key: ticker
        for key, ticker in main_tickers(catalog, [c.key for c in catalog.companies.values()]).items()
        if ticker in priced
    }
    before, until = (min(max((day - days.first).days, 0), len(days.totals) - 1) for day in (start, end + DAY))
    counts = pd.Series(days.stories[until] - days.stories[before], index=list(days.subjects), dtype=float)
    counts = counts[counts > 0].sort_index().sort_values(ascending=False, kind="stable")
    named = [key for key in counts.index if key in listed][:MOST_COMPANIES]
    return {theme.key: BASKET for theme in catalog.themes.values()} | {key: listed[key] for key in named}


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
    """Subject → its attention and the returns held against it, by session; those without a story or a price are left out.

    times: a subject's stories with when each was known; those of "" are all stories."""
    members, everything = theme_tickers(catalog), times("")
    if market not in prices or everything.empty:
        return {}
    found = {}
    for subject, against in pairs.items():
        own, listed = times(subject), members.get(subject, [])
        if own.empty or not _priced(prices, against, listed):
            continue
        attention = attention_of(own, everything, exchange_of(catalog, against), measure)
        found[subject] = (
            attention,
            returns_of(prices, against, listed, market)[0].loc[pd.Timestamp(start) : pd.Timestamp(end)],
        )
    return found


def _priced(prices: pd.DataFrame, against: str, members: Sequence[str]) -> bool:
    return bool(({*members} if against == BASKET else {against}) & set(prices))
