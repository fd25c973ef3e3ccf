"""Tickers: the forms to search for, and the marks around a match that make letters or digits a ticker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

SHORT = 3  # a symbol of fewer letters never counts without a mark
YEARS = range(1500, 2101)  # in brackets, such a code is rather a year


class Mark(IntEnum):
    """The mark that a form contains; BARE forms need one around them."""

    WHOLE = 0  # $MU, MU.US, 688256.SH: sufficient
    BRACKET = 1  # (MU
    COLON = 2  # NYSE: NOW, of which the form has the colon and the symbol
    BARE = 3  # NVDA


# Yahoo's suffix → how brokers and news agencies write the exchange after a code (AFTER) and before it (BEFORE).
AFTER = {
    "SS": ("SS", "SH", "SSE"), "SZ": ("SZ", "SZSE"), "HK": ("HK", "HKEX", "SEHK"), "TW": ("TW", "TT"),
    "TWO": ("TWO", "TW", "TT"), "KS": ("KS", "KRX"), "KQ": ("KQ",), "T": ("T", "JP", "TYO"),
}  # fmt: skip
BEFORE = {
    "SS": ("SH", "SHA", "SSE"), "SZ": ("SZ", "SHE", "SZSE"), "HK": ("HK", "HKG", "HKEX", "SEHK"),
    "TW": ("TPE", "TWSE", "TW"), "TWO": ("TPEX", "TWO"), "KS": ("KRX", "KOSPI", "KS"), "KQ": ("KOSDAQ",),
    "T": ("TYO", "TSE", "JPX"),
}  # fmt: skip

_AFTER_A_SPACE = {"HK", "TT", "KS", "JP"}  # 2317 TT, 005930 KS, as brokers write

_EXCHANGE = re.compile(
    r"(?:\bnasdaq(?:gs|gm|cm)?|\bnyse(?: ?(?:american|arca))?|\bamex|\btsxv?|\blse|\botc[a-z]*|\beuronext|\bxetra|\bus"
    r"|\btickers?|\bsymbol|纳斯达克|那斯達克|納斯達克|纽交所|紐交所|纽约证券交易所|股票代码|代码|代號|代码為|티커|나스닥)\s?\Z",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"\s?(?:[)）,，、;；/|:：]|[-. ](?:US|TW|HK|SH|SS|SZ|KS|KQ|JP|TYO|TWO|T|O|N)\b)")
_STOCK_AFTER = re.compile(
    r" (?:stocks?|shares?|earnings|calls?|puts?|options?|investors?|bulls?|bears?|holders?|dividend)\b", re.IGNORECASE
)
_STOCK_BEFORE = re.compile(
    r"(?:shares? of|stock of|calls on|puts on|long|short|buy|sell|bought|sold|own|hold) \Z", re.IGNORECASE
)
_NEXT_SYMBOL = re.compile(r"(?:, ?| ?/ ?| & | and |, and )\$?([A-Z]{2,5})\b")
_LAST_SYMBOL = re.compile(r"\b([A-Z]{2,5})(?:, ?| ?/ ?| & | and |, and )\Z")


def ticker_forms(ticker: str) -> Iterator[tuple[str, int, Mark]]:
    """Forms to search for, each with the offset at which the evidence begins: 0 in `$MU`, 1 in `(MU`."""
    symbol, _, suffix = ticker.partition(".")
    if symbol[0].isdigit() and suffix in AFTER:
        yield from _code_forms(symbol, suffix)
        return
    if not suffix:  # $MU and (MU) are American habits; elsewhere (ASM) and (SOI) mostly mean something else
        yield f"${symbol}", 0, Mark.WHOLE
    if not suffix and len(symbol) > 1:  # (D) is a party
        for opened in ("(", "（", "[", "【"):
            yield f"{opened}{symbol}", 1, Mark.BRACKET
    for colon in (":", ": ", "：", "： "):
        yield f"{colon}{symbol}", len(colon), Mark.COLON
    for after in (suffix,) if suffix else ("US", "O", "N", "OQ") if len(symbol) > 1 else ("US",):  # P.O. is a box
        yield f"{symbol}.{after}", 0, Mark.WHOLE
    if len(symbol) >= SHORT and not suffix:
        yield symbol, 0, Mark.BARE


def _code_forms(code: str, suffix: str) -> Iterator[tuple[str, int, Mark]]:
    """688256.SH, SH688256, (688256. Hong Kong's codes may have more or fewer leading zeros."""
    codes = {code, f"0{code}", code.lstrip("0")} if suffix == "HK" else {code}
    for written in codes:
        for after in AFTER[suffix]:
            yield f"{written}.{after}", 0, Mark.WHOLE
            yield f"{written}-{after}", 0, Mark.WHOLE
        for before in BEFORE[suffix]:
            for between in ("", ":", ": ", "：", "."):
                yield f"{before}{between}{written}", 0, Mark.WHOLE
        if len(written) >= 4 and not _may_be_a_year(written):
            yield from ((f"{written} {after}", 0, Mark.WHOLE) for after in AFTER[suffix] if after in _AFTER_A_SPACE)
            yield f"({written}", 1, Mark.BRACKET
            yield f"（{written}", 1, Mark.BRACKET


def _may_be_a_year(code: str) -> bool:
    return code.isdigit() and int(code) in YEARS


def mark_of(text: str, start: int, end: int, mark: Mark, symbols: frozenset[str]) -> tuple[str, str]:
    """The rule that makes text[start:end] a ticker, and its evidence; ("", "") when none does.

    `start` is where the form begins (its bracket or colon), `symbols` are all known tickers made of letters."""
    if mark is Mark.WHOLE:
        return "ticker-marked", ""
    if mark is Mark.BRACKET:
        return ("ticker-marked", "in brackets") if _CLOSES.match(text, end) else ("", "")
    if mark is Mark.COLON:
        exchange = _EXCHANGE.search(text[max(0, start - 16) : start])
        return ("ticker-marked", f"after '{exchange[0].strip()}'") if exchange else ("", "")
    return _unmarked(text, start, end, symbols)


def _unmarked(text: str, start: int, end: int, symbols: frozenset[str]) -> tuple[str, str]:
    """A ticker without a mark counts beside another ticker, or next to a word of the stock market."""
    if text.isupper():  # in a headline of capitals every word looks like a ticker
        return "", ""
    before, after = text[max(0, start - 12) : start], text[end : end + 16]
    for neighbour in (_NEXT_SYMBOL.match(after), _LAST_SYMBOL.search(before)):
        if neighbour and neighbour[1] in symbols:
            return "ticker-list", f"beside the ticker {neighbour[1]}"
    if word := _STOCK_AFTER.match(after) or _STOCK_BEFORE.search(before):
        return "ticker-stock", f"next to '{word[0].strip()}'"
    return "", ""
