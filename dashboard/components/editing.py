"""
An edit of the catalog: the draft, its effect on the archive, and a blind check of what it links.

    draft → preview (ingest/relink.py) → blind check → apply (ingest/relink.py)
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.attention import Grain, period_of
from analysis.intervals import wilson
from dashboard.formatting import story_count
from data.catalog.edit import FileEdit
from data.files import Files
from data.read.attention import Filters, attention_by_day
from data.read.receipts import receipts
from data.schema.store import Store
from data.write.links import Effect

CHECKED = 20
EXAMPLES = 8


@dataclass(slots=True)
class Draft:
    """What somebody is editing: the edits by file name, and their effect once it was previewed."""

    edits: dict[str, FileEdit] = field(default_factory=dict)
    files: Files = field(default_factory=Files)
    effect: Effect | None = None
    turn: int = 0  # part of the widgets' keys: after a draft is applied or discarded they show the files again

    def begin(self, files: Files) -> None:
        """
        Take the catalog's files as they are now, except those that are being edited.

        Their lists on the page are from the texts that the edit began with. Compared with today's texts, somebody
        else's new phrase would look as if it had been removed here.
        """
        self.files = files.changed({name: edit.base for name, edit in self.edits.items()})

    def text(self, name: str) -> str:
        """A file as the draft has it."""
        return self.edits[name].text if name in self.edits else self.files.text(name)

    def put(self, name: str, text: str) -> None:
        """Take a new text of a file; its base text is no edit. The previewed effect no longer holds."""
        base, before = self.files.text(name), dict(self.edits)
        self.edits.pop(name, None)
        if text != base:
            self.edits[name] = FileEdit(name=name, base=base, text=text)
        if self.edits != before:
            self.effect = None

    def discard(self) -> None:
        self.edits, self.effect, self.turn = {}, None, self.turn + 1


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
    """Articles of at most 20 stories that would be about the subject, drawn at random with this seed."""
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
