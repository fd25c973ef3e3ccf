from __future__ import annotations

import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from builders import article, linked, save
from data.errors import StoreBusy, StoreError, StoreVersionError
from data.schema import migrate, models
from data.schema import store as store_module
from data.schema.store import Store, open_store, wal_is_safe


def test_migrations_make_the_tables_that_the_code_expects(store: Store) -> None:
    with store.reading() as connection:
        different = compare_metadata(MigrationContext.configure(connection), models.Base.metadata)
    searched = ("remove_table", "remove_index")  # of full-text search, which each database has in its own way
    ours = [
        change for change in different if not (change[0] in searched and change[1].name.startswith("article_words"))
    ]
    assert ours == []


def test_the_newest_schema_is_the_last_migration() -> None:
    assert max(migrate.known_versions()) == models.SCHEMA


def test_a_store_from_a_newer_version_is_refused_with_both_versions(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with open_store(path) as store, store.writing() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(StoreVersionError, match=f"9999.*{models.SCHEMA}"):
        open_store(path)


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("create table things (id)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program's"):
        open_store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        b"not a database at all, but long enough to be read" * 100,
        b"SQLite format 3\0" + b"\xff" * 52 + b"CHOK" + b"\xff" * 4096,
    ],
)
def test_a_damaged_file_is_told_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="not a readable store"):
        open_store(path)


def test_a_missing_store_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store at"):
        open_store(tmp_path / "none.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_store_remembers_that_it_is_the_sample(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.db", kind="sample") as store:
        assert store.is_sample
    with open_store(tmp_path / "s.db") as store:
        assert store.is_sample


def test_a_failing_migration_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.db"
    monkeypatch.setattr(migrate.command, "upgrade", _half_an_upgrade)
    with pytest.raises(RuntimeError, match="half way"):
        open_store(path)
    with sqlite3.connect(path) as raw:
        assert raw.execute("select count(*) from sqlite_master").fetchone() == (0,)
    raw.close()


def _half_an_upgrade(config: object, _to: str) -> None:
    config.attributes["connection"].execute(text("create table half (id)"))  # type: ignore[attr-defined]
    raise RuntimeError("half way")


def test_two_writers_take_turns_and_the_second_says_why_it_gave_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "BUSY_SECONDS", 0.1)
    path = tmp_path / "store.db"
    with open_store(path) as one, open_store(path) as two, one.writing():
        with pytest.raises(StoreBusy, match="busy"):
            save(two, linked(article("Micron sells out"), "company:micron"))
        assert two.revision() == 0


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ("3.40.1", False),
        ("3.51.2", False),
        ("3.51.3", True),
        ("3.53.4", True),
        ("3.44.6", True),
        ("3.50.7", True),
        ("3.50.8", False),
    ],
)
def test_wal_is_used_only_with_a_fixed_library(version: str, safe: bool) -> None:
    assert wal_is_safe(SimpleNamespace(sqlite_version=version)) is safe  # type: ignore[arg-type]


OLD_ROWS = {
    "revision": "1, 0, 'file', '{}', '0.1.0', 'c0ffee'",
    "publisher": "1, 'example.com'",
    "article": "1, 'https://example.com/1', 't', null, 'Micron sells out', '', 1, 'en', 0, 'feed', 0, 0, 0, 1",
}
"""What the first version wrote."""


def test_an_older_store_is_migrated_after_a_backup_and_keeps_what_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"
    upgrade = migrate.command.upgrade
    monkeypatch.setattr(models, "SCHEMA", "0001")
    monkeypatch.setattr(store_module, "SCHEMA", "0001")
    monkeypatch.setattr(migrate.command, "upgrade", lambda config, _to: upgrade(config, "0001"))
    with open_store(path) as old, old.writing() as connection:
        for table, values in OLD_ROWS.items():
            connection.execute(text(f"insert into {table} values ({values})"))
    monkeypatch.undo()
    with open_store(path) as new, new.reading() as connection:
        assert new.revision() == 1
        assert connection.scalar(text("select count(*) from note")) == 0
        assert connection.execute(text("select catalog_hash, model_hash from revision")).all() == [("c0ffee", "")]
    with sqlite3.connect(tmp_path / "store.db.backup-0001") as backup:
        assert backup.execute("select title from article").fetchall() == [("Micron sells out",)]
    backup.close()
