"""
What an article tells, as tokens: ideas of the lexicon, companies, other words, pairs of Chinese characters.

    title, address, summary → Words → Telling

A token is one integer: its number (a hash, the same in every run), its weight in thousandths, and bits that say what it is
and where it stands. Words are looked up once and remembered in that form: the hundred of an article cost a dictionary access each.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterable
from itertools import chain
from operator import add
from typing import NamedTuple
from zlib import crc32

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from ingest.story_lexicon import COMPANY, EVENTS, Lexicon
from ingest.story_numbers import Number, buckets, numbers
from ingest.story_text import headline, plain, slug, title_key

TITLE, HEAD, EVENT, FIRM, NUMBER, MARK, DIGITS = 1, 2, 4, 8, 16, 32, 64
"""Bits of a token. HEAD: in the title or the address. MARK: says how the article speaks, not of what.
DIGITS: a run of digits in the title, dates and all, which tells two of one template apart."""

SUMMARY_CHARACTERS = 160  # what it tells stands at its beginning: reading twice as far grouped nothing better
SUMMARY_TOKENS = 16  # the rarest ones: a long summary names half the industry
BLOCK_HEAD, BLOCK_SUMMARY = 4600 << 16, 6500 << 16  # weights from which a word is rare enough to look up candidates by
BLOCK_SURE = 9000  # a company with a kind of event suffices
BLOCK_NUMBER = 2000

INDICES = frozenset({"sp500", "nasdaq", "dow", "sox"})
MANNER_TOKENS = ("opinion", "preview", "call", "column", "roundup", "debut", "pricing", "plan")
MANNER_EVENTS = ("analyst", "labour", "results")
MANNERS = (*MANNER_TOKENS, *MANNER_EVENTS, "index")
"""What two articles may differ in: a mark or event of the lexicon, or a kind of event; a bit each."""

_TOKEN = re.compile(r"[a-z][a-z0-9]*(?:['.&+][a-z0-9]+)*|\d+(?:\.\d+)?[a-z]+|[\u3400-\u9fff]+|[\u3040-\u30ff]+|[\uac00-\ud7a3]+")
_COUNTRY = re.compile(r"\bUS\b")  # in capitals; in small letters it is a pronoun
_DIGITS = re.compile(r"\d+")
_STOP = frozenset(
    re.findall(
        r"\S+",
        "the a an of to in on for and or with from by at as is are was were be been it its it's this that these those their his "
        "her they we i you your he she but not no into over after than has have had s t amp can do does did if so up out about "
        "just more most how what who when where which while also all some any per via co inc ltd corp plc",
    )
)
_QUANTITY = re.compile(r"\d.*(?:\d|[tb]n?|trn|mn?|k|gw|mw|x)")  # compared as a number
_SCRIPTS = (re.compile("[\uac00-\ud7a3]"), re.compile("[\u3040-\u30ff]"), re.compile("[\u3400-\u9fff]"))

_NUMBER_BITS = 32
_WEIGHT = 0xFFFF << 16
_TOKEN_BITS, _WHOLE = 64, (1 << 64) - 1
_PLACES = TITLE | HEAD


class Telling(NamedTuple):
    """An article's title, address and summary as grouping compares them. Its columns of 64-bit numbers are kept as bytes:
    half as long on the way between processes, and a batch's are put together at once."""

    key: str
    tokens: bytes  # sorted numbers
    blocks: bytes  # sorted numbers; what is rare enough to look up candidates by, without bits
    firms: tuple[int, ...]  # numbers of the title's companies, in order
    events: int  # kinds of events in the title, a bit each
    manner: int  # of MANNERS, a bit each
    kinds: int  # what the title's numbers count, a bit each
    script: int  # 0 Latin, 1 Chinese, 2 Japanese, 3 Korean


class Words:
    """Reads articles with one lexicon. It remembers the words that it met, nothing else; their names go to `names`, if given."""

    def __init__(self, lexicon: Lexicon, names: dict[int, str] | None = None) -> None:
        self._lexicon = lexicon
        self._phrases = list(lexicon.phrases)
        self._search = AhoCorasick(self._phrases, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA)
        self._pack = _Packed(lexicon, names)
        self._words = _Looked(lexicon, self._pack)
        self._found = [tuple(self._pack[idea] for idea in lexicon.phrases[phrase]) for phrase in self._phrases]
        self._names = {self._pack[idea]: names for idea, names in lexicon.names.items()}

    def read(self, title: str, summary: str, url: str, subjects: Iterable[str]) -> Telling:
        """What an article of these texts and subjects (`company:micron`, …) tells."""
        firms = {self._pack[COMPANY + subject[8:]] for subject in subjects if subject.startswith("company:")}
        head = headline(title)
        titled = self.tokens(head, firms)
        tokens = dict.fromkeys(self.tokens(address, firms), HEAD) if (address := slug(url)) else {}
        tokens.update(dict.fromkeys(titled, _PLACES))
        if summary:
            told = set(self.tokens(plain(summary[:SUMMARY_CHARACTERS]), firms))
            tokens.update(dict.fromkeys(_rarest(told.difference(tokens)), 0))
        digits = set(_DIGITS.findall(head))
        counted = numbers(head.lower()) if digits else []
        named = [token for token in dict.fromkeys(titled) if token & FIRM]
        events = {self._pack.events[token] for token in titled if token & EVENT}
        packed = [token | place for token, place in tokens.items() if not token & MARK]
        return Telling(
            key=title_key(head),
            tokens=array("Q", sorted([*packed, *_packed_numbers(counted), *_packed_digits(digits)])).tobytes(),
            blocks=array("Q", sorted(_blocks(tokens, named, events, counted))).tobytes(),
            firms=tuple(token >> _NUMBER_BITS for token in named),
            events=_bits(events),
            manner=self._manner(title, titled, events),
            kinds=_bits(crc32(number.kind.encode()) % 60 for number in counted),
            script=0 if title.isascii() else next((3 - i for i, script in enumerate(_SCRIPTS) if script.search(title)), 0),
        )

    def tokens(self, text: str, firms: Collection[int] = ()) -> list[int]:
        """The tokens of a plain text, the lexicon's phrases first.

        A company counts when it is one of `firms` or written as in the catalog: "Apple", not "apple"."""
        written = text
        if "US" in text:
            text = _COUNTRY.sub("u.s", text)
        text = text.lower().replace("-", " ")
        found: list[int] = []
        rest: list[str] = []
        last = 0
        for index, start, end in self._search.find_matches_as_indexes(text):
            if _is_whole(text, start, end):
                found += self._found[index]
                rest.append(text[last:start])
                last = end
        rest.append(text[last:])
        looked = self._words.__getitem__
        left = _TOKEN.findall(" ".join(rest))
        if text.isascii():
            found += chain.from_iterable(map(looked, left))
        else:
            for word in left:
                if word[0] < "\u3000" or len(word) == 1:
                    found += looked(word)
                else:
                    found += chain.from_iterable(map(looked, map(add, word, word[1:])))
        if self._names.keys().isdisjoint(found):
            return found
        return [token for token in found if not token & FIRM or token in firms or self._is_written(token, written)]

    def _is_written(self, firm: int, text: str) -> bool:
        return any(name in text for name in self._names[firm])

    def _manner(self, title: str, titled: list[int], events: set[int]) -> int:
        manner = _bits(_MANNER_OF_EVENT[event] for event in events if event in _MANNER_OF_EVENT)
        for token in titled:
            manner |= self._pack.manners.get(token, 0)
        return manner | _OPINION if title.rstrip().endswith(("?", "？")) else manner


class _Packed(dict[str, int]):
    """Token by name → packed; kinds of events and manners of those that have one.

    Only what the lexicon knows is kept: the other words of the world have no end, and are all equally rare."""

    def __init__(self, lexicon: Lexicon, names: dict[int, str] | None) -> None:
        self._lexicon = lexicon
        self._names = names
        self._unknown = round(lexicon.weight("") * 1000) << 16
        self.events: dict[int, int] = {}
        self.manners: dict[int, int] = {}

    def __missing__(self, token: str) -> int:
        packed = crc32(token.encode()) << _NUMBER_BITS
        packed = self._known(token, packed) if self._lexicon.knows(token) else packed | self._unknown
        if self._names is not None:
            self._names[packed] = token
        return packed

    def _known(self, token: str, packed: int) -> int:
        packed |= round(self._lexicon.weight(token) * 1000) << 16
        kind = self._lexicon.kinds.get(token, "")
        if token.startswith(COMPANY):
            packed |= FIRM
        elif kind == "mark":
            packed |= MARK
        elif kind in _EVENT_BIT:
            packed |= EVENT
            self.events[packed] = _EVENT_BIT[kind]
        if token in MANNER_TOKENS or token in INDICES:
            self.manners[packed] = 1 << MANNERS.index("index" if token in INDICES else token)
        self[token] = packed
        return packed


class _Looked(dict[str, tuple[int, ...]]):
    """Word or pair of characters → its tokens. Forgets all when it has grown large: it is quickly learnt again."""

    LARGEST = 300_000

    def __init__(self, lexicon: Lexicon, pack: _Packed) -> None:
        self._lexicon, self._pack = lexicon, pack

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) > self.LARGEST:
            self.clear()
        found = self[word] = tuple(self._pack[token] for token in self._names(word))
        return found

    def _names(self, word: str) -> tuple[str, ...]:
        if word[0] >= "\u3000":
            return (word,) if len(word) > 1 else ()
        if word in _STOP or _QUANTITY.fullmatch(word):
            return ()
        stem = _stem(word)
        ideas = self._lexicon.words.get(word) or self._lexicon.words.get(stem)
        if not ideas:
            return (f"w:{stem}",)
        return (*ideas, f"w:{stem}") if word in self._lexicon.brands else ideas


_EVENT_BIT = {kind: i for i, kind in enumerate(EVENTS)}
_MANNER_OF_EVENT = {_EVENT_BIT[kind]: MANNERS.index(kind) for kind in MANNER_EVENTS}
_OPINION = 1 << MANNERS.index("opinion")


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a match is whole words where it is Latin; a plural or a possessive is the same word."""
    if start and text[start - 1].isascii() and text[start - 1].isalnum() and text[start].isascii():
        return False
    if not (text[end - 1].isascii() and text[end - 1].isalnum()) or end == len(text) or not (text[end].isascii() and text[end].isalnum()):
        return True
    return text[end] == "s" and not (end + 1 < len(text) and text[end + 1].isalnum() and text[end + 1].isascii())


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


def _rarest(tokens: Iterable[int]) -> list[int]:
    """The weightiest tokens, marks left out. Weight and token as one number: a key to sort by would take as long as reading."""
    order = sorted([(_WEIGHT ^ token & _WEIGHT) << _TOKEN_BITS | token for token in tokens if not token & MARK])
    return [placed & _WHOLE for placed in order[:SUMMARY_TOKENS]]


def _packed_numbers(counted: Iterable[Number]) -> list[int]:
    """Both steps of each number, each with half of its weight."""
    steps = {name: round(number.weight * 500) for number in counted for name in buckets(number)}
    return [crc32(name.encode()) << _NUMBER_BITS | weight << 16 | NUMBER | _PLACES for name, weight in steps.items()]


def _packed_digits(digits: Iterable[str]) -> list[int]:
    return [crc32(run.lstrip("0").encode()) << _NUMBER_BITS | DIGITS for run in digits]


def _blocks(tokens: dict[int, int], named: list[int], events: set[int], counted: list[Number]) -> set[int]:
    """What candidates share: a rare word, a number, or a company with a kind of event."""
    blocks = {
        token >> 16 << 16
        for token, place in tokens.items()
        if token & _WEIGHT >= (BLOCK_HEAD if place else BLOCK_SUMMARY) and not token & (FIRM | MARK)
    }
    for number in counted:
        blocks |= {crc32(name.encode()) << _NUMBER_BITS | BLOCK_NUMBER << 16 for name in buckets(number)}
    for firm in named[:3]:
        start = firm >> _NUMBER_BITS
        blocks |= {(start ^ (event + 1) * 0x9E3779B1 & 0xFFFFFFFF) << _NUMBER_BITS | BLOCK_SURE << 16 for event in events}
    return blocks


def _bits(positions: Iterable[int]) -> int:
    mask = 0
    for position in positions:
        mask |= 1 << position
    return mask
