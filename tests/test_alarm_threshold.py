from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.abnormal import abnormal_attention
from analysis.alarms import alarm_threshold, alarms, realised_rate, simulated_rate
from tests.test_abnormal import coverage, subjects


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
    found = realised_rate(pd.DataFrame(np.eye(14, 2, dtype=bool)), budget_per_week=2, windows_per_week=7)
    assert (found.per_week, found.n, found.promised) == (1, 2, 2)
    # The exact interval of a Poisson count of 2: 0.242 … 7.225
    assert (found.low * 2, found.high * 2) == pytest.approx((0.2422, 7.2247), abs=1e-3)
    assert np.isnan(realised_rate(pd.DataFrame(), budget_per_week=2, windows_per_week=7).per_week)
    assert realised_rate(pd.DataFrame([[False]] * 7), budget_per_week=2, windows_per_week=7).low == 0


def test_the_budget_is_kept_when_the_series_are_what_they_are_taken_for():
    mean, k = np.linspace(0.05, 30, 40), np.linspace(0.05, 1, 40)
    found = simulated_rate(mean, k, budget_per_week=2, windows_per_week=7, weeks=2000)
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
    kept = realised_rate(fired, budget_per_week=budget, windows_per_week=7)
    error = np.sqrt(kept.per_week * kept.n) / kept.n
    print(f"mean {mean}, k {k}: {kept.per_week:.2f} a week, promised {budget}")
    assert kept.per_week <= budget + 2 * error
