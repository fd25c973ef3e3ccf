"""Tickers: the forms to search for, and the marks around a match that make letters or digits a ticker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

SHORT = 3  # a symbol of fewer letters never counts without a mark
YEARS = range(1500, 2101)  # in brackets, such a code is rather a year


class Mark(IntEnum):
    """The mark that a form contains; BARE forms need one around them."""

    WHOLE = 0  # $MU, MU.US, 688256.SH: sufficient
    BRACKET = 1  # (MU
    COLON = 2  # NYSE: NOW, of which the form has the colon and the symbol
    BARE = 3  # NVDA
    SPACE = 4  # NVDA US, as Bloomberg writes
    HEAD = 5  # MU: at the head of a text
    STOCK = 6  # MU stock


class Written(NamedTuple):
    """How an exchange is written beside a ticker of its own."""

    after: tuple[str, ...] = ()  # 688256.SH, 688256-SH
    before: tuple[str, ...] = ()  # SH688256, SSE: 688256; EPA: SU
    space: tuple[str, ...] = ()  # 688256 CH, SU FP
    words: tuple[str, ...] = ()  # 股票代码：688256


_CHINESE = (
    "股票代码",
    "股票代碼",
    "股票代號",
    "股票代号",
    "证券代码",
    "證券代碼",
    "證券代號",
    "港股代码",
    "股号",
    "股號",
)
_MAINLAND = (*_CHINESE, "代码", "代碼")  # of six digits, which are hardly another code
_JAPANESE = ("証券コード", "銘柄コード", "コード番号")
_KOREAN = ("종목코드", "종목번호", "단축코드")

CODES = {
    # Exchanges whose tickers are numbers, by Yahoo's suffix.
    "SS": Written(("SS", "SH", "SSE", "SHG", "XSHG"), ("SH", "sh", "SHA", "SSE", "SHSE", "XSHG"), ("CH",), _MAINLAND),
    "SZ": Written(("SZ", "SZSE", "SHE", "XSHE"), ("SZ", "sz", "SHE", "SZSE", "XSHE"), ("CH",), _MAINLAND),
    "BJ": Written(("BJ",), ("BJ", "bj", "BJSE"), ("CH",), _MAINLAND),
    "HK": Written(("HK", "HKEX", "SEHK", "XHKG"), ("HK", "hk", "HKG", "HKEX", "SEHK", "XHKG"), ("HK",), _CHINESE),
    "TW": Written(("TW", "TT", "XTAI"), ("TPE", "TWSE", "TW", "XTAI"), ("TT",), _CHINESE),
    "TWO": Written(("TWO", "TW", "TT"), ("TPEX", "TPEx", "TWO"), ("TT",), _CHINESE),
    "KS": Written(("KS", "KRX", "KO"), ("KRX", "XKRX", "KSE", "KOSPI", "KS"), ("KS",), _KOREAN),
    "KQ": Written(("KQ",), ("KOSDAQ", "KRX", "XKRX"), ("KQ", "KS"), _KOREAN),
    "T": Written(("T", "JP", "TYO"), ("TYO", "TSE", "JPX", "XTKS"), ("JP", "JT"), _JAPANESE),
}  # fmt: skip

LETTERS = {
    # Exchanges whose tickers are letters: Google's prefix and the exchange's own, and Bloomberg's code.
    "DE": Written(before=("ETR", "FRA", "XETR", "XETRA", "Xetra"), space=("GR", "GY")),
    "F": Written(before=("FRA", "XFRA"), space=("GR", "GF")),
    "PA": Written(before=("EPA", "XPAR", "Euronext Paris", "Euronext"), space=("FP",)),
    "AS": Written(before=("AMS", "XAMS", "Euronext Amsterdam", "Euronext"), space=("NA",)),
    "BR": Written(before=("EBR", "XBRU", "Euronext Brussels", "Euronext"), space=("BB",)),
    "LS": Written(before=("ELI", "XLIS", "Euronext"), space=("PL",)),
    "MI": Written(before=("BIT", "XMIL"), space=("IM",)),
    "MC": Written(before=("BME", "XMAD"), space=("SM",)),
    "SW": Written(before=("SWX", "SIX", "XSWX"), space=("SW", "SE")),
    "VI": Written(before=("VIE", "XWBO"), space=("AV",)),
    "L": Written(before=("LON", "LSE", "XLON"), space=("LN",)),
    "IL": Written(before=("LON", "LSE", "XLON"), space=("LI",)),
    "ST": Written(before=("STO", "XSTO"), space=("SS",)),
    "HE": Written(before=("HEL", "XHEL"), space=("FH",)),
    "CO": Written(before=("CPH", "XCSE"), space=("DC",)),
    "OL": Written(before=("OSL", "XOSL"), space=("NO",)),
    "TO": Written(before=("TSX", "TSE", "XTSE"), space=("CN", "CT")),
    "V": Written(before=("TSXV", "CVE", "XTSX"), space=("CN", "CV")),
    "NS": Written(before=("NSE", "XNSE"), space=("IN", "IS")),
    "BO": Written(before=("BOM", "BSE", "XBOM"), space=("IN", "IB")),
    "TA": Written(before=("TLV", "TASE", "XTAE"), space=("IT",)),
    "AX": Written(before=("ASX", "XASX"), space=("AU",)),
    "SI": Written(before=("SGX", "XSES"), space=("SP",)),
    "KL": Written(before=("KLSE", "XKLS"), space=("MK",)),
    "BK": Written(before=("BKK", "XBKK"), space=("TB",)),
    "JK": Written(before=("IDX", "XIDX"), space=("IJ",)),
    "SA": Written(before=("BVMF", "B3"), space=("BZ", "BS")),
}  # fmt: skip

_BRACKETS = ("(", "（", "[", "【")
_COLONS = (":", ": ", "：", "： ")

_EXCHANGE = re.compile(
    r"(?:\bnasdaq(?:gs|gm|cm)?|\bnyse(?: ?(?:american|arca))?|\bxna[ms]|\bxnys|\bamex|\bcboe|\bbats|\botc[a-z]*|\bus"
    r"|\btickers?|\bsymbol|纳斯达克|那斯達克|納斯達克|纽交所|紐交所|纽约证券交易所|股票代码|代码|代號|代码為|티커|나스닥)\s?\Z",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"\s?(?:[)）,，、;；/|:：]|[-. ](?:US|TW|HK|SH|SS|SZ|KS|KQ|JP|TYO|TWO|T|O|N)\b)")
_BLOOMBERG_ENDS = re.compile(r"\s?(?:[)）,，、;；/|:：]|\Z)")
_STOCK_AFTER = re.compile(
    r" (?:stocks?|shares?|earnings|calls?|puts?|options?|investors?|bulls?|bears?|holders?|dividend)\b", re.IGNORECASE
)
_STOCK_BEFORE = re.compile(
    r"(?:shares? of|stock of|calls on|puts on|long|short|buy|sell|bought|sold|own|hold) \Z", re.IGNORECASE
)
_HEAD = re.compile(r"(?:\A|[.;,] )\Z")
_MOVES = re.compile(
    r" (?:beats|misses|tops|slips|gains|jumps|falls|drops|sinks|slides|plunges|tumbles|rises|soars|surges"
    r"|climbs|rallies|hits|guides|dips|pops|spikes|craters|upgraded|downgraded|up|down)\b"
)
_OF_MARKETS = re.compile(
    r"\b(?:stocks?|shares?|guid(?:es|ance)|earnings|Street|revenue|quarter|beats?|miss(?:es)?|EPS|upgraded?|downgraded?"
    r"|price target|PT|results|HBM\w*|DRAM|NAND|chips?|analysts?|rating|Q[1-4])\b"
)
_NEXT_SYMBOL = re.compile(r"(?:, ?| ?/ ?| & | and |, and )\$?([A-Z]{2,5})\b")
_LAST_SYMBOL = re.compile(r"\b([A-Z]{2,5})(?:, ?| ?/ ?| & | and |, and )\Z")


def ticker_forms(ticker: str) -> Iterator[tuple[str, int, Mark]]:
    """Forms to search for, each with the offset at which the evidence begins: 0 in `$MU`, 1 in `(MU`."""
    symbol, _, suffix = ticker.partition(".")
    if not suffix:
        yield from _american_forms(symbol)
    elif suffix in CODES and symbol[0].isdigit():
        yield from _code_forms(symbol, suffix)
    else:
        yield from _letter_forms(symbol, suffix)


def _american_forms(symbol: str) -> Iterator[tuple[str, int, Mark]]:
    """$MU, (MU, NASDAQ: MU, MU.US, MU US."""
    yield f"${symbol}", 0, Mark.WHOLE
    for colon in _COLONS:
        yield f"{colon}{symbol}", len(colon), Mark.COLON
    for after in ("US", "O", "N", "OQ") if len(symbol) > 1 else ("US",):  # P.O. is a box
        yield f"{symbol}.{after}", 0, Mark.WHOLE
    if len(symbol) > 1:  # (D) is a party
        yield from ((f"{opened}{symbol}", 1, Mark.BRACKET) for opened in _BRACKETS)
        yield f"{symbol} US", 0, Mark.SPACE
    if len(symbol) >= SHORT:
        yield symbol, 0, Mark.BARE
    if len(symbol) == SHORT - 1:
        yield f"{symbol}:", 0, Mark.HEAD
        yield from ((f"{symbol} {word}", 0, Mark.STOCK) for word in ("stock", "shares", "earnings"))


def _letter_forms(symbol: str, suffix: str) -> Iterator[tuple[str, int, Mark]]:
    """SU.PA, EPA: SU, (SU FP. (ASM) alone mostly stands for something else, and NYSE: SU is another company."""
    yield f"{symbol}.{suffix}", 0, Mark.WHOLE
    written = LETTERS.get(suffix, Written())
    yield from ((f"{before}{colon}{symbol}", 0, Mark.WHOLE) for before in written.before for colon in _COLONS)
    for space in written.space:
        yield f"{symbol} {space} Equity", 0, Mark.WHOLE
        yield from ((f"{opened}{symbol} {space}", 1, Mark.BRACKET) for opened in _BRACKETS)


def _code_forms(code: str, suffix: str) -> Iterator[tuple[str, int, Mark]]:
    """688256.SH, SH688256, (688256, 股票代码：688256. Hong Kong's codes may have more or fewer leading zeros."""
    codes = {code, f"0{code}", code.lstrip("0")} if suffix == "HK" else {code}
    exchange = CODES[suffix]
    for written in codes:
        for after in exchange.after:
            yield f"{written}.{after}", 0, Mark.WHOLE
            yield f"{written}-{after}", 0, Mark.WHOLE
        for before in exchange.before:
            for between in ("", ":", ": ", "：", ".", "-listed "):
                yield f"{before}{between}{written}", 0, Mark.WHOLE
        if len(written) >= 3 and not _may_be_a_year(written):
            yield from ((f"{written} {space}", 0, Mark.WHOLE) for space in exchange.space)
        if len(written) >= 4:
            yield from (
                (f"{word}{between}{written}", 0, Mark.WHOLE)
                for word in exchange.words
                for between in ("", " ", *_COLONS)
            )
        if len(written) >= 4 and not _may_be_a_year(written):
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
    if mark is Mark.SPACE:
        return ("ticker-marked", "as Bloomberg writes it") if _is_bloombergs(text, start, end) else ("", "")
    if mark is Mark.COLON:
        exchange = _EXCHANGE.search(text[max(0, start - 16) : start])
        return ("ticker-marked", f"after '{exchange[0].strip()}'") if exchange else ("", "")
    if mark in (Mark.HEAD, Mark.STOCK):
        is_stock = not text.isupper() and (mark is Mark.STOCK or (start == 0 and _OF_MARKETS.search(text, end)))
        return ("ticker-stock", "with words of the stock market") if is_stock else ("", "")
    return _unmarked(text, start, end, symbols)


def _is_bloombergs(text: str, start: int, end: int) -> bool:
    """(MU US, NVDA US, and MU US Equity; not "BE US citizens", nor what a headline of capitals says."""
    if text[:start].endswith(_BRACKETS) or text.startswith(" Equity", end):
        return True
    return end - start >= SHORT + len(" US") and bool(_BLOOMBERG_ENDS.match(text, end)) and not text.isupper()


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
    if (moves := _MOVES.match(text, end)) and _HEAD.search(text[max(0, start - 2) : start]):
        return "ticker-stock", f"at the head, before '{moves[0].strip()}'"
    return "", ""
