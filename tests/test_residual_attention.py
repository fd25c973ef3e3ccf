"""Innovations of attention."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.lead_lag.residual_attention import log_attention, residual_attention
from tests import simulated as world


def persistent(count: int = 400, rho: float = 0.9) -> pd.Series:
    level = world.ar1(np.random.default_rng(2), count, rho)
    return pd.Series(50 * np.exp(level), index=world.sessions(count))


def test_what_goes_on_by_itself_is_taken_out() -> None:
    residual = residual_attention(persistent()).innovations.dropna()
    assert abs(residual.autocorr(1)) < 0.1
    assert np.log(persistent()).autocorr(1) > 0.8


def test_innovations_are_the_residuals_of_the_regression_on_the_past() -> None:
    attention = persistent().set_axis(range(400))
    level = log_attention(attention)
    past = pd.concat([level.shift(lag) for lag in range(1, 6)], axis=1)
    whole = past.notna().all(axis=1)
    fits = [sm.OLS(level[whole], sm.add_constant(past[whole].iloc[:, :order])).fit() for order in range(6)]
    order = int(np.argmin([fit.aic for fit in fits]))
    design = sm.add_constant(past.iloc[:, :order]).dropna()
    expected = sm.OLS(level[design.index], design).fit().resid
    assert residual_attention(attention).innovations.dropna().to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-8)


def test_a_monday_with_three_days_of_news_is_no_news() -> None:
    rng = np.random.default_rng(0)
    days = world.sessions(300)
    stories = pd.Series(rng.poisson(np.where(days.day_of_week == 0, 30, 10)), index=days)
    residual = residual_attention(stories).innovations
    assert abs(residual[days.day_of_week == 0].mean()) < 0.02


def test_the_logarithm_is_defined_at_zero_and_does_not_depend_on_the_unit() -> None:
    stories = pd.Series([0.0, 1, 2, 4, 0, 8, 1, 1])
    logs = log_attention(stories)
    assert np.isfinite(logs).all()
    assert (log_attention(stories * 0.01) - logs).std() == pytest.approx(0.0, abs=1e-12)
    assert residual_attention(stories / 7).innovations.to_numpy() == pytest.approx(
        residual_attention(stories).innovations.to_numpy(), nan_ok=True
    )


def test_abnormal_attention_with_its_signs_enters_as_it_is() -> None:
    abnormal = pd.Series([-1.0, 0.5, 2.0, np.inf])
    assert log_attention(abnormal)[:3].tolist() == [-1.0, 0.5, 2.0]
    assert np.isnan(log_attention(abnormal)[3])


def test_days_on_which_a_source_was_down_stay_unknown() -> None:
    attention = persistent()
    attention.iloc[50] = np.nan
    residual = residual_attention(attention).innovations
    assert np.isnan(residual.iloc[50])
    assert residual.notna().sum() > 380
