"""
The promises about counts, under any order of saving: count = receipts, the ledger = today's truth, the past stays as it
was.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from builders import NOW, article, linked, save
from data.read.attention import Filters, attention_by_day, coverage_by_day
from data.read.breakdown import split_by_day
from data.read.publishers import attention_by_publisher
from data.read.receipts import mentions_of, receipts
from data.schema.models import Attention, AttentionNow
from data.schema.store import Store, open_store

SUBJECTS = ["theme:memory", "subtheme:memory.hbm", "company:micron", "company:samsung"]
PUBLISHERS = ["a.example", "b.example", "c.example"]
LANGS = ["en", "zh"]
WORDS = ["Micron", "三星电子", "HBM"]

items = st.fixed_dictionaries(
    {
        "word": st.sampled_from(WORDS),
        "subjects": st.sets(st.sampled_from(SUBJECTS)),
        "story": st.integers(0, 3),  # one of four stories, begun when first met
        "hours": st.integers(-72, 72),
        "dated": st.booleans(),
        "publisher": st.sampled_from(PUBLISHERS),
        "lang": st.sampled_from(LANGS),
        "relevance": st.integers(0, 100),
    }
)
batches = st.lists(st.lists(items, min_size=1, max_size=5), min_size=1, max_size=4)
views = st.builds(
    Filters,
    start=st.dates(date(2026, 4, 27), date(2026, 5, 2)),
    end=st.dates(date(2026, 5, 1), date(2026, 5, 6)),
    publishers=st.sets(st.sampled_from(PUBLISHERS), max_size=2).map(tuple),
    langs=st.sets(st.sampled_from(LANGS), max_size=1).map(tuple),
    min_relevance=st.sampled_from([0, 0, 40, 90]),
    q=st.sampled_from(["", "", "micron", "三星", "HBM 7"]),
)


def fill(store: Store, drawn: list[list[dict[str, Any]]]) -> None:
    begun: dict[int, int] = {}
    for number, batch in enumerate(drawn):
        rows = []
        for place, item in enumerate(batch):
            title = f"{item['word']} {number} {place}"
            made = article(
                title,
                url=f"https://example.com/{number}/{place}",
                at=NOW + timedelta(hours=item["hours"]) if item["dated"] else None,
                publisher=item["publisher"],
                lang=item["lang"],
            )
            story = begun.get(item["story"], -1 - item["story"])
            seen = NOW + timedelta(hours=item["hours"])
            rows.append(linked(made, *sorted(item["subjects"]), story=story, relevance=item["relevance"], seen=seen))
        saved = save(store, *rows)
        begun.update({-1 - negative: ident for negative, ident in saved.story_ids.items()})


@settings(
    max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)  # shrinking would take minutes
@given(drawn=batches, view=views, data=st.data())
def test_every_count_equals_its_receipts_and_the_past_stays(
    drawn: list[list[dict[str, Any]]], view: Filters, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "s.db") as store:
        half = data.draw(st.integers(1, len(drawn)))
        fill(store, drawn[:half])
        then = replace(view, rev=store.revision())
        seen = {subject: attention_by_day(store, [subject], then) for subject in SUBJECTS}
        begun_again = [[{**item, "story": item["story"] + 4} for item in batch] for batch in drawn[half:]]
        for batch in begun_again:
            fill_more(store, batch)
        for asked in (view, then):
            check_counts(store, asked)
        for subject, frame in seen.items():
            assert attention_by_day(store, [subject], then).equals(frame)
        check_ledger(store)


def fill_more(store: Store, batch: list[dict[str, Any]]) -> None:
    """More articles, some of them for stories that are stored already."""
    known = receipts(store, None, Filters(start=date(2026, 4, 1), end=date(2026, 6, 1)))["story"].unique().tolist()
    rows = []
    for place, item in enumerate(batch):
        made = article(
            f"{item['word']} more {place}",
            url=f"https://example.com/more/{store.revision()}/{place}",
            at=NOW + timedelta(hours=item["hours"]),
            publisher=item["publisher"],
            lang=item["lang"],
        )
        story = int(known[item["story"] % len(known)]) if item["dated"] else -1 - place
        rows.append(linked(made, *sorted(item["subjects"]), story=story, relevance=item["relevance"]))
    save(store, *rows)


def check_counts(store: Store, view: Filters) -> None:
    for subject in SUBJECTS:
        frame = attention_by_day(store, [subject], view)
        for unit in ("stories", "articles"):
            rows = receipts(store, subject, view, unit=unit)  # type: ignore[arg-type]
            per_day = rows.groupby("day").size()
            counted = frame[frame[unit] > 0].set_index("day")[unit]
            assert per_day.to_dict() == counted.to_dict()
            check_evidence(store, subject, rows, view)
        assert split_by_day(store, subject, view, "company")["stories"].sum() == frame["stories"].sum()
        by_publisher = attention_by_publisher(store, subject, view).groupby("day")[["stories", "articles"]].sum()
        assert by_publisher.to_dict("index") == frame.set_index("day")[["stories", "articles"]].to_dict("index")
    everything = coverage_by_day(store, view)
    for unit in ("stories", "articles"):
        assert len(receipts(store, None, view.for_all(), unit=unit)) == everything[unit].sum()  # type: ignore[arg-type]


def check_evidence(store: Store, subject: str, rows: Any, view: Filters) -> None:
    evidence = mentions_of(store, rows["article"], view.rev, subject=subject)
    assert set(evidence["article"]) == set(rows["article"])
    texts = rows.drop_duplicates("article").set_index("article")
    for found in evidence.itertuples():
        assert texts.loc[found.article, found.field][found.start : found.end] == found.matched


def check_ledger(store: Store) -> None:
    with store.reading() as connection:
        total = select(Attention.subject_id, Attention.day, func.sum(Attention.stories), func.sum(Attention.articles))
        summed = {tuple(row) for row in connection.execute(total.group_by(Attention.subject_id, Attention.day))}
        now = {
            tuple(row)
            for row in connection.execute(
                select(AttentionNow.subject_id, AttentionNow.day, AttentionNow.stories, AttentionNow.articles)
            )
        }
        assert {row for row in summed if row[2:] != (0, 0)} == {row for row in now if row[2:] != (0, 0)}
