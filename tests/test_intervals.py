from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analysis.intervals import prior_weight, shrunk, shrunk_interval, wilson


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_wilson_equals_statsmodels(level):
    hits, n = np.meshgrid([0, 1, 3, 10], [10, 11, 250])
    expected = proportion_confint(hits.ravel(), n.ravel(), alpha=1 - level, method="wilson")
    low, high = wilson(hits.ravel(), n.ravel(), level=level)
    assert low == pytest.approx(expected[0], abs=1e-12)
    assert high == pytest.approx(expected[1], abs=1e-12)


def test_nothing_out_of_nothing_has_no_interval():
    low, high = wilson([0, 0], [0, 5])
    assert np.isnan(low[0])
    assert np.isnan(high[0])
    assert low[1] == 0
    assert 0 < high[1] < 1


def test_shares_that_differ_by_chance_alone_have_an_infinite_prior():
    assert prior_weight([10, 10, 10], [100, 100, 100]) == np.inf
    assert prior_weight([1], [10]) == np.inf
    assert prior_weight([0, 0], [10, 20]) == np.inf
    assert prior_weight([], []) == np.inf


def test_the_prior_weight_of_a_beta_binomial_is_found_again():
    random = np.random.default_rng(2)
    n = random.integers(50, 500, 4000)
    hits = random.binomial(n, random.beta(0.1 * 40, 0.9 * 40, 4000))
    assert prior_weight(hits, n) == pytest.approx(40, rel=0.1)


def test_a_thin_share_leans_on_the_common_one():
    # (1 + 10·0.1) / (2 + 10) = 2 / 12
    assert shrunk([1, 500], [2, 1000], common=0.1, alpha=10) == pytest.approx([2 / 12, 501 / 1010])
    assert shrunk([1], [2], common=0.1, alpha=np.inf) == pytest.approx([0.1])
    assert np.isnan(shrunk([0], [0], common=0.1, alpha=0)).all()


def test_the_shrunk_interval_is_that_of_its_beta():
    low, high = shrunk_interval([1], [2], common=0.1, alpha=10)
    assert [low[0], high[0]] == pytest.approx(stats.beta(2, 10).interval(0.95))
    low, high = shrunk_interval([0], [2], common=0.1, alpha=0)
    assert np.isnan(low[0])
    low, high = shrunk_interval([1], [2], common=0.1, alpha=np.inf)
    assert low[0] == high[0] == 0.1
