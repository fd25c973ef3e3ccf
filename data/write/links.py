"""
Changing the links of stored articles: the mentions that they should have, what differs, and what that does to the
counts.

    wanted mentions | differences | link_changes | write_links

All but the last only read, so that a preview needs no lock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import pandas as pd
from sqlalchemy import Connection, bindparam, func, or_, select, union, update

from data.read.attention import texts_as_of
from data.records import Article, DateQuality, Field, Mention
from data.schema import models
from data.schema.bulk import AT_ONCE, in_parts, insert_rows, next_id
from data.schema.frames import days_frame, raw
from data.schema.models import ALL
from data.schema.store import Reading
from data.write.counts import Tally, recount_stories, write_counts
from data.write.revisions import Writing, with_ids

MENTION_COLUMNS = [
    "id", "article_id", "subject_id", "day", "field", "start", "end", "matched", "rule", "score", "relevance", "why",
    "rejected", "added_rev", "removed_rev",
]  # fmt: skip


class Difference(NamedTuple):
    """The mentions of an article to close (by id) and to add; its subjects, with their relevance, before and after."""

    day: int
    publisher: int
    lang: str
    closed: list[int]
    added: list[Mention]
    before: dict[str, int]
    after: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change of links did, or would do: each subject's stories gained and lost. Revision 0: nothing written."""

    revision: int
    articles: int
    gained: dict[str, int]
    lost: dict[str, int]
    moves: pd.DataFrame  # subject, story, article, day, change (+1 | −1): each story that a subject gained or lost


@dataclass(frozen=True, slots=True)
class LinkChanges:
    """Articles' differences, and what they do to the counts."""

    differences: Mapping[int, Difference]
    tally: Tally
    subjects: dict[str, int]  # with the ids that new ones will have

    def effect(self, revision: int = 0) -> Effect:
        keys = {ident: key for key, ident in self.subjects.items()}
        moves = [(keys[subject], *move) for subject, *move in self.tally.moves]
        return Effect(
            revision=revision,
            articles=len(self.differences),
            **self.tally.summary(keys),
            moves=days_frame(moves, ["subject", "story", "article", "day", "change"]),
        )


def stored_articles(read: Reading, *, since: int = 0) -> Iterator[list[tuple[int, Article]]]:
    """Stored articles with ids and newest texts, in parts, by id: all, or those changed by revisions after `since`."""
    a = models.Article
    query = (
        select(a.id, a.url, a.guid, a.published_at, a.date_quality, models.PublisherName.name, a.lang)
        .join(models.PublisherName, models.PublisherName.id == a.publisher_id)
        .order_by(a.id)
        .limit(AT_ONCE)
    )
    if since:
        query = query.where(a.id.in_(_changed_since(since)))
    last = 0
    while True:
        with read() as connection:
            rows = connection.execute(query.where(a.id > last)).all()
            texts = texts_as_of(connection, [row.id for row in rows], None)
        if not rows:
            return
        last = rows[-1].id
        yield [(row.id, _article(row, *texts[row.id])) for row in rows]


def _changed_since(rev: int) -> Any:
    """The ids of articles that are new, have a later text, or whose links or corrections were changed."""
    a, e, m, o = models.Article, models.ArticleEdit, models.Mention, models.Override
    return union(
        select(a.id).where(a.added_rev > rev),
        select(e.article_id).where(e.added_rev > rev),
        *(select(t.article_id).where(or_(t.added_rev > rev, t.removed_rev > rev)) for t in (m, o)),
    )


def _article(row: Any, title: str, summary: str) -> Article:
    return Article(
        guid=row.guid or row.url or "",
        url=row.url or "",
        title=title,
        summary=summary,
        published_at=row.published_at,
        date_quality=cast(DateQuality, row.date_quality),
        publisher=row.name,
        lang=row.lang,
    )


def count_articles(read: Reading) -> int:
    with read() as connection:
        return connection.scalar(select(func.count()).select_from(models.Article)) or 0


def differences(read: Reading, wanted: Mapping[int, Sequence[Mention]]) -> dict[int, Difference]:
    """Given the mentions that articles should have: the articles whose stored mentions differ, and how."""
    a = models.Article
    differing: dict[int, Difference] = {}
    for part in in_parts(sorted(wanted)):
        with read() as connection:
            stored = alive_mentions(connection, part)
            changed = [ident for ident in part if stored.get(ident, {}).keys() != set(wanted[ident])]
            places = connection.execute(
                select(a.id, raw(a.day), a.publisher_id, a.lang).where(a.id.in_(changed)).order_by(a.id)
            ).all()
        for ident, day, publisher, lang in places:
            alive, goal = stored.get(ident, {}), dict.fromkeys(wanted[ident])
            # One mention may be stored twice, where two spellings found the same words.
            closed = [number for mention, numbers in alive.items() for number in numbers[mention in goal :]]
            added = [mention for mention in goal if mention not in alive]
            differing[ident] = Difference(day, publisher, lang, closed, added, _relevances(alive), _relevances(goal))
    return differing


def _relevances(mentions: Iterable[Mention]) -> dict[str, int]:
    subjects: dict[str, int] = {}
    for mention in mentions:
        subjects[mention.subject] = max(mention.relevance, subjects.get(mention.subject, 0))
    return subjects


def alive_mentions(connection: Connection, articles: Collection[int]) -> dict[int, dict[Mention, list[int]]]:
    """The stored mentions of articles now, each with its ids."""
    m = models.Mention
    rows = connection.execute(
        select(
            m.id, m.article_id, models.Subject.key, m.field, m.start, m.end, m.matched, m.rule, m.score, m.relevance,
            m.why, m.rejected,
        )
        .join(models.Subject, models.Subject.id == m.subject_id)
        .where(m.article_id.in_(articles), m.removed_rev.is_(None))
    )  # fmt: skip
    alive: dict[int, dict[Mention, list[int]]] = defaultdict(dict)
    for ident, article, subject, field, *rest in rows:
        alive[article].setdefault(Mention(subject, cast(Field, field), *rest), []).append(ident)
    return alive


def link_changes(
    read: Reading,
    known: dict[str, int],
    differing: Mapping[int, Difference],
    *,
    tally: Tally | None = None,
    stories: Collection[int] = (),
) -> LinkChanges:
    """
    What differences do to the counts, added to `tally` if one is given. `known` are the ids of the store's subjects.

    `stories` are counted again together with the stories of the differing articles.
    """
    subjects = with_ids(known, {ALL, *(key for difference in differing.values() for key in difference.after)})
    tally = tally or Tally(subjects[ALL])
    changed: dict[int, dict[int, int]] = {}
    for article, (day, publisher, lang, _, _, before, after) in differing.items():
        gained, lost = (
            [subjects[key] for key in sorted(keys)] for keys in (after.keys() - before, before.keys() - after)
        )
        tally.count_article(gained, day, publisher, lang)
        tally.count_article(lost, day, publisher, lang, sign=-1)
        changed[article] = {subjects[key]: relevance for key, relevance in sorted(after.items())}
    m = models.Membership
    recounted = set(stories)
    for part in in_parts(sorted(differing)):
        with read() as connection:
            query = select(m.story_id).where(m.article_id.in_(part), m.removed_rev.is_(None))
            recounted.update(connection.scalars(query))
    recount_stories(read, tally, recounted, changed)
    return LinkChanges(differing, tally, subjects)


def write_links(writing: Writing, changes: LinkChanges) -> None:
    """Write the mentions, the counts and the ledger. Nothing may have been written since the changes were computed."""
    writing.take_subjects(changes.subjects)
    closed = [{"ident": ident} for difference in changes.differences.values() for ident in difference.closed]
    if closed:
        m = models.Mention
        closing = update(m).where(m.id == bindparam("ident")).values(removed_rev=writing.number)
        writing.connection.execute(closing.execution_options(synchronize_session=None), closed)
    added = ((article, each.day, m) for article, each in changes.differences.items() for m in each.added)
    add_mentions(writing, added)
    write_counts(writing.connection, changes.tally, writing.number)


def add_mentions(writing: Writing, mentions: Iterable[tuple[int, int, Mention]]) -> None:
    """Append mentions, each with its article and the article's day; their subjects must have ids."""
    first = next_id(writing.connection, models.Mention.id)
    rows: list[tuple[Any, ...]] = [
        (first + i, article, writing.subjects[subject], day, *rest, writing.number, None)
        for i, (article, day, (subject, *rest)) in enumerate(mentions)
    ]
    insert_rows(writing.connection, models.Mention.__table__, MENTION_COLUMNS, rows)
