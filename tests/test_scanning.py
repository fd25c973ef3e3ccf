"""Spellings found in many texts at once: the same as in each alone."""

from __future__ import annotations

from data.letters import joined
from ingest.scanning import Match, by_text


def capitals(text: str) -> list[Match]:
    return [(ord(char), at, at + 1) for at, char in enumerate(text) if char.isupper()]


def test_what_is_found_is_told_of_its_own_text_and_from_its_beginning() -> None:
    texts = ["a", "Bc", "", "dEF"]
    assert by_text(capitals(joined(texts)), texts) == {1: [(66, 0, 1)], 3: [(69, 1, 2), (70, 2, 3)]}


def test_without_texts_nothing_is_found() -> None:
    assert by_text(capitals(joined([])), []) == {}
