"""
Worlds that the null suite does not contain, as an outsider would try them: `python -m tests.studies.null_worlds
[runs]`, part of `make null`.

In each, attention and price have no direction to find, though much else: weeks, trends, breaks, regimes, volatility
that talk follows or drives. Then real leads at three lags, which must be told with their lag and sign.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.lead_lag.study import preregistered, verdict
from tests import simulated as world
from tests.simulated import Floats

DRAWS = 299
LENGTHS = (250, 660)
WEEK = np.array([12.0, 5, 5, 5, 8])
LEADS = [(lag, r2, sign) for lag in (1, 3, 5) for r2, sign in ((0.05, 1), (0.1, -1))]

World = Callable[[np.random.Generator, int], tuple[Floats, Floats]]


def normals(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    return rng.standard_normal(count), 0.02 * rng.standard_normal(count)


def thin_counts(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    return rng.poisson(0.4, count).astype(float), world.garch_t(rng, count)


def weekly(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    """Both have their weekday: more stories on Mondays, on which prices rise."""
    day = world.sessions(count).day_of_week
    return rng.poisson(WEEK[day]).astype(float), world.garch_t(rng, count) + 0.004 * (day == 0) - 0.003 * (day == 4)


def follows_moves_at_once(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    returns = world.garch_t(rng, count)
    return world.counts(rng, np.log(np.abs(returns) / np.abs(returns).mean() + 0.2)), returns


def jumps_after_large_moves(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    returns = world.garch_t(rng, count)
    level = np.zeros(count)
    for t in range(1, count):
        level[t] = min(0.8 * level[t - 1] + 2 * (abs(returns[t]) > 2 * returns.std()), 3.0)
    return rng.poisson(3 * np.exp(level)).astype(float), returns


def drives_volatility(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    """Talk announces how far the next session goes, not which way."""
    level = world.ar1(rng, count, 0.9)
    return world.counts(rng, level), 0.02 * np.exp(0.6 * np.append(0.0, level[:-1])) * rng.standard_normal(count)


def random_walk(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    return 20 * np.exp(0.1 * rng.standard_normal(count).cumsum()), world.garch_t(rng, count)


def both_grow(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    time = np.linspace(0, 1, count)
    return rng.poisson(4 * np.exp(2 * time)).astype(float), world.garch_t(rng, count) + 0.003 * time


def both_break(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    """On one day the usual number of stories and the drift of the price change for good."""
    after = np.arange(count) >= rng.integers(count // 4, 3 * count // 4)
    return rng.poisson(np.where(after, 20, 3)).astype(float), world.garch_t(rng, count) + np.where(after, 0.002, -0.001)


def regimes(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    """Calm and wild months, in which there is also more talk."""
    wild = np.cumsum(rng.random(count) < 0.02) % 2
    level = 1.5 * wild + 0.5 * world.ar1(rng, count, 0.5)
    return world.counts(rng, level), np.where(wild, 0.04, 0.01) * rng.standard_normal(count)


def returns_with_momentum(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    shocks = world.garch_t(rng, count + 1)
    return world.counts(rng, world.ar1(rng, count, 0.8)), shocks[1:] + 0.15 * shocks[:-1]


def rare_floods(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    return (rng.poisson(2, count) + (rng.random(count) < 0.02) * rng.poisson(200, count)).astype(float), world.garch_t(
        rng, count
    )


def wild_attention(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    """Logarithms with infinite variance."""
    return np.exp(1.5 * rng.standard_t(2, count)), world.garch_t(rng, count)


WORLDS: tuple[World, ...] = (
    normals, thin_counts, weekly, follows_moves_at_once, jumps_after_large_moves, drives_volatility, random_walk,
    both_grow, both_break,
    regimes, returns_with_momentum, rare_floods, wild_attention,
)  # fmt: skip


def null_row(made: World, count: int, runs: int) -> dict[str, object]:
    """The shares of runs in which a lead, or that talk follows, is claimed where there is neither."""
    said, stated = [], []
    for run in range(runs):
        attention, returns = (
            pd.Series(values, world.sessions(count)) for values in made(np.random.default_rng([77, count, run]), count)
        )
        said.append(verdict(attention, returns, draws=DRAWS, seed=run).kind)
        stated.append(preregistered(attention, returns, lag_sessions=1, draws=DRAWS, seed=run).kind)
    kinds = pd.Series(said)
    return {
        "world": made.__name__.replace("_", " "), "T": count, "runs": runs, "leads": (kinds == "leads").mean(),
        "follows": (kinds == "follows").mean(), "stated lag 1": (pd.Series(stated) == "leads").mean(),
    }  # fmt: skip


def lead_row(lag: int, r2: float, sign: int, count: int, runs: int) -> dict[str, object]:
    """How often a planted lead is found, how often with its lag and sign, and how often the other way round."""
    answers = []
    for run in range(runs):
        rng = np.random.default_rng([78, lag, count, run])
        answers.append(
            verdict(*world.planted(rng, count, sign * np.sqrt(r2), lag=lag, garch=True), draws=DRAWS, seed=run)
        )
    leads = [answer for answer in answers if answer.kind == "leads"]
    right = sum(answer.lag == lag and np.sign(answer.correlation) == sign for answer in leads)
    return {
        "lag": lag, "R2": r2, "sign": sign, "T": count, "runs": runs, "found": len(leads) / runs,
        "of these, right lag and sign": right / max(len(leads), 1),
        "follows": sum(answer.kind == "follows" for answer in answers) / runs,
    }  # fmt: skip


def main(runs: int) -> None:
    print(
        f"False claims in other worlds, {runs} runs a row, {DRAWS} draws, ±10 lags; a lead may be claimed in at most "
        "5 %"
    )
    _tell([null_row(made, count, runs) for count in LENGTHS for made in WORLDS])
    print("\nReal leads, wild returns")
    _tell([lead_row(*lead, count, runs // 2) for count in LENGTHS for lead in LEADS])


def _tell(rows: list[dict[str, object]]) -> None:
    print(pd.DataFrame(rows).round(3).to_string(index=False), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
