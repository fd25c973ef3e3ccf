"""
The verdict on a scan of lags, in numbers and in a sentence for readers without statistics.

    scan, adjusted p → direction, strength, confidence → Verdict
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.lead_lag.scan import Pair, Scan

Kind = Literal["none", "cannot tell", "follows", "leads"]
Direction = Literal["leads", "follows"]

ALPHA = 0.05
POWER = 0.8  # the share of such samples in which a link of the stated size is found
RELEVANT = 0.2  # |correlation|: "none" only where a link of this size would have been found
NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer for one pair. Where the data do not allow one, `lack` says why, numbers are NaN and the table is
    empty.

    p: of the strongest |t| over all tested lags at once · p_adjusted: for the `family` of analyses looked at · lag: of
    the strongest link, > 0 when attention comes first · interval: of its correlation, for all lags and the family at
    once: it excludes 0 where the link is significant (by_lag has 95 % for each lag by itself) · n: trading days with
    both · smallest_detectable: the |correlation| that 8 of 10 such samples would have shown · critical: the |t| to
    reach · horizon: trading days of the return. by_lag: columns lag, correlation, se, low, high, t, n."""

    kind: Kind
    n: int
    family: int
    p: float = NAN
    p_adjusted: float = NAN
    lag: int | None = None
    direction: Direction | None = None
    correlation: float = NAN
    interval: tuple[float, float] = (NAN, NAN)
    smallest_detectable: float = NAN
    critical: float = NAN
    by_lag: pd.DataFrame
    stated_lag: bool = False  # one lag, stated before the data were seen
    horizon: int = 1
    note: str = ""  # how p was adjusted
    lack: str = ""

    @property
    def sentence(self) -> str:
        """The result and its uncertainty in words."""
        if self.lack:
            return f"Cannot tell: {self.lack}."
        return " ".join(part for part in (_finding(self), _same_day(self)) if part)


def without_data(pair: Pair, *, family: int) -> Verdict:
    """ "Cannot tell", and why."""
    table = pd.DataFrame(columns=["lag", "correlation", "se", "low", "high", "t", "n"], dtype=float)
    return Verdict(kind="cannot tell", n=pair.n, family=family, by_lag=table, lack=pair.lack)


def verdict_of_scan(
    result: Scan,
    *,
    n: int,
    p_adjusted: float,
    critical: float,
    family: int,
    note: str,
    relevant: float = RELEVANT,
    stated_lag: bool = False,
    horizon: int = 1,
) -> Verdict:
    """The verdict on a scan whose p, adjusted for the family, is `p_adjusted`; `critical` is the |t| that it takes."""
    p = result.chance.p(result.largest)
    best = result.by_lag[result.by_lag["lag"] == result.lag]
    correlation, spread = float(best["correlation"].iloc[0]), critical * float(best["se"].iloc[0])
    smallest = smallest_detectable(result, critical)
    direction: Direction = "leads" if result.lag > 0 else "follows"
    return Verdict(
        kind=_kind(p, p_adjusted, direction, precise=max(smallest, abs(correlation)) <= relevant),
        n=n,
        family=family,
        p=p,
        p_adjusted=p_adjusted,
        lag=result.lag,
        direction=direction,
        correlation=correlation,
        interval=(max(correlation - spread, -1.0), min(correlation + spread, 1.0)),
        smallest_detectable=smallest,
        critical=critical,
        by_lag=result.by_lag,
        stated_lag=stated_lag,
        horizon=horizon,
        note=note,
    )


def smallest_detectable(result: Scan, critical: float) -> float:
    """The |correlation| at one lag whose |t| exceeds `critical` in 80 % of samples like this one.

    A link of slope b added to a resampled series moves its t by b / error and leaves the error unchanged, since the
    residuals stay the same. So a draw needs the slope (critical − t)·error, the opposite link (critical + t)·error, and
    80 % of the draws need at most the value given. With steady volatility it is (critical + z_0.8)/√n. The last step
    turns the slope into a correlation: a share of the whole variance, to which the link adds."""
    needed = np.concatenate([(critical - result.single) * result.errors, (critical + result.single) * result.errors])
    slope = float(np.quantile(needed, POWER))
    return slope / float(np.sqrt(1 + slope**2))


def _kind(p: float, p_adjusted: float, direction: Direction, *, precise: bool) -> Kind:
    if p_adjusted <= ALPHA:
        return direction
    # A link that is significant by itself but not within its family is not "none" either.
    return "none" if precise and p > ALPHA else "cannot tell"


def _finding(verdict: Verdict) -> str:
    if verdict.kind in ("leads", "follows"):
        return f"{_significant(verdict)} {_confidence(verdict)}"
    if verdict.kind == "none":
        return (
            f"On {verdict.n:,} trading days, {_no_finding(verdict)}. A {_size(verdict)} or more would have been "
            "detected in 8 of 10 such samples; a weaker one cannot be ruled out."
        )
    if verdict.p <= ALPHA:
        return (
            f"Cannot tell: one lag is significant by itself ({_where(verdict)}, correlation "
            f"{verdict.correlation:+.2f}), but among the {verdict.family:,} analyses looked at, chance alone easily "
            "produces one like it."
        )
    return (
        f"Cannot tell: on {verdict.n:,} trading days, {_no_finding(verdict)}. But a sample this short detects only a "
        f"{_size(verdict)} or more (in 8 of 10 such samples), and real ones are mostly weaker: more days may decide."
    )


def _significant(verdict: Verdict) -> str:
    days, low, high = _days(verdict), *verdict.interval
    size = f"(correlation {verdict.correlation:+.2f}, between {low:+.2f} and {high:+.2f})."
    if verdict.kind == "leads":
        returns = "a higher return" if verdict.correlation > 0 else "a lower return"
        when = f"{days} later" if verdict.horizon == 1 else f"over {verdict.horizon} trading days, from {days} later"
        return f"Attention leads price by {days}: unusually high attention is followed by {returns} {when} {size}"
    move = "rise" if verdict.correlation > 0 else "fall"
    return f"Attention follows price: {days} after a {move} of the price, attention is higher than usual {size}"


def _confidence(verdict: Verdict) -> str:
    searches = "tests of this one stated lag" if verdict.stated_lag else "searches like this one"
    chance = f"Chance alone produces one as strong in {_chance(verdict.p)} {searches}"
    if verdict.family > 1:
        chance += f"; counting all {verdict.family:,} analyses looked at, in {_chance(verdict.p_adjusted)}"
    return f"{chance} ({verdict.n:,} trading days)."


def _no_finding(verdict: Verdict) -> str:
    if not verdict.stated_lag:
        return "no link between attention and earlier or later prices is significant"
    return f"the stated link ({_where(verdict)}) is not significant"


def _where(verdict: Verdict) -> str:
    return f"attention {_days(verdict)} {'before' if verdict.direction == 'leads' else 'after'} the price"


def _same_day(verdict: Verdict) -> str:
    """A sentence on lag 0, which is not tested with the others, where it would pass the same bar."""
    today = verdict.by_lag[verdict.by_lag["lag"] == 0]
    if today.empty or not abs(float(today["t"].iloc[0])) > verdict.critical:
        return ""
    return (
        f"They do move together within the same day (correlation {float(today['correlation'].iloc[0]):+.2f}), "
        "and daily data cannot say which came first."
    )


def _days(verdict: Verdict) -> str:
    days = abs(verdict.lag or 0)
    return f"{days} trading day{'' if days == 1 else 's'}"


def _size(verdict: Verdict) -> str:
    return f"correlation of {verdict.smallest_detectable:.2f}"


def _chance(p: float) -> str:
    if p < 0.001:
        return "fewer than 1 of 1,000"
    return f"{p * 1000:.0f} of 1,000" if p < 0.01 else f"{p * 100:.0f} of 100"
