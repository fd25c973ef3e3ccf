"""Looking for spellings in many texts at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from data.letters import joined

Match = tuple[int, int, int]
"""Which spelling, where it starts, where it ends."""


def found_in_each(find: Callable[[str], Iterable[Match]], texts: Sequence[str]) -> list[list[Match]]:
    """
    What `find` finds in each text, in order of the texts, by one pass over all of them.

    A pass costs more than its characters, and most texts have nothing in them.
    """
    found: list[list[Match]] = [[] for _ in texts]
    ends = list(accumulate(len(text) + 1 for text in texts))
    at = begin = 0
    for index, start, end in find(joined(texts)):
        while start >= ends[at]:
            begin, at = ends[at], at + 1
        found[at].append((index, start - begin, end - begin))
    return found
