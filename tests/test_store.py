from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from builders import NOW, article, days, linked, mention, save
from data.read.attention import Filters, attention_by_day, coverage_by_day
from data.read.receipts import mentions_of, receipts, story_articles
from data.read.search import search_articles
from data.records import Edit
from data.schema import models
from data.schema.store import Store
from data.write.articles import recent_articles, save_articles
from data.write.dedupe import known_articles

MAY = Filters(start=date(2026, 4, 1), end=date(2026, 5, 31))
MICRON, HBM = "company:micron", "theme:memory"


def stories_of(store: Store, subject: str, filters: Filters = MAY) -> dict[str, int]:
    frame = attention_by_day(store, [subject], filters)
    return {day.date().isoformat(): n for day, n in zip(frame["day"], frame["stories"], strict=True) if n}


def test_a_story_counts_once_however_many_articles_tell_it(store: Store) -> None:
    first, copy = (
        article("Micron sells out"),
        article("Micron sells out", url="https://copy.example/1", at=NOW + days(1)),
    )
    save(store, linked(first, MICRON), linked(copy, MICRON))
    frame = attention_by_day(store, [MICRON], MAY)
    assert frame["stories"].sum() == 1
    assert frame["articles"].sum() == 2


def test_the_same_batch_twice_writes_nothing_and_says_so(store: Store) -> None:
    batch = [linked(article("Micron sells out"), MICRON)]
    assert save(store, *batch).revision == 1
    again = save(store, *batch)
    assert (again.revision, again.articles, again.known, store.revision()) == (0, 0, 1, 1)
    assert known_articles(store, [batch[0].article], source="test").known == 1


def test_an_earlier_article_that_arrives_late_moves_the_story_to_its_day(store: Store) -> None:
    save(store, linked(article("Micron sells out"), MICRON))
    assert stories_of(store, MICRON) == {"2026-05-01": 1}
    story = int(receipts(store, MICRON, MAY)["story"].iloc[0])
    save(
        store, linked(article("Micron sells out", url="https://early.example/1", at=NOW - days(1)), MICRON, story=story)
    )
    assert stories_of(store, MICRON) == {"2026-04-30": 1}
    assert stories_of(store, MICRON, replace(MAY, rev=1)) == {"2026-05-01": 1}


def test_an_undated_article_counts_from_when_it_was_first_seen_and_has_no_time(store: Store) -> None:
    save(store, linked(article("Micron sells out", at=None), MICRON, seen=NOW + days(2)))
    assert stories_of(store, MICRON) == {"2026-05-03": 1}
    with store.reading() as connection:
        assert connection.scalar(select(models.StoryMention.available_at)) is None


def test_a_later_text_from_the_same_source_is_an_edit_and_keeps_the_first_date(store: Store) -> None:
    saved = save(store, linked(article("Micron sells out"), MICRON))
    later = replace(article("Micron sells out"), title="Samsung sells out", published_at=NOW + days(5))
    fresh = known_articles(store, [later], source="test")
    assert [ident for ident, _ in fresh.edited] == saved.article_ids
    samsung = mention("company:samsung", later.title, "Samsung")
    edit = Edit(article=saved.article_ids[0], title=later.title, summary="", mentions=(samsung,), seen_at=NOW + days(5))
    save_articles(store, [], source="test", kind="file", catalog_hash="c", now=NOW, edits=[edit])
    assert stories_of(store, MICRON) == {}
    assert stories_of(store, "company:samsung") == {"2026-05-01": 1}
    assert stories_of(store, MICRON, replace(MAY, rev=1)) == {"2026-05-01": 1}
    assert receipts(store, MICRON, replace(MAY, rev=1))["title"].tolist() == ["Micron sells out"]
    assert receipts(store, "company:samsung", MAY)["title"].tolist() == ["Samsung sells out"]
    assert known_articles(store, [later, article("Micron sells out")], source="test").known == 2


def test_another_source_with_another_title_for_the_same_url_is_not_an_edit(store: Store) -> None:
    save(store, linked(article("Micron sells out"), MICRON))
    retitled = replace(article("Micron sells out"), title="Memory maker has nothing left")
    assert known_articles(store, [retitled], source="elsewhere").known == 1


def test_a_guid_used_again_for_another_story_is_a_new_article(store: Store) -> None:
    one = article("Micron sells out", url="https://example.com/1", guid="item")
    two = article("Samsung sells out", url="https://example.com/2", guid="item")
    moved = article("Micron sells out", url="https://example.com/1?session=2", guid="item")
    save(store, linked(one, MICRON))
    fresh = known_articles(store, [two, moved], source="test")
    assert [a.title for a in fresh.new] == ["Samsung sells out"]


def test_articles_without_a_url_are_told_apart_by_source_and_guid(store: Store) -> None:
    page = article("Micron sells out", url="", guid="page:1")
    save(store, linked(page, MICRON))
    assert known_articles(store, [page], source="test").known == 1
    assert len(known_articles(store, [page], source="another").new) == 1


def test_one_url_twice_in_a_batch_is_one_article(store: Store) -> None:
    saved = save(
        store,
        linked(article("Micron one", url="https://example.com/1"), MICRON, story=-1),
        linked(article("Micron two", url="https://example.com/1"), MICRON, story=-2),
    )
    assert (saved.articles, saved.known, saved.article_ids) == (1, 1, [1, 0])


def test_publisher_and_language_filters_read_the_ledger(store: Store) -> None:
    save(
        store,
        linked(article("Micron one", publisher="a.example"), MICRON, story=-1),
        linked(article("Micron two", publisher="b.example", lang="zh"), MICRON, story=-2),
    )
    assert stories_of(store, MICRON, replace(MAY, publishers=("a.example",))) == {"2026-05-01": 1}
    assert stories_of(store, MICRON, replace(MAY, langs=("zh",))) == {"2026-05-01": 1}
    assert coverage_by_day(store, replace(MAY, langs=("zh", "en")))["stories"].tolist() == [2]


def test_words_in_any_script_are_found_and_only_as_of_their_revision(store: Store) -> None:
    titles = ["SK하이닉스 HBM4 양산", "台積電擴產先進封裝", "キオクシアがNANDを増産", "Micron sells out"]
    save(
        store,
        *(linked(article(title, url=f"https://example.com/{i}"), HBM, story=-1 - i) for i, title in enumerate(titles)),
    )
    for query, title in [
        ("하이닉스", titles[0]),
        ("台積電", titles[1]),
        ("先進封裝 台積電", titles[1]),
        ("キオクシア", titles[2]),
        ("micron", titles[3]),
    ]:
        found, total = search_articles(store, replace(MAY, q=query))
        assert (found["title"].tolist(), total) == ([title], 1)
    assert search_articles(store, replace(MAY, q="電積台"))[1] == 0
    assert search_articles(store, replace(MAY, q="micron", rev=0))[1] == 0


@pytest.mark.parametrize(
    "query", ['"', "a OR", "NEAR(", "*", "col:x", "-", "' ; drop table article", "(((", "^x", "\x00", "💥"]
)
def test_nothing_typed_into_the_search_is_an_operator(store: Store, query: str) -> None:
    save(store, linked(article("Micron sells out"), MICRON))
    search_articles(store, replace(MAY, q=query))


def test_receipts_carry_the_size_of_the_story(store: Store) -> None:
    copies = [
        linked(article("Micron sells out", url=f"https://{p}/1", publisher=p), MICRON)
        for p in ("a.example", "b.example", "b.example")
    ]
    save(store, *copies[:2])
    row = receipts(store, MICRON, MAY).iloc[0]
    assert (row["articles"], row["publishers"]) == (2, 2)
    assert story_articles(store, [row["story"]])["publisher"].tolist() == ["a.example", "b.example"]


def test_every_mention_names_its_characters(store: Store) -> None:
    save(store, linked(article("Micron sells out"), MICRON, HBM))
    ids = receipts(store, MICRON, MAY)["article"].tolist()
    for row in mentions_of(store, ids).itertuples():
        assert "Micron sells out"[row.start : row.end] == row.matched


def test_recent_articles_are_told_as_grouping_sees_them(store: Store) -> None:
    save(store, linked(article("Micron sells out"), MICRON, HBM))
    (stored,) = recent_articles(store, NOW - days(1), NOW + days(1))
    assert (stored.title, stored.subjects, stored.at) == ("Micron sells out", (MICRON, HBM), NOW)
    assert stored.url == "https://example.com/Micron-sells-out"


def test_the_store_refuses_a_naive_time(store: Store) -> None:
    with pytest.raises(ValueError, match="time zone"):
        save(store, linked(article("Micron sells out"), MICRON), now=datetime(2026, 1, 1))  # noqa: DTZ001
    assert store.revision() == 0


def test_what_a_failed_write_named_is_never_known_to_other_sessions(store: Store) -> None:
    """
    The ids are shared by all sessions: even between the failure and the rollback nobody may see those that are not
    stored.
    """
    save(store, linked(article("Micron sells out"), MICRON))
    seen: list[set[str]] = []
    with store.reading() as connection:
        known = set(store.ids(connection).subjects)

    def look(*_: object) -> None:
        seen.append(set(store._ids.subjects))

    event.listen(store.engine, "rollback", look)
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        save(store, linked(article("Samsung sells out"), "company:samsung", story=99))
    assert seen
    assert all(names == known for names in seen)
    save(store, linked(article("Nvidia sells out"), "company:nvidia", story=-1))
    assert stories_of(store, "company:nvidia") == {"2026-05-01": 1}


def test_a_failed_write_leaves_nothing_behind(store: Store) -> None:
    unknown_story = linked(article("Micron sells out"), MICRON, story=99)
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        save(store, unknown_story)
    assert store.revision() == 0
    assert save(store, linked(article("Micron sells out"), MICRON)).articles == 1
    assert stories_of(store, MICRON) == {"2026-05-01": 1}


@pytest.mark.parametrize("unit", ["stories", "articles"])
def test_of_all_stories_those_that_name_somebody_can_be_listed_alone(store: Store, unit: Any) -> None:
    save(store, linked(article("Micron sells out"), MICRON))
    save(store, linked(article("It rains", url="https://b.example/1", at=NOW + days(1)), story=-2))
    assert receipts(store, None, MAY, unit=unit)["title"].tolist() == ["It rains", "Micron sells out"]
    assert receipts(store, None, MAY, unit=unit, named=True, limit=1)["title"].tolist() == ["Micron sells out"]
