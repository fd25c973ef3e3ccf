"""Rows of the store as data frames."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Integer, type_coerce
from sqlalchemy.sql.elements import ColumnElement

# Small frames of texts: the default keeps them in Arrow, where taking a few rows costs ten times as much.
pd.set_option("mode.string_storage", "python")

NO_TIME = int(np.iinfo("int64").min)


def raw(column: Any) -> ColumnElement[int]:
    """A day or time as the number that the store keeps: a hundred thousand rows need no Python object each."""
    return type_coerce(column, Integer())


def frame_of(rows: Sequence[Any], columns: Sequence[str]) -> pd.DataFrame:
    """The rows under these names; an empty frame keeps its columns."""
    if not rows:
        return _empty(tuple(columns)).copy()
    return pd.DataFrame.from_records([tuple(row) for row in rows], columns=list(columns))


def days_frame(rows: Sequence[Any], columns: Sequence[str], *, day: str = "day") -> pd.DataFrame:
    """The same where the column `day` holds days since 1970: it becomes datetime64, midnight, without a zone."""
    frame = frame_of(rows, columns)
    frame[day] = frame[day].to_numpy(dtype="int64").astype("datetime64[D]").astype("datetime64[us]")
    return frame


@cache
def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame.from_records([], columns=list(columns))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A dict a row, as `to_dict("records")` gives them in three times the time."""
    names = [str(name) for name in frame.columns]
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*(frame[name].tolist() for name in frame.columns), strict=True)
    ]


def days_of(numbers: Sequence[int]) -> npt.NDArray[np.datetime64]:
    """Days since 1970 as datetime64, midnight, without a zone."""
    return np.array(numbers, dtype="int64").astype("datetime64[D]").astype("datetime64[us]")


def moments_of(seconds: Sequence[int | None]) -> pd.DatetimeIndex:
    """Seconds since 1970, with gaps, as UTC times (NaT where there is none)."""
    known = [NO_TIME if second is None else second * 1_000_000 for second in seconds]
    return pd.DatetimeIndex(np.array(known, dtype="int64").view("datetime64[us]")).tz_localize("UTC")


def as_moments(seconds: pd.Series) -> pd.Series:
    """Seconds since 1970, with gaps, as UTC times (NaT where there is none)."""
    numbers = pd.to_numeric(seconds).to_numpy(dtype="float64", na_value=np.nan)
    known = np.where(np.isnan(numbers), NO_TIME, np.nan_to_num(numbers) * 1_000_000).astype("int64")
    return pd.Series(known.view("datetime64[us]"), index=seconds.index).dt.tz_localize("UTC")
