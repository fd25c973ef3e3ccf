"""
Does talk lead price? One p-value for the whole window of lags, and the smallest link that could have been seen.

    attention, returns by session → scan (or one lag, stated before) → how many analyses were looked at → Verdict

Lag k > 0: attention at a session goes with the return k sessions later. Lag 0 is shown and never called a lead. "leads" and
"follows" are said only when p, adjusted for everything that was looked at, is at most 5 %. Sources: Politis and Romano
1994 (stationary bootstrap), Newey and West 1987 and 1994 (errors by lag), Romano and Wolf 2005, Hodrick 1992 (horizons).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bootstrap import Chance, stationary_positions
from analysis.hypotheses import adjusted, step_down
from analysis.scan import Pair, Scan, paired, scan
from analysis.verdicts import ALPHA, RELEVANT, Direction, Verdict, judged, without_data

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
    """What the lags −max … +max say about one pair, both series by session of the listing.

    attention: stories, a share of voice or abnormal attention; returns: abnormal ones, or market-wide news days alone
    make a link. `family` counts all analyses looked at, this one included. The sessions are those of the returns.
    ValueError for a number that makes no sense; series that cannot answer give "cannot tell", and say why."""
    _checked(max_lag_sessions=max_lag_sessions, draws=draws, family=family)
    pair = paired(attention, returns, widest_lag=max_lag_sessions)
    if pair.lack:
        return without_data(pair, family=family)
    found = scan(pair, _window(max_lag_sessions), _positions(pair, draws, seed))
    return _alone(found, pair, family=family, relevant=relevant)


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
    """What one lag says that was stated before the data were seen: about three times as likely to find a real link.

    With a horizon the return runs from that lag over so many sessions. It is tested in Hodrick's way, one session's return
    against the news summed over the horizon: the same covariance, without overlapping errors."""
    if lag_sessions < 1:
        raise ValueError("The stated lag is at least one session: within a day the data cannot say what came first.")
    if direction not in ("leads", "follows"):
        raise ValueError(f"A direction is “leads” or “follows”, not “{direction}”.")
    _checked(lag_sessions=lag_sessions, horizon_sessions=horizon_sessions, draws=draws)
    if direction == "follows" and horizon_sessions > 1:
        raise ValueError(
            "A horizon belongs to the return that comes after the news; state direction 'leads' or horizon 1."
        )
    pair = paired(attention, returns, widest_lag=lag_sessions + horizon_sessions - 1, horizon=horizon_sessions)
    if pair.lack:
        return without_data(pair, family=1)
    lag = np.array([lag_sessions if direction == "leads" else -lag_sessions])
    found = scan(pair, lag, _positions(pair, draws, seed))
    return _alone(found, pair, family=1, relevant=relevant, stated_lag=True, horizon=horizon_sessions)


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
    """The verdicts on many pairs (name → attention, returns) as one family; `family` when more than these were looked at.

    romano-wolf: the same days are drawn for all pairs, so that pairs that move together cost less than strangers; at most
    5 % of families have a false find. by: Benjamini–Yekutieli, at most 5 % of the finds are false. `progress` is called with
    (done, all). Workers are threads: the work is in matrix products, which run side by side."""
    _checked(max_lag_sessions=max_lag_sessions, draws=draws, workers=workers)
    prepared = {name: paired(*series, widest_lag=max_lag_sessions) for name, series in pairs.items()}
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


def _alone(
    found: Scan, pair: Pair, *, family: int, relevant: float, stated_lag: bool = False, horizon: int = 1
) -> Verdict:
    """One pair in a family of which only this p is known: Bonferroni."""
    p = found.chance.p(found.largest)
    return judged(
        found,
        n=pair.n,
        p_adjusted=p if family == 1 else min(max(p, family * found.chance.fine_p(found.largest)), 1.0),
        critical=found.chance.critical(ALPHA / family),
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
    """The drawn days as positions into the pair's own known returns: on another exchange's holiday, the one before it."""
    known = days.get_indexer(pair.sessions[~pair.missing])
    own = np.maximum(np.searchsorted(known, np.arange(len(days)), side="right") - 1, 0)
    return own[drawn[:, days.get_indexer(pair.sessions)]]


def _by_romano_wolf(
    scans: Mapping[str, Scan], pairs: Mapping[str, Pair], family: int, relevant: float
) -> dict[str, Verdict]:
    draws = np.column_stack([found.chance.by_draw for found in scans.values()])
    stepped = step_down(np.array([found.largest for found in scans.values()]), draws)
    # What was looked at besides these pairs takes its part of the 5 %.
    others = family / len(scans)
    critical = Chance.of(draws.max(axis=1)).critical(ALPHA / others)
    note = f"Romano–Wolf step-down over {len(scans):,} pairs" + (
        f", times {others:.3g} for the others" if others > 1 else ""
    )
    return {
        name: judged(
            found,
            n=pairs[name].n,
            p_adjusted=min(float(p) * others, 1.0),
            critical=critical,
            family=family,
            note=note,
            relevant=relevant,
        )
        for (name, found), p in zip(scans.items(), stepped, strict=True)
    }


def _by_yekutieli(
    scans: Mapping[str, Scan], pairs: Mapping[str, Pair], family: int, relevant: float
) -> dict[str, Verdict]:
    fine = [found.chance.fine_p(found.largest) for found in scans.values()]
    values = adjusted(fine, "by", family=family)
    return {
        name: judged(
            found,
            n=pairs[name].n,
            p_adjusted=max(float(p), found.chance.p(found.largest)),
            critical=found.chance.critical(ALPHA / family),
            family=family,
            note=f"Benjamini–Yekutieli over {family:,} analyses",
            relevant=relevant,
        )
        for (name, found), p in zip(scans.items(), values, strict=True)
    }
