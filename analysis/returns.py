"""
Returns of listings, and abnormal returns: what the market does not explain.

    bars, actions → adjusted prices → returns over own sessions → market model before the day → abnormal returns

Sources: MacKinlay 1997 (event studies), Dimson 1979 (leads and lags for markets that do not trade at the same hours),
Patell 1976 (the standard error of the forecast). The estimation window ends a month before the day, so that neither an
event nor its leakage is taken for normal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Window = tuple[int, int]

ESTIMATION: Window = (-250, -30)  # sessions relative to the day, both included
MIN_OBS = 100
DIMSON: Window = (-1, 1)
SINGULAR = 1e-12  # |X'X| against the product of its diagonal: below it the market did not move


def adjusted_prices(bars: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """The bars, by ticker and oldest first, with the columns split_close, total_close, split_factor and total_factor.

    bars: ticker, session, close, basis; other columns stay as they are; actions: ticker, session (the ex-date), kind
    (split | dividend), value (new shares for one old | cash for each share held on that day). A factor times an
    as-traded price is the price adjusted for later splits (split_) and also for later dividends (total_, reinvested at
    the ex-date). Bars of basis "adjusted" have the factor 1. A dividend of the whole price or more is ignored as an
    error."""
    bars = bars.sort_values(["ticker", "session"], ignore_index=True)
    split, total = np.ones(len(bars)), np.ones(len(bars))
    rows = bars.groupby("ticker").indices
    for ticker, own in actions.groupby("ticker"):
        if ticker in rows:
            own_rows = rows[ticker]
            split[own_rows], total[own_rows] = _factors(bars.iloc[own_rows], own)
    as_is = (bars["basis"] == "adjusted").to_numpy() if "basis" in bars else np.zeros(len(bars), dtype=bool)
    split[as_is] = total[as_is] = 1.0
    close = bars["close"].to_numpy(dtype=float)
    return bars.assign(split_close=close * split, total_close=close * total, split_factor=split, total_factor=total)


def _factors(bars: pd.DataFrame, actions: pd.DataFrame) -> tuple[Floats, Floats]:
    """The split and the total factor of one listing's bars, oldest first."""
    # An action changes all bars before its ex-date: set at the last of them, carried back by the running product.
    last = np.searchsorted(bars["session"].to_numpy(), actions["session"].to_numpy()) - 1
    value = actions["value"].to_numpy(dtype=float)
    is_split = (actions["kind"] == "split").to_numpy() & (value > 0)
    split_steps = np.ones(len(bars))
    np.multiply.at(split_steps, last[is_split & (last >= 0)], 1 / value[is_split & (last >= 0)])
    split = _carried_back(split_steps)
    paid = (actions["kind"] == "dividend").to_numpy() & (last >= 0)
    before = last[paid]
    # The dividend is in shares of the ex-date, the close before it perhaps in older ones: both on the ex-date's scale.
    price = bars["close"].to_numpy(dtype=float)[before] * split_steps[before]
    keep = 1 - value[paid] / price
    dividend_steps = np.ones(len(bars))
    np.multiply.at(dividend_steps, before, np.where(keep > 0, keep, 1.0))
    return split, split * _carried_back(dividend_steps)


def _carried_back(steps: Floats) -> Floats:
    return np.asarray(np.cumprod(steps[::-1])[::-1], dtype=np.float64)


def price_table(bars: pd.DataFrame, column: str = "total_close") -> pd.DataFrame:
    """One column a ticker, one row a session on which any listing traded; NaN where this one did not."""
    return bars.pivot(index="session", columns="ticker", values=column).sort_index()


def simple_returns(prices: pd.DataFrame) -> pd.DataFrame:
    """p_t / p_{t−1} − 1 over each listing's own sessions: NaN on others' sessions, which are skipped, not filled."""
    values = prices.to_numpy(dtype=float)
    # The row of each listing's last price so far; before its first price the first row, which is NaN as well.
    last = np.maximum.accumulate(np.where(np.isnan(values), 0, np.arange(len(values))[:, None]), axis=0)
    before = np.full(values.shape, np.nan)
    before[1:] = np.take_along_axis(values, last, axis=0)[:-1]
    return pd.DataFrame(values / before - 1, prices.index, prices.columns)


def to_currency(
    prices: pd.DataFrame, fx: pd.DataFrame, currencies: dict[str, str], *, max_age_days: int = 7
) -> pd.DataFrame:
    """The price table in one currency. `fx`: index session, a column a currency: the value of one unit.

    The last rate known by the session is used, for at most `max_age_days`; NaN without one, for a currency missing in
    `fx` and for a ticker missing in `currencies`. The target currency itself belongs in `fx` as 1."""
    days = prices.index.union(fx.index)
    age = pd.Timedelta(days=max_age_days)
    seen = pd.DataFrame({c: pd.Series(fx.index, fx.index).where(fx[c].notna()) for c in fx}).reindex(days).ffill()
    fresh = seen.rsub(pd.Series(days, days), axis=0) <= age
    rates = fx.reindex(days).ffill().where(fresh).reindex(prices.index)
    wanted = [currencies.get(str(ticker), "") for ticker in prices]
    return prices * rates.reindex(columns=wanted).to_numpy()


@dataclass(frozen=True, slots=True)
class AbnormalReturns:
    """Tables shaped like the returns: index session, one column a ticker. NaN where there is no model.

    abnormal: R − (alpha + beta·R_m) · se: its standard error as a forecast, so that abnormal ± 1.96 se is its 95 %
    interval on a day without news · beta: summed over leads and lags (Dimson) · n: sessions in the estimation."""

    abnormal: pd.DataFrame
    se: pd.DataFrame
    beta: pd.DataFrame
    n: pd.DataFrame


def abnormal_returns(
    returns: pd.DataFrame,
    market: pd.Series,
    *,
    estimation: Window = ESTIMATION,
    min_obs: int = MIN_OBS,
    dimson: Window = DIMSON,
) -> AbnormalReturns:
    """Each return less the expectation of the listing's own market model, estimated before that session.

    With a lead in `dimson` the last session is NaN, since its market return is not known yet; (-1, 0) has no lead."""
    shape = returns.shape
    tables = {name: np.full(shape, np.nan) for name in ("abnormal", "se", "beta", "n")}
    for column in range(shape[1]):
        own = returns.iloc[:, column].dropna()
        rows = returns.index.get_indexer(own.index)
        design = _design(own.index, market, dimson)
        for name, values in _rolled(own.to_numpy(dtype=float), design, estimation, min_obs).items():
            tables[name][rows, column] = values
    frames = {name: pd.DataFrame(table, returns.index, returns.columns) for name, table in tables.items()}
    return AbnormalReturns(**frames)


def market_over(sessions: pd.Index, market: pd.Series) -> pd.Series:
    """The market's return between each two sessions of a listing, compounded: 0 where the market was closed.

    NaN before the market's first return and after its last. The first session has that day's return."""
    known = market.dropna()
    if known.empty or len(sessions) == 0:
        return pd.Series(np.nan, index=sessions, dtype=float)
    level = np.log1p(known).cumsum()
    at = known.index.searchsorted(sessions, side="right")
    levels = np.append(np.nan, level.to_numpy(dtype=float))[at]
    levels[sessions.to_numpy() > known.index.to_numpy()[-1]] = np.nan
    over = np.expm1(np.diff(levels, prepend=np.nan))
    over[0] = known.get(sessions[0], np.nan)
    return pd.Series(over, index=sessions)


def _design(sessions: pd.Index, market: pd.Series, dimson: Window) -> Floats:
    """Columns: 1, then the market `k` sessions later for each k of `dimson`."""
    own = market_over(sessions, market)
    shifted = [own.shift(-k).to_numpy(dtype=float) for k in range(dimson[0], dimson[1] + 1)]
    return np.column_stack([np.ones(len(own)), *shifted])


def _rolled(y: Floats, design: Floats, estimation: Window, min_obs: int) -> dict[str, Floats]:
    """For each session of one listing: its abnormal return, standard error, beta and n."""
    used = np.isfinite(design.sum(axis=1))
    x, target = np.where(used[:, None], design, 0.0), np.where(used, y, 0.0)
    sums = [
        _windowed(values, estimation)
        for values in (x[:, :, None] * x[:, None, :], x * target[:, None], target**2, used.astype(float))
    ]
    n = sums[3]
    fit = _fitted(sums[0], sums[1], sums[2], n, min_obs)
    forecast = np.einsum("ij,ijk,ik->i", design, fit.inverse, design)
    return {
        "abnormal": y - (design * fit.coefficients).sum(axis=1),
        "se": fit.s * np.sqrt(1 + forecast),
        "beta": fit.coefficients[:, 1:].sum(axis=1),
        "n": n,
    }


def _windowed(values: Floats, window: Window) -> Floats:
    """Sums over `window` relative to each row, cut at the ends."""
    total = np.concatenate([np.zeros((1, *values.shape[1:])), values.cumsum(axis=0)])
    rows = np.arange(len(values))
    first = np.clip(rows + window[0], 0, len(values))
    after = np.clip(rows + window[1] + 1, 0, len(values))
    return np.asarray(total[after] - total[first])


@dataclass(frozen=True, slots=True)
class _Fit:
    coefficients: Floats  # one row a window
    inverse: Floats
    s: Floats


def _fitted(xx: Floats, xy: Floats, yy: Floats, n: Floats, min_obs: int) -> _Fit:
    """Least squares from the sums of many windows at once; NaN where n is too small or the market did not move."""
    size = xx.shape[-1]
    scale = np.prod(np.diagonal(xx, axis1=1, axis2=2), axis=1)
    determinant: Floats = np.asarray(np.linalg.det(xx))
    sound = (n >= max(min_obs, size + 1)) & (determinant > SINGULAR * scale)
    inverse = np.linalg.inv(np.where(sound[:, None, None], xx, np.eye(size)))
    inverse[~sound] = np.nan
    coefficients = np.einsum("ijk,ik->ij", inverse, xy)
    left = yy - (coefficients * xy).sum(axis=1)
    left = np.where(left < SINGULAR * yy, 0.0, left)  # rounding: the market against itself
    return _Fit(coefficients, inverse, np.sqrt(left / np.where(sound, n - size, np.nan)))
