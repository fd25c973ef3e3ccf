"""Worlds in which the truth is known: attention, prices and news days for the tests and suites of honest signals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]


def sessions(count: int) -> pd.DatetimeIndex:
    return pd.bdate_range("2022-01-03", periods=count, name="session")


def ar1(rng: np.random.Generator, count: int, rho: float) -> Floats:
    """An AR(1) of variance 1."""
    shocks = rng.standard_normal(count) * np.sqrt(1 - rho**2)
    values = np.empty(count)
    values[0] = rng.standard_normal()
    for t in range(1, count):
        values[t] = rho * values[t - 1] + shocks[t]
    return values


def counts(rng: np.random.Generator, level: Floats, *, mean: float = 6.0, swing: float = 0.6, dispersion: float = 2.0) -> Floats:
    """Negative binomial stories whose expectation is mean·exp(swing·level)."""
    expected = mean * np.exp(swing * level - swing**2 / 2)
    return rng.negative_binomial(dispersion, dispersion / (dispersion + expected)).astype(float)


def garch_t(rng: np.random.Generator, count: int, *, alpha: float = 0.08, beta: float = 0.9, df: float = 4.0) -> Floats:
    """Returns of 2 % a day whose volatility comes in bouts, with the tails of Student's t."""
    shocks = rng.standard_t(df, count + 200) * np.sqrt((df - 2) / df)
    values, variance = np.empty(count + 200), 1.0
    for t, shock in enumerate(shocks):
        values[t] = np.sqrt(variance) * shock
        variance = (1 - alpha - beta) + alpha * values[t] ** 2 + beta * variance
    return 0.02 * values[200:]


def planted(
    rng: np.random.Generator, count: int, correlation: float, *, lag: int = 1, persistence: float = 0.8, garch: bool = False
) -> tuple[pd.Series, pd.Series]:
    """Attention whose innovations have this correlation with the return `lag` sessions later, and the returns."""
    news = rng.standard_normal(count + lag)
    level = np.zeros(count + lag)
    for t in range(1, count + lag):
        level[t] = persistence * level[t - 1] + news[t]
    noise = garch_t(rng, count) / 0.02 if garch else rng.standard_normal(count)
    returns = correlation * news[:count] + np.sqrt(1 - correlation**2) * noise
    days = sessions(count)
    return pd.Series(100 * np.exp(0.4 * level[lag:]), days), pd.Series(0.02 * returns, days)
