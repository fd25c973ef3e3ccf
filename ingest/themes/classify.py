"""
Which themes an article is about: its phrases, its companies and the kind of story, weighted by the model.

    phrases | companies → signals of each theme | features → probability | above the threshold: Mentions with evidence
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
from ingest.entities.matcher import TextBatch
from ingest.entities.normalize import NormalizedText, NormalizedTexts
from ingest.themes.features import (
    BUSINESS,
    MEMBERSHIPS,
    Group,
    NamedCompany,
    ThemeSignals,
    theme_features,
    theme_signals,
    with_pairs,
)
from ingest.themes.phrases import ContextMatcher, PhraseHit, PhraseMatcher
from ingest.themes.weights import TitleWords, WeightSums, logistic

_CUE = "cue"
_INDIRECT = ("product", "person")  # rules of company mentions that do not name the company itself
_ABOUT_THE_COMPANY = ("results", "orders", "listing")
_OF_THEIR_MAKERS = {"ai_labs"}  # themes that most news about their companies is about
_NEAR_MISS = 0.25  # a theme above this probability that was not linked is named as rejected
_LEAD = 160  # characters of a summary that count as its beginning


class EvidenceSpan(NamedTuple):
    """Evidence in the stored text."""

    field: Field
    start: int
    end: int
    subtheme: str


class ThemeScore(NamedTuple):
    """A theme, its probability, and the features behind it, but for the plain words of the title."""

    theme: str
    probability: float
    groups: list[Group]


class ArticleSignals(NamedTuple):
    """The signals of all themes in one article."""

    title: NormalizedText
    summary: NormalizedText
    plain_title: str
    themes: dict[str, ThemeSignals]
    contexts: dict[str, tuple[int, int]]  # kinds of story, with the words in the title that show it
    words: list[float]  # the weight of the title's plain words for each theme of the catalog
    companies: tuple[Mention, ...]


class ThemeLinker:
    """Links articles to themes. Build it once; linking is pure."""

    def __init__(self, catalog: Catalog, weights: ThemeWeights | None = None) -> None:
        weights = weights or catalog.model.theme_weights
        self._phrases = PhraseMatcher(catalog.themes.values())
        self._cues = _cue_names(catalog)
        self._common_cue = next((cue for cue, _ in Counter(self._cues.values()).most_common(1)), "")
        self._contexts = ContextMatcher(_contexts(catalog, self._cues))
        self._companies = catalog.companies
        self._themes_of = {company.id: company.themes for company in catalog.companies.values()}
        self._broad = catalog.broad_companies
        self._weights = {theme: weights.of(theme) for theme in catalog.themes}
        self._sums = {theme: WeightSums(own) for theme, own in self._weights.items()}
        self._positions = {theme: position for position, theme in enumerate(catalog.themes)}
        self._words = TitleWords(weights, list(catalog.themes))
        self._nameless = weights.nameless
        self._untrained = frozenset(theme for theme in catalog.themes if not weights.is_trained(theme))
        self._thresholds = {theme: weights.thresholds.get(theme, weights.threshold) for theme in catalog.themes}

    def mentions(self, texts: NormalizedTexts, companies: Sequence[tuple[Mention, ...]]) -> list[tuple[Mention, ...]]:
        """The themes and sub-themes of each article, given its companies; `texts` are titles and summaries in turn."""
        mentions: list[tuple[Mention, ...]] = [()] * len(companies)
        for at, signals in self.signals(texts, companies).items():
            mentions[at] = self._mentions(signals)
        return mentions

    def _mentions(self, signals: ArticleSignals) -> tuple[Mention, ...]:
        scores = self.scores(signals)
        extra = 0.0 if signals.companies else self._nameless
        linked = [score for score in scores if score.probability >= self._thresholds[score.theme] + extra]
        near_misses = (score for score in scores if score not in linked and score.probability >= _NEAR_MISS)
        rejected = next((f"theme:{score.theme}: {score.probability:.2f} is not enough" for score in near_misses), "")
        return tuple(mention for score in linked for mention in self._evidence(signals, score, rejected))

    def signals(self, texts: NormalizedTexts, companies: Sequence[tuple[Mention, ...]]) -> dict[int, ArticleSignals]:
        """The signals of themes in each article that has any, by its number."""
        plain, hits = self._phrases.find(texts)
        promising = {number // 2 for number in hits} | {at for at, named in enumerate(companies) if named}
        signals: dict[int, dict[str, ThemeSignals]] = {}
        for at in sorted(promising):
            in_fields = hits.get(2 * at, ()), hits.get(2 * at + 1, ())
            if themes := theme_signals(*in_fields, _named(companies[at]), self._themes_of, self._broad):
                signals[at] = themes
        if not signals:
            return {}
        titles = TextBatch(SEPARATOR.join([plain[2 * at] for at in signals]))
        contexts = self._contexts.find(titles, [texts.texts[2 * at] for at in signals])
        return {
            at: ArticleSignals(*texts.fields(at), plain[2 * at], themes, kinds, words, companies[at])
            for (at, themes), kinds, words in zip(signals.items(), contexts, self._words.weigh(titles), strict=True)
        }

    def scores(self, signals: ArticleSignals) -> list[ThemeScore]:
        """The probability of each theme with sufficient signals, the highest first."""
        count = len({mention.subject for mention in signals.companies})
        kinds = with_pairs(context for context in signals.contexts if not context.startswith(_CUE))
        is_business = not BUSINESS.isdisjoint(kinds)
        scores = []
        for theme, own in signals.themes.items():
            if theme not in self._weights:  # a company may belong to a theme that this catalog does not have
                continue
            has_cue = self._cues[theme] in signals.contexts
            is_settled = has_cue or (is_business and self._cues[theme] == self._common_cue)
            if is_settled or not own.is_doubtful or theme in _OF_THEIR_MAKERS:
                contexts = [*kinds, _CUE] if has_cue else kinds
                groups = theme_features(theme, signals.themes, contexts, signals.plain_title, count)
                total = self._weights[theme].get("bias", 0.0) + sum(map(self._sums[theme].__getitem__, groups))
                probability = logistic(total + signals.words[self._positions[theme]])
                if theme in self._untrained and own.strong:
                    # Nothing was learnt about when its phrases mislead, so its strong phrases are believed.
                    probability = max(probability, self._thresholds[theme] + self._nameless)
                scores.append(ThemeScore(theme, probability, groups))
        return sorted(scores, key=lambda score: (-score.probability, score.theme)) if len(scores) > 1 else scores

    def features(self, signals: ArticleSignals, score: ThemeScore) -> list[str]:
        """All features behind a score."""
        return [*chain.from_iterable(score.groups), *self._words.features(signals.plain_title)]

    def _evidence(self, signals: ArticleSignals, score: ThemeScore, rejected: str) -> Iterator[Mention]:
        """The mentions of one theme: its phrases, or without any, the companies that stand for it."""
        rule, spans = _rule_and_spans(signals, signals.themes[score.theme])
        why = "" if rule == "phrase" else self._reason(signals, score)
        relevance = _relevance(spans, len(signals.title.source))
        probability = round(score.probability, 2)
        for subject, field, start, end in dict.fromkeys(_subjects(score.theme, spans)):
            source = signals.title.source if field == "title" else signals.summary.source
            yield Mention(subject, field, start, end, source[start:end], rule, probability, relevance, why, rejected)

    def _reason(self, signals: ArticleSignals, score: ThemeScore) -> str:
        """The words and companies with the most weight for the theme: "with 'price hike' and Micron"."""
        weights = self._weights[score.theme]
        weighted = [
            (weight, feature)
            for feature in self.features(signals, score)
            if ("~" in feature or feature in MEMBERSHIPS or feature.startswith(WORD))
            and (weight := weights.get(feature, 0.0)) > 0
        ]
        shown = (self._shown(feature, signals, score.theme) for _, feature in sorted(weighted, reverse=True))
        first_two = list(islice(dict.fromkeys(filter(None, shown)), 2))
        return f"with {' and '.join(first_two)}" if first_two else ""

    def _shown(self, feature: str, signals: ArticleSignals, theme: str) -> str:
        """What a feature is for a person: a word, the words of a context, the name of a company; "" for others."""
        if feature.startswith(WORD):
            return f"'{feature[len(WORD) :]}'"
        context = feature.rpartition("~")[2]
        if "~" in feature and context in signals.contexts:
            start, end = signals.contexts[context]
            return f"'{signals.title.text[start:end]}'"
        members = signals.themes[theme].members
        return self._companies[members[0][1].company].name if members and feature in MEMBERSHIPS else ""


def _cue_names(catalog: Catalog) -> dict[str, str]:
    """The context that stands for each theme's cues; themes with the same cues share one."""
    names: dict[tuple[str, ...], str] = {}
    return {theme.id: names.setdefault(theme.cues, f"{_CUE}{len(names)}") for theme in catalog.themes.values()}


def _contexts(catalog: Catalog, cues: Mapping[str, str]) -> dict[str, Iterable[str]]:
    """The catalog's contexts, and the cues of its themes: the weights know the names, not the words."""
    forms = {name: [form for cue in catalog.themes[theme].cues for form in expand(cue)] for theme, name in cues.items()}
    return {**catalog.contexts, **forms}


def _named(companies: Iterable[Mention]) -> list[NamedCompany]:
    """Each company once, with its first position in the title and the most direct way that it is named."""
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
    return [NamedCompany(company, start, ways[company]) for company, start in starts.items()]


def _rule_and_spans(signals: ArticleSignals, own: ThemeSignals) -> tuple[str, list[EvidenceSpan]]:
    if own.strong or own.strong_below:
        return "phrase", [
            *_spans("title", signals.title, own.strong),
            *_spans("summary", signals.summary, own.strong_below),
        ]
    if own.weak or own.weak_below:
        return "weak-phrase", [
            *_spans("title", signals.title, own.weak),
            *_spans("summary", signals.summary, own.weak_below),
        ]
    members = {f"company:{named.company}" for _, named in own.members}
    mentions = (mention for mention in signals.companies if mention.subject in members)
    spans = [EvidenceSpan(mention.field, mention.start, mention.end, "") for mention in mentions]
    is_result = any(context in signals.contexts for context in _ABOUT_THE_COMPANY)
    return ("results" if is_result else "classifier"), spans


def _spans(field: Field, text: NormalizedText, hits: Sequence[PhraseHit]) -> list[EvidenceSpan]:
    """The hits in the stored text, without those inside a longer one that says as much."""
    spans = [EvidenceSpan(field, *text.span(hit.start, hit.end), hit.subtheme) for hit in hits]
    if len(spans) == 1:
        return spans
    kept: list[EvidenceSpan] = []
    for span in sorted(spans, key=_longest_first):
        if not any(_says_as_much(longer, span) for longer in kept):
            kept.append(span)
    return sorted(kept)


def _longest_first(span: EvidenceSpan) -> tuple[int, int, str]:
    return span.start - span.end, span.start, span.subtheme


def _subjects(theme: str, spans: Iterable[EvidenceSpan]) -> Iterator[tuple[str, Field, int, int]]:
    """The theme, and the sub-theme if there is one, with each span."""
    for field, start, end, subtheme in spans:
        yield f"theme:{theme}", field, start, end
        if subtheme:
            yield f"subtheme:{theme}.{subtheme}", field, start, end


def _says_as_much(longer: EvidenceSpan, span: EvidenceSpan) -> bool:
    is_inside = longer.start <= span.start and span.end <= longer.end
    return is_inside and span.subtheme in ("", longer.subtheme)


def _relevance(spans: list[EvidenceSpan], title_length: int) -> int:
    """100 in the title's first half, 85 in its second; 50 at the summary's beginning, 30 later; +5 for each more."""
    first = spans[0]
    halves = (100, 85) if first.field == "title" else (50, 30)
    is_early = first.start <= (title_length / 2 if first.field == "title" else _LEAD)
    return min(100, halves[not is_early] + 5 * (len(spans) - 1))
