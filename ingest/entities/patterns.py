"""
The spellings to search for, and what each may mean: Catalog → Pattern by spelling.

A spelling may be a name, product, person or ticker of one or several companies. It may also be an exclusion: words
that contain a company's name but are about something else. "Galaxy Watch" is Samsung's, and not about Galaxy Digital.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from data.catalog.records import Alias, Catalog
from ingest.entities.tickers import Mark, ticker_forms
from ingest.entities.word_edges import is_short
from ingest.stories.cjk import TO_SIMPLIFIED


class Edge(IntEnum):
    """Which characters beside a name would make it part of a longer word; one bit each."""

    FREE = 0  # Chinese and Japanese characters: there are no spaces between words, so anything may follow
    WORD = 1  # letters and digits
    HANGUL = 2  # a syllable before it: 굿네이버스 is not 네이버. Particles follow it
    KATAKANA = 4  # モデル is not デル


@cache  # sixty thousand spellings begin and end with a few hundred characters
def edge_of(char: str) -> Edge:
    if "\uac00" <= char <= "\ud7a3":
        return Edge.HANGUL
    if is_katakana(char):
        return Edge.KATAKANA
    return Edge.WORD if is_letter(char) else Edge.FREE


@cache
def edge_table() -> npt.NDArray[np.uint8]:
    """The edge of each character of the first plane, by code point."""
    edges = np.zeros(0x10000, np.uint8)
    edges[0xAC00:0xD7A4] = Edge.HANGUL
    edges[:0x3100] = [int(edge_of(chr(code))) for code in range(0x3100)]  # all others are free
    return edges


def is_letter(char: str) -> bool:
    """A letter or digit of a script with spaces between words: not Chinese, Japanese or Korean."""
    return char < "\u2e80" and (char.isalnum() or char == "_")


def is_katakana(char: str) -> bool:
    return "\u30a1" <= char <= "\u30fa" or char in "ーヽヾ"


def stands_alone(text: str, start: int, end: int, left: Edge, right: Edge) -> bool:
    """Whether text[start:end] is a whole word, as far as its script separates words."""
    if start and left:
        before = text[start - 1]
        if left is Edge.WORD and is_letter(before):
            return False
        if left is Edge.HANGUL and "\uac00" <= before <= "\ud7a3":
            return False
        if left is Edge.KATAKANA and is_katakana(before):
            return False
    if right and end < len(text):
        after = text[end]
        if right is Edge.WORD:
            return not is_letter(after) and not is_address(text, end)
        return right is Edge.HANGUL or not is_katakana(after)
    return True


def is_address(text: str, end: int) -> bool:
    """Whether an internet address goes on at `end`: amazon.com is not about Amazon, "by Amazon." is."""
    return text[end] == "." and text.startswith((".com", ".org", ".net", ".io", ".cn", ".dev"), end)


_NUMBER_IN_CHINESE = re.compile(r"\d[\d.,]* ?[\u3400-\u9fff]")
_VERSION = re.compile(r"\d\.\d|\d(?![\w.])")
_ARCHITECTURE = re.compile(r"(?:64|32|86)(?!\d)")  # Arm64, AMD64


def is_number(text: str, end: int, is_product: bool) -> bool:
    """Whether a number that touches the name before it is one of its own: an amount or a date in Chinese, a version."""
    if _ARCHITECTURE.match(text, end):
        return False
    return bool(_NUMBER_IN_CHINESE.match(text, end) or (is_product and _VERSION.match(text, end)))


def alias_spellings(alias: Alias) -> set[str]:
    """The ways to write an alias, by its case and ambiguity; one of them is for headlines in capitals."""
    text = alias.text
    if alias.case == "exact" or text.lower() == text.upper():
        return {text}
    spellings = {text, text.title(), _capitalised(text), text.upper()}
    if alias.case == "any" and not alias.ambiguous:
        first, *others = text.split(" ")
        first_as_written = " ".join([first, *(word.lower() for word in others)])  # SK hynix, Rocket lab
        spellings |= {text.lower(), text.capitalize(), text[0].lower() + text[1:], first_as_written}
    return spellings


_OTHER_SHAPES = tuple(str.maketrans(one, other) for one, other in ("台臺", "臺台", "群羣", "啟啓", "恆恒", "峰峯"))


def character_variants(text: str) -> set[str]:
    """A Chinese or Japanese name with the other shapes of its characters: 台達電 is 臺達電 and 台达电."""
    if text < "\u3040":
        return set()
    return {text.translate(shapes) for shapes in (*_OTHER_SHAPES, TO_SIMPLIFIED)} - {text}


def plural_spellings(alias: Alias) -> set[str]:
    """GPUs, Blackwells, Teslas; not for ambiguous names, whose plural is the word ("arms")."""
    if alias.ambiguous or alias.kind == "person" or not alias.text[-1].isascii() or alias.text[-1] in "sS'+":
        return set()
    return {f"{spelling}s" for spelling in alias_spellings(alias) if spelling[-1].isalnum()}


def block_spellings(phrase: str) -> set[str]:
    """The ways to write an exclusion: "Apple pie", "apple pie", "Apple Pie", "APPLE PIE"."""
    return {phrase, phrase.lower(), phrase.upper(), phrase.title(), phrase.capitalize(), _capitalised(phrase)}


def _capitalised(text: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One meaning of a spelling: these companies, by this alias or ticker."""

    subjects: tuple[str, ...]
    alias: Alias
    mark: Mark | None = None  # for tickers
    offset: int = 0  # evidence begins this many characters into the spelling
    cues: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()
    is_dated: bool = False  # the alias has a first or a last day

    def is_valid_on(self, day: date | None) -> bool:
        """Whether the name was in use. An article without a date is read with today's names."""
        alias = self.alias
        if day is None:
            return alias.valid_to is None
        return (alias.valid_from is None or alias.valid_from <= day) and (
            alias.valid_to is None or day <= alias.valid_to
        )


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    left: Edge
    right: Edge
    candidates: tuple[Candidate, ...]
    not_about: frozenset[str]  # companies that the spelling is an exclusion of
    is_short: bool  # two or three ideographs, which may meet by chance
    takes_number: bool  # may touch a number: Anthropic1.2万亿, GLM5.1

    @property
    def is_product(self) -> bool:
        return any(candidate.alias.kind == "product" for candidate in self.candidates)


class PatternMatch(NamedTuple):
    """A pattern at text[start:end]."""

    start: int
    end: int
    pattern: Pattern

    def overlaps(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end


def patterns_of(catalog: Catalog) -> dict[str, Pattern]:
    """Every spelling with what it may mean."""
    candidates: dict[str, list[Candidate]] = defaultdict(list)
    not_about: dict[str, set[str]] = defaultdict(set)
    names = _name_candidates(catalog)
    written = {candidate.alias.text for candidate in names}
    for candidate in names:
        variants = character_variants(candidate.alias.text) - written
        for spelling in alias_spellings(candidate.alias) | plural_spellings(candidate.alias) | variants:
            candidates[spelling].append(candidate)
        for phrase in candidate.alias.blocks:
            if not phrase.startswith("~"):
                for spelling in block_spellings(phrase):
                    not_about[spelling].update(candidate.subjects)
    for spelling, ticker in _ticker_candidates(catalog):
        if not any(other.mark is None and not other.alias.ambiguous for other in candidates[spelling]):
            candidates[spelling].append(ticker)
    return {
        text: Pattern(
            edge_of(text[0]),
            _right_edge(text, candidates),
            tuple(candidates.get(text, ())),
            frozenset(not_about.get(text, ())),
            is_short(text),
            _takes_number(text, candidates.get(text, ())),
        )
        for text in sorted(candidates.keys() | not_about.keys())
        if candidates.get(text) or text in not_about
    }


def _takes_number(text: str, candidates: Iterable[Candidate]) -> bool:
    """Names of three Latin letters or more; not tickers."""
    is_name = any(candidate.mark is None for candidate in candidates)
    return is_name and len(text) >= 3 and text[-3:].isascii() and text[-3:].isalpha()


def _right_edge(text: str, candidates: dict[str, list[Candidate]]) -> Edge:
    """An exclusion in a script without spaces may be part of a longer word: モデル also covers モデルS."""
    return edge_of(text[-1]) if candidates.get(text) or text[-1].isascii() else Edge.FREE


def _name_candidates(catalog: Catalog) -> list[Candidate]:
    owners: dict[Alias, list[str]] = defaultdict(list)
    for company in catalog.companies.values():
        for alias in company.aliases:
            if alias.kind != "ticker":
                owners[alias].append(company.key)
    return [_candidate(alias, tuple(keys)) for alias, keys in owners.items()]


def _candidate(alias: Alias, subjects: tuple[str, ...], mark: Mark | None = None, offset: int = 0) -> Candidate:
    cues = frozenset(cue.lower() for cue in alias.cues)
    against = frozenset(block[1:].lower() for block in alias.blocks if block.startswith("~"))
    return Candidate(subjects, alias, mark, offset, cues, against, bool(alias.valid_from or alias.valid_to))


def _ticker_candidates(catalog: Catalog) -> Iterator[tuple[str, Candidate]]:
    """The forms of all tickers. A row of kind ticker in aliases.csv can make one ambiguous or give it dates."""
    for company in catalog.companies.values():
        rows = {alias.text: alias for alias in company.aliases if alias.kind == "ticker"}
        tickers = {listing.ticker for listing in company.listings}
        listed = {ticker.partition(".")[0] for ticker in tickers}
        for ticker in (*sorted(tickers), *(text for text in rows if text not in listed)):
            symbol = ticker.partition(".")[0]
            alias = rows.get(symbol, Alias(text=symbol, kind="ticker"))
            for spelling, offset, mark in ticker_forms(ticker):
                yield spelling, _candidate(alias, (company.key,), mark, offset)
