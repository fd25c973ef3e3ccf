"""Edits of the catalog and what they do to stored links: no edit and no correction is lost, and nobody is held up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from builders import NOW, THEMES, article, linked, mention, save, small_catalog, update_with
from data.catalog.edit import ALIASES, FileEdit, phrase_lists, with_alias, with_phrases, without_alias
from data.catalog.edit import THEMES as FILE
from data.catalog.records import Catalog
from data.errors import CatalogError, EditConflict, StoreBusy
from data.read.attention import Filters, attention_by_day
from data.read.receipts import mentions_of, receipts
from data.records import Edit
from data.schema.store import Store, open_store
from data.write.articles import save_articles
from data.write.corrections import Correction, is_stale, save_correction
from data.write.revisions import revisions_between
from ingest import relink as relinking
from ingest.import_files import import_files
from ingest.lease import active_run
from ingest.progress import Step
from ingest.relink import preview, relink, undo

MAY = Filters(start=date(2026, 4, 1), end=date(2026, 5, 31))
MEMORY, MICRON = "theme:memory", "company:micron"


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return small_catalog(tmp_path / "catalog", "Micron", "Samsung")


@pytest.fixture
def other(store: Store) -> Iterator[Store]:
    """The same store, opened by somebody else."""
    with open_store(store.url) as opened:
        yield opened


def phrases(catalog: Catalog) -> list[str]:
    return phrase_lists((Path(catalog.folder) / FILE).read_text("utf-8"), "memory")["", "en"]


def edit(catalog: Catalog, *added: str, without: str = "", theme: str = "memory") -> FileEdit:
    """An edit of a theme's English phrases, begun with the files as the catalog has them."""
    base = catalog.files.text(FILE)
    wanted = [each for each in phrase_lists(base, theme)["", "en"] if each != without]
    return FileEdit(name=FILE, base=base, text=with_phrases(base, theme, "", "en", [*wanted, *added]))


def ingest(store: Store, catalog: Catalog, *titles: str) -> None:
    """Articles linked and saved as an update does it."""
    update_with(store, catalog, [article(title, at=NOW + timedelta(hours=n)) for n, title in enumerate(titles)])


def count(store: Store, subject: str, rev: int | None = None) -> int:
    return int(attention_by_day(store, [subject], replace(MAY, rev=rev))["stories"].sum())


def subjects(store: Store, ident: int) -> set[str]:
    return set(mentions_of(store, [ident])["subject"])


# ---- two people at once ---------------------------------------------------------------------------------------------


def test_two_edits_of_one_theme_both_stand(store: Store, catalog: Catalog) -> None:
    first, second = edit(catalog, "alpha stack"), edit(catalog, "beta stack", without="HBM")
    relink(store, catalog, [second])
    relink(store, catalog, [first])
    assert phrases(catalog) == ["DRAM prices", "beta stack", "alpha stack"]


def test_an_edit_goes_on_top_of_what_somebody_did_to_the_file_by_hand(store: Store, catalog: Catalog) -> None:
    mine = edit(catalog, "alpha stack")
    by_hand = THEMES.replace("[power]", '# A remark.\n[power]\nzh = ["电力短缺"]').replace(
        '"DRAM prices"', '"DRAM glut"'
    )
    (Path(catalog.folder) / FILE).write_text(by_hand, "utf-8")
    after, _ = relink(store, catalog, [mine])
    assert phrases(catalog) == ["HBM", "DRAM glut", "alpha stack"]
    assert "# A remark." in (Path(catalog.folder) / FILE).read_text("utf-8")
    assert [phrase.text for phrase in after.themes["power"].phrases] == ["power shortage", "电力短缺"]


def test_a_phrase_that_somebody_else_changed_meanwhile_is_not_changed_again(store: Store, catalog: Catalog) -> None:
    mine = edit(catalog, "HBM4", without="HBM")
    relink(store, catalog, [edit(catalog, "HBM stack", without="HBM")])
    before = store.revision(), phrases(catalog)
    for change in (preview, relink):
        with pytest.raises(EditConflict, match=r"Somebody else changed the phrase 'HBM' of memory in themes\.toml"):
            change(store, catalog, [mine])
    assert (store.revision(), phrases(catalog)) == before


def test_two_names_of_a_company_both_stand_and_the_same_row_is_refused(store: Store, catalog: Catalog) -> None:
    base = catalog.files.text(ALIASES)
    one, two = (
        FileEdit(name=ALIASES, base=base, text=with_alias(base, "micron", name)) for name in ("MU Corp", "Mikron")
    )
    gone = FileEdit(name=ALIASES, base=base, text=without_alias(base, "micron", "Micron"))
    relink(store, catalog, [one])
    after, _ = relink(store, catalog, [two])
    assert [alias.text for alias in after.companies["micron"].aliases] == ["Micron", "MU Corp", "Mikron"]
    relink(store, after, [gone])
    with pytest.raises(EditConflict, match=r"the row micron,Micron in aliases\.csv"):
        relink(store, catalog, [gone])


@pytest.mark.parametrize("gains", [True, False])
def test_a_row_is_not_added_to_a_file_whose_columns_have_changed(store: Store, catalog: Catalog, gains: bool) -> None:
    path, narrow = Path(catalog.folder) / ALIASES, catalog.files.text(ALIASES)
    header, *rows = narrow.splitlines()
    wide = "\n".join([f"{header},remark", *(f"{row}," for row in rows), ""])
    base, today = (narrow, wide) if gains else (wide, narrow)
    path.write_text(today, "utf-8")
    with pytest.raises(EditConflict, match=r"aliases\.csv"):
        relink(store, catalog, [FileEdit(name=ALIASES, base=base, text=with_alias(base, "micron", "MU Corp"))])
    assert path.read_text("utf-8") == today


def test_an_edit_with_a_mistake_changes_neither_file_nor_links(store: Store, catalog: Catalog) -> None:
    ingest(store, catalog, "Micron HBM sold out")
    with pytest.raises(CatalogError, match=r"themes\.toml:\d+: '\(a'"):
        relink(store, catalog, [edit(catalog, "(a")])
    assert (store.revision(), phrases(catalog)) == (1, ["HBM", "DRAM prices"])


# ---- previews -------------------------------------------------------------------------------------------------------


def test_a_preview_is_what_applying_does_and_writes_nothing(store: Store, catalog: Catalog) -> None:
    ingest(store, catalog, "Micron alpha stack sold out", "Samsung HBM sold out", "Micron and Samsung on HBM")
    change = edit(catalog, "alpha stack", without="HBM")
    seen = preview(store, catalog, [change])
    assert (store.revision(), phrases(catalog)) == (1, ["HBM", "DRAM prices"])
    after, done = relink(store, catalog, [change])
    assert (done.articles, done.gained, done.lost) == (seen.articles, seen.gained, seen.lost)
    assert done.moves.equals(seen.moves)
    assert (done.gained, done.lost) == ({MEMORY: 1}, {MEMORY: 2})
    assert (count(store, MEMORY), count(store, MEMORY, rev=1)) == (1, 2)
    (made,) = revisions_between(store, 1, 9)
    assert (made.kind, made.catalog_hash, made.model_hash) == ("relink", after.hash, catalog.model.hash)


def test_a_preview_waits_for_nobody_and_keeps_nobody_waiting(store: Store, other: Store, catalog: Catalog) -> None:
    ingest(store, catalog, "Micron alpha stack sold out")
    with other.writing():
        assert preview(store, catalog, [edit(catalog, "alpha stack")]).gained == {MEMORY: 1}
    written: list[int] = []

    def write(_: Step) -> None:
        save(other, linked(article("Samsung sells"), "company:samsung"))
        written.append(other.revision())

    assert preview(store, catalog, [edit(catalog, "alpha stack")], progress=write).gained == {MEMORY: 1}
    assert written[0] == 2


# ---- what comes while a relink runs ---------------------------------------------------------------------------------

WRONG = Correction(article=1, subject=MEMORY, verdict="wrong", author="Ada", reason="a stack of paper")


def test_a_correction_that_is_saved_while_a_relink_runs_is_kept(store: Store, other: Store, catalog: Catalog) -> None:
    ingest(store, catalog, "Micron alpha stack sold out", "Samsung alpha stack sold out")
    saved: list[int] = []

    def correct(_: Step) -> None:
        if not saved:
            saved.append(save_correction(other, WRONG, now=NOW, catalog_hash="c").revision)

    _, effect = relink(store, catalog, [edit(catalog, "alpha stack")], progress=correct)
    assert saved
    assert effect.gained == {MEMORY: 1}
    assert (subjects(store, 1), subjects(store, 2)) == ({MICRON}, {"company:samsung", MEMORY})


def test_a_relink_ends_however_fast_others_write(store: Store, other: Store, catalog: Catalog) -> None:
    ingest(store, catalog, "Micron alpha stack sold out")
    tries: list[int] = []

    def correct(_: Step) -> None:
        if len(tries) < relinking.TRIES:  # the last look is under the lock
            tries.append(save_correction(other, WRONG, now=NOW, catalog_hash="c").revision)

    relink(store, catalog, [edit(catalog, "alpha stack", "DRAM")], progress=correct)
    assert len(tries) == relinking.TRIES
    assert subjects(store, 1) == {MICRON}


def test_an_article_that_comes_while_a_relink_runs_is_linked_with_the_new_catalog(
    store: Store, other: Store, catalog: Catalog
) -> None:
    ingest(store, catalog, "Micron alpha stack sold out")

    def come(_: Step) -> None:
        if other.revision() == 1:
            ingest(other, catalog, "Samsung builds its own alpha stack")

    _, effect = relink(store, catalog, [edit(catalog, "alpha stack")], progress=come)
    assert effect.articles == 2
    assert MEMORY in subjects(store, 2)


# ---- the order of runs ----------------------------------------------------------------------------------------------


def test_an_edit_waits_for_a_running_update_and_links_what_that_saved(
    store: Store, other: Store, catalog: Catalog
) -> None:
    waiting = threading.Event()
    done: list[object] = []

    def apply() -> None:
        done.append(relink(store, catalog, [edit(catalog, "alpha stack")], progress=lambda _: waiting.set()))

    thread = threading.Thread(target=apply)
    with active_run(other, "update"):
        thread.start()
        assert waiting.wait(20)
        assert phrases(catalog) == ["HBM", "DRAM prices"]
        ingest(other, catalog, "Samsung builds its own alpha stack")
    thread.join(30)
    assert len(done) == 1
    assert MEMORY in subjects(store, 1)


def test_an_edit_that_waited_too_long_says_so_and_changes_nothing(store: Store, other: Store, catalog: Catalog) -> None:
    steps: list[str] = []
    with active_run(other, "update"), pytest.raises(StoreBusy, match=r"Another run \(update, .* is active"):
        relink(
            store, catalog, [edit(catalog, "alpha")], wait_seconds=0.6, progress=lambda step: steps.append(step.name)
        )
    assert steps
    assert steps[0].startswith("Waiting: Another run (update")
    assert phrases(catalog) == ["HBM", "DRAM prices"]


def test_a_run_that_begins_after_an_edit_links_with_it_though_it_read_the_catalog_before(
    store: Store, catalog: Catalog, tmp_path: Path
) -> None:
    relink(store, catalog, [edit(catalog, "alpha stack")])
    news = tmp_path / "news.csv"
    news.write_text("title,url,published_at\nMicron alpha stack,https://x.example/1,2026-05-01T10:00:00Z\n", "utf-8")
    list(import_files(store, catalog, [news]))
    assert MEMORY in subjects(store, 1)


def test_a_mention_that_is_stored_twice_goes_whole(store: Store, catalog: Catalog) -> None:
    item = linked(article("Micron HBM sold out"), MEMORY, MEMORY, "company:nobody")
    save(store, item)
    save_correction(store, WRONG, now=NOW, catalog_hash="c")
    assert subjects(store, 1) == {"company:nobody"}
    assert (count(store, MEMORY), len(receipts(store, MEMORY, MAY, unit="articles"))) == (0, 0)


# ---- corrections and later texts ------------------------------------------------------------------------------------


def test_a_correction_holds_when_the_articles_text_changes(store: Store, catalog: Catalog) -> None:
    ingest(store, catalog, "Micron HBM sold out")
    save_correction(store, WRONG, now=NOW, catalog_hash="c")
    update_with(store, catalog, [replace(article("Micron HBM sold out"), title="Micron HBM is sold out")])
    assert mentions_of(store, [1])["matched"].tolist() == ["Micron"]


def test_what_an_undone_correction_brings_back_is_linked_with_todays_catalog(store: Store, catalog: Catalog) -> None:
    ingest(store, catalog, "Micron alpha stack sold out", "Samsung HBM sold out")
    catalog, _ = relink(store, catalog, [edit(catalog, "alpha stack")])
    save_correction(store, WRONG, now=NOW, catalog_hash=catalog.hash)
    undo(store, catalog, 1, MEMORY, now=NOW)
    assert subjects(store, 1) == {MICRON, MEMORY}
    save_correction(store, WRONG, now=NOW, catalog_hash=catalog.hash)
    catalog, _ = relink(store, catalog, [edit(catalog, without="alpha stack")])
    undo(store, catalog, 1, MEMORY, now=NOW)
    assert subjects(store, 1) == {MICRON}


def test_an_undone_correction_is_outdated_by_a_later_text_of_its_own_article_only(
    store: Store, catalog: Catalog
) -> None:
    ingest(store, catalog, "Micron HBM sold out", "Samsung HBM sold out")
    save_correction(store, replace(WRONG, article=2), now=NOW, catalog_hash=catalog.hash)
    other = Edit(article=1, title="Micron HBM is sold out", summary="", mentions=(), seen_at=NOW)
    save_articles(store, [], source="test", kind="update", catalog_hash=catalog.hash, now=NOW, edits=[other])
    assert not is_stale(store, 2, MEMORY, catalog_hash=catalog.hash)
    assert is_stale(store, 2, MEMORY, catalog_hash="another")
    save_articles(
        store, [], source="test", kind="update", catalog_hash=catalog.hash, now=NOW, edits=[replace(other, article=2)]
    )
    assert is_stale(store, 2, MEMORY, catalog_hash=catalog.hash)


def test_a_story_that_grows_while_one_of_its_articles_has_a_later_text_is_counted_once(store: Store) -> None:
    save(store, linked(article("Micron one"), MICRON))
    text = mention(MEMORY, "Samsung one", "one")
    later = Edit(article=1, title="Samsung one", summary="", mentions=(text,), seen_at=NOW)
    earlier = linked(article("Micron two", at=NOW - timedelta(days=1)), MICRON, story=1)
    save_articles(store, [earlier], source="test", kind="update", catalog_hash="c", now=NOW, edits=[later])
    assert (count(store, MICRON), len(receipts(store, MICRON, MAY))) == (1, 1)
    assert (count(store, MEMORY), len(receipts(store, MEMORY, MAY))) == (1, 1)
