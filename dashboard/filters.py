"""
What a page shows, as values: read from a link, held within bounds, spelled out again.

    link → read_view → View, words about what was ignored → spell_view → link

A parameter is a row of a table below: a page that has a new one adds a row. Values come from people, so each is typed
and clamped here, whatever the widgets already refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from data.queries import Filters

GRAINS = {"day": "Day", "week": "Week", "month": "Month"}
MEASURES = {"share": "Share of voice", "stories": "Stories", "articles": "Articles", "abnormal": "Abnormal attention"}
RANGES = {"1M": 30, "3M": 91, "6M": 182, "1Y": 364, "All": None}

LONGEST_TEXT = 200
MOST_VALUES = 50


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


Read = Callable[[str], Any]


def read_date(text: str) -> date | None:
    """A day as 2026-01-31, and in no other of ISO's ways."""
    try:
        return date.fromisoformat(text) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def read_threshold(text: str) -> float | None:
    return {"2": 2.0, "2.0": 2.0, "3": 3.0, "3.0": 3.0, "4": 4.0, "4.0": 4.0}.get(text)


def read_text(text: str) -> str | None:
    return text.strip() if 0 < len(text.strip()) <= LONGEST_TEXT else None


def read_sha(text: str) -> str | None:
    return text if len(text) == 64 and set(text) <= set("0123456789abcdef") else None


def one_of(choices: Iterable[str]) -> Read:
    allowed = frozenset(choices)
    return lambda text: text if text in allowed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One parameter of a link. `read` gives None for a value that cannot be used; `says` tells what can."""

    read: Read = read_text
    says: str = "a short text"
    many: bool = False


SHARED: dict[str, Param] = {
    "from": Param(read=read_date, says="a date such as 2026-01-31"),
    "to": Param(read=read_date, says="a date such as 2026-01-31"),
    "grain": Param(read=one_of(GRAINS), says=", ".join(GRAINS)),
    "measure": Param(read=one_of(MEASURES), says=", ".join(MEASURES)),
    "publisher": Param(many=True),
    "lang": Param(many=True),
    "relevance": Param(read=read_number, says="a whole number from 0 to 100"),
    "rev": Param(read=read_number, says="a revision's number"),
    "sha": Param(read=read_sha, says="the 64 digits that a proof link ends with"),
}

PART_OF_SUBJECT = Param(read=one_of(("fixed", "named")), says="fixed, named")
"""`part` is a proof link's: what of the page its hash is of, where it is not the whole."""

PAGES: dict[str, dict[str, Param]] = {
    "overview": {"point": Param()},
    "theme": {
        "theme": Param(),
        "split": Param(read=one_of(("company", "subtheme")), says="company, subtheme"),
        "against": Param(many=True),
        "part": PART_OF_SUBJECT,
        "basket": Param(many=True),  # an older proof link's: the basket's listings when it was made
        "point": Param(),
    },
    "company": {"company": Param(), "listing": Param(), "beside": Param(many=True), "part": PART_OF_SUBJECT, "point": Param()},
    "compare": {
        "subject": Param(many=True),
        "returns": Param(read=one_of(("beyond", "own")), says="beyond, own"),
        "point": Param(),
    },
    "network": {
        "kind": Param(read=one_of(("company", "theme")), says="company, theme"),
        "edges": Param(read=one_of(("beyond", "all")), says="beyond, all"),
        "show": Param(read=one_of(("together", "supply")), says="together, supply", many=True),
        "around": Param(),
        "point": Param(),
    },
    "lead_lag": {
        "mode": Param(read=one_of(("look", "state", "all")), says="look, state, all"),
        "about": Param(),
        "price": Param(),
        "market": Param(),
        "lags": Param(read=read_number, says="5, 10 or 20"),
        "talk": Param(read=one_of(("share", "stories")), says="share, stories"),
        "part": Param(read=one_of(("family",)), says="family"),
        "point": Param(),
    },
    "events": {
        "whose": Param(),
        "market": Param(),
        "threshold": Param(read=read_threshold, says="2, 3 or 4"),
        "relation": Param(),
        "part": Param(read=one_of(("shock",)), says="shock"),
        "point": Param(),
    },
    "alarms": {
        "over": Param(read=one_of(("theme", "company")), says="theme, company"),
        "watch": Param(many=True),
        "budget": Param(read=one_of(("0.5", "1", "2", "5")), says="0.5, 1, 2 or 5"),
        "families": Param(read=read_number, says="1, 2 or 3"),
        "point": Param(),
    },
    "articles": {"q": Param(), "about": Param(many=True), "page": Param(read=read_number, says="a page's number")},
    "sources": {"point": Param()},
    "catalog": {},
    "saved": {},
}
"""The parameters that a page has beside the shared ones, by its address."""


def read_values(page: str, query: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], list[str]]:
    """The usable values of a link by parameter, and a sentence for each one that was ignored."""
    known = SHARED | PAGES.get(page, {})
    values: dict[str, Any] = {}
    ignored: list[str] = []
    for name, texts in query.items():
        param = known.get(name)
        if param is None:
            ignored.append(f"“{name[:40]}” is not a parameter of this page.")
            continue
        if param.many and list(texts) == [""]:
            values[name] = ()  # none, where some are the default
            continue
        read = [value for text in texts[:MOST_VALUES] if (value := param.read(text)) is not None]
        if len(read) < len(texts):
            ignored.append(f"“{name}” takes {param.says}.")
        if read:
            values[name] = tuple(dict.fromkeys(read)) if param.many else read[-1]
    return values, ignored


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


def differing(view: View, default: View, page_values: Mapping[str, Any], page_defaults: Mapping[str, Any]) -> dict[str, list[str]]:
    """The view's parameters without those that say the default anyway: what stands in the address bar."""
    spelled, usual = _by_name(spell_view(view, **page_values)), _by_name(spell_view(default, **page_defaults))
    # A list that was emptied differs from a default that is not empty, and an address cannot say "empty" by leaving it out.
    emptied = {name: [""] for name in usual.keys() - spelled.keys() if name in page_defaults}
    return {name: texts for name, texts in (spelled | emptied).items() if texts != usual.get(name, [""])}


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
