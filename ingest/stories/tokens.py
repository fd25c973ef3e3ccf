"""
Words → tokens that grouping compares, by the catalog's lexicon and company names and the model's word counts.

    word → stem → ideas of the lexicon, or the word itself → token → columns of many articles (TokenTable)

A token is one integer: its number (a hash, the same in every run), its weight in thousandths, and bits for its kind and
position. A single English word of the lexicon stands for its inflections too, unless it ends with "=": "news=" is not
"new".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt

from data.catalog.lexicon import EVENTS
from data.catalog.records import Catalog, Company
from data.text.stop_words import STOP_WORDS
from ingest.stories.cjk import Ints, Tokens
from ingest.stories.headlines import plain

TITLE, HEAD, EVENT, COMPANY, NUMBER, MARK, DIGITS, ACTOR = 1, 2, 4, 8, 16, 32, 64, 128
"""
The bits of a token. HEAD: in the title or the address. MARK: says how the article speaks, not about what. DIGITS: a run
of digits in the title, even of a date; ACTOR: a pair of characters of a flash's actor. These two tell articles of one
template apart.
"""

NUMBER_BITS = 32
WEIGHT_BITS = 16

QUANTITIES = frozenset({"billion", "million", "trillion", "dollar", "yuan", "won", "yen", "euro", "percent"})
"""Words that belong to numbers, which are compared as numbers."""

NAMES = ("name", "former", "ticker")
"""The aliases that stand for the company. Products and people are words of their own, as they say more than it does."""

COMPANY_PREFIX = "c:"
RAREST = 3.0  # titles in 100,000: the count of a word that is not in the table

INDICES = frozenset({"sp500", "nasdaq", "dow", "sox"})
MANNER_TOKENS = ("opinion", "preview", "call", "column", "roundup", "debut", "pricing", "plan")
MANNER_EVENTS = ("analyst", "labour", "results")
MANNERS = (*MANNER_TOKENS, *MANNER_EVENTS, "index")
"""Ways in which two articles may differ: a mark or event of the lexicon, or a kind of event; one bit each."""

EVENT_NUMBER = {kind: i for i, kind in enumerate(EVENTS)}
MANNER_OF_EVENT = {EVENT_NUMBER[kind]: MANNERS.index(kind) for kind in MANNER_EVENTS}
OPINION = 1 << MANNERS.index("opinion")

SUMMARY_TOKENS = 16  # the rarest ones: a long summary names half of the industry
BLOCK_HEAD, BLOCK_SUMMARY = 4600, 6500  # weights from which a word is rare enough to look up candidates by

IN_TITLE, IN_ADDRESS, IN_SUMMARY, EXTRA = range(4)
"""Where a token was read. A token counts once, in the first of three parts; extra ones are all kept as they are."""

_PART_BITS = np.array([TITLE | HEAD, HEAD, 0, 0], np.uint64)
_BLOCK_FROM = np.array([BLOCK_HEAD, BLOCK_HEAD, BLOCK_SUMMARY, 1 << 16], np.uint64)
_WEIGHT = np.uint64(0xFFFF)

_QUANTITY = re.compile(r"\d.*(?:\d|[tb]n?|trn|mn?|k|gw|mw|x)")  # compared as a number


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Words and phrases → ideas, ideas → kinds, names of tokens → weights. A company's idea is `c:` and its id."""

    words: dict[str, tuple[str, ...]]  # single Latin words, inflected
    phrases: dict[str, tuple[str, ...]]  # Latin phrases, and anything in another script
    brands: frozenset[str]  # names of companies that are words too, like a product: they count as both
    names: dict[str, tuple[str, ...]]  # a company's idea → its names as they are written
    kinds: dict[str, str]
    counts: dict[str, float]  # token → titles in 100,000 that have it

    def knows(self, token: str) -> bool:
        """Whether the token has a kind, a count or a weight of its own."""
        return token in self.counts or token in self.kinds or token in self.names or token in QUANTITIES

    def weight(self, token: str) -> float:
        """How much it says when two articles share the token: the logarithm of its rarity, 0 for words of quantity."""
        if token in QUANTITIES:
            return 0.0
        count = max(self.counts.get(token, RAREST), RAREST)
        # However rarely a company is named, it is in the catalog because news about it is expected.
        return math.log(1e5 / (max(count, 30.0) if token.startswith(COMPANY_PREFIX) else count))

    def thousandths(self, token: str) -> int:
        return round(self.weight(token) * 1000)


def lexicon_of(catalog: Catalog) -> Lexicon:
    """The catalog's lexicon and the names of its companies, with the counts of its model."""
    words: dict[str, tuple[str, ...]] = {}
    phrases: dict[str, tuple[str, ...]] = {}
    for idea in catalog.lexicon:
        for form in map(_normal_form, idea.words):
            if _is_word(form.removesuffix("=")):
                _add(words, inflections(form), idea.id)
            else:
                _add(phrases, [form.removesuffix("=")], idea.id)
    names: dict[str, tuple[str, ...]] = {}
    brands: set[str] = set()
    for company in catalog.companies.values():
        written = [alias.text for alias in company.aliases if alias.kind in NAMES and len(alias.text) > 1]
        names[COMPANY_PREFIX + company.id] = tuple(map(plain, written))
        for name in map(_normal_form, written):
            _add(words if _is_word(name) else phrases, [name], COMPANY_PREFIX + company.id)
            if _is_brand(name, company):
                brands.add(name)
    return Lexicon(
        words=words,
        phrases=phrases,
        brands=frozenset(brands),
        names=names,
        kinds={idea.id: idea.kind for idea in catalog.lexicon},
        counts=catalog.model.word_counts,
    )


@cache
def inflections(form: str) -> frozenset[str]:
    """A word with its plural and tenses; some of them are not words, which does no harm. With "=" only itself."""
    if form.endswith("="):
        return frozenset({form[:-1]})
    forms = {form, f"{form}s", f"{form}es", f"{form}ed", f"{form}d", f"{form}ing"}
    if form.endswith("e"):
        forms.add(f"{form[:-1]}ing")
    if form.endswith("y"):
        forms |= {f"{form[:-1]}ies", f"{form[:-1]}ied"}
    if len(form) > 2 and form[-1] not in "aeiouywx" and form[-2] in "aeiou":
        forms |= {f"{form}{form[-1]}ed", f"{form}{form[-1]}ing"}
    return frozenset(forms)


def _normal_form(text: str) -> str:
    return plain(text).lower().replace("-", " ").strip()


def _is_word(form: str) -> bool:
    """Whether it is found by looking up words; anything else has to be searched for."""
    return form.isascii() and form.isalnum() and form[0].isalpha()


def _is_brand(name: str, company: Company) -> bool:
    """Mythos is Anthropic's, and a word that separates one story from another; NVDA only means Nvidia again."""
    tickers = (listing.ticker.split(".")[0] for listing in company.listings)
    return _is_word(name) and name not in map(_normal_form, (company.name, company.id, *tickers))


def _add(table: dict[str, tuple[str, ...]], forms: Iterable[str], ident: str) -> None:
    for form in forms:
        if ident not in table.get(form, ()):
            table[form] = (*table.get(form, ()), ident)


class TokenCodes(dict[str, int]):
    """Name of a token → token; `events` and `manners` by token, for those that have one.

    Only what the lexicon knows is kept: the other words of the world are endless, and all equally rare."""

    def __init__(self, lexicon: Lexicon, names: dict[int, str] | None) -> None:
        self._lexicon = lexicon
        self._names = names
        self._unknown = lexicon.thousandths("") << WEIGHT_BITS
        self.events: dict[int, int] = {}
        self.manners: dict[int, int] = {}

    def __missing__(self, name: str) -> int:
        token = crc32(name.encode()) << NUMBER_BITS
        token = self._known(name, token) if self._lexicon.knows(name) else token | self._unknown
        if self._names is not None:
            self._names[token] = name
        return token

    def _known(self, name: str, token: int) -> int:
        token |= self._lexicon.thousandths(name) << WEIGHT_BITS
        kind = self._lexicon.kinds.get(name, "")
        if name.startswith(COMPANY_PREFIX):
            token |= COMPANY
        elif kind == "mark":
            token |= MARK
        elif kind in EVENT_NUMBER:
            token |= EVENT
            self.events[token] = EVENT_NUMBER[kind]
        if name in MANNER_TOKENS or name in INDICES:
            self.manners[token] = 1 << MANNERS.index("index" if name in INDICES else name)
        self[name] = token
        return token


class WordTokens(dict[str, tuple[int, ...]]):
    """Word → its tokens. Forgets everything when it has grown large: it is quickly filled again."""

    LARGEST = 100_000

    def __init__(self, lexicon: Lexicon, codes: TokenCodes) -> None:
        self._lexicon, self._codes = lexicon, codes

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) > self.LARGEST:
            self.clear()
        tokens = self[word] = tuple(self._codes[name] for name in self._names(word))
        return tokens

    def _names(self, word: str) -> tuple[str, ...]:
        if word in STOP_WORDS or _QUANTITY.fullmatch(word):
            return ()
        stem = _stem(word)
        ideas = self._lexicon.words.get(word) or self._lexicon.words.get(stem)
        if not ideas:
            return (f"w:{stem}",)
        return (*ideas, f"w:{stem}") if word in self._lexicon.brands else ideas


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    if len(word) > 4:
        if word.endswith("ies"):
            word = f"{word[:-3]}y"
        elif word.endswith("s") and not word.endswith("ss"):
            word = word[:-1]
    if len(word) > 5:
        word = word.removesuffix("ing") if word.endswith("ing") else word.removesuffix("ed")
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


@dataclass(slots=True)
class TokenTable:
    """The tokens of some articles, column by column: their articles and parts."""

    articles: int
    owner: list[Ints] = field(default_factory=list)
    part: list[Ints] = field(default_factory=list)
    tokens: list[Tokens] = field(default_factory=list)

    def add(self, owner: Ints, part: Ints | int, tokens: Tokens) -> None:
        self.owner.append(owner)
        self.part.append(np.full(len(owner), part) if isinstance(part, int) else part)
        self.tokens.append(tokens)

    def columns(self, blocks: Sequence[Iterable[int]]) -> tuple[list[bytes], list[bytes]]:
        """Each article's tokens, and what candidates share with it: its rare words, and these `blocks`."""
        owner, part, tokens = np.concatenate(self.owner), np.concatenate(self.part), np.concatenate(self.tokens)
        keep = tokens & np.uint64(MARK) == 0
        owner, part, tokens = _once(owner[keep], part[keep], tokens[keep])
        rare = (_weight(tokens) >= _BLOCK_FROM[part]) & (tokens & np.uint64(COMPANY) == 0)
        more_owner, more = flat(blocks)
        block_owner = np.concatenate([owner[rare], more_owner])
        block = np.concatenate([tokens[rare] >> np.uint64(WEIGHT_BITS) << np.uint64(WEIGHT_BITS), more])
        order = np.argsort(_sort_key(block_owner, block))
        return (
            _by_article(owner, tokens | _PART_BITS[part], self.articles),
            _by_article(block_owner[order], block[order], self.articles),
        )


def flat(lists: Sequence[Iterable[int]]) -> tuple[Ints, Tokens]:
    """The number of its list for each value, and all values in one array."""
    values = [list(part) for part in lists]
    owner = np.repeat(np.arange(len(values)), np.fromiter(map(len, values), np.int64, len(values)))
    return owner, np.fromiter(chain.from_iterable(values), np.uint64, len(owner))


def _once(owner: Ints, part: Ints, tokens: Tokens) -> tuple[Ints, Ints, Tokens]:
    """By article and number, each token in its first part, and of each summary the rarest ones."""
    order = np.argsort(_sort_key(owner, tokens) << np.uint64(2) | part.astype(np.uint64))
    owner, part, tokens = owner[order], part[order], tokens[order]
    keep = part == EXTRA
    keep[:1] = True
    keep[1:] |= (tokens[1:] != tokens[:-1]) | (owner[1:] != owner[:-1])
    owner, part, tokens = owner[keep], part[keep], tokens[keep]
    in_summary = np.flatnonzero(part == IN_SUMMARY)
    rarity = (_WEIGHT - _weight(tokens[in_summary])) << np.uint64(32)
    rank = owner[in_summary].astype(np.uint64) << np.uint64(48) | rarity
    rarest = in_summary[np.argsort(rank | tokens[in_summary] >> np.uint64(NUMBER_BITS))]
    surplus = np.arange(len(rarest)) - np.searchsorted(owner[rarest], owner[rarest]) >= SUMMARY_TOKENS
    keep = np.ones(len(owner), bool)
    keep[rarest[surplus]] = False
    return owner[keep], part[keep], tokens[keep]


def _weight(tokens: Tokens) -> Tokens:
    return tokens >> np.uint64(WEIGHT_BITS) & _WEIGHT


def _sort_key(owner: Ints, tokens: Tokens) -> Tokens:
    """Article and number as one. (An argsort of one column takes a tenth of a lexsort of two.)"""
    return owner.astype(np.uint64) << np.uint64(NUMBER_BITS) | tokens >> np.uint64(NUMBER_BITS)


def _by_article(owner: Ints, values: npt.NDArray[np.uint64], count: int) -> list[bytes]:
    data = values.tobytes()
    ends = np.searchsorted(owner, np.arange(count + 1)) * values.itemsize
    return [data[start:end] for start, end in pairwise(ends.tolist())]
