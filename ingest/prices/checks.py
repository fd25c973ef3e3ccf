"""
Which rows of a price history cannot be right, and why: the rules that keep a provider's mistake out of a chart.

    bad     the price, dividend or split is not stored
    doubt   it is stored, and said

Prices are in split-adjusted terms here, so that an honest split leaves no step. The rules look for shapes that markets
do not make: a price a hundred times its neighbours, or off the ticks of its exchange; a dividend that nobody noticed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from math import isnan

from ingest.prices.dividends import dividend_findings
from ingest.prices.exchange_rules import UNKNOWN, ListingRules
from ingest.prices.levels import NOTHING_KNOWN, Known, level_findings
from ingest.prices.price_arrays import arrays_of
from ingest.prices.quotes import About, Finding, Quote, bad, doubt

RANGE = 20.0  # high over low
RANGE_SPREAD = 0.002  # of the price: closing auctions end a little outside the day's range
FEW = 2  # rows on ticks before one that is not
OFF_TICKS = 0.05  # of them: what may be off before a history is one of adjusted prices
EXCEPTIONS = 10  # closes that may be wrong in a history of traded prices; of more, adjusted ones are the rule


def findings_of(
    quotes: Sequence[Quote], *, known: Known = NOTHING_KNOWN, rules: ListingRules = UNKNOWN
) -> list[Finding]:
    """The findings of one listing's history (oldest first, split-adjusted); the worst of each session and subject.

    `known`: what the store has of it; `rules`: what its exchange allows."""
    findings = [*_unusable(quotes), *_ranges(quotes), *_off_ticks(quotes, rules)]
    rejected = {finding.session for finding in findings if finding.bad and finding.about == "price"}
    usable = list({quote.session: quote for quote in reversed(quotes) if quote.session not in rejected}.values())[::-1]
    findings += level_findings(usable, known=known, rules=rules)
    if len(usable) > 1:
        findings += dividend_findings(arrays_of(usable))
    worst: dict[tuple[date, About], Finding] = {}
    for finding in sorted(findings, key=lambda f: (f.session, f.about, not f.bad)):
        worst.setdefault((finding.session, finding.about), finding)
    return list(worst.values())


def _unusable(quotes: Sequence[Quote]) -> Iterator[Finding]:
    seen: set[date] = set()
    for quote in quotes:
        if not quote.close > 0:
            yield bad(quote.session, "price", "there is no price" if isnan(quote.close) else f"it is {quote.close:g}")
        if quote.session in seen:
            yield doubt(quote.session, "price", "the session is given twice; the first one counts")
        seen.add(quote.session)


def _ranges(quotes: Sequence[Quote]) -> Iterator[Finding]:
    """A day's range that contradicts itself. The close may still be right: only open, high and low are not stored."""
    for quote in quotes:
        inside = [value for value in (quote.open, quote.close) if value > 0]
        if not (quote.high > 0 and quote.low > 0 and inside):
            continue
        if quote.high > RANGE * quote.low:
            yield bad(quote.session, "range", f"the high is {quote.high / quote.low:.0f} times the low")
        elif max(inside) > quote.high * (1 + RANGE_SPREAD) or min(inside) < quote.low * (1 - RANGE_SPREAD):
            yield bad(quote.session, "range", "the open or the close lies outside the day's range")


def _off_ticks(quotes: Sequence[Quote], rules: ListingRules) -> list[Finding]:
    """Closes between the ticks of an exchange, after closes on them: single days that somebody adjusted.

    An adjusted history has its odd closes first, or everywhere: they are right in their way, and stay."""
    findings: list[Finding] = []
    on_ticks = off_ticks = 0
    for quote in quotes:
        tick = rules.tick(quote.close)
        if tick is None:
            continue
        steps = quote.close / tick
        if abs(steps - round(steps)) * tick <= 1e-6 * quote.close:
            on_ticks += 1
        elif on_ticks >= FEW and off_ticks <= OFF_TICKS * on_ticks:
            sentence = f"{quote.close:g} is between the ticks of {tick:g}: an adjusted price among traded ones"
            findings.append(bad(quote.session, "price", sentence))
        else:
            off_ticks += 1
    return findings if len(findings) <= EXCEPTIONS else []
