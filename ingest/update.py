"""
Bring the store up to date.

    sources | fetch | parse | link | stories | save | prices

Linking comes before grouping: two stories that read alike differ in the companies that they name. Each source is saved
in a transaction of its own; one that fails is reported and skipped, and the others go on.
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
from data.write.revisions import revision_info
from ingest.fetch.client import Fetcher, FetchResult
from ingest.fetch.schedule import (
    CLOCK_TOLERANCE,
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
from ingest.pipeline import Pipeline
from ingest.prices.quotes import PriceProvider
from ingest.prices.update import PriceRun, update_prices, wanted_listings
from ingest.progress import Progress, Step, no_progress
from ingest.workers import ContentReader

AT_ONCE = 8
"""Requests at the same time, each to another host: the fetcher sees to that."""

PRICES = Source(id="prices", name="Prices", url="https://finance.yahoo.com", every_minutes=360)
"""Prices have a state like a source, so that an hourly update does not ask for all of them every hour."""

LIMITED_SECONDS = 900


@dataclass(slots=True, kw_only=True)
class UpdateReport:
    """The result of an update: an attempt per due source, and the prices if they were due."""

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
        """Whether every source answered and no price failed."""
        return not self.failed and not (self.prices and self.prices.failures)


def update(
    store: Store,
    catalog: Catalog,
    *,
    only: Sequence[str] = (),
    fetcher: Fetcher | None = None,
    prices: PriceProvider | None = None,
    clock: Clock = utc_now,
    progress: Progress = no_progress,
) -> UpdateReport:
    """
    Fetch the sources that are due (or those named in `only`, due or not), save what is new, then the prices if given.

    StoreBusy when another run is active; UsageError for a sample store or an unknown source. A `progress` that raises
    Cancelled ends the run after the source that it reports; what was saved stays.
    """
    chosen_sources(catalog, only)  # an unknown name is reported before anything begins
    store = store.patient(WAIT_SECONDS)
    with active_run(store, "update", clock) as run:
        if warning := _clock_warning(store, clock()):
            progress(Step(work="sources", name="Clock", done=0, total=0, sentence=warning))
        catalog = current(catalog)  # an edit may have been applied since it was read: from here on none is
        remember_catalog(store, catalog, now=clock())
        chosen = chosen_sources(catalog, only)
        states = {source.id: state_for(source_state(store, source.id), source) for source in chosen}
        due = [source for source in chosen if only or is_due(states[source.id], clock())]
        work = _Update(store, catalog, run, UpdateReport(not_due=len(chosen) - len(due)))
        for source, fetched, seconds in _fetched(due, states, fetcher or Fetcher(), clock()):
            attempt = work.take(source, states[source.id], fetched, seconds)
            done = len(work.report.attempts)
            progress(Step(work="sources", name=source.name, done=done, total=len(due), sentence=attempt.sentence))
        if prices and not only:
            work.take_prices(prices, progress)
    return work.report


def _clock_warning(store: Store, now: datetime) -> str:
    """A sentence when this machine's clock is before the store's newest row; "" when it is not."""
    newest = revision_info(store, store.revision())
    if newest is None or newest.at <= now + CLOCK_TOLERANCE:
        return ""
    written = f"{newest.at:%Y-%m-%d %H:%M}"
    return f"This machine's clock says {now:%Y-%m-%d %H:%M} UTC, but the store was last written at {written}: check it."


def _fetched(
    due: Sequence[Source], states: Mapping[str, SourceState], fetcher: Fetcher, now: datetime
) -> Iterator[tuple[Source, Future[FetchResult], float]]:
    """Each source with its answer or error, and the seconds that it took, in the order of the answers."""
    seconds: dict[str, float] = {}

    def fetch(source: Source) -> FetchResult:
        begin = time.monotonic()
        try:
            return fetcher.fetch(source.url, validators_for(states[source.id], now))
        finally:
            seconds[source.id] = time.monotonic() - begin

    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fetch")
    try:
        source_of = {pool.submit(fetch, source): source for source in due}
        for future in as_completed(source_of):
            source = source_of[future]
            yield source, future, seconds[source.id]
    finally:  # after a cancellation, requests under way end by themselves: nobody waits for their deadlines
        pool.shutdown(wait=False, cancel_futures=True)


class _Update:
    """An update, source by source, and its report."""

    def __init__(self, store: Store, catalog: Catalog, run: Run, report: UpdateReport) -> None:
        self._store, self._catalog, self._run, self.report = store, catalog, run, report
        self._pipeline = Pipeline(store, catalog, kind="update")
        self._reader = ContentReader(catalog, self._pipeline.extractor)

    def take(self, source: Source, state: SourceState, fetched: Future[FetchResult], seconds: float) -> FetchAttempt:
        """Parse and save a source's answer, and record the attempt."""
        now = self._run.clock()
        try:
            answer = fetched.result()
            articles, remark = (0, "") if answer.unchanged else self._save(source, answer, now)
            outcome, after = "unchanged" if answer.unchanged else "ok", after_answer(state, source, answer, now)
        except (SourceError, StoreBusy) as problem:
            articles, remark, outcome, after = 0, str(problem), "failed", after_failure(state, problem, now)
        attempt = FetchAttempt(
            source=source.id, at=now, outcome=outcome, sentence=remark, articles=articles, seconds=seconds
        )
        self._record(attempt, after)
        return attempt

    def _save(self, source: Source, answer: FetchResult, now: datetime) -> tuple[int, str]:
        """The number of new articles, and the parser's warnings."""
        parsed = _parsed(source, answer, now)
        fresh = self._pipeline.new_articles(parsed.articles, source=source.id, fetched_at=now)
        saved = self._pipeline.save(fresh, self._reader.read, source=source.id, now=now)
        self.report.articles += saved.articles
        self.report.stories += saved.stories
        self.report.edited += saved.edited
        return saved.articles, " ".join(parsed.warnings)

    def _record(self, attempt: FetchAttempt, after: SourceState) -> None:
        self.report.attempts.append(attempt)
        with suppress(StoreBusy):  # an attempt that cannot be recorded: the source is due again at the next run
            record_fetch(self._store, attempt, after)
        self._run.counts[attempt.outcome] += 1
        self._run.counts["articles"] += attempt.articles
        self._run.partial |= attempt.outcome == "failed"
        self._run.beat()

    def take_prices(self, provider: PriceProvider, progress: Progress) -> None:
        """Update the prices, if they are due."""
        now, begin = self._run.clock(), time.monotonic()
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
        seconds = time.monotonic() - begin
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
