"""
An article's features for story grouping: ideas of the lexicon, companies, other words, pairs of Chinese characters.

    title, address, summary → tokens (TokenTable) → StoryFeatures

Many articles are read at once: one pass of the automaton and a few of NumPy over all their texts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import accumulate, chain
from typing import NamedTuple
from zlib import crc32

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from data.catalog.records import Catalog
from data.records import Article, Mention
from data.text.nfkc import SEPARATOR, joined
from ingest.stories.cjk import BigramTokens, Ints, Tokens, bigrams
from ingest.stories.headlines import Number, actor, buckets, copy_key, headline, numbers, plain_texts, slug
from ingest.stories.tokens import (
    ACTOR,
    COMPANY,
    COMPANY_PREFIX,
    DIGITS,
    EVENT,
    EXTRA,
    HEAD,
    MANNER_OF_EVENT,
    NUMBER,
    NUMBER_BITS,
    OPINION,
    TITLE,
    WEIGHT_BITS,
    TokenCodes,
    TokenTable,
    WordTokens,
    flat,
    lexicon_of,
)

SUMMARY_CHARACTERS = 160  # a summary's beginning says what it is about: reading twice as far grouped no better
AT_ONCE = 500  # articles: their arrays stay in the processor's cache
BLOCK_SURE = 9000  # a company with a kind of event: enough to make two articles candidates
BLOCK_NUMBER = 2000
_WORD = re.compile(r"[a-z][a-z0-9]*(?:['.&+][a-z0-9]+)*|\d+(?:\.\d+)?[a-z]+")
_COUNTRY = re.compile(r"\bUS\b")  # in capitals; in lower case it is a pronoun
_DIGITS = re.compile(r"\d+")
_SCRIPTS = (re.compile("[\uac00-\ud7a3]"), re.compile("[\u3040-\u30ff]"), re.compile("[\u3400-\u9fff]"))


class StoryFeatures(NamedTuple):
    """An article as grouping compares it. Arrays of 64-bit numbers are kept as bytes, which takes half of the memory on
    the way between processes, and joins those of a batch at once."""

    key: int  # the same for copies of one headline
    tokens: bytes  # sorted by number
    blocks: bytes  # sorted; what is rare enough to look up candidates by, without bits
    companies: tuple[int, ...]  # numbers of the title's companies, in order
    events: int  # kinds of events in the title, one bit each
    manner: int  # of MANNERS, one bit each
    kinds: int  # units of the title's numbers, one bit each
    script: int  # 0 Latin, 1 Chinese, 2 Japanese, 3 Korean


class StoryText(NamedTuple):
    """The parts of an article that grouping reads; its subjects are `company:micron`, …"""

    title: str
    summary: str
    url: str
    subjects: Collection[str]


class _TitleFeatures(NamedTuple):
    """Tokens of numbers, digits and the actor; what candidates share beside rare words; the rest of StoryFeatures."""

    tokens: list[int]
    blocks: set[int]
    companies: tuple[int, ...]
    events: int
    manner: int
    kinds: int


class FeatureExtractor:
    """Extracts features by one catalog's words. It remembers words, not articles; `names` collects names of tokens."""

    def __init__(self, catalog: Catalog, names: dict[int, str] | None = None) -> None:
        self._catalog, self._names = catalog, names

    @cached_property
    def _words(self) -> _Words:
        # Made for the first article: an update without new articles never needs it.
        return _Words(self._catalog, self._names)

    def extract(self, texts: Sequence[StoryText]) -> list[StoryFeatures]:
        """The features of each article."""
        parts = (texts[at : at + AT_ONCE] for at in range(0, len(texts), AT_ONCE))
        return [features for part in parts for features in self._words.extract(part)]

    def of_articles(self, articles: Iterable[tuple[Article, Iterable[Mention]]]) -> list[StoryFeatures]:
        """The features of articles with their mentions."""
        return self.extract(
            [
                StoryText(article.title, article.summary, article.url, {mention.subject for mention in mentions})
                for article, mentions in articles
            ]
        )

    def tokens(self, texts: Sequence[str]) -> tuple[Ints, Tokens, list[list[int]]]:
        """The tokens of plain texts: each pair of characters with its text's number; then the other tokens by text."""
        return self._words.tokens(texts)


class _Words:
    """The lexicon's words, ready to be found in texts."""

    def __init__(self, catalog: Catalog, names: dict[int, str] | None) -> None:
        lexicon = lexicon_of(catalog)
        phrases = list(lexicon.phrases)
        self._phrases = AhoCorasick(
            phrases, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )
        self._codes = TokenCodes(lexicon, names)
        self._words = WordTokens(lexicon, self._codes)
        self._phrase_tokens = [tuple(self._codes[idea] for idea in lexicon.phrases[phrase]) for phrase in phrases]
        self._company_names = {self._codes[idea]: names for idea, names in lexicon.names.items()}
        pairs = {pair: lexicon.thousandths(pair) for pair in lexicon.counts if len(pair) == 2}
        self._bigrams = BigramTokens(pairs, lexicon.thousandths(""))

    def extract(self, texts: Sequence[StoryText]) -> list[StoryFeatures]:
        heads = list(map(headline, plain_texts([text.title for text in texts])))
        slugs = [slug(text.url) for text in texts]
        summaries = plain_texts([text.summary[:SUMMARY_CHARACTERS] for text in texts])
        companies = [
            {self._codes[COMPANY_PREFIX + subject[8:]] for subject in text.subjects if subject.startswith("company:")}
            for text in texts
        ]
        table, in_titles = self._table([*heads, *slugs, *summaries], companies)
        titles = [
            self._title_features(text.title, head, tokens)
            for text, head, tokens in zip(texts, heads, in_titles, strict=True)
        ]
        owner, extra = flat([title.tokens for title in titles])
        table.add(owner, EXTRA, extra)
        columns = table.columns([title.blocks for title in titles])
        return [
            StoryFeatures(copy_key(head), tokens, blocks, *title[2:], _script(text.title))
            for text, head, title, tokens, blocks in zip(texts, heads, titles, *columns, strict=True)
        ]

    def _table(self, texts: Sequence[str], companies: Sequence[Collection[int]]) -> tuple[TokenTable, list[list[int]]]:
        """The tokens of all articles' titles, then addresses, then summaries; and those of each title but pairs."""
        owner, pairs, words = self.tokens(texts)
        articles = len(companies)
        for at, tokens in enumerate(words):
            if not self._company_names.keys().isdisjoint(tokens):
                words[at] = self._without_other_companies(tokens, companies[at % articles], texts[at])
        table = TokenTable(articles)
        table.add(owner % articles, owner // articles, pairs)
        owner, tokens_of_words = flat(words)
        table.add(owner % articles, owner // articles, tokens_of_words)
        return table, words[:articles]

    def tokens(self, texts: Sequence[str]) -> tuple[Ints, Tokens, list[list[int]]]:
        whole = joined(texts)
        if "US" in whole:
            whole = _COUNTRY.sub("u.s", whole)
        by_text: list[list[int]] = [[] for _ in texts]
        owner, pairs, rest = self._bigrams.find(self._take_phrases(whole.lower().replace("-", " "), by_text))
        tokens_of = self._words.__getitem__
        for tokens, words in zip(by_text, rest.split(SEPARATOR), strict=True):
            if words:
                tokens += chain.from_iterable(map(tokens_of, _WORD.findall(words)))
        return owner, pairs, by_text

    def _take_phrases(self, whole: str, by_text: Sequence[list[int]]) -> str:
        """The texts without the lexicon's phrases, whose tokens are added to those of their text."""
        rest: list[str] = []
        ends = list(accumulate(len(text) + 1 for text in whole.split(SEPARATOR)))
        text = last = 0
        for index, start, end in self._phrases.find_matches_as_indexes(whole):
            if _is_whole(whole, start, end):
                while ends[text] <= start:
                    text += 1
                by_text[text] += self._phrase_tokens[index]
                rest.append(whole[last:start])
                last = end
        rest.append(whole[last:])
        return " ".join(rest)

    def _without_other_companies(self, tokens: list[int], companies: Collection[int], text: str) -> list[int]:
        """A company counts when the article is linked to it, or when it is written as in the catalog: not "apple"."""
        return [
            token
            for token in tokens
            if not token & COMPANY or token in companies or any(name in text for name in self._company_names[token])
        ]

    def _title_features(self, title: str, head: str, tokens: Sequence[int]) -> _TitleFeatures:
        digits = set(_DIGITS.findall(head))
        counts = numbers(head.lower()) if digits else []
        companies = tuple(token >> NUMBER_BITS for token in dict.fromkeys(tokens) if token & COMPANY)
        events = {self._codes.events[token] for token in tokens if token & EVENT}
        return _TitleFeatures(
            tokens=[*_number_tokens(counts), *_digit_tokens(digits), *_actor_tokens(head)],
            blocks=_blocks(companies, events, counts),
            companies=companies,
            events=_bits(events),
            manner=self._manner(title, tokens, events),
            kinds=_bits(crc32(number.kind.encode()) % 60 for number in counts),
        )

    def _manner(self, title: str, tokens: Sequence[int], events: set[int]) -> int:
        manner = _bits(MANNER_OF_EVENT[event] for event in events if event in MANNER_OF_EVENT)
        for token in tokens:
            manner |= self._codes.manners.get(token, 0)
        return manner | OPINION if title.rstrip().endswith(("?", "？")) else manner


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a match is whole words where it is Latin; a plural or a possessive is the same word."""
    if start and text[start - 1].isascii() and text[start - 1].isalnum() and text[start].isascii():
        return False
    if not _is_latin(text[end - 1]) or end == len(text) or not _is_latin(text[end]):
        return True
    return text[end] == "s" and not (end + 1 < len(text) and _is_latin(text[end + 1]))


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _number_tokens(counts: Iterable[Number]) -> list[int]:
    """Both buckets of each number, each with half of its weight."""
    weights = {name: round(number.weight * 500) for number in counts for name in buckets(number)}
    bits = NUMBER | TITLE | HEAD
    return [crc32(name.encode()) << NUMBER_BITS | weight << WEIGHT_BITS | bits for name, weight in weights.items()]


def _digit_tokens(digits: Iterable[str]) -> list[int]:
    return [crc32(run.lstrip("0").encode()) << NUMBER_BITS | DIGITS for run in digits]


def _actor_tokens(head: str) -> list[int]:
    pairs = bigrams(actor(head)) if ":" in head else ()
    return [crc32(f"a:{pair}".encode()) << NUMBER_BITS | ACTOR for pair in pairs]


def _blocks(companies: Sequence[int], events: set[int], counts: Iterable[Number]) -> set[int]:
    """What candidates share beside rare words: a number, or a company with a kind of event."""
    names = (name for number in counts for name in buckets(number))
    blocks = {crc32(name.encode()) << NUMBER_BITS | BLOCK_NUMBER << WEIGHT_BITS for name in names}
    for company in companies[:3]:
        for event in events:
            number = company ^ (event + 1) * 0x9E3779B1 & 0xFFFFFFFF
            blocks.add(number << NUMBER_BITS | BLOCK_SURE << WEIGHT_BITS)
    return blocks


def _script(title: str) -> int:
    return 0 if title.isascii() else next((3 - i for i, script in enumerate(_SCRIPTS) if script.search(title)), 0)


def _bits(positions: Iterable[int]) -> int:
    mask = 0
    for position in positions:
        mask |= 1 << position
    return mask
