"""Rows of the store as data frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd


def frame_of(rows: Sequence[Any], columns: Sequence[str]) -> pd.DataFrame:
    """The rows under these names; an empty frame keeps its columns."""
    return pd.DataFrame([tuple(row) for row in rows], columns=list(columns))


def days_frame(rows: Sequence[Any], columns: Sequence[str], *, day: str = "day") -> pd.DataFrame:
    """The same with the column `day` as datetime64, midnight, without a zone."""
    frame = frame_of(rows, columns)
    frame[day] = pd.to_datetime(frame[day])
    return frame
