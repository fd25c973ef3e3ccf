"""
What real links the lead-lag verdict finds: `python -m tests.studies.power_suite [runs]` prints the table.

Planted links at lag 1 against the power that the reference gives for a scan of 21 lags and for one stated lag, and
whether the stated smallest link is true: planted at that size, 8 of 10 must be found.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from analysis.lead_lag.study import Verdict, preregistered, verdict
from tests.simulated import planted

DRAWS = 399
REFERENCE = {
    (250, 0.01): (0.12, 0.36),
    (250, 0.02): (0.23, 0.61),
    (500, 0.01): (0.20, 0.60),
    (1000, 0.01): (np.nan, 0.88),
}
SIZES = ((250, False), (250, True), (660, False), (660, True), (1000, True))


def power(runs: int) -> pd.DataFrame:
    """One row a planted effect: the share found by the scan and by the stated lag."""
    return pd.DataFrame([power_row(count, r2, runs) for count, r2 in REFERENCE])


def power_row(count: int, r2: float, runs: int) -> dict[str, float]:
    scans, stated = np.empty(runs, dtype=bool), np.empty(runs, dtype=bool)
    for run in range(runs):
        pair = planted(np.random.default_rng([count, int(r2 * 1000), run]), count, np.sqrt(r2))
        scans[run] = _found(verdict(*pair, draws=DRAWS, seed=run))
        stated[run] = preregistered(*pair, lag_sessions=1, draws=DRAWS, seed=run).kind == "leads"
    by_scan, by_stated = REFERENCE[count, r2]
    return {
        "T": count, "R2": r2, "scan": scans.mean(), "reference": by_scan, "stated": stated.mean(),
        "reference ": by_stated, "stated/scan": stated.mean() / scans.mean(),
    }  # fmt: skip


def smallest(runs: int) -> pd.DataFrame:
    """
    One row a kind of sample: the mean stated smallest link, and the share found when one of just that size is planted.

    The size is against the sample's own volatility, as the verdict means it: no sample knows another."""
    return pd.DataFrame([smallest_row(count, garch, mode, runs) for count, garch in SIZES for mode in MODES])


MODES = {
    "scan": lambda pair, seed: verdict(*pair, draws=DRAWS, seed=seed),
    "family of 40": lambda pair, seed: verdict(*pair, draws=DRAWS, seed=seed, family=40),
    "stated lag": lambda pair, seed: preregistered(*pair, lag_sessions=1, draws=DRAWS, seed=seed),
}


def smallest_row(count: int, garch: bool, mode: str, runs: int) -> dict[str, object]:
    found, sizes = np.empty(runs, dtype=bool), np.empty(runs)
    for run in range(runs):
        seed = [count, int(garch), run]
        sizes[run] = MODES[mode](
            planted(np.random.default_rng(seed), count, 0.0, garch=garch, in_sample=True), run
        ).smallest_detectable
        again = planted(np.random.default_rng(seed), count, sizes[run], garch=garch, in_sample=True)
        found[run] = _found(MODES[mode](again, run))
    returns = "GARCH-t" if garch else "normal"
    return {"T": count, "returns": returns, "mode": mode, "runs": runs, "smallest": sizes.mean(), "found": found.mean()}


def _found(answer: Verdict) -> bool:
    return answer.kind in ("leads", "follows")


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{asked} runs a row, {DRAWS} draws")
    print(power(asked).round(3).to_string(index=False))
    print(smallest(asked).round(3).to_string(index=False))
