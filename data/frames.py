"""Rows of the store as data frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Integer, type_coerce
from sqlalchemy.sql.elements import ColumnElement

# Small frames of texts: the default keeps them in Arrow, where taking a few rows costs ten times as much.
pd.set_option("mode.string_storage", "python")


def raw(column: Any) -> ColumnElement[int]:
    """A day or time as the number that the store keeps: a hundred thousand rows need no Python object each."""
    return type_coerce(column, Integer())


def frame_of(rows: Sequence[Any], columns: Sequence[str]) -> pd.DataFrame:
    """The rows under these names; an empty frame keeps its columns."""
    return pd.DataFrame.from_records([tuple(row) for row in rows], columns=list(columns))


def days_frame(rows: Sequence[Any], columns: Sequence[str], *, day: str = "day") -> pd.DataFrame:
    """The same where the column `day` holds days since 1970: it becomes datetime64, midnight, without a zone."""
    frame = frame_of(rows, columns)
    frame[day] = frame[day].to_numpy(dtype="int64").astype("datetime64[D]").astype("datetime64[us]")
    return frame


def as_moments(seconds: pd.Series) -> pd.Series:
    """Seconds since 1970, with gaps, as UTC times (NaT where there is none)."""
    numbers = pd.to_numeric(seconds).to_numpy(dtype="float64", na_value=np.nan)
    known = np.where(np.isnan(numbers), np.iinfo("int64").min, np.nan_to_num(numbers) * 1_000_000).astype("int64")
    return pd.Series(known.view("datetime64[us]"), index=seconds.index).dt.tz_localize("UTC")
