"""Backups: a whole store as of one moment, also while others write; restored, it is the same store."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from test_store_faults import in_mount, needs_mounts

from builders import NOW, article, linked, save
from dashboard.address.view import Bounds, read_view
from dashboard.page_data import read_page
from dashboard.page_data.request import Request
from data.backup import STALE_SECONDS, back_up_to, checked_copy, restore
from data.errors import ChokepointError, StoreError, UsageError
from data.people.notes import notes_between, save_note
from data.schema.store import Store, open_store
from ingest.__main__ import app

BATCH = 40  # articles that are saved in one transaction


def save_batch(store: Store, number: int) -> None:
    items = [linked(article(f"Micron sells {number} {place}"), "company:micron") for place in range(BATCH)]
    save(store, *items, source=f"batch{number}")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_store(tmp_path / "store.db")
    save_batch(store, 0)
    save_note(store, subject="company:micron", day=NOW.date(), words="Read me", author="Ann", now=NOW)
    return store


def articles_in(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        return int(connection.execute("SELECT count(*) FROM article").fetchone()[0])


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_restored_shows_the_same_page_and_keeps_what_people_wrote(store: Store, tmp_path: Path) -> None:
    bounds = Bounds(first_day=date(2026, 4, 1), last_day=NOW.date(), newest=store.revision())
    request = Request.of(store.url, "company", read_view({"rev": bounds.newest}, bounds), {"company": "micron"})

    backup = back_up_to(store, keep=1, now=NOW)
    restored = restore(backup.path, tmp_path / "new" / "restored.db")

    assert backup.path == tmp_path / "backups" / "chokepoint-20260501T120000Z.db"
    assert (backup.revision, restored.revision) == (store.revision(), store.revision())
    assert files(restored.path.parent) == ["restored.db"]
    again = replace(request, url=f"sqlite:///{restored.path}")
    assert read_page(request).rows
    assert read_page(again).sha256 == read_page(request).sha256
    with open_store(restored.path, create=False) as opened:
        assert notes_between(opened, "company:micron", NOW.date(), NOW.date())["words"].tolist() == ["Read me"]


def test_backups_taken_while_others_write_hold_no_half_batch(store: Store, tmp_path: Path) -> None:
    done = threading.Event()

    def write() -> None:
        for number in range(1, 26):
            save_batch(store, number)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    counts = []
    while not done.is_set():
        moment = NOW + timedelta(seconds=len(counts))
        counts.append(articles_in(back_up_to(store, tmp_path / "copies", keep=100, now=moment).path))
    writer.join()

    assert {count % BATCH for count in counts} == {0}
    assert len(set(counts)) > 1, "the writer was never met at work"
    assert counts == sorted(counts)


def test_the_newest_backups_stay_and_other_files_are_never_touched(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    for name in ("chokepoint-mine.db", "notes.txt", "chokepoint-20260101T000000Z.db.gz"):
        (folder / name).write_text("mine")

    removed = [back_up_to(store, folder, keep=2, now=NOW + timedelta(days=day)).removed for day in range(4)]

    assert [[path.name for path in each] for each in removed] == [
        [],
        [],
        ["chokepoint-20260501T120000Z.db"],
        ["chokepoint-20260502T120000Z.db"],
    ]
    assert files(folder) == [
        "chokepoint-20260101T000000Z.db.gz",
        "chokepoint-20260503T120000Z.db",
        "chokepoint-20260504T120000Z.db",
        "chokepoint-mine.db",
        "notes.txt",
    ]


def test_a_damaged_store_is_not_backed_up_and_no_older_backup_goes(store: Store, tmp_path: Path) -> None:
    for number in range(1, 6):
        save_batch(store, number)
    good = back_up_to(store, keep=1, now=NOW).path
    store.close()
    damage(tmp_path / "store.db")

    with open_store(tmp_path / "store.db", create=False) as damaged, pytest.raises(StoreError, match="malformed"):
        back_up_to(damaged, keep=1, now=NOW + timedelta(days=1))
    assert files(good.parent) == [good.name]


def test_a_damaged_backup_is_not_restored(store: Store, tmp_path: Path) -> None:
    for number in range(1, 6):
        save_batch(store, number)
    backup = back_up_to(store, keep=1, now=NOW).path
    damage(backup)
    with pytest.raises(StoreError, match="not a readable store"):
        restore(backup, tmp_path / "restored.db")
    assert "restored.db" not in files(tmp_path)


def damage(path: Path) -> None:
    """Overwrite the middle of a store's file, and fold its log in first so that nothing hides it."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = connection.execute("PRAGMA page_size").fetchone()[0]
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'article'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((root - 1) * page)
        file.write(bytes([7]) * page)


@pytest.mark.parametrize(
    ("backup", "target", "sentence"),
    [
        ("absent.db", "new.db", "There is no backup at"),
        ("words.txt", "store.db", "There is a file at"),
        ("words.txt", "new.db", "no SQLite file"),
    ],
)
def test_what_cannot_be_restored_is_a_sentence(
    store: Store, tmp_path: Path, backup: str, target: str, sentence: str
) -> None:
    (tmp_path / "words.txt").write_text("no store " * 20)
    before = articles_in(tmp_path / "store.db")
    with pytest.raises(ChokepointError, match=sentence):
        restore(tmp_path / backup, tmp_path / target)
    assert "new.db" not in files(tmp_path)
    assert articles_in(tmp_path / "store.db") == before


def test_a_store_in_use_is_not_restored_since_its_newest_rows_are_in_its_log(store: Store, tmp_path: Path) -> None:
    assert (tmp_path / "store.db-wal").stat().st_size
    with pytest.raises(UsageError, match="is a store in use"):
        restore(tmp_path / "store.db", tmp_path / "new.db")
    store.close()
    restored = restore(tmp_path / "store.db", tmp_path / "new.db")  # closed, its log is in the file
    assert articles_in(restored.path) == BATCH


def test_a_file_that_comes_while_the_copy_is_made_is_left_as_it_is(store: Store, tmp_path: Path) -> None:
    backup, target = back_up_to(store, keep=1, now=NOW).path, tmp_path / "new.db"

    def copy_while_another_writes() -> None:
        with checked_copy(target) as part:
            part.write_bytes(backup.read_bytes())
            target.write_text("mine")

    with pytest.raises(UsageError, match="There is a file at"):
        copy_while_another_writes()
    assert target.read_text() == "mine"
    with pytest.raises(UsageError, match="There is a file at"):
        back_up_to(store, keep=1, now=NOW)  # another in the same second
    assert files(backup.parent) == [backup.name]


def test_a_backup_made_after_the_clock_was_set_back_stays(store: Store) -> None:
    for day in range(3):
        back_up_to(store, keep=2, now=NOW + timedelta(days=day))
    made = back_up_to(store, keep=2, now=NOW - timedelta(days=900))
    assert files(made.path.parent) == [made.path.name, "chokepoint-20260503T120000Z.db"]
    made = back_up_to(store, keep=1, now=NOW - timedelta(days=901))
    assert files(made.path.parent) == [made.path.name]


def test_what_a_killed_copy_left_goes_after_a_day(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for name, age in ((".chokepoint-copy-old", STALE_SECONDS + 60), (".chokepoint-copy-new", 60)):
        (folder / name).mkdir(parents=True)
        (folder / name / "part.db").write_text("half")
        os.utime(folder / name, (time.time() - age,) * 2)
    made = back_up_to(store, keep=1, now=NOW)
    assert files(folder) == [".chokepoint-copy-new", made.path.name]


def test_an_empty_store_has_a_backup_too(tmp_path: Path) -> None:
    with open_store(tmp_path / "empty.db") as empty:
        made = back_up_to(empty, keep=1, now=NOW)
    assert (made.revision, restore(made.path, tmp_path / "new.db").revision) == (0, 0)


def test_a_servers_database_is_left_to_its_own_program(store: Store) -> None:
    store.url = "postgresql+psycopg://desk@localhost/news"
    with pytest.raises(UsageError, match="pg_dump"):
        back_up_to(store, keep=1, now=NOW)


@needs_mounts
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("size=100k", "The disk is full: nothing of this step was saved; free some space and run it again."),
        ("ro", "cannot be read or written (Read-only file system): no copy was made."),
    ],
)
def test_a_disk_that_takes_no_backup_has_nothing_left_on_it(
    store: Store, tmp_path: Path, options: str, sentence: str
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    code = f"""
from datetime import UTC, datetime
from pathlib import Path
from data.backup import back_up_to
from data.errors import StoreError
from data.schema.store import open_store
folder = Path({str(disk)!r})
with open_store({str(tmp_path / "store.db")!r}, create=False) as store:
    try:
        back_up_to(store, folder, keep=1, now=datetime.now(UTC))
    except StoreError as error:
        print(error)
print(sorted(path.name for path in folder.iterdir()))
"""
    said, left = in_mount(f"mount -t tmpfs -o {options} none {disk}", code).splitlines()
    assert said.endswith(sentence)
    assert left == "[]"


def test_the_commands_say_what_they_made(store: Store, tmp_path: Path, command: Callable[..., tuple[int, str]]) -> None:
    status, said = command("backup", "--store", str(tmp_path / "store.db"), "--keep", "1")
    (backup,) = (tmp_path / "backups").iterdir()
    assert status == 0
    assert said.startswith(f"Backed up to {backup}: revision {store.revision()}, ")

    status, said = command("restore", str(backup), "--store", str(tmp_path / "new.db"))
    assert status == 0
    assert said.startswith(f"Restored as {tmp_path / 'new.db'}: revision {store.revision()}, ")
    assert datetime.strptime(backup.stem, "chokepoint-%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) <= datetime.now(UTC)


@pytest.fixture
def command() -> Callable[..., tuple[int, str]]:
    from typer.testing import CliRunner

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, list(arguments))
        return done.exit_code, done.stdout

    return run
