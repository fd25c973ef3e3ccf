"""
The words of an article as tokens: looked up in the lexicon once, then remembered.

    word → stem → ideas of the lexicon, or the word itself → packed: its name's hash, its weight, what kind it is
"""

from __future__ import annotations

import re
from zlib import crc32

from data.catalog.lexicon import EVENTS
from ingest.stories.lexicon import COMPANY, Lexicon
from ingest.stories.token_arrays import EVENT, FIRM, MARK, NUMBER_BITS

INDICES = frozenset({"sp500", "nasdaq", "dow", "sox"})
MANNER_TOKENS = ("opinion", "preview", "call", "column", "roundup", "debut", "pricing", "plan")
MANNER_EVENTS = ("analyst", "labour", "results")
MANNERS = (*MANNER_TOKENS, *MANNER_EVENTS, "index")
"""What two articles may differ in: a mark or event of the lexicon, or a kind of event; a bit each."""

STOP_WORDS = frozenset(
    re.findall(
        r"\S+",
        "the a an of to in on for and or with from by at as is are was were be been it its it's this that these those their his "
        "her they we i you your he she but not no into over after than has have had s t amp can do does did if so up out about "
        "just more most how what who when where which while also all some any per via co inc ltd corp plc",
    )
)
_QUANTITY = re.compile(r"\d.*(?:\d|[tb]n?|trn|mn?|k|gw|mw|x)")  # compared as a number

EVENT_BIT = {kind: i for i, kind in enumerate(EVENTS)}
MANNER_OF_EVENT = {EVENT_BIT[kind]: MANNERS.index(kind) for kind in MANNER_EVENTS}
OPINION = 1 << MANNERS.index("opinion")


class Packed(dict[str, int]):
    """Token by name → packed; kinds of events and manners of those that have one.

    Only what the lexicon knows is kept: the other words of the world have no end, and are all equally rare."""

    def __init__(self, lexicon: Lexicon, names: dict[int, str] | None) -> None:
        self._lexicon = lexicon
        self._names = names
        self._unknown = thousandths(lexicon, "") << 16
        self.events: dict[int, int] = {}
        self.manners: dict[int, int] = {}

    def __missing__(self, token: str) -> int:
        packed = crc32(token.encode()) << NUMBER_BITS
        packed = self._known(token, packed) if self._lexicon.knows(token) else packed | self._unknown
        if self._names is not None:
            self._names[packed] = token
        return packed

    def _known(self, token: str, packed: int) -> int:
        packed |= thousandths(self._lexicon, token) << 16
        kind = self._lexicon.kinds.get(token, "")
        if token.startswith(COMPANY):
            packed |= FIRM
        elif kind == "mark":
            packed |= MARK
        elif kind in EVENT_BIT:
            packed |= EVENT
            self.events[packed] = EVENT_BIT[kind]
        if token in MANNER_TOKENS or token in INDICES:
            self.manners[packed] = 1 << MANNERS.index("index" if token in INDICES else token)
        self[token] = packed
        return packed


class Looked(dict[str, tuple[int, ...]]):
    """Word → its tokens. Forgets all when it has grown large: it is quickly learnt again."""

    LARGEST = 100_000

    def __init__(self, lexicon: Lexicon, pack: Packed) -> None:
        self._lexicon, self._pack = lexicon, pack

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) > self.LARGEST:
            self.clear()
        found = self[word] = tuple(self._pack[token] for token in self._names(word))
        return found

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


def thousandths(lexicon: Lexicon, token: str) -> int:
    return round(lexicon.weight(token) * 1000)
