"""
Which articles tell the same story: copies, rewrites and translations of one event within 72 hours.

    words (what an article tells) | pairs (what two share, and how likely they tell one event) | links (stories)

A missed link is better than a wrong one: follow-ups, reactions and two of one template stay apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np

from data.catalog.records import Catalog
from data.records import Article, Mention, Stored
from ingest.stories.cluster import AGREE, Group, link
from ingest.stories.features import Text, Words
from ingest.stories.lexicon import lexicon_of
from ingest.stories.pairs import WINDOW_HOURS, Floats, Ints, Table, candidates, connected, number_of, scores
from ingest.stories.token_arrays import Telling

REACH = timedelta(hours=2 * WINDOW_HOURS)
"""How far around a batch the stored articles must be in the index: a story of 72 hours that begins 72 hours before."""


class _Entry(NamedTuple):
    hours: float
    id: int  # 0: not stored yet
    story: int
    publisher: int
    telling: Telling


class StoryIndex:
    """
    Recent articles as grouping sees them. It forgets nothing by itself.

    Stories depend on the batch and on what is stored within `REACH` around it, not on what else the index remembers: an index
    rebuilt from the store goes on as the old one would have.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._entries: dict[int, _Entry] = {}
        self._in_order: list[tuple[float, int]] = []  # (hours, id), sorted when asked for
        self._sorted = True
        self._left = False  # an article whose time was replaced has left its old place behind
        self._pending: list[_Entry] = []  # the batch that is not stored yet, with what it was assigned
        self._assigned: list[int] = []

    def __len__(self) -> int:
        return len(self._entries)

    @cached_property
    def _words(self) -> Words:
        # Where a worker reads what is new, an index without stored articles has no use for it.
        return Words(lexicon_of(self._catalog))

    def add(self, stored: Iterable[Stored]) -> None:
        """What the store has around the batches to come. An article that is there already is replaced."""
        articles = list(stored)
        if not articles:
            return
        tellings = self._words.read([Text(one.title, one.summary, one.url, one.subjects) for one in articles])
        for article, telling in zip(articles, tellings, strict=True):
            self._keep(_Entry(_hours(article.at), article.id, article.story, number_of(article.publisher), telling))

    def tell(self, articles: Iterable[tuple[Article, Collection[Mention]]]) -> list[Telling]:
        """What articles tell, for `assign`. It depends on the catalog alone, so that another process may find it out."""
        return self._words.read(
            [
                Text(one.title, one.summary, one.url, {mention.subject for mention in mentions})
                for one, mentions in articles
            ]
        )

    def assign(
        self, batch: Sequence[tuple[Article, tuple[Mention, ...], datetime]], tellings: Sequence[Telling] | None = None
    ) -> list[int]:
        """
        For each article, with its mentions and its time, the story that it tells: a stored story's id, or a negative number,
        the same for articles that begin the same new story.

        `tellings`, where they are known already, are what `tell` says of each.
        The batch is not remembered until `saved`; another `assign` before that takes it as given up.
        """
        told = tellings or self.tell((article, mentions) for article, mentions, _ in batch)
        self._pending = [
            _Entry(_hours(at), 0, 0, number_of(article.publisher), telling)
            for (article, _, at), telling in zip(batch, told, strict=True)
        ]
        order = sorted(range(len(batch)), key=lambda at: _place(self._pending[at], batch[at][0]))
        stories = self._stories([self._pending[at] for at in order])
        self._assigned = [0] * len(batch)
        for at, story in zip(order, stories, strict=True):
            self._assigned[at] = story
        return self._assigned

    def saved(self, story_ids: Mapping[int, int], article_ids: Sequence[int]) -> None:
        """The last batch is stored: negative number → story, and the articles' ids in its order (0: it was not stored)."""
        for entry, story, ident in zip(self._pending, self._assigned, article_ids, strict=True):
            if ident:
                self._keep(_Entry(entry.hours, ident, story_ids.get(story, story), entry.publisher, entry.telling))
        self._pending, self._assigned = [], []

    def forget_before(self, moment: datetime) -> None:
        """Drop what is older. Keep `REACH` before the oldest article that may still come."""
        self._sort()
        cut = bisect_left(self._in_order, (_hours(moment), 0))
        for _, ident in self._in_order[:cut]:
            del self._entries[ident]
        self._in_order = self._in_order[cut:]

    def _keep(self, entry: _Entry) -> None:
        old = self._entries.get(entry.id)
        self._entries[entry.id] = entry
        if old is None or old.hours != entry.hours:
            self._in_order.append((entry.hours, entry.id))
            self._sorted = False
            self._left |= old is not None

    def _sort(self) -> None:
        if not self._sorted:
            self._in_order.sort()  # in place: what was in order already is not sorted again
            self._sorted = True
        if self._left:
            entries = self._entries
            self._in_order = [place for place in dict.fromkeys(self._in_order) if entries[place[1]].hours == place[0]]
            self._left = False

    def _around(self, first: float, last: float, hours: float) -> list[_Entry]:
        """The stored articles from `hours` before the first to `hours` after the last, in order of time."""
        self._sort()
        start = bisect_left(self._in_order, (first - hours, 0))
        end = bisect_right(self._in_order, (last + hours, 2**63))
        return [self._entries[ident] for _, ident in self._in_order[start:end]]

    def _stories(self, batch: list[_Entry]) -> list[int]:
        """The stories of a batch in order of time."""
        if not batch:
            return []
        first, last = batch[0].hours, batch[-1].hours
        near = self._around(first, last, WINDOW_HOURS)
        rows = [*near, *batch]
        table = Table([row.telling for row in rows], [row.hours for row in rows], [row.publisher for row in rows])
        groups, number = _groups(near, self._around(first, last, 2 * WINDOW_HOURS), batch)
        i, j, score = scored_pairs(table, len(near), number, self._catalog.model.story_weights)
        ends = link(groups, number[i], number[j], score)
        return _numbered(groups, [ends[at] for at in number[len(near) :]])


def _groups(near: Sequence[_Entry], wide: Sequence[_Entry], batch: Sequence[_Entry]) -> tuple[list[Group], Ints]:
    """Each stored story and each new article as a group, and which one each row of the table belongs to."""
    groups: list[Group] = []
    rows = np.zeros(0, np.int64)
    if near:
        stories, first, row = np.unique(_stories_of(near), return_index=True, return_inverse=True)
        order = np.argsort(first)  # groups are numbered as their stories come
        number = np.argsort(order)
        rows = number[row]
        told, hours = _stories_of(wide), np.array([entry.hours for entry in wide])
        place = np.minimum(np.searchsorted(stories, told), len(stories) - 1)
        known = stories[place] == told
        place, hours = number[place[known]], hours[known]
        begins, ends = np.full(len(stories), np.inf), np.full(len(stories), -np.inf)
        np.minimum.at(begins, place, hours)
        np.maximum.at(ends, place, hours)
        size = np.bincount(place, minlength=len(stories))
        groups = list(map(Group, stories[order].tolist(), begins.tolist(), ends.tolist(), size.tolist()))
    rows = np.concatenate([rows, np.arange(len(batch)) + len(groups)])
    return [*groups, *(Group(0, entry.hours, entry.hours, 1) for entry in batch)], rows


def _stories_of(entries: Sequence[_Entry]) -> Ints:
    return np.array([entry.story for entry in entries], np.int64)


def scored_pairs(table: Table, first: int, story: Ints, weights: Mapping[str, float]) -> tuple[Ints, Ints, Floats]:
    """The pairs that may tell one event, each once, with their scores: those looked up, and what the likely ones connect."""
    i, j = candidates(table, first, len(table))
    score = scores(table, i, j, weights)
    likely = score >= AGREE
    one, other = connected(table, first, i[likely], j[likely], story)
    new = ~np.isin(one * len(table) + other, i * len(table) + j)
    one, other = one[new], other[new]
    return (
        np.concatenate([i, one]),
        np.concatenate([j, other]),
        np.concatenate([score, scores(table, one, other, weights)]),
    )


def _numbered(groups: Sequence[Group], ends: Sequence[int]) -> list[int]:
    """Stored stories by their id, new ones −1, −2, … in order of time."""
    new: dict[int, int] = {}
    return [groups[end].story or new.setdefault(end, -1 - len(new)) for end in ends]


def _hours(moment: datetime) -> float:
    """Whole seconds: stores differ in what they keep of the rest."""
    return int(moment.timestamp()) / 3600


def _place(entry: _Entry, article: Article) -> tuple[float, int, str, str]:
    """An order that does not depend on the order of the batch."""
    return entry.hours, entry.telling.key, article.url, article.guid
