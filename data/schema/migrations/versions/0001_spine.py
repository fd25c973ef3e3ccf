"""The spine: revisions, articles, stories, mentions, the attention ledger, prices, and the sources' state."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from data.schema.migrations.columns import day, moment, real, small, whole, words, yes_no
from data.schema.store import APPLICATION_ID

revision = "0001"
down_revision = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    names()
    news()
    counts()
    prices()
    operations()
    words_index()


def names() -> None:
    op.create_table(
        "meta",
        words("key", primary_key=True),
        words("value"),
    )
    op.create_table(
        "revision",
        whole("number", primary_key=True),
        moment("at"),
        words("kind"),
        words("summary"),
        words("app_version"),
        words("catalog_hash"),
    )
    op.create_table(
        "subject",
        whole("id", primary_key=True),
        words("key", unique=True),
    )
    op.create_table(
        "publisher",
        whole("id", primary_key=True),
        words("name", unique=True),
    )


def news() -> None:
    op.create_table(
        "article",
        whole("id", primary_key=True),
        words("url", nullable=True, unique=True),
        words("source"),
        words("guid", nullable=True),
        words("title"),
        words("summary"),
        whole("publisher_id", refers="publisher.id"),
        words("lang"),
        moment("published_at", nullable=True),
        words("date_quality"),
        moment("first_seen_at"),
        moment("at"),
        day("day"),
        whole("added_rev"),
    )
    op.create_index("article_at", "article", ["at"])
    op.create_index("article_guid", "article", ["source", "guid"])
    op.create_table(
        "article_edit",
        whole("id", primary_key=True),
        whole("article_id", refers="article.id"),
        words("title"),
        words("summary"),
        moment("seen_at"),
        whole("added_rev"),
    )
    op.create_index("article_edit_article", "article_edit", ["article_id", "added_rev"])
    op.create_table(
        "story",
        whole("id", primary_key=True),
        whole("added_rev"),
    )
    op.create_table(
        "membership",
        whole("article_id", primary_key=True, refers="article.id"),
        whole("added_rev", primary_key=True),
        whole("story_id", refers="story.id"),
        whole("removed_rev", nullable=True),
        sqlite_with_rowid=False,
    )
    op.create_index("membership_story", "membership", ["story_id"])
    op.create_table(
        "mention",
        whole("id", primary_key=True),
        whole("article_id", refers="article.id"),
        whole("subject_id", refers="subject.id"),
        day("day"),
        words("field"),
        whole("start"),
        whole("end"),
        words("matched"),
        words("rule"),
        real("score"),
        small("relevance"),
        words("why"),
        words("rejected"),
        whole("added_rev"),
        whole("removed_rev", nullable=True),
    )
    op.create_index("mention_article", "mention", ["article_id"])
    op.create_index("mention_subject", "mention", ["subject_id", "day", "article_id"])


def counts() -> None:
    op.create_table(
        "story_mention",
        whole("id", primary_key=True),
        whole("story_id", refers="story.id"),
        whole("subject_id", refers="subject.id"),
        whole("article_id", refers="article.id"),
        day("day"),
        moment("available_at", nullable=True),
        whole("publisher_id"),
        words("lang"),
        small("relevance"),
        whole("added_rev"),
        whole("removed_rev", nullable=True),
    )
    op.create_index("story_mention_story", "story_mention", ["story_id", "subject_id"])
    op.create_index("story_mention_subject", "story_mention", ["subject_id", "day", "story_id"])
    op.create_table(
        "attention",
        whole("subject_id", primary_key=True),
        day("day", primary_key=True),
        whole("publisher_id", primary_key=True),
        words("lang", primary_key=True),
        whole("revision", primary_key=True),
        whole("stories"),
        whole("articles"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "attention_now",
        whole("subject_id", primary_key=True),
        day("day", primary_key=True),
        whole("stories"),
        whole("articles"),
        sqlite_with_rowid=False,
    )
    op.create_index("attention_now_day", "attention_now", ["day", "subject_id"])


def prices() -> None:
    op.create_table(
        "bar",
        words("ticker", primary_key=True),
        day("session", primary_key=True),
        whole("added_rev", primary_key=True),
        real("open", nullable=True),
        real("high", nullable=True),
        real("low", nullable=True),
        real("close"),
        real("volume", nullable=True),
        words("currency"),
        words("basis"),
        words("provider"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "action",
        words("ticker", primary_key=True),
        day("session", primary_key=True),
        words("kind", primary_key=True),
        whole("added_rev", primary_key=True),
        real("value"),
        whole("removed_rev", nullable=True),
    )


def operations() -> None:
    op.create_table(
        "source_state",
        words("source", primary_key=True),
        words("etag"),
        words("last_modified"),
        words("body_hash"),
        moment("last_full_at", nullable=True),
        moment("last_ok_at", nullable=True),
        moment("next_due_at", nullable=True),
        whole("failures"),
        words("last_error"),
        words("moved_to"),
        yes_no("paused"),
    )
    op.create_table(
        "fetch",
        whole("id", primary_key=True),
        words("source"),
        moment("at"),
        words("outcome"),
        words("sentence"),
        whole("articles"),
        real("seconds"),
    )
    op.create_index("fetch_source", "fetch", ["source", "at"])
    op.create_table(
        "run",
        whole("id", primary_key=True),
        words("kind"),
        words("host"),
        whole("pid"),
        moment("started_at"),
        moment("heartbeat_at"),
        moment("ended_at", nullable=True),
        words("status"),
        words("counts"),
    )


def words_index() -> None:
    """The full-text index: a row for each text, under the article's id, or minus the edit's id. Never deleted from."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE article_words USING fts5(words, content='', tokenize='unicode61')")
        return
    op.create_table(
        "article_words", sa.Column("rowid", sa.BigInteger, primary_key=True), sa.Column("words", postgresql.TSVECTOR)
    )
    op.create_index("article_words_words", "article_words", ["words"], postgresql_using="gin")
