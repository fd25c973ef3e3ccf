"""People's word on links: a wrong one is taken away, a missing one added, now and on every relink, until it is undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pandas as pd
from sqlalchemy import func, insert, select, update

from data.errors import UsageError
from data.read.attention import texts_as_of
from data.read.receipts import mentions_of
from data.records import Field, Mention
from data.schema import models
from data.schema.bulk import in_parts, next_id
from data.schema.frames import days_frame, frame_of
from data.schema.store import Store
from data.write.counts import Tally, summary_of, write_counts
from data.write.mentions import begin_tally, replace_mentions
from data.write.revisions import Writing, new_revision

RULE = "override"
"""The rule that a mention added by a person names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    article: int
    subject: str
    verdict: Literal["wrong", "missing"]
    author: str
    reason: str
    field: Field = "title"  # the characters that show a missing link
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change of links did, or would do: the stories that each subject gained and lost. Revision 0: nothing was kept."""

    revision: int
    articles: int
    gained: dict[str, int]
    lost: dict[str, int]
    moves: pd.DataFrame  # subject, story, article, day, change (+1 | −1): each story that a subject gained or lost


def effect_of(store: Store, tally: Tally, *, revision: int, articles: int) -> Effect:
    """What a tally did, with subjects by their keys."""
    names = {ident: key for key, ident in store.subject_ids.items()}
    summary = summary_of(tally, names)
    moves = days_frame(
        [(names[subject], *rest) for subject, *rest in tally.moves], ["subject", "story", "article", "day", "change"]
    )
    return Effect(revision=revision, articles=articles, gained=summary["gained"], lost=summary["lost"], moves=moves)


def with_overrides(
    mentions: Iterable[Mention], overrides: Iterable[Override], title: str, summary: str
) -> tuple[Mention, ...]:
    """The linker's mentions as people corrected them."""
    wanted = list(overrides)
    wrong = {override.subject for override in wanted if override.verdict == "wrong"}
    kept = [mention for mention in mentions if mention.subject not in wrong]
    have = {mention.subject for mention in kept}
    for override in wanted:
        text = title if override.field == "title" else summary
        if override.verdict == "missing" and override.subject not in have and override.end <= len(text):
            kept.append(_said(override, text))
    return tuple(kept)


def _said(override: Override, text: str) -> Mention:
    return Mention(
        subject=override.subject,
        field=override.field,
        start=override.start,
        end=override.end,
        matched=text[override.start : override.end],
        rule=RULE,
        score=1.0,
        relevance=100 if override.field == "title" else 60,
        why=f"{override.author}: {override.reason}",
    )


def overrides_of(store: Store, articles: Collection[int] | None = None) -> dict[int, list[Override]]:
    """The overrides in force, by article; of every article when none are named."""
    o = models.Override
    query = (
        select(o.article_id, o.subject, o.verdict, o.author, o.reason, o.field, o.start, o.end)
        .where(o.removed_rev.is_(None))
        .order_by(o.id)
    )
    parts = (
        [query] if articles is None else [query.where(o.article_id.in_(part)) for part in in_parts(sorted(articles))]
    )
    found: dict[int, list[Override]] = defaultdict(list)
    with store.reading() as connection:
        for part in parts:
            for article, subject, verdict, author, reason, field, start, end in connection.execute(part):
                override = Override(
                    article=article,
                    subject=subject,
                    verdict="wrong" if verdict == "wrong" else "missing",
                    author=author,
                    reason=reason,
                    field="title" if field == "title" else "summary",
                    start=start,
                    end=end,
                )
                found[article].append(override)
    return dict(found)


def all_overrides(store: Store) -> pd.DataFrame:
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


def save_override(store: Store, override: Override, *, now: datetime, catalog_hash: str, keep: bool = True) -> Effect:
    """
    Correct a link, at once and for every later relink; with `keep=False` only say what that would do.

    UsageError: no author or reason, an unknown article, or a missing link whose characters are not in the text.
    """
    title, summary = _checked_text(store, override)
    mentions = with_overrides(_mentions_as_of(store, override.article, None), [override], title, summary)
    with new_revision(store, "override", now=now, catalog_hash=catalog_hash, keep=keep) as writing:
        _end(writing, override.article, override.subject)
        row = {
            "id": next_id(writing.connection, models.Override.id), "article_id": override.article, "subject": override.subject,
            "verdict": override.verdict, "field": override.field, "start": override.start, "end": override.end,
            "author": override.author, "reason": override.reason, "at": now, "added_rev": writing.number, "removed_rev": None,
        }  # fmt: skip
        writing.connection.execute(insert(models.Override), [row])
        effect = _apply(store, writing, override.article, override.subject, mentions, keep=keep)
        writing.did.update(verdict=override.verdict, by=override.author)
    return effect


def undo_override(store: Store, article: int, subject: str, *, now: datetime, catalog_hash: str) -> Effect:
    """Take a correction back: the links are again what they were before it. UsageError when there is none."""
    o = models.Override
    with store.reading() as connection:
        query = select(func.max(o.added_rev)).where(
            o.article_id == article, o.subject == subject, o.removed_rev.is_(None)
        )
        made = connection.scalar(query)
    if made is None:
        raise UsageError(f"There is no correction of {subject} on article {article} to undo.")
    others = [mention for mention in _mentions_as_of(store, article, None) if mention.subject != subject]
    before = [mention for mention in _mentions_as_of(store, article, made - 1) if mention.subject == subject]
    with new_revision(store, "override", now=now, catalog_hash=catalog_hash) as writing:
        _end(writing, article, subject)
        effect = _apply(store, writing, article, subject, [*others, *before], keep=True)
        writing.did.update(verdict="undone")
    return effect


def _end(writing: Writing, article: int, subject: str) -> None:
    o = models.Override
    same = (o.article_id == article, o.subject == subject, o.removed_rev.is_(None))
    writing.connection.execute(update(o).where(*same).values(removed_rev=writing.number))


def _apply(
    store: Store, writing: Writing, article: int, subject: str, mentions: Sequence[Mention], *, keep: bool
) -> Effect:
    tally = begin_tally(store, writing, [subject])
    changed = replace_mentions(store, writing, tally, {article: mentions})
    write_counts(writing.connection, tally, writing.number)
    effect = effect_of(store, tally, revision=writing.number if keep else 0, articles=changed)
    writing.did.update(article=article, subject=subject, gained=effect.gained, lost=effect.lost)
    return effect


def _checked_text(store: Store, override: Override) -> tuple[str, str]:
    if not override.author.strip() or not override.reason.strip():
        raise UsageError("A correction needs an author and a reason.")
    with store.reading() as connection:
        texts = texts_as_of(connection, [override.article], None)
    if override.article not in texts:
        raise UsageError(f"There is no article {override.article} in this store.")
    text = texts[override.article][0 if override.field == "title" else 1]
    if override.verdict == "missing" and not 0 <= override.start < override.end <= len(text):
        raise UsageError("A missing link needs the words in the text that show it.")
    return texts[override.article]


def _mentions_as_of(store: Store, article: int, rev: int | None) -> list[Mention]:
    rows = mentions_of(store, [article], rev).drop(columns="article").to_dict("records")
    return [Mention(**{str(key): value for key, value in row.items()}) for row in rows]
