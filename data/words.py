"""Text as the full-text index sees it: Chinese, Japanese and Korean characters stand apart, so that any name in them is a phrase."""

from __future__ import annotations

import re
import unicodedata

_CJK = re.compile("[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_WORD = re.compile(r"[^\W_]+")


def spaced(text: str) -> str:
    """The text with every CJK character as a word of its own; other scripts as they are."""
    if text.isascii():
        return text
    # By runs: a character at a time takes five times as long.
    return _CJK.sub(_apart, unicodedata.normalize("NFKC", text))


def _apart(run: re.Match[str]) -> str:
    return f" {' '.join(run[0])} "


def words_of(query: str) -> list[list[str]]:
    """
    The phrases that a reader typed, each as its words: `HBM 存储 "long term"` → [[hbm], [存, 储], [long, term]].

    A text matches when it has every phrase. Nothing typed can be read as an operator of the index.
    """
    phrases = re.findall(r'"([^"]*)"|(\S+)', query[:500])
    found = [_WORD.findall(spaced(quoted or bare).lower()) for quoted, bare in phrases]
    return [words for words in found if words][:16]


def fts5_query(query: str) -> str:
    """The query for SQLite's FTS5; "" when nothing in it can be searched for."""
    return " AND ".join('"' + " ".join(words) + '"' for words in words_of(query))


def tsquery(query: str) -> str:
    """The same for PostgreSQL's `to_tsquery('simple', …)`."""
    return " & ".join("(" + " <-> ".join(words) + ")" for words in words_of(query))
