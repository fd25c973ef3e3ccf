"""
Which articles report the same story: copies, rewrites and translations of one event within 72 hours.

    features of articles | pairs that may report one event, and how likely | agglomerative clustering, average linkage

A missed link is better than a wrong one: follow-ups, reactions and two articles of one template stay apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from data.catalog.records import Catalog
from data.records import Article, Mention, Stored
from ingest.stories.features import FeatureExtractor, StoryFeatures, StoryText
from ingest.stories.pairs import (
    COPY,
    WINDOW_HOURS,
    FeatureTable,
    Floats,
    Ints,
    candidates,
    connected,
    number_of,
    scores,
)

REACH = timedelta(hours=2 * WINDOW_HOURS)
"""How far around a batch the index needs stored articles: a story of 72 hours may begin 72 hours before the batch."""

AGREE = 0.7  # the average score from which two clusters are one event; an even chance is 0
SURE = 4.0  # scores count up to here on either side, so that one strong pair cannot outvote many weak ones


class _IndexedArticle(NamedTuple):
    hours: float
    id: int  # 0: not stored yet
    story: int
    publisher: int
    features: StoryFeatures


class StoryIndex:
    """
    Recent articles as grouping sees them. It forgets nothing by itself.

    Stories depend on the batch and on what is stored within REACH around it, not on what else the index remembers: one
    that is rebuilt from the store goes on as the old one would have.
    """

    def __init__(self, catalog: Catalog, extractor: FeatureExtractor | None = None) -> None:
        self._model = catalog.model
        self._extractor = extractor or FeatureExtractor(catalog)
        self._articles: dict[int, _IndexedArticle] = {}
        self._in_order: list[tuple[float, int]] = []  # (hours, id), sorted when needed
        self._is_sorted = True
        self._has_outdated = False  # an article whose time was replaced has left its old time in `_in_order`
        self._pending: list[_IndexedArticle] = []  # the batch that is not stored yet
        self._assigned: list[int] = []  # the stories of the pending batch

    def __len__(self) -> int:
        return len(self._articles)

    def add(self, stored: Iterable[Stored]) -> None:
        """Add what the store has around the batches to come. An article that the index has already is replaced."""
        articles = list(stored)
        if not articles:
            return
        texts = [StoryText(article.title, article.summary, article.url, article.subjects) for article in articles]
        for article, features in zip(articles, self._extractor.extract(texts), strict=True):
            publisher = number_of(article.publisher)
            self._keep(_IndexedArticle(_hours(article.at), article.id, article.story, publisher, features))

    def assign(
        self,
        batch: Sequence[tuple[Article, tuple[Mention, ...], datetime]],
        features: Sequence[StoryFeatures] | None = None,
    ) -> list[int]:
        """
        For each article, with its mentions and its time, its story: a stored story's id, or a negative number, the same
        for all articles of one new story.

        `features` of the articles, if already known. The batch is not remembered until `saved`; another `assign` before
        that discards it.
        """
        if features is None:
            features = self._extractor.of_articles((article, mentions) for article, mentions, _ in batch)
        self._pending = [
            _IndexedArticle(_hours(at), 0, 0, number_of(article.publisher), own)
            for (article, _, at), own in zip(batch, features, strict=True)
        ]
        order = sorted(range(len(batch)), key=lambda at: _position(self._pending[at], batch[at][0]))
        stories = self._stories([self._pending[at] for at in order])
        self._assigned = [0] * len(batch)
        for at, story in zip(order, stories, strict=True):
            self._assigned[at] = story
        return self._assigned

    def saved(self, story_ids: Mapping[int, int], article_ids: Sequence[int]) -> None:
        """The last batch is stored: ids by negative number, and the articles' ids in its order (0: not stored)."""
        for article, story, ident in zip(self._pending, self._assigned, article_ids, strict=True):
            if ident:
                story = story_ids.get(story, story)
                self._keep(_IndexedArticle(article.hours, ident, story, article.publisher, article.features))
        self._pending, self._assigned = [], []

    def forget_before(self, moment: datetime) -> None:
        """Drop older articles. Keep REACH before the oldest article that may still come."""
        self._sort()
        cut = bisect_left(self._in_order, (_hours(moment), 0))
        for _, ident in self._in_order[:cut]:
            del self._articles[ident]
        self._in_order = self._in_order[cut:]

    def _keep(self, article: _IndexedArticle) -> None:
        old = self._articles.get(article.id)
        self._articles[article.id] = article
        if old is None or old.hours != article.hours:
            self._in_order.append((article.hours, article.id))
            self._is_sorted = False
            self._has_outdated |= old is not None

    def _sort(self) -> None:
        if not self._is_sorted:
            self._in_order.sort()  # in place: a sorted list with a few appended items is sorted again quickly
            self._is_sorted = True
        if self._has_outdated:
            articles = self._articles
            entries = dict.fromkeys(self._in_order)
            self._in_order = [(hours, ident) for hours, ident in entries if articles[ident].hours == hours]
            self._has_outdated = False

    def _around(self, first: float, last: float, hours: float) -> list[_IndexedArticle]:
        """The stored articles from `hours` before the first to `hours` after the last, in order of time."""
        self._sort()
        start = bisect_left(self._in_order, (first - hours, 0))
        end = bisect_right(self._in_order, (last + hours, 2**63))
        return [self._articles[ident] for _, ident in self._in_order[start:end]]

    def _stories(self, batch: list[_IndexedArticle]) -> list[int]:
        """The stories of a batch in order of time."""
        if not batch:
            return []
        first, last = batch[0].hours, batch[-1].hours
        near = self._around(first, last, WINDOW_HOURS)
        rows = [*near, *batch]
        table = FeatureTable(
            [row.features for row in rows], [row.hours for row in rows], [row.publisher for row in rows]
        )
        clusters, number = _clusters(near, self._around(first, last, 2 * WINDOW_HOURS), batch)
        i, j, score = scored_pairs(table, len(near), number, self._model.story_weights)
        ends = join_clusters(clusters, number[i], number[j], score)
        return _numbered(clusters, [ends[at] for at in number[len(near) :]])


def scored_pairs(
    table: FeatureTable, first: int, story: Ints, weights: Mapping[str, float]
) -> tuple[Ints, Ints, Floats]:
    """Pairs (i, j) that may report one event, each once, with scores: the candidates, and what likely ones connect."""
    i, j = candidates(table, first, len(table))
    score = scores(table, i, j, weights)
    is_likely = score >= AGREE
    later, earlier = connected(table, first, i[is_likely], j[is_likely], story)
    is_new = ~np.isin(later * len(table) + earlier, i * len(table) + j)
    later, earlier = later[is_new], earlier[is_new]
    more = scores(table, later, earlier, weights)
    return np.concatenate([i, later]), np.concatenate([j, earlier]), np.concatenate([score, more])


class Cluster:
    """Articles that report one event: how many, from when to when (hours), and the scores with other clusters."""

    __slots__ = ("first", "last", "links", "size", "story")

    def __init__(self, story: int, first: float, last: float, size: int) -> None:
        self.story = story  # a stored story's id; 0 for a new one
        self.first, self.last, self.size = first, last, size
        self.links: dict[int, float] = {}  # other cluster → sum over pairs of score + SURE; a pair without one counts 0

    def agrees(self, other: Cluster, total: float) -> bool:
        return total / (self.size * other.size) - SURE >= AGREE

    def fits(self, other: Cluster) -> bool:
        """Stored stories stay apart, and no story is longer than 72 hours."""
        is_short = max(self.last, other.last) - min(self.first, other.first) <= WINDOW_HOURS
        return is_short and not (self.story and other.story)


def join_clusters(clusters: Sequence[Cluster], i: Ints, j: Ints, score: Floats) -> list[int]:
    """For each cluster the number of the one that it ends up in, given the scores of pairs of articles in (i, j).

    The surest pairs are joined first, unless the average of all pairs speaks against it."""
    likely = np.flatnonzero(score >= AGREE)
    # Only clusters with a likely pair can be joined: the scores of all others are irrelevant.
    is_touched = np.zeros(len(clusters), bool)
    is_touched[i[likely]] = is_touched[j[likely]] = True
    relevant = is_touched[i] & is_touched[j]
    links = np.clip(score[relevant], -SURE, SURE) + SURE
    for one, other, value in zip(i[relevant].tolist(), j[relevant].tolist(), links.tolist(), strict=True):
        clusters[one].links[other] = clusters[one].links.get(other, 0.0) + value
        clusters[other].links[one] = clusters[one].links[other]
    parent = list(range(len(clusters)))
    for at in likely[np.lexsort((j[likely], i[likely], -score[likely]))].tolist():
        one, other = _root(parent, int(i[at])), _root(parent, int(j[at]))
        if one == other or not clusters[one].fits(clusters[other]):
            continue
        if score[at] >= COPY or clusters[one].agrees(clusters[other], clusters[one].links.get(other, 0.0)):
            _join(clusters, parent, one, other)
    return [_root(parent, number) for number in range(len(clusters))]


def _join(clusters: Sequence[Cluster], parent: list[int], one: int, other: int) -> None:
    """The cluster with more links absorbs the other, so that each link moves few times."""
    if len(clusters[one].links) < len(clusters[other].links):
        one, other = other, one
    larger, smaller = clusters[one], clusters[other]
    parent[other] = one
    larger.size += smaller.size
    larger.first, larger.last = min(larger.first, smaller.first), max(larger.last, smaller.last)
    larger.story = larger.story or smaller.story
    for third, value in smaller.links.items():
        if third != one:
            larger.links[third] = larger.links.get(third, 0.0) + value
            clusters[third].links[one] = larger.links[third]
            del clusters[third].links[other]
    larger.links.pop(other, None)


def _root(parent: list[int], number: int) -> int:
    while parent[number] != number:
        parent[number] = parent[parent[number]]
        number = parent[number]
    return number


def _clusters(
    near: Sequence[_IndexedArticle], wide: Sequence[_IndexedArticle], batch: Sequence[_IndexedArticle]
) -> tuple[list[Cluster], Ints]:
    """A cluster for each stored story and each new article, and the number of the one of each row of the table."""
    clusters: list[Cluster] = []
    rows = np.zeros(0, np.int64)
    if near:
        stories, first, row = np.unique(_stories_of(near), return_index=True, return_inverse=True)
        order = np.argsort(first)  # clusters are numbered as their stories come
        number = np.argsort(order)
        rows = number[row]
        wide_stories, hours = _stories_of(wide), np.array([article.hours for article in wide])
        position = np.minimum(np.searchsorted(stories, wide_stories), len(stories) - 1)
        is_near = stories[position] == wide_stories
        position, hours = number[position[is_near]], hours[is_near]
        begins, ends = np.full(len(stories), np.inf), np.full(len(stories), -np.inf)
        np.minimum.at(begins, position, hours)
        np.maximum.at(ends, position, hours)
        size = np.bincount(position, minlength=len(stories))
        clusters = list(map(Cluster, stories[order].tolist(), begins.tolist(), ends.tolist(), size.tolist()))
    rows = np.concatenate([rows, np.arange(len(batch)) + len(clusters)])
    return [*clusters, *(Cluster(0, article.hours, article.hours, 1) for article in batch)], rows


def _stories_of(articles: Sequence[_IndexedArticle]) -> Ints:
    return np.array([article.story for article in articles], np.int64)


def _numbered(clusters: Sequence[Cluster], ends: Sequence[int]) -> list[int]:
    """Stored stories by their id, new ones −1, −2, … in order of time."""
    new: dict[int, int] = {}
    return [clusters[end].story or new.setdefault(end, -1 - len(new)) for end in ends]


def _hours(moment: datetime) -> float:
    """Hours since the epoch, of whole seconds: stores differ in how they keep fractions."""
    return int(moment.timestamp()) / 3600


def _position(article: _IndexedArticle, record: Article) -> tuple[float, int, str, str]:
    """An order that does not depend on the order of the batch."""
    return article.hours, article.features.key, record.url, record.guid
