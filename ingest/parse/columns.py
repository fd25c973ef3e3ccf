"""Which field of a record is the title, the link, the date: the names that files of articles use for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

# Best first. Written without case, spaces, "_", "-" and ".", so publishedAt, published_at and "Published At" are one.
# A title in its own language comes before a translation of it, and a date of the article before one of the record.
_NAMES = {
    "title": "title headline titleoriginal originaltitle titleen newstitle articletitle name subject 标题 標題 제목 タイトル",
    "link": "url link href articleurl canonicalurl permalink weburl sourceurl newsurl 链接 网址 連結 링크",
    "summary": "summary description abstract snippet excerpt contentsnippet lead teaser dek subtitle content contenttext text body "
    "摘要 内容 요약",
    "when": "publishedat published pubdate datepublished publicationdate publishdate publishedutc publishedtime providerpublishtime "
    "date datetime timestamp time createdat created updatedat updated 发布时间 发布日期 日期 时间 날짜 日付",
    "named": "publisher source sourcename sitename site outlet newssite sites domain 来源 媒体 출처",
    "lang": "lang language languagecode locale 语言",
    "guid": "guid id uuid entryid articleid newsid",
    "seen": "firstseenat firstseen fetchedat crawledat scrapedat collectedat retrievedat",
}
_WORDS = {meaning: names.split() for meaning, names in _NAMES.items()}


@dataclass(frozen=True, slots=True)
class Columns:
    """The keys of a record for each meaning, best first."""

    title: tuple[str, ...]
    link: tuple[str, ...]
    summary: tuple[str, ...]
    when: tuple[str, ...]
    named: tuple[str, ...]
    lang: tuple[str, ...]
    guid: tuple[str, ...]
    seen: tuple[str, ...]

    @property
    def readable(self) -> bool:
        """Whether a record with these keys can be an article."""
        return bool(self.title or self.summary)

    @property
    def known(self) -> int:
        return sum(
            map(len, (self.title, self.link, self.summary, self.when, self.named, self.lang, self.guid, self.seen))
        )


@lru_cache(maxsize=256)
def columns_of(keys: tuple[str, ...]) -> Columns:
    """The columns of a record with these keys; a file's records mostly have the same ones."""
    plain = {_plain(key): key for key in reversed(keys)}
    return Columns(**{meaning: _present(words, plain) for meaning, words in _WORDS.items()})


def _present(words: Iterable[str], plain: dict[str, str]) -> tuple[str, ...]:
    return tuple(plain[word] for word in words if word in plain)


def _plain(key: str) -> str:
    return re.sub(r"[\s_.\-\ufeff]+", "", key).lower()
