from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.baskets import basket, basket_level, basket_levels, rebased
from analysis.returns import price_table
from tests.reference import reference

NAN = np.nan


def prices(**columns):
    days = pd.bdate_range("2024-01-01", periods=len(next(iter(columns.values()))), name="session")
    return pd.DataFrame(columns, index=days, dtype=float)


def test_each_listing_counts_alike_whatever_its_price():
    found = basket(prices(A=[1, 1.1], B=[1000, 900]))
    assert found["level"].tolist() == pytest.approx([100, 100])
    assert found["n"].tolist() == [0, 2]


def test_the_mean_is_of_those_that_traded():
    # B rests on the second day; on the third its return is over both days.
    found = basket(prices(A=[100, 110, 110], B=[100, NAN, 120]))
    assert found["level"].tolist() == pytest.approx([100, 110, 110 * 1.1])
    assert found["n"].tolist() == [0, 1, 2]
    assert found["listed"].tolist() == [2, 2, 2]


def test_a_late_listing_enters_with_its_first_return():
    found = basket(prices(A=[100, 100, 100, 100], NEW=[NAN, NAN, 50, 60]))
    assert found["level"].tolist() == pytest.approx([100, 100, 100, 110])
    assert found["listed"].tolist() == [1, 1, 2, 2]


def test_the_interval_is_that_of_a_mean():
    found = basket(prices(A=[100, 101], B=[100, 102], C=[100, 106])).iloc[1]
    low, high = stats.t.interval(0.95, 2, loc=0.03, scale=stats.sem([0.01, 0.02, 0.06]))
    assert (found["mean"], found["low"], found["high"]) == pytest.approx((0.03, low, high))


def test_one_member_has_no_interval():
    found = basket(prices(A=[100, 101])).iloc[1]
    assert found["mean"] == pytest.approx(0.01)
    assert np.isnan(found["low"])


def test_sessions_on_which_no_member_traded_are_not_there():
    table = prices(A=[100, NAN, 101], OTHER=[1, 2, 3])
    assert len(basket(table, ["A", "PRIVATE"])) == 2


def test_the_levels_of_several_baskets_are_those_of_each():
    table = prices(A=[100, 110, 121, NAN], B=[NAN, 50, NAN, 60], C=[NAN, NAN, NAN, 7])
    groups = {"both": ["A", "B"], "late": ["C"], "none": ["X"]}
    levels = basket_levels(table, groups)
    assert list(levels.columns) == list(groups)
    for name, members in groups.items():
        pd.testing.assert_series_equal(levels[name].dropna(), basket(table, members)["level"], check_names=False)
        pd.testing.assert_series_equal(levels[name].dropna(), basket_level(table, members), check_names=False)


def test_a_basket_of_nothing_is_empty():
    assert basket(prices(A=[1.0]), []).empty
    assert basket(prices(A=[1.0]).iloc[:0]).empty


def test_levels_begin_at_100_where_they_are_first_known():
    found = rebased(prices(A=[50, 55, 60], B=[NAN, 10, 11]))
    assert found["A"].tolist() == pytest.approx([100, 110, 120])
    assert found["B"].tolist() == pytest.approx([NAN, 100, 110], nan_ok=True)
    assert rebased(pd.DataFrame()).empty


def test_a_basket_of_real_listings_on_three_continents_has_all_their_sessions():
    bars = pd.read_csv(reference("data/prices/daily_2024_2026.csv.gz"), parse_dates=["date"])
    table = price_table(bars.rename(columns={"date": "session"}), "close")
    members = ["MU", "000660.KS", "005930.KS", "WDC", "SNDK"]
    found = basket(table, members)
    assert len(found) == table[members].notna().any(axis=1).sum()
    assert found["n"].max() == 5
    assert found.loc[:"2025-02-12", "listed"].max() == 4  # SNDK listed on 2025-02-13
    print(f"{len(found)} sessions of {len(members)} listings")
