"""
Daily prices from the user's own file: CSV, also compressed (.gz), as libraries, exchanges and spreadsheets write it.

    rows | units by the row | sessions by the exchange | basis by the ticker → History

Columns, under any of their usual names: ticker, session (or date), close; optional open, high, low, volume, currency,
dividend, split, adj_close, basis. A file with splits or dividends gives prices as traded, unless they show otherwise;
one without is taken as adjusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from math import isnan
from pathlib import Path
from typing import cast

from data.calendars import calendar_of
from data.catalog.records import Listing
from data.currencies import whole_currency
from data.errors import PriceError, UnknownTicker
from ingest.prices.basis import basis_of
from ingest.prices.csv_rows import PriceRow, Reading, read_rows
from ingest.prices.quotes import Basis, Finding, History, Quote, as_traded, in_unit
from ingest.prices.session_dates import intraday_rows, sessions_of

YFINANCE = {"open", "high", "low", "close", "volume", "dividend", "split"}
"""The columns of yfinance's history, which are adjusted where no adjusted close stands beside them."""


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
        self._path, self._reading = path, reading or Reading()
        self._rows = read_rows(path, self._reading, former=former or {}, now=now or datetime.now(UTC))
        self._taken_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        self.skipped = self._rows.skipped

    @property
    def tickers(self) -> list[str]:
        return sorted(self._rows.by_ticker)

    def first_session(self) -> date:
        return min(row.stamp.day for rows in self._rows.by_ticker.values() for row in rows)

    def history(self, listing: Listing, *, start: date, now: datetime) -> History:
        """The file's sessions since `start`."""
        if listing.ticker not in self._rows.by_ticker:
            raise UnknownTicker(f"{self._path.name} has no prices of {listing.ticker}.")
        rows, findings = _on_sessions(self._rows.by_ticker[listing.ticker], listing)
        header = self._rows.header_currency
        currency, quotes, assumed = _in_whole_currency(rows, listing, header)
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
            remarks=tuple(f"{remark}." for remark in (assumed, doubt) if remark),
            is_unit_sure=all(
                whole_currency(name or header or "USD")[1] != 1 for name in {row.currency for row in rows}
            ),
        )

    def _based(self, ticker: str, rows: Sequence[PriceRow], quotes: list[Quote]) -> tuple[Basis, list[Quote], str]:
        """The basis of a ticker's quotes, these on it, and what speaks against it."""
        named = {row.basis or self._reading.basis or "" for row in rows} - {""}
        if named == {"traded", "split_adjusted"}:
            whole = as_traded(quotes)
            return "traded", [whole[i] if row.basis != "traded" else quotes[i] for i, row in enumerate(rows)], ""
        if len(named) > 1:
            raise PriceError(f"{ticker}: its rows are {' and '.join(sorted(named))}, and one series cannot be both.")
        if named:
            return cast(Basis, named.pop()), quotes, ""
        columns = self._rows.columns
        has_actions = bool(columns & {"split", "dividend"})
        if "adj_close" in columns and not has_actions:
            return "adjusted", [_adjusted_close(quote) for quote in quotes], ""
        by_yfinance = columns >= YFINANCE and "adj_close" not in columns
        judgement = basis_of(quotes, has_actions=has_actions, by_yfinance=by_yfinance)
        return judgement.basis, quotes, judgement.doubt


def _on_sessions(rows: Sequence[PriceRow], listing: Listing) -> tuple[list[PriceRow], list[Finding]]:
    """The listing's rows by session, oldest first, and those of them that were taken before the close."""
    if not listing.mic:
        return sorted(rows, key=lambda row: row.quote.session), []
    calendar, stamps = calendar_of(listing.mic), [row.stamp for row in rows]
    sessions = sessions_of(stamps, calendar, listing.ticker)
    live = {finding.session: finding for finding in intraday_rows(stamps, sessions, calendar)}
    usual = stamps[0].clock if stamps else None
    whole = {day for stamp, day in zip(stamps, sessions, strict=True) if stamp.clock == usual}
    rows_by_day = [
        (row, day)
        for row, day in zip(rows, sessions, strict=True)
        if not (day in live and day in whole and row.stamp.clock != usual)  # the session's own row stays
    ]
    dated = [row.on(day) for row, day in rows_by_day]
    findings = [finding for day, finding in live.items() if day not in whole]
    return sorted(dated, key=lambda row: row.quote.session), findings


def _in_whole_currency(rows: Sequence[PriceRow], listing: Listing, header: str) -> tuple[str, list[Quote], str]:
    """The currency of a listing's rows, their quotes in it, and what was assumed where they name none."""
    written = {row.currency: row.line for row in rows}
    units = {}
    for name, line in written.items():
        try:
            units[name] = whole_currency(name or header or listing.quoted_in or listing.currency)
        except ValueError as problem:
            raise PriceError(f"{listing.ticker}: line {line}: {problem}.") from None
    currencies = sorted({currency for currency, _ in units.values()})
    if len(currencies) > 1:
        raise PriceError(
            f"{listing.ticker}: its rows are in {' and '.join(currencies)}, and one series cannot be both."
        )
    quotes = [in_unit(row.quote, 1 / units[row.currency][1]) for row in rows]
    is_assumed = "" in written and not header and listing.quoted_in
    assumed = f"the file names no currency; its prices are read in {listing.quoted_in}, as listings.csv says"
    return currencies[0], quotes, assumed if is_assumed else ""


def _adjusted_close(quote: Quote) -> Quote:
    """The quote at its adjusted close; as it is where there is none."""
    return quote if isnan(quote.adj_close) or not quote.close else in_unit(quote, quote.adj_close / quote.close)
