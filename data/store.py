"""
Writing articles into the store: what is known already, what is new, what was edited.

    known_articles | save_articles        one revision, one transaction, twice is once
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from data import models
from data.counting import (
    Member,
    Tally,
    alive_subjects,
    available_at,
    open_new_stories,
    recount_stories,
    summary_of,
    write_counts,
)
from data.db import Store
from data.models import ALL, PublisherName, Subject, day_number, seconds_of
from data.queries import texts_as_of
from data.records import Article, Edit, Linked, Mention, Stored
from data.revisions import Writing, new_revision
from data.rows import ids_of, in_parts, insert_rows, next_id
from data.words import spaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """What of a batch the store does not have yet. `edited` pairs a stored article's id with its new text."""

    new: list[Article]
    edited: list[tuple[int, Article]]
    known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a write did. `revision` is 0 when there was nothing to write; ids are in the order of the input, 0 where it was known."""

    revision: int
    articles: int
    known: int
    edited: int
    stories: int
    mentions: int
    article_ids: list[int]
    story_ids: dict[int, int]  # the negative number given → the story's id


def known_articles(store: Store, articles: Sequence[Article], *, source: str) -> Fresh:
    """
    Tell new articles from stored ones, by URL, or by the source and its guid where there is no such URL.

    Another text from the article's own source is an edit, unless it was the article's text before: so a second run of
    the same input finds nothing new.
    """
    with store.reading() as connection:
        stored = _stored_ids(connection, articles, source)
        texts = _known_texts(connection, {ident for ident in stored if ident}, source)
    new: list[Article] = []
    edited: list[tuple[int, Article]] = []
    seen: set[str] = set()
    for article, ident in zip(articles, stored, strict=True):
        key = article.url or article.guid
        if key in seen:
            continue
        seen.add(key)
        if not ident:
            new.append(article)
        elif ident in texts and (article.title, article.summary) not in texts[ident]:
            edited.append((ident, article))
    return Fresh(new=new, edited=edited, known=len(articles) - len(new) - len(edited))


def _stored_ids(connection: Connection, articles: Sequence[Article], source: str) -> list[int]:
    """For each article the id under which it is stored; 0 when it is new."""
    by_url: dict[str, int] = {}
    for urls in in_parts([article.url for article in articles if article.url]):
        found = connection.execute(select(models.Article.url, models.Article.id).where(models.Article.url.in_(urls)))
        by_url.update((url, ident) for url, ident in found if url is not None)
    unsure = [a.guid for a in articles if a.guid and a.guid != a.url and a.url not in by_url]
    by_guid: dict[str, tuple[int, str]] = {}
    for guids in in_parts(unsure):
        query = select(models.Article.guid, models.Article.id, models.Article.title)
        for guid, ident, title in connection.execute(query.where(models.Article.source == source, models.Article.guid.in_(guids))):
            by_guid[str(guid)] = ident, title
    return [by_url.get(a.url) or _same_guid(a, by_guid) for a in articles]


def _same_guid(article: Article, by_guid: dict[str, tuple[int, str]]) -> int:
    # A guid alone does not make a copy: some feeds use one again for another story. The same title settles it, or no URL to differ in.
    ident, title = by_guid.get(article.guid, (0, ""))
    return ident if ident and (not article.url or title == article.title) else 0


def _known_texts(connection: Connection, idents: set[int], source: str) -> dict[int, set[tuple[str, str]]]:
    """Every text that the source's articles ever had."""
    texts: dict[int, set[tuple[str, str]]] = {}
    for part in in_parts(sorted(idents)):
        a, e = models.Article, models.ArticleEdit
        for ident, title, summary in connection.execute(select(a.id, a.title, a.summary).where(a.id.in_(part), a.source == source)):
            texts[ident] = {(title, summary)}
        for ident, title, summary in connection.execute(select(e.article_id, e.title, e.summary).where(e.article_id.in_(part))):
            if ident in texts:
                texts[ident].add((title, summary))
    return texts


def save_articles(
    store: Store,
    linked: Sequence[Linked],
    *,
    source: str,
    kind: str,
    catalog_hash: str,
    now: datetime,
    edits: Sequence[Edit] = (),
) -> Saved:
    """Append articles with their mentions and stories, and later texts of stored ones, as one revision."""
    with new_revision(store, kind, now=now, catalog_hash=catalog_hash) as writing:
        is_new = _first_of_each(linked, _stored_ids(writing.connection, [item.article for item in linked], source))
        new = [item for item, fresh in zip(linked, is_new, strict=True) if fresh]
        tally = begin_tally(store, writing, _subjects(new, edits), {item.article.publisher for item in new})
        story_ids = _add_stories(writing, new)
        ids = _add_articles(store, writing, tally, new, story_ids, source)
        replace_texts(writing, edits)
        replace_mentions(store, writing, tally, {edit.article: edit.mentions for edit in edits})
        write_counts(writing.connection, tally, writing.number)
        mentions = sum(len(item.mentions) for item in new)
        if new or edits:
            counted = {
                "source": source,
                "articles": len(new),
                "edited": len(edits),
                "stories": len(story_ids),
                "mentions": mentions,
            }
            writing.did.update(counted, **summary_of(tally, {ident: key for key, ident in store.subject_ids.items()}))
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
    fresh = []
    for item, ident in zip(linked, stored, strict=True):
        key = item.article.url or item.article.guid
        fresh.append(not ident and key not in seen)
        seen.add(key)
    return fresh


def _subjects(linked: Iterable[Linked], edits: Iterable[Edit]) -> set[str]:
    found = {mention.subject for item in linked for mention in item.mentions}
    return found | {mention.subject for edit in edits for mention in edit.mentions}


def begin_tally(store: Store, writing: Writing, subjects: Iterable[str], publishers: Iterable[str] = ()) -> Tally:
    """An empty tally; subjects and publishers that the store has not met are added to its names."""
    connection = writing.connection
    store.subject_ids = ids_of(connection, Subject, Subject.key, {ALL, *subjects}, store.subject_ids)
    store.publisher_ids = ids_of(connection, PublisherName, PublisherName.name, set(publishers), store.publisher_ids)
    return Tally(store.subject_ids[ALL])


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
    store: Store, writing: Writing, tally: Tally, linked: Sequence[Linked], story_ids: dict[int, int], source: str
) -> list[int]:
    first = next_id(writing.connection, models.Article.id)
    articles: list[tuple[Any, ...]] = []
    begun: dict[int, list[Member]] = defaultdict(list)
    grown: set[int] = set()
    members: list[tuple[Any, ...]] = []
    mentions: list[tuple[int, int, Mention]] = []
    for ident, item in enumerate(linked, first):
        row, member = _article_row(store, item, ident, source, writing.number)
        articles.append(row)
        mentions += [(ident, member.day, mention) for mention in item.mentions]
        tally.count_article((tally.all_id, *member.subjects), member.day, member.publisher, member.lang)
        if item.story < 0:
            begun[story_ids[item.story]].append(member)
        else:
            grown.add(item.story)
        members.append((ident, writing.number, story_ids.get(item.story, item.story), None))
    insert_rows(writing.connection, models.Article.__table__, ARTICLE_COLUMNS, articles)
    insert_rows(writing.connection, models.Membership.__table__, ["article_id", "added_rev", "story_id", "removed_rev"], members)
    _add_mentions(store, writing, mentions)
    _index_words(writing.connection, [(ident, f"{i.article.title} {i.article.summary}") for ident, i in enumerate(linked, first)])
    open_new_stories(tally, begun)
    recount_stories(writing.connection, tally, grown)
    return list(range(first, first + len(articles)))


ARTICLE_COLUMNS = [
    "id", "url", "source", "guid", "title", "summary", "publisher_id", "lang", "published_at", "date_quality", "first_seen_at", "at",
    "day", "added_rev",
]  # fmt: skip


def _article_row(store: Store, item: Linked, ident: int, source: str, revision: int) -> tuple[tuple[Any, ...], Member]:
    article = item.article
    published = None if article.published_at is None else seconds_of(article.published_at)
    seen = seconds_of(item.first_seen_at)
    at = seen if published is None else published
    day = at // 86_400
    publisher = store.publisher_ids[article.publisher]
    guid = None if article.guid == article.url else article.guid
    row = (
        ident, article.url or None, source, guid, article.title, article.summary, publisher, article.lang, published,
        article.date_quality, seen, at, day, revision,
    )  # fmt: skip
    subjects: dict[int, int] = {}
    for mention in item.mentions:
        subject = store.subject_ids[mention.subject]
        subjects[subject] = max(mention.relevance, subjects.get(subject, 0))
    return row, Member(ident, at, day, available_at(published, seen, article.date_quality), publisher, article.lang, subjects)


MENTION_COLUMNS = [
    "id", "article_id", "subject_id", "day", "field", "start", "end", "matched", "rule", "score", "relevance", "why", "rejected",
    "added_rev", "removed_rev",
]  # fmt: skip


def _add_mentions(store: Store, writing: Writing, mentions: Iterable[tuple[int, int, Mention]]) -> None:
    first = next_id(writing.connection, models.Mention.id)
    rows: list[tuple[Any, ...]] = [
        (
            first + i, article, store.subject_ids[m.subject], day, m.field, m.start, m.end, m.matched, m.rule, m.score, m.relevance,
            m.why, m.rejected, writing.number, None,
        )
        for i, (article, day, m) in enumerate(mentions)
    ]  # fmt: skip
    insert_rows(writing.connection, models.Mention.__table__, MENTION_COLUMNS, rows)


def _index_words(connection: Connection, texts: Iterable[tuple[int, str]]) -> None:
    rows = [(ident, spaced(text)) for ident, text in texts]
    if not rows:
        return
    postgres = connection.dialect.name == "postgresql"
    values = "(%s, to_tsvector('simple', %s))" if postgres else "(?, ?)"
    connection.exec_driver_sql(f"INSERT INTO article_words (rowid, words) VALUES {values}", rows)


def replace_texts(writing: Writing, edits: Sequence[Edit]) -> None:
    """Append later texts of stored articles."""
    first = next_id(writing.connection, models.ArticleEdit.id)
    rows: list[tuple[Any, ...]] = [
        (first + i, edit.article, edit.title, edit.summary, seconds_of(edit.seen_at), writing.number) for i, edit in enumerate(edits)
    ]
    insert_rows(
        writing.connection,
        models.ArticleEdit.__table__,
        ["id", "article_id", "title", "summary", "seen_at", "added_rev"],
        rows,
    )
    _index_words(writing.connection, [(-first - i, f"{edit.title} {edit.summary}") for i, edit in enumerate(edits)])


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
        stories |= set(writing.connection.scalars(select(m.story_id).where(m.article_id.in_(part), m.removed_rev.is_(None))))
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
        closing = update(models.Mention).where(models.Mention.id == bindparam("ident")).values(removed_rev=writing.number)
        connection.execute(closing.execution_options(synchronize_session=None), [{"ident": ident} for ident in close])
    _add_mentions(store, writing, add)
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
        store.load_ids(connection)
        keys = {ident: key for key, ident in store.subject_ids.items()}
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


WINDOW = timedelta(hours=72)
"""How far apart the articles of one story may be."""
