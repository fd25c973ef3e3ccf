"""
The model: what is trained, and read when something is linked or grouped. It has a hash of its own.

    theme_weights.csv                       python -m ingest.themes.train
    wordcounts.csv, story_weights.csv       python -m tests.studies.fit_stories
    theme_examples.tsv, theme_judgements.csv: training data for the theme weights
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from data.errors import CatalogError
from data.files import Files
from data.model.theme_weights import ThemeWeights, read_theme_weights
from data.settings import settings

BUNDLED = Path(__file__).parent
FILES = ("theme_weights.csv", "wordcounts.csv", "story_weights.csv")
COUNT_COLUMNS = ("token", "per_100k")
EVIDENCE_COLUMNS = ("evidence", "weight")
BIAS = "bias"


@dataclass(frozen=True)
class Model:
    """
    The trained numbers in a folder, read when they are first needed: pages that link nothing never wait for them.

    All files are read at the same moment, so the hash is that of the numbers in use.
    """

    folder: Path

    @cached_property
    def files(self) -> Files:
        return Files.read(self.folder, FILES)

    @cached_property
    def hash(self) -> str:
        """The SHA-256 of what linking and grouping use; every revision that links keeps it."""
        return self.files.hash

    @cached_property
    def theme_weights(self) -> ThemeWeights:
        """How much each feature of an article weighs for each theme."""
        return read_theme_weights(self.files)

    @cached_property
    def word_counts(self) -> dict[str, float]:
        """How many of 100,000 titles have a token, for the tokens that are not rare."""
        return {row.needed("token"): row.number("per_100k") for row in self.files.rows("wordcounts.csv", COUNT_COLUMNS)}

    @cached_property
    def story_weights(self) -> dict[str, float]:
        """Log-odds of each piece of evidence that two articles report one event; `bias` is the intercept."""
        rows = self.files.rows("story_weights.csv", EVIDENCE_COLUMNS)
        weights = {row.needed("evidence"): row.number("weight") for row in rows}
        if BIAS not in weights:
            raise CatalogError("story_weights.csv", 1, f"has no {BIAS}")
        return weights


def load_model(folder: Path | None = None) -> Model:
    """The model in `folder`, CHOKEPOINT_MODEL, or the bundled one."""
    return Model(folder or Path(settings().model or BUNDLED).expanduser())
