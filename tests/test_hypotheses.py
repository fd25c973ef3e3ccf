"""Everything looked at is one family."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.hypotheses import adjusted, ledger, step_down

# Benjamini and Hochberg 1995, section 3.2: the fifteen p-values of their example.
PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
             0.7590, 1.0000]  # fmt: skip


def test_the_published_example_rejects_four_by_bh_and_three_by_bonferroni() -> None:
    assert (adjusted(PUBLISHED, "bh") <= 0.05).sum() == 4
    assert (adjusted(PUBLISHED, "bonferroni") <= 0.05).sum() == 3


def test_bh_and_by_are_their_formulas() -> None:
    p, m = np.array(PUBLISHED), len(PUBLISHED)
    bh = np.minimum.accumulate((p * m / np.arange(1, m + 1))[::-1])[::-1]
    assert adjusted(p, "bh") == pytest.approx(bh, abs=1e-12)
    assert adjusted(p, "by") == pytest.approx(np.minimum(bh * (1 / np.arange(1, m + 1)).sum(), 1), abs=1e-12)


def test_a_larger_family_costs_more_and_unknown_p_stay_unknown() -> None:
    few, many = adjusted([0.001, np.nan], "by"), adjusted([0.001, np.nan], "by", family=50)
    assert few[0] == pytest.approx(0.001)
    assert many[0] == pytest.approx(0.001 * 50 * (1 / np.arange(1, 51)).sum())
    assert np.isnan(few[1])
    assert np.isnan(adjusted([np.nan], "bh")).all()


def test_step_down_worked_by_hand() -> None:
    # Draws of the maxima of all three: 5 4 3 2; without the first hypothesis: 2 4 3 1; of the last alone: 2 1 1 1.
    draws = np.array([[5.0, 1, 2], [1, 4, 1], [3, 3, 1], [2, 1, 1]])
    observed = np.array([4.5, 2.5, 0.5])
    assert step_down(observed, draws).tolist() == [2 / 5, 3 / 5, 1.0]


def test_step_down_is_the_loop_of_the_paper() -> None:
    """Romano and Wolf 2005, algorithm 4.1, and 2016 for the p-values: written out, on dependent draws with ties."""
    rng = np.random.default_rng(3)
    draws = np.abs(rng.standard_normal((199, 8)) + rng.standard_normal((199, 1))).round(1)
    observed = np.array([3.1, 0.4, 2.2, 2.2, 5.0, 1.1, 1.9, 0.0])
    expected, before = {}, 0.0
    remaining = list(range(8))
    while remaining:
        largest = max(remaining, key=lambda one: (observed[one], -one))
        maxima = [max(row[one] for one in remaining) for row in draws]
        before = max(before, (1 + sum(value >= observed[largest] for value in maxima)) / 200)
        expected[largest] = before
        remaining.remove(largest)
    assert step_down(observed, draws) == pytest.approx([expected[one] for one in range(8)], abs=1e-12)


def test_step_down_never_costs_more_than_bonferroni_when_hypotheses_are_copies() -> None:
    rng = np.random.default_rng(0)
    one = np.abs(rng.standard_normal(999))
    copies = np.repeat(one[:, None], 20, axis=1)
    observed = np.full(20, np.quantile(one, 0.97))
    assert step_down(observed, copies) == pytest.approx(0.031, abs=0.002)


def test_the_ledger_counts_each_hypothesis_once_and_looking_again_only_costs() -> None:
    looks = pd.DataFrame(
        {
            "subject": ["theme:memory", "theme:memory", "theme:power"],
            "ticker": ["MU", "MU", "VST"],
            "p": [0.02, 0.01, 0.6],
            "at": pd.to_datetime(["2025-01-02", "2025-01-03", "2025-01-04"]),
        }
    )
    rows = ledger(looks, key=["subject", "ticker"])
    assert len(rows) == 2
    assert rows["looks"].tolist() == [2, 1]
    assert rows["p_adjusted"].tolist() == pytest.approx([0.03, 0.9])
    assert rows["survives"].tolist() == [True, False]


def test_a_look_without_an_answer_counts_in_the_family_too() -> None:
    looks = pd.DataFrame({"subject": ["a", "b"], "p": [0.01, np.nan], "at": pd.to_datetime(["2025-01-02"] * 2)})
    assert ledger(looks, key=["subject"])["p_adjusted"].iloc[0] == pytest.approx(0.03)
