"""Text as the full-text index sees it: Chinese, Japanese and Korean characters stand apart, so that any name in them is a phrase."""

from __future__ import annotations

import re
import unicodedata

_CJK = ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF))
_WORD = re.compile(r"[^\W_]+")


def spaced(text: str) -> str:
    """The text with every CJK character as a word of its own; other scripts as they are."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_apart)


class _Apart(dict[int, str]):
    """Character → itself, between spaces when it is CJK. Filled as characters are met: ten times as fast as a pattern."""

    def __missing__(self, code: int) -> str:
        self[code] = f" {chr(code)} " if any(first <= code <= last for first, last in _CJK) else chr(code)
        return self[code]


_apart = _Apart()


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
