"""
Writing articles into the store: with their stories, mentions and counts, and later texts of stored ones.

    known_articles (dedupe.py) | save_articles        one revision, one transaction, twice is once
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from data.read.attention import texts_as_of
from data.records import Article, Edit, Linked, Mention, Stored
from data.schema import models
from data.schema.bulk import in_parts, insert_rows, next_id
from data.schema.models import ALL, PublisherName, seconds_of
from data.schema.store import Store
from data.text.search_terms import spaced
from data.write.corrections import corrected, corrections_of
from data.write.counts import Member, Tally, alive_subjects, available_at, open_new_stories
from data.write.dedupe import stored_ids
from data.write.links import add_mentions, differences, link_changes, write_links
from data.write.revisions import Writing, new_revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The result of a write. Revision 0: nothing to write. Ids are in the input's order, 0 for known articles."""

    revision: int
    articles: int
    known: int
    edited: int
    stories: int
    mentions: int
    article_ids: list[int]
    story_ids: dict[int, int]  # the negative number given → the story's id


def save_articles(
    store: Store,
    linked: Sequence[Linked],
    *,
    source: str,
    kind: str,
    catalog_hash: str,
    now: datetime,
    edits: Sequence[Edit] = (),
    model_hash: str = "",
) -> Saved:
    """Append articles with their mentions and stories, and later texts of stored ones, as one revision."""
    with new_revision(store, kind, now=now, catalog_hash=catalog_hash, model_hash=model_hash) as writing:
        is_new = _first_of_each(linked, stored_ids(writing.connection, [item.article for item in linked], source))
        new = [item for item, fresh in zip(linked, is_new, strict=True) if fresh]
        writing.add_names(
            {mention.subject for item in new for mention in item.mentions}, {item.article.publisher for item in new}
        )
        tally = Tally(writing.subjects[ALL])
        story_ids = _add_stories(writing, new)
        ids = _add_articles(writing, tally, new, story_ids, source)
        replace_texts(writing, edits)
        # A story that grew may also have an article with a later text: all are counted once, together.
        changes = link_changes(
            writing.reading,
            writing.subjects,
            differences(writing.reading, _edited_mentions(writing, edits)),
            tally=tally,
            stories={item.story for item in new if item.story > 0},
        )
        write_links(writing, changes)
        mentions = sum(len(item.mentions) for item in new)
        if new or edits:
            counted = {
                "source": source,
                "articles": len(new),
                "edited": len(edits),
                "stories": len(story_ids),
                "mentions": mentions,
            }
            writing.did.update(counted, **tally.summary({ident: key for key, ident in writing.subjects.items()}))
    given = iter(ids)
    return Saved(
        revision=writing.number if writing.did else 0,
        articles=len(new),
        known=len(linked) - len(new),
        edited=len(edits),
        stories=len(story_ids),
        mentions=mentions,
        article_ids=[next(given) if fresh else 0 for fresh in is_new],
        story_ids=story_ids,
    )


def _first_of_each(linked: Sequence[Linked], stored: Sequence[int]) -> list[bool]:
    """Which articles to write: not stored yet, and the first of the batch at their URL."""
    seen: set[str] = set()
    is_new = []
    for item, ident in zip(linked, stored, strict=True):
        key = item.article.url or item.article.guid
        is_new.append(not ident and key not in seen)
        seen.add(key)
    return is_new


def _edited_mentions(writing: Writing, edits: Sequence[Edit]) -> dict[int, tuple[Mention, ...]]:
    """The mentions that later texts have, as people corrected them."""
    corrections = corrections_of(writing.reading, [edit.article for edit in edits])
    return {
        edit.article: corrected(edit.mentions, corrections.get(edit.article, ()), edit.title, edit.summary)
        for edit in edits
    }


def _add_stories(writing: Writing, linked: Iterable[Linked]) -> dict[int, int]:
    begun = list(dict.fromkeys(item.story for item in linked if item.story < 0))
    first = next_id(writing.connection, models.Story.id)
    story_ids = {number: first + i for i, number in enumerate(begun)}
    insert_rows(
        writing.connection,
        models.Story.__table__,
        ["id", "added_rev"],
        [(ident, writing.number) for ident in story_ids.values()],
    )
    return story_ids


def _add_articles(
    writing: Writing, tally: Tally, linked: Sequence[Linked], story_ids: dict[int, int], source: str
) -> list[int]:
    first = next_id(writing.connection, models.Article.id)
    articles: list[tuple[Any, ...]] = []
    begun: dict[int, list[Member]] = defaultdict(list)
    members: list[tuple[Any, ...]] = []
    mentions: list[tuple[int, int, Mention]] = []
    for ident, item in enumerate(linked, first):
        row, member = _article_row(writing, item, ident, source)
        articles.append(row)
        mentions += [(ident, member.day, mention) for mention in item.mentions]
        tally.count_article((tally.all_id, *member.subjects), member.day, member.publisher, member.lang)
        if item.story < 0:
            begun[story_ids[item.story]].append(member)
        members.append((ident, writing.number, story_ids.get(item.story, item.story), None))
    insert_rows(writing.connection, models.Article.__table__, ARTICLE_COLUMNS, articles)
    insert_rows(
        writing.connection, models.Membership.__table__, ["article_id", "added_rev", "story_id", "removed_rev"], members
    )
    add_mentions(writing, mentions)
    _index_words(writing.connection, range(first, first + len(linked)), [item.article for item in linked])
    open_new_stories(tally, begun)
    return list(range(first, first + len(articles)))


ARTICLE_COLUMNS = [
    "id", "url", "source", "guid", "title", "summary", "publisher_id", "lang", "published_at", "date_quality",
    "first_seen_at", "at", "day", "added_rev",
]  # fmt: skip


def _article_row(writing: Writing, item: Linked, ident: int, source: str) -> tuple[tuple[Any, ...], Member]:
    article = item.article
    published = None if article.published_at is None else seconds_of(article.published_at)
    seen = seconds_of(item.first_seen_at)
    at = seen if published is None else published
    day = at // 86_400
    publisher = writing.publishers[article.publisher]
    guid = None if article.guid == article.url else article.guid
    row = (
        ident, article.url or None, source, guid, article.title, article.summary, publisher, article.lang, published,
        article.date_quality, seen, at, day, writing.number,
    )  # fmt: skip
    subjects: dict[int, int] = {}
    for mention in item.mentions:
        subject = writing.subjects[mention.subject]
        subjects[subject] = max(mention.relevance, subjects.get(subject, 0))
    return row, Member(
        ident, at, day, available_at(published, seen, article.date_quality), publisher, article.lang, subjects
    )


def _index_words(connection: Connection, idents: Iterable[int], texts: Sequence[Article | Edit]) -> None:
    rows = list(zip(idents, spaced([f"{each.title} {each.summary}" for each in texts]), strict=True))
    if not rows:
        return
    postgres = connection.dialect.name == "postgresql"
    values = "(%s, to_tsvector('simple', %s))" if postgres else "(?, ?)"
    connection.exec_driver_sql(f"INSERT INTO article_words (rowid, words) VALUES {values}", rows)


def replace_texts(writing: Writing, edits: Sequence[Edit]) -> None:
    """Append later texts of stored articles."""
    first = next_id(writing.connection, models.ArticleEdit.id)
    rows: list[tuple[Any, ...]] = [
        (first + i, edit.article, edit.title, edit.summary, seconds_of(edit.seen_at), writing.number)
        for i, edit in enumerate(edits)
    ]
    insert_rows(
        writing.connection,
        models.ArticleEdit.__table__,
        ["id", "article_id", "title", "summary", "seen_at", "added_rev"],
        rows,
    )
    _index_words(writing.connection, range(-first, -first - len(edits), -1), edits)


def recent_articles(store: Store, start: datetime, end: datetime) -> Iterator[Stored]:
    """The stored articles of `start <= at < end` as story grouping sees them, oldest first."""
    a, m = models.Article, models.Membership
    query = (
        select(a.id, m.story_id, PublisherName.name, a.lang, a.at, a.url)
        .join(m, (m.article_id == a.id) & m.removed_rev.is_(None))
        .join(PublisherName, PublisherName.id == a.publisher_id)
        .where(a.at >= start, a.at < end)
        .order_by(a.at, a.id)
    )
    with store.reading() as connection:
        keys = {ident: key for key, ident in store.ids(connection).subjects.items()}
        for part in in_parts(connection.execute(query).all()):
            idents = [row.id for row in part]
            subjects = alive_subjects(connection, idents)
            texts = texts_as_of(connection, idents, None)
            for ident, story, publisher, lang, at, url in part:
                title, summary = texts[ident]
                named = tuple(sorted(keys[subject] for subject in subjects.get(ident, ())))
                yield Stored(
                    id=ident,
                    story=story,
                    title=title,
                    summary=summary,
                    publisher=publisher,
                    lang=lang,
                    url=url or "",
                    at=at,
                    subjects=named,
                )
