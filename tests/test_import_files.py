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


def feed(path: Path, *entries: tuple[str, str, str]) -> Path:
    """Entries by title, id (part of the link too) and time."""
    items = "".join(
        f"<item><title>{title}</title><guid isPermaLink='false'>{ident}</guid><link>https://a.example/{ident}</link>"
        f"<pubDate>{day} Jun 2026 10:00:00 GMT</pubDate></item>"
        for title, ident, day in entries
    )
    path.write_text(f"<rss version='2.0'><channel><title>A</title>{items}</channel></rss>", encoding="utf-8")
    return path


def test_a_feed_whose_ids_and_links_change_at_each_fetch_has_its_articles_once(store: Store, tmp_path: Path) -> None:
    first = feed(tmp_path / "a.xml", ("Micron opens fab", "1?s=x", "02"), ("Nvidia opens lab", "2?s=x", "02"))
    later = feed(tmp_path / "b.xml", ("Micron opens fab", "7?s=y", "02"), ("Micron opens fab", "8?s=y", "03"))
    together = list(import_files(store, CATALOG, [first, later], source="t"))  # the first is not saved yet
    assert counts(together) == [("a", 2, 0, 0), ("b", 1, 0, 1)]
    assert counts(list(import_files(store, CATALOG, [later], source="t"))) == [("b", 0, 0, 2)]
    elsewhere = feed(tmp_path / "c.xml", ("Micron opens fab", "9?s=z", "02"))
    assert counts(list(import_files(store, CATALOG, [elsewhere], source="another"))) == [("c", 1, 0, 0)]


def test_two_entries_of_a_document_with_ids_of_their_own_stay_two(store: Store, tmp_path: Path) -> None:
    alone = feed(tmp_path / "a.xml", ("Form 8-K", "1", "02"))
    beside = feed(tmp_path / "b.xml", ("Form 8-K", "1", "02"), ("Form 8-K", "2", "02"))
    changed = feed(tmp_path / "c.xml", ("Form 8-K", "3", "02"), ("Form 8-K", "4", "02"), ("Form 8-K", "5", "02"))
    for path, new in ((alone, 1), (beside, 1), (beside, 0), (changed, 1)):
        (imported,) = import_files(store, CATALOG, [path], source="t")
        assert imported.articles == new, path.name


def test_records_with_one_title_and_pages_of_their_own_are_articles_of_their_own(store: Store, tmp_path: Path) -> None:
    files = [write(tmp_path / f"{n}.jsonl", [n, n + 28], "Market wrap") for n in range(2)]
    assert sum(each.articles for each in import_files(store, CATALOG, files, source="t")) == 4


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
