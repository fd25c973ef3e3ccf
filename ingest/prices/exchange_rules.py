"""What an exchange allows, by its rules of 2026: the ticks of a price, and the most that it may move in a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import expm1, inf

from data.calendars import Calendar
from data.catalog.records import Listing

Ticks = tuple[tuple[float, float], ...]
"""(below which price, tick), upwards."""

TAIWAN: Ticks = ((10, 0.01), (50, 0.05), (100, 0.1), (500, 0.5), (1000, 1), (inf, 5))

TICKS: Mapping[str, Ticks] = {"XTAI": TAIWAN, "ROCO": TAIWAN}
LIMITS: Mapping[str, float] = {"XTAI": 0.10, "ROCO": 0.10, "XSHG": 0.10, "XSHE": 0.10, "BJSE": 0.30, "XKRX": 0.30}
BOARDS = {"300": 0.20, "301": 0.20, "302": 0.20, "688": 0.20, "689": 0.20}
"""By a code's first digits: ChiNext and the STAR market move further than the boards beside them."""

ROUNDING = 1.06  # a limit is rounded to a tick, which is up to half a percent of a low price
FUNDS = "00"  # codes of Taiwan's funds, which have ticks of their own


@dataclass(frozen=True, slots=True)
class ListingRules:
    """What holds for one listing; without an exchange nothing does."""

    limit: float = inf  # of a session's move, as a share
    ticks: Ticks = ()
    calendar: Calendar | None = None

    def allows(self, step: float) -> bool:
        """Whether a session's move, as a logarithm, is within the limit as it is rounded to ticks."""
        return abs(expm1(step)) <= self.limit * ROUNDING

    def tick(self, price: float) -> float | None:
        return next((tick for below, tick in self.ticks if 0 < price < below), None)

    def follows(self, before: date, day: date) -> bool:
        """Whether a day is the next session: over several no limit holds."""
        if self.calendar is None:
            return False
        at = self.calendar.position(day)
        return bool(at) and self.calendar.position(before) == at - 1  # type: ignore[operator]


UNKNOWN = ListingRules()


def rules_of(listing: Listing, calendar: Calendar | None) -> ListingRules:
    """The rules of a listing's exchange and board."""
    limit = BOARDS.get(listing.ticker[:3], LIMITS.get(listing.mic, inf)) if listing.mic in LIMITS else inf
    is_fund = listing.mic in ("XTAI", "ROCO") and listing.ticker.startswith(FUNDS)
    ticks = () if is_fund else TICKS.get(listing.mic, ())
    return ListingRules(limit, ticks, calendar)
