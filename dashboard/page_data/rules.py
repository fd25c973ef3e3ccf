"""
The rules by which page data are computed, numbered.

A fix that rightly changes what an old view computes is a further rule. A proof link carries the number of the rules that it was
made by (1 where it says none) and is verified by those; the page then shows what the newest ones make of the same view.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What changed with this number, since when, and on which pages."""

    number: int
    since: date
    what: str
    pages: tuple[str, ...]


RULES: tuple[Rule, ...] = ()
"""In order; the rules of number 1 are those that version 0.1.0 began with."""

NEWEST_RULES = RULES[-1].number if RULES else 1


def changed_since(rules: int, page: str) -> tuple[Rule, ...]:
    """The rules that came after number `rules` and concern a page."""
    return tuple(rule for rule in RULES if rule.number > rules and page in rule.pages)
