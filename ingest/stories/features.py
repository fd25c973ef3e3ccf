"""
What an article tells, as tokens: ideas of the lexicon, companies, other words, pairs of Chinese characters.

    title, address, summary → Words → Telling

Articles are read many at once: one pass of the automaton and a few of NumPy over all their texts. Words are looked up once and
remembered as tokens.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate, chain
from typing import NamedTuple
from zlib import crc32

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from data.text.nfkc import SEPARATOR, joined
from ingest.stories.cjk_bigrams import Ints, Pairs, Tokens, pairs_in
from ingest.stories.lexicon import COMPANY, Lexicon
from ingest.stories.numbers import Number, buckets, numbers
from ingest.stories.titles import actor, copy_key, headline, plain_texts, slug
from ingest.stories.token_arrays import (
    ACTOR,
    BESIDE,
    DIGITS,
    EVENT,
    FIRM,
    HEAD,
    NUMBER,
    NUMBER_BITS,
    TITLE,
    Read,
    Telling,
    flat,
)
from ingest.stories.tokens import MANNER_OF_EVENT, OPINION, Looked, Packed, thousandths

SUMMARY_CHARACTERS = 160  # what it tells stands at its beginning: reading twice as far grouped nothing better
AT_ONCE = 500  # articles: their columns stay in the processor's cache
BLOCK_SURE = 9000  # a company with a kind of event suffices
BLOCK_NUMBER = 2000

_WORD = re.compile(r"[a-z][a-z0-9]*(?:['.&+][a-z0-9]+)*|\d+(?:\.\d+)?[a-z]+")
_COUNTRY = re.compile(r"\bUS\b")  # in capitals; in small letters it is a pronoun
_DIGITS = re.compile(r"\d+")
_SCRIPTS = (re.compile("[\uac00-\ud7a3]"), re.compile("[\u3040-\u30ff]"), re.compile("[\u3400-\u9fff]"))


class Text(NamedTuple):
    """What is read of an article; its subjects are `company:micron`, …"""

    title: str
    summary: str
    url: str
    subjects: Collection[str]


class Words:
    """Reads articles with one lexicon. It remembers the words that it met, nothing else; their names go to `names`, if given."""

    def __init__(self, lexicon: Lexicon, names: dict[int, str] | None = None) -> None:
        self._phrases = list(lexicon.phrases)
        self._search = AhoCorasick(
            self._phrases, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )
        self._pack = Packed(lexicon, names)
        self._words = Looked(lexicon, self._pack)
        self._found = [tuple(self._pack[idea] for idea in lexicon.phrases[phrase]) for phrase in self._phrases]
        self._names = {self._pack[idea]: names for idea, names in lexicon.names.items()}
        self._pairs = Pairs(
            {pair: thousandths(lexicon, pair) for pair in lexicon.counts if len(pair) == 2}, thousandths(lexicon, "")
        )

    def read(self, texts: Sequence[Text]) -> list[Telling]:
        """What each article tells."""
        return [telling for at in range(0, len(texts), AT_ONCE) for telling in self._read(texts[at : at + AT_ONCE])]

    def _read(self, texts: Sequence[Text]) -> list[Telling]:
        heads = list(map(headline, plain_texts([text.title for text in texts])))
        slugs = [slug(text.url) for text in texts]
        summaries = plain_texts([text.summary[:SUMMARY_CHARACTERS] for text in texts])
        firms = [
            {self._pack[COMPANY + subject[8:]] for subject in text.subjects if subject.startswith("company:")}
            for text in texts
        ]
        read, titled = self._tokens([*heads, *slugs, *summaries], firms)
        said = [self._said(text.title, head, tokens) for text, head, tokens in zip(texts, heads, titled, strict=True)]
        owner, tokens = flat([one.tokens for one in said])
        read.add(owner, BESIDE, tokens)
        columns = read.columns([one.blocks for one in said])
        return [
            Telling(copy_key(head), tokens, blocks, one.firms, one.events, one.manner, one.kinds, _script(text.title))
            for text, head, one, tokens, blocks in zip(texts, heads, said, *columns, strict=True)
        ]

    def _tokens(self, texts: Sequence[str], firms: Sequence[Collection[int]]) -> tuple[Read, list[list[int]]]:
        """The tokens of all articles' plain titles, then addresses, then summaries (a text's place is its number over theirs); and
        those of each title that are words."""
        owner, pairs, found = self.tokens(texts)
        articles = len(firms)
        for at, tokens in enumerate(found):
            if not self._names.keys().isdisjoint(tokens):
                found[at] = self._without_others(tokens, firms[at % articles], texts[at])
        read = Read(articles)
        read.add(owner % articles, owner // articles, pairs)
        owner, words = flat(found)
        read.add(owner % articles, owner // articles, words)
        return read, found[:articles]

    def tokens(self, texts: Sequence[str]) -> tuple[Ints, Tokens, list[list[int]]]:
        """The tokens of plain texts: the pairs of characters of all in one column, with the number of their text; and of each
        text the lexicon's phrases and the other words."""
        whole = joined(texts)
        if "US" in whole:
            whole = _COUNTRY.sub("u.s", whole)
        found: list[list[int]] = [[] for _ in texts]
        owner, pairs, rest = self._pairs.found(self._without_phrases(whole.lower().replace("-", " "), found))
        looked = self._words.__getitem__
        for tokens, words in zip(found, rest.split(SEPARATOR), strict=True):
            if words:
                tokens += chain.from_iterable(map(looked, _WORD.findall(words)))
        return owner, pairs, found

    def _without_phrases(self, whole: str, found: Sequence[list[int]]) -> str:
        """The texts without the phrases of the lexicon, whose tokens go to `found` of their text."""
        rest: list[str] = []
        ends = list(accumulate(len(text) + 1 for text in whole.split(SEPARATOR)))
        text = last = 0
        for index, start, end in self._search.find_matches_as_indexes(whole):
            if _is_whole(whole, start, end):
                while ends[text] <= start:
                    text += 1
                found[text] += self._found[index]
                rest.append(whole[last:start])
                last = end
        rest.append(whole[last:])
        return " ".join(rest)

    def _without_others(self, found: list[int], firms: Collection[int], text: str) -> list[int]:
        """A company counts when it is one of `firms` or written as in the catalog: "Apple", not "apple"."""
        return [token for token in found if not token & FIRM or token in firms or self._is_written(token, text)]

    def _is_written(self, firm: int, text: str) -> bool:
        return any(name in text for name in self._names[firm])

    def _said(self, title: str, head: str, titled: Sequence[int]) -> _Said:
        """What the words and numbers of a title say together."""
        digits = set(_DIGITS.findall(head))
        counted = numbers(head.lower()) if digits else []
        firms = tuple(token >> NUMBER_BITS for token in dict.fromkeys(titled) if token & FIRM)
        events = {self._pack.events[token] for token in titled if token & EVENT}
        return _Said(
            tokens=[*_packed_numbers(counted), *_packed_digits(digits), *_packed_actor(head)],
            blocks=_blocks(firms, events, counted),
            firms=firms,
            events=_bits(events),
            manner=self._manner(title, titled, events),
            kinds=_bits(crc32(number.kind.encode()) % 60 for number in counted),
        )

    def _manner(self, title: str, titled: Sequence[int], events: set[int]) -> int:
        manner = _bits(MANNER_OF_EVENT[event] for event in events if event in MANNER_OF_EVENT)
        for token in titled:
            manner |= self._pack.manners.get(token, 0)
        return manner | OPINION if title.rstrip().endswith(("?", "？")) else manner


class _Said(NamedTuple):
    """Tokens of numbers, digits and who acts, what candidates share beside rare words, and the rest of a Telling."""

    tokens: list[int]
    blocks: set[int]
    firms: tuple[int, ...]
    events: int
    manner: int
    kinds: int


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a match is whole words where it is Latin; a plural or a possessive is the same word."""
    if start and text[start - 1].isascii() and text[start - 1].isalnum() and text[start].isascii():
        return False
    if (
        not (text[end - 1].isascii() and text[end - 1].isalnum())
        or end == len(text)
        or not (text[end].isascii() and text[end].isalnum())
    ):
        return True
    return text[end] == "s" and not (end + 1 < len(text) and text[end + 1].isalnum() and text[end + 1].isascii())


def _packed_numbers(counted: Iterable[Number]) -> list[int]:
    """Both steps of each number, each with half of its weight."""
    steps = {name: round(number.weight * 500) for number in counted for name in buckets(number)}
    return [
        crc32(name.encode()) << NUMBER_BITS | weight << 16 | NUMBER | TITLE | HEAD for name, weight in steps.items()
    ]


def _packed_digits(digits: Iterable[str]) -> list[int]:
    return [crc32(run.lstrip("0").encode()) << NUMBER_BITS | DIGITS for run in digits]


def _packed_actor(head: str) -> list[int]:
    pairs = pairs_in(actor(head)) if ":" in head else ()
    return [crc32(f"a:{pair}".encode()) << NUMBER_BITS | ACTOR for pair in pairs]


def _blocks(firms: Sequence[int], events: set[int], counted: Iterable[Number]) -> set[int]:
    """What candidates share beside rare words: a number, or a company with a kind of event."""
    blocks = {
        crc32(name.encode()) << NUMBER_BITS | BLOCK_NUMBER << 16 for number in counted for name in buckets(number)
    }
    for firm in firms[:3]:
        blocks |= {(firm ^ (event + 1) * 0x9E3779B1 & 0xFFFFFFFF) << NUMBER_BITS | BLOCK_SURE << 16 for event in events}
    return blocks


def _script(title: str) -> int:
    return 0 if title.isascii() else next((3 - i for i, script in enumerate(_SCRIPTS) if script.search(title)), 0)


def _bits(positions: Iterable[int]) -> int:
    mask = 0
    for position in positions:
        mask |= 1 << position
    return mask
