"""One field of an article while its names are being settled: first the clear ones, then the doubtful ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from data.catalog.records import Catalog
from ingest.entities.cues import NEAR, Cues, has_undue_capital, is_no_news, is_owner, nearest
from ingest.entities.matcher import Matches, Scan, Together
from ingest.entities.normalize import Folded
from ingest.entities.patterns import Claim, Edge, Found, edges, is_address, patterns_of
from ingest.entities.tickers import Mark, mark_of

_CLEAR = {"name": "name", "former": "former-name", "product": "product", "person": "person"}
_SURE_MARKS = (Mark.WHOLE, Mark.COLON)  # $CAT and "NYSE: CAT" are the ticker whatever the word means


class Hit(NamedTuple):
    """A company named at text[start:end] of a folded field."""

    subject: str
    start: int
    end: int
    rule: str
    why: str
    rejected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Aids:
    """What helps to settle a name. Words against are few and looked for far more often than cues, so they have their own pass."""

    cues: Cues
    against: Cues
    symbols: frozenset[str]  # all known tickers of letters


class Reading:
    """The names found in one field. `hits` are sure; `doubtful` wait for `settle`, which knows the whole article."""

    __slots__ = ("_aids", "day", "doubtful", "folded", "hits")

    def __init__(self, folded: Folded, day: date | None, aids: Aids) -> None:
        self.folded, self.day = folded, day
        self.hits: list[Hit] = []
        self.doubtful: list[tuple[Found, Claim]] = []
        self._aids = aids

    def read(self, found: Iterable[Found]) -> None:
        """Sort what was found, the longest first, into clear and doubtful; what a longer one covers is neither."""
        taken: list[Found] = []
        lookalikes: list[Found] = []
        for one in found:
            if one.pattern.not_about:
                lookalikes.append(one)
            if not one.pattern.claims:
                continue
            if taken and (cover := _overlapped(one, taken)):
                self._note_part(one, cover)
            elif self._read(one, lookalikes):
                taken.append(one)

    def _read(self, one: Found, lookalikes: list[Found]) -> bool:
        """Take what is clear, keep what is doubtful; whether something was clear."""
        clear = False
        for claim in one.pattern.claims:
            if (claim.is_dated and not claim.is_valid_on(self.day)) or (
                lookalikes and _is_hidden(one, claim, lookalikes)
            ):
                continue
            rule, why = _CLEAR.get(claim.alias.kind, ""), ""
            if claim.mark is not None:
                rule, why = mark_of(self.folded.text, one.start, one.end, claim.mark, self._aids.symbols)
                if not rule:
                    continue
            if claim.alias.ambiguous and claim.mark not in _SURE_MARKS:
                self.doubtful.append((one, claim))
            elif not self._is_contradicted(one, claim):
                self._take(one, claim, rule, why)
                clear = True
        return clear

    def settle(self, clear: set[str]) -> None:
        """Decide the doubtful names, given the companies that the article names clearly."""
        for one, claim in self.doubtful:
            if any(one.overlaps(hit.start, hit.end) for hit in self.hits):
                continue
            rule, why = self._judge(one, claim, clear)
            if rule:
                self._take(one, claim, rule, why)

    def _judge(self, one: Found, claim: Claim, clear: set[str]) -> tuple[str, str]:
        """The rule that settles a doubtful name and what it saw; ("", "") when none does."""
        if self._is_contradicted(one, claim):
            return "", ""
        if not clear.isdisjoint(claim.subjects):
            return "word-again", ""
        text = self.folded.text
        cues = self._aids.cues.near(text, one.start, one.end)
        if cue := nearest(cues, claim.cues, one.start, one.end):
            return "word-cue", f"next to '{text[cue.start : cue.end]}'"
        if "@owner" in claim.cues and is_owner(text, one.start, one.end):
            return "word-owner", ""
        if "@capital" in claim.cues and has_undue_capital(text, one.start):
            return "word-capital", ""
        if "@company" in claim.cues:
            for hit in self.hits:
                if hit.subject not in claim.subjects and max(hit.start - one.end, one.start - hit.end) <= NEAR:
                    return "word-beside-company", f"next to '{text[hit.start : hit.end]}'"
        return "", ""

    def _is_contradicted(self, one: Found, claim: Claim) -> bool:
        if not claim.against or not self._aids.against.may_be_near(claim.against, self.folded.text, one.start, one.end):
            return False
        against = self._aids.against.near(self.folded.text, one.start, one.end)
        return nearest(against, claim.against, one.start, one.end) is not None

    def _take(self, one: Found, claim: Claim, rule: str, why: str) -> None:
        if claim.alias.kind not in ("person", "ticker") and is_no_news(self.folded.text, one.start, one.end):
            return
        for subject in claim.subjects:
            self.hits.append(Hit(subject, one.start + claim.offset, one.end, rule, why, ""))

    def _note_part(self, one: Found, cover: Found) -> None:
        """Say on the longer name which other company's name it contains."""
        owners = [subject for claim in one.pattern.claims for subject in claim.subjects]
        for at, hit in enumerate(self.hits):
            if (
                hit.end == cover.end
                and cover.start <= hit.start
                and not hit.rejected
                and owners
                and hit.subject not in owners
            ):
                inside = self.folded.text[one.start : one.end]
                self.hits[at] = hit._replace(rejected=f"{owners[0]}: {inside!r} is only a part of the name")


def _overlapped(one: Found, others: Iterable[Found]) -> Found | None:
    start, end = one.start, one.end
    for other in others:
        if other.start < end and start < other.end:
            return other
    return None


def _is_hidden(one: Found, claim: Claim, lookalikes: Iterable[Found]) -> bool:
    """Whether words around the name say that it is not this company: Samsung Heavy, 阿里山."""
    return any(
        other.overlaps(one.start, one.end) and not other.pattern.not_about.isdisjoint(claim.subjects)
        for other in lookalikes
    )


RULES: dict[str, str] = {
    "name": "The company's name, or a short form of it that means nothing else, as a whole word.",
    "former-name": "A name that the company had, or that of a company it took over, while that was so.",
    "product": "A product or brand of one company names its owner.",
    "person": "The sitting head of exactly one company stands for it.",
    "word-cue": "A name that is also a word or another's name, settled by words nearby.",
    "word-owner": "A name that is also a word, with a capital and an 's, as owners have them: Arm's.",
    "word-capital": "A name that is also a word, with a capital where a word would have none.",
    "word-beside-company": "A name that is also a word, close to another company that is named clearly.",
    "word-again": "A name that is also a word, in an article that names the company clearly elsewhere.",
    "ticker-marked": "A ticker with its mark: $MU, (NASDAQ: MU), 688256.SH.",
    "ticker-list": "A ticker in a list of tickers.",
    "ticker-stock": "A ticker right beside a word of the stock market.",
}
SCORES = {
    "name": 0.98, "former-name": 0.95, "product": 0.93, "person": 0.9, "word-cue": 0.88, "word-owner": 0.85, "word-capital": 0.8,
    "word-beside-company": 0.8, "word-again": 0.9, "ticker-marked": 0.97, "ticker-list": 0.9, "ticker-stock": 0.85,
}  # fmt: skip


def _symbols(catalog: Catalog) -> frozenset[str]:
    """American tickers of two letters or more, also those that are names: AMD tells that the NVDA before it is one."""
    tickers = (listing.ticker for company in catalog.companies.values() for listing in company.listings)
    return frozenset(ticker for ticker in tickers if ticker.isalpha() and len(ticker) > 1)


class Names:
    """Finds companies in folded text. Built once from a catalog; holds no state of articles."""

    def __init__(self, catalog: Catalog) -> None:
        patterns = patterns_of(catalog)
        self._patterns = list(patterns.values())
        self._is_name = np.array([not pattern.not_about for pattern in self._patterns])
        lefts, rights = [pattern.left for pattern in self._patterns], [pattern.right for pattern in self._patterns]
        # A Korean syllable may follow one: it is a particle.
        self._scan = Scan(
            list(patterns), edges(), lefts, [Edge.FREE if edge is Edge.HANGUL else edge for edge in rights]
        )
        claims = [claim for pattern in self._patterns for claim in pattern.claims]
        self._aids = Aids(
            cues=Cues(word for claim in claims for word in claim.cues),
            against=Cues(word for claim in claims for word in claim.against),
            symbols=_symbols(catalog),
        )

    def hits(self, fields: Sequence[Folded], found: Sequence[Sequence[Found]], day: date | None) -> list[list[Hit]]:
        """The companies that each field of an article names, in reading order, given what was `found` in them.

        All fields settle its ambiguous names."""
        readings = [Reading(folded, day, self._aids) for folded in fields]
        for reading, spellings in zip(readings, found, strict=True):
            if spellings:
                reading.read(spellings)
        doubtful = [reading for reading in readings if reading.doubtful]
        if doubtful:
            clear = {hit.subject for reading in readings for hit in reading.hits}
            for reading in doubtful:
                reading.settle(clear)
        for reading in readings:
            if len(reading.hits) > 1:
                reading.hits.sort(key=_in_reading_order)
        return [reading.hits for reading in readings]

    def found(self, texts: Together) -> dict[int, list[Found]]:
        """Every spelling that stands alone in the texts that have any, by position.

        The longest first; a look-alike before a name of its length."""
        matches = self._standing_alone(texts)
        order = np.lexsort((matches.start, self._is_name[matches.spelling], matches.start - matches.end))
        found: dict[int, list[Found]] = defaultdict(list)
        for at, index, start, end in texts.each(matches.at(order)):
            found[at].append(Found(start, end, self._patterns[index]))
        return found

    def _standing_alone(self, texts: Together) -> Matches:
        matches, is_alone = self._scan.found(texts)
        before_a_stop = is_alone & (texts.after(matches.end) == ord("."))
        for at in np.flatnonzero(before_a_stop).tolist():
            if self._patterns[matches.spelling[at]].right is Edge.WORD and is_address(texts.text, int(matches.end[at])):
                is_alone[at] = False
        return matches.at(is_alone)


_in_reading_order = itemgetter(1, 2)  # a hit's start and end
