"""
The versions of the rules that page data are computed by.

A fix that rightly changes the numbers of an old view is a new rule. A proof link carries the version that it was
computed by (1 if it names none) and is verified by that version; the page then shows what the newest rules make of the
same view.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What changed with this version, when, and on which pages."""

    number: int
    since: date
    what: str
    pages: tuple[str, ...]


PRICES_BEFORE_STORIES, NEXT_LISTING, POSITIVE_PAIRS = 2, 3, 4

RULES: tuple[Rule, ...] = (
    Rule(
        number=PRICES_BEFORE_STORIES,
        since=date(2026, 12, 1),
        what="abnormal returns are estimated on prices from before the first story, not only from that day on",
        pages=("lead_lag", "events"),
    ),
    Rule(
        number=NEXT_LISTING,
        since=date(2026, 12, 1),
        what="a company without prices of its main listing is shown with the next listing that has them",
        pages=("company",),
    ),
    Rule(
        number=POSITIVE_PAIRS,
        since=date(2026, 12, 1),
        what="a pair that is mentioned together less often than its two shares predict is not beyond chance",
        pages=("network",),
    ),
)
"""In order; version 1 is that of release 0.1.0."""

NEWEST_RULES = RULES[-1].number if RULES else 1


def changed_since(rules: int, page: str) -> tuple[Rule, ...]:
    """The rules that are newer than version `rules` and concern a page."""
    return tuple(rule for rule in RULES if rule.number > rules and page in rule.pages)
