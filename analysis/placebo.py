"""
Placebo analyses: the same statistic where there is nothing to find, drawn as a grey fan behind the real line.

    the real pair or events → other dates, another subject, another company → the same correlations or paths → fan

A real line inside its fan is what chance, the season or the sector produce anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.bootstrap import stationary_positions
from analysis.event_study.windows import EventWindows, Market, event_windows
from analysis.lead_lag.cross_correlation import by_lag, design, newey_west_lags
from analysis.lead_lag.scan import Pair, pair_series
from analysis.returns import Window

REAL = "real"
DATES = "other dates"
SUBJECT = "another subject"
COMPANY = "another company of its sector"

SPAN: Window = (-5, 20)


def leadlag_fan(
    attention: pd.Series,
    returns: pd.Series,
    *,
    other_attention: pd.DataFrame | None = None,
    other_returns: pd.DataFrame | None = None,
    max_lag_sessions: int = 10,
    draws: int = 50,
    seed: int = 0,
) -> pd.DataFrame:
    """Columns kind, name, lag, value (correlation): the real line and its placebos.

    other dates: the returns in a resampled order · another subject: each column of other_attention · another company of
    its sector: each column of other_returns. Empty when the real pair has too little data; a placebo with too little
    data is left out."""
    lags = np.arange(-max_lag_sessions, max_lag_sessions + 1)
    real = pair_series(attention, returns, widest_lag=max_lag_sessions)
    if real.lack:
        return pd.DataFrame(columns=["kind", "name", "lag", "value"])
    lines = [(REAL, "", real, real.returns)]
    lines += [(DATES, str(draw), real, drawn) for draw, drawn in enumerate(_resampled(real, draws, seed))]
    nothing = pd.DataFrame()
    others = [
        (SUBJECT, str(name), own, returns)
        for name, own in (nothing if other_attention is None else other_attention).items()
    ]
    others += [
        (COMPANY, str(name), attention, own)
        for name, own in (nothing if other_returns is None else other_returns).items()
    ]
    for kind, name, *series in others:
        pair = pair_series(*series, widest_lag=max_lag_sessions)
        if not pair.lack:
            lines.append((kind, name, pair, pair.returns))
    return pd.concat(
        [_line(kind, name, lags, _correlations(pair, values, lags)) for kind, name, pair, values in lines],
        ignore_index=True,
    )


def event_fan(
    events: pd.DataFrame,
    returns: pd.DataFrame,
    market: Market,
    *,
    other_events: Mapping[str, pd.DataFrame] | None = None,
    peers: Mapping[str, Sequence[str]] | None = None,
    span: Window = SPAN,
    draws: int = 50,
    seed: int = 0,
) -> pd.DataFrame:
    """Columns kind, name, day, value (mean cumulative abnormal return): the real path and its placebos.

    other dates: `draws` times each date moves, with all its events, to a random session between the first and the last
    · another subject: each of other_events (name → events) · another company of its sector: `draws` times each event
    moves to a random one of its ticker's `peers`, where it has any."""
    rng = np.random.default_rng(seed)
    sets = [(REAL, "", events)]
    sets += [(DATES, str(draw), on_random_dates(events, returns.index, rng)) for draw in range(draws)]
    sets += [(SUBJECT, name, other) for name, other in (other_events or {}).items()]
    if peers:
        sets += [(COMPANY, str(draw), on_random_peers(events, peers, rng)) for draw in range(draws)]
    lines = []
    for kind, name, moved in sets:
        windows = event_windows(moved, returns, market, span=span, merge_sessions=max(span[1], 0))
        if len(windows.events):
            lines.append(_line(kind, name, windows.days, _path(windows), at="day"))
    return pd.concat(lines, ignore_index=True) if lines else pd.DataFrame(columns=["kind", "name", "day", "value"])


def on_random_dates(events: pd.DataFrame, sessions: pd.Index, rng: np.random.Generator) -> pd.DataFrame:
    """The events with each date moved to a random session in their range; events of one date stay on one date."""
    dates = pd.DatetimeIndex(events["session"].unique())
    range_ = sessions[(sessions >= dates.min()) & (sessions <= dates.max())]
    moved = range_[rng.choice(len(range_), len(dates), replace=len(dates) > len(range_))]
    return events.assign(session=moved[dates.get_indexer(pd.DatetimeIndex(events["session"]))])


def on_random_peers(events: pd.DataFrame, peers: Mapping[str, Sequence[str]], rng: np.random.Generator) -> pd.DataFrame:
    """The events with each ticker replaced by a random peer without an event on that date; dropped without a peer."""
    tickers, dates = events["ticker"].astype(str).tolist(), events["session"].tolist()
    own = set(zip(tickers, dates, strict=True))
    others = [
        sorted(peer for peer in peers.get(ticker, ()) if (peer, day) not in own)
        for ticker, day in zip(tickers, dates, strict=True)
    ]
    known = [bool(each) for each in others]
    return events[known].assign(ticker=[str(rng.choice(each)) for each in others if each])


def fan_band(fan: pd.DataFrame) -> pd.DataFrame:
    """Columns lag or day, low, middle, high (5 %, 50 %, 95 % of the placebos), n: all kinds together."""
    at = "lag" if "lag" in fan else "day"
    placebos = fan[fan["kind"] != REAL].groupby(at)["value"]
    band = placebos.quantile(np.array([0.05, 0.5, 0.95])).unstack().set_axis(["low", "middle", "high"], axis=1)
    return band.assign(n=placebos.count()).reset_index()


def at_least_as_strong(fan: pd.DataFrame) -> pd.DataFrame:
    """Columns kind, n (placebo lines), as_strong: the number of them that reach at least as far from zero as the real
    line.

    Lag 0 does not count: it is no lead."""
    counted = fan[fan["lag"] != 0] if "lag" in fan else fan
    reach = counted.assign(value=counted["value"].abs()).groupby(["kind", "name"], sort=False)["value"].max()
    real = float(reach.get((REAL, ""), np.nan))
    placebos = reach.drop(index=REAL, level="kind").groupby(level="kind", sort=False)
    return pd.DataFrame(
        {"n": placebos.size(), "as_strong": placebos.agg(lambda each: int((each >= real).sum()))}
    ).reset_index()


def _resampled(pair: Pair, draws: int, seed: int) -> list[np.ndarray]:
    known = pair.returns[~pair.missing]
    drawn = known[stationary_positions(len(known), len(pair.missing), draws, seed=seed)]
    return list(np.where(pair.missing, 0.0, drawn - drawn.mean(axis=1, keepdims=True)))


def _correlations(pair: Pair, returns: np.ndarray, lags: np.ndarray) -> np.ndarray:
    table = by_lag(design(pair.innovations, lags, pair.missing, hac=newey_west_lags(pair.n)), returns)
    return table["correlation"].to_numpy()


def _path(windows: EventWindows) -> np.ndarray:
    lines = np.cumsum(windows.abnormal, axis=1)
    known = ~np.isnan(lines)
    return np.where(
        known.any(axis=0), np.where(known, lines, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1), np.nan
    )


def _line(kind: str, name: str, at_values: np.ndarray, values: np.ndarray, *, at: str = "lag") -> pd.DataFrame:
    return pd.DataFrame({"kind": kind, "name": name, at: at_values, "value": values})
