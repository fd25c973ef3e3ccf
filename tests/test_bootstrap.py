"""What chance alone does."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.bootstrap import Chance, stationary_positions


def test_positions_run_on_for_ten_days_on_average_and_wrap_at_the_end() -> None:
    positions = stationary_positions(200, 200, 500, seed=1)
    assert positions.min() == 0
    assert positions.max() == 199
    goes_on = np.mean((positions[:, 1:] - positions[:, :-1]) % 200 == 1)
    assert goes_on == pytest.approx(0.9 + 0.1 / 200, abs=0.005)
    assert np.bincount(positions.ravel(), minlength=200) == pytest.approx(500, rel=0.35)


def test_the_same_seed_draws_the_same_days() -> None:
    assert (stationary_positions(50, 60, 7, seed=3) == stationary_positions(50, 60, 7, seed=3)).all()
    assert (stationary_positions(50, 60, 7, seed=3) != stationary_positions(50, 60, 7, seed=4)).any()


def test_p_counts_the_observed_value_among_the_draws() -> None:
    chance = Chance.of(np.arange(1.0, 100.0))
    assert chance.p(99.5) == 0.01
    assert chance.p(99.0) == 0.02
    assert chance.p(0.0) == 1.0


def test_the_critical_value_is_where_p_reaches_alpha() -> None:
    chance = Chance.of(np.random.default_rng(0).standard_normal(999))
    critical = chance.critical(0.05)
    assert chance.p(critical + 1e-9) <= 0.05 < chance.p(critical - 1e-9)


def test_the_fitted_tail_is_near_the_truth_and_errs_upwards() -> None:
    """The largest |t| of 20 lags, 999 draws against the truth, at p that 999 draws cannot show."""
    rng = np.random.default_rng(5)
    for truth in (3e-4, 1e-4, 1e-5):
        value = stats.norm.isf(truth / 20 / 2)
        read = [Chance.of(np.abs(rng.standard_normal((999, 20))).max(axis=1)).fine_p(value) for _ in range(40)]
        assert truth < np.mean(read) < 8 * truth


def test_fine_p_is_p_where_draws_reach_and_critical_is_its_inverse() -> None:
    chance = Chance.of(np.random.default_rng(0).standard_normal(999))
    assert chance.fine_p(1.0) == chance.p(1.0)
    assert chance.fine_p(chance.critical(1e-4)) == pytest.approx(1e-4)
    assert chance.fine_p(4.0) < chance.p(4.0)
