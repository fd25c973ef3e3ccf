"""
Numbers as people's files write them: 1.234,56 and $1,234.56, 630p, 12.3M and 1.2億.

    all cells of a file → its decimal sign → each cell → a number and the currency that stands beside it

"1,234" alone may be a thousand or a little more than one: the file decides, never the cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import nan
from typing import Literal

Sign = Literal[".", ","]

NONE = frozenset({"", "-", "--", "—", "–", "nan", "null", "none", "n/a", "na", "#n/a", "nil"})
_SPACES = re.compile(r"[\s'’\u00a0\u202f]")
_NUMBER = re.compile(
    r"(?P<before>[^\d.,+\-−]*)(?P<minus>[+\-−]?)(?P<core>\d[\d.,]*|[.,]\d+)(?P<power>[eE][+-]?\d+)?(?P<after>\D*)"
)
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_GROUPED = {
    # How whole thousands look with each sign between them; Indian files group by two before the last three.
    ",": re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}"),
    ".": re.compile(r"\d{1,3}(?:\.\d{3})+"),
}

MULTIPLES = {
    "": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12, "bn": 1e9, "mn": 1e6, "mio": 1e6, "mrd": 1e9, "tsd": 1e3,
    "cr": 1e7, "l": 1e5,
    "千": 1e3, "万": 1e4, "萬": 1e4, "億": 1e8, "亿": 1e8, "兆": 1e12, "천": 1e3, "만": 1e4, "억": 1e8, "조": 1e12,
}  # fmt: skip
CURRENCY_MARKS = {
    # "" where a mark belongs to several currencies: the listing's own is meant.
    "$": "", "¥": "", "￥": "", "kr": "", "元": "", "us$": "USD", "€": "EUR", "£": "GBP", "p": "GBX", "₩": "KRW",
    "원": "KRW", "円": "JPY", "hk$": "HKD", "nt$": "TWD", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "s$": "SGD",
    "₹": "INR", "rs": "INR", "₪": "ILS", "zł": "PLN",
}  # fmt: skip


def sign_shown(text: str) -> Sign | Literal[""]:
    """The decimal sign that a cell proves; "" when it could be read either way, or has no sign at all."""
    parts = _NUMBER.fullmatch(_SPACES.sub("", text))
    core = parts["core"] if parts else ""
    points, commas = core.count("."), core.count(",")
    if points and commas:
        last: Sign = "." if core.rfind(".") > core.rfind(",") else ","
        return last if core.count(last) == 1 else ""
    if not points and not commas:
        return ""
    sign: Sign = "." if points else ","
    other: Sign = "," if points else "."
    if points + commas > 1:
        return other if _GROUPED[sign].fullmatch(core) else ""
    whole, _, fraction = core.partition(sign)
    return "" if len(fraction) == 3 and 1 <= len(whole) <= 3 and whole != "0" else sign


def is_open(text: str) -> bool:
    """Whether a cell has a single sign that may be either: 1,234."""
    return bool(re.search(r"\d[.,]\d", text)) and not sign_shown(text)


def number_of(text: str, sign: Sign) -> tuple[float, str]:
    """The number (NaN for none) and what stands beside it, as `split_mark` wants it. ValueError for anything else."""
    bare = text.strip()
    if sign == "." and _PLAIN.fullmatch(bare):  # nearly all cells of nearly all files
        return float(bare), ""
    if bare.lower() in NONE:
        return nan, ""
    parts = _NUMBER.fullmatch(_SPACES.sub("", bare))
    if parts is None:
        raise ValueError(f"{text!r} is not a number")
    core, other = parts["core"], "," if sign == "." else "."
    whole, _, fraction = core.partition(sign)
    if (other in whole and not _GROUPED[other].fullmatch(whole)) or other in fraction or sign in fraction:
        raise ValueError(f"{text!r} is not a number with a decimal {'point' if sign == '.' else 'comma'}")
    minus = "-" if parts["minus"] in ("-", "−") else ""
    value = float(f"{minus}{whole.replace(other, '') or '0'}.{fraction or '0'}{parts['power'] or ''}")
    return value, (parts["before"] + parts["after"]).strip(". ")


def price_of(text: str, sign: Sign) -> tuple[float, str]:
    """A price and the currency that its mark names; "" where it names none."""
    value, mark = number_of(text, sign)
    if not mark:
        return value, ""
    if mark.lower() in CURRENCY_MARKS:
        return value, CURRENCY_MARKS[mark.lower()]
    if re.fullmatch(r"[A-Za-z]{3}", mark):
        return value, mark
    raise ValueError(f"{text!r} is not a price")


def volume_of(text: str, sign: Sign) -> float:
    """A volume; NaN where it is not to be read: a close is not lost for it."""
    if not text:
        return nan
    try:
        value, mark = number_of(text, sign)
    except ValueError:
        return nan
    return value * MULTIPLES.get(mark.lower().removesuffix("株").removesuffix("주").removesuffix("股"), nan)


def ratio_of(text: str, sign: Sign) -> float:
    """New shares for one old: 10, 10:1, 10-for-1, 3/2; 0 for no split."""
    if not text:
        return 0.0
    ratio = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*(?::|/|-?for-?|-?f-?)\s*(\d+(?:[.,]\d+)?)\s*", text, re.IGNORECASE)
    if ratio is None:
        return number_of(text, sign)[0]
    new, old = (number_of(part, sign)[0] for part in ratio.groups())
    return new / old if old else 0.0


def first_shown(cells: Iterable[tuple[int, str]]) -> dict[Sign, tuple[int, str]]:
    """Each decimal sign that some cell proves, with the first line and cell that do."""
    shown: dict[Sign, tuple[int, str]] = {}
    for line, text in cells:
        # Once a point is proven, only cells with a comma can say otherwise.
        if "," in text or ("." in text and "." not in shown):
            sign = sign_shown(text)
            if sign and sign not in shown:
                shown[sign] = line, text
    return shown
