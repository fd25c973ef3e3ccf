"""
Which companies a text names, and why.

    names, products, people, tickers, look-alikes | one automaton pass | whole words | longest first | ambiguous ones by context
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from data.catalog.records import Alias, Catalog
from ingest.context import NEAR, Cue, Cues, has_undue_capital, nearest
from ingest.spellings import Edge, alias_spellings, block_spellings, edge_of, plural_spellings, stands_alone
from ingest.text import Folded
from ingest.tickers import Mark, mark_of, ticker_forms

RULES: dict[str, str] = {
    "name": "The company's name, or a short form of it that means nothing else, as a whole word.",
    "former-name": "A name that the company had, or that of a company it took over, while that was so.",
    "product": "A product or brand of one company names its owner.",
    "person": "The sitting head of exactly one company stands for it.",
    "word-cue": "A name that is also a word or another's name, settled by words nearby.",
    "word-capital": "A name that is also a word, with a capital where a word would have none.",
    "word-beside-company": "A name that is also a word, close to another company that is named clearly.",
    "word-again": "A name that is also a word, in an article that names the company clearly elsewhere.",
    "ticker-marked": "A ticker with its mark: $MU, (NASDAQ: MU), 688256.SH.",
    "ticker-list": "A ticker in a list of tickers.",
    "ticker-stock": "A ticker right beside a word of the stock market.",
}
SCORES = {
    "name": 0.98, "former-name": 0.95, "product": 0.93, "person": 0.9, "word-cue": 0.88, "word-capital": 0.8,
    "word-beside-company": 0.8, "word-again": 0.9, "ticker-marked": 0.97, "ticker-list": 0.9, "ticker-stock": 0.85,
}  # fmt: skip
CLEAR_RULE = {"name": "name", "former": "former-name", "product": "product", "person": "person", "ticker": "ticker-marked"}


class Hit(NamedTuple):
    """A company named at text[start:end] of a folded field."""

    subject: str
    start: int
    end: int
    rule: str
    why: str
    rejected: str


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What a spelling may mean: these companies, by this alias or ticker."""

    subjects: tuple[str, ...]
    alias: Alias
    mark: Mark | None = None  # for tickers
    offset: int = 0  # evidence begins this many characters into the spelling
    cues: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()

    def is_valid_on(self, day: date | None) -> bool:
        """An article without a date is read with the names of today."""
        alias = self.alias
        if day is None:
            return alias.valid_to is None
        return (alias.valid_from is None or alias.valid_from <= day) and (alias.valid_to is None or day <= alias.valid_to)


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    left: Edge
    right: Edge
    claims: tuple[Claim, ...]  # () for a look-alike, which only covers what is inside it


class Found(NamedTuple):
    start: int
    end: int
    pattern: Pattern


class Names:
    """Finds companies in folded text. Built once from a catalog; holds no state of articles."""

    def __init__(self, catalog: Catalog) -> None:
        patterns = _patterns(catalog)
        self._patterns = list(patterns.values())
        self._automaton = AhoCorasick(list(patterns), implementation=Implementation.ContiguousNFA)
        claims = [claim for pattern in self._patterns for claim in pattern.claims]
        self._cues = Cues(word for claim in claims for word in claim.cues | claim.against)
        self._symbols = frozenset(claim.alias.text for claim in claims if claim.mark is Mark.BARE)

    def hits(self, fields: Iterable[Folded], day: date | None) -> list[list[Hit]]:
        """The companies that each field names, in reading order; all fields of an article settle its ambiguous names."""
        readings = [Reading(self, folded, day) for folded in fields]
        if any(reading.doubtful for reading in readings):
            clear = {hit.subject for reading in readings for hit in reading.hits}
            for reading in readings:
                reading.settle(clear)
        return [sorted(reading.hits, key=lambda hit: (hit.start, hit.end)) for reading in readings]

    def found(self, text: str) -> list[Found]:
        """Every spelling in the text that stands alone, the longest first; a look-alike before a name of its length."""
        found = []
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            pattern = self._patterns[index]
            if stands_alone(text, start, end, pattern.left, pattern.right):
                found.append(Found(start, end, pattern))
        if len(found) > 1:
            found.sort(key=lambda one: (one.start - one.end, bool(one.pattern.claims), one.start))
        return found

    def cues(self, folded: Folded) -> list[Cue]:
        return self._cues.found(folded)

    def mark(self, claim: Claim, text: str, one: Found) -> tuple[str, str]:
        assert claim.mark is not None
        return mark_of(text, one.start, one.end, claim.mark, self._symbols)


class Reading:
    """One field of an article while its names are being settled: first the clear ones, then the doubtful ones."""

    def __init__(self, names: Names, folded: Folded, day: date | None) -> None:
        self.names, self.folded, self.day = names, folded, day
        self.hits: list[Hit] = []
        self.doubtful: list[tuple[Found, Claim]] = []
        self._cues: list[Cue] | None = None
        taken: list[Found] = []
        for one in names.found(folded.text):
            cover = next((other for other in taken if one.start < other.end and other.start < one.end), None)
            if cover is not None:
                self._note_rejected(one, cover)
            elif self._read(one):
                taken.append(one)

    def _read(self, one: Found) -> bool:
        """Take what is clear, keep what is doubtful; whether shorter names inside are out of the question."""
        clear = not one.pattern.claims
        for claim in one.pattern.claims:
            if not claim.is_valid_on(self.day):
                continue
            if claim.mark is not None:
                rule, why = self.names.mark(claim, self.folded.text, one)
                if rule and not claim.alias.ambiguous:
                    self._take(one, claim, rule, why)
                    clear = True
                elif rule:
                    self.doubtful.append((one, claim))
            elif claim.alias.ambiguous:
                self.doubtful.append((one, claim))
            elif against := self._against(one, claim):
                self.doubtful = [pair for pair in self.doubtful if pair[0] is not one]
                self._rejected = against
            else:
                self._take(one, claim, CLEAR_RULE[claim.alias.kind], "")
                clear = True
        return clear

    def settle(self, clear: set[str]) -> None:
        """Decide the doubtful names, given the companies that the article names clearly."""
        for one, claim in self.doubtful:
            if any(one.start < hit.end and hit.start < one.end for hit in self.hits):
                continue
            rule, why = self._judge(one, claim, clear)
            if rule:
                self._take(one, claim, rule, why)

    def _judge(self, one: Found, claim: Claim, clear: set[str]) -> tuple[str, str]:
        if self._against(one, claim):
            return "", ""
        if not clear.isdisjoint(claim.subjects):
            return "word-again", ""
        if cue := nearest(self.cues, claim.cues, one.start, one.end):
            return "word-cue", f"next to '{self.folded.text[cue.start : cue.end]}'"
        if "@capital" in claim.cues and has_undue_capital(self.folded.text, one.start):
            return "word-capital", ""
        if "@company" in claim.cues:
            for hit in self.hits:
                if hit.subject not in claim.subjects and max(hit.start - one.end, one.start - hit.end) <= NEAR:
                    return "word-beside-company", f"next to '{self.folded.text[hit.start : hit.end]}'"
        return "", ""

    def _against(self, one: Found, claim: Claim) -> Cue | None:
        return nearest(self.cues, claim.against, one.start, one.end) if claim.against else None

    def _take(self, one: Found, claim: Claim, rule: str, why: str) -> None:
        for subject in claim.subjects:
            self.hits.append(Hit(subject, one.start + claim.offset, one.end, rule, why, ""))

    def _note_rejected(self, one: Found, cover: Found) -> None:
        """Say on the longer name which other company's name it contains."""
        owners = [subject for claim in one.pattern.claims for subject in claim.subjects]
        for at, hit in enumerate(self.hits):
            if hit.end == cover.end and cover.start <= hit.start and not hit.rejected and owners and hit.subject not in owners:
                inside = self.folded.text[one.start : one.end]
                self.hits[at] = hit._replace(rejected=f"{owners[0]}: {inside!r} is only a part of the name")

    @property
    def cues(self) -> list[Cue]:
        if self._cues is None:
            self._cues = self.names.cues(self.folded)
        return self._cues


def _patterns(catalog: Catalog) -> dict[str, Pattern]:
    """Spelling → what it may mean. A look-alike that is spelled like a name hides the name."""
    claims: dict[str, list[Claim]] = defaultdict(list)
    blocks: set[str] = set()
    for claim in _name_claims(catalog):
        for spelling in alias_spellings(claim.alias) | plural_spellings(claim.alias):
            claims[spelling].append(claim)
        for phrase in claim.alias.blocks:
            if not phrase.startswith("~"):
                blocks |= block_spellings(phrase)
    for spelling, claim in _ticker_claims(catalog):
        if not any(other.mark is None and not other.alias.ambiguous for other in claims[spelling]):
            claims[spelling].append(claim)
    patterns = {text: Pattern(edge_of(text[0]), edge_of(text[-1]), tuple(named)) for text, named in claims.items() if named}
    patterns |= {text: Pattern(edge_of(text[0]), Edge.FREE, ()) for text in blocks}
    return patterns


def _name_claims(catalog: Catalog) -> list[Claim]:
    owners: dict[Alias, list[str]] = defaultdict(list)
    for company in catalog.companies.values():
        for alias in company.aliases:
            if alias.kind != "ticker":
                owners[alias].append(company.key)
    return [_claim(alias, tuple(keys)) for alias, keys in owners.items()]


def _claim(alias: Alias, subjects: tuple[str, ...], mark: Mark | None = None, offset: int = 0) -> Claim:
    against = frozenset(block[1:] for block in alias.blocks if block.startswith("~"))
    return Claim(subjects, alias, mark, offset, frozenset(alias.cues), against)


def _ticker_claims(catalog: Catalog) -> Iterable[tuple[str, Claim]]:
    """The forms of all listings' tickers; a row of kind ticker in aliases.csv can make one ambiguous or give it dates."""
    for company in catalog.companies.values():
        rows = {alias.text: alias for alias in company.aliases if alias.kind == "ticker"}
        symbols = {listing.ticker for listing in company.listings}
        listed = {listing.ticker.partition(".")[0] for listing in company.listings}
        for ticker in (*symbols, *(text for text in rows if text not in listed)):
            symbol = ticker.partition(".")[0]
            alias = rows.get(symbol, Alias(text=symbol, kind="ticker"))
            for spelling, offset, mark in ticker_forms(ticker):
                yield spelling, _claim(alias, (company.key,), mark, offset)
