"""
Residual attention: what the weekday, the usual level and attention's own past do not predict.

    attention by session → logarithm → less weekday and own past (autoregression, order by AIC) → innovations

Attention is autocorrelated over days, and a correlation with an autocorrelated series looks significant far too often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

MAX_ORDER = 5
LOW_QUANTILE = 0.05
RIDGE = 1e-12  # keeps the Cholesky factor defined when a weekday has no session


@dataclass(frozen=True, slots=True)
class ResidualAttention:
    """The innovations by session (NaN where the past is unknown), and the number of coefficients fitted for them."""

    innovations: pd.Series
    coefficients: int


def residual_attention(attention: pd.Series) -> ResidualAttention:
    """Attention less what its weekday and its last sessions predict, on the same index.

    Attention with negative values (abnormal attention) enters as it is, any other as its logarithm. Akaike's criterion
    chooses whether weekdays enter, and the number of past sessions."""
    level = log_attention(attention)
    target = (level - level.mean()).to_numpy(dtype=float)
    past = _lagged(target, MAX_ORDER)
    constant = np.ones((len(target), 1))
    plain, weekly = np.column_stack([constant, past]), np.column_stack([constant, _weekdays(level.index), past])
    _, design = min((_best_order(target, full) for full in (plain, weekly)), key=lambda model: model[0])
    residuals = pd.Series(_residuals(target, design), index=attention.index, name=attention.name)
    return ResidualAttention(residuals, design.shape[1])


def log_attention(attention: pd.Series) -> pd.Series:
    """ln(attention + h), where h is half the 5 % quantile of the series' positive values.

    Defined at zero, and the same up to a constant for stories, shares and percentages. A series with negative values is
    returned as it is."""
    values = attention.astype(float)
    values = values.where(np.isfinite(values))
    positive = values[values > 0]
    if positive.empty or bool((values < 0).any()):
        return values
    return pd.Series(np.log(values + positive.quantile(LOW_QUANTILE) / 2))


def _weekdays(index: pd.Index) -> Floats:
    """A column for each weekday but the first, since a Monday has the news of three days; no column without dates."""
    if not isinstance(index, pd.DatetimeIndex):
        return np.empty((len(index), 0))
    days = np.unique(index.day_of_week)
    return np.asarray(np.asarray(index.day_of_week)[:, None] == days[1:], dtype=float)


def _lagged(values: Floats, order: int) -> Floats:
    table = np.full((len(values), order), np.nan)
    for lag in range(1, order + 1):
        table[lag:, lag - 1] = values[:-lag]
    return table


def _best_order(target: Floats, design: Floats) -> tuple[float, Floats]:
    """The lowest AIC over the number of past sessions, and the design with that many; compared on the same sessions."""
    complete = ~np.isnan(design).any(axis=1) & ~np.isnan(target)
    y, x = target[complete], design[complete]
    fixed = x.shape[1] - MAX_ORDER
    if len(y) <= 2 * x.shape[1]:
        return np.inf, design[:, :fixed]
    # The triangular factor of X'X gives the residual sum of squares of every shorter model at once.
    moments = x.T @ x
    factor = np.linalg.cholesky(moments + RIDGE * np.diag(np.diag(moments) + 1))
    explained = np.cumsum(np.linalg.solve(factor, x.T @ y) ** 2)[fixed - 1 :]
    left = np.maximum(y @ y - explained, np.finfo(float).tiny)
    criterion = len(y) * np.log(left) + 2 * (fixed + np.arange(MAX_ORDER + 1))
    order = int(np.argmin(criterion))
    return float(criterion[order]), design[:, : fixed + order]


def _residuals(target: Floats, design: Floats) -> Floats:
    complete = ~np.isnan(design).any(axis=1) & ~np.isnan(target)
    residuals = np.full(len(target), np.nan)
    if complete.any():
        x, y = design[complete], target[complete]
        # Small matrices only: least squares on the long one wakes every core for a millisecond's work.
        residuals[complete] = y - x @ np.linalg.lstsq(x.T @ x, x.T @ y, rcond=None)[0]
    return residuals
