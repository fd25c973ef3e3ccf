"""Backups: a whole store as of one moment, also while others write; restored, it is the same store."""

from __future__ import annotations

import sqlite3
import threading
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
from data.backup import back_up_to, restore
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
        ("store.db", "store.db", "There is a file at"),
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


def test_a_servers_database_is_left_to_its_own_program(store: Store) -> None:
    store.url = "postgresql+psycopg://desk@localhost/news"
    with pytest.raises(UsageError, match="pg_dump"):
        back_up_to(store, keep=1, now=NOW)


@needs_mounts
def test_a_disk_without_room_for_the_backup_leaves_nothing_on_it(store: Store, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    code = f"""
from datetime import UTC, datetime
from pathlib import Path
from data.backup import back_up_to
from data.errors import StoreError
from data.schema.store import open_store
folder = Path({str(small)!r})
with open_store({str(tmp_path / "store.db")!r}, create=False) as store:
    try:
        back_up_to(store, folder, keep=1, now=datetime.now(UTC))
    except StoreError as error:
        print(error)
print(sorted(path.name for path in folder.iterdir()))
"""
    sentence, left = in_mount(f"mount -t tmpfs -o size=100k none {small}", code).splitlines()
    assert sentence == "The disk is full: nothing of this step was saved; free some space and run it again."
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
