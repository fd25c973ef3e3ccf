"""
Attention to a subject, and its share of voice.

    attention and coverage by day → by day, week or month → share of voice with its interval
                                  → on a fixed panel of publishers · without one publisher

Frames have the columns day (or period), stories and articles; frames by publisher also publisher. A missing day is a
day without stories. Source for the fixed panel: Baker, Bloom and Davis 2016.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.intervals import prior_weight, shrunk, shrunk_interval, wilson

Grain = Literal["day", "week", "month"]
Measure = Literal["stories", "articles"]

NUMBERS: list[Measure] = ["stories", "articles"]


def period_of(days: pd.Series | pd.DatetimeIndex, grain: Grain) -> pd.DatetimeIndex:
    """The first day of each day's period. Weeks begin on Monday."""
    index = pd.DatetimeIndex(days).as_unit("s")
    if grain == "week":
        return index - pd.to_timedelta(index.day_of_week, unit="D")
    if grain == "month":
        return pd.DatetimeIndex(index.to_numpy().astype("datetime64[M]").astype("datetime64[s]"))
    return index


def periods_between(start: date | str, end: date | str, grain: Grain) -> pd.DatetimeIndex:
    """The first days of all periods that have a day from `start` to `end`."""
    step = {"day": "D", "week": "7D", "month": "MS"}[grain]
    first = period_of(pd.DatetimeIndex([pd.Timestamp(start)]), grain)[0]
    return pd.date_range(first, pd.Timestamp(end), freq=step, unit="s", name="period")


def period_days(start: date, end: date, grain: Grain) -> npt.NDArray[np.datetime64]:
    """The same days as a NumPy array, without the cost of a pandas index: pages compute them at each rerun."""
    first, last = np.datetime64(start, "D"), np.datetime64(end, "D") + 1
    if grain == "month":
        return np.arange(first.astype("datetime64[M]"), (last - 1).astype("datetime64[M]") + 1).astype("datetime64[D]")
    if grain == "week":
        return np.arange(first - start.weekday(), last, 7)
    return np.arange(first, last)


def by_grain(
    frame: pd.DataFrame, grain: Grain, *, start: date | str | None = None, end: date | str | None = None
) -> pd.DataFrame:
    """Columns period (its first day), the frame's numbers summed, days, complete; periods without stories are 0.

    The window is `start` to `end`, both included, else the frame's own days. `days` of a period are in the window;
    `complete` says whether all are, so that a cut week is not compared with a whole one."""
    numbers = [column for column in NUMBERS if column in frame]
    if frame.empty and (start is None or end is None):
        return pd.DataFrame(columns=["period", *numbers, "days", "complete"])
    first = pd.Timestamp(frame["day"].min() if start is None else start)
    last = pd.Timestamp(frame["day"].max() if end is None else end)
    inside = frame[(frame["day"] >= first) & (frame["day"] <= last)]
    periods = periods_between(first, last, grain)
    summed = inside[numbers].groupby(period_of(inside["day"], grain)).sum().reindex(periods, fill_value=0)
    after = periods_between(first, last + pd.Timedelta(days=31), grain)[1 : len(periods) + 1]
    tomorrow = last + pd.Timedelta(days=1)
    from_day, to_day = periods.where(periods > first, first), after.where(after < tomorrow, tomorrow)
    days, whole = (to_day - from_day).days, (after - periods).days
    return summed.rename_axis("period").assign(days=np.asarray(days), complete=np.asarray(days == whole)).reset_index()


def share_of_voice(
    attention: pd.DataFrame, coverage: pd.DataFrame, *, measure: Measure = "stories", alpha: float | None = None
) -> pd.DataFrame:
    """Columns day (or period), n, total, share, low, high (Wilson, 95 %), shrunk, shrunk_low, shrunk_high.

    One row for each day of coverage. `shrunk` pulls thin days towards the frame's common share by `alpha` observations;
    None estimates α from the frame itself. NaN on a day without any coverage."""
    key = "period" if "period" in coverage else "day"
    total = coverage.groupby(key)[measure].sum()
    n = attention.groupby(key)[measure].sum().reindex(total.index, fill_value=0)
    # A story counts for a subject on the day of its first mention, in coverage on the day it began: on a thin day the
    # mentions may outnumber the coverage.
    hits, size = n.to_numpy(dtype=float), total.where(total >= n, n).to_numpy(dtype=float)
    common = hits.sum() / size.sum() if size.sum() else np.nan
    weight = prior_weight(hits, size) if alpha is None else alpha
    low, high = wilson(hits, size)
    thin_low, thin_high = shrunk_interval(hits, size, common=common, alpha=weight)
    return pd.DataFrame(
        {
            key: total.index,
            "n": hits.astype(int),
            "total": size.astype(int),
            "share": hits / np.where(size > 0, size, np.nan),
            "low": low,
            "high": high,
            "shrunk": shrunk(hits, size, common=common, alpha=weight),
            "shrunk_low": thin_low,
            "shrunk_high": thin_high,
        }
    )


@dataclass(frozen=True, slots=True)
class Panel:
    """A fixed panel: its publishers (of `known` in all), their share of coverage, and the share of voice among them."""

    publishers: tuple[str, ...]
    known: int
    covered: float
    share: pd.DataFrame


def fixed_panel(
    attention: pd.DataFrame, coverage: pd.DataFrame, *, present: float = 0.9, measure: Measure = "stories"
) -> Panel:
    """The share of voice among the publishers that wrote in at least `present` of the weeks: a new one cannot move it.

    Both frames: day, publisher, stories, articles."""
    publishers = panel_publishers(coverage, present=present, measure=measure)
    inside = coverage[coverage["publisher"].isin(publishers)]
    own = attention[attention["publisher"].isin(publishers)]
    days = pd.DataFrame({"day": np.sort(coverage["day"].unique())})
    whole = float(coverage[measure].sum())
    return Panel(
        publishers=publishers,
        known=int(coverage["publisher"].nunique()),
        covered=float(inside[measure].sum()) / whole if whole else np.nan,
        share=share_of_voice(own, pd.concat([inside, days.assign(**{measure: 0})]), measure=measure),
    )


def panel_publishers(coverage: pd.DataFrame, *, present: float, measure: Measure = "stories") -> tuple[str, ...]:
    """The publishers with any coverage in at least `present` of the weeks from the first to the last, by name."""
    written = coverage[coverage[measure] > 0]
    if written.empty:
        return ()
    weeks = period_of(written["day"], "week")
    seen = pd.DataFrame({"publisher": written["publisher"].to_numpy(), "week": weeks}).drop_duplicates()
    number = (weeks.max() - weeks.min()).days // 7 + 1
    counts = seen["publisher"].value_counts()
    return tuple(sorted(counts.index[counts >= present * number]))


def without_publisher(
    attention: pd.DataFrame,
    *,
    start: date | str,
    end: date | str,
    baseline_days: int = 28,
    measure: Measure = "stories",
) -> pd.DataFrame:
    """How much lower a spike from `start` to `end` is without each publisher, the largest effect first.

    In: day, publisher, stories, articles of one subject. Columns publisher, n (its stories in the spike), share, low,
    high (of all in the spike; Wilson), height (of the spike over the mean of the `baseline_days` before it), lower (the
    part of that height that goes with the publisher; NaN without a spike). A story counts for its first publisher
    alone; the articles of others about it would remain."""
    first, last = np.datetime64(pd.Timestamp(start)), np.datetime64(pd.Timestamp(end))
    day, number = attention["day"].to_numpy(dtype="datetime64[us]"), attention[measure].to_numpy(dtype=float)
    number_of, names = pd.factorize(attention["publisher"].to_numpy(dtype=object), sort=True)
    inside = (day >= first) & (day <= last)
    before = (day < first) & (day >= first - np.timedelta64(baseline_days, "D"))
    length = ((last - first) // np.timedelta64(1, "D")) + 1
    spike = np.bincount(number_of[inside], number[inside], len(names))
    usual = np.bincount(number_of[before], number[before], len(names)) * (length / baseline_days)
    height = float(spike.sum() - usual.sum())
    theirs = np.bincount(number_of[inside], minlength=len(names)) > 0
    n, over, names = spike[theirs], (spike - usual)[theirs], names[theirs]
    lower = over / height if height > 0 else np.full(len(n), np.nan)
    order = np.lexsort((np.arange(len(n)), -n, -np.nan_to_num(lower)))
    low, high = wilson(n, np.full(len(n), n.sum()))
    share = n / n.sum() if n.sum() else np.full(len(n), np.nan)
    return pd.DataFrame(
        {
            "publisher": pd.array(names[order], dtype="str"),
            "n": n[order].astype(int),
            "share": share[order],
            "low": low[order],
            "high": high[order],
            "height": np.full(len(n), height),
            "lower": lower[order],
        }
    )


def spike_of(periods: pd.DataFrame) -> date | None:
    """The most unusual period; where none can be judged, the one with most stories; None without a story.

    In: period, stories, abnormal of one subject."""
    stories, unusual = periods["stories"].to_numpy(), periods["abnormal"].to_numpy()
    counted = np.flatnonzero(stories > 0)
    if not len(counted):
        return None
    judged = counted[~np.isnan(unusual[counted])]
    highest = judged[unusual[judged].argmax()] if len(judged) else counted[stories[counted].argmax()]
    day: date = periods["period"].to_numpy()[highest].astype("datetime64[D]").item()
    return day


def shares_by_period(days: pd.DataFrame, grain: Grain) -> pd.DataFrame:
    """Shares by day (day, n, total) summed to periods: columns as `share_of_voice` gives them."""
    summed = days.assign(period=period_of(days["day"], grain)).groupby("period", as_index=False)[["n", "total"]].sum()
    attention, coverage = (
        summed[["period", column]].set_axis(["period", "stories"], axis=1) for column in ("n", "total")
    )
    return share_of_voice(attention, coverage)
