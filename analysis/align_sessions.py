"""
A series as a stranger hands it over, on the axis that the statistics need: one number a trading day, oldest first.

    any index of days, any numbers → dates without a zone, floats → or the reason why not
"""

from __future__ import annotations

import pandas as pd


def by_session(series: pd.Series, what: str) -> tuple[pd.Series, str]:
    """The series as floats by day, ascending, and "", or as much of it as was understood and why it cannot be used.

    Days may be dates, ISO 8601 words, periods of a day, or the numbers of the sessions. A session is named by its local date: a
    zone is left away, not converted. TypeError for anything but a Series."""
    if not isinstance(series, pd.Series):
        raise TypeError(
            f"{what.capitalize()} came as {type(series).__name__}; it takes a pandas Series by trading day."
        )
    days = _days(series.index)
    if days is None:
        return series, f"the days of {what} are not dates"
    try:
        values = series.set_axis(days).astype(float)
    except (TypeError, ValueError):
        return series, f"{what} has values that are not numbers"
    twice = days[days.duplicated()]
    if len(twice):
        first = twice.min()
        return (
            values,
            f"{what} has more than one value for {first.date() if isinstance(first, pd.Timestamp) else first}",
        )
    return values.sort_index(), ""


def _days(index: pd.Index) -> pd.Index | None:
    """None when they cannot be understood."""
    if isinstance(index, pd.PeriodIndex):
        return index.to_timestamp()
    if pd.api.types.is_numeric_dtype(index.dtype):
        return index
    try:
        days = (
            index if isinstance(index, pd.DatetimeIndex) else pd.DatetimeIndex(pd.to_datetime(index, format="ISO8601"))
        )
    except (TypeError, ValueError):
        return None
    return None if days.hasnans else days.tz_localize(None)
