"""P-values of a family of hypotheses, against the published example and statsmodels."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from analysis.multiple_testing import adjusted_p_values, step_down

# Benjamini and Hochberg 1995, section 3.2: the fifteen p-values of their example.
PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
             0.7590, 1.0000]  # fmt: skip


IN_STATSMODELS = {"holm": "holm", "bh": "fdr_bh", "by": "fdr_by"}


@pytest.fixture(scope="module", autouse=True)
def nothing_to_collect() -> Iterator[None]:
    """statsmodels 0.15 collects all garbage in each Holm correction: seconds in a process with much in memory."""
    gc.freeze()
    yield
    gc.unfreeze()


def test_the_published_example_rejects_four_by_bh_and_three_by_holm() -> None:
    assert (adjusted_p_values(PUBLISHED, "bh") <= 0.05).sum() == 4
    assert (adjusted_p_values(PUBLISHED, "holm") <= 0.05).sum() == 3


# One decimal makes many ties; an exact 0 and 1 are among them.
P_VALUES = st.lists(st.floats(0, 1) | st.integers(0, 10).map(lambda tenths: tenths / 10) | st.just(np.nan), max_size=30)


@pytest.mark.parametrize("method", IN_STATSMODELS)
@given(p=P_VALUES, family=st.none() | st.integers(0, 60))
def test_adjusted_p_values_equal_statsmodels_with_ties_and_unknown_ones(method, p, family) -> None:
    known = [value for value in p if not np.isnan(value)]
    tested = known + [1.0] * ((family or 0) - len(known))
    expected = iter(multipletests(tested, method=IN_STATSMODELS[method])[1] if tested else [])
    whole = [np.nan if np.isnan(value) else next(expected) for value in p]
    assert adjusted_p_values(p, method, family=family) == pytest.approx(whole, abs=1e-14, nan_ok=True)


def test_holm_worked_by_hand() -> None:
    # Sorted: 0.01·4, 0.02·3, 0.03·2 → 0.06 (not less than before), 0.5·1.
    assert adjusted_p_values([0.5, 0.01, 0.03, 0.02], "holm") == pytest.approx([0.5, 0.04, 0.06, 0.06])


def test_bh_and_by_are_their_formulas() -> None:
    p, m = np.array(PUBLISHED), len(PUBLISHED)
    bh = np.minimum.accumulate((p * m / np.arange(1, m + 1))[::-1])[::-1]
    assert adjusted_p_values(p, "bh") == pytest.approx(bh, abs=1e-12)
    assert adjusted_p_values(p, "by") == pytest.approx(np.minimum(bh * (1 / np.arange(1, m + 1)).sum(), 1), abs=1e-12)


def test_a_larger_family_costs_more_and_unknown_p_stay_unknown() -> None:
    few, many = adjusted_p_values([0.001, np.nan], "by"), adjusted_p_values([0.001, np.nan], "by", family=50)
    assert few[0] == pytest.approx(0.001)
    assert many[0] == pytest.approx(0.001 * 50 * (1 / np.arange(1, 51)).sum())
    assert np.isnan(few[1])
    assert np.isnan(adjusted_p_values([np.nan], "bh")).all()


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
        largest = max(remaining, key=lambda number: (observed[number], -number))
        maxima = [max(row[number] for number in remaining) for row in draws]
        before = max(before, (1 + sum(value >= observed[largest] for value in maxima)) / 200)
        expected[largest] = before
        remaining.remove(largest)
    assert step_down(observed, draws) == pytest.approx([expected[number] for number in range(8)], abs=1e-12)


def test_step_down_never_costs_more_than_bonferroni_when_hypotheses_are_copies() -> None:
    rng = np.random.default_rng(0)
    one = np.abs(rng.standard_normal(999))
    copies = np.repeat(one[:, None], 20, axis=1)
    observed = np.full(20, np.quantile(one, 0.97))
    assert step_down(observed, copies) == pytest.approx(0.031, abs=0.002)
