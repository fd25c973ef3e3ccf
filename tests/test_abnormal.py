"""The null series of these tests are random with a fixed seed: the bounds are those of the method, not of the draw."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.abnormal import abnormal_attention, negative_binomial_scores

WEEK = np.array([1.0, 1.1, 1.1, 1.0, 0.9, 0.4, 0.3])


def coverage(days=600, *, seed=0, mean=200):
    index = pd.date_range("2024-01-01", periods=days)
    return pd.Series(np.random.default_rng(seed).poisson(mean * WEEK[index.day_of_week]), index=index)


def subjects(totals, *, mean, k=0.0, number=20, seed=1, drift=0.0):
    """Counts without any event: a share of the coverage that drifts slowly and varies by a gamma of variance k."""
    random = np.random.default_rng(seed)
    shape = (len(totals), number)
    rate = mean * (totals / totals.mean()).to_numpy()[:, None] * np.exp(random.normal(0, drift, shape).cumsum(axis=0))
    if k:
        rate = rate * random.gamma(1 / k, k, shape)
    return pd.DataFrame(random.poisson(rate), index=totals.index, columns=[f"s{i}" for i in range(number)])


@pytest.mark.parametrize(("mean", "k"), [(0.3, 0.2), (1, 0.0), (1, 0.3), (5, 0.0), (5, 0.3), (20, 0.3)])
def test_days_without_an_event_look_like_it(mean, k):
    totals = coverage(900)
    found = abnormal_attention(subjects(totals, mean=mean, k=k, number=40, drift=0.005), totals)
    z, p = found.z.to_numpy()[200:], found.p.to_numpy()[200:]
    assert abs(z.mean()) < 0.15
    assert z.std() < 1.05
    # A count cannot be exactly at a level, so few counts stay below it: never far above is what is promised.
    for level in (0.05, 0.01, 0.001):
        assert (p < level).mean() < 1.5 * level + 3 * np.sqrt(level / p.size)


def test_the_interval_holds_nearly_all_usual_days():
    totals = coverage(900)
    counts = subjects(totals, mean=5, k=0.2)
    found = abnormal_attention(counts, totals)
    inside = ((counts >= found.low) & (counts <= found.high)).to_numpy()[200:]
    assert 0.94 < inside.mean() < 0.99


def test_a_planted_spike_is_found_and_does_not_hide_itself():
    totals = coverage()
    counts = subjects(totals, mean=3, number=1)
    before = abnormal_attention(counts, totals)
    counts.iloc[500, 0] = 40
    after = abnormal_attention(counts, totals)
    assert after.z.iloc[500, 0] > 6
    assert after.expected.iloc[500, 0] == before.expected.iloc[500, 0]


def test_nothing_of_the_day_or_later_changes_what_was_expected():
    totals = coverage()
    counts = subjects(totals, mean=3)
    whole = abnormal_attention(counts, totals)
    then = abnormal_attention(counts.iloc[:400], totals.iloc[:400])
    for name in ("expected", "z", "p", "dispersion", "n"):
        pd.testing.assert_frame_equal(getattr(then, name), getattr(whole, name).iloc[:400])


def test_the_last_days_alone_are_the_same_numbers():
    totals = coverage()
    counts = subjects(totals, mean=3)
    whole, end = abnormal_attention(counts, totals), abnormal_attention(counts, totals, last=5)
    for name in ("expected", "low", "high", "z", "p", "n", "dispersion", "alarm_dispersion"):
        pd.testing.assert_frame_equal(getattr(end, name), getattr(whole, name).iloc[-5:], check_freq=False)


def test_a_busy_day_for_everybody_is_not_abnormal():
    totals = coverage()
    counts = subjects(totals, mean=5, number=1)
    totals.iloc[-1], counts.iloc[-1, 0] = 600, 18
    busy = abnormal_attention(counts, totals, last=1)
    totals.iloc[-1] = 200
    calm = abnormal_attention(counts, totals, last=1)
    assert abs(busy.z.iloc[0, 0]) < 2
    assert calm.z.iloc[0, 0] > 3


def test_a_weekday_of_its_own_is_learnt():
    totals = coverage()
    counts = subjects(totals, mean=4, number=1)
    counts.loc[counts.index.day_of_week == 2, "s0"] += 10  # a weekly column on Wednesdays
    found = abnormal_attention(counts, totals, last=70)
    wednesdays = found.z.index.day_of_week == 2
    assert abs(found.z[wednesdays].mean().iloc[0]) < 0.8
    assert found.expected[wednesdays].mean().iloc[0] > 2 * found.expected[~wednesdays].mean().iloc[0]


def test_a_holiday_counts_as_a_sunday():
    totals = coverage()
    counts = subjects(totals, mean=4, number=1)
    counts.loc[counts.index.day_of_week == 6, "s0"] = 0
    monday = counts.index[counts.index.day_of_week == 0][-1]
    plain = abnormal_attention(counts, totals).expected.loc[monday, "s0"]
    kept = abnormal_attention(counts, totals, holidays=pd.DatetimeIndex([monday])).expected.loc[monday, "s0"]
    assert kept < 0.6 * plain


def test_too_little_past_and_days_without_coverage_are_nan():
    totals = coverage(60)
    counts = subjects(totals, mean=3, number=1)
    totals.iloc[50] = 0
    found = abnormal_attention(counts, totals)
    assert found.z.iloc[:28].isna().all(axis=None)
    assert found.z.iloc[28:50].notna().all(axis=None)
    assert np.isnan(found.z.iloc[50, 0])
    assert found.n.iloc[51, 0] == 50  # the day without coverage is no day of the baseline


def test_a_subject_never_seen_before_is_rare_but_judged():
    totals = coverage(200)
    counts = pd.DataFrame({"new": 0, "never": 0}, index=totals.index)
    counts.iloc[-1, 0] = 3
    found = abnormal_attention(counts, totals, last=1)
    assert 0 < found.p["new"].iloc[0] < 0.01
    assert found.p["never"].iloc[0] == 1
    assert abs(found.z["never"].iloc[0]) < 0.1
    assert found.high["never"].iloc[0] == 0


def test_missing_days_are_days_without_any():
    totals = coverage(200)
    counts = subjects(totals, mean=0.2, number=1)
    thin = counts[counts["s0"] > 0]
    pd.testing.assert_frame_equal(
        abnormal_attention(thin, totals).z, abnormal_attention(counts, totals).z, check_freq=False
    )


def test_weeks_have_a_baseline_of_weeks():
    totals = coverage(700)
    counts = subjects(totals, mean=2, number=3)
    weekly, weekly_totals = (
        counts.resample("W-MON", label="left", closed="left").sum(),
        totals.resample("W-MON", label="left", closed="left").sum(),
    )
    found = abnormal_attention(weekly, weekly_totals, grain="week")
    assert found.z.iloc[8:].notna().all(axis=None)
    assert found.expected.iloc[-2].mean() == pytest.approx(14, rel=0.2)


def test_the_p_value_and_z_are_those_of_the_negative_binomial():
    found = negative_binomial_scores(np.array([0.0, 7.0]), np.array([2.0, 2.0]), np.array([0.5, 0.5]))
    same = stats.nbinom(2, 0.5)  # size 1/k = 2, success 2 / (2 + 2)
    assert found["p"] == pytest.approx([1.0, same.sf(6)])
    assert found["z"] == pytest.approx([stats.norm.ppf(same.pmf(0) / 2), stats.norm.isf(same.sf(7) + same.pmf(7) / 2)])
    assert found["low"].tolist() == [0, 0]
    assert found["high"].tolist() == [same.ppf(0.975)] * 2


def test_without_ranges_all_else_is_the_same():
    asked = np.array([0.0, 7.0]), np.array([2.0, np.nan]), np.array([0.5, 0.5])
    whole, less = negative_binomial_scores(*asked), negative_binomial_scores(*asked, ranges=False)
    assert whole.keys() - less.keys() == {"low", "high"}
    for name, values in less.items():
        np.testing.assert_array_equal(values, whole[name])


def test_twelve_themes_over_years_and_three_hundred_companies_today_are_fast():
    totals = coverage(970)
    themes, companies = subjects(totals, mean=5, number=12), subjects(totals, mean=1, number=300)
    start = time.perf_counter()
    abnormal_attention(themes, totals)
    abnormal_attention(companies, totals, last=1)
    took = time.perf_counter() - start
    print(f"12 themes × 970 days and 300 companies × 1 day: {took * 1000:.0f} ms")
    assert took < 2  # about 0.1 s on a machine with nothing else to do
