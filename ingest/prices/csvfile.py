"""
Daily prices from the user's own file: CSV, also compressed (.gz), as libraries, exchanges and spreadsheets write it.

    table | decimal sign by the file | dates by their column | units by the row | basis by the ticker | sessions by the exchange

Columns, under any of their usual names: ticker, session (or date), close; optional open, high, low, volume, currency,
dividend, split, adj_close, basis. A file with splits or dividends gives prices as traded, unless they show otherwise; one
without is taken as adjusted. What can be read in two ways is refused, with the option that decides it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from math import isnan
from pathlib import Path
from typing import cast, get_args

from data.calendars import calendar_of
from data.catalog.records import Listing
from data.currencies import whole_currency
from data.errors import PriceError, UnknownTicker, UsageError
from ingest.parse.date_order import Order, date_order
from ingest.prices.basis import basis_of
from ingest.prices.csv_table import read_table
from ingest.prices.numbers import Sign, first_shown, is_open, price_of, ratio_of, volume_of
from ingest.prices.quotes import Basis, Finding, History, Quote, as_traded, in_unit
from ingest.prices.session_dates import intraday_rows, sessions_of
from ingest.prices.stamps import Stamp, stamp_of

NEEDED = ("ticker", "session", "close")
PRICES = ("close", "open", "high", "low", "adj_close", "dividend")
NUMBERS = (*PRICES, "volume")
YFINANCE = {"open", "high", "low", "close", "volume", "dividend", "split"}
"""The columns of yfinance's history, which are adjusted where no adjusted close stands beside them."""

WHOLE = {"KRW", "JPY", "VND", "IDR"}
"""Currencies whose prices have no decimals: their "70,335" is seventy thousand."""
WHOLE_SUFFIXES = (".KS", ".KQ", ".T", ".JK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How to read what a file leaves open; None: as the file shows."""

    dates: Order | None = None
    decimal: Sign | None = None
    basis: Basis | None = None
    ticker: str = ""  # of a file without a column for it


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    stamp: Stamp
    quote: Quote  # its session is the day that is written
    currency: str  # as the row writes it: GBp; "" when it does not
    basis: str


class CsvProvider:
    """The prices of one file. Reads it once; `skipped` says how many rows it could not use, and why the first one."""

    name = "csv"

    def __init__(
        self,
        path: Path,
        reading: Reading | None = None,
        *,
        former: Mapping[str, tuple[str, date]] | None = None,
        now: datetime | None = None,
    ) -> None:
        """`former`: tickers that listings had, each with today's and its last day."""
        self._path, self._reading, self._former = path, reading or Reading(), former or {}
        self._now = now or datetime.now(UTC)
        self._rows: dict[str, list[_Row]] = defaultdict(list)
        self.skipped: list[str] = []
        self._table = read_table(path)
        self._read()
        self._taken_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)

    @property
    def tickers(self) -> list[str]:
        return sorted(self._rows)

    def first_session(self) -> date:
        return min(row.stamp.day for rows in self._rows.values() for row in rows)

    def history(self, listing: Listing, *, start: date, now: datetime) -> History:
        """The file's sessions since `start`."""
        if listing.ticker not in self._rows:
            raise UnknownTicker(f"{self._path.name} has no prices of {listing.ticker}.")
        rows, findings = self._on_sessions(listing)
        currency, ratios, remarks = _unit(rows, listing, self._table.currency)
        quotes = [in_unit(row.quote, 1 / ratio) for row, ratio in zip(rows, ratios, strict=True)]
        basis, quotes, doubt = self._based(listing.ticker, rows, quotes)
        since = tuple(quote for quote in quotes if quote.session >= start)
        if not since:
            raise PriceError(f"{self._path.name} has no prices of {listing.ticker} since {start}.")
        return History(
            ticker=listing.ticker,
            currency=currency,
            basis=basis,
            quotes=since,
            taken_at=self._taken_at,
            findings=tuple(finding for finding in findings if finding.session >= start),
            remarks=(*remarks, *doubt),
        )

    def _on_sessions(self, listing: Listing) -> tuple[list[_Row], list[Finding]]:
        """The listing's rows by session, oldest first, and those of them that were taken before the close."""
        rows = self._rows[listing.ticker]
        findings: list[Finding] = []
        if listing.mic:
            calendar, stamps = calendar_of(listing.mic), [row.stamp for row in rows]
            sessions = sessions_of(stamps, calendar, listing.ticker)
            findings = list(intraday_rows(stamps, sessions, calendar))
            rows = [
                replace(row, quote=replace(row.quote, session=day)) for row, day in zip(rows, sessions, strict=True)
            ]
        early = {finding.session for finding in findings}
        whole = {row.quote.session for row in rows if row.stamp.clock is None} & early
        # A live row beside the session's own: that one stays.
        rows = [row for row in rows if not (row.quote.session in whole and row.stamp.clock is not None)]
        findings = [finding for finding in findings if finding.session not in whole]
        return sorted(rows, key=lambda row: row.quote.session), findings

    def _based(self, ticker: str, rows: Sequence[_Row], quotes: list[Quote]) -> tuple[Basis, list[Quote], list[str]]:
        """The basis of a ticker's quotes, these on it, and what speaks against it."""
        named = {row.basis or self._reading.basis or "" for row in rows} - {""}
        has_actions = bool(self._table.columns & {"split", "dividend"})
        if named == {"traded", "split_adjusted"}:
            whole = as_traded(quotes)
            return "traded", [whole[i] if row.basis != "traded" else quotes[i] for i, row in enumerate(rows)], []
        if len(named) > 1:
            raise PriceError(f"{ticker}: its rows are {' and '.join(sorted(named))}, and one series cannot be both.")
        if named:
            return cast(Basis, named.pop()), quotes, []
        if not has_actions and any(not isnan(quote.adj_close) for quote in quotes):
            return "adjusted", [_adjusted_close(quote) for quote in quotes], []
        columns = self._table.columns
        judged = basis_of(
            quotes, has_actions=has_actions, by_yfinance=columns >= YFINANCE and "adj_close" not in columns
        )
        return judged.basis, quotes, [judged.doubt] if judged.doubt else []

    def _read(self) -> None:
        columns = self._table.columns | ({"ticker"} if self._named_ticker() else set())
        if missing := [name for name in NEEDED if name not in columns]:
            hint = " (or --ticker, or a file named after one)" if missing[0] == "ticker" else ""
            raise UsageError(
                f"{self._path} has no column {missing[0]}{hint}; it needs ticker, session (or date) and close."
            )
        sign, order = self._decimal_sign(), self._date_order()
        for line, cells in self._table.rows:
            try:
                self._add(line, cells, sign, order)
            except ValueError as problem:
                self.skipped.append(f"line {line}: {problem}")
        if not self._rows:
            first = f" (first: {self.skipped[0]})" if self.skipped else ""
            raise UsageError(f"{self._path} has no price that can be read{first}.")

    def _named_ticker(self) -> str:
        """The ticker of a file that has no column for it."""
        return "" if "ticker" in self._table.columns else self._reading.ticker

    def _decimal_sign(self) -> Sign:
        if self._reading.decimal:
            return self._reading.decimal
        cells = [(line, row.get(name, "")) for line, row in self._table.rows for name in NUMBERS]
        shown = first_shown(cells)
        if len(shown) == 2:
            point, comma = shown["."], shown[","]
            raise UsageError(
                f"{self._path} has a decimal point on line {point[0]} ({point[1]}) and a decimal comma on line {comma[0]} "
                f"({comma[1]}); say with --decimal which one it is."
            )
        if shown:
            return next(iter(shown))
        return self._sign_of_open_cells()

    def _sign_of_open_cells(self) -> Sign:
        """The sign of a file none of whose cells proves one: "1,234" and the like, all of them."""
        doubtful = [
            (line, row) for line, row in self._table.rows if any(is_open(row.get(name, "")) for name in NUMBERS)
        ]
        if not doubtful:
            return "."
        line, row = doubtful[0]
        text = next(row[name] for name in NUMBERS if is_open(row.get(name, "")))
        separator: Sign = "," if "," in text else "."
        other: Sign = "." if separator == "," else ","
        if all(_is_whole(row) for _, row in doubtful):
            return other
        if separator == ".":  # programs write it, in any country
            return "."
        raise UsageError(
            f"{self._path}: whether {text} on line {line} has a decimal comma or groups thousands cannot be told from the file; "
            "say it with --decimal comma or --decimal point."
        )

    def _date_order(self) -> Order:
        if self._reading.dates:
            return self._reading.dates
        texts = {row["session"] for _, row in self._table.rows}
        today = self._now.date()
        decided = date_order(texts, fits=lambda day: day.weekday() < 5 and day <= today)
        if decided in get_args(Order):
            return cast(Order, decided)
        if decided == "none":
            return "ymd"
        first = next(row["session"] for _, row in self._table.rows if row["session"])
        why = (
            f"can be read with the day or the month first, and no other row decides (first: {first})"
            if decided == "ambiguous"
            else f"have no order that fits them all (first: {first})"
        )
        raise UsageError(f"{self._path}: its dates {why}; say it with --dates dmy, --dates mdy or --dates ymd.")

    def _add(self, line: int, cells: Mapping[str, str], sign: Sign, order: Order) -> None:
        ticker = cells.get("ticker") or self._named_ticker()
        if not ticker:
            raise ValueError("no ticker")
        basis = cells.get("basis", "").lower()
        if basis and basis not in get_args(Basis):
            raise ValueError(f"basis is {basis!r}; it must be one of {', '.join(get_args(Basis))}")
        stamp = stamp_of(cells["session"], order, self._now)
        prices = {name: price_of(cells.get(name, ""), sign) for name in PRICES}
        values = {name: value for name, (value, _) in prices.items()}
        quote = Quote(
            session=stamp.day,
            volume=volume_of(cells.get("volume", ""), sign),
            split=ratio_of(cells.get("split", ""), sign),
            **values | {"dividend": 0.0 if isnan(values["dividend"]) else values["dividend"]},
        )
        if ticker in self._former and stamp.day <= self._former[ticker][1]:
            ticker = self._former[ticker][0]
        self._rows[ticker].append(_Row(line, stamp, quote, cells.get("currency") or prices["close"][1], basis))


def _is_whole(row: Mapping[str, str]) -> bool:
    return row.get("currency", "").upper() in WHOLE or row.get("ticker", "").endswith(WHOLE_SUFFIXES)


def _unit(rows: Iterable[_Row], listing: Listing, header: str) -> tuple[str, list[float], list[str]]:
    """The currency of a listing's rows, of how many units of each row it is one, and what was assumed."""
    ratios, currencies, assumed = [], set(), False
    for row in rows:
        written = row.currency or header
        assumed |= not written and bool(listing.quoted_in)
        try:
            currency, ratio = whole_currency(written or listing.quoted_in or listing.currency)
        except ValueError as problem:
            raise PriceError(f"{listing.ticker}: line {row.line}: {problem}.") from None
        currencies.add(currency)
        ratios.append(ratio)
    if len(currencies) > 1:
        raise PriceError(
            f"{listing.ticker}: its rows are in {' and '.join(sorted(currencies))}, and one series cannot be both."
        )
    remarks = (
        [f"the file names no currency; its prices are read in {listing.quoted_in}, as listings.csv says"]
        if assumed
        else []
    )
    return currencies.pop(), ratios, remarks


def _adjusted_close(quote: Quote) -> Quote:
    """The quote at its adjusted close; as it is where there is none."""
    return quote if isnan(quote.adj_close) or not quote.close else in_unit(quote, quote.adj_close / quote.close)
