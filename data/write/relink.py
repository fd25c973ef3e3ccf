"""Linking again what is stored: the texts to link, and the links that replace the old ones, as one revision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import func, select

from data.read.attention import texts_as_of
from data.read.receipts import mentions_of
from data.records import Article, DateQuality, Mention
from data.schema import models
from data.schema.bulk import AT_ONCE
from data.schema.store import Store
from data.write.corrections import Effect, effect_of, overrides_of, with_overrides
from data.write.counts import write_counts
from data.write.mentions import begin_tally, replace_mentions
from data.write.revisions import new_revision


def stored_articles(store: Store) -> Iterator[list[tuple[int, Article]]]:
    """Every stored article with its id and newest text, in parts, oldest id first."""
    after = 0
    while part := _part(store, after):
        yield part
        after = part[-1][0]


def count_articles(store: Store) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(models.Article)) or 0


def changed_links(
    store: Store, linked: Mapping[int, tuple[Article, tuple[Mention, ...]]]
) -> dict[int, tuple[Mention, ...]]:
    """Of newly linked articles those whose stored mentions differ, with the mentions that they should have."""
    people = overrides_of(store, linked.keys())
    wanted = {
        ident: with_overrides(found, people.get(ident, ()), article.title, article.summary)
        for ident, (article, found) in linked.items()
    }
    stored: dict[int, set[Mention]] = {ident: set() for ident in wanted}
    for row in mentions_of(store, wanted.keys()).to_dict("records"):
        ident = int(row.pop("article"))
        stored[ident].add(Mention(**{str(name): value for name, value in row.items()}))
    return {ident: found for ident, found in wanted.items() if set(found) != stored[ident]}


def save_relink(
    store: Store, wanted: Mapping[int, Sequence[Mention]], *, now: datetime, catalog_hash: str, keep: bool = True
) -> Effect:
    """Give the articles these mentions and no others; with `keep=False` only say what that would do."""
    with new_revision(store, "relink", now=now, catalog_hash=catalog_hash, keep=keep) as writing:
        tally = begin_tally(store, writing, {mention.subject for found in wanted.values() for mention in found})
        changed = replace_mentions(store, writing, tally, wanted)
        write_counts(writing.connection, tally, writing.number)
        effect = effect_of(store, tally, revision=writing.number if keep and changed else 0, articles=changed)
        if changed:
            writing.did.update(articles=changed, gained=effect.gained, lost=effect.lost)
    return effect


def _part(store: Store, after: int) -> list[tuple[int, Article]]:
    a = models.Article
    query = (
        select(a.id, a.url, a.guid, a.published_at, a.date_quality, models.PublisherName.name, a.lang)
        .join(models.PublisherName, models.PublisherName.id == a.publisher_id)
        .where(a.id > after)
        .order_by(a.id)
        .limit(AT_ONCE)
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
        texts = texts_as_of(connection, [row.id for row in rows], None)
    return [
        (
            row.id,
            Article(
                guid=row.guid or row.url or "",
                url=row.url or "",
                title=texts[row.id][0],
                summary=texts[row.id][1],
                published_at=row.published_at,
                date_quality=cast(DateQuality, row.date_quality),
                publisher=row.name,
                lang=row.lang,
            ),
        )
        for row in rows
    ]
