"""What a person at a terminal sees of a run: bars there, plain lines in a log or a pipe. Results go to stdout, the rest to stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from ingest.progress import Progress, Step

LINE_SECONDS = 5.0
"""A plain line so often, for work whose steps have nothing to say."""


def say(sentence: str) -> None:
    """A result, on stdout."""
    print(sentence, flush=True)


def warn(sentence: str) -> None:
    """What a person should know besides the result, on stderr."""
    print(sentence, file=sys.stderr, flush=True)


@contextmanager
def progress_shown() -> Iterator[Progress]:
    """A progress callback for the block, drawn on stderr."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines()
        return
    columns = (
        TextColumn("{task.fields[work]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Bars(*columns, console=console, transient=True) as bars:
        yield _Drawn(bars)


class _Drawn:
    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks = {task.fields["work"]: task.id for task in bars.tasks}

    def __call__(self, step: Step) -> None:
        if step.work not in self._tasks:
            self._tasks[step.work] = self._bars.add_task("", work=step.work, total=step.total)
        self._bars.update(self._tasks[step.work], completed=step.done, total=step.total, description=step.name[:40])
        if step.sentence:
            self._bars.console.print(f"{step.name}: {step.sentence}", markup=False, highlight=False)


class _Lines:
    def __init__(self) -> None:
        self._next_at = time.monotonic() + LINE_SECONDS

    def __call__(self, step: Step) -> None:
        if step.sentence:
            warn(f"{step.name}: {step.sentence}")
        elif time.monotonic() >= self._next_at:
            warn(f"{step.work}: {step.done:,} of {step.total:,}" + (f" ({step.name})" if step.name else ""))
            self._next_at = time.monotonic() + LINE_SECONDS
