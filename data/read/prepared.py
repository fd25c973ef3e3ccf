"""
Prepared statements for views that choose dates and a revision only, as most pages do.

They are built once, from UNFILTERED: SQLAlchemy takes longer to build such a statement than SQLite to answer it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam

from data.read.attention import Filters
from data.text.search_terms import fts5_query

UNFILTERED: tuple[Any, Filters, Any] = (
    bindparam("subject"),
    Filters(start=bindparam("start"), end=bindparam("end")),  # type: ignore[arg-type]
    bindparam("until"),
)
"""Subject, filters and revision as parameters; `unfiltered_values` are their values."""


def is_unfiltered(filters: Filters) -> bool:
    """Whether the filters choose nothing but dates and a revision."""
    return not (filters.publishers or filters.langs or filters.min_relevance or fts5_query(filters.q))


def unfiltered_values(subject: str, filters: Filters, until: int) -> dict[str, Any]:
    """The values of UNFILTERED's parameters."""
    return {"subject": subject, "start": filters.start, "end": filters.end, "until": until}
