"""
Which companies an article names, and why: Catalog + normalized texts → Mentions.

    find all spellings | in each field: the longest first, clear ones | then the ambiguous ones, by what is around them

A missed company is better than a wrong one: a name that is also a word counts only with evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from data.catalog.records import Catalog
from data.records import Field, Mention
from ingest.entities.acts import acts, is_listed
from ingest.entities.cues import (
    NEAR,
    CueMatcher,
    has_unexpected_capital,
    is_elsewhere,
    is_former_role,
    is_possessive,
    nearest,
)
from ingest.entities.matcher import Matcher, Matches, TextBatch
from ingest.entities.normalize import NormalizedText, NormalizedTexts
from ingest.entities.patterns import Candidate, Edge, PatternMatch, edge_table, is_address, is_number, patterns_of
from ingest.entities.tickers import Mark, mark_of
from ingest.entities.word_edges import WordEdges

SCORES = {
    "name": 0.98, "former-name": 0.95, "product": 0.93, "person": 0.9, "word-cue": 0.88, "word-owner": 0.85,
    "word-capital": 0.8, "word-acts": 0.88, "word-peers": 0.85, "word-beside-company": 0.8, "word-again": 0.9,
    "ticker-marked": 0.97, "ticker-list": 0.9,
    "ticker-stock": 0.85,
}  # fmt: skip
FIELDS: tuple[Field, Field] = ("title", "summary")

_CLEAR = {"name": "name", "former": "former-name", "product": "product", "person": "person"}
_SURE_MARKS = (Mark.WHOLE, Mark.COLON)  # $CAT and "NYSE: CAT" are the ticker whatever the word means


class CompanyHit(NamedTuple):
    """A company named at text[start:end] of a normalized field."""

    subject: str
    start: int
    end: int
    rule: str
    why: str
    rejected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What settles ambiguous names. Words against a name are few but often looked up: they have a pass of their own."""

    cues: CueMatcher
    against: CueMatcher
    symbols: frozenset[str]  # all known tickers made of letters
    edges: WordEdges


class CompanyLinker:
    """Finds the companies of one catalog. Build it once; it holds no state of articles."""

    def __init__(self, catalog: Catalog) -> None:
        patterns = patterns_of(catalog)
        self._patterns = list(patterns.values())
        self._takes_number = np.array([pattern.takes_number for pattern in self._patterns])
        self._is_name = np.array([not pattern.not_about for pattern in self._patterns])
        lefts, rights = [pattern.left for pattern in self._patterns], [pattern.right for pattern in self._patterns]
        # After a Korean name, a syllable is a particle and not part of a longer word.
        rights = [Edge.FREE if edge is Edge.HANGUL else edge for edge in rights]
        self._matcher = Matcher(list(patterns), edge_table(), lefts, rights)
        candidates = [candidate for pattern in self._patterns for candidate in pattern.candidates]
        self._vocabulary = Vocabulary(
            cues=CueMatcher(word for candidate in candidates for word in candidate.cues),
            against=CueMatcher(word for candidate in candidates for word in candidate.against),
            symbols=_symbols(catalog),
            edges=WordEdges(catalog),
        )

    def mentions(self, texts: NormalizedTexts, published: Sequence[datetime | None]) -> list[tuple[Mention, ...]]:
        """The companies of each article, published at one of these times; `texts` are titles and summaries in turn."""
        mentions: list[tuple[Mention, ...]] = [()] * len(published)
        matches = self._matches(texts.batch)
        for at in {number // 2 for number in matches}:
            fields, moment = texts.fields(at), published[at]
            in_fields = matches.get(2 * at, ()), matches.get(2 * at + 1, ())
            hits = self._hits(fields, in_fields, moment.date() if moment else None)
            if any(hits):
                mentions[at] = _mentions(fields, hits)
        return mentions

    def _matches(self, texts: TextBatch) -> dict[int, list[PatternMatch]]:
        """All spellings in the texts that have any: the longest first, an exclusion before a name of its length."""
        matches = self._whole_words(texts)
        order = np.lexsort((matches.start, self._is_name[matches.spelling], matches.start - matches.end))
        by_text: dict[int, list[PatternMatch]] = defaultdict(list)
        for at, spelling, start, end in texts.each(matches.select(order)):
            by_text[at].append(PatternMatch(start, end, self._patterns[spelling]))
        return by_text

    def _whole_words(self, texts: TextBatch) -> Matches:
        matches, is_whole = self._matcher.find(texts)
        before_full_stop = is_whole & (texts.after(matches.end) == ord("."))
        for at in np.flatnonzero(before_full_stop).tolist():
            if self._patterns[matches.spelling[at]].right is Edge.WORD and is_address(texts.text, int(matches.end[at])):
                is_whole[at] = False
        after = texts.after(matches.end)
        before_digit = ~is_whole & (after >= ord("0")) & (after <= ord("9")) & self._takes_number[matches.spelling]
        for at in np.flatnonzero(before_digit).tolist():
            pattern = self._patterns[matches.spelling[at]]
            is_whole[at] = is_number(texts.text, int(matches.end[at]), pattern.is_product)
        return matches.select(is_whole)

    def _hits(
        self, fields: Sequence[NormalizedText], matches: Sequence[Sequence[PatternMatch]], day: date | None
    ) -> list[list[CompanyHit]]:
        """The companies of each field, in reading order. Names that are clear in one field settle the others."""
        resolvers = [FieldResolver(field, day, self._vocabulary) for field in fields]
        for resolver, in_field in zip(resolvers, matches, strict=True):
            if in_field:
                resolver.take_clear(in_field)
        if any(resolver.doubtful for resolver in resolvers):
            clear = {hit.subject for resolver in resolvers for hit in resolver.hits}
            for resolver in resolvers:
                resolver.settle_doubtful(clear)
        for resolver in resolvers:
            if len(resolver.hits) > 1:
                resolver.hits.sort(key=_in_reading_order)
        return [resolver.hits for resolver in resolvers]


_in_reading_order = itemgetter(1, 2)  # a hit's start and end


class FieldResolver:
    """The names in one field. `hits` are sure; `doubtful` ones wait for what the other fields name clearly."""

    __slots__ = ("_vocabulary", "day", "doubtful", "field", "hits")

    def __init__(self, field: NormalizedText, day: date | None, vocabulary: Vocabulary) -> None:
        self.field, self.day = field, day
        self.hits: list[CompanyHit] = []
        self.doubtful: list[tuple[PatternMatch, Candidate]] = []
        self._vocabulary = vocabulary

    def take_clear(self, matches: Iterable[PatternMatch]) -> None:
        """Sort matches, the longest first, into clear and doubtful ones. Parts of a longer clear name are neither."""
        taken: list[PatternMatch] = []
        exclusions: list[PatternMatch] = []
        for match in matches:
            if match.pattern.not_about:
                exclusions.append(match)
            if not match.pattern.candidates:
                continue
            if match.pattern.is_short and self._vocabulary.edges.is_other(self.field.text, match.start, match.end):
                continue
            if taken and (longer := _overlapping(match, taken)):
                self._note_part(match, longer)
            elif self._sort(match, exclusions):
                taken.append(match)

    def _sort(self, match: PatternMatch, exclusions: list[PatternMatch]) -> bool:
        """Take the clear candidates of a match and keep the doubtful ones; whether any was clear."""
        any_clear = False
        for candidate in match.pattern.candidates:
            if candidate.is_dated and not candidate.is_valid_on(self.day):
                continue
            if exclusions and _is_excluded(match, candidate, exclusions):
                continue
            rule, why = _CLEAR.get(candidate.alias.kind, ""), ""
            if candidate.mark is not None:
                symbols = self._vocabulary.symbols
                rule, why = mark_of(self.field.text, match.start, match.end, candidate.mark, symbols)
                if not rule:
                    continue
            if candidate.alias.ambiguous and candidate.mark not in _SURE_MARKS:
                self.doubtful.append((match, candidate))
            elif not self._is_contradicted(match, candidate):
                self._take(match, candidate, rule, why)
                any_clear = True
        return any_clear

    def settle_doubtful(self, clear: set[str]) -> None:
        """Decide the doubtful names, given the companies that the article names clearly."""
        for match, candidate in self.doubtful:
            if any(match.overlaps(hit.start, hit.end) for hit in self.hits):
                continue
            rule, why = self._evidence(match, candidate, clear)
            if rule:
                self._take(match, candidate, rule, why)

    def _evidence(self, match: PatternMatch, candidate: Candidate, clear: set[str]) -> tuple[str, str]:
        """The rule that settles a doubtful name, and what it found; ("", "") when none does."""
        if self._is_contradicted(match, candidate):
            return "", ""
        if not clear.isdisjoint(candidate.subjects):
            return "word-again", ""
        text, start, end = self.field.text, match.start, match.end
        if cue := nearest(self._vocabulary.cues.near(text, start, end), candidate.cues, start, end):
            return "word-cue", f"next to '{text[cue.start : cue.end]}'"
        if "@owner" in candidate.cues and is_possessive(text, start, end):
            return "word-owner", ""
        if "@capital" in candidate.cues and has_unexpected_capital(text, start):
            return "word-capital", ""
        others = [hit for hit in self.hits if hit.subject not in candidate.subjects]
        may_act = "@acts" in candidate.cues or (others and "@acts-beside" in candidate.cues)
        if may_act and acts(text, start, end):
            return "word-acts", ""
        if "@peers" in candidate.cues and len({hit.subject for hit in others}) > 1 and is_listed(text, start, end):
            return "word-peers", ""
        if "@company" in candidate.cues:
            for hit in others:
                if max(hit.start - end, start - hit.end) <= NEAR:
                    return "word-beside-company", f"next to '{text[hit.start : hit.end]}'"
        return "", ""

    def _is_contradicted(self, match: PatternMatch, candidate: Candidate) -> bool:
        text, against = self.field.text, self._vocabulary.against
        if not candidate.against or not against.may_be_near(candidate.against, text, match.start, match.end):
            return False
        cues = against.near(text, match.start, match.end)
        return nearest(cues, candidate.against, match.start, match.end) is not None

    def _take(self, match: PatternMatch, candidate: Candidate, rule: str, why: str) -> None:
        kind = candidate.alias.kind
        text, start, end = self.field.text, match.start, match.end
        if kind not in ("person", "ticker") and (is_former_role(text, start, end) or is_elsewhere(text, end)):
            return
        for subject in candidate.subjects:
            self.hits.append(CompanyHit(subject, start + candidate.offset, end, rule, why, ""))

    def _note_part(self, match: PatternMatch, longer: PatternMatch) -> None:
        """Note on the longer name which other company's name it contains."""
        owners = [subject for candidate in match.pattern.candidates for subject in candidate.subjects]
        for at, hit in enumerate(self.hits):
            is_longer = hit.end == longer.end and longer.start <= hit.start
            if is_longer and not hit.rejected and owners and hit.subject not in owners:
                part = self.field.text[match.start : match.end]
                self.hits[at] = hit._replace(rejected=f"{owners[0]}: {part!r} is only a part of the name")


def _symbols(catalog: Catalog) -> frozenset[str]:
    """American tickers of two letters or more, even those that are names: AMD shows that NVDA before it is a ticker."""
    tickers = (listing.ticker for company in catalog.companies.values() for listing in company.listings)
    return frozenset(ticker for ticker in tickers if ticker.isalpha() and len(ticker) > 1)


def _overlapping(match: PatternMatch, others: Iterable[PatternMatch]) -> PatternMatch | None:
    start, end = match.start, match.end
    for other in others:
        if other.start < end and start < other.end:
            return other
    return None


def _is_excluded(match: PatternMatch, candidate: Candidate, exclusions: Iterable[PatternMatch]) -> bool:
    """Whether the words around the name show that it is not this company: Samsung Heavy, 阿里山."""
    return any(
        exclusion.overlaps(match.start, match.end) and not exclusion.pattern.not_about.isdisjoint(candidate.subjects)
        for exclusion in exclusions
    )


def _mentions(fields: Sequence[NormalizedText], hits: Sequence[Sequence[CompanyHit]]) -> tuple[Mention, ...]:
    relevance = _relevance(fields[0], hits)
    mentions = []
    for name, field, in_field in zip(FIELDS, fields, hits, strict=True):
        for subject, start, end, rule, why, rejected in in_field:
            start, end = field.span(start, end)
            matched = field.source[start:end]
            mentions.append(
                Mention(subject, name, start, end, matched, rule, SCORES[rule], relevance[subject], why, rejected)
            )
    return tuple(mentions)


def _relevance(title: NormalizedText, hits: Sequence[Sequence[CompanyHit]]) -> dict[str, int]:
    """How much the article is about each company: where it is first named, how often, and among how many others.

    100 in the first half of the title, 85 in the second; 50 at the beginning of the summary, 30 later; +5 for each
    further mention. With more than three companies this is multiplied by 3 / their number, but never below 10."""
    first: dict[str, float] = {}
    count: dict[str, int] = {}
    for name, in_field in zip(FIELDS, hits, strict=True):
        for hit in in_field:
            count[hit.subject] = count.get(hit.subject, 0) + 1
            if hit.subject not in first:
                if name == "title":
                    first[hit.subject] = 100 if hit.start <= len(title.text) / 2 else 85
                else:
                    first[hit.subject] = 50 if hit.start <= 160 else 30
    share = min(1.0, 3 / len(first)) if first else 1.0
    return {
        subject: max(10, round(min(100, base + 5 * (count[subject] - 1)) * share)) for subject, base in first.items()
    }
