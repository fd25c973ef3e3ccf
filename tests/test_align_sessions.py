"""Series as strangers hand them over: the same answer, or one sentence that says why there is none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis.lead_lag.align_sessions import aligned_by_session
from analysis.lead_lag.study import preregistered, verdict
from tests import simulated as world

ATTENTION, RETURNS = world.planted(np.random.default_rng(3), 300, 0.4, lag=2)
ATTENTION = ATTENTION.round()

Change = Callable[[pd.Series], pd.Series]


@pytest.mark.parametrize(
    "changed",
    [
        lambda a: a.astype(int),
        lambda a: a.astype("Int64"),
        lambda a: a.astype("float32"),
        lambda a: a.astype(str),
        lambda a: a * 1e12,
        lambda a: a.tz_localize("UTC"),
        lambda a: a.tz_localize("Asia/Seoul"),
        lambda a: a.set_axis(a.index.date),
        lambda a: a.set_axis(a.index.strftime("%Y-%m-%d")),
        lambda a: a.to_period("D"),
        lambda a: a.sample(frac=1, random_state=0),
        lambda a: a.resample("D").mean().fillna(0.0),
    ],
)
def test_the_same_attention_in_another_dress_gives_the_same_answer(changed: Change) -> None:
    plain, other = verdict(ATTENTION, RETURNS, draws=99), verdict(changed(ATTENTION), RETURNS, draws=99)
    assert (other.kind, other.lag, other.n) == ("leads", 2, plain.n)
    assert other.correlation == pytest.approx(plain.correlation, abs=1e-6)


def test_sessions_may_be_numbered() -> None:
    answer = verdict(ATTENTION.reset_index(drop=True), RETURNS.reset_index(drop=True), draws=99)
    assert (answer.kind, answer.lag) == ("leads", 2)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (lambda a: pd.concat([a, a.iloc[50:55]]), "attention has more than one value for 2022-03-14"),
        (lambda a: a.set_axis([f"day {i}" for i in range(len(a))]), "the days of attention are not dates"),
        (lambda a: a.set_axis(a.index.where(a.index != a.index[7])), "the days of attention are not dates"),
        (lambda a: a.map(lambda n: f"{n} stories"), "attention has values that are not numbers"),
        (lambda a: a.reset_index(drop=True), "attention and prices share no trading day"),
        (lambda a: a.shift(3000, freq="D"), "attention and prices share no trading day"),
        (
            lambda a: a.where(np.arange(300) < 40),
            "only 39 trading days have both attention and an abnormal return, and it takes 60",
        ),
        (lambda a: a.where(np.arange(300) % 30 == 0, 0.0), "on only 10 trading days, and it takes 20"),
    ],
)
def test_attention_that_cannot_answer_says_why(changed: Change, why: str) -> None:
    answer = verdict(changed(ATTENTION), RETURNS, draws=99)
    assert answer.kind == "cannot tell"
    assert why in answer.sentence


def test_a_price_that_hardly_traded_cannot_answer() -> None:
    """One move in a year would else be a price that is known to be led by nothing."""
    answer = verdict(ATTENTION, RETURNS.where(np.arange(300) == 50, 0.0), draws=99)
    assert (
        answer.sentence
        == "Cannot tell: the price's move differs from its usual value on only 1 trading days, and it takes 20."
    )


@pytest.mark.parametrize("other", [np.arange(3.0), [1, 2], None, pd.DataFrame({"a": [1.0]})])
def test_what_is_no_series_is_named(other: object) -> None:
    with pytest.raises(TypeError, match=f"The price came as {type(other).__name__}; it takes a pandas Series"):
        verdict(ATTENTION, other)


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"max_lag_sessions": 0}, "max_lag_sessions is to be a whole number, at least 1, not 0"),
        ({"max_lag_sessions": 5.5}, "max_lag_sessions is to be a whole number, at least 1, not 5.5"),
        ({"draws": 10}, "draws is to be a whole number, at least 19, not 10"),
        ({"family": 0}, "family is to be a whole number, at least 1, not 0"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused_in_a_sentence(numbers: dict[str, int], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        verdict(ATTENTION, RETURNS, **numbers)


def test_a_stated_lag_is_checked_too() -> None:
    with pytest.raises(ValueError, match="horizon_sessions is to be a whole number"):
        preregistered(ATTENTION, RETURNS, lag_sessions=1, horizon_sessions=0)
    with pytest.raises(ValueError, match="A direction is “leads” or “follows”, not “up”"):
        preregistered(ATTENTION, RETURNS, lag_sessions=1, direction="up")


def test_days_come_out_without_a_zone_and_in_order() -> None:
    found, lack = aligned_by_session(
        pd.Series([2, 1], pd.to_datetime(["2024-01-03", "2024-01-02"]).tz_localize("Asia/Seoul")), "attention"
    )
    assert lack == ""
    assert found.to_dict() == {pd.Timestamp("2024-01-02"): 1.0, pd.Timestamp("2024-01-03"): 2.0}
