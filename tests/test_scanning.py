"""Spellings found in many texts at once: the same as in each alone."""

from __future__ import annotations

from ingest.scanning import Match, found_in_each


def capitals(text: str) -> list[Match]:
    return [(ord(char), at, at + 1) for at, char in enumerate(text) if char.isupper()]


def test_what_is_found_is_told_of_its_own_text_and_from_its_beginning() -> None:
    assert found_in_each(capitals, ["a", "Bc", "", "dEF"]) == [[], [(66, 0, 1)], [], [(69, 1, 2), (70, 2, 3)]]


def test_without_texts_nothing_is_found() -> None:
    assert found_in_each(capitals, []) == []
