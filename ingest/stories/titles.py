"""Titles made plain for story grouping: no publisher at the end, one form of each letter, and the key that copies share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from zlib import crc32

from data.text.nfkc import Normalizer
from ingest.stories.simplified import TO_SIMPLIFIED

# " - Reuters", " | CNBC", " -- 快科技": what an aggregator or the page's own <title> puts after the headline.
_PUBLISHER_AFTER = re.compile(r"\s+(?:--.*|[-–—|]\s+[^-–—|]{2,40})$")
_AUTHOR_AFTER = re.compile(r"\s*\([^()]*/[^()]*\)$")  # Techmeme: (Ian King/Bloomberg)
_WIRE_BEFORE = re.compile(
    r"^(?:格隆汇|财联社|智通财经|新华社|界面新闻|快讯|独家|美股异动|港股异动|a股异动|exclusive|update \d|breaking|(?:show|ask|launch) hn)"
    r"[^｜|丨，,:]{0,16}[｜|丨，,:]\s*",
    re.IGNORECASE,
)
# 商务部: …, 某股份: 上半年净利润…: a Chinese flash names who acts before its colon. A longer lead is half a headline.
_ACTOR_BEFORE = re.compile(r"([^\s:,。、!?“”《》【】|(]{2,8}):")
# Not who acts but who tells it: another reporter of the same event names itself or nobody.
_TELLER = re.compile(
    r"(?:报道|消息|快讯|独家|突发|媒|社|网|报|报告|彭博|路透|人士|机构|专家|分析师|调查|评论|财报|官方)$"
)
_ACCENTS = str.maketrans(
    "áàâäãåéèêëíìîïóòôöõøúùûüñçýÁÀÂÄÃÅÉÈÊËÍÌÎÏÓÒÔÖÕØÚÙÛÜÑÇÝ", "aaaaaaeeeeiiiioooooouuuuncyAAAAAAEEEEIIIIOOOOOOUUUUNCY"
)
_NOT_LETTERS = re.compile(r"[\W_]+")
_BOILERPLATE = re.compile(r"[0-9a-f]{6,}|\d+")
_PAGE = re.compile(r"\.html?$")

SHORTEST_HEADLINE = 12  # characters that must be left when something is cut off
OPAQUE_HOSTS = ("news.google.com", "news.ycombinator.com", "techmeme.com")


@cache
def _letters() -> Normalizer:
    return Normalizer({**TO_SIMPLIFIED, **_ACCENTS, **str.maketrans("’‘", "''")})


def plain(text: str) -> str:
    """Full-width and styled letters made plain, accents gone, Chinese in simplified characters."""
    return _letters().one(text)


def plain_texts(texts: Sequence[str]) -> list[str]:
    """Each text as `plain` makes it, many at once."""
    return _letters().all(texts)


def headline(title: str) -> str:
    """The title, made plain before, without the wire's sign before it and the publisher's name after it."""
    text = title.strip()
    if sign := _WIRE_BEFORE.match(text):
        text = _unless_short(text, text[sign.end() :])
    if (after := _PUBLISHER_AFTER.search(text, max(0, len(text) - 60))) is not None:
        text = _unless_short(text, text[: after.start()])
    if text.endswith(")"):
        text = _unless_short(text, _AUTHOR_AFTER.sub("", text, count=1))
    return text


def actor(head: str) -> str:
    """Who acts in a flash: what stands before the colon of a plain headline. "" where nothing does, or only who tells it."""
    before = _ACTOR_BEFORE.match(head)
    return "" if before is None or _TELLER.search(before.group(1)) else before.group(1)


def _unless_short(text: str, shorter: str) -> str:
    return shorter if len(shorter) >= SHORTEST_HEADLINE else text


KEY_LENGTH = 0xFFFF
"""The bits of a copy's key that say how many letters and digits the headline has."""


def copy_key(head: str) -> int:
    """What copies of one headline share, whatever its punctuation: a hash of its letters and digits, and how many these are."""
    letters = _NOT_LETTERS.sub("", head.lower())
    return crc32(letters.encode()) << 16 | min(len(letters), KEY_LENGTH)


def slug(url: str) -> str:
    """The words of an address: the English headline, often, of an article whose title was translated. "" when it has none."""
    host, _, path = url.partition("://")[2].partition("/")
    if path.count("-") < 3 or host.endswith(OPAQUE_HOSTS):
        return ""
    parts = path.partition("?")[0].partition("#")[0].split("/")
    longest = max(parts, key=lambda part: part.count("-"))
    words = [word for word in _PAGE.sub("", longest).split("-") if not _BOILERPLATE.fullmatch(word)]
    return " ".join(words) if len(words) >= 4 else ""
