"""A request for a page's data: everything the data depend on, as one value that can be cached and put into a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from analysis.attention import Grain
from dashboard.address.view import View
from dashboard.cache.stores import catalog_at, load_span, store_at
from dashboard.page_data.rules import NEWEST_RULES, PRICES_BEFORE_STORIES
from data.catalog.records import Catalog
from data.read.attention import Filters
from data.schema.store import Store

ParamValues = tuple[tuple[str, Any], ...]

MODEL_REACH = timedelta(days=500)
"""
How far before the dates shown prices are read: a market model takes 250 sessions, on every exchange well within this.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A page with its values, at one revision of a store, computed by one version of the rules."""

    url: str
    page: str
    view: View
    values: ParamValues = ()
    rules: int = NEWEST_RULES

    @classmethod
    def of(
        cls, url: str, page: str, view: View, values: Mapping[str, Any] | None = None, *, rules: int = NEWEST_RULES
    ) -> Request:
        """ValueError for a view without a revision: its data would change while somebody looks at it."""
        if not view.rev:
            raise ValueError("a page's data belong to one revision: name it")
        return cls(url=url, page=page, view=view, values=tuple(sorted((values or {}).items())), rules=rules)

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter's value; the default also for one that is None or ""."""
        value = dict(self.values).get(name)
        return default if value is None or value == "" else value

    def get_all(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The values of a parameter that takes several: the default when it is absent, none when it was emptied."""
        value = dict(self.values).get(name, default)
        return tuple(str(each) for each in ([value] if isinstance(value, str) else value or ()) if each)

    def at(self, revision: int) -> Request:
        """The same at another revision."""
        return replace(self, view=replace(self.view, rev=revision))

    def by_rules(self, rules: int) -> Request:
        """The same by another version of the rules."""
        return replace(self, rules=rules)

    def with_values(self, **values: Any) -> Request:
        return replace(self, values=tuple(sorted({**dict(self.values), **values}.items())))

    @property
    def part(self) -> str:
        """The part of the page that is requested; "" for the page itself."""
        return str(self.get("part", ""))

    @property
    def rev(self) -> int:
        return self.view.rev

    @property
    def grain(self) -> Grain:
        return self.view.grain  # type: ignore[return-value]

    @property
    def filters(self) -> Filters:
        return self.view.filters

    def window(self, start: date, end: date) -> Filters:
        """The filters over other days."""
        return replace(self.filters, start=start, end=end)

    @property
    def store(self) -> Store:
        return store_at(self.url)

    @property
    def catalog(self) -> Catalog:
        """The catalog as of the revision: today's files may differ."""
        return catalog_at(self.url, self.rev)

    @property
    def first_day(self) -> date:
        """The first day with a story as of the revision; the view's own where there is none."""
        span = load_span(self.url, self.rev)
        return span[0] if span else self.view.start

    @property
    def first_price_day(self) -> date:
        """
        The first day whose prices a market model reads. An archive of stories may be much younger than its prices.
        """
        if self.rules < PRICES_BEFORE_STORIES:
            return self.first_day
        return min(self.first_day, self.view.start - MODEL_REACH)
