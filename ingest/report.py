"""
The progress and results of a run, for a person at a terminal.

Results go to stdout, everything else to stderr. Progress is drawn as bars on a terminal, and as lines in a log or pipe.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ingest.progress import Progress, Step

if TYPE_CHECKING:  # commands that report none of these start faster without them
    import pandas as pd
    from rich.progress import Progress as Bars

    from data.backup import Copy
    from data.catalog.records import Catalog
    from data.schema.store import Store
    from data.write.links import Effect
    from ingest.import_files import Imported
    from ingest.prices.update import PriceRun
    from ingest.update import UpdateReport

LINE_SECONDS = 5.0
"""The time between two lines of progress, for steps without a sentence of their own."""

MOST_EXPLAINED = 5  # subjects
EXAMPLES = 2  # stories gained, and stories lost


def say(sentence: str) -> None:
    """A result, on stdout."""
    print(sentence, flush=True)


def warn(sentence: str) -> None:
    """Anything else that a person should know, on stderr."""
    print(sentence, file=sys.stderr, flush=True)


def report_copy(copy: Copy, done: str) -> None:
    say(f"{done} {copy.path}: revision {copy.revision:,}, {copy.size / 1e6:,.1f} MB, checked whole.")


@contextmanager
def progress_shown() -> Iterator[Progress]:
    """A progress callback for the block, drawn on stderr."""
    if not sys.stderr.isatty():
        yield _ProgressLines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.fields[work]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _ProgressBars(bars)


class _ProgressBars:
    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks = {task.fields["work"]: task.id for task in bars.tasks}

    def __call__(self, step: Step) -> None:
        if step.work not in self._tasks:
            self._tasks[step.work] = self._bars.add_task("", work=step.work, total=step.total)
        self._bars.update(self._tasks[step.work], completed=step.done, total=step.total, description=step.name[:40])
        if step.sentence:
            self._bars.console.print(f"{step.name}: {step.sentence}", markup=False, highlight=False)


class _ProgressLines:
    def __init__(self) -> None:
        self._next_at = time.monotonic() + LINE_SECONDS

    def __call__(self, step: Step) -> None:
        if step.sentence:
            warn(f"{step.name}: {step.sentence}")
        elif time.monotonic() >= self._next_at:
            warn(f"{step.work}: {step.done:,} of {step.total:,}" + (f" ({step.name})" if step.name else ""))
            self._next_at = time.monotonic() + LINE_SECONDS


def report_update(report: UpdateReport) -> None:
    outcomes = Counter(attempt.outcome for attempt in report.attempts)
    not_due = f" {report.not_due} are not due yet." if report.not_due else ""
    say(
        f"{_count(len(report.attempts), 'source', 'sources')} asked: {outcomes['ok']} answered, "
        f"{outcomes['unchanged']} had nothing new, {outcomes['failed']} failed.{not_due}"
    )
    articles = _count(report.articles, "new article", "new articles")
    say(f"{articles} in {_count(report.stories, 'new story', 'new stories')}, {report.edited:,} edited.")
    for attempt in report.failed:
        warn(f"{attempt.source}: {attempt.sentence}")
    if report.prices:
        report_prices(report.prices)


def report_import(imported: Imported) -> None:
    name = imported.path.name
    result = f"{_count(imported.stories, 'story', 'stories')} stored" if imported.articles else "nothing new"
    counts = f"{imported.articles:,} new, {imported.edited:,} edited, {imported.known:,} known already"
    rejected = f", {imported.rejected:,} not read" if imported.rejected else ""
    say(f"{name}: {result} (articles: {counts}{rejected}).")
    for warning in imported.warnings:
        warn(f"{name}: {warning}")
    if imported.problem:
        warn(f"{name}: {imported.problem}")
    if remarks := _dates_and_left_out(imported):
        warn(f"{name}: {'; '.join(remarks)}.")


def _dates_and_left_out(imported: Imported) -> list[str]:
    """
    What an import's last line says: whose dates were missing, unreadable, guessed or without a zone; what is not in.
    """
    counts = (
        (imported.undated, "without a usable date are under the day of the import", "title"),
        (imported.unread_dates, "had a date that could not be read", "date"),
        (imported.guessed, "were given a date by guess", "date"),
        (imported.local, f"had a time without a zone, read as {imported.timezone} (--timezone)", "title"),
    )
    remarks = [
        f"{count.number:,} {sentence} (first {kind}: {count.example[:80]})"
        for count, sentence, kind in counts
        if count.number
    ]
    return [*remarks, f"{imported.rejected:,} left out"] if imported.rejected else remarks


def report_prices(run: PriceRun) -> None:
    listings = _count(run.tickers, "listing", "listings")
    actions = _count(run.actions, "split or dividend", "splits and dividends")
    say(f"Prices of {listings}: {run.bars:,} new sessions, {run.revised:,} corrected, {actions}.")
    for sentence in (*run.remarks, *run.failures):
        warn(sentence)


def report_relink(effect: Effect, catalog: Catalog, *, dry_run: bool, store: Store) -> None:
    """What changes, by subject, the largest change first; with some examples for the first subjects."""
    verb = "would change" if dry_run else "changed"
    say(f"The links of {_count(effect.articles, 'article', 'articles')} {verb}.")
    changes = {
        subject: (effect.gained.get(subject, 0), effect.lost.get(subject, 0))
        for subject in effect.gained.keys() | effect.lost.keys()
    }
    largest_first = sorted(changes.items(), key=lambda change: (-sum(change[1]), change[0]))
    for rank, (subject, (gained, lost)) in enumerate(largest_first):
        say(f"{catalog.subject_name(subject)} ({subject}): +{gained:,} / −{lost:,} stories")
        if rank < MOST_EXPLAINED:
            _report_examples(effect.moves[effect.moves["subject"] == subject], store)


def _report_examples(moves: pd.DataFrame, store: Store) -> None:
    """The titles of the newest stories that a subject gains and loses. `moves` is a part of an Effect's."""
    from data.read.receipts import articles_by_id

    for sign, change in (("+", 1), ("−", -1)):
        newest = moves[moves["change"] == change].sort_values(["day", "story"], ascending=False).head(EXAMPLES)
        for title in articles_by_id(store, newest["article"].tolist())["title"]:
            say(f"    {sign} {title}")


def _count(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
