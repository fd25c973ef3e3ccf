"""
An edit of the catalog, from the first word changed to its being the catalog.

    draft texts of files → catalog checked → what linking again would change → blind check → applied, linked again, kept
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.attention import Grain, period_of
from analysis.intervals import wilson
from dashboard.formatting import story_count
from data.catalog.edit import apply_edit, edited_catalog
from data.catalog.records import Catalog
from data.read.attention import Filters, attention_by_day
from data.read.receipts import receipts
from data.schema.store import Store
from data.write.corrections import Effect
from ingest.progress import Progress, unseen
from ingest.relink import relink

CHECKED = 20
EXAMPLES = 8


@dataclass(slots=True)
class Draft:
    """What somebody is editing: new texts by file name, and what they were seen to change."""

    texts: dict[str, str] = field(default_factory=dict)
    effect: Effect | None = None

    def put(self, name: str, text: str, now: str) -> None:
        """Take a new text of a file; one as it is now is no edit. What was seen before no longer holds."""
        before = dict(self.texts)
        self.texts.pop(name, None)
        if text != now:
            self.texts[name] = text
        if self.texts != before:
            self.effect = None


def preview(
    store: Store, folder: Path, texts: Mapping[str, str], *, now: datetime, progress: Progress = unseen
) -> Effect:
    """What linking the whole archive again with these texts would change. Nothing is kept; CatalogError names a mistake."""
    with edited_catalog(folder, texts) as catalog:
        return relink(store, catalog, now=now, keep=False, progress=progress)


def apply(
    store: Store, folder: Path, texts: Mapping[str, str], *, now: datetime, progress: Progress = unseen
) -> tuple[Catalog, Effect]:
    """Make the texts the catalog, and link the archive again with it."""
    catalog = apply_edit(folder, texts, now=now)
    return catalog, relink(store, catalog, now=now, progress=progress)


def changed_subjects(effect: Effect) -> pd.DataFrame:
    """Columns subject, gained, lost: the stories that each subject would gain and lose, the largest change first."""
    subjects = sorted(
        effect.gained.keys() | effect.lost.keys(), key=lambda s: (-effect.gained.get(s, 0) - effect.lost.get(s, 0), s)
    )
    rows = [(subject, effect.gained.get(subject, 0), effect.lost.get(subject, 0)) for subject in subjects]
    return pd.DataFrame(rows, columns=["subject", "gained", "lost"])


def before_and_after(store: Store, subject: str, effect: Effect, filters: Filters, grain: Grain) -> pd.DataFrame:
    """Columns period, before, after: a subject's stories by period as they are and as they would be."""
    now = attention_by_day(store, [subject], filters)
    before = now["stories"].groupby(period_of(now["day"], grain)).sum()
    moves = effect.moves[effect.moves["subject"] == subject]
    moves = moves[(moves["day"] >= pd.Timestamp(filters.start)) & (moves["day"] <= pd.Timestamp(filters.end))]
    change = moves["change"].groupby(period_of(moves["day"], grain)).sum()
    both = pd.DataFrame({"before": before, "change": change}).fillna(0).astype("int64").rename_axis("period")
    return both.assign(after=both["before"] + both["change"]).drop(columns="change").reset_index()


def sample_to_check(store: Store, subject: str, effect: Effect, filters: Filters, *, seed: int = 0) -> list[int]:
    """Articles of at most 20 stories that would be about the subject, drawn evenly from all of them; the draw is the seed's."""
    counted = receipts(store, subject, filters)[["story", "article"]]
    moves = effect.moves[effect.moves["subject"] == subject]
    kept = counted[~counted["story"].isin(moves.loc[moves["change"] < 0, "story"])]
    pool = (
        pd.concat([kept, moves.loc[moves["change"] > 0, ["story", "article"]]])
        .sort_values("story")["article"]
        .to_numpy()
    )
    chosen = np.random.default_rng(seed).choice(pool, size=min(CHECKED, len(pool)), replace=False)
    return [int(article) for article in chosen]


def precision_words(right: int, wrong: int) -> str:
    """Precision 0.90 (0.70–0.97) on 20 stories"""
    n = right + wrong
    if not n:
        return "Not checked yet."
    low, high = wilson(np.array([right]), np.array([n]))
    return f"Precision {right / n:.2f} (95 % interval {low[0]:.2f}–{high[0]:.2f}) on {story_count(n)}."
