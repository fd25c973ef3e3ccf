"""
Known then against known now: a view at the revision of its proof link and at the newest one, and why they differ.

    request, newest → counts by period at both → chart
                    → the ledger's cause for each story gained or lost → one sentence
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.cache.counts import load_cells
from dashboard.formatting import count_words
from dashboard.page_data import read_page
from dashboard.page_data.articles import ArticlesData
from dashboard.page_data.page import PageData
from dashboard.page_data.request import Request
from dashboard.proofs.catalog_changes import catalog_words
from data.read.changes import PriceChanges, price_changes, story_changes
from data.schema.models import ALL

PERIOD_COLUMNS = ["period", "stories", "articles", "all_stories", "share"]
NO_PRICE_CHANGES = PriceChanges(revised=0, added=0, actions=0)

CAUSES = {
    ("gained", "late"): "+{n} from articles that arrived later",
    ("gained", "relinked"): "+{n} relinked",
    ("lost", "relinked"): "−{n} relinked",
    ("gained", "corrected"): "+{n} by a correction",
    ("lost", "corrected"): "−{n} by a correction",
    ("gained", "edited"): "+{n} whose text was edited",
    ("lost", "edited"): "−{n} whose text was edited",
    ("lost", "moved"): "−{n} moved out of these dates by an earlier article",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """
    then, now: columns period, stories, articles, all_stories, share, summed over the view's subjects; empty for a page
    of articles.

    counts, all_stories: then, now; causes: (gained | lost, cause) → stories; shifted: stories that count on another day
    within the same dates; other_changes: of the page's other numbers and of the catalog; unit: singular and plural.
    """

    then: pd.DataFrame
    now: pd.DataFrame
    counts: tuple[int, int]
    all_stories: tuple[int, int]
    causes: Counter[tuple[str, str]]
    shifted: int
    prices: PriceChanges
    unit: tuple[str, str]
    other_changes: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """12 stories then, 26 now: +14 from articles that arrived later, 1 moved to another day; 1 price revised."""
        then, now = self.counts
        why = [CAUSES[key].format(n=f"{self.causes[key]:,}") for key in CAUSES if self.causes[key]]
        why += [f"{self.shifted:,} moved to another day"] if self.shifted else []
        others = [*self.other_changes, *_price_words(self.prices)]
        if self.all_stories[0] != self.all_stories[1]:
            others.append(f"all stories: {self.all_stories[0]:,} then, {self.all_stories[1]:,} now")
        if then == now and not why:
            head = f"{count_words(then, *self.unit)} then and now"
            return f"{head}; {'; '.join(others)}." if others else f"{head}: nothing in this view has changed since."
        head = f"{count_words(then, *self.unit)} then, {now:,} now"
        return "; ".join([f"{head}: {', '.join(why)}" if why else head, *others]) + "."


def difference(request: Request, newest: int) -> Difference:
    """The view at its revision and at the newest one, and why the two differ."""
    then, now = read_page(request), read_page(request.at(newest))
    if isinstance(then, ArticlesData):
        return _articles_difference(then, newest)
    changes = story_changes(request.store, then.subjects, now.request.filters, since=request.rev)
    then_periods, now_periods = (summed(page.request, then.subjects) for page in (then, now))
    return Difference(
        then=then_periods,
        now=now_periods,
        counts=(changes.then, changes.now),
        all_stories=(int(then_periods["all_stories"].sum()), int(now_periods["all_stories"].sum())),
        causes=Counter(zip(changes.rows["change"], changes.rows["cause"], strict=True)),
        shifted=changes.shifted,
        prices=price_changes(request.store, then.tickers, *then.price_days, since=request.rev, until=newest),
        unit=then.unit,
        other_changes=_other_changes(then, now),
    )


def _other_changes(then: PageData, now: PageData) -> tuple[str, ...]:
    """The changes in what a page counts besides stories, and in the catalog."""
    before, after = then.other_count, now.other_count
    in_catalog = catalog_words(then, now)
    if before is None or after is None or before == after:
        return in_catalog
    return (f"{before[0]}: {before[1]:,} then, {after[1]:,} now", *in_catalog)


def _articles_difference(page: ArticlesData, newest: int) -> Difference:
    then, now, causes = page.changes(newest)
    empty = pd.DataFrame(columns=PERIOD_COLUMNS)
    return Difference(
        then=empty,
        now=empty,
        counts=(then, now),
        all_stories=(0, 0),
        causes=causes,
        shifted=0,
        prices=NO_PRICE_CHANGES,
        unit=page.unit,
    )


def _price_words(prices: PriceChanges) -> list[str]:
    parts = [
        f"{count_words(prices.revised, 'price')} revised" if prices.revised else "",
        f"{count_words(prices.added, 'price')} added" if prices.added else "",
        f"{count_words(prices.actions, 'split or dividend', 'splits or dividends')} changed" if prices.actions else "",
    ]  # fmt: skip
    return [", ".join(words for words in parts if words)] if any(parts) else []


def summed(request: Request, subjects: Sequence[str]) -> pd.DataFrame:
    """Columns period, stories, articles, all_stories, share: the sums over some subjects. "" is all stories."""
    keys = tuple(subject or ALL for subject in subjects)
    cells = load_cells(request.url, keys, request.filters, request.grain)
    if len(keys) == 1:
        return cells[PERIOD_COLUMNS]
    every = load_cells(request.url, (ALL,), request.filters.for_all(), request.grain)
    sums = cells.groupby("period", as_index=False)[["stories", "articles"]].sum()
    # Several subjects' stories overlap: their sum is not a share of anything.
    periods = every[["period"]].merge(sums, how="left").fillna(0)
    return periods.assign(all_stories=every["stories"], share=float("nan"))
