"""A subject's stories by part: counted by period, and which parts of the stack get a colour of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.attention import Grain
from dashboard.address.points import Point
from data.catalog.records import Catalog

MOST_NAMED = 7
EARLY = -(10**6)  # a day before all others, so that codes are positive

Ints = npt.NDArray[np.int64]
NONE_NAMED = "none named"


@dataclass(frozen=True, slots=True)
class Told:
    """Stories as numbers: the day of each (since 1970) and the place of its part among the names, which are in order."""

    day: Ints
    part: Ints
    names: tuple[str, ...]

    @classmethod
    def of(cls, stories: pd.DataFrame) -> Told:
        """Of the columns day, part: one row a story."""
        part, names = pd.factorize(stories["part"].to_numpy(dtype=object), sort=True)
        return cls(stories["day"].to_numpy().astype("datetime64[D]").astype(np.int64), part, tuple(names.tolist()))


def counted_parts(told: Sequence[Told], start: date, end: date, grain: Grain) -> pd.DataFrame:
    """Columns period, part, stories, by both: the stories from `start` to `end`."""
    names = sorted({name for year in told for name in year.names})
    place = {name: number for number, name in enumerate(names)}
    first, last = np.array([start, end], dtype="datetime64[D]").astype(np.int64)
    codes = [np.zeros(0, dtype=np.int64)]
    for year in told:
        inside = (year.day >= first) & (year.day <= last)
        part = np.array([place[name] for name in year.names], dtype=np.int64)[year.part[inside]]
        codes.append((_period(year.day[inside], grain) - EARLY) * len(names) + part)
    code, stories = np.unique(np.concatenate(codes), return_counts=True)
    period, part = np.divmod(code, max(len(names), 1))
    return pd.DataFrame(
        {
            "period": (period + EARLY).astype("datetime64[D]").astype("datetime64[s]"),
            "part": pd.array(np.array(names, dtype=object), dtype="str").take(part),
            "stories": stories,
        }
    )


def _period(day: Ints, grain: Grain) -> Ints:
    """The first day of each day's period."""
    if grain == "month":
        return day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return day - (day + 3) % 7 if grain == "week" else day  # 1 January 1970 was a Thursday


def part_totals(parts: pd.DataFrame) -> list[tuple[str, int]]:
    """Each part with its stories (columns part, stories), most first."""
    totals: dict[str, int] = {}
    for part, number in zip(parts["part"].tolist(), parts["stories"].tolist(), strict=True):
        totals[part] = totals.get(part, 0) + number
    return sorted(totals.items(), key=lambda total: (-total[1], total[0]))


def stack_names(parts: pd.DataFrame, catalog: Catalog) -> dict[str, str]:
    """Part → name in the order of the stack: the largest first, then the rest as one, then the stories that name none."""
    totals = [part for part, _ in part_totals(parts)]
    named = [part for part in totals if part]
    names = {part: catalog.subject_name(part) for part in named[:MOST_NAMED]}
    if len(named) > MOST_NAMED:
        names[Point.OTHER] = f"{len(named) - MOST_NAMED} others"
    if "" in totals:
        names[""] = NONE_NAMED
    return names


def named_parts(names: dict[str, str]) -> tuple[str, ...]:
    """The parts with a colour of their own."""
    return tuple(part for part in names if part and part != Point.OTHER)


def folded(parts: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """The parts with all that have no colour of their own as one."""
    part = parts["part"].where(parts["part"].isin(names) | (parts["part"] == ""), Point.OTHER)
    return parts.assign(part=part).groupby(["period", "part"], as_index=False)["stories"].sum()


def parts_table(periods: pd.DataFrame, parts: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """The numbers of the stack, a row a bar: period, part, name, stories, share (of all stories), subject_stories, all_stories."""
    whole = periods.rename(columns={"stories": "subject_stories"})[["period", "subject_stories", "all_stories"]]
    table = folded(parts, names).merge(whole, on="period")
    table = table.assign(name=table["part"].map(names), share=table["stories"] / table["all_stories"])
    order = {part: place for place, part in enumerate(names)}
    table = table.sort_values(
        ["period", "part"], key=lambda column: column.map(order) if column.name == "part" else column
    )
    return table[["period", "part", "name", "stories", "share", "subject_stories", "all_stories"]].reset_index(
        drop=True
    )
