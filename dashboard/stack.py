"""Which parts of a stack get a colour of their own."""

from __future__ import annotations

import pandas as pd

from dashboard.points import Point
from data.catalog.records import Catalog

MOST_NAMED = 7
NONE_NAMED = "none named"


def stack_names(parts: pd.DataFrame, catalog: Catalog) -> dict[str, str]:
    """Part → name in the order of the stack: the largest first, then the rest as one, then the stories that name none."""
    totals = parts.groupby("part")["stories"].sum().sort_index().sort_values(ascending=False, kind="stable")
    named = [part for part in totals.index if part]
    names = {part: catalog.subject_name(part) for part in named[:MOST_NAMED]}
    if len(named) > MOST_NAMED:
        names[Point.OTHER] = f"{len(named) - MOST_NAMED} others"
    if "" in totals.index:
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
    table = table.sort_values(["period", "part"], key=lambda column: column.map(order) if column.name == "part" else column)
    return table[["period", "part", "name", "stories", "share", "subject_stories", "all_stories"]].reset_index(drop=True)
