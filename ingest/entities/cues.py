"""
The words around a name: cues that settle an ambiguous one, and former roles, which are not about the company.

    "CXMT … memory" | an unexpected capital | Arm's        ex-Palantir engineers | 原百度架构师 | a ChatGPT moment
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from ingest.entities.normalize import lower
from ingest.entities.patterns import edge_of, stands_alone

NEAR = 60  # characters between a cue and the name: most of a title, a sentence of a summary
_SENTENCE_START = re.compile(r"(?:\A|[.!?。！？:：|“\"'‘(\[]|\s[-–—])\s*\Z")
_FUNCTION_WORDS = "As|In|On|At|To|By|For|And|The|With|From|How|Why|What|Is|Are|Will|But|Or|Of"
_CAPITAL_BEFORE = re.compile(rf"\b(?!(?:{_FUNCTION_WORDS}) )[A-Z][a-z]+ \Z")
_WORD = re.compile(r"[A-Za-z][a-z']{3,}")


ROLE_REACH = 28  # characters on each side of a name in which a former role is looked for

_ROLES = (
    "CEO|CTO|CFO|COO|VP|AI|首席|董事|员工|員工|高管|高层|高層|总裁|總裁|副总|副總|总监|總監|研究|负责人|負責人|主管|工程"
    "|技术|技術|产品|產品|安全|成员|成員|科学家|科學家|联合|聯合|创始|創始|创办|創辦|设计|設計|执行长|執行長|全球|中国|中國"
    "|经理|經理|团队|團隊|老将|大将|骨干|架构|架構|掌门|董事长"
)
# Before the name. A list may come between: "former OpenAI and Google researchers".
_BEFORE = re.compile(
    r"(?:\b(?:[Ee]x|EX)-"
    r"|\b(?:[Ff]ormer|FORMER|[Oo]ne-time)(?: (?:senior|top|longtime))?(?: at| of| with)? "
    r"(?:[A-Z][\w.-]+(?:, | and | & ))*"
    r"|(?:曾(?:任|任职于|任職於|就职于|就職於|供职于|供職於|在|是|为|為)|此前(?:[^\s，,。]{0,3}在|任职于))"
    r"[^\s，,。、]{0,6}"
    r"|(?:\A|[\s，,、：:“”「『（(。；;称稱由被是为為与與和])[原前]\s?"
    r"|(?:\A|[\s,'\"“‘(])전(?:직)? "
    r"|(?:\A|(?<!\d)\s|[、。「『（])元)\Z"  # 299 元 is a price
)
_NEEDS_ROLE = re.compile(r"[原前]\s?\Z")
_ROLE = re.compile(rf".{{0,8}}?(?:{_ROLES})")
# After the name: 英特尔前 CEO, a SpaceX alum, 구글 출신, OpenAI元幹部.
_AFTER = re.compile(
    rf"\s?前(?:任)?\s?(?:{_ROLES})"
    r"|[ -](?:alum|alums|alumni|alumnus|alumna|veterans?|exiles?|defectors?|dropouts?|mafia)\b"
    r"|의? ?출신|出身|元(?:幹部|社員|研究|従業員|CEO|CTO|エンジニア|役員|副社長)"
    r"|离职(?:员工|高管|团队)|離職(?:員工|高管)"
)

# What a company once had, and is still its own: a former Intel plant, the former Anthropic stake.
_ASSET = re.compile(
    r"(?:['’]s)? (?:stake|shares?|unit|subsidiary|campus|plant|fab|factory|site|division|holding|position)s?\b"
)

# A robot's ChatGPT moment, 机器人的ChatGPT时刻; but 时刻关注 is "always watches".
_MOMENT = re.compile(r"[\"”’」]?\s?(?:[Mm]oment\b|(?:时刻|時刻)(?![关關准準保警提注])|모먼트|モーメント)")
# Most names have none of these characters next to them, and looking for them is far faster than the patterns above.
_HINT_BEFORE = re.compile("[-原前曾전元]")
_HINT_AFTER = re.compile(r"[\s\"”’」-]{0,2}[前avedm의출出元离離M时時모モ]")


class Cue(NamedTuple):
    word: str
    start: int
    end: int


class CueMatcher:
    """Finds the catalog's cue words (given in lower case) near a name: whole words, in any case, in one pass."""

    def __init__(self, words: Iterable[str]) -> None:
        forms: dict[str, list[str]] = {}
        for word in sorted(set(words)):
            forms.setdefault(word, []).append(word)
            if word[-1].isascii() and word[-1].isalpha():
                forms.setdefault(f"{word}s", []).append(word)
        self._words = list(forms.values())
        self._reach = (
            NEAR + max(map(len, forms), default=0) + len(" ")
        )  # so far that a cue that is cut at an end is too far away
        self._edges = [(edge_of(form[0]), edge_of(form[-1])) for form in forms]
        self._automaton = AhoCorasick(list(forms), implementation=Implementation.ContiguousNFA)

    def may_be_near(self, words: Iterable[str], text: str, start: int, end: int) -> bool:
        """False when `near` cannot find any of these words: nearly always, and far faster."""
        _, around = self._around(text, start, end)
        return any(map(around.__contains__, words))

    def near(self, text: str, start: int, end: int) -> list[Cue]:
        """The cues within NEAR characters of text[start:end], and some that are farther away."""
        first, around = self._around(text, start, end)
        return [
            Cue(word, first + start, first + end)
            for index, start, end in self._automaton.find_matches_as_indexes(around, overlapping=True)
            if stands_alone(around, start, end, *self._edges[index])
            for word in self._words[index]
        ]

    def _around(self, text: str, start: int, end: int) -> tuple[int, str]:
        """Where the part of the text that may contain a cue begins, and that part in lower case."""
        first = max(0, start - self._reach)
        return first, lower(text[first : end + self._reach])


def nearest(cues: Iterable[Cue], wanted: frozenset[str], start: int, end: int) -> Cue | None:
    """The one of the `wanted` cues closest to text[start:end], at most NEAR characters away and not inside it."""
    best, best_gap = None, NEAR + 1
    for cue in cues:
        if cue.word in wanted and not (cue.start < end and start < cue.end):
            gap = max(cue.start - end, start - cue.end)
            if gap < best_gap:
                best, best_gap = cue, gap
    return best


def has_unexpected_capital(text: str, start: int) -> bool:
    """Whether the word at `start` has a capital although no sentence begins there and most words have none."""
    if not text[start].isupper() or _SENTENCE_START.search(text[max(0, start - 3) : start]):
        return False
    others = [word for word in _WORD.finditer(text) if word.start() != start]
    small = sum(word[0][0].islower() for word in others)
    return len(others) >= 3 and small >= 0.6 * len(others)


def is_possessive(text: str, start: int, end: int) -> bool:
    """Whether the word has a capital and an 's: Arm's, but not the robot arm's and not "Robot Arm's"."""
    return (
        text[start].isupper()
        and text.startswith(("'s ", "’s "), end)
        and not _CAPITAL_BEFORE.search(text[max(0, start - 24) : start])
    )


def is_former_role(text: str, start: int, end: int) -> bool:
    """Whether the name at text[start:end] says where somebody used to work, or is a figure of speech."""
    if _HINT_AFTER.match(text, end) and (_AFTER.match(text, end) or _MOMENT.match(text, end)):
        return True
    before = text[max(0, start - ROLE_REACH) : start]
    if not (_HINT_BEFORE.search(before) or "ormer" in before or "FORMER" in before) or not _BEFORE.search(before):
        return False
    if _ASSET.match(text, end):
        return False
    return not _NEEDS_ROLE.search(before) or _ROLE.match(text, end) is not None


_VENUE = re.compile(
    r" (?:Hawks|Arena|Stadium|Raceway|Speedway|Park|Cup|Theatre|Theater|Coliseum|Ballpark|Pavilion)\b(?! (?:of|for) AI)"
)
_ELISION = re.compile(r"['’][A-Z][a-z]")  # Dell'Orto


def is_elsewhere(text: str, end: int) -> bool:
    """Whether the name that ends here only names a place, a team, a cup, or begins a family's name."""
    return bool(_VENUE.match(text, end) or _ELISION.match(text, end))
