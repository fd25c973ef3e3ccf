"""
The news in attention: what yesterday's attention, the weekday and the usual level did not announce.

    attention by session → logarithm → less weekday and its own past (AR, order by AIC) → innovations

Attention goes on for days by itself; two series of which one goes on for days look related by chance far too often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

MAX_ORDER = 5
LOW_QUANTILE = 0.05
RIDGE = 1e-12  # keeps a weekday without sessions from stopping the factor


@dataclass(frozen=True, slots=True)
class News:
    """The innovations, and how many coefficients of the attention's own regularity it took to find them."""

    values: pd.Series
    spent: int


def innovations(attention: pd.Series) -> pd.Series:
    """Attention less what its weekday and its last sessions announce; same index, NaN where these are unknown."""
    return news_of(attention).values


def news_of(attention: pd.Series) -> News:
    """The innovations with what they cost.

    Attention that has negative values (abnormal attention) enters as it is, any other as its logarithm. Weekdays and the
    number of past sessions enter as far as Akaike's criterion finds them worth their cost."""
    level = log_attention(attention)
    target = (level - level.mean()).to_numpy(dtype=float)
    past = _lagged(target, MAX_ORDER)
    usual = np.ones((len(target), 1))
    plain, weekly = (np.column_stack([usual, past]), np.column_stack([usual, _weekdays(level.index), past]))
    best = min((_shortened(target, announced) for announced in (plain, weekly)), key=lambda model: model[0])
    return News(pd.Series(_residuals(target, best[1]), index=attention.index, name=attention.name), best[1].shape[1])


def log_attention(attention: pd.Series) -> pd.Series:
    """ln(attention + h), h half of a small positive value of the series (its 5 % quantile): defined at zero, and the same
    up to a constant for stories, shares and percentages. A series with negative values is returned as it is."""
    values = attention.astype(float)
    values = values.where(np.isfinite(values))
    positive = values[values > 0]
    if positive.empty or bool((values < 0).any()):
        return values
    return pd.Series(np.log(values + positive.quantile(LOW_QUANTILE) / 2))


def _weekdays(index: pd.Index) -> Floats:
    """A column for each weekday but the first: a Monday session has the news of three days. None without dates."""
    if not isinstance(index, pd.DatetimeIndex):
        return np.empty((len(index), 0))
    days = np.unique(index.day_of_week)
    return np.asarray(np.asarray(index.day_of_week)[:, None] == days[1:], dtype=float)


def _lagged(values: Floats, order: int) -> Floats:
    table = np.full((len(values), order), np.nan)
    for lag in range(1, order + 1):
        table[lag:, lag - 1] = values[:-lag]
    return table


def _shortened(target: Floats, announced: Floats) -> tuple[float, Floats]:
    """The criterion of the best number of past sessions, and the columns with just these; compared on the same sessions."""
    whole = ~np.isnan(announced).any(axis=1) & ~np.isnan(target)
    y, x = target[whole], announced[whole]
    fixed = x.shape[1] - MAX_ORDER
    if len(y) <= 2 * x.shape[1]:
        return np.inf, announced[:, :fixed]
    # The triangular factor of X'X gives the residual sum of squares of every shorter model at once.
    moments = x.T @ x
    factor = np.linalg.cholesky(moments + RIDGE * np.diag(np.diag(moments) + 1))
    explained = np.cumsum(np.linalg.solve(factor, x.T @ y) ** 2)[fixed - 1 :]
    left = np.maximum(y @ y - explained, np.finfo(float).tiny)
    criterion = len(y) * np.log(left) + 2 * (fixed + np.arange(MAX_ORDER + 1))
    order = int(np.argmin(criterion))
    return float(criterion[order]), announced[:, : fixed + order]


def _residuals(target: Floats, announced: Floats) -> Floats:
    whole = ~np.isnan(announced).any(axis=1) & ~np.isnan(target)
    left = np.full(len(target), np.nan)
    if whole.any():
        x, y = announced[whole], target[whole]
        # Small matrices only: least squares on the long one wakes every core for a millisecond's work.
        left[whole] = y - x @ np.linalg.lstsq(x.T @ x, x.T @ y, rcond=None)[0]
    return left
