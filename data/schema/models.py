"""
The store's tables. Append-only by revision: nothing is updated in place but operational state.

    article ─ membership ─ story ─ story_mention ─┬─ attention       (ledger, by revision)
       └───── mention ────────────────────────────┴─ attention_now   (today's sums)

A row is alive as of revision R when `added_rev <= R` and `removed_rev` is null or greater than R.
The subject `all` stands for every story: its attention is the denominator of every share, counted by the same code.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import BigInteger, Dialect, Float, ForeignKey, Index, Integer, SmallInteger, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

SCHEMA = "0004"
"""The newest migration, so that opening an up-to-date store needs no Alembic."""

ALL = "all"
"""The key of the subject that every story is about."""

EPOCH = date(1970, 1, 1)


def seconds_of(moment: datetime) -> int:
    """Seconds since 1970 in UTC; refuses a naive time, so that none enters the store."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return int(moment.timestamp())


def moment_of(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def first_second(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def last_second(day: date) -> datetime:
    return first_second(day).replace(hour=23, minute=59, second=59)


def day_number(day: date) -> int:
    return (day - EPOCH).days


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as whole seconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else seconds_of(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else moment_of(value)


class Day(TypeDecorator[date]):
    """A day in UTC, or a session, kept as days since 1970."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> int | None:
        return None if value is None else day_number(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> date | None:
        return None if value is None else EPOCH + timedelta(days=value)


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own way to set it)
        str: Text(),
        datetime: Moment(),
        date: Day(),
        float: Float(),
    }


class Meta(Base):
    """What this store is: `kind` is live or sample."""

    __tablename__ = "meta"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Revision(Base):
    """One append to the store."""

    __tablename__ = "revision"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]  # sample | update | file | prices | relink | override | catalog
    summary: Mapped[str]  # what it did, as JSON
    app_version: Mapped[str]
    catalog_hash: Mapped[str]
    model_hash: Mapped[str] = mapped_column(server_default="")  # "" where nothing was linked, or it is not known


class CatalogFacts(Base):
    """A catalog's companies, listings, themes, relations and publishers' families, as JSON under its SHA-256."""

    __tablename__ = "catalog_facts"
    hash: Mapped[str] = mapped_column(primary_key=True)
    facts: Mapped[str]


class KnownCatalog(Base):
    """A catalog that revisions name, and its facts: those of many editions are the same."""

    __tablename__ = "catalog"
    hash: Mapped[str] = mapped_column(primary_key=True)
    facts_hash: Mapped[str] = mapped_column(ForeignKey("catalog_facts.hash"))


class Subject(Base):
    __tablename__ = "subject"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(unique=True)


class PublisherName(Base):
    __tablename__ = "publisher"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(unique=True)


class Article(Base):
    """One URL as first seen. `at` is when it was published, or first seen if that is unknown; `day` its day in UTC."""

    __tablename__ = "article"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    url: Mapped[str | None] = mapped_column(unique=True)  # null when the source gives none
    source: Mapped[str]
    guid: Mapped[str | None]  # null when it is the URL
    title: Mapped[str]
    summary: Mapped[str]
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publisher.id"))
    lang: Mapped[str]
    published_at: Mapped[datetime | None]
    date_quality: Mapped[str]
    first_seen_at: Mapped[datetime]
    at: Mapped[datetime]
    day: Mapped[date]
    added_rev: Mapped[int]
    __table_args__ = (Index("article_guid", "source", "guid"), Index("article_at", "at"))


class ArticleEdit(Base):
    """A later text of an article. The newest one up to a revision is the article's text as of it."""

    __tablename__ = "article_edit"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    title: Mapped[str]
    summary: Mapped[str]
    seen_at: Mapped[datetime]
    added_rev: Mapped[int]
    __table_args__ = (Index("article_edit_article", "article_id", "added_rev"),)


class Story(Base):
    __tablename__ = "story"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    added_rev: Mapped[int]


class Membership(Base):
    """An article belongs to one story at a time."""

    __tablename__ = "membership"
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    added_rev: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[int] = mapped_column(ForeignKey("story.id"))
    removed_rev: Mapped[int | None]
    __table_args__ = (Index("membership_story", "story_id"), {"sqlite_with_rowid": False})


class Mention(Base):
    """One reason to say that an article is about a subject; `day` is the article's."""

    __tablename__ = "mention"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    day: Mapped[date]
    field: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    matched: Mapped[str]
    rule: Mapped[str]
    score: Mapped[float]
    relevance: Mapped[int] = mapped_column(SmallInteger)
    why: Mapped[str]
    rejected: Mapped[str]
    added_rev: Mapped[int]
    removed_rev: Mapped[int | None]
    __table_args__ = (
        Index("mention_article", "article_id"),
        Index("mention_subject", "subject_id", "day", "article_id"),
    )


class StoryMention(Base):
    """
    The first time that a story mentioned a subject: the unit that is counted, and the receipt.

    Day, publisher and language are those of the story's first article that mentions the subject. `available_at` is when
    a reader could have known it; null when the time within the day is not known.
    """

    __tablename__ = "story_mention"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    story_id: Mapped[int] = mapped_column(ForeignKey("story.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    day: Mapped[date]
    available_at: Mapped[datetime | None]
    publisher_id: Mapped[int]
    lang: Mapped[str]
    relevance: Mapped[int] = mapped_column(SmallInteger)
    added_rev: Mapped[int]
    removed_rev: Mapped[int | None]
    __table_args__ = (
        Index("story_mention_story", "story_id", "subject_id"),
        Index("story_mention_subject", "subject_id", "day", "story_id"),
    )


class Attention(Base):
    """The ledger: what a revision added to or took from a subject's counts."""

    __tablename__ = "attention"
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(primary_key=True)
    lang: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    stories: Mapped[int]
    articles: Mapped[int]
    __table_args__ = ({"sqlite_with_rowid": False},)


class AttentionNow(Base):
    """The ledger's sum, for pages without filters: its length does not grow with the number of revisions."""

    __tablename__ = "attention_now"
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    stories: Mapped[int]
    articles: Mapped[int]
    __table_args__ = (Index("attention_now_day", "day", "subject_id"), {"sqlite_with_rowid": False})


class Bar(Base):
    """A session's prices as a provider gave them at a revision; the newest one up to a revision is valid as of it."""

    __tablename__ = "bar"
    ticker: Mapped[str] = mapped_column(primary_key=True)
    session: Mapped[date] = mapped_column(primary_key=True)
    added_rev: Mapped[int] = mapped_column(primary_key=True)
    open: Mapped[float | None]
    high: Mapped[float | None]
    low: Mapped[float | None]
    close: Mapped[float]
    volume: Mapped[float | None]
    currency: Mapped[str]
    basis: Mapped[str]  # traded | adjusted
    provider: Mapped[str]
    __table_args__ = ({"sqlite_with_rowid": False},)


class Action(Base):
    """A split or a dividend, with the revisions between which the provider reported it."""

    __tablename__ = "action"
    ticker: Mapped[str] = mapped_column(primary_key=True)
    session: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    added_rev: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[float]
    removed_rev: Mapped[int | None]


class SourceState(Base):
    """What is remembered of a source between fetches. Operational: updated in place."""

    __tablename__ = "source_state"
    source: Mapped[str] = mapped_column(primary_key=True)
    etag: Mapped[str] = mapped_column(default="")
    last_modified: Mapped[str] = mapped_column(default="")
    body_hash: Mapped[str] = mapped_column(default="")
    last_full_at: Mapped[datetime | None]
    last_ok_at: Mapped[datetime | None]
    next_due_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    moved_to: Mapped[str] = mapped_column(default="")
    paused: Mapped[bool] = mapped_column(default=False)
    url: Mapped[str] = mapped_column(default="", server_default="")


class Fetch(Base):
    """One attempt at a source: what came, or why nothing did."""

    __tablename__ = "fetch"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    at: Mapped[datetime]
    outcome: Mapped[str]  # ok | unchanged | failed
    sentence: Mapped[str]
    articles: Mapped[int]
    seconds: Mapped[float]
    __table_args__ = (Index("fetch_source", "source", "at"),)


class Run(Base):
    """One ingest run; `ended_at` is null while it is under way, or when it was killed."""

    __tablename__ = "run"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    host: Mapped[str]
    pid: Mapped[int]
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    status: Mapped[str]  # running | done | partial | failed | interrupted
    counts: Mapped[str]  # JSON


class Override(Base):
    """A correction of a link: `wrong` (not about the subject) or `missing` (it is, by these characters)."""

    __tablename__ = "override"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    subject: Mapped[str]
    verdict: Mapped[str]  # wrong | missing
    field: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    author: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    added_rev: Mapped[int]
    removed_rev: Mapped[int | None]
    __table_args__ = (Index("override_article", "article_id"),)


class View(Base):
    """A saved or shared view. The token of a shared one is kept as its SHA-256 only."""

    __tablename__ = "view"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    owner: Mapped[str]
    page: Mapped[str]
    query: Mapped[str]  # the view's values, as in its URL
    revision: Mapped[int | None]  # null: the link is live
    data_hash: Mapped[str]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Note(Base):
    """An analyst's remark on a day of a subject's chart."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject: Mapped[str]
    day: Mapped[date]
    words: Mapped[str]
    author: Mapped[str]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    __table_args__ = (Index("note_subject", "subject", "day"),)


class Hypothesis(Base):
    """A pair that an analyst viewed, or registered before: the family that every verdict is corrected for."""

    __tablename__ = "hypothesis"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    analyst: Mapped[str]
    kind: Mapped[str]  # viewed | registered | reset
    what: Mapped[str]  # the pair and its settings, as canonical JSON
    created_at: Mapped[datetime]
    result: Mapped[str]  # JSON; "{}" while there is none
    __table_args__ = (Index("hypothesis_analyst", "analyst", "kind", "what", unique=True),)
