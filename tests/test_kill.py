"""An import that is killed at any moment and started again ends as one that was not."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import TextClause, text

from data.schema.store import open_store
from data.source_state import last_run
from reference import ROOT

KILLS = 8
ROWS = 900
BATCH = 30

# Everything is imported once; each import of the file is a fork of that, which tells its process id and then each
# batch. With a third argument it runs at once, with workers.
DRIVER = f"""
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
import ingest.workers, ingest.import_files, ingest.parse.files
from data.catalog import load_catalog
from data.schema.store import open_store
ingest.parse.files.BATCH = {BATCH}

def run(store, articles):
    with open_store(store) as opened:
        for done in ingest.import_files.import_files(
            opened,
            catalog,
            [Path(articles)],
            clock=lambda: datetime(2026, 9, 1, tzinfo=UTC),
            progress=lambda step: print("batch", step.done, flush=True),
        ):
            assert not done.problem

if __name__ == "__main__":
    catalog = load_catalog()
if __name__ == "__main__" and len(sys.argv) == 3:
    ingest.import_files.LARGE_BYTES = 0
    run(*sys.argv[1:])
elif __name__ == "__main__":
    linker = ingest.workers.Linker(catalog)
    ingest.workers.Linker = lambda catalog: linker
    for line in sys.stdin:
        child = os.fork()
        if not child:
            print("begun", os.getpid(), flush=True)
            run(*line.split())
            os._exit(0)
        print("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""

NAMES = ["Nvidia", "Micron Technology", "SK Hynix", "Vertiv", "TSMC", "CoreWeave", "Broadcom", "Oracle"]
EVENTS = [
    "raises its forecast for HBM4",
    "signs a power deal for data centers",
    "opens a fab in Arizona",
    "delays a chip",
]


def write_articles(path: Path) -> None:
    """Articles of thirty days, some told by two publishers, some repeated word for word further down."""
    chance = random.Random(7)
    rows: list[dict[str, Any]] = []
    for i in range(ROWS):
        day, hour = 1 + i * 28 // ROWS, i % 24
        title = f"{chance.choice(NAMES)} {chance.choice(EVENTS)} ({i // 3})"
        rows.append(
            {"url": f"https://p{i % 5}.example/{i}", "title": title, "published": f"2026-06-{day:02}T{hour:02}:00:00Z"}
        )
        if i % 10 == 0:
            rows.append(rows[chance.randrange(len(rows))])
        if i % 7 == 0:
            rows.append({**rows[-1], "url": f"https://copy.example/{i}"})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


class Driver:
    """Imports the articles into a store, as often as it is asked to, to the end or until it is killed."""

    def __init__(self, folder: Path) -> None:
        self.articles = folder / "articles.jsonl"
        write_articles(self.articles)
        (folder / "driver.py").write_text(DRIVER, encoding="utf-8")
        self.command = [sys.executable, str(folder / "driver.py")]
        self._process = self._start(stdin=subprocess.PIPE)

    def _start(self, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        command, environment = [*self.command, *arguments], os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, **more)

    def run(self, store: Path, *, kill_after: int = 0, delay: float = 0.0) -> int:
        """
        The exit code of an import into the store: 0, or −9 when it was killed after so many batches and a moment more.
        """
        assert self._process.stdin is not None
        print(store, self.articles, file=self._process.stdin, flush=True)
        child = int(self._line("begun"))
        for _ in range(kill_after):
            self._line("batch")
        if kill_after:
            time.sleep(delay)
            os.kill(child, signal.SIGKILL)
        return int(self._line("ended"))

    def with_workers(self, store: Path) -> subprocess.Popen[str]:
        """An import that has workers, under way."""
        process = self._start(str(store), str(self.articles))
        assert process.stdout is not None
        assert process.stdout.readline().startswith("batch")
        return process

    def _line(self, word: str) -> str:
        """What follows the word on the next line that begins with it."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(word):
                return line.removeprefix(word)
        raise AssertionError("the driver ended")

    def close(self) -> None:
        self._process.communicate(timeout=10)


def contents(store: Path) -> dict[str, Any]:
    """All that the import wrote, without the numbers that depend on how many runs it took."""
    with open_store(store) as opened, opened.reading() as connection:
        assert connection.scalar(text("pragma integrity_check")) == "ok"

        def rows(query: TextClause) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.execute(query)]

        url = dict(rows(text("select id, url from article")))
        stories: dict[int, set[str]] = defaultdict(set)
        for article, story in rows(text("select article_id, story_id from membership where removed_rev is null")):
            stories[story].add(url[article])
        mentions = text(
            "select a.url, s.key, m.field, m.start, m.end, m.matched, m.rule from mention m "
            "join article a on a.id = m.article_id join subject s on s.id = m.subject_id where m.removed_rev is null"
        )
        counts = text(
            "select s.key, n.day, n.stories, n.articles from attention_now n join subject s on s.id = n.subject_id"
        )
        ledger = text(
            "select s.key, l.day, l.publisher_id, l.lang, sum(l.stories), sum(l.articles) from attention l "
            "join subject s on s.id = l.subject_id group by 1, 2, 3, 4 having sum(l.stories) != 0 or sum(l.articles) "
            "!= 0"
        )
        return {
            "articles": sorted(rows(text("select url, title, at from article"))),
            "stories": sorted(sorted(members) for members in stories.values()),
            "mentions": sorted(rows(mentions)),
            "counts": sorted(row for row in rows(counts) if row[2] or row[3]),
            "ledger": sorted(rows(ledger)),
        }


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    driver = Driver(tmp_path_factory.mktemp("kill"))
    yield driver
    driver.close()


@pytest.fixture(scope="module")
def uninterrupted(driver: Driver) -> dict[str, Any]:
    store = driver.articles.parent / "whole.db"
    assert driver.run(store) == 0
    return contents(store)


def test_an_import_that_is_killed_again_and_again_ends_as_one_that_was_not(
    driver: Driver, uninterrupted: dict[str, Any], tmp_path: Path
) -> None:
    store, chance = tmp_path / "killed.db", random.Random(11)
    codes = [driver.run(store, kill_after=chance.randrange(1, 4), delay=chance.random() * 0.05) for _ in range(KILLS)]
    assert codes == [-signal.SIGKILL] * KILLS
    assert driver.run(store) == 0
    assert contents(store) == uninterrupted
    assert len(uninterrupted["articles"]) > ROWS
    assert len(uninterrupted["mentions"]) > 100
    print(
        f"\n{KILLS} kills: {len(uninterrupted['articles'])} articles, {len(uninterrupted['stories'])} stories, all as "
        "uninterrupted"
    )


def test_a_killed_run_is_marked_interrupted_and_the_next_one_takes_over(driver: Driver, tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    driver.run(store, kill_after=1)
    assert driver.run(store) == 0
    with open_store(store) as opened, opened.reading() as connection:
        assert connection.execute(text("select status from run order by id")).scalars().all() == ["interrupted", "done"]
        ended = last_run(opened)
    assert ended is not None
    assert ended["counts"]["articles"] > 0


def test_workers_end_with_the_run_that_is_killed_and_change_nothing_but_its_speed(
    driver: Driver, uninterrupted: dict[str, Any], tmp_path: Path
) -> None:
    store = tmp_path / "workers.db"
    process = driver.with_workers(store)
    children = workers_of(process.pid)
    assert children
    process.kill()
    process.communicate(timeout=10)
    patience = time.monotonic() + 10
    while (left := [pid for pid in children if Path(f"/proc/{pid}").exists()]) and time.monotonic() < patience:
        time.sleep(0.05)
    assert left == []
    assert driver.run(store) == 0
    assert contents(store) == uninterrupted


def workers_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        pytest.skip("only Linux lists a process's children")
    return [int(child) for child in listed.read_text().split()]
