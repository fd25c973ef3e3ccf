"""
How fast the honest signals are, and against the straightforward loop: `python -m tests.bench.signals`, part of `make
bench`.

The loop does the same work with pandas and statsmodels: a regression with HAC errors a lag and draw, an OLS an event.
It runs a part of the draws and is scaled up, for the whole takes minutes.
"""

from __future__ import annotations

import os

# One BLAS thread, ours and the loop's: a second one that waits counts as CPU time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import statsmodels.api as sm

from analysis.bootstrap import stationary_positions
from analysis.event_study.study import event_study
from analysis.lead_lag.cross_correlation import newey_west_lags
from analysis.lead_lag.residual_attention import residual_attention
from analysis.lead_lag.study import family_verdicts, verdict
from tests import simulated as world

DRAWS = 999
LOOP_DRAWS = 3
LIMITS_MS = {"lead-lag verdict": 150, "family of 42 pairs": 6000, "event study": 300}


def measured() -> pd.DataFrame:
    """
    One row a task: median time, CPU time, its limit, the loop's CPU time, the ratio of the two: on a busy machine only
    CPU compares.
    """
    rng = np.random.default_rng(0)
    pair = world.planted(rng, 660, 0.1)
    family = {str(i): world.planted(rng, 660, 0.0) for i in range(42)}
    returns, market = world.companies(rng, 800, 80)
    events = world.random_events(rng, returns, dates=67, each=3)[:200]
    rows = [
        ("lead-lag verdict", f"{DRAWS} draws, ±10 lags, 660 sessions", lambda: verdict(*pair, draws=DRAWS),
        lambda: lag_loop(*pair), 5),
        ("family of 42 pairs", "Romano–Wolf, 2 workers", lambda: family_verdicts(family), lambda: 42 * lag_loop(*pair),
        3),
        ("event study", "200 events, 80 companies, 800 sessions", lambda: event_study(events, returns, market,
        merge_sessions=0),
         lambda: event_loop(events, returns, market), 5),
    ]  # fmt: skip
    return pd.DataFrame([_row(*row) for row in rows])


def _row(task: str, what: str, ours: Callable[[], object], loop: Callable[[], float], times: int) -> dict[str, object]:
    ours()
    busy = time.process_time()
    taken = np.median([_seconds(ours) for _ in range(times)])
    busy = (time.process_time() - busy) / times
    slow = loop()
    return {
        "task": task,
        "what": what,
        "ms": 1000 * taken,
        "cpu ms": 1000 * busy,
        "limit ms": LIMITS_MS[task],
        "held": "yes" if 1000 * taken <= LIMITS_MS[task] else "NO",
        "held by cpu": "yes" if 1000 * busy <= LIMITS_MS[task] else "NO",
        "loop cpu ms": 1000 * slow,
        "times faster": slow / busy,
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def lag_loop(attention: pd.Series, returns: pd.Series) -> float:
    """CPU seconds that a loop of statsmodels regressions would take for all draws."""
    news = residual_attention(attention).innovations
    positions = stationary_positions(len(returns), len(returns), LOOP_DRAWS, seed=0)
    start = time.process_time()
    for draw in positions:
        drawn = pd.Series(returns.to_numpy()[draw], index=returns.index)
        for lag in range(-10, 11):
            both = pd.concat([news, drawn.shift(-lag)], axis=1).dropna()
            fit = sm.OLS(both.iloc[:, 1], sm.add_constant(both.iloc[:, 0]))
            float(fit.fit(cov_type="HAC", cov_kwds={"maxlags": newey_west_lags(len(both))}).tvalues.iloc[1])
    return (time.process_time() - start) * DRAWS / LOOP_DRAWS


def event_loop(events: pd.DataFrame, returns: pd.DataFrame, market: pd.Series) -> float:
    """
    CPU seconds of a loop over events: market model, abnormal returns, standardised sums, correlations, ranks, resampled
    dates.
    """
    start = time.process_time()
    residuals, around = {}, {}
    for number, (ticker, session) in enumerate(events[["ticker", "session"]].itertuples(index=False)):
        zero = returns.index.get_loc(session)
        past, near = slice(zero - 250, zero - 29), slice(zero - 5, zero + 21)
        fit = sm.OLS(returns[ticker].iloc[past], sm.add_constant(market.iloc[past])).fit()
        expected = fit.get_prediction(sm.add_constant(market.iloc[near], has_constant="add"))
        residuals[number] = fit.resid
        around[number] = (returns[ticker].iloc[near] - expected.predicted_mean).to_numpy()
        pd.concat([fit.resid, returns[ticker].iloc[near]]).rank()
    pd.DataFrame(residuals).corr(min_periods=50)
    lines = pd.DataFrame(around).T.cumsum(axis=1)
    by_date = lines.groupby(events["session"].to_numpy())
    rng = np.random.default_rng(0)
    sums, counts = by_date.sum(), by_date.size()
    for _ in range(DRAWS):
        drawn = sums.index[rng.integers(0, len(sums), len(sums))]
        sums.loc[drawn].sum() / counts.loc[drawn].sum()
    return time.process_time() - start


def main() -> None:
    print(measured().round(1).to_string(index=False))


if __name__ == "__main__":
    main()
