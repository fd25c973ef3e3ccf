"""
Features of an article for the theme classifier, by name: the model has a weight for each.

    phrases in title and summary | companies of the theme | the kind of story | positions in the title
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from ingest.themes.phrases import PhraseHit

_FOR = re.compile(r"\b(?:for|to feed|feeding|to serve|to power|to supply|as|amid|despite|on)(?: \w+){0,2} $")
_OF = re.compile(r"\b(?:by|from|of|in|at|with|after|than|near)(?: \w+)? $")
_TOWARDS = ("向", "用", "专用", "給", "에", "용", "향")
_TITLE_QUARTERS = 4
BUSINESS = {"results", "orders", "deals", "listing", "investment", "capacity", "shortage", "price", "policy", "cue"}
_MONEY = ("rating", "stockmove", "holdings", "wrap", "people", "legal")
_OTHER_STORIES = {"science", "war", "accident", "household", "howto", "gaming", "benchmarks", "embedded"}
_OTHER_STORIES |= {"consumer", "culture"}
_TECH = {"ai", "chips", "halls"}
MEMBERSHIPS = ("main", "first", "other", "below")  # of a company in a theme, the closest first

Group = tuple[str, ...]
"""Features that occur together. The same groups come back in article after article, and are added up once."""


class NamedCompany(NamedTuple):
    """A company that the article names, and where in the title; `start` is None when only the summary names it."""

    company: str
    start: int | None
    how: str = "name"  # name | product | person: by its products or its head alone


@dataclass(slots=True)
class ThemeSignals:
    """The signals of one theme in an article."""

    strong: list[PhraseHit] = field(default_factory=list)  # in the title
    weak: list[PhraseHit] = field(default_factory=list)
    strong_below: list[PhraseHit] = field(default_factory=list)  # in the summary
    weak_below: list[PhraseHit] = field(default_factory=list)
    members: list[tuple[str, NamedCompany]] = field(default_factory=list)  # membership and company
    is_business: bool = False  # the theme is the whole business of a named company

    @property
    def is_insufficient(self) -> bool:
        """Only weak phrases in the summary, and no company."""
        return not (self.strong or self.weak or self.strong_below or self.members)

    @property
    def is_doubtful(self) -> bool:
        """A single weak phrase, or a company without a phrase: these need a cue, or a business story."""
        if self.strong or self.strong_below:
            return False
        return not (self.weak or self.weak_below) or (not self.members and disjoint(self.weak) < 2)


def theme_signals(
    title: Iterable[PhraseHit],
    summary: Iterable[PhraseHit],
    companies: Sequence[NamedCompany],
    themes_of: Mapping[str, Sequence[str]],
    broad: Container[str] = frozenset(),
) -> dict[str, ThemeSignals]:
    """The signals of each theme that a phrase points to, or a company of one or two themes to its first.

    A company of several themes points to none by itself: there the rest of the story must. `broad` companies do most of
    their business outside their themes."""
    signals: dict[str, ThemeSignals] = {}
    for hit in title:
        own = signals.setdefault(hit.theme, ThemeSignals())
        (own.weak if hit.is_weak else own.strong).append(hit)
    for hit in summary:
        own = signals.setdefault(hit.theme, ThemeSignals())
        (own.weak_below if hit.is_weak else own.strong_below).append(hit)
    memberships = [
        (
            theme,
            _membership(rank, len(themes), company),
            company,
            rank == 0 and len(themes) <= 2 and company.company not in broad,
        )
        for company in companies
        if (themes := themes_of.get(company.company))
        for rank, theme in enumerate(themes)
    ]
    for theme, membership, _, _ in memberships:
        if membership == "main" and theme not in signals:
            signals[theme] = ThemeSignals()
    for theme, membership, company, is_business in memberships:
        if theme in signals:
            signals[theme].members.append((membership, company))
            signals[theme].is_business |= is_business
    return {theme: own for theme, own in signals.items() if not own.is_insufficient}


def _membership(rank: int, count: int, named: NamedCompany) -> str:
    """main: first of one or two themes · first: first of several · other: not first · below: only in the summary."""
    if named.start is None:
        return "below"
    if rank:
        return "other"
    return "main" if count <= 2 else "first"


def theme_features(
    theme: str, signals: Mapping[str, ThemeSignals], contexts: Sequence[str], title: str, companies: int
) -> list[Group]:
    """The features that hold for `theme`; `title` is the plain title, `companies` their number in the article."""
    own = signals[theme]
    evidence, members, business = _evidence(own), _members(own), _business(own)
    groups = [
        _together(evidence, members, business),
        _counts(own),
        _positions(own, title),
        _rivals(theme, signals),
        _company_counts(own, companies),
        *(_in_context(context, evidence, members, business) for context in contexts),
    ]
    for subtheme in dict.fromkeys(hit.subtheme for hit in own.strong if hit.subtheme):
        groups.append((f"sub:{subtheme}",))
        groups += [(f"sub:{subtheme}~{context}",) for context in contexts if context in _OTHER_STORIES]
    return groups


def with_pairs(contexts: Iterable[str]) -> list[str]:
    """The contexts, and money with or without technology: a story about money is rarely about a theme unless its title
    also mentions AI, chips or data centres."""
    names = list(contexts)
    money = [context for context in _MONEY if context in names]
    if not money:
        return names
    kind = "-tech" if _TECH.isdisjoint(names) else "+tech"
    return [*names, *(context + kind for context in money)]


@cache
def _together(evidence: str, members: str, business: str) -> Group:
    features = (evidence, members, f"{evidence}*{members}")
    return (*features, business, f"{business}*{evidence}") if business else features


@cache
def _in_context(context: str, evidence: str, members: str, business: str) -> Group:
    ways = [evidence] if evidence == "strong" else [evidence, members]
    return (f"~{context}", *(f"{way}~{context}" for way in (*ways, business) if way))


def _evidence(own: ThemeSignals) -> str:
    if own.strong:
        return "strong"
    if own.strong_below:
        return "weak+below" if own.weak else "below"
    if own.weak:
        return "weak"
    return "weakbelow" if own.weak_below else "nophrase"


def _members(own: ThemeSignals) -> str:
    present = {membership for membership, _ in own.members}
    for membership in MEMBERSHIPS:
        if membership in present:
            return membership
    return "nomember"


def _business(own: ThemeSignals) -> str:
    """Whether the theme is the whole business of a named company; "" when none is named."""
    if not own.members:
        return ""
    return "business" if own.is_business else "sideline"


def _counts(own: ThemeSignals) -> Group:
    features = []
    if own.strong and all(hit.is_gap for hit in own.strong):
        features.append("gaps")
    if len(own.strong) > 1 and disjoint(own.strong) > 1:
        features.append("strong2")
    if own.strong and own.weak:
        features.append("strong+weak")
    if own.strong and own.strong_below:
        features.append("strong+below")
    if not own.strong and len(own.weak) > 1 and disjoint(own.weak) > 1:
        features.append("weak2")
    if len(own.strong_below) > 1:
        features.append("below2")
    return tuple(features)


def _positions(own: ThemeSignals, title: str) -> Group:
    """Where in the title the theme's words are, and whether they only say for what, by what company or where."""
    hits, kind = (own.strong, "strong") if own.strong else (own.weak, "weak")
    if not hits:
        return ()
    start = min(hits).start
    features = [f"{kind}@{_TITLE_QUARTERS * start // max(len(title), 1)}"]
    if start and title[start - 1] == " ":
        if all(_FOR.search(title, max(0, hit.start - 28), hit.start) for hit in hits):
            features.append(f"{kind}:for")
        if all(_OF.search(title, max(0, hit.start - 20), hit.start) for hit in hits):
            features.append(f"{kind}:of")
    if all(title.startswith(_TOWARDS, hit.end) for hit in hits):
        features.append(f"{kind}:towards")
    return tuple(features)


def _rivals(theme: str, signals: Mapping[str, ThemeSignals]) -> Group:
    """Other themes in the title, and whether they have companies where this one has none."""
    if len(signals) == 1:
        return ("rivals0",)
    own = signals[theme]
    others = [other for name, other in signals.items() if name != theme]
    strong = [other for other in others if other.strong]
    features = [f"rivals{min(len(strong), 2)}"]
    if strong and (own.strong or own.weak):
        start = min(hit.start for hit in own.strong or own.weak)
        earlier = any(other.strong[0].start < start for other in strong)
        features.append(("strong" if own.strong else "weak") + (":later" if earlier else ":earliest"))
    if strong and not own.strong:
        features.append("rivals,nostrong")
    if not own.members:
        if any(other.members for other in others):
            features.append("rivalmember")
        if any(_members(other) == "main" for other in strong):
            features.append("rivalstrongmember")
    return tuple(features)


def _company_counts(own: ThemeSignals, companies: int) -> Group:
    features = ["companies" + ("0" if not companies else "1" if companies == 1 else "2" if companies == 2 else "3")]
    members = [named for membership, named in own.members if membership in ("main", "first")]
    if members:
        features.append("allmembers" if len(members) == companies else "somemembers")
        if any(named.start is not None and named.start <= 12 for named in members):
            features.append("memberleads")
        if all(named.how != "name" for named in members):
            features.append(f"by{members[0].how}")
    return tuple(features)


def disjoint(hits: Iterable[PhraseHit]) -> int:
    """The number of hits, where overlapping ones count once."""
    count, end = 0, -1
    for hit in sorted(hits):
        if hit.start >= end:
            count += 1
        end = max(end, hit.end)
    return count
