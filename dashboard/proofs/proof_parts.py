"""
What the proofs of parts of a page are of, where a part has data that the page's own proof does not: a link names it by `part`.

    events · shock → what suppliers and customers did          lead_lag · family → the series of all pairs
    theme, company · fixed → share of voice on the publishers present throughout
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from analysis.attention import fixed_panel
from analysis.shock import WINDOWS, shock
from dashboard.proofs.asked import Asked, company_of, iso_day, prices_of, theme_of
from dashboard.proofs.proof_signals import events_of, market_of
from dashboard.proofs.rows import Row, rounded
from dashboard.shaping.cells import day_counts
from dashboard.shaping.family import family_tickers, pairs_of, series_of
from dashboard.shaping.members import main_tickers
from dashboard.shaping.panelling import by_period
from dashboard.shaping.signals import abnormal_of
from dashboard.shaping.spreading import ALL, listed_relations, named_together
from data.prices import last_sessions
from data.read.attention import span, story_times
from data.read.co_mentions import story_subjects
from data.read.publishers import attention_by_publisher

SHOCK, FAMILY, FIXED = "shock", "family", "fixed"


def shock_rows(asked: Asked) -> list[Row]:
    """
    What is passed on to suppliers and customers by degree and window, and each pair that it is computed from.

    Not its p-values: they also count what else their reader has looked at.
    """
    relations = listed_relations(asked.catalog, asked.view.end, str(asked.values.get("relation") or ALL))
    events = events_of(asked)
    shocks = events[events["ticker"].isin({*relations["supplier"], *relations["customer"]})]
    abnormal = _abnormal(asked)
    if shocks.empty or abnormal.empty:
        return []
    found = shock(shocks[["ticker", "session"]], relations, abnormal, same_article=_together(asked))
    passed = [
        {
            "chart": "spread", "degree": int(row.degree), "window": row.window, "pairs": int(row.n_pairs), "shocks": int(row.n_shocks),
            "dates": int(row.n_dates), "passed": rounded(row.passed, 6), "low": rounded(row.passed_low, 6), "high": rounded(row.passed_high, 6),
        }
        for row in found.results.itertuples()
    ]  # fmt: skip
    return passed + _pair_rows(found.pairs)


def family_rows(asked: Asked) -> list[Row]:
    """Attention and returns by session of every pair: the series that the verdicts are on. Not the verdicts, as with one pair."""
    catalog, view, market = asked.catalog, asked.view, market_of(asked)
    known, pairs = span(asked.store, view.rev), family_pairs(asked)
    prices = prices_of(asked, family_tickers(catalog, pairs, market), since=known[0] if known else None)
    found = series_of(
        pairs, prices=prices, times=lambda subject: _times(asked, subject), catalog=catalog, market=market,
        measure=str(asked.values.get("talk") or "share"), start=view.start, end=view.end,
    )  # fmt: skip
    return [
        {
            "chart": "family",
            "talk": subject,
            "price": pairs[subject],
            "series": name,
            "session": iso_day(day),
            "value": rounded(value, 6),
        }
        for subject, both in found.items()
        for name, series in zip(("attention", "returns"), both, strict=True)
        for day, value in series.dropna().items()
    ]


def fixed_rows(asked: Asked, subject: str) -> list[Row]:
    """The share of voice by period on the publishers present throughout, as it is and leaning on the window's, with its interval."""
    own = attention_by_publisher(asked.store, subject, asked.filters)
    panel = fixed_panel(own, attention_by_publisher(asked.store, None, asked.filters.for_all()))
    if not panel.publishers:
        return []
    shares = by_period(panel.share, asked.grain)
    numbers = ("share", "shrunk", "shrunk_low", "shrunk_high")
    return [
        {
            "chart": "fixed",
            "period": iso_day(row["period"]),
            "all_stories": int(row["n"]),
            **{name: rounded(row[name], 6) for name in numbers},
        }
        for row in shares.to_dict("records")
    ]


def family_pairs(asked: Asked) -> dict[str, str]:
    """Subject → what its talk is held against, as of the view's revision."""
    counts, priced = day_counts(asked.store, "company", asked.filters), last_sessions(asked.store, asked.view.rev)
    return pairs_of(asked.catalog, priced, counts, start=asked.view.start, end=asked.view.end)


def part_tickers(asked: Asked) -> list[str]:
    """The listings whose prices a part is made of."""
    if asked.part == FAMILY:
        return family_tickers(asked.catalog, family_pairs(asked), market_of(asked))
    if asked.part == FIXED:
        return []
    main = main_tickers(asked.catalog, [company.key for company in asked.catalog.companies.values()])
    return sorted({*main.values(), market_of(asked)})


PARTS: dict[tuple[str, str], Callable[[Asked], list[Row]]] = {
    ("events", SHOCK): shock_rows,
    ("lead_lag", FAMILY): family_rows,
    ("theme", FIXED): lambda asked: fixed_rows(asked, theme_of(asked)),
    ("company", FIXED): lambda asked: fixed_rows(asked, company_of(asked)),
}
"""Page and part → its rows."""


def _times(asked: Asked, subject: str) -> pd.DataFrame:
    return story_times(asked.store, subject or None, asked.filters if subject else asked.filters.for_all())


def _abnormal(asked: Asked) -> pd.DataFrame:
    """Every company's main listing beyond the market; empty without the market's prices."""
    market, known = market_of(asked), span(asked.store, asked.view.rev)
    main = main_tickers(asked.catalog, [company.key for company in asked.catalog.companies.values()])
    end = last_sessions(asked.store, asked.view.rev).get(market, asked.view.end)
    prices = prices_of(asked, {*main.values(), market}, since=known[0] if known else None, until=end)
    return abnormal_of(prices.drop(columns=market), prices[market].dropna()) if market in prices else pd.DataFrame()


def _together(asked: Asked) -> pd.DataFrame:
    main = main_tickers(asked.catalog, [company.key for company in asked.catalog.companies.values()])
    every = replace(
        asked.filters, publishers=(), langs=(), min_relevance=0
    )  # one article anywhere tells the same news twice
    return named_together(story_subjects(asked.store, "company", every), story_times(asked.store, None, every), main)


def _pair_rows(pairs: pd.DataFrame) -> list[Row]:
    return [
        {
            "chart": "pairs", "session": iso_day(row["session"]), "shocked": row["ticker"], "neighbour": row["neighbour"], "is": row["side"],
            "own": rounded(row["own"], 6), **{window: rounded(row[window], 6) for window in WINDOWS}, "left_out": int(row["same_article"]),
        }
        for row in pairs.sort_values(["session", "ticker", "degree", "neighbour"]).to_dict("records")
    ]  # fmt: skip
