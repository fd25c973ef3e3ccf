"""Text for the full-text index: every CJK character is a word of its own, so that any CJK name is a phrase."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from data.schema.bulk import in_parts
from data.text.nfkc import SEPARATOR, Normalizer, codes_of, joined, text_of

_CJK = np.zeros(0x10000, np.uint8)
for _first, _last in ("\u3040\u30ff", "\u31f0\u31ff", "\u3400\u4dbf", "\u4e00\u9fff", "\uac00\ud7af", "\uf900\ufaff"):
    _CJK[ord(_first) : ord(_last) + 1] = 1
_WORD = re.compile(r"[^\W_]+")
_AT_ONCE = 1_000  # texts: more do not stay in the processor's cache


def spaced(texts: Sequence[str]) -> list[str]:
    """The texts with every CJK character as a word of its own; other scripts as they are."""
    return [text for part in in_parts(texts, _AT_ONCE) for text in _spaced(part)]


def _spaced(texts: Sequence[str]) -> list[str]:
    codes = codes_of(joined(_normalizer().all(texts)))
    is_cjk = _CJK[codes]
    begins = is_cjk > np.concatenate([[np.uint8(0)], is_cjk[:-1]])
    ends = np.cumsum(1 + is_cjk + begins)  # a space after each character, and one before the first of a run
    apart = np.full(ends[-1] if len(ends) else 0, ord(" "), np.uint16)
    apart[ends - 1 - is_cjk] = codes
    return text_of(apart).split(SEPARATOR)


@cache
def _normalizer() -> Normalizer:
    return Normalizer()


def words_of(query: str) -> list[list[str]]:
    """
    The phrases that a reader typed, each as its words: `HBM 存储 "long term"` → [[hbm], [存, 储], [long, term]].

    A text matches when it has every phrase. Nothing typed can be read as an operator of the index.
    """
    phrases = re.findall(r'"([^"]*)"|(\S+)', query[:500])
    split = [_WORD.findall(text.lower()) for text in spaced([quoted or bare for quoted, bare in phrases])]
    return [words for words in split if words][:16]


def fts5_query(query: str) -> str:
    """The query for SQLite's FTS5; "" when nothing in it can be searched for."""
    return " AND ".join('"' + " ".join(words) + '"' for words in words_of(query))


def tsquery(query: str) -> str:
    """The same for PostgreSQL's `to_tsquery('simple', …)`."""
    return " & ".join("(" + " <-> ".join(words) + ")" for words in words_of(query))
