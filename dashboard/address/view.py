"""
What a page shows, as values: read from a link, kept within bounds, written into a link again.

    link → read_values (params.py) → clamp_values, read_view → View → view_params → link
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from dashboard.address.params import GRAINS, MEASURES, MOST_VALUES
from data.read.attention import Filters

RANGES = {"1M": 30, "3M": 91, "6M": 182, "1Y": 364, "All": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The range of a store: its first and last day, its newest revision."""

    first_day: date
    last_day: date
    newest: int

    @property
    def default_start(self) -> date:
        return max(self.first_day, self.last_day - timedelta(days=364))

    @property
    def default_view(self) -> View:
        return View(start=self.default_start, end=self.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The values that all pages share. `rev` 0 is the newest revision."""

    start: date
    end: date
    grain: str = "week"
    measure: str = "share"
    publishers: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    min_relevance: int = 0
    rev: int = 0

    @property
    def filters(self) -> Filters:
        return Filters(
            start=self.start,
            end=self.end,
            publishers=self.publishers,
            langs=self.langs,
            min_relevance=self.min_relevance,
            rev=self.rev or None,
        )

    @property
    def filtered(self) -> int:
        """How many of the filters are set."""
        return bool(self.publishers) + bool(self.langs) + bool(self.min_relevance) + bool(self.rev)


def read_view(values: Mapping[str, Any], bounds: Bounds) -> View:
    """The view of a link's values; values that the link leaves out have their defaults."""
    view = View(
        start=values.get("from", bounds.default_start),
        end=values.get("to", bounds.last_day),
        grain=values.get("grain", "week"),
        measure=values.get("measure", "share"),
        publishers=tuple(values.get("publisher", ())),
        langs=tuple(values.get("lang", ())),
        min_relevance=values.get("relevance", 0),
        rev=values.get("rev", 0),
    )
    return clamp(view, bounds)


def clamp_values(values: Mapping[str, Any], bounds: Bounds) -> tuple[dict[str, Any], list[str]]:
    """The values within the store's bounds, and a sentence for each value that had to change."""
    view = read_view(values, bounds)
    within = {"from": view.start, "to": view.end, "relevance": view.min_relevance, "rev": view.rev}
    changed = [
        f"“{name}” was changed to {value or 'the newest'}, the nearest value that this store allows."
        for name, value in within.items()
        if name in values and values[name] != value and (name, values[name]) != ("rev", bounds.newest)
    ]
    return {**values, **{name: value for name, value in within.items() if name in values}}, changed


def clamp(view: View, bounds: Bounds) -> View:
    """The view within the store's bounds; a start after the end is swapped with it."""
    start, end = sorted((view.start, view.end))
    return replace(
        view,
        start=min(max(start, bounds.first_day), bounds.last_day),
        end=min(max(end, bounds.first_day), bounds.last_day),
        grain=view.grain if view.grain in GRAINS else "week",
        measure=view.measure if view.measure in MEASURES else "share",
        publishers=view.publishers[:MOST_VALUES],
        langs=view.langs[:MOST_VALUES],
        min_relevance=min(max(view.min_relevance, 0), 100),
        rev=view.rev if 0 < view.rev <= bounds.newest else 0,
    )


def view_params(view: View, /, **page_values: Any) -> list[tuple[str, str]]:
    """Every value of the view by its parameter, none left to a default, so that the link means the same tomorrow."""
    values: dict[str, Any] = {
        "from": view.start,
        "to": view.end,
        "grain": view.grain,
        "measure": view.measure,
        "publisher": view.publishers,
        "lang": view.langs,
        "relevance": view.min_relevance,
        "rev": view.rev or None,
        **page_values,
    }
    # A page's list that was emptied stands as "": its default may be one that is not empty.
    emptied = {name for name, value in page_values.items() if value == ()}
    return [(name, text) for name, value in values.items() for text in ([""] if name in emptied else _texts(value))]


def params_to_write(
    view: View, default: View, page_values: Mapping[str, Any], page_defaults: Mapping[str, Any]
) -> dict[str, list[str]]:
    """The view's parameters without those that equal the default: what stands in the address bar."""
    texts, defaults = _by_name(view_params(view, **page_values)), _by_name(view_params(default, **page_defaults))
    # A list that was emptied differs from a default that is not empty, and an address cannot say "empty" by leaving it
    # out.
    emptied = {name: [""] for name in defaults.keys() - texts.keys() if name in page_defaults}
    return {name: values for name, values in (texts | emptied).items() if values != defaults.get(name, [""])}


def page_query(page_values: Mapping[str, Any]) -> str:
    """A page's own values as they stand in an address; empty ones are left out."""
    return urlencode([(name, text) for name, value in page_values.items() for text in _texts(value) if text != ""])


def _by_name(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for name, text in pairs:
        texts.setdefault(name, []).append(text)
    return texts


def _texts(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    return [str(each) for each in (value if isinstance(value, tuple | list) else (value,))]


def matching_range(view: View, bounds: Bounds) -> str | None:
    """The quick range that equals the view's dates, if any."""
    return next((name for name in RANGES if (view.start, view.end) == range_dates(name, bounds)), None)


def range_dates(name: str, bounds: Bounds) -> tuple[date, date]:
    """First and last day of a quick range, ending on the store's last day."""
    days = RANGES[name]
    start = bounds.first_day if days is None else max(bounds.first_day, bounds.last_day - timedelta(days=days))
    return start, bounds.last_day
