"""
Which companies a text names, and why.

    names, products, people, tickers, look-alikes | one automaton pass | whole words | longest first | ambiguous ones by context
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from operator import itemgetter

import numpy as np

from data.catalog.records import Catalog
from ingest.entities.cues import Cues
from ingest.entities.disambiguate import Aids, Hit, Reading
from ingest.entities.matcher import Matches, Scan, Together
from ingest.entities.normalize import Folded
from ingest.entities.patterns import Found, patterns_of
from ingest.entities.surface_forms import Edge, edges, is_address

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
