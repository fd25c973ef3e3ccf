"""What a run did, in words: results on stdout, what went wrong on stderr."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from data.catalog.records import Catalog
from data.read.receipts import articles_by_id
from data.schema.store import Store
from data.write.links import Effect
from ingest.console import say, warn
from ingest.import_files import Imported
from ingest.prices.update import PriceRun
from ingest.update import Report

MOST_EXPLAINED = 5
EXAMPLES = 2


def tell_update(report: Report) -> None:
    counted = Counter(attempt.outcome for attempt in report.attempts)
    later = f" {report.not_due} are not due yet." if report.not_due else ""
    say(
        f"{_counted(len(report.attempts), 'source', 'sources')} asked: {counted['ok']} answered, "
        f"{counted['unchanged']} had nothing new, {counted['failed']} failed.{later}"
    )
    say(
        f"{_counted(report.articles, 'new article', 'new articles')} in {_counted(report.stories, 'new story', 'new stories')}, "
        f"{report.edited:,} edited."
    )
    for attempt in report.failed:
        warn(f"{attempt.source}: {attempt.sentence}")
    if report.prices:
        tell_prices(report.prices)


def tell_import(done: Imported) -> None:
    new = f"{_counted(done.stories, 'story', 'stories')} stored" if done.articles else "nothing new"
    counts = f"{done.articles:,} new, {done.edited:,} edited, {done.known:,} known already"
    rejected = f", {done.rejected:,} not read" if done.rejected else ""
    say(f"{done.path.name}: {new} (articles: {counts}{rejected}).")
    for warning in done.warnings:
        warn(f"{done.path.name}: {warning}")
    if done.problem:
        warn(f"{done.path.name}: {done.problem}")


def tell_prices(run: PriceRun) -> None:
    say(
        f"Prices of {_counted(run.tickers, 'listing', 'listings')}: {run.bars:,} new sessions, {run.revised:,} corrected, "
        f"{_counted(run.actions, 'split or dividend', 'splits and dividends')}."
    )
    for sentence in (*run.remarks, *run.failures):
        warn(sentence)


def tell_relink(effect: Effect, catalog: Catalog, *, dry_run: bool, store: Store) -> None:
    """What changes, the subject that changes most first; of the first of them some stories that come and go, by title."""
    verb = "would change" if dry_run else "changed"
    say(f"The links of {_counted(effect.articles, 'article', 'articles')} {verb}.")
    moved = {
        key: (effect.gained.get(key, 0), effect.lost.get(key, 0)) for key in effect.gained.keys() | effect.lost.keys()
    }
    for place, (key, (gained, lost)) in enumerate(sorted(moved.items(), key=lambda each: (-sum(each[1]), each[0]))):
        say(f"{catalog.subject_name(key)} ({key}): +{gained:,} / −{lost:,} stories")
        if place < MOST_EXPLAINED:
            _tell_examples(effect.moves[effect.moves["subject"] == key], store)


def _tell_examples(moves: pd.DataFrame, store: Store) -> None:
    """The newest stories that a subject gains and loses. moves: as an Effect has them."""
    for sign, change in (("+", 1), ("−", -1)):
        newest = moves[moves["change"] == change].sort_values(["day", "story"], ascending=False).head(EXAMPLES)
        for title in articles_by_id(store, newest["article"].tolist())["title"]:
            say(f"    {sign} {title}")


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
