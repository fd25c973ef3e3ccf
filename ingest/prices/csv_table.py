"""
A file of prices → its header and rows, in the encoding and with the delimiter that it has.

    bytes (also .gz) | text | the delimiter under which a line names the most columns | rows below that line

Titles above the header are passed over. What `yf.download(...).to_csv()` writes, two lines of header and a column for
each ticker, becomes one row for each ticker and day.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from data.errors import ParseError, UsageError
from ingest.parse.text import guess_encoding
from ingest.parse.unpack import read_start

DELIMITERS = ",;\t|"
LARGEST = 2_000_000_000  # bytes, unpacked
HEAD = 20  # lines in which the header must be

NAMES: dict[str, tuple[str, ...]] = {
    # Ours → as libraries, sites and exchanges head them. Of several in one header the first here counts.
    "ticker": ("ticker", "symbol", "ticker symbol", "instrument", "ric", "stock code", "股票代码", "股票代碼",
               "證券代號", "代码", "代碼", "銘柄コード", "コード", "종목코드"),
    "session": ("session", "date", "day", "trade date", "trade_date", "trading date", "tradedate", "datetime",
                "timestamp", "time", "日期", "交易日期", "日付", "날짜", "일자", "datum", "fecha", "data"),
    "close": ("close", "close/last", "close price", "closing price", "px_last", "last", "last price", "price",
              "收盘", "收盘价", "收盤", "收盤價", "終値", "종가", "schlusskurs", "schluss", "zuletzt", "cierre",
              "último", "dernier", "clôture", "ultimo"),
    "open": ("open", "open price", "px_open", "开盘", "开盘价", "開盤", "開盤價", "始値", "시가", "eröffnung",
             "eröffn", "erster"),
    "high": ("high", "high price", "px_high", "最高", "最高价", "最高價", "高値", "고가", "hoch", "tageshoch"),
    "low": ("low", "low price", "px_low", "最低", "最低价", "最低價", "安値", "저가", "tief", "tagestief"),
    "volume": ("volume", "vol", "px_volume", "成交量", "成交股數", "出来高", "거래량", "volumen", "umsatz", "stück"),
    "adj_close": ("adj close", "adj_close", "adjusted close", "adjclose", "adj. close", "adjusted_close", "調整後終値"),
    "dividend": ("dividend", "dividends", "div cash", "divcash", "dividend amount"),
    "split": ("split", "splits", "stock splits", "split factor", "splitfactor", "split coefficient"),
    "currency": ("currency", "ccy", "货币", "幣別", "통화", "通貨", "währung"),
    "basis": ("basis",),
}  # fmt: skip
_OURS = {name: (ours, -rank) for ours, names in NAMES.items() for rank, name in enumerate(names)}


Cells = list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows, each with its line, and where our columns are in them; `currency` is what the header says: Close (GBp)."""

    columns: dict[str, int]
    rows: list[tuple[int, Cells]]
    currency: str = ""

    def cell(self, cells: Cells, name: str) -> str:
        """A row's cell in one of our columns; "" where there is none."""
        column = self.columns.get(name, len(cells))
        return cells[column].strip() if column < len(cells) else ""


def read_table(path: Path) -> Table:
    """The file's table. UsageError when it is no such file."""
    try:
        body, damage = read_start(path, LARGEST)
        if damage:
            raise ParseError(f"The file is damaged ({damage}).")
        return table_of(_text_of(body))
    except (OSError, ParseError, csv.Error) as problem:
        raise UsageError(f"{path} cannot be read as a CSV file: {str(problem).rstrip('.')}.") from None


def table_of(text: str) -> Table:
    """The table in a text; without columns when no line of its head names any."""
    lines = text.splitlines()
    head = [(at, delimiter) for at in range(min(HEAD, len(lines))) for delimiter in DELIMITERS]
    if not head:
        return Table(columns={}, rows=[])
    at, delimiter = max(head, key=lambda each: len(_columns(_cells(lines[each[0]], each[1]))))
    if wide := _wide([_cells(line, delimiter) for line in lines[:2]]):
        return _long(wide, lines, delimiter)
    header = _cells(lines[at], delimiter)
    columns = _columns(header)
    return Table(columns=columns, rows=list(_rows(lines, at + 1, delimiter)), currency=_currency(header, columns))


def _text_of(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode(guess_encoding(body), "replace")


def _cells(line: str, delimiter: str) -> Cells:
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]


def _rows(lines: Sequence[str], start: int, delimiter: str) -> Iterator[tuple[int, Cells]]:
    """The rows from a line on, each with the number of its last line."""
    reader = csv.reader((f"{line}\n" for line in islice(lines, start, None)), delimiter=delimiter)
    for cells in reader:
        if any(cells):
            yield start + reader.line_num, cells


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Our name of a column → its place in the header; of several candidates the name that stands first in NAMES."""
    ranked: dict[str, tuple[int, int]] = {}
    for column, name in enumerate(header):
        ours, rank = _OURS.get(_plain(name), ("", 0))
        if ours and (ours not in ranked or rank > ranked[ours][0]):
            ranked[ours] = rank, column
    return {ours: column for ours, (_, column) in ranked.items()}


def _plain(name: str) -> str:
    """A header's cell as NAMES has it: "Close* (USD)" is close."""
    text = re.sub(r"\(.*?\)", "", unicodedata.normalize("NFKC", name).lower())
    return " ".join(text.split()).rstrip("*. ")


def _currency(header: Sequence[str], columns: dict[str, int]) -> str:
    named = re.search(r"\(([A-Za-z]{3})\)", header[columns["close"]]) if "close" in columns else None
    return named[1] if named else ""


def _wide(head: Sequence[Cells]) -> tuple[list[str], Cells] | None:
    """Our name and the ticker of each column of yfinance's table, from its first two lines; None for other tables."""
    labels = {cells[0].lower(): cells for cells in head if cells}
    if labels.keys() != {"price", "ticker"}:
        return None
    return [_OURS.get(_plain(name), ("", 0))[0] for name in labels["price"]], labels["ticker"]


def _long(wide: tuple[list[str], Cells], lines: Sequence[str], delimiter: str) -> Table:
    """The table of such columns with one row for each day and ticker."""
    fields, tickers = wide
    names = ["session", "ticker", *dict.fromkeys(field for field in fields[1:] if field)]
    rows = []
    for number, cells in _rows(lines, 2, delimiter):
        for ticker in dict.fromkeys(tickers[1:]):
            own = {fields[i]: cells[i] for i in range(1, len(cells)) if tickers[i] == ticker and fields[i]}
            if own.get("close"):
                rows.append((number, [cells[0], ticker, *(own.get(name, "") for name in names[2:])]))
    return Table(columns={name: column for column, name in enumerate(names)}, rows=rows)
