"""
A page's registration, and its data.

    request → PageData: tables that are drawn, and the rows that a proof hashes, a file contains and the API answers

The rows are made of the same tables that are drawn. Each table is computed when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dashboard.address.params import Param
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row, sha256_of


class PageData:
    """The data of one request. A page's own class adds its tables; these are the defaults of all pages."""

    subjects: Sequence[str] = ("",)
    """The keys of the subjects whose stories the page counts; "" is all stories."""
    unit = ("story", "stories")
    """What the page counts, singular and plural."""
    tickers: Sequence[str] = ()
    """The listings whose prices the page shows."""
    themes: Sequence[str] = ()
    """The ids of the themes whose companies the page shows."""
    companies: Sequence[str] = ()
    """The keys of the companies whose main listings the page shows."""
    other_count: tuple[str, int] | None = None
    """What the page counts besides stories, in the plural, and how many."""

    def __init__(self, request: Request) -> None:
        self.request, self.catalog = request, request.catalog
        self.price_days = request.view.start, request.view.end  # the days whose prices the page reads

    @cached_property
    def rows(self) -> list[Row]:
        """All numbers and texts of the page that belong to the revision, in a fixed order."""
        raise NotImplementedError

    @cached_property
    def sha256(self) -> str:
        """The hash of the rows: what a proof link holds."""
        return sha256_of(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the app. `name` is its address and the name of its script in views/."""

    name: str
    title: str
    purpose: str
    params: Mapping[str, Param] = field(default_factory=dict)
    data: type[PageData] | None = None  # None: nothing on it belongs to a revision
    parts: Mapping[str, type[PageData]] = field(default_factory=dict)  # by the values of its parameter `part`
    has_grain: bool = False  # charts by period: the control of grain is shown
    has_measure: bool = False  # its chart shows the chosen measure
    is_quick: bool = False  # takes its turn among the quick pages (dashboard/serving/page_lock.py)
