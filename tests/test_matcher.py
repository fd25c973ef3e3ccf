"""Spellings are found in many texts at once as in each alone."""

from __future__ import annotations

import numpy as np

from data.text.nfkc import joined
from ingest.entities.matcher import Matcher, TextBatch

CAPITAL, DIGIT = 1, 2
KINDS = np.zeros(0x10000, np.uint8)
KINDS[ord("A") : ord("Z") + 1], KINDS[ord("0") : ord("9") + 1] = CAPITAL, DIGIT
SPELLINGS = ["b", "bc", "d"]


def matches_in(*texts: str) -> list[tuple[int, str, int, int]]:
    """
    Where `b`, `bc` and `d` stand without a capital before them and a digit behind them: text, spelling, start, end.
    """
    batch = TextBatch(joined(texts))
    matches, is_alone = Matcher(SPELLINGS, KINDS, [CAPITAL] * 3, [DIGIT] * 3).find(batch)
    return [(at, SPELLINGS[spelling], start, end) for at, spelling, start, end in batch.each(matches.select(is_alone))]


def test_positions_count_from_the_beginning_of_each_text() -> None:
    assert matches_in("a", "bc", "", "aad") == [(1, "b", 0, 1), (1, "bc", 0, 2), (3, "d", 2, 3)]


def test_a_neighbouring_character_may_make_a_spelling_part_of_another_word() -> None:
    assert matches_in("Ab", "Ad", "0b", "d0", "bc1", "dA") == [(2, "b", 1, 2), (4, "b", 0, 1), (5, "d", 0, 1)]


def test_the_texts_before_and_after_are_not_neighbours() -> None:
    assert matches_in("A", "b", "1") == [(1, "b", 0, 1)]


def test_characters_beyond_the_first_plane_count_as_one() -> None:
    assert matches_in("😀d", "😀😀😀", "d😀") == [(0, "d", 1, 2), (2, "d", 0, 1)]


def test_a_separator_inside_a_text_does_not_end_it() -> None:
    assert matches_in("\0d", "d") == [(0, "d", 1, 2), (1, "d", 0, 1)]


def test_no_texts_give_no_matches() -> None:
    assert matches_in() == []
    assert matches_in("", "") == []
