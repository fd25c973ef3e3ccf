"""
What is seen of each theme in an article, as named features that can be weighed.

    phrases in title and summary | companies of the theme | the kind of story | place in the title
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from ingest.themes.phrases import Hit

_FOR = re.compile(r"\b(?:for|to feed|feeding|to serve|to power|to supply|as|amid|despite|on)(?: \w+){0,2} $")
_OF = re.compile(r"\b(?:by|from|of|in|at|with|after|than|near)(?: \w+)? $")
_TOWARDS = ("向", "用", "专用", "給", "에", "용", "향")
_TITLE_QUARTERS = 4
BUSINESS = {"results", "orders", "deals", "listing", "investment", "capacity", "shortage", "price", "policy", "cue"}
_MONEY = ("rating", "stockmove", "holdings", "wrap", "people", "legal")
_OTHER_STORIES = {
    "science",
    "war",
    "accident",
    "household",
    "howto",
    "gaming",
    "benchmarks",
    "embedded",
    "consumer",
    "culture",
}
_TECH = {"ai", "chips", "halls"}
BELONGINGS = ("main", "first", "other", "below")  # how a company belongs to a theme, the closest first

Group = tuple[str, ...]
"""Features that are seen together; the same groups come back in article after article."""


class Named(NamedTuple):
    """A company that the article names, where in the title, and how; `start` is None when only the summary names it."""

    company: str
    start: int | None
    how: str = "name"  # name | product | person: by its products or its head alone


@dataclass(slots=True)
class Seen:
    """What an article shows of one theme."""

    strong: list[Hit] = field(default_factory=list)  # in the title
    weak: list[Hit] = field(default_factory=list)
    strong_below: list[Hit] = field(default_factory=list)  # in the summary
    weak_below: list[Hit] = field(default_factory=list)
    members: list[tuple[str, Named]] = field(default_factory=list)  # how the company belongs to the theme
    is_business: bool = False  # the theme is the whole business of a company named

    @property
    def is_nothing(self) -> bool:
        """Weak phrases in the summary only, and no company."""
        return not (self.strong or self.weak or self.strong_below or self.members)

    @property
    def is_doubtful(self) -> bool:
        """A single weak phrase, or a company and no phrase: it needs a cue, or a story of business."""
        if self.strong or self.strong_below:
            return False
        return not (self.weak or self.weak_below) or (not self.members and disjoint(self.weak) < 2)


def seen_themes(
    title: Iterable[Hit],
    summary: Iterable[Hit],
    named: Sequence[Named],
    membership: Mapping[str, Sequence[str]],
    broad: Container[str] = frozenset(),
) -> dict[str, Seen]:
    """What is seen of each theme that a phrase points to, or a company of one or two themes to its first.

    A company of several themes points to none by itself: there only what the story says counts. `broad` companies live
    mostly of something else than their themes."""
    seen: dict[str, Seen] = {}
    for hit in title:
        one = seen.setdefault(hit.theme, Seen())
        (one.weak if hit.is_weak else one.strong).append(hit)
    for hit in summary:
        one = seen.setdefault(hit.theme, Seen())
        (one.weak_below if hit.is_weak else one.strong_below).append(hit)
    belongings = [
        (
            theme,
            _belonging(place, len(themes), company),
            company,
            place == 0 and len(themes) <= 2 and company.company not in broad,
        )
        for company in named
        if (themes := membership.get(company.company))
        for place, theme in enumerate(themes)
    ]
    for theme, belonging, _, _ in belongings:
        if belonging == "main" and theme not in seen:
            seen[theme] = Seen()
    for theme, belonging, company, is_business in belongings:
        if theme in seen:
            seen[theme].members.append((belonging, company))
            seen[theme].is_business |= is_business
    return {theme: one for theme, one in seen.items() if not one.is_nothing}


def _belonging(place: int, count: int, named: Named) -> str:
    """main: first of its one or two themes · first: first of several · other: not its first · below: named in the summary only."""
    if named.start is None:
        return "below"
    if place:
        return "other"
    return "main" if count <= 2 else "first"


def theme_features(
    theme: str, seen: Mapping[str, Seen], contexts: Sequence[str], title: str, companies: int
) -> list[Group]:
    """The names of the features that hold for `theme`; `title` is the plain title, `companies` how many the article names."""
    one = seen[theme]
    evidence, members, business = _evidence(one), _members(one), _business(one)
    groups = [
        _together(evidence, members, business),
        _counts(one),
        _places(one, title),
        _rivals(theme, seen),
        _company_counts(one, companies),
        *(_in_context(context, evidence, members, business) for context in contexts),
    ]
    for subtheme in dict.fromkeys(hit.subtheme for hit in one.strong if hit.subtheme):
        groups.append((f"sub:{subtheme}",))
        groups += [(f"sub:{subtheme}~{context}",) for context in contexts if context in _OTHER_STORIES]
    return groups


def with_pairs(contexts: Iterable[str]) -> list[str]:
    """The contexts, and what they say together: talk of money is about a theme when the title also speaks of AI, chips or
    data centres, and else seldom."""
    found = list(contexts)
    money = [context for context in _MONEY if context in found]
    if not money:
        return found
    kind = "-tech" if _TECH.isdisjoint(found) else "+tech"
    return [*found, *(context + kind for context in money)]


@cache
def _together(evidence: str, members: str, business: str) -> Group:
    features = (evidence, members, f"{evidence}*{members}")
    return (*features, business, f"{business}*{evidence}") if business else features


@cache
def _in_context(context: str, evidence: str, members: str, business: str) -> Group:
    ways = [evidence] if evidence == "strong" else [evidence, members]
    return (f"~{context}", *(f"{way}~{context}" for way in (*ways, business) if way))


def _evidence(one: Seen) -> str:
    if one.strong:
        return "strong"
    if one.strong_below:
        return "weak+below" if one.weak else "below"
    if one.weak:
        return "weak"
    return "weakbelow" if one.weak_below else "nophrase"


def _members(one: Seen) -> str:
    found = {belonging for belonging, _ in one.members}
    for belonging in BELONGINGS:
        if belonging in found:
            return belonging
    return "nomember"


def _business(one: Seen) -> str:
    """Whether the theme is what a company named lives of; "" when none is named."""
    if not one.members:
        return ""
    return "business" if one.is_business else "sideline"


def _counts(one: Seen) -> Group:
    features = []
    if one.strong and all(hit.is_gap for hit in one.strong):
        features.append("gaps")
    if len(one.strong) > 1 and disjoint(one.strong) > 1:
        features.append("strong2")
    if one.strong and one.weak:
        features.append("strong+weak")
    if one.strong and one.strong_below:
        features.append("strong+below")
    if not one.strong and len(one.weak) > 1 and disjoint(one.weak) > 1:
        features.append("weak2")
    if len(one.strong_below) > 1:
        features.append("below2")
    return tuple(features)


def _places(one: Seen, title: str) -> Group:
    """Where in the title the theme's words stand, and whether they only say what for, by whom or where."""
    hits, kind = (one.strong, "strong") if one.strong else (one.weak, "weak")
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


def _rivals(theme: str, seen: Mapping[str, Seen]) -> Group:
    """Other themes that the title speaks of, and whether they have companies where this one has none."""
    if len(seen) == 1:
        return ("rivals0",)
    one = seen[theme]
    others = [other for name, other in seen.items() if name != theme]
    strong = [other for other in others if other.strong]
    features = [f"rivals{min(len(strong), 2)}"]
    if strong and (one.strong or one.weak):
        start = min(hit.start for hit in one.strong or one.weak)
        earlier = any(other.strong[0].start < start for other in strong)
        features.append(("strong" if one.strong else "weak") + (":later" if earlier else ":earliest"))
    if strong and not one.strong:
        features.append("rivals,nostrong")
    if not one.members:
        if any(other.members for other in others):
            features.append("rivalmember")
        if any(_members(other) == "main" for other in strong):
            features.append("rivalstrongmember")
    return tuple(features)


def _company_counts(one: Seen, companies: int) -> Group:
    features = ["companies" + ("0" if not companies else "1" if companies == 1 else "2" if companies == 2 else "3")]
    belongings = [(belonging, named) for belonging, named in one.members if belonging in ("main", "first")]
    if belongings:
        features.append("allmembers" if len(belongings) == companies else "somemembers")
        if any(named.start is not None and named.start <= 12 for _, named in belongings):
            features.append("memberleads")
        if all(named.how != "name" for _, named in belongings):
            features.append(f"by{belongings[0][1].how}")
    return tuple(features)


def disjoint(hits: Iterable[Hit]) -> int:
    """How many of the hits can be told apart: those that overlap count once."""
    count, end = 0, -1
    for hit in sorted(hits):
        if hit.start >= end:
            count += 1
        end = max(end, hit.end)
    return count
