"""
Daily prices from the user's own file: CSV, also compressed (.gz).

Columns, under any of their usual names: ticker, session (or date), close; optional open, high, low, volume, currency,
dividend, split, adj_close, basis. A file with splits or dividends gives prices as traded; one without is taken as adjusted.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from math import nan
from pathlib import Path
from typing import TextIO, cast

from data.catalog.records import Listing
from data.errors import PriceError, UnknownTicker, UsageError
from ingest.prices.quotes import Basis, History, Quote

NAMES: dict[str, tuple[str, ...]] = {
    "ticker": ("ticker", "symbol"),
    "session": ("session", "date", "day"),
    "close": ("close", "close/last", "last", "price"),
    "open": ("open",),
    "high": ("high",),
    "low": ("low",),
    "volume": ("volume", "vol"),
    "adj_close": ("adj close", "adj_close", "adjusted close", "adjclose"),
    "dividend": ("dividend", "dividends"),
    "split": ("split", "splits", "stock splits"),
    "currency": ("currency",),
    "basis": ("basis",),
}
NEEDED = ("ticker", "session", "close")
BASES: dict[str, Basis] = {"traded": "traded", "adjusted": "adjusted", "split_adjusted": "split_adjusted"}


class CsvProvider:
    """The prices of one file. Reads it once; `skipped` says how many rows it could not use, and why the first one."""

    name = "csv"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._quotes: dict[str, list[Quote]] = defaultdict(list)
        self._currencies: dict[str, str] = {}
        self._basis: Basis = "adjusted"
        self.skipped: list[str] = []
        self._read()

    @property
    def tickers(self) -> list[str]:
        return sorted(self._quotes)

    def first_session(self) -> date:
        return min(quote.session for quotes in self._quotes.values() for quote in quotes)

    def history(self, listing: Listing, *, start: date, now: datetime) -> History:
        """The file's sessions since `start`."""
        if listing.ticker not in self._quotes:
            raise UnknownTicker(f"{self._path.name} has no prices of {listing.ticker}.")
        since = [quote for quote in self._quotes[listing.ticker] if quote.session >= start]
        if not since:
            raise PriceError(f"{self._path.name} has no prices of {listing.ticker} since {start}.")
        return History(
            ticker=listing.ticker,
            currency=self._currencies.get(listing.ticker) or listing.currency,
            basis=self._basis,
            quotes=tuple(sorted(since, key=lambda quote: quote.session)),
        )

    def _read(self) -> None:
        try:
            with _opened(self._path) as text:
                self._read_rows(csv.DictReader(text))
        except (OSError, EOFError, UnicodeDecodeError, csv.Error) as problem:
            raise UsageError(f"{self._path} cannot be read as a CSV file: {problem}.") from None
        if not self._quotes:
            first = f" (first: {self.skipped[0]})" if self.skipped else ""
            raise UsageError(f"{self._path} has no price that can be read{first}.")

    def _read_rows(self, reader: csv.DictReader[str]) -> None:
        columns = _columns(reader.fieldnames or ())
        if missing := [name for name in NEEDED if name not in columns]:
            raise UsageError(f"{self._path} has no column {missing[0]}; it needs ticker, session (or date) and close.")
        if columns.keys() & {"split", "dividend"}:
            self._basis = "traded"
        for row in reader:
            cells = {name: (row[column] or "").strip() for name, column in columns.items()}
            try:
                self._add(cells)
            except ValueError as problem:
                self.skipped.append(f"line {reader.line_num}: {problem}")

    def _add(self, cells: Mapping[str, str]) -> None:
        if not cells["ticker"]:
            raise ValueError("no ticker")
        if cells.get("basis"):
            if cells["basis"] not in BASES:
                raise ValueError(f"basis is {cells['basis']!r}; it must be one of {', '.join(BASES)}")
            self._basis = BASES[cells["basis"]]
        quote = Quote(
            session=date.fromisoformat(cells["session"][:10]),
            close=_number(cells["close"]),
            open=_number(cells.get("open", "")),
            high=_number(cells.get("high", "")),
            low=_number(cells.get("low", "")),
            volume=_number(cells.get("volume", "")),
            adj_close=_number(cells.get("adj_close", "")),
            dividend=_number(cells.get("dividend", "") or "0"),
            split=_number(cells.get("split", "") or "0"),
        )
        self._quotes[cells["ticker"]].append(quote)
        if cells.get("currency"):
            self._currencies[cells["ticker"]] = cells["currency"]


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return cast(TextIO, gzip.open(path, "rt", encoding="utf-8-sig", newline=""))
    return path.open(encoding="utf-8-sig", newline="")


def _columns(header: Iterable[str]) -> dict[str, str]:
    """Our name of a column → the file's."""
    given = {name.strip().lower(): name for name in header if name}
    return {ours: given[theirs] for ours, names in NAMES.items() for theirs in names[::-1] if theirs in given}


def _number(text: str) -> float:
    return float(text.replace("$", "").replace(",", "")) if text and text.lower() not in ("nan", "null", "n/a") else nan
