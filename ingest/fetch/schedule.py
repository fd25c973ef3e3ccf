"""Which sources are due, and the state of a source after each answer: pure decisions on catalog and stored state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data.catalog.records import Catalog, Source
from data.errors import Gone, RetryLater, SourceError, StoreBusy, UsageError
from data.source_state import SourceState
from ingest.fetch.client import FetchResult, Validators, public_form
from ingest.fetch.status import back_off_seconds

FULL_EVERY = timedelta(days=1)
"""How often a source is asked unconditionally: some servers answer "not modified" although it was."""

CLOCK_TOLERANCE = timedelta(minutes=2)
LONGEST_BACK_OFF = timedelta(days=1, minutes=2)

EARLY = 0.9
"""A source is due a little early, or an hourly job would find an hourly source due only every other hour."""


def chosen_sources(catalog: Catalog, names: Sequence[str] = ()) -> list[Source]:
    """The enabled sources, or the named ones. UsageError for an unknown or disabled one."""
    if not names:
        return [source for source in catalog.sources.values() if source.enabled]
    for name in names:
        if name not in catalog.sources:
            raise UsageError(f"There is no source {name}; use an id from sources.toml.")
        source = catalog.sources[name]
        if not source.enabled:
            raise UsageError(
                f"The source {name} is disabled: {source.reason} Set enabled = true in sources.toml to use it anyway."
            )
    return [catalog.sources[name] for name in names]


def state_for(state: SourceState, source: Source) -> SourceState:
    """
    The stored state, if it belongs to the source's present address; otherwise an empty one.

    After a correction of the address, failures, pause and validators of the old one mean nothing. A state from
    before addresses were stored is taken to belong to the present one, unless it is paused.
    """
    url = public_form(source.url)
    if state.url == url or not (state.url or state.paused):
        return replace(state, url=url)
    return SourceState(source=source.id, url=url)


def is_due(state: SourceState, now: datetime) -> bool:
    """Whether a source may be asked again; one that was last asked by a clock that stood in the future may."""
    if state.paused:
        return False
    ahead = state.last_ok_at is not None and state.last_ok_at > now + CLOCK_TOLERANCE
    failed_ahead = state.failures > 0 and state.next_due_at is not None and state.next_due_at > now + LONGEST_BACK_OFF
    return state.next_due_at is None or state.next_due_at <= now or ahead or failed_ahead


def validators_for(state: SourceState, now: datetime) -> Validators:
    """The validators to send: those of the last answer, or once a day the hash alone, to ask unconditionally."""
    if state.last_full_at is None or abs(now - state.last_full_at) >= FULL_EVERY:
        return Validators(body_hash=state.body_hash)
    return Validators(etag=state.etag, last_modified=state.last_modified, body_hash=state.body_hash)


def after_answer(state: SourceState, source: Source, fetched: FetchResult, now: datetime) -> SourceState:
    """The state after a good answer, once its articles are saved."""
    sent = validators_for(state, now)
    unconditional = not (sent.etag or sent.last_modified)
    return replace(
        after_success(state, source, now),
        etag=fetched.validators.etag,
        last_modified=fetched.validators.last_modified,
        body_hash=fetched.validators.body_hash,
        last_full_at=now if unconditional else state.last_full_at,
        moved_to=fetched.moved_to,
    )


def after_success(state: SourceState, source: Source, now: datetime) -> SourceState:
    """The state after a successful fetch."""
    due = now + timedelta(minutes=source.every_minutes) * EARLY
    return replace(state, last_ok_at=now, next_due_at=due, failures=0, last_error="", paused=False)


def after_failure(
    state: SourceState, problem: SourceError | StoreBusy, now: datetime, *, spread: float | None = None
) -> SourceState:
    """The state after a failure: the validators of the last good answer stay, the next attempt comes later."""
    failures = state.failures + 1
    wait = problem.seconds if isinstance(problem, RetryLater) else back_off_seconds(failures, spread=spread)
    return replace(
        state,
        failures=failures,
        last_error=str(problem),
        next_due_at=now + timedelta(seconds=wait),
        paused=isinstance(problem, Gone),
    )
