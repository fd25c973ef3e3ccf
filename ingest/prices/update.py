"""
Prices into the store: provider → quotes → checks → bars and actions, as traded.

Each run asks for the days since the last one and the ten sessions before it again: providers correct themselves. What the
checks reject is not stored and is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from math import isnan, nan

from data.catalog.records import Catalog, Listing
from data.errors import Offline, PriceError, RateLimited, UsageError
from data.prices import bars_between, last_sessions, save_prices
from data.records import Action, Bar
from data.schema.store import Store
from ingest.prices.checks import Finding, findings_of
from ingest.prices.quotes import History, PriceProvider, actions_of, bars_of, split_adjusted
from ingest.report import Progress, Step, no_progress

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


Known = dict[date, tuple[float, str]]
"""Close and basis of the sessions that the store has."""


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
    """What of a history is stored, and what was found in it."""

    bars: list[Bar]
    actions: list[Action]
    findings: list[Finding]


def wanted_listings(catalog: Catalog, tickers: Sequence[str] = ()) -> list[Listing]:
    """Benchmarks, exchange rates, each company's main listing, then the others; or the given tickers alone. UsageError for an unknown one."""
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
    progress: Progress = no_progress,
) -> PriceRun:
    """
    Bring the prices of the listings up to date, or fetch them again `since` a day.

    A rate limit ends the run, and a provider that cannot be reached three times in a row; the last failure says how many
    listings were not asked for.
    """
    work = _Work(store, provider, catalog_hash, now, trusted=since is not None)
    last = last_sessions(store)
    starts = {listing: since or _start(last.get(listing.ticker), now) for listing in listings}
    asked = 0
    for start, group in groupby(sorted(listings, key=starts.__getitem__), key=starts.__getitem__):
        for batch in batched(group, BATCH):
            histories: list[History] = []
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


def check(history: History) -> Checked:
    """The bars and actions to store, without what cannot be right."""
    findings = findings_of(split_adjusted(history))
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
        self, store: Store, provider: PriceProvider, catalog_hash: str, now: datetime, *, trusted: bool
    ) -> None:
        self._store, self._provider, self._catalog_hash, self._now = store, provider, catalog_hash, now
        self._trusted = trusted  # the user asked for these days: they replace what is stored
        self._unreached = 0
        self.stopped = False
        self.run = PriceRun()

    def histories(self, listing: Listing, start: date) -> list[History]:
        """The listing's history, if it came."""
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
        return [history]

    def tell_unasked(self, number: int) -> None:
        """Say in the sentence of what ended the run how many listings were left."""
        if number:
            self.run.failures[-1] += f" {number} {'listing was' if number == 1 else 'listings were'} not asked for."

    def save(self, histories: Sequence[History], start: date) -> None:
        stored = _stored(self._store, [history.ticker for history in histories], start)
        bars: list[Bar] = []
        actions: list[Action] = []
        for history in histories:
            if problem := _other_basis(history, stored.get(history.ticker, {}), start):
                self.run.failures.append(problem)
                continue
            checked = check(history)
            self.run.remarks += _remarks(history.ticker, checked.findings)
            bars += self._accepted(history.ticker, checked.bars, stored.get(history.ticker, {}))
            actions += checked.actions
            self.run.tickers += 1
        has_actions = all(history.basis != "adjusted" for history in histories)
        saved = save_prices(
            self._store,
            bars,
            actions,
            provider=self._provider.name,
            now=self._now,
            catalog_hash=self._catalog_hash,
            actions_from=start if has_actions else None,
        )
        self.run.bars += saved.bars
        self.run.revised += saved.revised
        self.run.actions += saved.actions

    def _accepted(self, ticker: str, bars: list[Bar], stored: Known) -> list[Bar]:
        moved = "" if self._trusted else _moved(bars, stored)
        if not moved:
            return bars
        self.run.remarks.append(f"{ticker}: {moved}")
        return [bar for bar in bars if bar.session not in stored]


def _stored(store: Store, tickers: Sequence[str], start: date) -> dict[str, Known]:
    """Close and basis of what the store has, from a little before the first session that was asked for."""
    if not tickers:
        return {}
    frame = bars_between(store, tickers, start - LAG, date.max)
    stored: dict[str, Known] = {}
    rows = zip(frame["ticker"], frame["session"], frame["close"], frame["basis"], strict=True)
    for ticker, session, close, basis in rows:
        stored.setdefault(ticker, {})[session.date()] = (float(close), basis)
    return stored


def _other_basis(history: History, stored: Known, start: date) -> str:
    """Why the history cannot continue what is stored; "" when it can."""
    basis = "adjusted" if history.basis == "adjusted" else "traded"
    older = [session for session, (_, known) in stored.items() if session < start and known != basis]
    if not older:
        return ""
    return (
        f"{history.ticker}: the stored prices are {stored[older[0]][1]}, these are {basis}, and one series cannot be both; "
        "fetch the whole history again with --from and the first day that is stored."
    )


def _moved(bars: Sequence[Bar], stored: Known) -> str:
    """In words, when old closes moved in a way that no split explains; "" otherwise."""
    ratios = [bar.close / stored.get(bar.session, (nan, ""))[0] for bar in bars]
    moved = [ratio for ratio in ratios if not isnan(ratio) and abs(ratio - 1) > MOVED]
    if len(moved) <= MOVED_SESSIONS:
        return ""
    usual = sorted(moved)[len(moved) // 2]
    return (
        f"the provider's closes of {len(moved)} stored sessions are now {usual:.3g} times what they were, and no split explains "
        "it; the stored ones stay (fetch again with --from to accept the new ones)."
    )


def _remarks(ticker: str, findings: Sequence[Finding]) -> list[str]:
    """One sentence for each kind of finding, with its first day and how many more there are."""
    counted = Counter((finding.about, finding.bad) for finding in findings)
    remarks = []
    for (about, bad), count in counted.items():
        first = next(finding for finding in findings if (finding.about, finding.bad) == (about, bad))
        more = f" and {count - 1} more" if count > 1 else ""
        verdict = "not stored" if bad else "stored, but doubtful"
        remarks.append(f"{ticker}: {about} of {first.session}{more} {verdict}: {first.sentence}.")
    return remarks
