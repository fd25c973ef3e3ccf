"""
Whether a short Chinese or Japanese name stands for itself, where no spaces part the words.

    提升|特色 has no 升特 (Semtech) · 安靠智电 and 海光药业 are other firms than 安靠 and 海光 · 住友電設 is not 住友電
"""

from __future__ import annotations

import re

from data.catalog.records import Catalog
from ingest.stories.cjk import TO_SIMPLIFIED

LONGEST = 3  # characters: a longer name is hardly a chance meeting of two words
_LEAST = 16  # of 100,000 titles that have a pair of characters, for it to be a word
_TIMES = 2  # as common as the name itself both words must be, where the name is counted too
_COUNT_OF_WORD = 1000.0  # for words of the lexicon, which are not counted
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]{2,3}\Z")
# A pair with one of these is no word: 与华 | 为何 does not part 与华为何时.
_PARTICLES = frozenset("的与和及跟同对在是了为被由让从向把给将等中传有用到以因令使获入经")
# Lines of business that no company of the catalog has as a division of its own name.
_OTHER_FIRM = re.compile(
    r"智电|药业|藥業|制药|製藥|集成(?!电|電)|生物|食品|重工|造船|人寿|人壽|置业|置業|地产|地產|物业管|物業管|环保|環保|纺织"
    r"|紡織|农业|農業|装饰|裝飾|裝修|电器|電器|新材|计通|計通|水泥|钢铁|鋼鐵|矿业|礦業|乳业|酒业|种业|传媒|傳媒|建材|陶瓷|橡胶"
)
_OF_POWER = re.compile("[設装池材]")  # after 電: 住友電設, 住友電装, 古河電池


def is_short(name: str) -> bool:
    return _IDEOGRAPHS.match(name) is not None


class WordEdges:
    """Separates a short name from the same characters in other words and in longer names. Build it once."""

    def __init__(self, catalog: Catalog) -> None:
        counted = catalog.model.word_counts
        words = dict.fromkeys((word for idea in catalog.lexicon for word in idea.words), _COUNT_OF_WORD)
        counts = counted | words
        self._counts = {pair: count for pair, count in counts.items() if len(pair) == 2 and _PARTICLES.isdisjoint(pair)}

    def is_other(self, text: str, start: int, end: int) -> bool:
        """Whether text[start:end], characters of a short name, belong to other words or to another firm's name."""
        if _OTHER_FIRM.match(text, end) or (text[end - 1] == "電" and _OF_POWER.match(text, end)):
            return True
        return start > 0 and end < len(text) and self._is_across(text[start - 1 : end + 1].translate(TO_SIMPLIFIED))

    def _is_across(self, around: str) -> bool:
        """Whether the name's first character ends a word and its last one begins one: 加[快手]机."""
        count = self._counts.get
        least = min(count(around[:2], 0.0), count(around[-2:], 0.0))
        if least < _LEAST:
            return False
        name = around[1:-1]
        return least >= _TIMES * min(count(name[at : at + 2], 0.0) for at in range(len(name) - 1))
