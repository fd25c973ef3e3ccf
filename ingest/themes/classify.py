"""
What an article is about: phrases of themes and companies that belong to them, weighed.

    scan title and summary | gather what is seen of each theme | weigh | keep the evidence
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import NamedTuple

from data.catalog.records import Catalog
from data.catalog.themes import expand
from data.model.theme_weights import WORD, ThemeWeights
from data.records import Field, Mention
from data.text.nfkc import SEPARATOR
from ingest.entities.matcher import Together
from ingest.entities.normalize import Folded, FoldedTexts
from ingest.themes.features import BELONGINGS, BUSINESS, Group, Named, Seen, seen_themes, theme_features, with_pairs
from ingest.themes.phrases import ContextScan, Hit, PhraseScan
from ingest.themes.title_words import WeighedWords
from ingest.themes.weights import Sums, sureness

THEME_RULES: dict[str, str] = {
    "phrase": "Words that mean the theme, in a story that is about it.",
    "weak-phrase": "Words that may mean the theme, settled by what else the story says.",
    "results": "Results, orders or a listing of a company count for the first of its one or two themes.",
    "classifier": "A company of the theme, in the kind of story that is about the theme; the words that weighed most are named.",
}
_CUE = "cue"
_INDIRECT = ("product", "person")  # rules of company mentions that do not name the company itself
_ABOUT_THE_COMPANY = ("results", "orders", "listing")
_OF_THEIR_MAKERS = {"ai_labs"}  # most of what its companies do is what the theme is about
_NEAR_MISS = 0.25  # a theme above this that was not linked is worth naming as rejected
_LEAD = 160  # characters of a summary that count as its beginning


class Span(NamedTuple):
    """Evidence in the stored text."""

    field: Field
    start: int
    end: int
    subtheme: str


class Judged(NamedTuple):
    """A theme, how sure, and what says so beside the plain words of the title."""

    theme: str
    probability: float
    groups: list[Group]


class Reading(NamedTuple):
    """What was seen in one article."""

    title: Folded
    summary: Folded
    text: str  # the plain title
    seen: dict[str, Seen]
    contexts: dict[str, tuple[int, int]]  # where the title says what kind of story it is
    words: list[float]  # what its plain words weigh for each theme of the catalog
    companies: tuple[Mention, ...]


class ThemeLinker:
    """Links articles to themes. Build it once; linking is pure."""

    def __init__(self, catalog: Catalog, weights: ThemeWeights | None = None) -> None:
        weights = weights or catalog.model.theme_weights
        self._phrases = PhraseScan(catalog.themes.values())
        self._cues = _cue_names(catalog)
        self._common_cue = next((cue for cue, _ in Counter(self._cues.values()).most_common(1)), "")
        self._contexts = ContextScan(_contexts(catalog, self._cues))
        self._companies = catalog.companies
        self._membership = {company.id: company.themes for company in catalog.companies.values()}
        self._broad = catalog.broad_companies
        self._weights = {theme: weights.of(theme) for theme in catalog.themes}
        self._sums = {theme: Sums(own) for theme, own in self._weights.items()}
        self._places = {theme: place for place, theme in enumerate(catalog.themes)}
        self._words = WeighedWords(weights, list(catalog.themes))
        self._nameless = weights.nameless
        self._untrained = frozenset(theme for theme in catalog.themes if not weights.is_trained(theme))
        self._thresholds = {theme: weights.thresholds.get(theme, weights.threshold) for theme in catalog.themes}

    def mentions(self, texts: FoldedTexts, companies: Sequence[tuple[Mention, ...]]) -> list[tuple[Mention, ...]]:
        """The themes and sub-themes that each article is about, given its title and summary in `texts`, those of all articles
        in turn, and the companies that it names; () when none."""
        mentions: list[tuple[Mention, ...]] = [()] * len(companies)
        for at, reading in self.read(texts, companies).items():
            mentions[at] = self._mentions(reading)
        return mentions

    def _mentions(self, reading: Reading) -> tuple[Mention, ...]:
        judged = self.judge(reading)
        more = 0.0 if reading.companies else self._nameless
        linked = [one for one in judged if one.probability >= self._thresholds[one.theme] + more]
        rejected = next(
            (self._rejection(one) for one in judged if one not in linked and one.probability >= _NEAR_MISS), ""
        )
        return tuple(mention for one in linked for mention in self._evidence(reading, one, rejected))

    def read(self, texts: FoldedTexts, companies: Sequence[tuple[Mention, ...]]) -> dict[int, Reading]:
        """What the articles show of the themes, by position; those are left out where nothing points to any."""
        plain, hits = self._phrases.scan(texts)
        promising = {place // 2 for place in hits} | {at for at, named in enumerate(companies) if named}
        seen: dict[int, dict[str, Seen]] = {}
        for at in sorted(promising):
            shown = hits.get(2 * at, ()), hits.get(2 * at + 1, ())
            if themes := seen_themes(*shown, _named(companies[at]), self._membership, self._broad):
                seen[at] = themes
        if not seen:
            return {}
        titles = Together(SEPARATOR.join([plain[2 * at] for at in seen]))
        contexts = self._contexts.found(titles, [texts.texts[2 * at] for at in seen])
        return {
            at: Reading(*texts.fields(at), plain[2 * at], themes, kinds, words, companies[at])
            for (at, themes), kinds, words in zip(seen.items(), contexts, self._words.weigh(titles), strict=True)
        }

    def judge(self, reading: Reading) -> list[Judged]:
        """How sure it is of each theme that enough points to, the surest first."""
        count = len({mention.subject for mention in reading.companies})
        kinds = with_pairs(context for context in reading.contexts if not context.startswith(_CUE))
        about_business = not BUSINESS.isdisjoint(kinds)
        judged = []
        for theme, seen in reading.seen.items():
            if theme not in self._weights:  # a company may belong to a theme that this catalog does not have
                continue
            has_cue = self._cues[theme] in reading.contexts
            is_settled = has_cue or (about_business and self._cues[theme] == self._common_cue)
            if is_settled or not seen.is_doubtful or theme in _OF_THEIR_MAKERS:
                contexts = [*kinds, _CUE] if has_cue else kinds
                groups = theme_features(theme, reading.seen, contexts, reading.text, count)
                total = self._weights[theme].get("bias", 0.0) + sum(map(self._sums[theme].__getitem__, groups))
                sure = sureness(total + reading.words[self._places[theme]])
                if theme in self._untrained and seen.strong:
                    # Nothing was learnt of when its phrases mislead: whoever wrote one as enough alone is believed.
                    sure = max(sure, self._thresholds[theme] + self._nameless)
                judged.append(Judged(theme, sure, groups))
        return sorted(judged, key=lambda one: (-one.probability, one.theme)) if len(judged) > 1 else judged

    def features(self, reading: Reading, judged: Judged) -> list[str]:
        """All features that say how sure it is of a theme."""
        return [*chain.from_iterable(judged.groups), *self._words.features(reading.text)]

    def _rejection(self, judged: Judged) -> str:
        return f"theme:{judged.theme}: {judged.probability:.2f} is not enough"

    def _evidence(self, reading: Reading, judged: Judged, rejected: str) -> Iterator[Mention]:
        """The mentions of one theme: its phrases, or the companies that stand for it where there is no phrase."""
        rule, spans = _rule_and_spans(reading, reading.seen[judged.theme])
        why = "" if rule == "phrase" else self._reason(reading, judged)
        relevance = _relevance(spans, len(reading.title.source))
        score = round(judged.probability, 2)
        for subject, field, start, end in dict.fromkeys(_subjects(judged.theme, spans)):
            source = reading.title.source if field == "title" else reading.summary.source
            yield Mention(subject, field, start, end, source[start:end], rule, score, relevance, why, rejected)

    def _reason(self, reading: Reading, judged: Judged) -> str:
        """The words and companies that weighed most for the theme: "with 'price hike' and Micron"."""
        weights = self._weights[judged.theme]
        telling = (
            one for one in self.features(reading, judged) if "~" in one or one in BELONGINGS or one.startswith(WORD)
        )
        weighed = sorted([(weight, one) for one in telling if (weight := weights.get(one, 0.0)) > 0], reverse=True)
        said = (self._said(one, reading, judged.theme) for _, one in weighed)
        chosen = list(islice(dict.fromkeys(one for one in said if one), 2))
        return f"with {' and '.join(chosen)}" if chosen else ""

    def _said(self, feature: str, reading: Reading, theme: str) -> str:
        """What a person can see of a feature: a word, the words of a context, the name of a company; "" when nothing."""
        if feature.startswith(WORD):
            return f"'{feature[len(WORD) :]}'"
        context = feature.rpartition("~")[2]
        if "~" in feature and context in reading.contexts:
            start, end = reading.contexts[context]
            return f"'{reading.title.text[start:end]}'"
        members = reading.seen[theme].members
        return self._companies[members[0][1].company].name if members and feature in BELONGINGS else ""


def _cue_names(catalog: Catalog) -> dict[str, str]:
    """The context that stands for each theme's cues; themes with the same cues share one."""
    names: dict[tuple[str, ...], str] = {}
    return {theme.id: names.setdefault(theme.cues, f"{_CUE}{len(names)}") for theme in catalog.themes.values()}


def _contexts(catalog: Catalog, cues: Mapping[str, str]) -> dict[str, Iterable[str]]:
    """The catalog's contexts, and the cues of its themes: the weights know the names, not the words."""
    forms = {name: [form for cue in catalog.themes[theme].cues for form in expand(cue)] for theme, name in cues.items()}
    return {**catalog.contexts, **forms}


def _named(companies: Iterable[Mention]) -> list[Named]:
    """Each company once, with its first place in the title and the plainest way that it is named."""
    starts: dict[str, int | None] = {}
    ways: dict[str, str] = {}
    for mention in companies:
        company = mention.subject[len("company:") :]
        if mention.field == "title":
            before = starts.get(company)
            starts[company] = mention.start if before is None else min(before, mention.start)
        else:
            starts.setdefault(company, None)
        if ways.get(company) != "name":
            ways[company] = mention.rule if mention.rule in _INDIRECT else "name"
    return [Named(company, start, ways[company]) for company, start in starts.items()]


def _rule_and_spans(reading: Reading, seen: Seen) -> tuple[str, list[Span]]:
    if seen.strong or seen.strong_below:
        return "phrase", [
            *_spans("title", reading.title, seen.strong),
            *_spans("summary", reading.summary, seen.strong_below),
        ]
    if seen.weak or seen.weak_below:
        return "weak-phrase", [
            *_spans("title", reading.title, seen.weak),
            *_spans("summary", reading.summary, seen.weak_below),
        ]
    members = {f"company:{named.company}" for _, named in seen.members}
    spans = [Span(one.field, one.start, one.end, "") for one in reading.companies if one.subject in members]
    is_result = any(context in reading.contexts for context in _ABOUT_THE_COMPANY)
    return ("results" if is_result else "classifier"), spans


def _spans(field: Field, folded: Folded, hits: Sequence[Hit]) -> list[Span]:
    """Where the hits stand in the stored text, without those inside a longer one that says as much."""
    spans = [Span(field, *folded.span(hit.start, hit.end), hit.subtheme) for hit in hits]
    if len(spans) == 1:
        return spans
    kept: list[Span] = []
    for span in sorted(spans, key=_longest_first):
        if not any(_says_as_much(longer, span) for longer in kept):
            kept.append(span)
    return sorted(kept)


def _longest_first(span: Span) -> tuple[int, int, str]:
    return span.start - span.end, span.start, span.subtheme


def _subjects(theme: str, spans: Iterable[Span]) -> Iterator[tuple[str, Field, int, int]]:
    """The theme, and the sub-theme where there is one, with each span."""
    for field, start, end, subtheme in spans:
        yield f"theme:{theme}", field, start, end
        if subtheme:
            yield f"subtheme:{theme}.{subtheme}", field, start, end


def _says_as_much(longer: Span, span: Span) -> bool:
    is_inside = longer.start <= span.start and span.end <= longer.end
    return is_inside and span.subtheme in ("", longer.subtheme)


def _relevance(spans: list[Span], title_length: int) -> int:
    """Title 100, its second half 85, a summary's beginning 50 and the rest 30; 5 more for each further mention."""
    first = spans[0]
    halves = (100, 85) if first.field == "title" else (50, 30)
    is_early = first.start <= (title_length / 2 if first.field == "title" else _LEAD)
    return min(100, halves[not is_early] + 5 * (len(spans) - 1))
