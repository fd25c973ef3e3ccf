from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from analysis.attention import (
    by_grain,
    fixed_panel,
    panel_publishers,
    period_of,
    share_of_voice,
    without_publisher,
)


def daily(start, stories, **more):
    days = pd.date_range(start, periods=len(stories))
    return pd.DataFrame({"day": days, "stories": stories, "articles": [2 * n for n in stories], **more})


def test_weeks_begin_on_monday_and_months_on_the_first():
    days = pd.DatetimeIndex(["2024-06-30", "2024-07-01", "2024-02-29"])  # Sunday, Monday, Thursday
    assert period_of(days, "week").strftime("%m-%d").tolist() == ["06-24", "07-01", "02-26"]
    assert period_of(days, "month").strftime("%m-%d").tolist() == ["06-01", "07-01", "02-01"]
    assert period_of(days, "day").equals(days.as_unit("s"))


def test_a_cut_week_is_marked():
    weeks = by_grain(daily("2024-06-05", [1] * 12), "week")  # Wednesday to the Sunday of the week after
    assert weeks["period"].dt.strftime("%m-%d").tolist() == ["06-03", "06-10"]
    assert weeks["stories"].tolist() == [5, 7]
    assert weeks["articles"].tolist() == [10, 14]
    assert weeks["days"].tolist() == [5, 7]
    assert weeks["complete"].tolist() == [False, True]


def test_a_window_fills_quiet_periods_and_cuts_what_is_outside():
    months = by_grain(daily("2024-01-30", [1, 2, 4]), "month", start="2024-01-31", end="2024-03-15")
    assert months["period"].dt.month.tolist() == [1, 2, 3]
    assert months["stories"].tolist() == [2, 4, 0]
    assert months["days"].tolist() == [1, 29, 15]
    assert months["complete"].tolist() == [False, True, False]


def test_every_period_of_the_year_is_counted_once():
    for grain, periods in (("day", 366), ("week", 53), ("month", 12)):
        found = by_grain(daily("2024-01-01", [1] * 366), grain)
        assert len(found) == periods
        assert found["stories"].sum() == found["days"].sum() == 366


def test_no_attention_is_no_period_unless_a_window_asks():
    nothing = daily("2024-01-01", [])
    assert by_grain(nothing, "week").empty
    assert by_grain(nothing, "week", start="2024-01-01", end="2024-01-14")["stories"].tolist() == [0, 0]


def test_the_share_of_voice_has_its_wilson_interval():
    found = share_of_voice(daily("2024-01-01", [1, 5]), daily("2024-01-01", [10, 10, 0]))
    assert found["n"].tolist() == [1, 5, 0]
    assert found["total"].tolist() == [10, 10, 0]
    assert found["share"].tolist() == pytest.approx([0.1, 0.5, np.nan], nan_ok=True)
    low, high = proportion_confint([1, 5], [10, 10], method="wilson")
    assert found["low"].tolist()[:2] == pytest.approx(low)
    assert found["high"].tolist()[:2] == pytest.approx(high)


def test_a_thin_day_leans_on_the_common_share():
    found = share_of_voice(daily("2024-01-01", [1, 19]), daily("2024-01-01", [1, 99]), alpha=9)
    # The common share is 20 / 100; (1 + 9·0.2) / (1 + 9) = 0.28
    assert found["shrunk"].iloc[0] == pytest.approx(0.28)
    assert found["shrunk_low"].iloc[0] < 0.28 < found["shrunk_high"].iloc[0]


def test_the_measure_and_the_period_are_the_frames_own():
    attention, coverage = (by_grain(daily("2024-01-01", n), "week") for n in ([1] * 7, [4] * 7))
    found = share_of_voice(attention, coverage, measure="articles")
    assert found["period"].tolist() == [pd.Timestamp("2024-01-01")]
    assert (found["n"].tolist(), found["total"].tolist()) == ([14], [56])


def test_more_mentions_than_stories_begun_is_a_share_of_one():
    found = share_of_voice(daily("2024-01-01", [3]), daily("2024-01-01", [2]))
    assert found["share"].tolist() == [1]


def test_a_share_of_nothing_is_nan_not_an_error():
    found = share_of_voice(daily("2024-01-01", []), daily("2024-01-01", [0, 0]))
    assert found[["share", "low", "high", "shrunk", "shrunk_low", "shrunk_high"]].isna().all(axis=None)
    assert share_of_voice(daily("2024-01-01", []), daily("2024-01-01", [])).empty


def written(publisher, days, stories):
    return pd.DataFrame({"day": pd.to_datetime(days), "publisher": publisher, "stories": stories, "articles": stories})


def test_a_publisher_that_comes_later_is_not_on_the_panel():
    mondays = pd.date_range("2024-01-01", periods=10, freq="7D")
    coverage = pd.concat([written("old", mondays, 10), written("new", mondays[5:], 90)])
    attention = pd.concat([written("old", mondays, 1), written("new", mondays[5:], 45)])
    panel = fixed_panel(attention, coverage)
    assert panel.publishers == ("old",)
    assert panel.known == 2
    assert panel.covered == pytest.approx(100 / 550)
    assert panel.share["share"].tolist() == pytest.approx([0.1] * 10)
    assert panel_publishers(coverage, present=0.5) == ("new", "old")


def test_a_day_on_which_only_others_wrote_stays_in_the_panels_days():
    days = pd.date_range("2024-01-01", periods=3)
    coverage = pd.concat([written("old", days[[0, 2]], 10), written("once", days[[1]], 10)])
    panel = fixed_panel(coverage.iloc[:0], coverage, present=1)
    assert panel.publishers == ("old", "once")
    assert panel.share["total"].tolist() == [10, 10, 10]
    assert fixed_panel(coverage.iloc[:0], coverage.iloc[:0]).publishers == ()


def test_the_spike_without_its_loudest_publisher_is_lower():
    usual = pd.date_range("2024-01-01", periods=28)
    rows = pd.concat(
        [
            written("calm", usual, 1),
            written("calm", ["2024-01-29"], 2),
            written("loud", ["2024-01-29"], 4),
        ]
    )
    found = without_publisher(rows, start="2024-01-29", end="2024-01-29")
    # Six stories where one is usual: a height of 5, of which "loud" is 4 and "calm" 1.
    assert found["publisher"].tolist() == ["loud", "calm"]
    assert found["n"].tolist() == [4, 2]
    assert found["height"].tolist() == [5, 5]
    assert found["lower"].tolist() == pytest.approx([0.8, 0.2])
    assert (found["low"] < found["share"]).all()
    assert (found["share"] < found["high"]).all()


def test_without_a_spike_nothing_is_lower():
    found = without_publisher(
        written("a", pd.date_range("2024-01-01", periods=29), 1), start="2024-01-29", end="2024-01-29"
    )
    assert found["lower"].isna().all()
    assert without_publisher(written("a", [], []), start="2024-01-29", end="2024-01-29").empty
