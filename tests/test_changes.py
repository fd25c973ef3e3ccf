from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from builders import NOW, article, days, linked, mention, save
from data.prices import save_prices
from data.read.attention import Filters
from data.read.changes import price_changes, story_changes
from data.records import Action, Bar, Edit
from data.schema.store import Store
from data.write.articles import save_articles
from data.write.corrections import Correction, save_correction

MAY = Filters(start=date(2026, 5, 1), end=date(2026, 5, 31))
MICRON = "company:micron"


@pytest.fixture
def two(store: Store) -> Store:
    save(store, linked(article("Micron one"), MICRON, story=-1), linked(article("Micron two"), MICRON, story=-2))
    return store


def causes(store: Store, filters: Filters = MAY) -> list[tuple[str, str]]:
    found = story_changes(store, [MICRON], filters, since=1)
    assert found.then + (found.rows["change"] == "gained").sum() - (found.rows["change"] == "lost").sum() == found.now
    return list(found.rows[["change", "cause"]].itertuples(index=False, name=None))


def test_nothing_changed_is_no_rows(two: Store) -> None:
    assert causes(two) == []


def test_a_late_article_is_told_as_late(two: Store) -> None:
    save(two, linked(article("Micron three", at=NOW + days(1)), MICRON))
    assert causes(two) == [("gained", "late")]


def test_a_story_that_an_earlier_article_takes_out_of_the_window_has_moved(two: Store) -> None:
    save(two, linked(article("Micron early", at=NOW - days(2)), MICRON, story=1))
    assert causes(two) == [("lost", "moved")]


def test_a_corrected_link_is_told_as_corrected(two: Store) -> None:
    wrong = Correction(article=1, subject=MICRON, verdict="wrong", author="Ada", reason="no")
    save_correction(two, wrong, now=NOW, catalog_hash="c")
    assert causes(two) == [("lost", "corrected")]


def test_an_edited_text_is_told_as_edited(two: Store) -> None:
    edit = Edit(
        article=1,
        title="Samsung one",
        summary="",
        mentions=(mention("company:samsung", "Samsung one", "Samsung"),),
        seen_at=NOW,
    )
    save_articles(two, [], source="test", kind="update", catalog_hash="c", now=NOW, edits=[edit])
    assert causes(two) == [("lost", "edited")]


def test_words_that_an_edit_took_away_are_told_as_edited(two: Store) -> None:
    mentions = (mention(MICRON, "Micron says nothing", "Micron"),)
    edit = Edit(article=1, title="Micron says nothing", summary="", mentions=mentions, seen_at=NOW)
    save_articles(two, [], source="test", kind="update", catalog_hash="c", now=NOW, edits=[edit])
    assert causes(two, replace(MAY, q="one")) == [("lost", "edited")]


def test_revised_and_new_prices_are_told_apart(store: Store) -> None:
    def bar(day: int, close: float) -> Bar:
        return Bar(
            ticker="MU",
            session=date(2026, 5, day),
            open=None,
            high=None,
            low=None,
            close=close,
            volume=None,
            currency="USD",
        )

    save_prices(store, [bar(4, 10), bar(5, 11)], provider="t", now=NOW, catalog_hash="c")
    split = Action(ticker="MU", session=date(2026, 5, 6), kind="split", value=2)
    save_prices(store, [bar(4, 10), bar(5, 12), bar(6, 6)], [split], provider="t", now=NOW, catalog_hash="c")
    found = price_changes(store, ["MU"], MAY.start, MAY.end, since=1)
    assert (found.revised, found.added, found.actions) == (1, 1, 1)
    assert price_changes(store, ["MU"], date(2026, 5, 4), date(2026, 5, 4), since=1).revised == 0
