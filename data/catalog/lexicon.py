"""What words mean to story grouping, in four languages: one idea a row, with its words."""

from __future__ import annotations

from dataclasses import dataclass

from data.files import Files

FILE = "lexicon.csv"
LANGUAGES = ("en", "zh", "ja", "ko")
COLUMNS = ("id", "kind", *LANGUAGES)
EVENTS = (
    "results", "move", "level", "analyst", "listing", "deal", "money", "launch", "build", "supply",
    "people", "labour", "law", "policy", "time", "incident", "space", "talk",
)  # fmt: skip
KINDS = (*EVENTS, "mark", "name", "word")


@dataclass(frozen=True, slots=True)
class Idea:
    """Words that mean the same. `kind` is an event, a mark of the article's manner, a name, or a mere word."""

    id: str
    kind: str
    words: tuple[str, ...]  # a single English word stands for its inflections too, unless it ends with "="


def load_lexicon(files: Files) -> tuple[Idea, ...]:
    """The ideas in the file's order; CatalogError at the first mistake."""
    ideas: dict[str, Idea] = {}
    for row in files.rows(FILE, COLUMNS):
        ident = row.needed("id")
        if ident in ideas:
            raise row.error(f"{ident} is there twice")
        words = tuple(word for language in LANGUAGES for word in row.many(language))
        if not words:
            raise row.error(f"{ident} has no words")
        ideas[ident] = Idea(ident, row.one_of("kind", KINDS), words)
    return tuple(ideas.values())
