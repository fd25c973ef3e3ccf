"""
Does coverage lead price? One p-value for the whole window of lags, and the smallest link that could have been detected.

    attention, returns by session → scan (or one lag stated in advance) → number of analyses looked at → Verdict

Lag k > 0: attention at a session goes with the return k sessions later. Lag 0 is shown and never called a lead. The
verdict is "leads" or "follows" only when p, adjusted for every analysis looked at, is at most 5 %. Sources: Politis and
Romano 1994 (stationary bootstrap), Newey and West 1987 and 1994 (errors by lag), Romano and Wolf 2005, Hodrick 1992
(horizons).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bootstrap import Chance, stationary_positions
from analysis.lead_lag.scan import Pair, Scan, pair_series, scan
from analysis.lead_lag.verdicts import ALPHA, RELEVANT, Direction, Verdict, verdict_of_scan, without_data
from analysis.multiple_testing import adjusted_p_values, step_down

__all__ = ["Verdict", "family_verdicts", "preregistered", "verdict"]

Ints = npt.NDArray[np.int64]
Method = Literal["romano-wolf", "by"]
Progress = Callable[[int, int], None]

FEWEST_DRAWS = 19  # with fewer no p can be 5 %


def verdict(
    attention: pd.Series,
    returns: pd.Series,
    *,
    max_lag_sessions: int = 10,
    draws: int = 999,
    family: int = 1,
    seed: int = 0,
    relevant: float = RELEVANT,
) -> Verdict:
    """The verdict on the lags −max … +max of one pair, both series by session of the listing.

    attention: stories, a share of voice or abnormal attention; returns: abnormal ones, or market-wide news days alone
    make a link. `family` counts all analyses looked at, this one included. The sessions are those of the returns.
    ValueError for a number out of range; series that cannot answer give "cannot tell" with the reason."""
    _checked(max_lag_sessions=max_lag_sessions, draws=draws, family=family)
    pair = pair_series(attention, returns, widest_lag=max_lag_sessions)
    if pair.lack:
        return without_data(pair, family=family)
    result = scan(pair, _window(max_lag_sessions), _positions(pair, draws, seed))
    return _single_verdict(result, pair, family=family, relevant=relevant)


def preregistered(
    attention: pd.Series,
    returns: pd.Series,
    *,
    lag_sessions: int,
    direction: Direction = "leads",
    horizon_sessions: int = 1,
    seed: int = 0,
    draws: int = 999,
    relevant: float = RELEVANT,
) -> Verdict:
    """The verdict on one lag stated before the data were seen: about three times as likely to find a real link.

    With a horizon the return runs from that lag over that number of sessions. It is tested as by Hodrick: one session's
    return against the innovations summed over the horizon, the same covariance without overlapping errors."""
    if lag_sessions < 1:
        raise ValueError("The stated lag is at least one session: within a day the data cannot say what came first.")
    if direction not in ("leads", "follows"):
        raise ValueError(f"A direction is “leads” or “follows”, not “{direction}”.")
    _checked(lag_sessions=lag_sessions, horizon_sessions=horizon_sessions, draws=draws)
    if direction == "follows" and horizon_sessions > 1:
        raise ValueError(
            "A horizon belongs to the return that comes after the news; state direction 'leads' or horizon 1."
        )
    pair = pair_series(attention, returns, widest_lag=lag_sessions + horizon_sessions - 1, horizon=horizon_sessions)
    if pair.lack:
        return without_data(pair, family=1)
    lag = np.array([lag_sessions if direction == "leads" else -lag_sessions])
    result = scan(pair, lag, _positions(pair, draws, seed))
    return _single_verdict(result, pair, family=1, relevant=relevant, stated_lag=True, horizon=horizon_sessions)


def family_verdicts(
    pairs: Mapping[str, tuple[pd.Series, pd.Series]],
    *,
    method: Method = "romano-wolf",
    family: int = 0,
    max_lag_sessions: int = 10,
    draws: int = 999,
    seed: int = 0,
    relevant: float = RELEVANT,
    workers: int = 2,
    progress: Progress | None = None,
) -> dict[str, Verdict]:
    """The verdicts on many pairs (name → attention, returns) as one family; `family` when more than these were looked
    at.

    romano-wolf: the same days are drawn for all pairs, so that dependent pairs cost less than independent ones; at most
    5 % of families have a false discovery. by: Benjamini–Yekutieli, at most 5 % of the discoveries are false.
    `progress` is called with (done, all). Workers are threads: the work is in matrix products, which run in
    parallel."""
    _checked(max_lag_sessions=max_lag_sessions, draws=draws, workers=workers)
    prepared = {name: pair_series(*series, widest_lag=max_lag_sessions) for name, series in pairs.items()}
    usable = {name: pair for name, pair in prepared.items() if not pair.lack}
    family = max(family, len(pairs))
    answers = {name: without_data(pair, family=family) for name, pair in prepared.items()}
    if usable:
        scans = _scanned(usable, _window(max_lag_sessions), draws, seed, workers, progress, len(pairs))
        judge = _by_romano_wolf if method == "romano-wolf" else _by_yekutieli
        answers.update(judge(scans, usable, family, relevant))
    return answers


def _checked(**numbers: int) -> None:
    for name, value in numbers.items():
        least = FEWEST_DRAWS if name == "draws" else 1
        if not isinstance(value, int | np.integer) or value < least:
            raise ValueError(f"{name} is to be a whole number, at least {least}, not {value!r}.")


def _window(max_lag_sessions: int) -> Ints:
    return np.arange(-max_lag_sessions, max_lag_sessions + 1)


def _positions(pair: Pair, draws: int, seed: int) -> Ints:
    return stationary_positions(int((~pair.missing).sum()), len(pair.missing), draws, seed=seed)


def _single_verdict(
    result: Scan, pair: Pair, *, family: int, relevant: float, stated_lag: bool = False, horizon: int = 1
) -> Verdict:
    """The verdict on one pair of a family whose other p-values are unknown: Bonferroni."""
    p = result.chance.p(result.largest)
    return verdict_of_scan(
        result,
        n=pair.n,
        p_adjusted=p if family == 1 else min(max(p, family * result.chance.fine_p(result.largest)), 1.0),
        critical=result.chance.critical(ALPHA / family),
        family=family,
        note="" if family == 1 else f"p times the {family:,} analyses looked at (Bonferroni)",
        relevant=relevant,
        stated_lag=stated_lag,
        horizon=horizon,
    )


def _scanned(
    pairs: Mapping[str, Pair], lags: Ints, draws: int, seed: int, workers: int, progress: Progress | None, total: int
) -> dict[str, Scan]:
    """Each pair's scan on the same drawn days, in the order of the pairs."""
    days = _all_days(pairs)
    drawn = stationary_positions(len(days), len(days), draws, seed=seed)
    done = total - len(pairs)
    scans: dict[str, Scan] = {}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        started = {pool.submit(lambda pair: scan(pair, lags, _own_positions(pair, days, drawn)), pair): name
                   for name, pair in pairs.items()}  # fmt: skip
        for future in as_completed(started):
            scans[started[future]] = future.result()
            done += 1
            if progress:
                progress(done, total)
    return {name: scans[name] for name in pairs}


def _all_days(pairs: Mapping[str, Pair]) -> pd.Index:
    days = pd.Index([])
    for pair in pairs.values():
        days = pair.sessions if days.empty else days.union(pair.sessions)
    return days


def _own_positions(pair: Pair, days: pd.Index, drawn: Ints) -> Ints:
    """The drawn days as positions into the pair's known returns: on its exchange's holiday, the session before."""
    known = days.get_indexer(pair.sessions[~pair.missing])
    own = np.maximum(np.searchsorted(known, np.arange(len(days)), side="right") - 1, 0)
    return own[drawn[:, days.get_indexer(pair.sessions)]]


def _by_romano_wolf(
    scans: Mapping[str, Scan], pairs: Mapping[str, Pair], family: int, relevant: float
) -> dict[str, Verdict]:
    draws = np.column_stack([result.chance.by_draw for result in scans.values()])
    stepped = step_down(np.array([result.largest for result in scans.values()]), draws)
    # Analyses looked at besides these pairs take their part of the 5 %.
    others = family / len(scans)
    critical = Chance.of(draws.max(axis=1)).critical(ALPHA / others)
    note = f"Romano–Wolf step-down over {len(scans):,} pairs" + (
        f", times {others:.3g} for the others" if others > 1 else ""
    )
    return {
        name: verdict_of_scan(
            result,
            n=pairs[name].n,
            p_adjusted=min(float(p) * others, 1.0),
            critical=critical,
            family=family,
            note=note,
            relevant=relevant,
        )
        for (name, result), p in zip(scans.items(), stepped, strict=True)
    }


def _by_yekutieli(
    scans: Mapping[str, Scan], pairs: Mapping[str, Pair], family: int, relevant: float
) -> dict[str, Verdict]:
    fine = [result.chance.fine_p(result.largest) for result in scans.values()]
    values = adjusted_p_values(fine, "by", family=family)
    return {
        name: verdict_of_scan(
            result,
            n=pairs[name].n,
            p_adjusted=max(float(p), result.chance.p(result.largest)),
            critical=result.chance.critical(ALPHA / family),
            family=family,
            note=f"Benjamini–Yekutieli over {family:,} analyses",
            relevant=relevant,
        )
        for (name, result), p in zip(scans.items(), values, strict=True)
    }
