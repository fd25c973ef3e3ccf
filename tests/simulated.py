"""Worlds in which the truth is known: attention, prices and news days for the tests and suites of honest signals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

WARM_UP = 200


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


def counts(
    rng: np.random.Generator, level: Floats, *, mean: float = 6.0, swing: float = 0.6, dispersion: float = 2.0
) -> Floats:
    """Negative binomial stories whose expectation is mean·exp(swing·level)."""
    expected = mean * np.exp(swing * level - swing**2 / 2)
    return rng.negative_binomial(dispersion, dispersion / (dispersion + expected)).astype(float)


def garch_t(rng: np.random.Generator, count: int, *, alpha: float = 0.08, beta: float = 0.9, df: float = 4.0) -> Floats:
    """Returns of 2 % a day whose volatility comes in bouts, with the tails of Student's t."""
    return garch_table(rng, count, 1, alpha=alpha, beta=beta, df=df)[:, 0]


def garch_table(
    rng: np.random.Generator, count: int, number: int, *, alpha: float = 0.08, beta: float = 0.9, df: float = 4.0
) -> Floats:
    """`number` such series side by side."""
    shocks = rng.standard_t(df, (count + WARM_UP, number)) * np.sqrt((df - 2) / df)
    values, variance = np.empty_like(shocks), np.ones(number)
    for t, shock in enumerate(shocks):
        values[t] = np.sqrt(variance) * shock
        variance = (1 - alpha - beta) + alpha * values[t] ** 2 + beta * variance
    return 0.02 * values[WARM_UP:]


def planted(
    rng: np.random.Generator,
    count: int,
    correlation: float,
    *,
    lag: int = 1,
    persistence: float = 0.8,
    garch: bool = False,
    in_sample: bool = False,
) -> tuple[pd.Series, pd.Series]:
    """Attention whose innovations have this correlation with the return `lag` sessions later, and the returns.

    in_sample: of this size against the volatility that the sample has, not the one of an endless past: bouts make
    samples of
    250 sessions half as wild or twice as wild."""
    news = rng.standard_normal(count + lag)
    level = np.zeros(count + lag)
    for t in range(1, count + lag):
        level[t] = persistence * level[t - 1] + news[t]
    noise = garch_t(rng, count) / 0.02 if garch else rng.standard_normal(count)
    noise = (noise - noise.mean()) / noise.std() if in_sample else noise
    returns = correlation * news[:count] + np.sqrt(1 - correlation**2) * noise
    days = sessions(count)
    return pd.Series(100 * np.exp(0.4 * level[lag:]), days), pd.Series(0.02 * returns, days)


def companies(
    rng: np.random.Generator, count: int, number: int, *, sector: float = 0.7
) -> tuple[pd.DataFrame, pd.Series]:
    """Returns of companies with a common market and, beside it, a common sector; and the market's."""
    market, common = 0.5 * garch_t(rng, count), sector * garch_t(rng, count)
    days = sessions(count)
    own = garch_table(rng, count, number)
    table = market[:, None] * rng.uniform(0.6, 1.6, number) + common[:, None] + own
    return pd.DataFrame(table, days, [f"C{i}" for i in range(number)]), pd.Series(market, days)


def random_events(rng: np.random.Generator, returns: pd.DataFrame, *, dates: int, each: int) -> pd.DataFrame:
    """Events of random companies, `each` of them on the same random date."""
    days = returns.index[rng.choice(np.arange(260, len(returns) - 25), dates, replace=False)]
    rows = [(ticker, day) for day in days for ticker in rng.choice(returns.columns, each, replace=False)]
    return pd.DataFrame(rows, columns=["ticker", "session"])
