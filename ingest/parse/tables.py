"""Which field of a record is the title, the link, the date: the names that files of articles use for them."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

from data.errors import ParseError
from ingest.parse.text import guess_encoding

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


DELIMITERS = ",;\t|"
MAX_LINES = 200  # of one row: a quoted summary may have line breaks, but no chapter
_GUESS_FROM = 1_000  # lines

Row = tuple[int, list[str] | str]  # line number, cells or why there are none


def csv_records(lines: Iterable[bytes]) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Line number and record, or the reason why there is none; raises ParseError when the header has no title."""
    numbered = enumerate(_decoded(iter(lines)), start=1)
    header, delimiter = _header(numbered)
    for number, cells in _rows(numbered, delimiter, len(header)):
        if isinstance(cells, str):
            yield number, cells
        elif any(cells):
            yield number, dict(zip(header, cells, strict=True))


def _header(numbered: Iterator[tuple[int, str]]) -> tuple[list[str], str]:
    """The header's cells and the delimiter under which most of them have a meaning."""
    for _, line in numbered:
        if not line.strip() or line.lower().startswith("sep="):  # a spreadsheet's hint to itself
            continue
        found = [([cell.strip() for cell in _cells(line, delimiter)], delimiter) for delimiter in DELIMITERS]
        header, delimiter = max(found, key=lambda each: (columns_of(tuple(each[0])).known, len(each[0])))
        if not columns_of(tuple(header)).readable:
            names = ", ".join(header)[:200]
            raise ParseError(f"The table has no column for a title (its columns: {names}); call one of them “title”.")
        return header, delimiter
    raise ParseError("The table is empty.")


def _rows(numbered: Iterator[tuple[int, str]], delimiter: str, width: int) -> Iterator[Row]:
    waiting: deque[tuple[int, str]] = deque()  # lines read ahead in vain
    while line := (waiting.popleft() if waiting else next(numbered, None)):
        if '"' not in line[1]:
            yield line[0], _checked(line[1].rstrip("\r\n").split(delimiter), width)
            continue
        held = [line]
        while _is_open(held, delimiter) and len(held) < MAX_LINES:
            following = waiting.popleft() if waiting else next(numbered, None)
            if following is None:
                break
            held.append(following)
        cells = _row("".join(text for _, text in held), delimiter, width)
        if isinstance(cells, str):
            waiting.extendleft(reversed(held[1:]))
            cells = "a quotation mark is not closed" if _is_open(held[:1], delimiter) else cells
        yield line[0], cells


def _is_open(held: list[tuple[int, str]], delimiter: str) -> bool:
    """Whether a quoted cell does not end in these lines. A mark within a cell (5" wafers) opens nothing."""
    text = "".join(line for _, line in held)
    if text.count('"') % 2 == 0:
        return False
    try:
        next(csv.reader([text], delimiter=delimiter, strict=True), None)
    except csv.Error:
        return True
    return False


def _row(text: str, delimiter: str, width: int) -> list[str] | str:
    try:
        return _checked(_cells(text, delimiter), width)
    except csv.Error as problem:  # a cell of more than 131,072 characters
        return f"not readable ({problem})"


def _cells(text: str, delimiter: str) -> list[str]:
    return next(csv.reader([text], delimiter=delimiter), [])


def _checked(cells: list[str], width: int) -> list[str] | str:
    """The cells, or what is wrong with their number. Empty ones at the end may be left out or be too many."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) in (0, 1) and not any(cells):
        return [""] * width
    return cells if len(cells) == width else f"{len(cells)} columns instead of {width}"


def _decoded(lines: Iterator[bytes]) -> Iterator[str]:
    """The lines as text: in UTF-8 where they are that, else in the encoding that they suggest."""
    first = list(islice(lines, _GUESS_FROM))
    head = b"".join(first)
    encoding = "utf-8-sig" if _is_utf8(head) else guess_encoding(head)
    if encoding.startswith(("utf-16", "utf-32")):  # their line breaks are not at the bytes where the lines were split
        yield from io.StringIO((head + b"".join(lines)).decode(encoding, "replace"))
        return
    for line in chain(first, lines):
        if encoding == "utf-8-sig" and not _is_utf8(line):
            encoding = guess_encoding(line)  # the first lines happened to be ASCII
        yield line.decode(encoding, "replace")


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
