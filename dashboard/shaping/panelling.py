"""A subject's highest spike, and a fixed panel's shares by period: frames in, frames out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analysis.attention import Grain, period_of, share_of_voice


def spike_of(periods: pd.DataFrame) -> date | None:
    """The most unusual period; where none can be judged, the one with most stories; None without a story."""
    stories, unusual = periods["stories"].to_numpy(), periods["abnormal"].to_numpy()
    told = np.flatnonzero(stories > 0)
    if not len(told):
        return None
    judged = told[~np.isnan(unusual[told])]
    highest = judged[unusual[judged].argmax()] if len(judged) else told[stories[told].argmax()]
    day: date = periods["period"].to_numpy()[highest].astype("datetime64[D]").item()
    return day


def by_period(days: pd.DataFrame, grain: Grain) -> pd.DataFrame:
    """Shares by day summed to periods: as `share_of_voice` gives them, with their shrunk values and intervals."""
    summed = days.assign(period=period_of(days["day"], grain)).groupby("period", as_index=False)[["n", "total"]].sum()
    attention, coverage = (
        summed[["period", column]].set_axis(["period", "stories"], axis=1) for column in ("n", "total")
    )
    return share_of_voice(attention, coverage)
