"""Pairs with scores → stories: an article joins a story when it agrees with the story's articles on average, never with one alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.stories.pairs import COPY, WINDOW_HOURS, Floats, Ints

AGREE = 0.7  # average score from which two groups tell one event; an even chance is 0
SURE = 4.0  # scores count up to here on either side, so that one strong pair cannot outvote many weak ones


class Group:
    """Articles that tell one event: how many, from when to when (hours), and what they share with other groups."""

    __slots__ = ("first", "last", "links", "size", "story")

    def __init__(self, story: int, first: float, last: float, size: int) -> None:
        self.story = story  # a stored story's id; 0 for a new one
        self.first, self.last, self.size = first, last, size
        self.links: dict[int, float] = {}  # other group → sum over pairs of score + SURE; a pair without one counts 0

    def agrees(self, other: Group, total: float) -> bool:
        return total / (self.size * other.size) - SURE >= AGREE

    def fits(self, other: Group) -> bool:
        """Stored stories stay apart, and no story is longer than 72 hours."""
        within = max(self.last, other.last) - min(self.first, other.first) <= WINDOW_HOURS
        return within and not (self.story and other.story)


def link(groups: Sequence[Group], i: Ints, j: Ints, score: Floats) -> list[int]:
    """For each group the number of the group that it ends up in, given the scores of pairs of groups (i, j).

    The surest pairs are joined first; a join that the average speaks against is not made."""
    likely = np.flatnonzero(score >= AGREE)
    # Only what a likely pair touches can be joined: what speaks for or against the others is not asked for.
    touched = np.zeros(len(groups), bool)
    touched[i[likely]] = touched[j[likely]] = True
    asked = touched[i] & touched[j]
    links = np.clip(score[asked], -SURE, SURE) + SURE
    for one, other, value in zip(i[asked].tolist(), j[asked].tolist(), links.tolist(), strict=True):
        groups[one].links[other] = groups[one].links.get(other, 0.0) + value
        groups[other].links[one] = groups[one].links[other]
    owner = list(range(len(groups)))
    for at in likely[np.lexsort((j[likely], i[likely], -score[likely]))].tolist():
        one, other = _root(owner, int(i[at])), _root(owner, int(j[at]))
        if one == other or not groups[one].fits(groups[other]):
            continue
        if score[at] >= COPY or groups[one].agrees(groups[other], groups[one].links.get(other, 0.0)):
            _join(groups, owner, one, other)
    return [_root(owner, number) for number in range(len(groups))]


def _join(groups: Sequence[Group], owner: list[int], one: int, other: int) -> None:
    """The group with more links takes the other in: each link moves few times."""
    if len(groups[one].links) < len(groups[other].links):
        one, other = other, one
    kept, gone = groups[one], groups[other]
    owner[other] = one
    kept.size += gone.size
    kept.first, kept.last = min(kept.first, gone.first), max(kept.last, gone.last)
    kept.story = kept.story or gone.story
    for third, value in gone.links.items():
        if third != one:
            kept.links[third] = kept.links.get(third, 0.0) + value
            groups[third].links[one] = kept.links[third]
            del groups[third].links[other]
    kept.links.pop(other, None)


def _root(owner: list[int], number: int) -> int:
    while owner[number] != number:
        owner[number] = owner[owner[number]]
        number = owner[number]
    return number
