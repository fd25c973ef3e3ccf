"""One field of an article while its names are being settled: first the clear ones, then the doubtful ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ingest.entities.cues import NEAR, Cues, has_undue_capital, is_owner, nearest
from ingest.entities.former_role import is_no_news
from ingest.entities.normalize import Folded
from ingest.entities.patterns import Claim, Found
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
