"""
An uploaded or computed series on the axis that the statistics need: one number a trading day, oldest first.

    any index of days, any numbers → dates without a zone, floats → or the reason why not
"""

from __future__ import annotations

import pandas as pd


def aligned_by_session(series: pd.Series, what: str) -> tuple[pd.Series, str]:
    """The series as floats by day, ascending, with "", or as far as it could be read, with the reason against using it.

    Days may be dates, ISO 8601 text, periods of a day, or session numbers. A session is named by its local date: a time
    zone is dropped, not converted. TypeError for anything but a Series."""
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
    duplicates = days[days.duplicated()]
    if len(duplicates):
        first = duplicates.min()
        day = first.date() if isinstance(first, pd.Timestamp) else first
        return values, f"{what} has more than one value for {day}"
    return values.sort_index(), ""


def _days(index: pd.Index) -> pd.Index | None:
    """None when they cannot be read as days."""
    if isinstance(index, pd.PeriodIndex):
        return index.to_timestamp()
    if pd.api.types.is_numeric_dtype(index.dtype):
        return index
    try:
        days = pd.DatetimeIndex(pd.to_datetime(index, format="ISO8601"))
    except (TypeError, ValueError):
        return None
    return None if days.hasnans else days.tz_localize(None)
