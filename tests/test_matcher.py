"""Spellings found in many texts at once: the same as in each alone."""

from __future__ import annotations

import numpy as np

from data.text.nfkc import joined
from ingest.entities.matcher import Scan, Together

CAPITAL, DIGIT = 1, 2
KINDS = np.zeros(0x10000, np.uint8)
KINDS[ord("A") : ord("Z") + 1], KINDS[ord("0") : ord("9") + 1] = CAPITAL, DIGIT
SPELLINGS = ["b", "bc", "d"]


def found(*texts: str) -> list[tuple[int, str, int, int]]:
    """Where `b`, `bc` and `d` stand without a capital before them and a digit behind them: text, spelling, start, end."""
    together = Together(joined(texts))
    matches, is_alone = Scan(SPELLINGS, KINDS, [CAPITAL] * 3, [DIGIT] * 3).found(together)
    return [(at, SPELLINGS[spelling], start, end) for at, spelling, start, end in together.each(matches.at(is_alone))]


def test_what_is_found_is_told_of_its_own_text_and_from_its_beginning() -> None:
    assert found("a", "bc", "", "aad") == [(1, "b", 0, 1), (1, "bc", 0, 2), (3, "d", 2, 3)]


def test_what_stands_beside_a_spelling_may_make_it_part_of_another_word() -> None:
    assert found("Ab", "Ad", "0b", "d0", "bc1", "dA") == [(2, "b", 1, 2), (4, "b", 0, 1), (5, "d", 0, 1)]


def test_the_text_before_and_the_text_behind_do_not_stand_beside_it() -> None:
    assert found("A", "b", "1") == [(1, "b", 0, 1)]


def test_characters_beyond_the_first_plane_count_as_one() -> None:
    assert found("😀d", "😀😀😀", "d😀") == [(0, "d", 1, 2), (2, "d", 0, 1)]


def test_a_separator_inside_a_text_ends_no_text() -> None:
    assert found("\0d", "d") == [(0, "d", 1, 2), (1, "d", 0, 1)]


def test_without_texts_nothing_is_found() -> None:
    assert found() == []
    assert found("", "") == []
