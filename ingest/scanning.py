"""Looking for spellings in many texts at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

Match = tuple[int, int, int]
"""Which spelling, where it starts, where it ends."""


def by_text(found: Iterable[Match], texts: Sequence[str]) -> dict[int, list[Match]]:
    """
    What was found in `joined(texts)`, by the position of the text that it stands in, counted from that text's beginning.

    A pass over a text costs more than its characters, and most texts have nothing in them: one pass over many is far quicker,
    and those with nothing are not in the answer.
    """
    each: dict[int, list[Match]] = {}
    ends = list(accumulate(len(text) + 1 for text in texts))
    at = begin = end_of_text = 0
    for index, start, end in found:
        if start >= end_of_text:
            at = bisect_right(ends, start, at)
            begin, end_of_text = ends[at] - len(texts[at]) - 1, ends[at]
            each[at] = []
        each[at].append((index, start - begin, end - begin))
    return each
