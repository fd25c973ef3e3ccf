"""
Whether a name that is also a word acts like a company: it announces, is priced, is partnered with, or stands in a list.

    Arm CEO says … · Arm 涨超 16% · 与 Arm 达成合作        but not: ported to Arm, x86 and Arm, Arm 架构
"""

from __future__ import annotations

import re

_REACH = 32  # characters before a name that are read
# A capital before it makes the name the end of another one: "Robot Arm Falls".
_SUBJECT = re.compile(
    r"(?:\A|[^A-Za-z0-9’' ]\s*|\b(?:and|as|but|how|why|what|when|while|if|after|before|that|with|from|by)\s)\Z",
    re.IGNORECASE,
)
_ACTS = re.compile(
    r"(?:, (?!and\b)[^,]{3,60},)?"  # Fireworks, which helps developers, raised
    r" (?:CEO|CFO|CTO|COO|E?S?VP|president|chief executive|chief financial|chairman|co-?founder|executives?"
    r"|(?:(?:is|has|will|quietly|also|now) ){0,2}"
    r"(?:says|said|wants|plans|unveils?|unveiled|launch(?:es|ed)?|announc(?:es|ed)|introduc(?:es|ed)"
    r"|releas(?:es|ed)|debuts|reports|reported|posts|delivers|expects|forecasts|guides|lifts|lifted|rais(?:es|ed|ing)|cuts|beats|misses|tops"
    r"|topped|names|named|appoints|hires|sues|wins|signs|signed|joins|joined|partners|teams up"
    r"|acquir(?:es|ed)|buys|sells|sold"
    r"|selects|files|filed|prices|priced|seeks|closes|closed|secures|secured|lands|slips|falls|fell|drops|dropped|sinks|slides|plunges"
    r"|tumbles|rises|rose|jumps|jumped|soars|surges|surged|climbs|climbed|rallies|rallied|gains|gained|adds|opens|doubles|bets|pitches|eyes|becoming|hits?|valued|defies|expands|completes|taps|warns|denies|confirms|details"
    r"|to (?:buy|sell|build|cut|hire|launch|make|raise|acquire|list|go public|invest|open|supply|design|report|join)"
    r"|going public|is \w+ing)"
    r"|shares? (?!of)|stocks?\b|IPO|valuation|funding|earnings|revenue|results|outlook|guidance)\b",
    re.IGNORECASE,
)
_PARTNERED = re.compile(
    r"\b(?:collaborat\w+|partner\w*|alliance|deal|agreement|teams? up|together|participation|investments?|backing"
    r"|lawsuit|battle|dispute|fight|case|talks|contract|stake|shares|sued|(?:shorts?|long|gamble|buy"
    r"|bought|acquires?|passed|bet) ?)"
    r"(?: (?:\w+ )?(?:with|against|by|from|in|of|on|between))? ?\Z",
    re.IGNORECASE,
)
_OWNED = re.compile(r"\b[A-Z][a-z]+[’']s? (?:AI |chip )?(?:startup )?\Z")
_ACTS_IN_CHINESE = re.compile(
    r"\s?(?:控股|公司|首席|高管|CEO|CFO|总裁|總裁|创始人|聯合創|联合创|中国区|（(?:纪要|[A-Z]{2,5})|[总總]?市值|股价|股價|股票|\d{4}\s?财年|财年|财报|財報|营收|業績"
    r"|业绩|第?[一二三四]季度|发布|發布|推出|宣布|宣佈|携手|攜手|加入|成立|为何|曾(?:与|试图|拒绝|计划)|官方|手撕|[集盘前后收]{0,2}(?:一度)?[大暴飙狂]?[涨跌漲]|开源|更新|起诉|胜诉|败诉|拟|计划|将|称|表示|预计|回应"
    r"|任命|收购|出售|达成|上市|递交|提交|IPO|估值|完成|获(?!得?支持)|或于|宣称|重申|裁员|招聘|创下?|突破"
    r"|[与與和同][^，,。；]{1,14}(?:合作|达成|签署|联手|合资)|年度技术大会|Tech Symposia)"
)
_PARTNERED_IN_CHINESE = re.compile(
    r"(?:携手|攜手|联手|聯手|收购|收購|起诉|没买|买入?|投资|唱多|唱空|力挺|增持|减持|持有|建仓|旗下的?|巨头|芯片设计公司|芯片公司|芯片厂商)\s?\Z"
)
_WITH_IN_CHINESE = re.compile(r"(?:[与與和同跟对]|就与)\s?\Z")
_TOGETHER = re.compile(r"\s?[^，,。；]{0,8}(?:合作|达成|纠纷|诉讼|官司|联手|携手|谈判|交易|签署|合资|结盟)")
_SPEAKS = re.compile(r"\s?[：:]")
_CJK = re.compile(r"[\u3400-\u9fff]")
_LISTED_BEFORE = re.compile(r"(?:, |、|，|\band | & |[和及与与])\s?\Z")
_LISTED_AFTER = re.compile(r"\s?(?:, |、|，|and |& |[和及与]|等)")


def acts(text: str, start: int, end: int) -> bool:
    """Whether the name at text[start:end] is the subject of news of companies, or the other side of a deal."""
    before = text[max(0, start - _REACH) : start]
    if _ACTS_IN_CHINESE.match(text, end) or _PARTNERED_IN_CHINESE.search(before):
        return True
    if _WITH_IN_CHINESE.search(before) and _TOGETHER.match(text, end):
        return True
    if start == 0 and _SPEAKS.match(text, end) and _CJK.search(text, end):
        return True
    return bool((_SUBJECT.search(before) or _OWNED.search(before)) and _ACTS.match(text, end)) or bool(
        _PARTNERED.search(before)
    )


def is_listed(text: str, start: int, end: int) -> bool:
    """Whether the name is an item of a list."""
    return bool(_LISTED_BEFORE.search(text[max(0, start - 5) : start]) or _LISTED_AFTER.match(text, end))
