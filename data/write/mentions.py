"""Mentions into the store: new articles' added, stored articles' replaced, with the counts that follow from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from data.records import Mention
from data.schema import models
from data.schema.bulk import ids_of, in_parts, insert_rows, next_id
from data.schema.models import ALL, PublisherName, Subject, day_number
from data.schema.store import Store
from data.write.counts import Tally, alive_subjects, recount_stories
from data.write.revisions import Writing


def begin_tally(store: Store, writing: Writing, subjects: Iterable[str], publishers: Iterable[str] = ()) -> Tally:
    """An empty tally; subjects and publishers that the store has not met are added to its names."""
    connection = writing.connection
    store.subject_ids = ids_of(connection, Subject, Subject.key, {ALL, *subjects}, store.subject_ids)
    store.publisher_ids = ids_of(connection, PublisherName, PublisherName.name, set(publishers), store.publisher_ids)
    return Tally(store.subject_ids[ALL])


MENTION_COLUMNS = [
    "id", "article_id", "subject_id", "day", "field", "start", "end", "matched", "rule", "score", "relevance", "why", "rejected",
    "added_rev", "removed_rev",
]  # fmt: skip


def add_mentions(store: Store, writing: Writing, mentions: Iterable[tuple[int, int, Mention]]) -> None:
    first = next_id(writing.connection, models.Mention.id)
    rows: list[tuple[Any, ...]] = [
        (
            first + i, article, store.subject_ids[m.subject], day, m.field, m.start, m.end, m.matched, m.rule, m.score, m.relevance,
            m.why, m.rejected, writing.number, None,
        )
        for i, (article, day, m) in enumerate(mentions)
    ]  # fmt: skip
    insert_rows(writing.connection, models.Mention.__table__, MENTION_COLUMNS, rows)


def replace_mentions(store: Store, writing: Writing, tally: Tally, wanted: Mapping[int, Sequence[Mention]]) -> int:
    """
    Give stored articles these mentions and no others: what differs is closed and added, and the stories are counted again.

    Returns the number of articles whose mentions changed. The subjects must be known to the tally's store (`begin_tally`).
    """
    changed: set[int] = set()
    for part in in_parts(sorted(wanted)):
        changed |= _replace_part(store, writing, tally, {ident: wanted[ident] for ident in part})
    m = models.Membership
    stories: set[int] = set()
    for part in in_parts(sorted(changed)):
        stories |= set(
            writing.connection.scalars(select(m.story_id).where(m.article_id.in_(part), m.removed_rev.is_(None)))
        )
    recount_stories(writing.connection, tally, stories)
    return len(changed)


def _replace_part(store: Store, writing: Writing, tally: Tally, wanted: dict[int, Sequence[Mention]]) -> set[int]:
    connection = writing.connection
    before = _alive_mentions(connection, list(wanted))
    subjects_before = alive_subjects(connection, list(wanted))
    a = models.Article
    rows = connection.execute(select(a.id, a.day, a.publisher_id, a.lang).where(a.id.in_(wanted)))
    places = {ident: (day_number(day), publisher, lang) for ident, day, publisher, lang in rows}
    close: list[int] = []
    add: list[tuple[int, int, Mention]] = []
    changed: set[int] = set()
    for article, mentions in wanted.items():
        alive, goal = before.get(article, {}), set(mentions)
        gone, new = alive.keys() - goal, [mention for mention in mentions if mention not in alive]
        if not gone and not new:
            continue
        changed.add(article)
        close += [alive[mention] for mention in gone]
        add += [(article, places[article][0], mention) for mention in dict.fromkeys(new)]
        had, has = set(subjects_before.get(article, ())), {store.subject_ids[mention.subject] for mention in mentions}
        tally.count_article(sorted(has - had), *places[article])
        tally.count_article(sorted(had - has), *places[article], sign=-1)
    if close:
        closing = (
            update(models.Mention).where(models.Mention.id == bindparam("ident")).values(removed_rev=writing.number)
        )
        connection.execute(closing.execution_options(synchronize_session=None), [{"ident": ident} for ident in close])
    add_mentions(store, writing, add)
    return changed


def _alive_mentions(connection: Connection, articles: list[int]) -> dict[int, dict[Mention, int]]:
    m = models.Mention
    rows = connection.execute(
        select(
            m.id,
            m.article_id,
            Subject.key,
            m.field,
            m.start,
            m.end,
            m.matched,
            m.rule,
            m.score,
            m.relevance,
            m.why,
            m.rejected,
        )
        .join(Subject, Subject.id == m.subject_id)
        .where(m.article_id.in_(articles), m.removed_rev.is_(None))
    )
    found: dict[int, dict[Mention, int]] = defaultdict(dict)
    for ident, article, subject, field, start, end, matched, rule, score, relevance, why, rejected in rows:
        mention = Mention(
            subject=subject, field="title" if field == "title" else "summary", start=start, end=end, matched=matched, rule=rule,
            score=score, relevance=relevance, why=why, rejected=rejected,
        )  # fmt: skip
        found[article][mention] = ident
    return found
