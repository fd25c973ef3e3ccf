"""The store's lease around a run: one at a time, alive while it beats, ended with what it did."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from data.errors import UsageError
from data.schema.store import Store
from data.source_state import ActiveRun, begin_run

Clock = Callable[[], datetime]

BEAT_SECONDS = 10.0


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
            self._active.beat(self.clock(), self.counts)
            self._beat_at = time.monotonic()


@contextmanager
def active_run(store: Store, kind: str, clock: Clock = utc_now) -> Iterator[Run]:
    """
    Hold the store's lease for the block; the run ends as done, partial or failed.

    StoreBusy when another run holds it; UsageError for a sample store: the sample never mixes with live data.
    """
    if store.is_sample:
        raise UsageError(f"{store.url} holds the bundled sample; live data goes into a store of its own (see --store).")
    active = begin_run(store, kind, clock())
    run = Run(active, clock)
    try:
        yield run
    except BaseException:
        active.end("failed", clock(), run.counts)
        raise
    active.end("partial" if run.partial else "done", clock(), run.counts)
