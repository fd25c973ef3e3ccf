"""The store ten times as large: the same newest days, and as much before them again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
from tenfold import make_tenfold

from builders import NOW, article, days, linked, save
from data.db import open_store
from data.queries import Filters, attention_by_day, coverage_by_day, span
from data.receipts import receipts
from data.searching import search_articles

MICRON = "company:micron"


def test_it_has_the_same_newest_days_and_everything_as_often_as_asked(tmp_path: Path) -> None:
    with open_store(tmp_path / "small.db") as store:
        save(
            store,
            linked(article("Micron sells out"), MICRON),
            linked(article("It rains", url="https://b.example/1", at=NOW + days(3)), story=-2),
        )
    make_tenfold(tmp_path / "small.db", tmp_path / "large.db", times=4)
    with open_store(tmp_path / "small.db", create=False) as small, open_store(tmp_path / "large.db", create=False) as large:
        first, last = span(small) or (NOW.date(), NOW.date())
        window = Filters(start=first, end=last)
        whole = replace(window, start=first - timedelta(days=21))
        assert span(large) == (whole.start, last)
        for filters in (window, replace(window, rev=1), replace(window, langs=("en",))):
            pd.testing.assert_frame_equal(attention_by_day(large, [MICRON], filters), attention_by_day(small, [MICRON], filters))
            pd.testing.assert_frame_equal(coverage_by_day(large, filters), coverage_by_day(small, filters))
        assert receipts(large, MICRON, whole)["title"].tolist() == ["Micron sells out"] * 4
        assert receipts(large, MICRON, whole)["article"].is_unique
        assert search_articles(large, replace(whole, q="rains"))[1] == 4
