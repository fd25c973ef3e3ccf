"""
Themes, read from `themes.toml` and checked.

A phrase may have two marks: `{a|b}` for either, and `x ... y` for x and then y close behind. Both expand to a finite
list of plain strings, so no phrase, whatever a person types, can make linking slow.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from data.catalog.records import Phrase, Theme
from data.errors import CatalogError
from data.files import Files

FILE = "themes.toml"
LANGS = ("en", "zh", "ko", "ja")
GAP = " ... "
GAP_LENGTH = 40  # characters that may stand between the two pieces
MAX_LENGTH, MAX_FORMS = 400, 400

THEME_KEYS = {"name", "description", "blocks", "cues", "weak", "subthemes", *LANGS}
_SUBTHEME_KEYS = {"name", "weak", *LANGS}
_HEADER = re.compile(r"\s*\[([a-z0-9_]+)")
_IDENT = re.compile(r"[a-z][a-z0-9_]*\Z")
_BRACES = re.compile(r"\{([^{}]*)\}")
_SPELLINGS = {"data center": ("datacenter", "data centre", "datacentre"), "fiber": ("fibre",)}
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_SEAM = re.compile(rf"(?<=[A-Za-z0-9])(?=[{_CJK}])|(?<=[{_CJK}])(?=[A-Za-z0-9])")
_TWO_LETTERS = re.compile(r"[^\W_].*?[^\W_]")
_FORBIDDEN = re.compile(r"[\\*+?()\[\]^$<>\x00-\x1f\x7f]")


def load_themes(files: Files) -> dict[str, Theme]:
    """The themes by id, in the file's order. CatalogError names file, line and problem."""
    return parse_themes(files.text(FILE))


def parse_themes(source: str) -> dict[str, Theme]:
    """The themes that the TOML text `source` describes."""
    try:
        tables = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise CatalogError(FILE, int(line[1]) if line else source.count("\n") + 1, f"not TOML: {error}") from error
    reader = _Reader(source)
    cues = tuple(reader.cues(tables.pop("cues", {}), "[cues]"))
    if not tables:
        raise CatalogError(FILE, 1, "there is no theme: write one as [its_id], with a name and phrases")
    return {ident: reader.theme(ident, table, cues) for ident, table in tables.items()}


def check_phrase(text: str) -> str | None:
    """None when `text` can be a phrase; otherwise one sentence saying why not."""
    if not text.strip():
        return "The phrase is empty."
    if len(text) > MAX_LENGTH:
        return f"The phrase is longer than {MAX_LENGTH} characters."
    if bad := _FORBIDDEN.search(text):
        return f"The phrase contains {bad[0]!r}: only {{a|b}} and ' ... ' are understood, no regular expressions."
    rest = _BRACES.sub("", text)
    if any(mark in rest for mark in "{}|"):
        return "The braces do not pair up as {a|b}, one level deep."
    if text.count(GAP) > 1 or ("..." in text and GAP not in text):
        return "A gap is written ' ... ' with a space on each side, once."
    if _form_count(text) > MAX_FORMS:
        return f"The phrase stands for more than {MAX_FORMS} forms: split it."
    return _check_forms(expand(text))


def expand(text: str) -> tuple[str, ...]:
    """The plain forms that a phrase stands for; a gap stays as ' ... '."""
    parts = _BRACES.split(text)  # plain, choices, plain, choices, …
    choices = [part.split("|") if index % 2 else [part] for index, part in enumerate(parts)]
    forms = (" ".join("".join(form).split()) for form in product(*choices))
    return tuple(dict.fromkeys(spelt for form in forms for spelt in _spellings(form)))


def _spellings(form: str) -> Iterator[str]:
    """The form, then the other ways to spell it, if any."""
    yield form
    for plain, others in _SPELLINGS.items():
        if plain in form:
            yield from (form.replace(plain, other) for other in others)
    if _SEAM.search(form):
        yield _SEAM.sub(" ", form)


def _form_count(text: str) -> int:
    count = 1
    for choices in _BRACES.findall(text):
        count *= choices.count("|") + 1
    return count


def _check_forms(forms: Iterable[str]) -> str | None:
    for form in forms:
        for piece in form.split(GAP):
            if not _TWO_LETTERS.search(piece):
                return f"{piece!r} is too short: a phrase and each side of a gap has two letters at least."
    return None


class _Reader:
    """Turns tables into records, and names the line of what is wrong."""

    def __init__(self, source: str) -> None:
        self.lines = source.splitlines()

    def theme(self, ident: str, table: Any, cues: tuple[str, ...]) -> Theme:
        where = f"[{ident}]"
        if not _IDENT.match(ident):
            raise self.error(where, f"theme id {ident!r} must be small letters, digits and _")
        self.known(table, THEME_KEYS, where)
        subthemes = table.get("subthemes", {})
        phrases = tuple(self.phrases(table, "", where))
        for sub, content in subthemes.items():
            phrases += tuple(self.subtheme(ident, sub, content))
        self.no_duplicates(phrases, where)
        if not any(not phrase.weak for phrase in phrases):
            raise self.error(where, f"The theme {ident} needs a strong phrase.")
        own = tuple(self.strings(table.get("cues", []), where))
        return Theme(
            id=ident,
            name=self.name(table, where),
            subthemes={sub: self.name(content, f"[{ident}.subthemes.{sub}]") for sub, content in subthemes.items()},
            phrases=phrases,
            blocks=tuple(self.strings(table.get("blocks", []), where)),
            cues=own or cues,
            description=str(table.get("description", "")),
        )

    def subtheme(self, theme: str, ident: str, table: Any) -> Iterator[Phrase]:
        where = f"[{theme}.subthemes.{ident}]"
        if not _IDENT.match(ident):
            raise self.error(where, f"sub-theme id {ident!r} must be small letters, digits and _")
        self.known(table, _SUBTHEME_KEYS, where)
        yield from self.phrases(table, ident, where)

    def phrases(self, table: dict[str, Any], subtheme: str, where: str) -> Iterator[Phrase]:
        weak = table.get("weak", {})
        self.known(weak, set(LANGS), where, "weak.")
        for content, is_weak in ((table, False), (weak, True)):
            for lang in LANGS:
                for text in self.strings(content.get(lang, []), where):
                    yield Phrase(text=text, lang=lang, subtheme=subtheme, weak=is_weak)

    def cues(self, table: Any, where: str) -> Iterator[str]:
        self.known(table, set(LANGS), where)
        for lang in LANGS:
            yield from self.strings(table.get(lang, []), where)

    def strings(self, values: Any, where: str) -> Iterator[str]:
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.error(where, "phrases, blocks and cues are lists of strings")
        for value in values:
            if problem := check_phrase(value):
                raise self.error(where, f"{value!r}: {problem}", value)
            yield value

    def no_duplicates(self, phrases: Iterable[Phrase], where: str) -> None:
        seen: set[tuple[str, str]] = set()
        for phrase in phrases:
            key = (phrase.lang, phrase.text.casefold())
            if key in seen:
                raise self.error(
                    where, f"The phrase {phrase.text!r} ({phrase.lang}) occurs twice.", phrase.text, last=True
                )
            seen.add(key)

    def known(self, table: Any, keys: set[str], where: str, prefix: str = "") -> None:
        if not isinstance(table, dict):
            raise self.error(where, f"{where} must be a table")
        for key in table:
            if key not in keys:
                known = ", ".join(sorted(keys))
                raise self.error(where, f"unknown key '{prefix}{key}' in {where}; known are {known}", f"{prefix}{key}")

    def name(self, table: dict[str, Any], where: str) -> str:
        name = table.get("name")
        if not isinstance(name, str) or not name.strip():
            raise self.error(where, f"{where} needs a name")
        return name

    def error(self, where: str, problem: str, text: str | None = None, *, last: bool = False) -> CatalogError:
        return CatalogError(FILE, self.line(where, text, last=last), problem)

    def line(self, where: str, text: str | None, *, last: bool) -> int:
        """The line of `text` between the header `where` and the next theme; the header's own when it is not found."""
        first = next((n for n, line in enumerate(self.lines, 1) if line.strip().startswith(where)), 1)
        theme = where.strip("[]").split(".")[0]
        numbers = []
        for number, line in enumerate(self.lines[first:], first + 1):
            header = _HEADER.match(line)
            if header and header[1] != theme:
                break
            quoted = f'"{text}"' in line or f"'{text}'" in line
            if text is not None and (quoted or line.startswith(f"{text} =")):
                numbers.append(number)
        return (numbers[-1] if last else numbers[0]) if numbers else first
