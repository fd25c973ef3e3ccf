"""
What a page shows, as values: read from a link, held within bounds, spelled out again.

    link → read_values (params.py) → read_view → View, words about what was ignored → spell_view → link
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
    """What the store can show: its first and last day, its newest revision."""

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
    """The values that all pages share. `rev` is 0 for the newest revision."""

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
    """The view that a link's values mean; what the link does not say has its default."""
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


def held_values(values: Mapping[str, Any], bounds: Bounds) -> tuple[dict[str, Any], list[str]]:
    """The values within what the store has, and a sentence for each that had to be moved there."""
    view = read_view(values, bounds)
    held = {"from": view.start, "to": view.end, "relevance": view.min_relevance, "rev": view.rev}
    moved = [
        f"“{name}” was moved to {value or 'the newest'}, within what this store has."
        for name, value in held.items()
        if name in values and values[name] != value and (name, values[name]) != ("rev", bounds.newest)
    ]
    return {**values, **{name: value for name, value in held.items() if name in values}}, moved


def clamp(view: View, bounds: Bounds) -> View:
    """The view within what the store has; dates the wrong way round are turned."""
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


def spell_view(view: View, /, **page_values: Any) -> list[tuple[str, str]]:
    """Every value of the view by its parameter, none left to a default, so that the link means the same tomorrow."""
    spelled: dict[str, Any] = {
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
    # A page's list that was emptied is spelled too: its default may be one that is not empty.
    emptied = {name for name, value in page_values.items() if value == ()}
    return [(name, str(one)) for name, value in spelled.items() for one in ([""] if name in emptied else _each(value))]


def differing(
    view: View, default: View, page_values: Mapping[str, Any], page_defaults: Mapping[str, Any]
) -> dict[str, list[str]]:
    """The view's parameters without those that say the default anyway: what stands in the address bar."""
    spelled, usual = _by_name(spell_view(view, **page_values)), _by_name(spell_view(default, **page_defaults))
    # A list that was emptied differs from a default that is not empty, and an address cannot say "empty" by leaving it out.
    emptied = {name: [""] for name in usual.keys() - spelled.keys() if name in page_defaults}
    return {name: texts for name, texts in (spelled | emptied).items() if texts != usual.get(name, [""])}


def own_query(page_values: Mapping[str, Any]) -> str:
    """A page's own values as they stand in an address; empty ones are left out."""
    return urlencode([(name, str(one)) for name, value in page_values.items() for one in _each(value) if one != ""])


def _by_name(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for name, text in pairs:
        named.setdefault(name, []).append(text)
    return named


def _each(value: Any) -> Sequence[Any]:
    if value is None or value == "":
        return ()
    return value if isinstance(value, tuple | list) else (value,)


def matching_range(view: View, bounds: Bounds) -> str | None:
    """The quick range that the view's dates are, if they are one."""
    for name, days in RANGES.items():
        if (view.start, view.end) == range_dates(name, bounds):
            return name
        assert days is None or days > 0
    return None


def range_dates(name: str, bounds: Bounds) -> tuple[date, date]:
    """First and last day of a quick range, ending on the store's last day."""
    days = RANGES[name]
    start = bounds.first_day if days is None else max(bounds.first_day, bounds.last_day - timedelta(days=days))
    return start, bounds.last_day
