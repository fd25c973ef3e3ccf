"""
A request's parameters, typed. Each endpoint takes only its own; a value that cannot be used is an error, never guessed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from starlette.datastructures import QueryParams

from analysis.attention import period_of
from dashboard.address.params import GRAINS, LONGEST_TEXT, MOST_VALUES, read_date, read_number
from data.catalog.records import Catalog
from data.errors import UsageError
from data.read.attention import Filters, span
from data.schema.store import Store

MANY = ("publisher", "lang")
"""The filters that may be repeated."""

LONGEST_WINDOW = timedelta(days=36_600)


class QueryValues:
    """
    The parameters of one request. UsageError, with a sentence, for one that is unknown, repeated, or cannot be used.
    """

    def __init__(self, query: QueryParams, known: Collection[str], many: Collection[str]) -> None:
        self.query = query
        for name in query:
            if name not in known:
                raise UsageError(
                    f"“{name[:40]}” is not a parameter of this address, which takes {', '.join(known) or 'none'}; "
                    "see /api/v1/openapi.json."
                )
            if name not in many and len(query.getlist(name)) > 1:
                raise UsageError(f"{name} is given {len(query.getlist(name))} times; it takes one value.")

    def text(self, name: str) -> str:
        text = self.query.get(name, "").strip()
        if len(text) > LONGEST_TEXT or "\0" in text:
            raise UsageError(f"{name} takes a text of at most {LONGEST_TEXT} characters.")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        texts = tuple(dict.fromkeys(text for text in self.query.getlist(name) if text))
        if len(texts) > MOST_VALUES or any(len(text) > LONGEST_TEXT or "\0" in text for text in texts):
            raise UsageError(f"{name} takes at most {MOST_VALUES} texts of at most {LONGEST_TEXT} characters.")
        return texts

    def date(self, name: str) -> date | None:
        text = self.text(name)
        day = read_date(text) if text else None
        if text and (day is None or not 1990 <= day.year <= 2200):
            raise UsageError(f"{name} takes a date such as 2026-01-31.")
        return day

    def period(self, grain: Any) -> date | None:
        """The first day of the requested period."""
        period = self.date("period")
        if period is not None and period_of([period], grain)[0].date() != period:
            raise UsageError(f"period={period} does not begin a {grain}; a period is named by its first day.")
        return period

    def integer(self, name: str, default: int, *, most: int) -> int:
        text = self.text(name)
        if not text:
            return default
        number = read_number(text)
        if number is None or number > most:
            raise UsageError(f"{name} takes a whole number from 0 to {most:,}.")
        return number

    def grain(self) -> Any:
        grain = self.text("grain") or "day"
        if grain not in GRAINS:
            raise UsageError(f"grain takes {', '.join(GRAINS)}.")
        return grain

    def revision(self, store: Store) -> int:
        """The requested revision; the newest without one."""
        newest = store.revision()
        if not newest:
            raise UsageError("The store is empty: fetch news first (python -m ingest update).")
        rev = self.integer("rev", newest, most=10**9)
        if not 0 < rev <= newest:
            raise UsageError(f"rev takes a revision from 1 to {newest}.")
        return rev

    def subject(self, catalog: Catalog) -> str:
        key = self.text("subject")
        if not key:
            raise UsageError("subject is missing: theme:ID, subtheme:THEME.ID or company:ID.")
        if key not in catalog.subjects:
            raise UsageError(f"There is no subject {key[:80]!r}; /api/v1/subjects lists them.")
        return key

    def filters(self, store: Store, *, wide: bool = False) -> Filters:
        """
        The window and filters at one revision.

        Without `to`, the window ends on the last day with news. Without `from`, it starts about a year earlier at the
        beginning of a period, so that the first count is that of a whole period; with `wide` it starts on the first
        day.
        """
        rev = self.revision(store)
        first, last = span(store, rev) or (date(2000, 1, 1), date(2000, 1, 1))
        start, end = self.date("from"), self.date("to")
        if start is not None and end is None and start > last:
            raise UsageError(f"from={start} is after the store's last day, {last}: give to as well.")
        end = end or last
        if start is None:
            year_before = period_of([end.replace(day=1, year=end.year - 1)], self.grain())[0].date()  # type: ignore[arg-type]
            start = min(first if wide else max(first, year_before), end)
        if start > end:
            raise UsageError(f"from={start} is after to={end}.")
        if end - start > LONGEST_WINDOW:
            raise UsageError("The window is longer than a hundred years.")
        return Filters(
            start=start,
            end=end,
            min_relevance=self.integer("relevance", 0, most=100),
            publishers=self.texts("publisher"),
            langs=self.texts("lang"),
            q=self.text("q"),
            rev=rev,
        )
