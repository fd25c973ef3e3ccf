"""A subject's highest spike, and a fixed panel's shares by period: frames in, frames out."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analysis.attention import Grain, period_of, share_of_voice


def spike_of(periods: pd.DataFrame) -> date | None:
    """The most unusual period; where none can be judged, the one with most stories; None without a story."""
    told = periods[periods["stories"] > 0]
    if told.empty:
        return None
    by = "abnormal" if told["abnormal"].notna().any() else "stories"
    return pd.Timestamp(told.loc[told[by].idxmax(), "period"]).date()


def by_period(days: pd.DataFrame, grain: Grain) -> pd.DataFrame:
    """Shares by day summed to periods: as `share_of_voice` gives them, with their shrunk values and intervals."""
    summed = days.assign(period=period_of(days["day"], grain)).groupby("period", as_index=False)[["n", "total"]].sum()
    attention, coverage = (summed[["period", column]].set_axis(["period", "stories"], axis=1) for column in ("n", "total"))
    return share_of_voice(attention, coverage)
