"""
A preview and a relink of a large archive, while another program writes every second: nothing lost, nobody refused.

Minutes rather than seconds, so `.ci/run` runs it and `make test` does not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from builders import NOW, article, linked, save, small_catalog
from data.catalog.records import Catalog
from data.schema.models import Article, Attention, AttentionNow, Membership
from data.schema.store import Store, open_store
from data.write.counts import Tally, recount_stories
from ingest.relink import preview, relink

pytestmark = pytest.mark.timeout(900)
ROOT = Path(__file__).resolve().parents[2]
ARTICLES, BATCH = 50_000, 5_000
WRITER = """
import json, sys, time
from pathlib import Path
from builders import article, linked, save
from data.schema.store import open_store
url, stop = sys.argv[1], Path(sys.argv[2])
with open_store(url) as store:
    number = 0
    while not stop.exists():
        began, number = time.monotonic(), number + 1
        saved = save(store, linked(article(f"Samsung note {number}"), "company:samsung"))
        print(json.dumps([saved.articles, time.monotonic() - began]), flush=True)
        time.sleep(1)
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of many articles that nothing links yet, each a story of its own."""
    path = tmp_path_factory.mktemp("large") / "store.db"
    with open_store(path) as store:
        for first in range(0, ARTICLES, BATCH):
            titles = (f"Micron sells HBM part {number}" for number in range(first, first + BATCH))
            save(
                store,
                *(linked(article(t, at=NOW - timedelta(minutes=n)), story=-1 - n) for n, t in enumerate(titles, first)),
            )
    return path


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return small_catalog(tmp_path / "catalog", "Micron", "Samsung")


@contextmanager
def another_program_writes(store: Store, folder: Path) -> Iterator[list[list[float]]]:
    """What it saved, an article at a time, and how long each took it."""
    stop, saved = folder / "stop", list[list[float]]()
    command = [sys.executable, "-c", WRITER, store.url, str(stop)]
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": ""}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        saved.append(json.loads(process.stdout.readline()))
        try:
            yield saved
        finally:
            stop.touch()
            saved += map(json.loads, process.stdout)
    assert process.returncode == 0


def test_a_preview_holds_up_nobody_who_writes(archive: Path, catalog: Catalog, tmp_path: Path) -> None:
    with open_store(archive) as store:
        before = store.revision()
        with another_program_writes(store, tmp_path) as saved:
            began = time.monotonic()
            effect = preview(store, catalog)
            seconds = time.monotonic() - began
        waits = [wait for _, wait in saved]
        print(f"{effect.articles:,} articles previewed in {seconds:.1f} s; the longest write took {max(waits):.2f} s")
        assert effect.gained["company:micron"] == ARTICLES
        assert len(saved) >= min(seconds / 2, 5)
        assert store.revision() == before + len(saved)
        assert max(waits) < 5


def test_a_relink_ends_while_another_program_writes_and_both_are_kept(
    archive: Path, catalog: Catalog, tmp_path: Path
) -> None:
    with open_store(archive) as store:
        with another_program_writes(store, tmp_path) as saved:
            began = time.monotonic()
            _, effect = relink(store, catalog)
            seconds = time.monotonic() - began
        waits = [wait for _, wait in saved]
        print(f"{effect.articles:,} articles relinked in {seconds:.1f} s; the longest write took {max(waits):.2f} s")
        assert effect.gained["company:micron"] == ARTICLES
        with store.reading() as connection:
            assert connection.scalar(select(func.count()).where(Article.title.like("Samsung note%"))) >= len(saved)
        check_counts(store)


def check_counts(store: Store) -> None:
    """Every story's rows are what its articles say, and the ledger adds up to today's counts."""
    with store.reading() as connection:
        tally = Tally(store.ids(connection).subjects["all"])
        stories = connection.scalars(select(Membership.story_id).distinct()).all()
        sums = [
            {tuple(row) for row in connection.execute(query) if row[2:] != (0, 0)}
            for query in (
                select(
                    Attention.subject_id, Attention.day, func.sum(Attention.stories), func.sum(Attention.articles)
                ).group_by(Attention.subject_id, Attention.day),
                select(AttentionNow.subject_id, AttentionNow.day, AttentionNow.stories, AttentionNow.articles),
            )
        ]
    recount_stories(store.reading, tally, stories)
    assert (tally.opened, tally.closed) == ([], [])
    assert sums[0] == sums[1]
