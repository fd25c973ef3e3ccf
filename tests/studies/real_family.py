"""
What real news and prices say, all pairs as one family: `python -m tests.studies.real_family STORE [FOLDER]`, or `make
real STORE=…`.

    store → 12 themes × their baskets, the 30 most named companies × their prices → one family of verdicts → table

Each pair that survives is asked again in other ways: halves, another market, counts, a fixed panel of publishers,
without its loudest sessions. Then one event study of every session on which a company was suddenly talked about. With a
folder, the pictures of docs/signals.md are drawn there too.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.attention import panel_publishers
from analysis.baskets import basket
from analysis.event_study.study import EventStudy, event_study
from analysis.lead_lag.study import family_verdicts, preregistered
from analysis.lead_lag.verdicts import Verdict
from analysis.returns import adjusted_prices, price_table, simple_returns
from dashboard.page_data.signals import attention_of, bursts_of, event_returns, exchange_of, returns_of
from dashboard.page_data.subjects import BASKET, main_tickers, theme_tickers
from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.prices import actions_of, bars_between, last_sessions
from data.read.attention import Filters, attention_all, span, story_times, story_times_of
from data.read.publishers import attention_by_publisher
from data.schema.store import Store, open_store

MOST_NAMED = 30
MARKET, OTHER_MARKET = "SPY", "SOXX"
LAGS = np.arange(-10, 11)
LOUDEST = 5
THRESHOLD, FEWEST = 2.0, 2  # an event: two errors above usual, two stories


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A store's overlap of news and prices: its pairs (subject → what its talk is held against) and their prices."""

    store: Store
    catalog: Catalog
    filters: Filters
    everything: pd.DataFrame
    prices: pd.DataFrame
    against: dict[str, str]

    def attention(self, subject: str, measure: str = "share", filters: Filters | None = None) -> pd.Series:
        everything = self.everything if filters is None else story_times(self.store, None, filters)
        own = story_times(self.store, subject, filters or self.filters)
        return attention_of(own, everything, exchange_of(self.catalog, self.against[subject]), measure)

    def returns(self, subject: str, market: str = MARKET) -> pd.Series:
        """Those that the market does not explain."""
        found = returns_of(self.prices, self.against[subject], self.members(subject), market)[0]
        return found.loc[pd.Timestamp(self.filters.start) : pd.Timestamp(self.filters.end)]

    def level(self, subject: str) -> pd.Series:
        """The price, or the basket's level."""
        if self.against[subject] == BASKET:
            return basket(self.prices, self.members(subject))["level"]
        return self.prices[self.against[subject]].dropna()

    def event_returns(self, tickers: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        return event_returns(self.prices, tickers, MARKET)

    def members(self, subject: str) -> list[str]:
        return theme_tickers(self.catalog).get(subject, [])


def world_of(store: Store) -> World:
    """The whole overlap of the store's news and prices, and its pairs."""
    catalog, known = load_catalog(), last_sessions(store)
    days = span(store)
    if days is None or MARKET not in known:
        sys.exit(f"The store needs stories and prices of {MARKET}: bring them in with python -m ingest.")
    bars = bars_between(store, known, *days)
    prices = price_table(adjusted_prices(bars, actions_of(store, known)))
    filters = Filters(start=max(days[0], prices.index[0].date()), end=min(days[1], prices.index[-1].date()))
    against = {theme.key: BASKET for theme in catalog.themes.values()} | _most_named(
        store, catalog, set(prices), filters
    )
    everything = story_times(store, None, filters)
    return World(store=store, catalog=catalog, filters=filters, everything=everything, prices=prices, against=against)


def _most_named(store: Store, catalog: Catalog, priced: set[str], filters: Filters) -> dict[str, str]:
    """Company → its main listing, of those that have prices."""
    counts = (
        attention_all(store, "company", filters)
        .groupby("subject")["stories"]
        .sum()
        .sort_values(ascending=False, kind="stable")
    )
    listed = {
        company.key: company.ticker
        for company in catalog.companies.values()
        if company.ticker in priced and company.ticker
    }
    return {str(key): listed[str(key)] for key in counts.index[counts.index.isin(list(listed))][:MOST_NAMED]}


def verdict_row(world: World, subject: str, answer: Verdict) -> dict[str, object]:
    low, high = answer.interval
    return {
        "talk about": world.catalog.subject_name(subject), "price of": world.against[subject], "days": answer.n,
        "verdict": answer.kind,
        "lag": answer.lag, "correlation": answer.correlation, "low": low, "high": high, "p": answer.p,
        "p of 42": answer.p_adjusted,
        "smallest": answer.smallest_detectable,
    }  # fmt: skip


def asked_again(world: World, subject: str, answer: Verdict) -> pd.DataFrame:
    """
    One row another way of asking: the correlation at the lag that was found, its p as if that lag had been stated, and
    n.
    """
    attention, returns = world.attention(subject), world.returns(subject)
    known = returns.dropna().index
    middle = known[len(known) // 2]
    panel = panel_publishers(attention_by_publisher(world.store, None, world.filters), present=0.9)
    loud = attention.where(attention.rank(ascending=False, method="first") > LOUDEST)
    ways = {
        "as in the family": (attention, returns),
        f"first half, to {middle.date()}": (attention, returns[:middle]),
        "second half": (attention, returns[middle:]),
        f"beyond {OTHER_MARKET}": (attention, world.returns(subject, OTHER_MARKET)),
        "stories, not their share": (world.attention(subject, "stories"), returns),
        f"without the {LOUDEST} loudest sessions": (loud, returns),
    }
    if panel:
        fixed = world.attention(subject, filters=replace(world.filters, publishers=panel))
        ways[f"{len(panel)} publishers present throughout"] = (fixed, returns)
    return pd.DataFrame([_way(name, *series, answer) for name, series in ways.items()])


def _way(name: str, attention: pd.Series, returns: pd.Series, answer: Verdict) -> dict[str, object]:
    assert answer.lag is not None and answer.direction is not None
    one = preregistered(attention, returns, lag_sessions=abs(answer.lag), direction=answer.direction)
    return {"asked": name, "correlation": one.correlation, "p of this lag": one.p, "days": one.n}


@dataclass(frozen=True, slots=True)
class Naive:
    """
    What the usual dashboard would say of a pair: counts against raw returns, the best of 20 lags; claimed when |r| >
    1.96/√n.
    """

    subject: str
    lag: int
    r: float
    n: int

    @property
    def claimed(self) -> bool:
        return abs(self.r) * self.n**0.5 > 1.96


def naive(world: World, subject: str) -> Naive:
    counts, returns = world.attention(subject, "stories"), simple_returns(world.level(subject).to_frame()).iloc[:, 0]
    shifted = pd.Series({int(lag): counts.corr(returns.shift(-lag)) for lag in LAGS if lag}).fillna(0.0)
    lag = shifted.abs().idxmax()
    return Naive(subject, int(lag), float(shifted[lag]), int(counts.index.isin(returns.dropna().index).sum()))


def sudden(world: World) -> tuple[pd.DataFrame, EventStudy]:
    """Every session on which a company with prices was suddenly talked about, and what prices did around them."""
    tickers = main_tickers(world.catalog, [company.key for company in world.catalog.companies.values()])
    tickers = {key: ticker for key, ticker in tickers.items() if ticker in world.prices}
    own = story_times_of(world.store, list(tickers), world.filters)
    events = bursts_of(own, world.everything, tickers, world.catalog, threshold=THRESHOLD, fewest=FEWEST)
    return events, event_study(events, *world.event_returns(sorted(set(events["ticker"]))))


def main(path: Path, folder: Path | None) -> None:
    if not path.exists():
        sys.exit(f"There is no store at {path}.")
    started = time.monotonic()
    with open_store(path, create=False) as store:
        world = world_of(store)
        answers = family_verdicts(
            {subject: (world.attention(subject), world.returns(subject)) for subject in world.against}
        )
        claims = [naive(world, subject) for subject in world.against]
        tell(world, answers, claims)
        events, study = sudden(world)
        print(f"\nSudden attention to any company: {study.sentence}")
        print(study.windows.drop(columns=["start", "end"]).to_string(index=False, float_format="{:.3f}".format))
        if folder:
            draw(world, answers, claims, events, study, folder)
    print(f"\n{time.monotonic() - started:.0f} s")


def tell(world: World, answers: Mapping[str, Verdict], claims: list[Naive]) -> None:
    """The table of the family, and each survivor asked again."""
    table = pd.DataFrame([verdict_row(world, *pair) for pair in answers.items()])
    found = {subject: answer for subject, answer in answers.items() if answer.kind in ("leads", "follows")}
    print(
        f"{world.filters.start} to {world.filters.end}, {len(world.everything):,} stories, {len(table)} pairs, one "
        "family"
    )
    print(table.sort_values("p").to_string(index=False, float_format="{:.3f}".format))
    alone, claimed = int((table["p"] <= 0.05).sum()), sum(claim.claimed for claim in claims)
    print(
        f"\n{len(found)} of {len(table)} survive; {alone} stand out alone; best of 20 lags of counts and raw returns: "
        f"{claimed} claimed"
    )
    for subject, answer in found.items():
        print(f"\n{world.catalog.subject_name(subject)}: {answer.sentence}")
        print(asked_again(world, subject, answer).to_string(index=False, float_format="{:.3f}".format))


def draw(
    world: World,
    answers: Mapping[str, Verdict],
    claims: list[Naive],
    events: pd.DataFrame,
    study: EventStudy,
    folder: Path,
) -> None:
    from tests import real_pictures as pictures

    quiet, alone = "theme:memory", min((answer.p, subject) for subject, answer in answers.items() if answer.p > 0)[1]
    name, best = world.catalog.subject_name, max(claims, key=lambda claim: abs(claim.r) if claim.claimed else 0.0)
    figures = {
        "signals-events": pictures.event_picture(world, events, study),
        "signals-none": pictures.verdict_picture(
            world, quiet, answers[quiet], f"{name(quiet)}: nothing beyond what placebos do"
        ),
        "signals-family": pictures.verdict_picture(
            world,
            alone,
            answers[alone],
            f"{name(alone)}: stands out alone (p = {answers[alone].p:.3f}), not among {len(answers)}",
        ),
        "signals-trend": pictures.trend_picture(world, quiet),
        "signals-scan": pictures.scan_picture(world, best),
    }
    pictures.save_pictures(figures, folder)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("Usage: python -m tests.studies.real_family STORE [FOLDER]")
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else None)
