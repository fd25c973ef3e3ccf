"""The store's lease around a run: one at a time, alive while it beats, ended with what it did."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from data.errors import Cancelled, StoreBusy, StoreError, UsageError
from data.schema.store import Store
from data.source_state import ActiveRun, begin_run
from ingest.progress import Progress, Step, no_progress

Clock = Callable[[], datetime]

BEAT_SECONDS = 10.0
WAIT_SECONDS = 120.0
"""How long a run waits for another program's write, and an edit for another run's end."""
LOOK_SECONDS = 0.5


def utc_now() -> datetime:
    return datetime.now(UTC)


class Run:
    """A run under way: `counts` and `partial` are what it says of itself at its end."""

    def __init__(self, active: ActiveRun, clock: Clock) -> None:
        self._active, self.clock, self._beat_at = active, clock, time.monotonic()
        self.counts: Counter[str] = Counter()
        self.partial = False

    def beat(self) -> None:
        """Show a sign of life, at most every few seconds."""
        if time.monotonic() - self._beat_at >= BEAT_SECONDS:
            with suppress(StoreBusy):
                self._active.beat(self.clock(), self.counts)
            self._beat_at = time.monotonic()

    def beating(self, progress: Progress) -> Progress:
        """The same progress, with a sign of life at each step."""

        def step_shown(step: Step) -> None:
            self.beat()
            progress(step)

        return step_shown


@contextmanager
def active_run(
    store: Store,
    kind: str,
    clock: Clock = utc_now,
    *,
    wait_seconds: float = 0.0,
    progress: Progress = no_progress,
    on_sample: bool = False,
) -> Iterator[Run]:
    """
    Hold the store's lease for the block; the run ends as done, partial, cancelled or failed.

    Waits up to `wait_seconds` for another run that holds it, then StoreBusy. UsageError for a sample store, unless
    `on_sample`: the sample never mixes with live data.
    """
    if store.is_sample and not on_sample:
        raise UsageError(f"{store.url} holds the bundled sample; live data goes into a store of its own (see --store).")
    active = _begun(store, kind, clock, wait_seconds, progress)
    run = Run(active, clock)
    try:
        yield run
    except BaseException as problem:
        with suppress(StoreError):  # the store itself may be what failed
            active.end("cancelled" if isinstance(problem, Cancelled) else "failed", clock(), run.counts)
        raise
    with suppress(StoreBusy):  # what was done is saved; the lease of an ended process runs out by itself
        active.end("partial" if run.partial else "done", clock(), run.counts)


def _begun(store: Store, kind: str, clock: Clock, wait_seconds: float, progress: Progress) -> ActiveRun:
    began = time.monotonic()
    while True:
        try:
            return begin_run(store, kind, clock())
        except StoreBusy as busy:
            if time.monotonic() - began >= wait_seconds:
                raise
            progress(Step(work=kind, name=f"Waiting: {str(busy).partition(';')[0]}", done=0, total=0))
            time.sleep(LOOK_SECONDS)
