"""
Whether a name is not news about the company.

It may only say where somebody comes from ("ex-Palantir engineers", 原百度架构师), or be a figure of speech ("a ChatGPT moment").
"""

from __future__ import annotations

import re

WINDOW = 28  # characters on each side in which these words stand

_ROLES = (
    "CEO|CTO|CFO|COO|VP|AI|首席|董事|员工|員工|高管|高层|高層|总裁|總裁|副总|副總|总监|總監|研究|负责人|負責人|主管|工程|技术|技術|产品|產品|安全|成员|成員"
    "|科学家|科學家|联合|聯合|创始|創始|创办|創辦|设计|設計|执行长|執行長|全球|中国|中國|经理|經理|团队|團隊|老将|大将|骨干|架构|架構|掌门|董事长"
)
# Somebody comes from the company before the name: a list may stand between ("former OpenAI and Google researchers").
_BEFORE = re.compile(
    r"(?:\b(?:[Ee]x|EX)-"
    r"|\b(?:[Ff]ormer|FORMER|[Oo]ne-time)(?: (?:senior|top|longtime))?(?: at| of| with)? (?:[A-Z][\w.-]+(?:, | and | & ))*"
    r"|(?:曾(?:任|任职于|任職於|就职于|就職於|供职于|供職於|在|是|为|為)|此前(?:[^\s，,。]{0,3}在|任职于))[^\s，,。、]{0,6}"
    r"|(?:\A|[\s，,、：:“”「『（(。；;称稱由被是为為与與和])[原前]\s?"
    r"|(?:\A|[\s,'\"“‘(])전(?:직)? "
    r"|(?:\A|(?<!\d)\s|[、。「『（])元)\Z"  # 299 元 is a price
)
_NEEDS_ROLE = re.compile(r"[原前]\s?\Z")
_ROLE = re.compile(rf".{{0,8}}?(?:{_ROLES})")
# After the name: 英特尔前 CEO, a SpaceX alum, 구글 출신, OpenAI元幹部.
_AFTER = re.compile(
    rf"\s?前(?:任)?\s?(?:{_ROLES})|[ -](?:alum|alums|alumni|alumnus|alumna|veterans?|exiles?|defectors?|dropouts?|mafia)\b"
    r"|의? ?출신|出身|元(?:幹部|社員|研究|従業員|CEO|CTO|エンジニア|役員|副社長)|离职(?:员工|高管|团队)|離職(?:員工|高管)"
)


# A robot's ChatGPT moment, 机器人的ChatGPT时刻; but 时刻关注 is "always watches".
_MOMENT = re.compile(r"[\"”’」]?\s?(?:[Mm]oment\b|(?:时刻|時刻)(?![关關准準保警提注])|모먼트|モーメント)")
# Most names have none of these beside them; looking for them is far faster than the whole expressions.
_HINT_BEFORE = re.compile("[-原前曾전元]")
_HINT_AFTER = re.compile(r"[\s\"”’」-]{0,2}[前avedm의출出元离離M时時모モ]")


def is_no_news(text: str, start: int, end: int) -> bool:
    """Whether the name at text[start:end] stands for somebody's past, or for a turning point."""
    if _HINT_AFTER.match(text, end) and (_AFTER.match(text, end) or _MOMENT.match(text, end)):
        return True
    before = text[max(0, start - WINDOW) : start]
    if not (_HINT_BEFORE.search(before) or "ormer" in before or "FORMER" in before) or not _BEFORE.search(before):
        return False
    return not _NEEDS_ROLE.search(before) or _ROLE.match(text, end) is not None
