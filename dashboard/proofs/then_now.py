"""
Known then against known now: a view at the revision of its proof link and at the newest one, and why they differ.

    request, newest → counts by period, both → chart
                    → what the ledger says of each story that came or went → one sentence
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
    then, now: columns period, stories, articles, all_stories, share, summed over the view's subjects; empty for a page of
    articles.

    causes: (gained | lost, cause) → stories; shifted: stories that count on another day within the same dates; further:
    what else the page shows, then and now; unit: what is counted, singular and plural.
    """

    then: pd.DataFrame
    now: pd.DataFrame
    counted: tuple[int, int]
    all_stories: tuple[int, int]
    causes: Counter[tuple[str, str]]
    shifted: int
    prices: PriceChanges
    unit: tuple[str, str]
    further: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """12 stories then, 26 now: +14 from articles that arrived later, 1 moved to another day; 1 price revised."""
        then, now = self.counted
        why = [CAUSES[key].format(n=f"{self.causes[key]:,}") for key in CAUSES if self.causes[key]]
        why += [f"{self.shifted:,} moved to another day"] if self.shifted else []
        further = [*self.further, *_price_words(self.prices)]
        if self.all_stories[0] != self.all_stories[1]:
            further.append(f"all stories: {self.all_stories[0]:,} then, {self.all_stories[1]:,} now")
        if then == now and not why:
            head = f"{count_words(then, *self.unit)} then and now"
            return f"{head}; {'; '.join(further)}." if further else f"{head}: nothing in this view has changed since."
        head = f"{count_words(then, *self.unit)} then, {now:,} now"
        return "; ".join([f"{head}: {', '.join(why)}" if why else head, *further]) + "."


def difference(request: Request, newest: int) -> Difference:
    """What the view shows at its revision, at the newest one, and why the two differ."""
    then, now = read_page(request), read_page(request.at(newest))
    if isinstance(then, ArticlesData):
        return _articles_difference(then, newest)
    changes = story_changes(request.store, then.subjects, now.request.filters, since=request.rev)
    then_periods, now_periods = (summed(page.request, then.subjects) for page in (then, now))
    return Difference(
        then=then_periods,
        now=now_periods,
        counted=(changes.then, changes.now),
        all_stories=(int(then_periods["all_stories"].sum()), int(now_periods["all_stories"].sum())),
        causes=Counter(zip(changes.rows["change"], changes.rows["cause"], strict=True)),
        shifted=changes.shifted,
        prices=price_changes(request.store, then.tickers, *then.price_days, since=request.rev, until=newest),
        unit=then.unit,
        further=_further(then, now),
    )


def _further(then: PageData, now: PageData) -> tuple[str, ...]:
    """What a page counts beside stories, and what the catalog has otherwise."""
    before, after = then.other_count, now.other_count
    edited = catalog_words(then, now)
    if before is None or after is None or before == after:
        return edited
    return (f"{before[0]}: {before[1]:,} then, {after[1]:,} now", *edited)


def _articles_difference(page: ArticlesData, newest: int) -> Difference:
    then, later, causes = page.changes(newest)
    empty = pd.DataFrame(columns=["period", "stories", "articles", "all_stories", "share"])
    return Difference(
        then=empty,
        now=empty,
        counted=(then, later),
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
        f"{count_words(prices.actions, 'split or dividend', 'splits or dividends')} came or went" if prices.actions else "",
    ]  # fmt: skip
    return [", ".join(words for words in parts if words)] if any(parts) else []


def summed(request: Request, subjects: Sequence[str]) -> pd.DataFrame:
    """Columns period, stories, articles, all_stories, share: the sums over some subjects. "" is all stories."""
    keys = tuple(subject or ALL for subject in subjects)
    cells = load_cells(request.url, keys, request.filters, request.grain)
    if len(keys) == 1:
        return cells[["period", "stories", "articles", "all_stories", "share"]]
    whole = load_cells(request.url, (ALL,), request.filters.for_all(), request.grain)
    periods = cells.groupby("period", as_index=False)[["stories", "articles"]].sum()
    # Several subjects' stories overlap: their sum is a share of nothing.
    return (
        whole[["period"]].merge(periods, how="left").fillna(0).assign(all_stories=whole["stories"], share=float("nan"))
    )
