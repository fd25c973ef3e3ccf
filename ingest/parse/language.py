"""The language of an article: what is claimed, unless the script of its title says otherwise."""

from __future__ import annotations

import re
from functools import lru_cache

_SAME = {
    "cn": "zh",
    "chi": "zh",
    "zho": "zh",
    "cmn": "zh",
    "jp": "ja",
    "jpn": "ja",
    "kr": "ko",
    "kor": "ko",
    "eng": "en",
}
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_KANA = re.compile("[\u3041-\u30fa\u31f0-\u31ff\uff66-\uff9f]")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_WORD = re.compile("[A-Za-z\u00c0-\u024f]{2,}")

_WEIGHT = 3  # a Chinese character says about as much as three letters, and Chinese headlines are full of Latin names


def language_of(title: str, claimed: str = "") -> str:
    """A two-letter language; "und" when nothing tells.

    A feed's claim covers all its articles and is often wrong for some: an English feed with a Chinese title is
    Chinese there, and a Chinese one with a title of four or more Latin words and nothing else is English there."""
    claimed = primary_language(claimed) if claimed else ""
    asian = "" if title.isascii() else _asian(title, claimed)
    if asian:
        return asian
    if claimed in ("zh", "ja", "ko") and len(_WORD.findall(title)) >= 4 and not _HAN.search(title):
        return "en"
    return claimed or ("en" if _LATIN.search(title) else "und")


@lru_cache(maxsize=1_024)
def primary_language(tag: str) -> str:
    """ "zh" for "zh-Hans-CN" and "cn"; "" for what is no language."""
    found = re.match(r"[a-z]{2,3}(?![a-z])", tag.strip().lower())
    language = _SAME.get(found[0], found[0]) if found else ""
    return "" if language in ("und", "mul", "zxx") else language


def _asian(title: str, claimed: str) -> str:
    """zh, ja or ko when their scripts outweigh the Latin letters; else ""."""
    han = len(_HAN.findall(title))
    kana = len(_KANA.findall(title)) if _KANA.search(title) else 0
    hangul = len(_HANGUL.findall(title)) if _HANGUL.search(title) else 0
    characters = han + kana + hangul
    if not characters or characters * _WEIGHT < len(_LATIN.findall(title)):
        return ""
    if hangul > kana:
        return "ko"
    if kana:
        return "ja"
    return "ja" if claimed == "ja" else "zh"  # Japanese headlines may be all in Chinese characters
