"""
Questions with but dates and a revision: what most pages ask.

Their statements are made once, of PLAIN, for SQLAlchemy takes longer to put one together than SQLite to answer it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam

from data.read.attention import Filters
from data.text.search_terms import fts5_query

PLAIN: tuple[Any, Filters, Any] = (
    bindparam("subject"),
    Filters(start=bindparam("start"), end=bindparam("end")),  # type: ignore[arg-type]
    bindparam("until"),
)
"""Subject, filters and revision, to be given as `plain_values` when the statement is asked."""


def is_plain(filters: Filters) -> bool:
    """Whether nothing but the dates and the revision is chosen."""
    return not (filters.publishers or filters.langs or filters.min_relevance or fts5_query(filters.q))


def plain_values(subject: str, filters: Filters, until: int) -> dict[str, Any]:
    """What PLAIN stands for."""
    return {"subject": subject, "start": filters.start, "end": filters.end, "until": until}
