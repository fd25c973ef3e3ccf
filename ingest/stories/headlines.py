"""
Headlines in comparable form: plain letters, no publisher at the end; their actor, their numbers, the key of copies.

    $5bn = 5,000 million dollars = 50亿美元 = 50억 달러 = 50億ドル
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from zlib import crc32

from data.text.nfkc import Normalizer
from ingest.stories.cjk import TO_SIMPLIFIED

# " - Reuters", " | CNBC", " -- 快科技": what an aggregator or the page's own <title> puts after the headline.
_PUBLISHER_AFTER = re.compile(r"\s+(?:--.*|[-–—|]\s+[^-–—|]{2,40})$")
_AUTHOR_AFTER = re.compile(r"\s*\([^()]*/[^()]*\)$")  # Techmeme: (Ian King/Bloomberg)
_WIRE_BEFORE = re.compile(
    r"^(?:格隆汇|财联社|智通财经|新华社|界面新闻|快讯|独家|美股异动|港股异动|a股异动"
    r"|exclusive|update \d|breaking|(?:show|ask|launch) hn)[^｜|丨，,:]{0,16}[｜|丨，,:]\s*",
    re.IGNORECASE,
)
# 商务部: …, 某股份: 上半年净利润…: a Chinese flash names its actor before a colon. A longer lead is half a headline.
_ACTOR_BEFORE = re.compile(r"([^\s:,。、!?“”《》【】|(]{2,8}):")
# Not the actor but the reporter: another report of the same event names another one, or none.
_REPORTER = re.compile(
    r"(?:报道|消息|快讯|独家|突发|媒|社|网|报|报告|彭博|路透|人士|机构|专家|分析师|调查|评论|财报|官方)$"
)
_ACCENTS = str.maketrans(
    "áàâäãåéèêëíìîïóòôöõøúùûüñçýÁÀÂÄÃÅÉÈÊËÍÌÎÏÓÒÔÖÕØÚÙÛÜÑÇÝ", "aaaaaaeeeeiiiioooooouuuuncyAAAAAAEEEEIIIIOOOOOOUUUUNCY"
)
_NOT_LETTERS = re.compile(r"[\W_]+")
_BOILERPLATE = re.compile(r"[0-9a-f]{6,}|\d+")
_PAGE = re.compile(r"\.html?$")

SHORTEST_HEADLINE = 12  # characters; nothing is cut off a title that would become shorter
OPAQUE_HOSTS = ("news.google.com", "news.ycombinator.com", "techmeme.com")

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

KEY_LENGTH = 0xFFFF
"""The bits of a copy's key that hold the number of letters and digits in the headline."""


class Number(NamedTuple):
    """A value and its unit: a currency, percent, gigawatts, … or "" where the headline names none."""

    kind: str
    value: float
    weight: float  # how much it says when two headlines share it: round numbers say less


@cache
def _letters() -> Normalizer:
    return Normalizer({**TO_SIMPLIFIED, **_ACCENTS, **str.maketrans("’‘", "''")})


def plain(text: str) -> str:
    """The text without full-width and styled letters and accents, with simplified Chinese characters."""
    return _letters().one(text)


def plain_texts(texts: Sequence[str]) -> list[str]:
    """Each text as by `plain`, many at once."""
    return _letters().all(texts)


def headline(title: str) -> str:
    """A plain title without the news agency's mark before it and the publisher's name after it."""
    text = title.strip()
    if mark := _WIRE_BEFORE.match(text):
        text = _unless_short(text, text[mark.end() :])
    if (publisher := _PUBLISHER_AFTER.search(text, max(0, len(text) - 60))) is not None:
        text = _unless_short(text, text[: publisher.start()])
    if text.endswith(")"):
        text = _unless_short(text, _AUTHOR_AFTER.sub("", text, count=1))
    return text


def actor(head: str) -> str:
    """The actor of a news flash, before the colon of a plain headline; "" when a reporter, or nothing, is there."""
    before = _ACTOR_BEFORE.match(head)
    return "" if before is None or _REPORTER.search(before.group(1)) else before.group(1)


def _unless_short(text: str, shorter: str) -> str:
    return shorter if len(shorter) >= SHORTEST_HEADLINE else text


def copy_key(head: str) -> int:
    """Equal for copies of a headline, whatever the punctuation: a hash of its letters and digits, and their number."""
    letters = _NOT_LETTERS.sub("", head.lower())
    return crc32(letters.encode()) << 16 | min(len(letters), KEY_LENGTH)


def slug(url: str) -> str:
    """The words in an address, or "": often the English headline of an article whose title was translated."""
    host, _, path = url.partition("://")[2].partition("/")
    if path.count("-") < 3 or host.endswith(OPAQUE_HOSTS):
        return ""
    parts = path.partition("?")[0].partition("#")[0].split("/")
    longest = max(parts, key=lambda part: part.count("-"))
    words = [word for word in _PAGE.sub("", longest).split("-") if not _BOILERPLATE.fullmatch(word)]
    return " ".join(words) if len(words) >= 4 else ""


def numbers(text: str) -> list[Number]:
    """The numbers of a lower-case text, without years, dates and bare single digits: too many headlines share those."""
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
    """Two adjacent steps of 3 %: equal numbers share both, $29bn and $29.4bn share one, $29bn and $31bn none."""
    step = math.floor(math.log(number.value) / math.log(1.03) + 0.5)
    return f"n:{number.kind}{step}", f"n:{number.kind}{step + 1}"
