"""
Bring the store up to date.

    sources | fetch | parse | link | stories | save | prices

Linking comes before grouping: two stories that read alike are told apart by whom they name. Each source is a transaction
of its own; one that fails is reported and skipped, the others go on.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from data.catalog import current
from data.catalog.records import Catalog, Source
from data.errors import PriceError, RetryLater, SourceError, StoreBusy
from data.schema.store import Store
from data.source_state import FetchAttempt, SourceState, record_fetch, source_state
from data.write.catalog_versions import remember_catalog
from ingest.fetch.client import Fetcher, FetchResult
from ingest.fetch.schedule import (
    after_answer,
    after_failure,
    after_success,
    chosen_sources,
    is_due,
    state_for,
    validators_for,
)
from ingest.lease import WAIT_SECONDS, Clock, Run, active_run, utc_now
from ingest.parse import Format, Hints, Parsed, parse
from ingest.pipeline import Reader, Stories, ingest_articles
from ingest.prices.quotes import PriceProvider
from ingest.prices.update import PriceRun, update_prices, wanted_listings
from ingest.progress import Progress, Step, unseen

AT_ONCE = 8
"""Hosts asked at the same time. Each host is asked one thing at a time: the fetcher sees to that."""

PRICES = Source(id="prices", name="Prices", url="https://finance.yahoo.com", every_minutes=360)
"""Prices have a state as a source has, so that an hourly update does not ask for all of them every hour."""

LIMITED_SECONDS = 900


@dataclass(slots=True, kw_only=True)
class Report:
    """What an update did: one attempt a source that was due, and the prices when they were."""

    attempts: list[FetchAttempt] = field(default_factory=list)
    not_due: int = 0
    articles: int = 0
    stories: int = 0
    edited: int = 0
    prices: PriceRun | None = None

    @property
    def failed(self) -> list[FetchAttempt]:
        return [attempt for attempt in self.attempts if attempt.outcome == "failed"]

    @property
    def complete(self) -> bool:
        """Whether everything that was asked gave what it was asked for."""
        return not self.failed and not (self.prices and self.prices.failures)


def update(
    store: Store,
    catalog: Catalog,
    *,
    only: Sequence[str] = (),
    fetcher: Fetcher | None = None,
    prices: PriceProvider | None = None,
    clock: Clock = utc_now,
    progress: Progress = unseen,
) -> Report:
    """
    Fetch the sources that are due (or those named in `only`, due or not), save what is new, then the prices if given.

    StoreBusy when another run is active; UsageError for a sample store or an unknown source.
    """
    chosen_sources(catalog, only)  # a wrong name is said before anything begins
    store = store.patient(WAIT_SECONDS)
    with active_run(store, "update", clock) as run:
        catalog = current(catalog)  # an edit may have been applied since it was read: from here on none is
        remember_catalog(store, catalog, now=clock())
        chosen = chosen_sources(catalog, only)
        states = {source.id: state_for(source_state(store, source.id), source) for source in chosen}
        due = [source for source in chosen if only or is_due(states[source.id], clock())]
        work = _Update(store, catalog, run, Report(not_due=len(chosen) - len(due)))
        for source, coming, seconds in _as_they_come(due, states, fetcher or Fetcher(), clock()):
            attempt = work.take(source, states[source.id], coming, seconds)
            done = len(work.report.attempts)
            progress(Step(work="sources", name=source.name, done=done, total=len(due), sentence=attempt.sentence))
        if prices and not only:
            work.take_prices(prices, progress)
    return work.report


def _as_they_come(
    due: Sequence[Source], states: Mapping[str, SourceState], fetcher: Fetcher, now: datetime
) -> Iterator[tuple[Source, Future[FetchResult], float]]:
    """Each source with its answer, or the error that stands for it, and the seconds it took; as they come."""
    took: dict[str, float] = {}

    def ask(source: Source) -> FetchResult:
        begun = time.monotonic()
        try:
            return fetcher.fetch(source.url, validators_for(states[source.id], now))
        finally:
            took[source.id] = time.monotonic() - begun

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fetch") as pool:
        coming = {pool.submit(ask, source): source for source in due}
        for future in as_completed(coming):
            yield coming[future], future, took[coming[future].id]


class _Update:
    """An update under way."""

    def __init__(self, store: Store, catalog: Catalog, run: Run, report: Report) -> None:
        self._store, self._catalog, self._run, self.report = store, catalog, run, report
        self._stories = Stories(store, catalog)
        self._reader = Reader(catalog, self._stories.index)

    def take(self, source: Source, state: SourceState, coming: Future[FetchResult], seconds: float) -> FetchAttempt:
        """Parse and save what came, and remember how it went."""
        now = self._run.clock()
        try:
            answer = coming.result()
            articles, remark = (0, "") if answer.unchanged else self._save(source, answer, now)
            outcome, after = "unchanged" if answer.unchanged else "ok", after_answer(state, source, answer, now)
        except (SourceError, StoreBusy) as problem:
            articles, remark, outcome, after = 0, str(problem), "failed", after_failure(state, problem, now)
        attempt = FetchAttempt(
            source=source.id, at=now, outcome=outcome, sentence=remark, articles=articles, seconds=seconds
        )
        self._remember(attempt, after)
        return attempt

    def _save(self, source: Source, answer: FetchResult, now: datetime) -> tuple[int, str]:
        """How many articles were new, and what was odd about the answer."""
        parsed = _parsed(source, answer, now)
        saved = ingest_articles(
            self._store,
            parsed.articles,
            source=source.id,
            kind="update",
            read=self._reader.read,
            stories=self._stories,
            catalog_hash=self._catalog.hash,
            model_hash=self._catalog.model.hash,
            now=now,
        )
        self.report.articles += saved.articles
        self.report.stories += saved.stories
        self.report.edited += saved.edited
        rejected = (f"{parsed.rejected} entries had nothing to read.",) if parsed.rejected else ()
        return saved.articles, " ".join((*parsed.warnings, *rejected))

    def _remember(self, attempt: FetchAttempt, after: SourceState) -> None:
        self.report.attempts.append(attempt)
        with suppress(StoreBusy):  # what cannot be kept of it now: the source is due again at the next run
            record_fetch(self._store, attempt, after)
        self._run.counts[attempt.outcome] += 1
        self._run.counts["articles"] += attempt.articles
        self._run.partial |= attempt.outcome == "failed"
        self._run.beat()

    def take_prices(self, provider: PriceProvider, progress: Progress) -> None:
        """Ask for the prices, when they are due."""
        now, begun = self._run.clock(), time.monotonic()
        state = source_state(self._store, PRICES.id)
        if not is_due(state, now):
            return

        listings = wanted_listings(self._catalog)
        prices = update_prices(
            self._store,
            provider,
            listings,
            catalog_hash=self._catalog.hash,
            now=now,
            progress=self._run.beating(progress),
        )
        self.report.prices = prices
        sentence = " ".join(prices.failures[:3])
        if prices.limited:
            after = after_failure(state, RetryLater(sentence, LIMITED_SECONDS), now)
        elif prices.tickers:
            after = after_success(state, PRICES, now)
        else:
            after = after_failure(state, PriceError(sentence), now)
        outcome = "ok" if prices.tickers and not prices.limited else "failed"
        seconds = time.monotonic() - begun
        self._run.partial |= bool(prices.failures)
        self._run.counts["bars"] += prices.bars
        record_fetch(
            self._store,
            FetchAttempt(source=PRICES.id, at=now, outcome=outcome, sentence=sentence, seconds=seconds),
            after,
        )


def _parsed(source: Source, answer: FetchResult, now: datetime) -> Parsed:
    hints = Hints(
        now=now,
        url=answer.url,
        content_type=answer.content_type,
        publisher=source.publisher,
        lang=source.lang,
        timezone=source.timezone,
    )
    return parse(answer.body, hints, format=cast(Format, source.format))
