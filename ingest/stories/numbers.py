"""The numbers of a headline, made comparable: $5bn = 5,000 million dollars = 50亿美元 = 50억 달러 = 50億ドル."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

FACTORS = {
    "trillion": 1e12, "tn": 1e12, "trn": 1e12, "t": 1e12, "万亿": 1e12, "萬億": 1e12, "兆": 1e12, "조": 1e12,
    "billion": 1e9, "bn": 1e9, "b": 1e9, "十亿": 1e9, "百亿": 1e10, "千亿": 1e11, "亿": 1e8, "億": 1e8, "억": 1e8,
    "million": 1e6, "mn": 1e6, "m": 1e6, "百万": 1e6, "千万": 1e7, "万": 1e4, "萬": 1e4, "만": 1e4,
    "thousand": 1e3, "k": 1e3,
}  # fmt: skip
UNITS = {
    "usd": "usd|美元|美金|dollars|dollar|ドル|달러",
    "eur": "eur|欧元|euros|euro|ユーロ|유로",
    "jpy": "jpy|日元|日圆|円|yen|엔",
    "krw": "krw|韩元|韓元|won|ウォン|원",
    "cny": "cny|人民币|元|yuan|rmb|위안",
    "hkd": "港元|港币",
    "gbp": "英镑|pounds",
    "percent": "%|percent|per cent|个百分点|百分点",
    "gw": "gw|吉瓦|gigawatts|gigawatt|기가와트",
    "mw": "mw|兆瓦|megawatts|megawatt|메가와트",
    "nm": "nm|纳米|나노",
    "times": "倍|배|x|fold|times",
}
SIGNS = {"$": "usd", "€": "eur", "£": "gbp", "¥": "cny", "₩": "krw"}

_KIND_OF = {name: kind for kind, names in UNITS.items() for name in names.split("|")}


def _either(names: list[str]) -> str:
    """Longer names first; a Latin one must end where it ends, and 兆 is also the mega of 兆瓦."""
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return "|".join(
        re.escape(name) + ("(?![a-z])" if name.isascii() else "(?![瓦赫字])" if name == "兆" else "")
        for name in longest_first
    )


_NUMBER = re.compile(
    r"(?P<sign>[$€£¥₩])?\s?(?<![a-z\d.\-])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\+?\s?-?"
    rf"(?P<factor>{_either(list(FACTORS))})?\s?-?[多余]?(?P<unit>{_either(list(_KIND_OF))})?"
)
_DATE_SIGN = frozenset("年月日号년월일时点")


class Number(NamedTuple):
    """A value and what it counts: a currency, percent, gigawatts, … or "" where nothing is said."""

    kind: str
    value: float
    weight: float  # how much it says when two headlines share it: round numbers say less


def numbers(text: str) -> list[Number]:
    """The numbers of a lower-case text. Years, dates and bare single digits are left out: too many headlines share them."""
    return [number for match in _NUMBER.finditer(text) if (number := _number(match, text))]


def _number(match: re.Match[str], text: str) -> Number | None:
    sign, digits, factor, unit = match.group("sign", "digits", "factor", "unit")
    value = float(digits.replace(",", ""))
    follows = text[match.end() : match.end() + 1]
    if not (sign or factor or unit) and (
        follows in _DATE_SIGN or 1990 <= value <= 2040 or (value < 10 and "." not in digits)
    ):
        return None
    kind = SIGNS.get(sign, "") or _KIND_OF.get(unit or "", "")
    value *= FACTORS[factor] if factor else 1.0
    if kind == "mw":
        kind, value = "gw", value / 1000
    return Number(kind, value, _weight(kind, digits)) if value else None


def _weight(kind: str, digits: str) -> float:
    significant = len(digits.replace(",", "").replace(".", "").strip("0"))
    known = {"usd": 1.0, "": 0.7, "percent": 0.7}.get(kind, 0.8)
    return known * (0.6, 1.0, 1.3)[min(max(significant, 1), 3) - 1]


def buckets(number: Number) -> tuple[str, str]:
    """Two steps of 3 % that the number lies on: equal numbers share both, $29bn and $29.4bn one, $29bn and $31bn none."""
    step = math.floor(math.log(number.value) / math.log(1.03) + 0.5)
    return f"n:{number.kind}{step}", f"n:{number.kind}{step + 1}"
