"""
Prices into the store: provider → quotes → checks → bars and actions, as traded.

Each run asks for the days since the last one and the ten sessions before it again: providers correct themselves. What
the checks reject is not stored, and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from math import isnan

from data.calendars import Calendar, calendar_of
from data.catalog.records import Catalog, Listing
from data.errors import Offline, PriceError, RateLimited, UsageError
from data.prices import last_sessions, save_prices
from data.records import Action, Bar
from data.schema.store import Store
from ingest.prices.checks import findings_of
from ingest.prices.continuity import StoredCloses, continue_stored, stored_closes, unmoved
from ingest.prices.exchange_rules import UNKNOWN, ListingRules, rules_of
from ingest.prices.levels import NOTHING_KNOWN, Known
from ingest.prices.quotes import (
    Finding,
    History,
    PriceProvider,
    actions_of,
    bars_of,
    split_adjusted,
)
from ingest.prices.session_dates import closed_days, unfinished
from ingest.progress import Progress, Step, no_progress

LAG = timedelta(days=16)
"""Ten sessions with their weekends and a holiday: what is asked for again."""

FIRST_TIME = timedelta(days=3 * 365)
"""How far back a listing is fetched that the store has no prices of."""

BATCH = 25
"""Listings a revision: a killed run loses no more than these, and the next one asks for them again."""

GIVE_UP_AFTER = 3
"""Times in a row that a provider cannot be reached."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What of a history is stored, and the findings in it."""

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
    by_hand: bool = True,
    progress: Progress = no_progress,
) -> PriceRun:
    """
    Bring the prices of the listings up to date, or fetch them again `since` a day: then they replace what is stored.

    `by_hand`: a person named that day, and is believed where prices are at another level than the stored ones.
    A rate limit ends the run, and a provider that cannot be reached three times in a row; the last failure says how
    many listings were not asked for.
    """
    work = _Work(
        store, provider, catalog_hash, now, replaces=since is not None, is_trusted=since is not None and by_hand
    )
    last = last_sessions(store)
    starts = {listing: since or _start(last.get(listing.ticker), now) for listing in listings}
    done = 0
    for start, group in groupby(sorted(listings, key=starts.__getitem__), key=starts.__getitem__):
        for batch in batched(group, BATCH):
            histories: list[tuple[Listing, History]] = []
            for listing in batch:
                if work.stopped:
                    break
                progress(Step(work="prices", name=listing.ticker, done=done, total=len(listings)))
                histories += work.histories(listing, start)
                done += 1
            work.save(histories, start)
            if work.stopped:
                work.report_unasked(len(listings) - done)
                return work.run
    progress(Step(work="prices", name="", done=done, total=len(listings)))
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
        self,
        store: Store,
        provider: PriceProvider,
        catalog_hash: str,
        now: datetime,
        *,
        replaces: bool,
        is_trusted: bool,
    ) -> None:
        self._store, self._provider, self._catalog_hash, self._now = store, provider, catalog_hash, now
        self._replaces, self._is_trusted = replaces, is_trusted
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

    def report_unasked(self, number: int) -> None:
        """Say in the sentence of what ended the run how many listings were left."""
        if number:
            self.run.failures[-1] += f" {number} {'listing was' if number == 1 else 'listings were'} not asked for."

    def save(self, histories: Sequence[tuple[Listing, History]], start: date) -> None:
        stored = stored_closes(self._store, [history.ticker for _, history in histories], start - LAG)
        for has_actions in (True, False):  # a stored split is withdrawn only for those whose source knows of splits
            checked = [
                result
                for listing, history in histories
                if (history.basis != "adjusted") is has_actions
                and (result := self._checked(listing, history, stored.get(history.ticker, {}), start))
            ]
            if checked:
                self._write(checked, start if has_actions else None)

    def _write(self, checked: Sequence[Checked], actions_from: date | None) -> None:
        saved = save_prices(
            self._store,
            [bar for history in checked for bar in history.bars],
            [action for history in checked for action in history.actions],
            provider=self._provider.name,
            now=self._now,
            catalog_hash=self._catalog_hash,
            actions_from=actions_from,
        )
        self.run.bars += saved.bars
        self.run.revised += saved.revised
        self.run.actions += saved.actions

    def _checked(self, listing: Listing, history: History, stored: StoredCloses, start: date) -> Checked | None:
        """What of a history is stored; None, and a failure that says why, when it cannot continue what is stored."""
        calendar = calendar_of(listing.mic) if listing.mic else None
        continued = continue_stored(history, listing, stored, start, is_trusted=self._is_trusted)
        if isinstance(continued, str):
            self.run.failures.append(f"{listing.ticker}: {continued}")
            return None
        checked = check(continued.history, known=continued.known, rules=rules_of(listing, calendar), now=self._now)
        bars, moved = (checked.bars, "") if self._replaces else unmoved(checked.bars, stored)
        remarks = [*continued.history.remarks, moved, self._doubt(calendar, bars)]
        self.run.remarks += [f"{listing.ticker}: {remark}" for remark in remarks if remark]
        self.run.remarks += _remarks(listing.ticker, checked.findings)
        self.run.tickers += 1
        return replace(checked, bars=bars)

    def _doubt(self, calendar: Calendar | None, bars: Sequence[Bar]) -> str:
        """Once for an exchange, that its holidays are not known where these bars are; "" when they are."""
        if calendar is None or not bars or calendar.mic in self._doubted:
            return ""
        doubt = calendar.doubt(min(bar.session for bar in bars), max(bar.session for bar in bars))
        self._doubted |= {calendar.mic} if doubt else set()
        return doubt


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
