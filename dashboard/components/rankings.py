"""Rankings and counts as tables: subjects by abnormal attention, or by stories, beside their price moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from dashboard.address.points import Point
from dashboard.formatting import count_words, percent, period_words, signed, signed_percent
from dashboard.page_data.overview import SHOWN_PERIODS
from dashboard.palette import heat_colours
from dashboard.tables import Column, Row


def ranking_columns(name: str, period: date, grain: str) -> list[Column]:
    when = period_words(period, grain)
    return [
        Column(label=name, kind="link"),
        Column(label="Stories", kind="count", title=f"Stories, {when}; choose a number to list them"),
        Column(label="Share", kind="number", title=f"Share of all stories, {when}", wide=True),
        Column(
            label="Abnormal", kind="heat", title=f"Abnormal attention: standard errors from the usual level, {when}"
        ),
        Column(
            label="Price",
            kind="move",
            title=f"Price since the last close before the {grain}; choose a number to see the closes",
        ),
        Column(label="Trend", kind="spark", title=f"Share of voice, the last {SHOWN_PERIODS} {grain}s"),
    ]


def ranking_rows(
    cells: pd.DataFrame,
    moves: Mapping[str, float],
    *,
    names: Callable[[str], str],
    href: Callable[[str], str],
) -> list[Row]:
    """One row a subject, by abnormal attention in the last period. `moves`: subject → price change as a fraction, where known."""
    trends: dict[str, list[float]] = {}
    for subject, share in zip(cells["subject"].tolist(), cells["share"].fillna(0.0).tolist(), strict=True):
        trends.setdefault(subject, []).append(share)
    last = _last_period(cells)
    colours = heat_colours(cell["abnormal"] for cell in last)
    return [
        _row(cell, trends[cell["subject"]][-SHOWN_PERIODS:], moves.get(cell["subject"], np.nan), colour, names, href)
        for cell, colour in zip(last, colours, strict=True)
    ]


def _last_period(cells: pd.DataFrame) -> list[dict[str, Any]]:
    """The cells of the last period, the most unusual first, those that cannot be judged last."""
    period = cells["period"].to_numpy()
    if not len(period):
        return []
    row = np.flatnonzero(period == period.max())
    stories, abnormal = cells["stories"].to_numpy()[row], cells["abnormal"].to_numpy()[row]
    row = row[np.lexsort((-stories, -np.nan_to_num(abnormal), np.isnan(abnormal)))]
    columns = ["subject", "period", "stories", "share", "abnormal"]
    return [
        dict(zip(columns, values, strict=True))
        for values in zip(*(cells[name].to_numpy()[row] for name in columns), strict=True)
    ]


def _row(
    cell: dict[str, object],
    trend: Sequence[float],
    move: float,
    colour: str,
    names: Callable[[str], str],
    href: Callable[[str], str],
) -> Row:
    subject, stories, share, z = (
        str(cell["subject"]),
        int(cell["stories"]),
        float(cell["share"]),
        float(cell["abnormal"]),
    )  # type: ignore[call-overload]
    point = Point(subject=subject, period=pd.Timestamp(cell["period"]).date())  # type: ignore[arg-type]
    return Row(
        href=href(subject),
        cells=[
            {"text": names(subject)},
            {"text": f"{stories:,}", "sort": stories, "point": str(point) if stories else ""},
            {"text": percent(share), "sort": _known(share)},
            {"text": signed(z), "sort": _known(z), "colour": colour},
            {"text": signed_percent(move), "sort": _known(move), "point": _price_point(subject, point.period, move)},
            {"values": trend, "text": f"Trend of {count_words(len(trend), 'period')}, last {percent(trend[-1])}"},
        ],
    )


def _price_point(subject: str, period: date | None, move: float) -> str:
    """The point that lists the closes behind a price move; "" for a move that is not known."""
    return "" if np.isnan(move) else str(Point.of_price(subject, period))


def _known(value: float) -> float | None:
    return None if np.isnan(value) or np.isinf(value) else value


def count_columns(name: str, of: str, *, prices: bool = True) -> list[Column]:
    columns = [
        Column(label=name, kind="link"),
        Column(label="Stories", kind="count", title="Stories in the dates shown; choose a number to list them"),
        Column(label="Share", kind="number", title=f"Part of {of}"),
        Column(
            label="Price",
            kind="move",
            title="Price from the first to the last close in the dates shown; choose a number to see the closes",
        ),
    ]
    return columns if prices else columns[:-1]


def count_rows(
    counts: Sequence[tuple[str, int]],
    whole: int,
    moves: Mapping[str, float],
    *,
    point: Callable[[str], Point],
    names: Callable[[str], str],
    href: Callable[[str], str],
    prices: bool = True,
) -> list[Row]:
    """One row a subject of `counts` (subject, stories), as part of `whole`."""
    return [
        Row(
            href=href(subject),
            cells=[
                {"text": names(subject)},
                {"text": f"{stories:,}", "sort": int(stories), "point": str(point(subject))},
                {"text": percent(stories / whole if whole else np.nan), "sort": stories / whole if whole else None},
                {"text": signed_percent(move), "sort": _known(move), "point": _price_point(subject, None, move)},
            ][: None if prices else -1],
        )
        for subject, stories, move in ((subject, stories, moves.get(subject, np.nan)) for subject, stories in counts)
    ]
