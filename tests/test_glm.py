from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.abnormal import abnormal_attention
from tests.glm_oracle import glm_expected
from tests.test_abnormal import coverage, subjects


def test_the_regression_and_the_closed_form_agree():
    totals = coverage(400)
    counts = subjects(totals, mean=5, k=0.2, number=1)
    quick = abnormal_attention(counts, totals)
    days = counts.index[-40:]
    slow = [glm_expected(counts["s0"], totals, day) for day in days]
    assert np.corrcoef([found.z for found in slow], quick.z.loc[days, "s0"])[0, 1] > 0.95
    assert np.mean([found.expected for found in slow]) == pytest.approx(quick.expected.loc[days, "s0"].mean(), rel=0.1)


def test_the_truth_of_a_steady_series_is_found():
    totals = coverage(400)
    counts = subjects(totals, mean=20, number=1)
    found = glm_expected(counts["s0"], totals, counts.index[-1])
    assert found.expected == pytest.approx(20 * totals.iloc[-1] / totals.mean(), rel=0.15)
    assert found.n == 182
    assert found.low < found.expected < found.high
    assert found.dispersion < 0.05


def test_the_day_itself_does_not_enter():
    totals = coverage(400)
    counts = subjects(totals, mean=5, number=1)["s0"]
    before = glm_expected(counts, totals, counts.index[300])
    counts.iloc[300:] = 50
    after = glm_expected(counts, totals, counts.index[300])
    assert after.expected == before.expected
    assert after.z > 5
    assert after.p < 1e-6


def test_a_kind_of_day_without_any_story_does_not_break_the_fit():
    totals = coverage(400)
    counts = subjects(totals, mean=2, number=1)["s0"]
    counts[counts.index.day_of_week >= 5] = 0
    sunday = counts.index[counts.index.day_of_week == 6][-1]
    assert glm_expected(counts, totals, sunday).expected > 0


def test_a_holiday_is_a_kind_of_day():
    totals = coverage(400)
    counts = subjects(totals, mean=5, number=1)["s0"]
    holidays = counts.index[10::10]
    counts[holidays] = 1
    found = glm_expected(counts, totals, holidays[-1], holidays=holidays)
    assert found.expected < 2


def test_too_little_says_nothing():
    totals = coverage(400)
    counts = subjects(totals, mean=0.05, number=1)["s0"]
    assert glm_expected(counts, totals, counts.index[-1]) is None
    assert glm_expected(counts + 5, totals, counts.index[20]) is None
    assert glm_expected(counts + 5, totals.where(totals.index < counts.index[-1], 0), counts.index[-1]) is None
    assert glm_expected(pd.Series(dtype=float, index=pd.DatetimeIndex([])), totals, counts.index[-1]) is None
