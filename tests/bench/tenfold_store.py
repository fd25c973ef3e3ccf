"""A store ten times as large: each article again and again with other ids, further and further in the past."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from data.schema.models import Article, Attention, AttentionNow, Base, Membership, Mention, Story, StoryMention
from data.schema.store import back_up, open_store, sqlite3
from data.text.search_terms import spaced

IDS = {
    "id",
    "article_id",
    "story_id",
}  # shifted in a copy; publishers, subjects and revisions are those of the original
DAY = 86_400
MOMENTS = {"at", "published_at", "first_seen_at", "available_at"}
TABLES: tuple[type[Base], ...] = (Article, Story, Membership, Mention, StoryMention, Attention, AttentionNow)


def make_tenfold(
    source: Path, target: Path, *, times: int = 10, progress: Callable[[str], None] = lambda _: None
) -> None:
    """
    Write the store at `source` to `target`, `times` as large: the same days, and before them the same again, older each
    time.

    The same store is made each time. Its newest days are the original's, so that a page shows the same in both. SQLite
    only. Some seconds for ten times the bundled sample, some minutes for ten times 250,000 articles.
    """
    with open_store(source, create=False) as store:
        back_up(store.engine, target)
    with closing(sqlite3.connect(str(target))) as connection:
        cursor = connection.cursor()
        # A file to be thrown away: nothing is kept for a crash, and no row is looked up that is known to be there.
        for setting in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -500000"):
            cursor.execute(f"PRAGMA {setting}")
        connection.create_function("spaced", 1, lambda text: spaced([text])[0], deterministic=True)
        first, last = cursor.execute("SELECT min(day), max(day) FROM article").fetchone()
        ids = " UNION ALL ".join(
            f"SELECT max(id) AS id FROM {name}" for name in ("article", "story", "mention", "story_mention")
        )
        (most,) = cursor.execute(f"SELECT max(id) FROM ({ids})").fetchone()
        length = -(-(last - first + 1) // 7) * 7  # whole weeks: weekends stay weekends
        for copy in range(1, times):
            progress(f"copy {copy} of {times - 1}")
            for model in TABLES:
                cursor.execute(_copied(model, most, first, copy, copy * length))
            cursor.execute(
                f"INSERT INTO article_words (rowid, words) SELECT id + {copy * most}, spaced(title || ' ' || summary)"
                f" FROM article WHERE id <= {most}"
            )
            connection.commit()


def _copied(model: type[Base], most: int, first: int, copy: int, days: int) -> str:
    """
    The statement that appends a table's original rows, which have ids up to `most` or days from `first` on, as a copy.
    """
    table = model.__tablename__
    columns = [column.name for column in model.__table__.columns]
    changed = {column: f"{column} + {copy * most}" for column in IDS} | {
        column: f"{column} - {days * DAY}" for column in MOMENTS
    }
    changed |= {"day": f"day - {days}", "url": f"url || '#{copy}'", "guid": f"guid || '#{copy}'"}
    own = next((column for column in ("id", "article_id") if column in columns), None)
    original = f"{own} <= {most}" if own else f"day >= {first}"
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(changed.get(column, f'"{column}"') for column in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {original}"
