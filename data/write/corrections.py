"""Manual corrections of links: a wrong link is removed, a missing one added, also on every relink, until undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, cast

import pandas as pd
from sqlalchemy import Connection, func, insert, select, update

from data.errors import UsageError
from data.read.attention import texts_as_of
from data.read.receipts import mention_rows
from data.records import Field, Mention
from data.schema import models
from data.schema.bulk import in_parts, next_id
from data.schema.frames import frame_of
from data.schema.store import Reading, Store
from data.write.links import Effect, LinkChanges, alive_mentions, differences, link_changes, write_links
from data.write.revisions import Writing, new_revision

RULE = "override"
"""The rule that a mention added by a person names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """An article is not about a subject (`wrong`), or it is (`missing`), by the characters that show it."""

    article: int
    subject: str
    verdict: Literal["wrong", "missing"]
    author: str
    reason: str
    field: Field = "title"
    start: int = 0
    end: int = 0


def corrected(
    mentions: Iterable[Mention], corrections: Iterable[Correction], title: str, summary: str
) -> tuple[Mention, ...]:
    """The linker's mentions as people corrected them."""
    corrections = list(corrections)
    wrong = {each.subject for each in corrections if each.verdict == "wrong"}
    right = [mention for mention in mentions if mention.subject not in wrong]
    subjects = {mention.subject for mention in right}
    for each in corrections:
        text = title if each.field == "title" else summary
        if each.verdict == "missing" and each.subject not in subjects and each.end <= len(text):
            right.append(_added_mention(each, text))
    return tuple(right)


def _added_mention(correction: Correction, text: str) -> Mention:
    return Mention(
        subject=correction.subject,
        field=correction.field,
        start=correction.start,
        end=correction.end,
        matched=text[correction.start : correction.end],
        rule=RULE,
        score=1.0,
        relevance=100 if correction.field == "title" else 60,
        why=f"{correction.author}: {correction.reason}",
    )


def corrections_of(read: Reading, articles: Collection[int]) -> dict[int, list[Correction]]:
    """The corrections in force, by article."""
    o = models.Override
    query = (
        select(o.article_id, o.subject, o.verdict, o.author, o.reason, o.field, o.start, o.end)
        .where(o.removed_rev.is_(None))
        .order_by(o.id)
    )
    corrections: dict[int, list[Correction]] = defaultdict(list)
    for part in in_parts(sorted(articles)):
        with read() as connection:
            rows = connection.execute(query.where(o.article_id.in_(part))).mappings().all()
        for row in rows:
            values = {**row, "article": row["article_id"]}
            del values["article_id"]
            corrections[values["article"]].append(Correction(**values))
    return dict(corrections)


def all_corrections(store: Store) -> pd.DataFrame:
    """Columns id, article, title, subject, verdict, author, reason, at: the corrections in force, newest first."""
    o = models.Override
    query = (
        select(o.id, o.article_id, o.subject, o.verdict, o.author, o.reason, o.at)
        .where(o.removed_rev.is_(None))
        .order_by(o.id.desc())
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
        texts = texts_as_of(connection, [row.article_id for row in rows], None)
    columns = ["id", "article", "title", "subject", "verdict", "author", "reason", "at"]
    return frame_of([(row[0], row[1], texts[row[1]][0], *row[2:]) for row in rows], columns)


def preview_correction(store: Store, correction: Correction) -> Effect:
    """The effect that a correction would have. UsageError as in `save_correction`."""
    with store.reading() as connection:
        subjects = store.ids(connection).subjects
    return _changes(store.reading, subjects, correction).effect()


def save_correction(store: Store, correction: Correction, *, now: datetime, catalog_hash: str) -> Effect:
    """
    Correct a link, at once and for every later relink.

    UsageError: no author or reason, an unknown article, or a missing link whose characters are not in the text.
    """
    with new_revision(store, "override", now=now, catalog_hash=catalog_hash) as writing:
        # Worked out under the lock: the links may have been changed since the correction was previewed.
        changes = _changes(writing.reading, writing.subjects, correction)
        _end(writing, correction.article, correction.subject)
        row = {
            **asdict(correction),
            "id": next_id(writing.connection, models.Override.id),
            "article_id": correction.article,
            "at": now,
            "added_rev": writing.number,
            "removed_rev": None,
        }
        del row["article"]
        writing.connection.execute(insert(models.Override), [row])
        return _written(
            writing, changes, correction.article, correction.subject, verdict=correction.verdict, by=correction.author
        )


def undo_correction(store: Store, article: int, subject: str, *, now: datetime, catalog_hash: str) -> Effect:
    """
    Undo a correction: the links are again what they were before it. UsageError when there is none.

    `ingest.relink.undo` also links the article again where those links are outdated (`is_stale`).
    """
    o = models.Override
    with new_revision(store, "override", now=now, catalog_hash=catalog_hash) as writing:
        mine = (o.article_id == article, o.subject == subject, o.removed_rev.is_(None))
        made = writing.connection.scalar(select(func.max(o.added_rev)).where(*mine))
        if made is None:
            raise UsageError(f"There is no correction of {subject} on article {article} to undo.")
        _end(writing, article, subject)
        others = [each for each in alive_mentions(writing.connection, [article])[article] if each.subject != subject]
        before = _mentions_as_of(writing.connection, article, subject, made - 1)
        wanted = differences(writing.reading, {article: [*others, *before]})
        changes = link_changes(writing.reading, writing.subjects, wanted)
        return _written(writing, changes, article, subject, verdict="undone")


def is_stale(store: Store, article: int, subject: str, *, catalog_hash: str) -> bool:
    """Whether the links from before a correction are from another catalog, or from another text of the article."""
    o, e, r = models.Override, models.ArticleEdit, models.Revision
    same = (o.article_id == article, o.subject == subject, o.removed_rev.is_(None))
    made = select(func.max(o.added_rev)).where(*same).scalar_subquery()
    edits = select(func.count()).where(e.article_id == article, e.added_rev > made).scalar_subquery()
    with store.reading() as connection:
        row = connection.execute(select(r.catalog_hash, edits).where(r.number == made)).first()
    return row is not None and (row[0] != catalog_hash or row[1] > 0)


def _changes(read: Reading, subjects: dict[str, int], correction: Correction) -> LinkChanges:
    with read() as connection:
        title, summary = _checked_text(connection, correction)
        stored = alive_mentions(connection, [correction.article])[correction.article]
    wanted = corrected(stored, [correction], title, summary)
    return link_changes(read, subjects, differences(read, {correction.article: wanted}))


def _end(writing: Writing, article: int, subject: str) -> None:
    o = models.Override
    same = (o.article_id == article, o.subject == subject, o.removed_rev.is_(None))
    writing.connection.execute(update(o).where(*same).values(removed_rev=writing.number))


def _written(writing: Writing, changes: LinkChanges, article: int, subject: str, **did: str) -> Effect:
    write_links(writing, changes)
    effect = changes.effect(writing.number)
    writing.did.update(article=article, subject=subject, gained=effect.gained, lost=effect.lost, **did)
    return effect


def _checked_text(connection: Connection, correction: Correction) -> tuple[str, str]:
    if not correction.author.strip() or not correction.reason.strip():
        raise UsageError("A correction needs an author and a reason.")
    texts = texts_as_of(connection, [correction.article], None)
    if correction.article not in texts:
        raise UsageError(f"There is no article {correction.article} in this store.")
    text = texts[correction.article][0 if correction.field == "title" else 1]
    if correction.verdict == "missing" and not 0 <= correction.start < correction.end <= len(text):
        raise UsageError("A missing link needs the words in the text that show it.")
    return texts[correction.article]


def _mentions_as_of(connection: Connection, article: int, subject: str, rev: int) -> list[Mention]:
    rows = mention_rows(connection, [article], rev, subject=subject)
    return [Mention(key, cast(Field, field), *rest) for _, key, field, *rest in rows]
