"""What kind of story it is: words by context, from `theme_contexts.toml`. The theme classifier weighs them."""

from __future__ import annotations

import tomllib

from data.catalog.themes import LANGS, expand
from data.errors import CatalogError
from data.files import Files

FILE = "theme_contexts.toml"


def load_contexts(files: Files) -> dict[str, tuple[str, ...]]:
    """The plain forms of each context's words, in the file's order. CatalogError names file, line and problem."""
    source = files.text(FILE)
    try:
        tables = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(FILE, 1, f"not TOML: {error}") from error
    return {name: tuple(_words(name, table, source)) for name, table in tables.items()}


def _words(name: str, table: object, source: str) -> list[str]:
    line = next((n for n, text in enumerate(source.splitlines(), 1) if text.startswith(f"[{name}]")), 1)
    if not isinstance(table, dict) or not table.keys() <= set(LANGS):
        raise CatalogError(FILE, line, f"[{name}] has lists of words for {', '.join(LANGS)} only")
    words = [word for values in table.values() for word in values]
    if not all(isinstance(word, str) and word.strip() for word in words):
        raise CatalogError(FILE, line, f"[{name}] has an empty word")
    return [form for word in words for form in expand(word)]
