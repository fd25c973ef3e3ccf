"""A store with two years of stories about memory and optics, prices, and hostile titles on its last day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from builders import article, linked, save
from data.prices import save_prices
from data.records import Bar
from data.schema.store import open_store

LAST = datetime(2026, 6, 30, 12, tzinfo=UTC)
HOSTILE = [
    "<script>alert(1)</script> Micron",
    "<img src=x onerror=alert(1)> Micron",
    '=HYPERLINK("http://evil") Micron',
    "**bold** [link](javascript:alert(1)) :red[red] $x^2$ Micron",
    "Micron\u202e gnirts",
    "Micron " + "W" * 400,
]


def fill(path: Path) -> None:
    """
    A story every other day: two of three about Micron, memory; one about NVIDIA, memory, HBM; each fifth about
    Lumentum, optics.
    """
    with open_store(path) as store:
        items = []
        for n in range(300):
            subjects = (
                ["company:micron", "theme:memory"]
                if n % 3
                else ["company:nvidia", "theme:memory", "subtheme:memory.hbm"]
            )
            subjects = subjects if n % 5 else ["company:lumentum", "theme:optics"]
            item = article(f"Story {n} of many", at=LAST - timedelta(days=2 * n), publisher=f"site{n % 4}.com")
            items.append(linked(item, *subjects, story=-n - 1))
        items += [
            linked(
                article(title, url=f"https://example.com/h{n}", at=LAST),
                "company:micron",
                "theme:memory",
                story=-900 - n,
            )
            for n, title in enumerate(HOSTILE)
        ]
        save(store, *items, now=LAST)
        save_prices(store, list(bars()), provider="csv", now=LAST, catalog_hash="c0ffee")


def bars() -> list[Bar]:
    """Closes that rise by one a session."""
    days = [date(2025, 6, 2) + timedelta(days=n) for n in range(390)]
    return [
        Bar(ticker=ticker, session=session, open=None, high=None, low=None, close=100 + n, volume=None, currency="USD")
        for ticker in ("MU", "NVDA", "LITE", "SPY")
        for n, session in enumerate(day for day in days if day.weekday() < 5)
    ]
