"""Correlations by lag against statsmodels' regressions."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.lead_lag.cross_correlation import by_lag, design, newey_west_lags, t_statistics
from tests import simulated as world

LAGS = np.arange(-3, 4)
NONE_MISSING = np.zeros(150, dtype=bool)


def two_series(seed: int = 0, count: int = 150) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = world.ar1(rng, count, 0.5)
    y = 0.3 * np.append(0.0, x[:-1]) + world.garch_t(rng, count) * 50
    return x - x.mean(), y - y.mean()


def regression(x: np.ndarray, y: np.ndarray, lag: int, hac: int):
    """statsmodels' y(t + lag) on x(t), both of mean zero, Newey–West."""
    own, other = (x[: len(x) - lag], y[lag:]) if lag >= 0 else (x[-lag:], y[:lag])
    fit = sm.OLS(other, own[:, None]).fit(cov_type="HAC", cov_kwds={"maxlags": hac, "use_correction": False})
    return fit, np.sqrt((own**2).sum() / (other**2).sum())


@pytest.mark.parametrize("hac", [0, 1, 4])
def test_every_lag_is_the_regression_of_statsmodels(hac: int) -> None:
    x, y = two_series()
    table = by_lag(design(x, LAGS, NONE_MISSING, hac=hac), y).set_index("lag")
    for lag in LAGS:
        fit, scale = regression(x, y, int(lag), hac)
        row = table.loc[lag]
        assert row["correlation"] == pytest.approx(fit.params[0] * scale, abs=1e-8)
        assert row["se"] == pytest.approx(fit.bse[0] * scale, abs=1e-8)
        assert row["t"] == pytest.approx(fit.tvalues[0], abs=1e-8)
        assert (row["low"], row["high"]) == pytest.approx(tuple(fit.conf_int()[0] * scale), abs=1e-8)
        assert row["n"] == 150 - abs(lag)


def test_many_series_at_once_give_the_same_t_as_one_by_one() -> None:
    x, _ = two_series()
    many = np.array([two_series(seed)[1] for seed in range(1, 6)])
    t, errors = t_statistics(design(x, LAGS, NONE_MISSING, hac=4), many)
    for y, *row in zip(many, t, errors, strict=True):
        fits = [regression(x, y, int(lag), 4)[0] for lag in LAGS]
        assert row[0] == pytest.approx([fit.tvalues[0] for fit in fits], abs=1e-8)
        assert row[1] == pytest.approx([fit.bse[0] for fit in fits], abs=1e-8)


def test_a_positive_lag_means_that_x_comes_first() -> None:
    x, y = two_series()
    table = by_lag(design(x, LAGS, NONE_MISSING, hac=4), y).set_index("lag")
    assert table["correlation"].idxmax() == 1


def test_missing_days_leave_only_their_own_pairs_out() -> None:
    x, y = two_series()
    x[10], missing = np.nan, NONE_MISSING.copy()
    missing[[20, 21]] = True
    table = by_lag(design(x, LAGS, missing, hac=0), np.where(missing, 0.0, y)).set_index("lag")
    whole = ~np.isnan(x) & ~missing
    own = x[whole] - np.nanmean(x)
    assert table.loc[0, "n"] == 147
    expected = (own @ y[whole]) / np.sqrt((own @ own) * (y[whole] @ y[whole]))
    assert table.loc[0, "correlation"] == pytest.approx(expected, abs=1e-12)


def test_newey_and_wests_rule_of_thumb() -> None:
    assert [newey_west_lags(n) for n in (100, 250, 660, 1000)] == [4, 4, 6, 6]
