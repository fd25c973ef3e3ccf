"""
A file of prices → its header and rows, in the encoding and with the delimiter that it has.

    bytes (also .gz) | text | the delimiter under which a line names the most columns | rows below that line

Titles above the header are passed over. What `yf.download(...).to_csv()` writes, two lines of header and a column for each
ticker, becomes one row for each ticker and day.
"""

from __future__ import annotations

import csv
import gzip
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import UsageError
from ingest.parse.encoding import guess_encoding

DELIMITERS = ",;\t|"
HEAD = 20  # lines in which the header must be

NAMES: dict[str, tuple[str, ...]] = {
    # Ours → as headers say it: the libraries', then the sites' and exchanges' own languages. The first that is there counts.
    "ticker": ("ticker", "symbol", "ticker symbol", "instrument", "ric", "stock code", "股票代码", "股票代碼", "證券代號", "代码", "代碼",
               "銘柄コード", "コード", "종목코드"),
    "session": ("session", "date", "day", "trade date", "trade_date", "trading date", "tradedate", "datetime", "timestamp", "time",
                "日期", "交易日期", "日付", "날짜", "일자", "datum", "fecha", "data"),
    "close": ("close", "close/last", "close price", "closing price", "px_last", "last", "last price", "price", "收盘", "收盘价", "收盤",
              "收盤價", "終値", "종가", "schlusskurs", "schluss", "zuletzt", "cierre", "último", "dernier", "clôture", "ultimo"),
    "open": ("open", "open price", "px_open", "开盘", "开盘价", "開盤", "開盤價", "始値", "시가", "eröffnung", "eröffn", "erster"),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows by our names of the columns, each with its line; `currency` is what the header says of the prices: Close (GBp)."""

    columns: frozenset[str]
    rows: list[tuple[int, dict[str, str]]]
    currency: str = ""


def read_table(path: Path) -> Table:
    """The file's table. UsageError when it is no such file."""
    try:
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return table_of(_text_of(body))
    except (OSError, EOFError, csv.Error) as problem:
        raise UsageError(f"{path} cannot be read as a CSV file: {problem}.") from None


def table_of(text: str) -> Table:
    """The table in a text; without columns when no line of its head names any."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if not line.lower().startswith("sep=")]
    head = [(at, delimiter) for at in range(min(HEAD, len(lines))) for delimiter in DELIMITERS]
    if not head:
        return Table(columns=frozenset(), rows=[])
    at, delimiter = max(head, key=lambda each: len(_columns(_cells(lines[each[0]][1], each[1]))))
    rows = list(_rows(lines, delimiter))
    if wide := _wide(rows):
        return wide
    header = _cells(lines[at][1], delimiter)
    columns = _columns(header)
    below = [(number, cells) for number, cells in rows if number > lines[at][0]]
    return Table(columns=frozenset(columns), rows=list(_named(below, columns)), currency=_currency(header, columns))


def _text_of(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode(guess_encoding(body), "replace")


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]


def _rows(lines: Sequence[tuple[int, str]], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader((f"{line}\n" for _, line in lines), delimiter=delimiter)
    for cells in reader:
        if any(cells):
            yield lines[reader.line_num - 1][0], [cell.strip() for cell in cells]


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Our name of a column → its place in the header; of several candidates the name that stands first in NAMES."""
    found: dict[str, tuple[int, int]] = {}
    for place, name in enumerate(header):
        ours, rank = _OURS.get(_plain(name), ("", 0))
        if ours and (ours not in found or rank > found[ours][0]):
            found[ours] = rank, place
    return {ours: place for ours, (_, place) in found.items()}


def _plain(name: str) -> str:
    """A header's cell as NAMES has it: "Close* (USD)" is close."""
    text = unicodedata.normalize("NFKC", name).strip().lower()
    return " ".join(re.sub(r"\(.*?\)|[*.]+$", "", re.sub(r"[*]+$", "", text)).split()).rstrip(".")


def _currency(header: Sequence[str], columns: dict[str, int]) -> str:
    named = re.search(r"\(([A-Za-z]{3})\)", header[columns["close"]]) if "close" in columns else None
    return named[1] if named else ""


def _named(rows: Iterable[tuple[int, list[str]]], columns: dict[str, int]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in rows:
        yield number, {ours: cells[place] if place < len(cells) else "" for ours, place in columns.items()}


def _wide(rows: Sequence[tuple[int, list[str]]]) -> Table | None:
    """The long form of yfinance's own table, whose first two lines name the field and the ticker of each column."""
    labels = {cells[0].lower(): cells for _, cells in rows[:2]}
    if labels.keys() != {"price", "ticker"}:
        return None
    fields = [_OURS.get(_plain(name), ("", 0))[0] for name in labels["price"]]
    tickers = labels["ticker"]
    long = [
        (number, {"session": cells[0], "ticker": ticker} | own)
        for number, cells in rows[2:]
        if cells[0].lower() != "date"
        for ticker in dict.fromkeys(tickers[1:])
        if (own := {fields[i]: cells[i] for i in range(1, len(cells)) if tickers[i] == ticker and fields[i]}).get(
            "close"
        )
    ]
    return Table(columns=frozenset({"session", "ticker", *filter(None, fields)}), rows=long)
