"""A store that is full, read-only, damaged or without a folder: one sentence each, and what was there can be read."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from builders import article, linked, save
from data.errors import StoreError
from data.people.notes import save_note
from data.schema.store import Store, open_store
from data.source_state import begin_run

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 3, 2, tzinfo=UTC)
OWN_MOUNTS = ["unshare", "--mount", "sh", "-c"]

needs_mounts = pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run([*OWN_MOUNTS, "mount -t tmpfs none /mnt"], capture_output=True, check=False).returncode != 0,
    reason="only root may mount a file system",
)


def in_mount(mount: str, code: str) -> str:
    """What the code prints in a process that sees the mount; its working directory is the project's."""
    command = [*OWN_MOUNTS, f'{mount} && exec "$0" -c "$1"', sys.executable, code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def filled(path: Path) -> Path:
    with open_store(path) as store:
        save(store, *(linked(article(f"Micron sells {number}"), "company:micron") for number in range(300)))
        save_note(store, subject="company:micron", day=NOW.date(), words="Read me", author="Ann", now=NOW)
    return path


@needs_mounts
def test_a_disk_that_is_full_at_the_first_write_leaves_no_file_that_is_refused_later(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from data.errors import StoreError
from data.schema.store import open_store
folder = Path({str(tmp_path)!r})
ballast = folder / "ballast"
ballast.write_bytes(bytes(40_000))
try:
    open_store(folder / "store.db")
except StoreError as error:
    print(error)
print(sorted(path.name for path in folder.iterdir()))
import os; os.system(f"mount -o remount,size=50m {{folder}}")
print(open_store(folder / "store.db").revision())
"""
    said = in_mount(f"mount -t tmpfs -o size=60k none {tmp_path}", code).splitlines()
    assert said == [
        "The store's disk failed, or has no room left: free some space, and check the disk.",
        "['ballast']",
        "0",
    ]


def test_a_file_whose_first_write_was_cut_short_becomes_a_store(tmp_path: Path) -> None:
    from data.schema.store import sqlite3

    raw = sqlite3.connect(tmp_path / "store.db")
    raw.execute("PRAGMA journal_mode = WAL")
    raw.close()
    assert (tmp_path / "store.db").stat().st_size > 0
    with open_store(tmp_path / "store.db") as store:
        assert store.revision() == 0


@needs_mounts
def test_a_store_on_a_read_only_disk_is_read_and_says_that_it_cannot_be_written(tmp_path: Path) -> None:
    filled(tmp_path / "store.db")
    code = f"""
from datetime import UTC, datetime
from data.errors import StoreError
from data.people.notes import notes_between, save_note
from data.schema.store import open_store
now = datetime(2026, 3, 2, tzinfo=UTC)
with open_store({str(tmp_path / "store.db")!r}) as store:
    print(store.revision(), *notes_between(store, "company:micron", now.date(), now.date())["words"])
    try:
        save_note(store, subject="company:micron", day=now.date(), words="more", author="Ann", now=now)
    except StoreError as error:
        print(error)
"""
    said = in_mount(f"mount --bind {tmp_path} {tmp_path} && mount -o remount,ro,bind {tmp_path}", code).splitlines()
    assert said == ["1 Read me", "The store can only be read here: its file, folder or disk does not allow writing."]


@needs_mounts
def test_a_catalog_on_a_read_only_disk_says_what_to_do(tmp_path: Path) -> None:
    code = """
from datetime import UTC, datetime
from data.errors import UsageError
from data.catalog import load_catalog
from data.catalog.edit import FileEdit, with_alias, write_edits
catalog = load_catalog()
text = catalog.files.text("aliases.csv")
try:
    write_edits(catalog, [FileEdit(name="aliases.csv", base=text, text=with_alias(text, "micron", "Micron Memory"))],
                now=datetime(2026, 3, 2, tzinfo=UTC))
except UsageError as error:
    print(error)
"""
    folder = ROOT / "data" / "catalog"
    said = in_mount(f"mount --bind {folder} {folder} && mount -o remount,ro,bind {folder}", code)
    assert said == (
        f"The catalog in {folder} cannot be changed (Read-only file system); "
        "make a copy that this user may write to, and name it with CHOKEPOINT_CATALOG."
    )


@contextmanager
def damaged_page(path: Path) -> Iterator[Store]:
    """A store that opens, with the first page of its articles overwritten."""
    with open_store(filled(path)) as store, store.reading() as connection:
        query = "select rootpage from sqlite_master where name = 'article'"
        page = connection.exec_driver_sql(query).scalar_one()
    with path.open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(b"\xff" * 4096)
    with open_store(path) as store:
        yield store


def test_a_damaged_page_is_found_by_the_check(tmp_path: Path) -> None:
    with damaged_page(tmp_path / "store.db") as store:
        assert store.damage is None
        with pytest.raises(StoreError, match=r"store\.db is not a readable store .*; restore a backup"):
            store.check()
        assert "restore a backup" in str(store.damage)
    with open_store(filled(tmp_path / "sound.db")) as store:
        store.check()
        assert store.damage is None


def test_a_damaged_page_met_while_reading_is_a_sentence_that_is_remembered(tmp_path: Path) -> None:
    with damaged_page(tmp_path / "store.db") as store:
        with pytest.raises(StoreError, match="is not a readable store"):
            read_everything(store)
        assert store.damage is not None


def read_everything(store: Store) -> None:
    with store.reading() as connection:
        for table in connection.exec_driver_sql("select name from sqlite_master where type = 'table'").scalars().all():
            connection.exec_driver_sql(f'select * from "{table}"').all()


def test_what_people_make_is_on_the_disk_before_they_are_answered(store: Store) -> None:
    def synchronous(*, durable: bool) -> int:
        with store.writing(durable=durable) as connection:
            return int(connection.exec_driver_sql("PRAGMA synchronous").scalar() or 0)

    assert [synchronous(durable=True), synchronous(durable=False), synchronous(durable=True)] == [2, 1, 2]


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match=r"The folder .*/file/sub for the store cannot be made"):
        open_store(tmp_path / "file" / "sub" / "store.db")


def test_a_run_whose_clock_stood_in_the_future_does_not_hold_the_lease(store: Store) -> None:
    begin_run(store, "update", NOW + timedelta(days=3650))
    begin_run(store, "update", NOW)
