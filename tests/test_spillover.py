"""What neighbours do after a shock, and what is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from analysis.event_study.spillover import _clustered, neighbours, spillover
from tests import simulated as world

RELATIONS = pd.DataFrame({"supplier": ["A", "B", "B", "C"], "customer": ["B", "C", "A", "D"]})


def world_with_shocks(passed: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A is shocked on 30 dates; B, its neighbour, moves by `passed` times as much on the next day."""
    rng = np.random.default_rng(6)
    days = world.sessions(400)
    abnormal = pd.DataFrame(0.01 * rng.standard_normal((400, 12)), index=days, columns=list("ABCDEFGHIJKL"))
    at = np.sort(rng.choice(np.arange(5, 390), 30, replace=False))
    jumps = 0.08 * rng.choice([-1.0, 1.0], 30)
    abnormal.iloc[at, 0] += jumps
    abnormal.iloc[at + 1, 1] += passed * jumps
    return pd.DataFrame({"ticker": "A", "session": days[at]}), abnormal


def test_neighbours_by_degree_and_side() -> None:
    table = neighbours(RELATIONS)
    of_a = table[table["ticker"] == "A"].set_index("neighbour")
    assert of_a["degree"].to_dict() == {"B": 1, "C": 2}
    assert of_a["side"].to_dict() == {"B": "both", "C": "second"}
    of_b = table[table["ticker"] == "B"].set_index("neighbour")
    assert of_b["side"].to_dict() == {"C": "customer", "A": "both", "D": "second"}
    assert not table.duplicated(["ticker", "neighbour"]).any()
    assert (table["ticker"] != table["neighbour"]).all()


def test_what_is_passed_on_is_found_at_the_first_degree_only() -> None:
    results = spillover(*_arguments(0.5)).results.set_index(["degree", "window"])
    first, second = results.loc[(1, "same and next day")], results.loc[(2, "same and next day")]
    assert first["passed"] == pytest.approx(0.5, abs=0.1)
    assert first["passed_p_adjusted"] < 0.001
    assert first["passed_low"] < 0.5 < first["passed_high"]
    assert second["passed_p_adjusted"] > 0.05
    # Up and down shocks cancel in the plain mean: that is what the pass-through is for.
    assert first["mean_p"] > 0.05
    assert first[["n_pairs", "n_shocks", "n_dates"]].tolist() == [30, 30, 30]


def test_nothing_passed_on_is_nothing_found() -> None:
    assert (spillover(*_arguments(0.0)).results["passed_p_adjusted"] > 0.05).all()


def test_errors_are_those_of_the_jackknife_over_dates() -> None:
    shocks, relations, abnormal = _arguments(0.5)
    also = pd.concat([shocks, shocks.assign(ticker="D")])
    answer = spillover(also, relations, abnormal)
    pairs = answer.pairs[answer.pairs["degree"] == 1]
    dates = pairs["session"].unique()
    slope = lambda rows: sm.OLS(rows["week after"], sm.add_constant(rows["own"])).fit().params["own"]  # noqa: E731
    left = np.array([slope(pairs[pairs["session"] != date]) for date in dates])
    error = np.sqrt((len(dates) - 1) / len(dates) * ((left - slope(pairs)) ** 2).sum())
    row = answer.results.set_index(["degree", "window"]).loc[(1, "week after")]
    half = stats.t.ppf(0.975, len(dates) - 1) * error
    assert (row["passed"], row["passed_high"] - row["passed"]) == pytest.approx((slope(pairs), half))
    assert (row["n_pairs"], row["n_dates"]) == (60, 30)


def test_few_dates_of_unequal_weight_find_little_where_nothing_is() -> None:
    rng, found = np.random.default_rng(0), 0
    dates = np.repeat(np.arange(14), 8)
    for _ in range(400):
        own = rng.standard_t(4, 14)[dates]
        moved = rng.standard_normal(14)[dates] + rng.standard_t(4, len(dates))
        found += _clustered(moved, np.column_stack([own, np.ones(len(dates))]), dates)[3] <= 0.05
    print(found, "of 400")
    assert found / 400 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_what_was_looked_at_counts() -> None:
    arguments = _arguments(0.2)
    alone, among = (spillover(*arguments, family=family).results["passed_p_adjusted"] for family in (1, 7))
    assert among.tolist() == pytest.approx(np.minimum(7 * alone, 1.0).tolist(), nan_ok=True)


def test_what_moves_everybody_is_taken_out() -> None:
    shocks, relations, abnormal = _arguments(0.5)
    everybody = abnormal.add(pd.Series(0.05, index=abnormal.index), axis=0)
    calm, moved = (spillover(shocks, relations, table).pairs for table in (abnormal, everybody))
    pd.testing.assert_frame_equal(calm, moved)


def test_a_pair_that_the_same_article_names_is_left_out() -> None:
    shocks, relations, abnormal = _arguments(0.5)
    named = pd.DataFrame({"session": shocks["session"].iloc[:4], "ticker": "B", "neighbour": "A"})
    answer = spillover(shocks, relations, abnormal, same_article=named)
    left = answer.pairs[answer.pairs["same_article"]]
    assert left["session"].tolist()[:4] == shocks["session"].tolist()[:4]
    assert set(left["neighbour"]) == {"B"}
    assert answer.results["n_pairs"][0] == 30 - len(left)


def test_few_dates_and_a_window_cut_off_give_no_estimate() -> None:
    shocks, relations, abnormal = _arguments(0.5)
    few = spillover(shocks[:9], relations, abnormal).results
    assert few["passed_p"].isna().all()
    assert few["n_dates"].max() == 9
    last = pd.DataFrame({"ticker": ["A"], "session": [abnormal.index[-1]]})
    assert spillover(last, relations, abnormal).results["n_pairs"].tolist() == [0, 0, 0, 0]
    unknown = spillover(last.assign(ticker="Z"), relations, abnormal)
    assert unknown.pairs.empty


def _arguments(passed: float) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    shocks, abnormal = world_with_shocks(passed)
    return shocks, RELATIONS, abnormal
