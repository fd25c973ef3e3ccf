"""
What the honest signals claim where there is nothing: `python -m tests.studies.null_suite [runs] [processes]`, or `make
null`.

Attention is an AR(1) level × negative binomial stories, returns are GARCH-t, the two independent. Every measure and
window of lags that the pages offer is asked; each may claim a lead in at most 5 % of the runs (± 1.4: two standard
errors at 1,000). Then 100 companies whose stories and prices share market-wide days and nothing else, and event studies
of random dates.
"""

from __future__ import annotations

import os

# One BLAS thread each: two processes that both wake two threads take turns.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor

import numpy as np
import pandas as pd

from analysis.abnormal import abnormal_attention
from analysis.bootstrap import Chance, stationary_positions
from analysis.event_study.study import event_study
from analysis.lead_lag.cross_correlation import by_lag, design, newey_west_lags
from analysis.lead_lag.scan import pair_series, resampled_statistics
from analysis.lead_lag.study import family_verdicts
from tests import simulated as world

PERSISTENCE = (0.0, 0.8, 0.95)
LENGTHS = (125, 250, 500, 1000)
WINDOWS = {"±5": 5, "±10": 10, "±20": 20}
LAGS = np.arange(-20, 21)
DRAWS = 299
ALPHA, LIMIT = 0.05, 0.064
BATCH = 50  # runs that share one coverage
COMPANIES = 100

Measures = dict[str, pd.Series]


def lead_cell(persistence: float, count: int, runs: int, moved: bool = False) -> dict[str, object]:
    """
    One row of the table: the shares of runs with a false claim, of the worst measure and window, and the mean of
    all.

    `moved`: attention rises after large moves of the price, up or down alike; there is still no direction to find."""
    said = pd.DataFrame([asked(*pair, seed=run) for run, pair in enumerate(pairs(persistence, count, runs, moved))])
    stated = [name for name in said if name.endswith("stated 1")]
    scans = said.drop(columns=[*stated, "all 12, counted"])
    leads, either, one = (scans == "leads").mean(), (scans != "").mean(), (said[stated] != "").mean()
    return {
        "attention": "after large moves" if moved else f"AR {persistence:g}",
        "T": count,
        "runs": runs,
        "leads, worst": leads.max(),
        "mean": leads.mean(),
        "where": leads.idxmax(),
        "leads or follows, worst": either.max(),
        "mean ": either.mean(),
        "stated lag, worst": one.max(),
        "mean  ": one.mean(),
        "all 12, counted": (said["all 12, counted"] != "").mean(),
    }


def pairs(persistence: float, count: int, runs: int, moved: bool) -> Iterator[tuple[Measures, pd.Series]]:
    """Each run's attention by measure, and its returns, on `count` days."""
    days = pd.date_range("2022-01-01", periods=count, name="session")
    for start in range(0, runs, BATCH):
        rng = np.random.default_rng([int(100 * persistence), count, start, moved])
        size = min(BATCH, runs - start)
        returns = [world.garch_t(rng, count) for _ in range(size)]
        levels = [_after_moves(each) if moved else world.ar1(rng, count, persistence) for each in returns]
        stories = pd.DataFrame(np.column_stack([world.counts(rng, level) for level in levels]), index=days)
        others = world.counts(rng, world.ar1(rng, count, 0.8), mean=600, swing=0.2, dispersion=50)
        total = stories.mean(axis=1).round() + others
        measures = {
            "stories": stories,
            "share": stories.div(total, axis=0),
            "abnormal": abnormal_attention(stories, total).z,
            "log abnormal": log_abnormal(stories),
        }
        for run in range(size):
            yield {name: table[run] for name, table in measures.items()}, pd.Series(returns[run], days)


def log_abnormal(counts: pd.DataFrame, *, periods: int = 8) -> pd.DataFrame:
    """ln(count + 1) − ln(median of the `periods` before + 1), the measure of Da, Engelberg and Gao 2011."""
    usual = counts.shift(1).rolling(periods, min_periods=periods).median()
    return pd.DataFrame(np.log1p(counts) - np.log1p(usual))


def _after_moves(returns: np.ndarray) -> np.ndarray:
    size = np.abs(returns) / np.abs(returns).mean()
    return np.append(0.0, np.log(size[:-1] + 0.2))


def asked(measures: Measures, returns: pd.Series, *, seed: int) -> dict[str, str]:
    """What the verdict says for each measure and window; the windows share their draws, as verdicts of one seed do."""
    said: dict[str, str] = {}
    surest = (2.0, "")
    positions = stationary_positions(len(returns), len(returns), DRAWS, seed=seed)
    for measure, attention in measures.items():
        pair = pair_series(attention, returns, widest_lag=20)
        assert not pair.lack, pair.lack
        table = design(pair.innovations, LAGS, pair.missing, hac=newey_west_lags(pair.n))
        t, by_chance = (
            by_lag(table, pair.returns)["t"].to_numpy(),
            np.abs(resampled_statistics(table, pair, positions)[0]),
        )
        tested = {name: (np.abs(LAGS) <= width) & (LAGS != 0) for name, width in WINDOWS.items()}
        for name, lags in {**tested, "stated 1": LAGS == 1}.items():
            largest, best = np.abs(t[lags]).max(), LAGS[lags][np.abs(t[lags]).argmax()]
            chance, way = Chance.of(by_chance[:, lags].max(axis=1)), "leads" if best > 0 else "follows"
            said[f"{measure} {name}"] = way if chance.p(largest) <= ALPHA else ""
            surest = (
                min(surest, (max(chance.p(largest), 12 * chance.fine_p(largest)), way)) if name in tested else surest
            )
    return {**said, "all 12, counted": surest[1] if surest[0] <= ALPHA else ""}


def event_cell(dates: int, each: int, runs: int) -> dict[str, object]:
    """One row: the shares of studies of random dates, `each` companies on every one, that find something in a window.

    Companies share a market and a sector that the market model does not know. BMP alone is what ignoring shared
    dates does.
    """
    found = np.empty((runs, 3, 4), dtype=bool)
    for run in range(runs):
        rng = np.random.default_rng([dates, each, run])
        returns, market = world.companies(rng, 800, 40)
        study = event_study(world.random_events(rng, returns, dates=dates, each=each), returns, market, draws=199)
        tests = study.windows
        outside = (tests["low"] > 0) | (tests["high"] < 0)
        found[run] = np.column_stack(
            [tests["p_kp"] <= ALPHA, tests["p_rank"] <= ALPHA, outside, tests["t_bmp"].abs() > 1.96]
        )
    sizes = found.mean(axis=0)
    row: dict[str, object] = {"dates": dates, "companies each": each, "runs": runs}
    row |= {f"found: {window}": size for window, size in zip(study.windows["window"], sizes[:, 0], strict=True)}
    return row | {
        "rank, worst": sizes[:, 1].max(),
        "band, worst": sizes[:, 2].max(),
        "BMP alone, worst": sizes[:, 3].max(),
    }


def market_wide(count: int, worlds: int) -> pd.DataFrame:
    """How many of 100 companies without any link of their own are said to lead or follow, by measure and return."""
    rows = [_market_wide_world(np.random.default_rng([count, number]), count) for number in range(worlds)]
    table = pd.DataFrame(rows)
    return (
        pd.DataFrame({"mean found of 100": table.mean(), "most found": table.max()})
        .rename_axis("measured by")
        .reset_index()
    )


def _market_wide_world(rng: np.random.Generator, count: int) -> dict[str, int]:
    days = world.sessions(count)
    market = world.garch_t(rng, count)
    # Half of the news of a market-wide day comes on the eve: the trap is set at a lag as well as on the day.
    fall = np.clip(-market / market.std(), 0, None)
    busy = fall + np.append(fall[1:], 0.0)
    level = {i: busy + 0.3 * world.ar1(rng, count, 0.5) for i in range(COMPANIES)}
    stories = pd.DataFrame({i: world.counts(rng, level[i], mean=12, dispersion=5) for i in level}, days)
    own = pd.DataFrame({i: world.garch_t(rng, count) for i in range(COMPANIES)}, days)
    raw = own.add(1.5 * market, axis=0)
    abnormal = raw.apply(lambda column: column - np.polyval(np.polyfit(market, column, 1), market))
    share = stories.div(stories.sum(axis=1), axis=0)
    ways = {
        "stories, raw returns (the trap)": (stories, raw),
        "share of voice, raw returns": (share, raw),
        "stories, abnormal returns": (stories, abnormal),
        "share of voice, abnormal returns": (share, abnormal),
    }
    return {
        f"{name}; {method}": _found(*frames, method)
        for name, frames in ways.items()
        for method in ("by", "romano-wolf")
    }


def _found(attention: pd.DataFrame, returns: pd.DataFrame, method: str) -> int:
    verdicts = family_verdicts(
        {str(i): (attention[i], returns[i]) for i in attention}, method=method, draws=DRAWS, workers=1
    )
    return sum(answer.kind in ("leads", "follows") for answer in verdicts.values())


LEAD_CELLS = [(persistence, count, False) for count in reversed(LENGTHS) for persistence in PERSISTENCE]
LEAD_CELLS += [(0.0, 1000, True), (0.0, 250, True)]
EVENT_CELLS = [(200, 1), (40, 5), (8, 10)]


def main(runs: int, processes: int) -> None:
    started = time.monotonic()
    with ProcessPoolExecutor(processes) as pool:
        leads = [pool.submit(lead_cell, persistence, count, runs, moved) for persistence, count, moved in LEAD_CELLS]
        events = [pool.submit(event_cell, dates, each, runs) for dates, each in EVENT_CELLS]
        wide = pool.submit(market_wide, 500, max(runs // 250, 1))
        print(f"False claims, {runs} runs a row, {DRAWS} draws; a lead may be claimed in at most {LIMIT:.1%}")
        print(_table(leads))
        print("\nEvent studies of random dates; each share is to be 5 % ± 1.4")
        print(_table(events))
        print("\n100 companies, market-wide news days, no link of their own; at most 1 may be found")
        print(wide.result().round(2).to_string(index=False))
    print(f"\n{time.monotonic() - started:.0f} s on {processes} processes")


def _table(waiting: list[Future[dict[str, object]]]) -> str:
    """The rows as a table; each is also told on stderr when it is ready, since the whole takes minutes."""
    rows = []
    for number, future in enumerate(waiting, 1):
        rows.append(future.result())
        print(f"{number} of {len(waiting)}:", *(f"{value:.3g}" if isinstance(value,
        float) else value for value in rows[-1].values()),
              file=sys.stderr, flush=True)  # fmt: skip
    return pd.DataFrame(rows).round(3).to_string(index=False)


if __name__ == "__main__":
    main(*(int(word) for word in [*sys.argv[1:], *("1000", "2")[len(sys.argv) - 1 :]]))
