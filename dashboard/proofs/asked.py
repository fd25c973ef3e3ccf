"""A view at a definite revision with where to read it, and the rows that pages' proofs are made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from analysis.attention import Grain
from analysis.returns import adjusted, price_table
from dashboard.address.filters import View
from dashboard.proofs.rows import Row, rounded
from dashboard.shaping.cells import cells_between
from data.catalog.records import Catalog
from data.prices import actions_of, bars_between
from data.read.attention import Filters, Kind
from data.schema.store import Store
from data.write.catalog_versions import catalog_as_of

FIRST_COMPANY = "nvidia"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A view at a definite revision, and where to read it."""

    store: Store
    today: Catalog  # as its files are now
    page: str
    view: View
    values: Mapping[str, Any]

    @property
    def catalog(self) -> Catalog:
        """The catalog as of the view's revision: what the files say now may be another."""
        return catalog_as_of(self.store, self.view.rev, self.today)

    @property
    def filters(self) -> Filters:
        return replace(self.view.filters, q=str(self.values.get("q") or ""))

    @property
    def part(self) -> str:
        """Which part of the page a link is of; "" for all that the page's own proof holds."""
        return str(self.values.get("part") or "")

    @property
    def grain(self) -> Grain:
        return self.view.grain  # type: ignore[return-value]


def theme_of(asked: Asked) -> str:
    """The key of the theme that a page shows."""
    return f"theme:{asked.values.get('theme') or next(iter(asked.catalog.themes))}"


def company_of(asked: Asked) -> str:
    """The key of the company that a page shows."""
    return f"company:{asked.values.get('company') or FIRST_COMPANY}"


def cell_rows(asked: Asked, subjects: Kind | tuple[str, ...], judged: int | None) -> list[Row]:
    cells = cells_between(asked.store, subjects, asked.filters, asked.grain, judged)
    shown = cells[cells["period"] == cells["period"].max()] if judged == 1 and not cells.empty else cells
    return [
        {
            "chart": "cells",
            "subject": cell.subject,
            "period": iso_day(cell.period),
            "stories": int(cell.stories),
            "articles": int(cell.articles),
            "all_stories": int(cell.all_stories),
            "abnormal": rounded(cell.abnormal, 6),
        }
        for cell in shown.sort_values(["subject", "period"]).itertuples()
    ]


def line_rows(lines: pd.DataFrame) -> list[Row]:
    """One row a point of each line; index session, one column a line."""
    return [
        {"chart": "prices", "line": str(name), "session": iso_day(session), "value": rounded(value, 6)}
        for name in lines.columns
        for session, value in lines[name].dropna().items()
    ]


def prices_of(
    asked: Asked, tickers: Collection[str], *, since: date | None = None, until: date | None = None
) -> pd.DataFrame:
    """Adjusted closes in the view's dates, or from another day on, or to another day."""
    bars = bars_between(asked.store, tickers, since or asked.view.start, until or asked.view.end, asked.view.rev)
    return price_table(adjusted(bars, actions_of(asked.store, tickers, asked.view.rev)))


def many(value: Any) -> tuple[str, ...]:
    """A parameter's values; none for an emptied list."""
    return tuple(str(one) for one in ([value] if isinstance(value, str) else value or ()) if one)


def iso_day(day: Any) -> str:
    return str(pd.Timestamp(day).date().isoformat())
