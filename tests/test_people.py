"""What people add: corrections, saved views, notes, hypotheses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from builders import NOW, article, linked, save
from data.errors import UsageError
from data.people.hypotheses import family_size, hypotheses_of, keep_result, record_hypothesis
from data.people.notes import notes_between, remove_note, save_note
from data.people.saved_views import revoke_view, save_view, saved_views, shared_view
from data.read.attention import Filters, attention_by_day
from data.read.receipts import mentions_of
from data.schema.models import View
from data.schema.store import Store
from data.write.corrections import (
    Correction,
    corrected,
    corrections_of,
    preview_correction,
    save_correction,
    undo_correction,
)

MAY = Filters(start=date(2026, 4, 1), end=date(2026, 5, 31))
WRONG = Correction(article=1, subject="company:micron", verdict="wrong", author="Ada", reason="a unit of length")
MISSING = Correction(
    article=1,
    subject="theme:memory",
    verdict="missing",
    author="Ada",
    reason="about DRAM",
    field="title",
    start=7,
    end=12,
)


def count(store: Store, subject: str, rev: int | None = None) -> int:
    return int(attention_by_day(store, [subject], replace(MAY, rev=rev))["stories"].sum())


@pytest.fixture
def one(store: Store) -> Store:
    save(store, linked(article("Micron sells out"), "company:micron"))
    return store


def test_a_wrong_link_is_gone_at_once_and_the_past_keeps_it(one: Store) -> None:
    effect = save_correction(one, WRONG, now=NOW, catalog_hash="c")
    assert (effect.lost, effect.gained) == ({"company:micron": 1}, {})
    assert (count(one, "company:micron"), count(one, "company:micron", rev=1)) == (0, 1)


def test_a_missing_link_is_added_with_the_words_that_show_it(one: Store) -> None:
    assert save_correction(one, MISSING, now=NOW, catalog_hash="c").gained == {"theme:memory": 1}
    found = mentions_of(one, [1], subject="theme:memory").iloc[0]
    assert (found["matched"], found["rule"], found["why"]) == ("sells", "override", "Ada: about DRAM")


def test_a_preview_says_the_effect_and_changes_nothing(one: Store) -> None:
    effect = preview_correction(one, WRONG)
    assert (effect.revision, effect.lost) == (0, {"company:micron": 1})
    assert (one.revision(), count(one, "company:micron"), corrections_of(one.reading, [1])) == (1, 1, {})


@pytest.mark.parametrize("override", [WRONG, MISSING])
def test_undo_brings_the_links_back(one: Store, override: Correction) -> None:
    before = mentions_of(one, [1])
    save_correction(one, override, now=NOW, catalog_hash="c")
    undo_correction(one, 1, override.subject, now=NOW, catalog_hash="c")
    assert mentions_of(one, [1]).equals(before)
    assert corrections_of(one.reading, [1]) == {}
    with pytest.raises(UsageError, match="no correction"):
        undo_correction(one, 1, override.subject, now=NOW, catalog_hash="c")


def test_corrections_hold_on_every_relink(one: Store) -> None:
    save_correction(one, WRONG, now=NOW, catalog_hash="c")
    relinked = linked(article("Micron sells out"), "company:micron").mentions
    assert corrected(relinked, corrections_of(one.reading, [1])[1], "Micron sells out", "") == ()


@pytest.mark.parametrize(
    "bad", [replace(WRONG, author=" "), replace(WRONG, reason=""), replace(WRONG, article=9), replace(MISSING, end=99)]
)
def test_a_correction_that_says_too_little_is_refused(one: Store, bad: Correction) -> None:
    with pytest.raises(UsageError):
        save_correction(one, bad, now=NOW, catalog_hash="c")
    assert one.revision() == 1


def test_a_shared_view_opens_by_its_token_until_it_expires_or_is_revoked(store: Store) -> None:
    ident, token = save_view(store, name="Memory", owner="ada", page="theme", query="theme=memory", now=NOW, share=True)
    found = shared_view(store, token, NOW)
    assert found is not None
    assert found.query == "theme=memory"
    assert shared_view(store, token[:-1] + "x", NOW) is None
    assert shared_view(store, "", NOW) is None
    assert shared_view(store, token, NOW + timedelta(days=31)) is None
    revoke_view(store, ident, NOW)
    assert shared_view(store, token, NOW) is None
    assert saved_views(store) == []


def test_only_the_hash_of_a_token_is_kept(store: Store) -> None:
    _, token = save_view(store, name="Memory", owner="ada", page="theme", query="", now=NOW, share=True)
    with store.reading() as connection:
        assert token not in str(connection.execute(select(View)).all())
        assert len(token) >= 43


def test_a_name_is_taken_once_by_an_owner(store: Store) -> None:
    save_view(store, name="Memory", owner="ada", page="theme", query="", now=NOW)
    save_view(store, name="Memory", owner="bob", page="theme", query="", now=NOW)
    with pytest.raises(UsageError, match="already"):
        save_view(store, name="Memory", owner="ada", page="theme", query="", now=NOW)


def test_notes_stand_on_their_day_with_author_and_date(store: Store) -> None:
    ident = save_note(
        store, subject="theme:memory", day=date(2026, 5, 1), words="Contract prices out", author="Ada", now=NOW
    )
    assert notes_between(store, "theme:memory", MAY.start, MAY.end)[["words", "author"]].values.tolist() == [
        ["Contract prices out", "Ada"]
    ]
    remove_note(store, ident, NOW)
    assert notes_between(store, "theme:memory", MAY.start, MAY.end).empty


def test_looking_twice_at_the_same_thing_counts_once(store: Store) -> None:
    pair = {"attention": "theme:memory", "returns": "MU", "max_lag": 10}
    assert record_hypothesis(store, analyst="ada", kind="viewed", what=pair, now=NOW)
    assert not record_hypothesis(store, analyst="ada", kind="viewed", what=dict(reversed(pair.items())), now=NOW)
    record_hypothesis(store, analyst="ada", kind="registered", what=pair, now=NOW)
    keep_result(store, analyst="ada", kind="viewed", what=pair, result={"p": 0.5})
    assert (family_size(store, "ada"), family_size(store, "bob")) == (1, 0)
    assert hypotheses_of(store, "ada")["result"].tolist() == [{}, {"p": 0.5}]
