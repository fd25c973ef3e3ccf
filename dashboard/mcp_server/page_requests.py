"""
What all tools share: their arguments as a typed request, the page that shows the same, and the rows of an answer.

    arguments → parameters of an address → QueryValues (dashboard/api/values.py) → view, page request → ToolRows
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.address.view import View, clamp
from dashboard.api.values import QueryValues
from dashboard.cache.stores import StoreInUse
from dashboard.mcp_server.schemas import Tool
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row
from data.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRows:
    """All rows of an answer, oldest or best first, and what they are of. `request`: the page that the link opens."""

    rows: Sequence[Row]
    request: Request
    n: int
    is_newest_last: bool = False
    total: int | None = None  # where `rows` are one page already: how many rows there are
    more: Mapping[str, Any] = field(default_factory=dict)
    point: str = ""
    has_proof: bool = True


class PageRequests(StoreInUse):
    """Requests for pages' data over one store."""

    def view(self, values: QueryValues) -> View:
        """The request's window and filters as a page would show them: within the store's days."""
        filters = values.filters(self.store)
        view = View(
            start=filters.start, end=filters.end, grain=values.grain(), publishers=filters.publishers,
            langs=filters.langs, min_relevance=filters.min_relevance, rev=filters.rev or 0,
        )  # fmt: skip
        return clamp(view, self.bounds(view.rev))

    def request(self, page: str, view: View, **own: Any) -> Request:
        return Request.of(self.url, page, view, own)

    def overview(self, values: QueryValues) -> Request:
        return self.request("overview", self.view(values))

    def subject_page(self, subject: str, view: View) -> Request:
        """The page that shows a subject's attention; a sub-theme is shown on its theme's."""
        kind, _, ident = subject.partition(":")
        if kind == "subtheme":
            return self.request("theme", view, theme=ident.partition(".")[0], split="subtheme")
        return self.request(kind, view, **{kind: ident})


def as_query(arguments: Mapping[str, Any], tool: Tool) -> tuple[tuple[str, str], ...]:
    """
    The arguments as the parameters of an address, so that a model's request is checked as any other.

    Models write numbers as text and text as numbers, so both are taken; null is an argument left out.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    defaults = {"grain": "week"} if "grain" in tool.parameters and "grain" not in given else {}
    pairs = []
    for name, value in (defaults | given).items():
        for single in value if isinstance(value, list) else [value]:
            if isinstance(single, bool) or not isinstance(single, str | int):
                raise UsageError(f"{name[:40]} takes a text or a whole number, or several in a list.")
            pairs.append((name, single if isinstance(single, str) else str(single)))
    return tuple(pairs)


def page_bounds(values: QueryValues, tool: Tool) -> tuple[int, int]:
    """The largest number of rows in the answer, and how many come before them."""
    limit = values.integer("limit", tool.usual, most=tool.most)
    return limit, values.integer("offset", 0, most=10**9)


def choose(values: QueryValues, name: str, options: Sequence[str]) -> str:
    """One of a few values; the first without one."""
    value = values.text(name) or options[0]
    if value not in options:
        raise UsageError(f"{name} takes {', '.join(dict.fromkeys(options))}.")
    return value
