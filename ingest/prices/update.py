"""
Prices into the store: provider → quotes → checks → bars and actions, as traded.

Each run asks for the days since the last one and the ten sessions before it again: providers correct themselves. What the
checks reject is not stored and is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from math import isnan

from data.calendars import Calendar, calendar_of
from data.catalog.records import Catalog, Listing
from data.currencies import unit_of
from data.errors import Offline, PriceError, RateLimited, UsageError
from data.prices import bars_between, last_sessions, save_prices
from data.records import Action, Bar
from data.schema.store import Store
from ingest.prices.checks import findings_of
from ingest.prices.exchange_rules import UNKNOWN, ListingRules, rules_of
from ingest.prices.levels import NOTHING_KNOWN, UNIT, Known
from ingest.prices.quotes import (
    Finding,
    History,
    PriceProvider,
    actions_of,
    bars_of,
    in_unit,
    later_splits,
    split_adjusted,
)
from ingest.prices.session_dates import closed_days, unfinished
from ingest.progress import Progress, Step, unseen

LAG = timedelta(days=16)
"""Ten sessions with their weekends and a holiday: what is asked for again."""

FIRST_TIME = timedelta(days=3 * 365)
"""How far back a listing is fetched that the store has no prices of."""

BATCH = 25
"""Listings a revision: a killed run loses no more than these, and the next one asks for them again."""

GIVE_UP_AFTER = 3
"""Times in a row that a provider cannot be reached."""

MOVED = 0.02
MOVED_SESSIONS = 5
"""Old closes that differ by so much in more sessions than this, with no split to explain it, do not replace the stored."""

SAME_UNIT = 0.005
LEAST_SAME = 3
"""How near to a hundred times the stored closes, and of how many sessions, a whole history must be to be another unit for sure."""


@dataclass(slots=True, kw_only=True)
class PriceRun:
    """What a run of prices did: counts, and in words what failed and what was not stored."""

    tickers: int = 0
    bars: int = 0
    revised: int = 0
    actions: int = 0
    limited: bool = False  # the provider asked to wait: the rest was not asked for
    failures: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stored:
    """A close that the store has, in whole currency, and its basis."""

    close: float
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What of a history is stored, and what was found in it."""

    bars: list[Bar]
    actions: list[Action]
    findings: list[Finding]


def wanted_listings(catalog: Catalog, tickers: Sequence[str] = ()) -> list[Listing]:
    """
    Benchmarks, exchange rates, each company's main listing, then the others; or the given tickers alone.

    UsageError for an unknown one.
    """
    companies = [company for company in catalog.companies.values() if company.listings]
    main = [company.listings[0] for company in companies]
    others = [listing for company in companies for listing in company.listings[1:]]
    known = {listing.ticker: listing for listing in (*catalog.benchmarks, *catalog.rates, *main, *others)}
    if unknown := [ticker for ticker in tickers if ticker not in known]:
        raise UsageError(f"The catalog has no listing {unknown[0]}; add it to listings.csv, or correct the spelling.")
    return [known[ticker] for ticker in tickers] if tickers else list(known.values())


def update_prices(
    store: Store,
    provider: PriceProvider,
    listings: Sequence[Listing],
    *,
    catalog_hash: str,
    now: datetime,
    since: date | None = None,
    accept: bool | None = None,
    progress: Progress = unseen,
) -> PriceRun:
    """
    Bring the prices of the listings up to date, or fetch them again `since` a day.

    `accept`: what comes replaces what is stored, though no split explains the difference; that is so with `since`, unless said.
    A rate limit ends the run, and a provider that cannot be reached three times in a row; the last failure says how many
    listings were not asked for.
    """
    accepts = since is not None if accept is None else accept
    work = _Work(store, provider, catalog_hash, now, accept=accepts)
    last = last_sessions(store)
    starts = {listing: since or _start(last.get(listing.ticker), now) for listing in listings}
    asked = 0
    for start, group in groupby(sorted(listings, key=starts.__getitem__), key=starts.__getitem__):
        for batch in batched(group, BATCH):
            histories: list[tuple[Listing, History]] = []
            for listing in batch:
                if work.stopped:
                    break
                progress(Step(work="prices", name=listing.ticker, done=asked, total=len(listings)))
                histories += work.histories(listing, start)
                asked += 1
            work.save(histories, start)
            if work.stopped:
                work.tell_unasked(len(listings) - asked)
                return work.run
    progress(Step(work="prices", name="", done=asked, total=len(listings)))
    return work.run


def check(
    history: History,
    *,
    known: Known = NOTHING_KNOWN,
    rules: ListingRules = UNKNOWN,
    now: datetime | None = None,
) -> Checked:
    """The bars and actions to store, without what cannot be right."""
    findings = [*history.findings, *closed_days(history.quotes, rules.calendar)]
    if now is not None:
        findings += unfinished(history.quotes, rules.calendar, taken_at=history.taken_at or now, now=now)
    rejected = {finding.session for finding in findings if finding.bad}
    findings += findings_of(
        [quote for quote in split_adjusted(history) if quote.session not in rejected], known=known, rules=rules
    )
    bad = {(finding.session, finding.about) for finding in findings if finding.bad}
    bars: dict[date, Bar] = {}
    for bar in bars_of(history):
        if (bar.session, "price") in bad or isnan(bar.close):
            continue
        ranged = replace(bar, open=None, high=None, low=None) if (bar.session, "range") in bad else bar
        bars.setdefault(bar.session, ranged)
    actions = [a for a in actions_of(history) if a.kind == "split" or (a.session, "dividend") not in bad]
    return Checked(bars=list(bars.values()), actions=actions, findings=findings)


def _start(last: date | None, now: datetime) -> date:
    return last - LAG if last else now.date() - FIRST_TIME


def batched(listings: Iterable[Listing], size: int) -> Iterator[list[Listing]]:
    waiting = iter(listings)
    while batch := list(islice(waiting, size)):
        yield batch


class _Work:
    """A run under way."""

    def __init__(
        self, store: Store, provider: PriceProvider, catalog_hash: str, now: datetime, *, accept: bool
    ) -> None:
        self._store, self._provider, self._catalog_hash, self._now = store, provider, catalog_hash, now
        self._accept = accept  # the user asked for these days: they replace what is stored
        self._unreached = 0
        self._doubted: set[str] = set()  # exchanges whose unknown holidays were spoken of
        self.stopped = False
        self.run = PriceRun()

    def histories(self, listing: Listing, start: date) -> list[tuple[Listing, History]]:
        """The listing with its history, if that came."""
        try:
            history = self._provider.history(listing, start=start, now=self._now)
        except PriceError as problem:
            self._unreached = self._unreached + 1 if isinstance(problem, Offline) else 0
            self.run.limited = isinstance(problem, RateLimited)
            self.stopped = self.run.limited or self._unreached >= GIVE_UP_AFTER
            if self.stopped or not isinstance(problem, Offline):
                self.run.failures.append(str(problem))
            return []
        self._unreached = 0
        return [(listing, history)]

    def tell_unasked(self, number: int) -> None:
        """Say in the sentence of what ended the run how many listings were left."""
        if number:
            self.run.failures[-1] += f" {number} {'listing was' if number == 1 else 'listings were'} not asked for."

    def save(self, histories: Sequence[tuple[Listing, History]], start: date) -> None:
        stored = _stored(self._store, [history.ticker for _, history in histories], start)
        for has_actions in (True, False):  # a stored split is withdrawn only for those whose source knows of splits
            checked = [
                found
                for listing, history in histories
                if (history.basis != "adjusted") is has_actions
                and (found := self._checked(listing, history, stored.get(history.ticker, {}), start))
            ]
            if checked:
                self._write(checked, start if has_actions else None)

    def _write(self, checked: Sequence[Checked], actions_from: date | None) -> None:
        saved = save_prices(
            self._store,
            [bar for one in checked for bar in one.bars],
            [action for one in checked for action in one.actions],
            provider=self._provider.name,
            now=self._now,
            catalog_hash=self._catalog_hash,
            actions_from=actions_from,
        )
        self.run.bars += saved.bars
        self.run.revised += saved.revised
        self.run.actions += saved.actions

    def _checked(
        self, listing: Listing, history: History, stored: Mapping[date, Stored], start: date
    ) -> Checked | None:
        """What of a history is stored; None, with the reason among the failures, when it cannot continue what is stored."""
        calendar = calendar_of(listing.mic) if listing.mic else None
        history, rescaled = _in_stored_unit(history, stored)
        problem = _other_currency(history, listing) or _other_basis(history, stored, start)
        problem = problem or _left_behind(history.ticker, bars_of(history), stored)
        if problem:
            self.run.failures.append(problem)
            return None
        known = Known(closes=_split_adjusted_closes(history, stored), accept=self._accept)
        checked = check(history, known=known, rules=rules_of(listing, calendar), now=self._now)
        remarks = [*history.remarks, *rescaled, *self._doubts(calendar, checked.bars)]
        self.run.remarks += [f"{history.ticker}: {remark}." for remark in remarks]
        self.run.remarks += _remarks(history.ticker, checked.findings)
        self.run.tickers += 1
        return replace(checked, bars=self._accepted(history.ticker, checked.bars, stored))

    def _doubts(self, calendar: Calendar | None, bars: Sequence[Bar]) -> list[str]:
        """Once for an exchange, that its holidays are not known where these bars are."""
        if calendar is None or not bars or calendar.mic in self._doubted:
            return []
        doubt = calendar.doubt(min(bar.session for bar in bars), max(bar.session for bar in bars))
        self._doubted |= {calendar.mic} if doubt else set()
        return [doubt.rstrip(".")] if doubt else []

    def _accepted(self, ticker: str, bars: list[Bar], stored: Mapping[date, Stored]) -> list[Bar]:
        moved = "" if self._accept else _moved(bars, stored)
        if not moved:
            return bars
        self.run.remarks.append(f"{ticker}: {moved}")
        newest = max((bar for bar in bars if bar.session in stored), key=lambda bar: bar.session)
        if abs(newest.close / stored[newest.session].close - 1) > MOVED:
            return []  # what is newer stands on another level than what is stored
        return [bar for bar in bars if bar.session not in stored]


def _stored(store: Store, tickers: Sequence[str], start: date) -> dict[str, dict[date, Stored]]:
    """What the store has of each ticker, from a little before the first session that was asked for."""
    if not tickers:
        return {}
    frame = bars_between(store, tickers, start - LAG, date.max)
    stored: dict[str, dict[date, Stored]] = {}
    columns = ("ticker", "session", "close", "basis", "currency")
    for ticker, session, close, basis, currency in zip(*(frame[name] for name in columns), strict=True):
        unit = unit_of(currency)[1]  # earlier versions stored pence as they came
        stored.setdefault(ticker, {})[session.date()] = Stored(float(close) / unit, basis)
    return stored


def _split_adjusted_closes(history: History, stored: Mapping[date, Stored]) -> dict[date, float]:
    """The stored closes on the basis of `split_adjusted(history)`."""
    if history.basis == "adjusted":
        return {day: one.close for day, one in stored.items()}
    days = [quote.session for quote in history.quotes]
    later = dict(zip(days, later_splits(history.quotes), strict=True))
    every = later_splits(history.quotes)[0] * (history.quotes[0].split or 1.0) if days else 1.0
    return {day: one.close / later.get(day, every if days and day < days[0] else 1.0) for day, one in stored.items()}


def _in_stored_unit(history: History, stored: Mapping[date, Stored]) -> tuple[History, list[str]]:
    """The history, rescaled where every session that is stored too says that it is in another unit, and that in words."""
    ratios = [
        bar.close / stored[bar.session].close
        for bar in bars_of(history)
        if bar.session in stored and bar.close > 0 and stored[bar.session].close > 0
    ]
    for unit in (UNIT, 1 / UNIT):
        if len(ratios) >= LEAST_SAME and all(abs(ratio / unit - 1) < SAME_UNIT for ratio in ratios):
            times = "a hundred times" if unit > 1 else "a hundredth of"
            quotes = tuple(in_unit(quote, 1 / unit) for quote in history.quotes)
            remark = f"its closes are {times} the stored ones of the same {len(ratios)} sessions, and were brought to their unit"
            return replace(history, quotes=quotes), [remark]
    return history, []


def _other_currency(history: History, listing: Listing) -> str:
    """Why the history is not of the listing; "" when it is."""
    if history.currency == listing.currency:
        return ""
    return (
        f"{history.ticker}: the prices are in {history.currency}, and the catalog has it in {listing.currency}; "
        "correct listings.csv, or the currency of the prices."
    )


def _other_basis(history: History, stored: Mapping[date, Stored], start: date) -> str:
    """Why the history cannot continue what is stored; "" when it can."""
    basis = "adjusted" if history.basis == "adjusted" else "traded"
    older = [session for session, known in stored.items() if session < start and known.basis != basis]
    if not older:
        return ""
    return (
        f"{history.ticker}: the stored prices are {stored[older[0]].basis}, these are {basis}, and one series cannot be both; "
        "fetch the whole history again with --from and the first day that is stored."
    )


def _left_behind(ticker: str, bars: Sequence[Bar], stored: Mapping[date, Stored]) -> str:
    """Why these prices would leave older stored ones at another level, and so a step that was none; "" when they do not."""
    ratios = sorted(_ratios(bars, stored))
    first = min((bar.session for bar in bars), default=date.max)
    if len(ratios) <= MOVED_SESSIONS or not any(session < first for session in stored):
        return ""
    usual = ratios[len(ratios) // 2]
    is_even = ratios[-2] / ratios[1] - 1 < MOVED
    if abs(usual - 1) <= MOVED or not is_even or abs(usual / UNIT - 1) < MOVED or abs(usual * UNIT - 1) < MOVED:
        return ""
    return (
        f"{ticker}: the closes are {usual:.3g} times the stored ones of the same {len(ratios)} sessions, and older ones would be "
        "left at their level; give the whole history, or fetch it with --from and the first day that is stored."
    )


def _ratios(bars: Sequence[Bar], stored: Mapping[date, Stored]) -> list[float]:
    """New over stored close of the sessions that both have."""
    return [bar.close / stored[bar.session].close for bar in bars if bar.session in stored and not isnan(bar.close)]


def _moved(bars: Sequence[Bar], stored: Mapping[date, Stored]) -> str:
    """In words, when old closes moved in a way that no split explains; "" otherwise."""
    moved = sorted(ratio for ratio in _ratios(bars, stored) if abs(ratio - 1) > MOVED)
    if len(moved) <= MOVED_SESSIONS:
        return ""
    return (
        f"the provider's closes of {len(moved)} stored sessions are now {moved[len(moved) // 2]:.3g} times what they were, and no "
        "split explains it; the stored ones stay (fetch again with --from to accept the new ones)."
    )


def _remarks(ticker: str, findings: Sequence[Finding]) -> list[str]:
    """One sentence for each kind of finding, with its first day and how many more there are."""
    kinds: dict[tuple[str, bool, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda finding: finding.session):
        kind = re.sub(r"[\d.,:%-]+|\w+day\b", "#", finding.sentence)
        kinds.setdefault((finding.about, finding.bad, kind), []).append(finding)
    remarks = []
    for (about, bad, _), alike in kinds.items():
        more = f" and {len(alike) - 1} more" if len(alike) > 1 else ""
        verdict = "not stored" if bad else "stored, but doubtful"
        remarks.append(f"{ticker}: {about} of {alike[0].session}{more} {verdict}: {alike[0].sentence}.")
    return remarks
