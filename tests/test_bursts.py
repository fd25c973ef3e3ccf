from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.abnormal import abnormal_attention
from analysis.bursts import alarm_threshold, alarms, burst_states, bursts, realised, simulated
from tests.test_abnormal import coverage, subjects


def table(r, d):
    days = pd.date_range("2024-01-01", periods=len(r))
    return pd.DataFrame({"a": r}, index=days), pd.Series(d, index=days)


def test_a_burst_worked_by_hand():
    # R/D = 20/100, so p0 = 0.2, p1 = 0.4. A story saves ln 2 = 0.693 in the burst state, each other story costs
    # ln(0.8/0.6) = 0.288. A day of 1 in 10 costs 9·0.288 − 0.693 = 1.896; a day of 6 in 10 saves 6·0.693 − 4·0.288 =
    # 3.008. Entering costs ln 10 = 2.303. The two days of 6 save 6.016 − 2.303 > 0: a burst of weight 6.016, and no
    # cheaper with a day of 1 on either side.
    counts, totals = table([1, 1, 1, 1, 6, 6, 1, 1, 1, 1], [10] * 10)
    found = bursts(counts, totals)
    assert len(found) == 1
    burst = found.iloc[0]
    assert (burst["start"], burst["end"]) == (pd.Timestamp("2024-01-05"), pd.Timestamp("2024-01-06"))
    assert burst["weight"] == pytest.approx(2 * (6 * np.log(2) - 4 * np.log(0.8 / 0.6)))
    assert (burst["n"], burst["total"], burst["share"], burst["base"]) == (12, 20, 0.6, 0.2)
    assert burst["low"] < 0.6 < burst["high"]


def test_one_such_day_is_not_enough_when_entering_costs_more():
    counts, totals = table([1, 1, 1, 1, 6, 6, 1, 1, 1, 1], [10] * 10)
    assert bursts(counts, totals, gamma=3).empty  # 3 · 2.303 > 6.016
    assert burst_states(counts, totals, gamma=2.5)["a"].sum() == 2


def test_the_states_are_the_cheapest_of_all_sequences():
    random = np.random.default_rng(3)
    for _ in range(30):
        d = random.integers(5, 30, 9)
        r = random.binomial(d, np.where(random.uniform(size=9) < 0.3, 0.5, 0.1))
        counts, totals = table(r, d)
        p0 = r.sum() / d.sum()
        if not 0 < p0 < 0.5:
            continue
        costs = -np.array([stats.binom.logpmf(r, d, p) for p in (p0, 2 * p0)])

        def cost(states, costs=costs):
            ups = sum(b > a for a, b in zip((0, *states), states, strict=False))
            return sum(costs[s, t] for t, s in enumerate(states)) + ups * np.log(9)

        best = min(product((0, 1), repeat=9), key=cost)
        assert burst_states(counts, totals)["a"].astype(int).tolist() == list(best)


def test_days_without_stories_and_silent_subjects_never_burst():
    counts, totals = table([0, 0, 0], [0, 10, 10])
    assert bursts(counts, totals).empty
    assert bursts(*table([0, 0], [0, 0])).empty
    assert bursts(*table([], [])).empty


def test_subjects_are_told_apart_and_the_heaviest_comes_first():
    counts, totals = table([1, 1, 1, 1, 6, 6, 1, 1, 1, 1], [10] * 10)
    both = counts.assign(b=[9, 9, 1, 1, 1, 1, 1, 1, 1, 1])
    assert bursts(both, totals)["subject"].tolist() == ["b", "a"]


@pytest.mark.parametrize("mean", [0.01, 0.5, 3.0, 50.0])
def test_the_threshold_is_the_least_count_rarer_than_the_budget(mean):
    threshold = alarm_threshold([mean], [0.3], budget_per_week=2, n_series=12, windows_per_week=7)[0]
    same = stats.nbinom(1 / 0.3, (1 / 0.3) / (1 / 0.3 + mean))
    assert same.sf(threshold - 1) < 2 / 84
    assert threshold == 1 or same.sf(threshold - 2) >= 2 / 84


def test_more_series_ask_for_a_higher_count_and_unknown_ones_for_none():
    few, many = (
        alarm_threshold([5.0, np.nan], [0.2, 0.2], budget_per_week=1, n_series=n, windows_per_week=7) for n in (5, 500)
    )
    assert many[0] > few[0]
    assert np.isnan(many[1])


def test_copies_of_one_wire_ring_no_alarm():
    index = pd.date_range("2024-01-01", periods=1)
    tables = [pd.DataFrame([row], index, ["a", "b", "c"]) for row in ([30, 30, 2], [1.0] * 3, [0.2] * 3, [1, 2, 2])]
    assert alarms(*tables, budget_per_week=1, windows_per_week=7).iloc[0].tolist() == [False, True, False]
    alone = alarms(*tables, budget_per_week=1, windows_per_week=7, min_families=1)
    assert alone.iloc[0].tolist() == [True, True, False]


def test_realised_alarms_carry_an_exact_interval():
    found = realised(pd.DataFrame(np.eye(14, 2, dtype=bool)), budget_per_week=2, windows_per_week=7)
    assert (found.per_week, found.n, found.promised) == (1, 2, 2)
    # The exact interval of a Poisson count of 2: 0.242 … 7.225
    assert (found.low * 2, found.high * 2) == pytest.approx((0.2422, 7.2247), abs=1e-3)
    assert np.isnan(realised(pd.DataFrame(), budget_per_week=2, windows_per_week=7).per_week)
    assert realised(pd.DataFrame([[False]] * 7), budget_per_week=2, windows_per_week=7).low == 0


def test_the_budget_is_kept_when_the_series_are_what_they_are_taken_for():
    mean, k = np.linspace(0.05, 30, 40), np.linspace(0.05, 1, 40)
    found = simulated(mean, k, budget_per_week=2, windows_per_week=7, weeks=2000)
    assert found.low <= 2
    assert found.per_week > 1  # not so careful that it never rings


@pytest.mark.parametrize("k", [0.0, 0.2, 0.5])
@pytest.mark.parametrize("mean", [0.3, 3, 20])
@pytest.mark.parametrize("budget", [0.5, 2.0])
def test_flat_themes_keep_the_weekly_budget(mean, k, budget):
    """The whole way: baselines from the past alone, then alarms, on series in which nothing ever happens."""
    totals = coverage(760)
    counts = subjects(totals, mean=mean, k=k, number=24, seed=5)
    found = abnormal_attention(counts, totals)
    fired = alarms(
        counts, found.expected, found.alarm_dispersion, counts * 0 + 2, budget_per_week=budget, windows_per_week=7
    ).iloc[210:]
    kept = realised(fired, budget_per_week=budget, windows_per_week=7)
    error = np.sqrt(kept.per_week * kept.n) / kept.n
    print(f"mean {mean}, k {k}: {kept.per_week:.2f} a week, promised {budget}")
    assert kept.per_week <= budget + 2 * error
