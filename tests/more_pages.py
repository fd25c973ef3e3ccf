"""A small store in which two pairs are named together, for the tests of the pages Compare and Network."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from builders import article, linked, save
from data.prices import save_prices
from data.records import Bar
from data.schema.store import open_store

FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)
PAIRS = {("company:nvidia", "company:tsmc"): 9, ("company:micron", "company:sk-hynix"): 7}
ALONE = (
    "company:nvidia",
    "company:tsmc",
    "company:micron",
    "company:sk-hynix",
    "company:intel",
    "company:amd",
    "company:openai",
)
ROUND_UP = (*ALONE, "company:asml", "company:samsung")
TICKERS = {"MU": 100.0, "NVDA": 50.0, "000660.KS": 90_000.0, "SKHY": 60.0, "SPY": 600.0, "KRW=X": 1_300.0}


def fill(path: Path) -> None:
    """Stories of 26 weeks: each pair together so often, each alone, and one round-up that names all; and prices."""
    told = (
        [subjects for subjects, times in PAIRS.items() for _ in range(times)]
        + [(subject,) for subject in ALONE for _ in range(6)]
        + [ROUND_UP]
    )
    items = [
        linked(
            article(
                f"Story {n} <img src=x onerror=alert(1)>",
                url=f"https://news.example/{n}",
                at=FIRST + timedelta(days=2 * n),
            ),
            *subjects,
            "theme:memory",
            story=-1 - n,
        )
        for n, subjects in enumerate(told)
    ]
    with open_store(path) as store:
        save(store, *items)
        bars = [
            bar(ticker, FIRST.date() + timedelta(days=day), price * (1 + day / 1_000))
            for ticker, price in TICKERS.items()
            for day in range(140)
        ]
        save_prices(store, bars, [], provider="test", now=FIRST, catalog_hash="c0ffee")


def bar(ticker: str, day: date, close: float) -> Bar:
    currency = "KRW" if ticker.endswith(".KS") else "USD"
    return Bar(
        ticker=ticker,
        session=day,
        open=close,
        high=close,
        low=close,
        close=close,
        volume=1_000,
        currency=currency,
        basis="adjusted",
    )
