"""Files of articles into the store: each begins while the one before is saved, and ends as if it had waited."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from pathlib import Path

import pytest

import ingest.parse.files
from data.catalog import load_catalog
from data.schema.store import Store
from ingest.import_files import Imported, import_files
from ingest.progress import Step
from tests.builders import article, mention

CATALOG = load_catalog()


def write(path: Path, numbers: Sequence[int], title: str = "Micron opens fab {}") -> Path:
    rows = (
        {"url": f"https://a.example/{n}", "title": title.format(n), "published": f"2026-06-{1 + n % 28:02}"}
        for n in numbers
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def counts(imported: Sequence[Imported]) -> list[tuple[str, int, int, int]]:
    return [(one.path.stem, one.articles, one.edited, one.known) for one in imported]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.parse.files, "BATCH", 3)


def test_an_article_of_two_files_is_new_in_the_first_only(store: Store, tmp_path: Path) -> None:
    files = [write(tmp_path / "one.jsonl", range(10)), write(tmp_path / "two.jsonl", range(8, 14))]
    assert counts(list(import_files(store, CATALOG, files))) == [("one", 10, 0, 0), ("two", 4, 0, 2)]
    assert counts(list(import_files(store, CATALOG, files))) == [("one", 0, 0, 10), ("two", 0, 0, 6)]


def test_another_text_in_the_next_file_is_an_edit_of_what_was_just_saved(store: Store, tmp_path: Path) -> None:
    files = [write(tmp_path / "one.jsonl", range(4)), write(tmp_path / "two.jsonl", [3], "Nvidia opens fab {}")]
    assert counts(list(import_files(store, CATALOG, files, source="t"))) == [("one", 4, 0, 0), ("two", 0, 1, 0)]


def test_a_file_that_cannot_be_read_ends_in_its_place_among_the_others(store: Store, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.jsonl.gz"
    damaged.write_bytes(b"\x1f\x8b\x08\x00 no archive")
    files = [write(tmp_path / "one.jsonl", range(4)), damaged, write(tmp_path / "two.jsonl", range(4, 6))]
    first, broken, last = import_files(store, CATALOG, files)
    assert (first.articles, broken.articles, last.articles) == (4, 0, 2)
    assert broken.problem.startswith("The file is damaged")
    assert not first.problem
    assert not last.problem


def test_progress_tells_how_many_lines_of_each_file_are_saved(store: Store, tmp_path: Path) -> None:
    steps: list[Step] = []
    list(
        import_files(
            store,
            CATALOG,
            [write(tmp_path / "one.jsonl", range(7)), write(tmp_path / "two.jsonl", range(7, 9))],
            progress=steps.append,
        )
    )
    assert [(step.work, step.name, step.done, step.total) for step in steps] == [
        ("one.jsonl", "3 new", 3, 7),
        ("one.jsonl", "6 new", 6, 7),
        ("one.jsonl", "7 new", 7, 7),
        ("two.jsonl", "2 new", 2, 2),
    ]


def test_records_arrive_in_another_process_as_they_were_sent() -> None:
    sent = article("Micron opens a fab"), mention("company:micron", "Micron opens a fab", "Micron")
    assert pickle.loads(pickle.dumps(sent)) == sent
