"""
The rows of a file of prices, read with the one decimal sign and the one order of dates that the whole file shows.

What can be read in two ways is refused, with the option that decides it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import isnan, nan
from pathlib import Path
from typing import NamedTuple, cast, get_args

from data.errors import UsageError
from ingest.parse.date_order import Order, date_order
from ingest.prices.csv_table import Table, read_table
from ingest.prices.numbers import Sign, first_shown, is_open, price_of, ratio_of, volume_of
from ingest.prices.quotes import Basis, Quote
from ingest.prices.stamps import Stamp, stamp_of

NEEDED = ("ticker", "session", "close")
PRICES = ("close", "open", "high", "low", "adj_close", "dividend")
NUMBERS = (*PRICES, "volume")

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


class PriceRow(NamedTuple):
    """A row as it is written, but for numbers and dates."""

    line: int
    stamp: Stamp
    quote: Quote  # its session is the day that is written
    currency: str  # as the row writes it: GBp; "" when it does not
    basis: str

    def on(self, day: date) -> PriceRow:
        """The row as one of another session."""
        return self if day == self.stamp.day else self._replace(quote=replace(self.quote, session=day))


@dataclass(frozen=True, slots=True)
class PriceRows:
    """A file's rows by ticker, in its order; `skipped` says which lines it could not use, and why."""

    columns: frozenset[str]
    header_currency: str
    by_ticker: dict[str, list[PriceRow]] = field(default_factory=lambda: defaultdict(list))
    skipped: list[str] = field(default_factory=list)


def read_rows(path: Path, reading: Reading, *, former: Mapping[str, tuple[str, date]], now: datetime) -> PriceRows:
    """The rows of the file at `path`. `former`: tickers that listings had, each with today's and its last day."""
    table = read_table(path)
    named = reading.ticker if "ticker" not in table.columns else ""
    if missing := [name for name in NEEDED if name not in table.columns and not (name == "ticker" and named)]:
        hint = " (name it with --ticker, or the file after it)" if missing[0] == "ticker" else ""
        raise UsageError(f"{path} has no column {missing[0]}{hint}; it needs ticker, session (or date) and close.")
    sign = reading.decimal or _decimal_sign(path, table)
    order = reading.dates or _date_order(path, table, now.date())
    rows = PriceRows(frozenset(table.columns), table.currency)
    stamps: dict[str, Stamp] = {}  # most days are those of many listings
    for line, raw in table.rows:
        try:
            cells = {name: cell.strip() for name, at in table.columns.items() if at < len(raw) and (cell := raw[at])}
            text = cells.get("session", "")
            stamp = stamps.get(text) or stamps.setdefault(text, stamp_of(text, order, now))
            ticker, row = cells.get("ticker") or named, _row(line, cells, stamp, sign)
            if not ticker:
                raise ValueError("no ticker")
        except ValueError as problem:
            rows.skipped.append(f"line {line}: {problem}")
            continue
        if ticker in former and stamp.day <= former[ticker][1]:
            ticker = former[ticker][0]
        rows.by_ticker[ticker].append(row)
    if not rows.by_ticker:
        first = f" (first: {rows.skipped[0]})" if rows.skipped else ""
        raise UsageError(f"{path} has no price that can be read{first}.")
    return rows


def _row(line: int, cells: Mapping[str, str], stamp: Stamp, sign: Sign) -> PriceRow:
    basis = cells.get("basis", "").lower()
    if basis and basis not in get_args(Basis):
        raise ValueError(f"basis is {basis!r}; it must be one of {', '.join(get_args(Basis))}")
    values, mark = {}, ""
    for name in PRICES:
        if cells.get(name):
            value, named = price_of(cells[name], sign)
            values[name], mark = value, mark or named
    dividend = values.pop("dividend", 0.0)
    quote = Quote(
        session=stamp.day,
        close=values.pop("close", nan),
        volume=volume_of(cells.get("volume", ""), sign),
        dividend=0.0 if isnan(dividend) else dividend,
        split=ratio_of(cells.get("split", ""), sign),
        **values,
    )
    return PriceRow(line, stamp, quote, cells.get("currency") or mark, basis)


def _decimal_sign(path: Path, table: Table) -> Sign:
    """The sign that the file's cells prove."""
    names = [name for name in NUMBERS if name in table.columns]
    shown = first_shown((line, table.cell(row, name)) for line, row in table.rows for name in names)
    if len(shown) == 2:
        point, comma = shown["."], shown[","]
        raise UsageError(
            f"{path} has a decimal point on line {point[0]} ({point[1]}) and a decimal comma on line {comma[0]} "
            f"({comma[1]}); say with --decimal which one it is."
        )
    if shown:
        return next(iter(shown))
    for line, row in table.rows:
        for name in names:
            if is_open(text := table.cell(row, name)):
                return _sign_of_open_cells(path, table, line, text)
    return "."


def _sign_of_open_cells(path: Path, table: Table, line: int, text: str) -> Sign:
    """The sign of a file none of whose cells proves one: "1,234" and the like, all of them."""
    separator: Sign = "," if "," in text else "."
    if all(_is_whole(table.cell(row, "currency"), table.cell(row, "ticker")) for _, row in table.rows):
        return "." if separator == "," else ","
    if separator == ".":  # programs write it, in any country
        return "."
    raise UsageError(
        f"{path}: whether {text} on line {line} has a decimal comma or groups thousands cannot be seen from the file; "
        "say it with --decimal comma or --decimal point."
    )


def _is_whole(currency: str, ticker: str) -> bool:
    """Whether prices have no decimals, by their currency or their exchange."""
    return currency.upper() in WHOLE or ticker.endswith(WHOLE_SUFFIXES)


def _date_order(path: Path, table: Table, today: date) -> Order:
    """The order of the column of dates: a session is no weekend, and not to come."""
    texts = {text: line for line, row in reversed(table.rows) if (text := table.cell(row, "session"))}
    decided = date_order(texts, fits=lambda day: day.weekday() < 5 and day <= today)
    if decided in get_args(Order):
        return cast(Order, decided)
    if decided == "none":
        return "ymd"
    why = (
        "can be read with the day or the month first, and no row decides"
        if decided == "ambiguous"
        else "have no order that fits them all"
    )
    first, line = min(texts.items(), key=lambda each: each[1])
    raise UsageError(
        f"{path}: its dates {why} (first: {first} on line {line}); say it with --dates dmy, --dates mdy or --dates ymd."
    )
