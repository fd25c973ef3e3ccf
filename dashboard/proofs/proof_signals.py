"""What the proofs of Compare, Network, Lead-lag, Events and Alarms are of: the series behind their charts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pandas as pd

from analysis.events import event_study
from analysis.network import co_mentions
from dashboard.proofs.asked import Asked, cell_rows, iso_day, line_rows, many, prices_of
from dashboard.proofs.rows import Row, rounded
from dashboard.shaping.alarming import FIRST_BUDGET, FIRST_FAMILIES, families_of, rung
from dashboard.shaping.cells import day_counts
from dashboard.shaping.comparing import FIRST_SUBJECTS, subject_levels, tickers_of_subjects
from dashboard.shaping.members import BASKET, main_tickers, theme_tickers
from dashboard.shaping.networking import judged
from dashboard.shaping.signals import (
    FEWEST,
    MARKETS,
    THRESHOLDS,
    attention_of,
    bursts_of,
    companies_of,
    event_returns,
    exchange_of,
    returns_of,
)
from data.prices import last_sessions
from data.read.attention import Kind, span, story_times
from data.read.co_mentions import story_subjects
from data.read.publishers import attention_by_publisher

PRICE_REACH = timedelta(days=45)
FEW_DRAWS = 20
"""Enough for a study whose intervals nobody reads."""


def compare_rows(asked: Asked) -> list[Row]:
    """Each subject's attention by period and its price level; the market's beside them, from before the first period on."""
    subjects = many(asked.values.get("subject", FIRST_SUBJECTS))
    if not subjects:
        return []
    tickers = tickers_of_subjects(asked.catalog, list(subjects))
    market = [listing.ticker for listing in asked.catalog.benchmarks[:1]]
    wanted = sorted({ticker for own in tickers.values() for ticker in own} | set(market))
    prices = prices_of(asked, wanted, since=asked.view.start - PRICE_REACH)
    levels = subject_levels(prices, tickers)
    return (
        cell_rows(asked, subjects, None)
        + line_rows(levels)
        + line_rows(prices[[ticker for ticker in market if ticker in prices]])
    )


def network_rows(asked: Asked) -> list[Row]:
    """Each pair with the stories that name both, and whether they are more than chance has it."""
    kind: Kind = "theme" if asked.values.get("kind") == "theme" else "company"
    edges = judged(co_mentions(story_subjects(asked.store, kind, asked.filters)).edges)
    return [
        {"chart": "network", "a": edge.a, "b": edge.b, "stories": int(edge.stories), "beyond_chance": bool(edge.beats)}
        for edge in edges.sort_values(["a", "b"]).itertuples()
    ]


def lead_lag_rows(asked: Asked) -> list[Row]:
    """
    Attention and returns by session, the two series that the verdict is on.

    Not the verdict: it also counts what else its reader has looked at.
    """
    subject, against = str(asked.values.get("about") or ""), str(asked.values.get("price") or BASKET)
    market, measure = market_of(asked), str(asked.values.get("talk") or "share")
    members = theme_tickers(asked.catalog).get(subject, [])
    known = span(asked.store, asked.view.rev)
    prices = prices_of(asked, lead_lag_tickers(asked), since=known[0] if known else None)
    own = story_times(asked.store, subject, asked.filters)
    if own.empty or market not in prices or (against != BASKET and against not in prices) or prices.shape[1] < 2:
        return [{"chart": "lead_lag", "stories": len(own)}]
    returns, _ = returns_of(prices, against, members, market)
    everything = story_times(asked.store, None, asked.filters.for_all())
    attention = attention_of(own, everything, exchange_of(asked.catalog, against), measure)
    shown = returns.loc[pd.Timestamp(asked.view.start) : pd.Timestamp(asked.view.end)]
    return _series("attention", attention) + _series("returns", shown)


def lead_lag_tickers(asked: Asked) -> list[str]:
    """The listings whose returns are held against attention, and the market."""
    against = str(asked.values.get("price") or BASKET)
    members = (
        theme_tickers(asked.catalog).get(str(asked.values.get("about") or ""), []) if against == BASKET else [against]
    )
    return sorted({*members, market_of(asked)})


def market_of(asked: Asked) -> str:
    return str(asked.values.get("market") or MARKETS[0])


def events_rows(asked: Asked) -> list[Row]:
    """
    Each session of unusual attention, and the mean path of prices around them.

    Not its interval nor its tests: they also count what else their reader has looked at.
    """
    events = events_of(asked)
    return [
        {
            "chart": "events",
            "subject": row.subject,
            "session": iso_day(row.session),
            "z": rounded(row.z, 6),
            "stories": int(row.stories),
        }
        for row in events.itertuples()
    ] + _path_rows(asked, events)


def events_of(asked: Asked) -> pd.DataFrame:
    """The sessions of unusual attention that a view of Events shows."""
    tickers = event_tickers(asked)
    own = {key: story_times(asked.store, key, asked.filters) for key in tickers}
    everything = story_times(asked.store, None, asked.filters.for_all())
    threshold = float(asked.values.get("threshold") or min(THRESHOLDS))
    return bursts_of(own, everything, tickers, asked.catalog, threshold=threshold, fewest=FEWEST)


def event_tickers(asked: Asked) -> dict[str, str]:
    """The companies whose events are asked for → their main listings, where the store has its prices."""
    keys = companies_of(asked.catalog, str(asked.values.get("whose") or "all"))
    priced = last_sessions(asked.store, asked.view.rev)
    return {key: ticker for key, ticker in main_tickers(asked.catalog, keys).items() if ticker in priced}


def _path_rows(asked: Asked, events: pd.DataFrame) -> list[Row]:
    known, market = span(asked.store, asked.view.rev), market_of(asked)
    end = last_sessions(asked.store, asked.view.rev).get(market, asked.view.end)
    prices = prices_of(asked, {*events["ticker"], market}, since=known[0] if known else None, until=end)
    if events.empty or market not in prices or prices.shape[1] < 2:
        return []
    study = event_study(events, *event_returns(prices, sorted(set(events["ticker"])), market), draws=FEW_DRAWS)
    return [
        {"chart": "path", "day": int(row.day), "events": int(row.n_events), "caar": rounded(row.caar, 6)}
        for row in study.path.itertuples()
    ]


def alarm_rows(asked: Asked) -> list[Row]:
    """Each day that rang, with what is usual and the least that rings. Not the rates: those of quiet weeks are simulated."""
    known = span(asked.store, asked.view.rev) or (asked.view.start, asked.view.end)
    counts = day_counts(asked.store, alarm_subjects(asked), replace(asked.filters, start=known[0], end=known[1]))
    families = families_of(
        lambda subject: attention_by_publisher(asked.store, subject, asked.filters), asked.catalog.family
    )
    budget, fewest = (
        float(asked.values.get("budget") or FIRST_BUDGET),
        int(asked.values.get("families") or FIRST_FAMILIES),
    )
    found = rung(counts, families, start=asked.view.start, end=asked.view.end, budget=budget, min_families=fewest)
    return [
        {
            "chart": "alarms", "subject": row.subject, "day": iso_day(row.day), "stories": int(row.stories), "rings_at": int(row.rings_at),
            "usual": rounded(row.expected, 6), "families": int(row.families),
        }
        for row in found.alarms.sort_values(["subject", "day"]).itertuples()
    ]  # fmt: skip


def alarm_subjects(asked: Asked) -> Kind | tuple[str, ...]:
    """The subjects that share the budget: those that are watched, else all themes or all companies."""
    if watched := many(asked.values.get("watch")):
        return watched
    return (
        "company"
        if asked.values.get("over") == "company"
        else tuple(theme.key for theme in asked.catalog.themes.values())
    )


def _series(name: str, series: pd.Series) -> list[Row]:
    known = series.dropna()
    return [
        {"chart": "lead_lag", "series": name, "session": iso_day(day), "value": rounded(value, 6)}
        for day, value in known.items()
    ]
