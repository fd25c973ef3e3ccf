"""
Tables of articles: which column is the title, the link, the date; and CSV lines → rows, one broken row costing one row.

The csv module alone would read everything after an unclosed quotation mark as one cell. Here, a row without as many
cells as the header is given up at its first line, and reading goes on at its second.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from functools import lru_cache
from itertools import chain, islice

from data.errors import ParseError
from ingest.parse.text import guess_encoding

DELIMITERS = ",;\t|"
MAX_LINES = 200  # per row: a quoted summary may have line breaks, but not chapters
_GUESS_FROM = 1_000  # lines

# Best first, lower case, without spaces, "_", "-" and ".": publishedAt, published_at and "Published At" are the same.
# A title in its own language comes before a translation, a date of the article before one of the record.
_NAMES = {
    "title": "title headline titleoriginal originaltitle titleen newstitle articletitle name subject "
    "标题 標題 제목 タイトル",
    "link": "url link href articleurl canonicalurl permalink weburl sourceurl newsurl 链接 网址 連結 링크",
    "summary": "summary description abstract snippet excerpt contentsnippet lead teaser dek subtitle content "
    "contenttext text body 摘要 内容 요약",
    "dates": "publishedat published pubdate datepublished publisheddate publicationdate publishdate publishedutc "
    "publishedtime timepublished publishtime pubtime publicationtime publishedon providerpublishtime displaytime "
    "posted postedat date datetime timestamp time createdat created updatedat updated 发布时间 发布日期 日期 时间 "
    "發布時間 發布日期 發佈時間 發佈日期 時間 날짜 일시 작성일 등록일 게시일 입력일 발행일 日付 日時 公開日 公開日時 "
    "配信日 掲載日",
    "publisher": "publisher provider source sourcename sitename site outlet newssite sites domain 来源 媒体 출처",
    "lang": "lang language languagecode locale 语言",
    "guid": "guid id uuid entryid articleid newsid objectid",
    "first_seen": "firstseenat firstseen seendate fetchedat crawledat crawldate scrapedat collectedat retrievedat",
}
_DATE_WORDS = frozenset(["date", "time", "datetime", "timestamp", "publish", "published", "posted"])
_WORDS = {meaning: names.split() for meaning, names in _NAMES.items()}


@dataclass(frozen=True, slots=True)
class Columns:
    """The keys of a record by what they mean, best first."""

    title: tuple[str, ...]
    link: tuple[str, ...]
    summary: tuple[str, ...]
    dates: tuple[str, ...]
    publisher: tuple[str, ...]
    lang: tuple[str, ...]
    guid: tuple[str, ...]
    first_seen: tuple[str, ...]

    @property
    def readable(self) -> bool:
        """Whether a record with these keys can be an article."""
        return bool(self.title or self.summary)

    @property
    def known(self) -> int:
        return sum(map(len, astuple(self)))


@lru_cache(maxsize=256)
def columns_of(keys: tuple[str, ...]) -> Columns:
    """The columns of a record with these keys. Cached: most records of a file have the same keys."""
    key_of = {re.sub(r"[\s_.\-\ufeff]+", "", key).lower(): key for key in reversed(keys)}
    present = {meaning: tuple(key_of[word] for word in words if word in key_of) for meaning, words in _WORDS.items()}
    if not present["dates"] and not present["first_seen"]:
        present["dates"] = tuple(key for key in keys if _names_a_date(key))
    return Columns(**present)


def _names_a_date(key: str) -> bool:
    """Whether a word of a column's name says that it holds a date: "Article Date", "newsTimestamp"; no reading time."""
    words = {word.lower() for word in re.findall("[A-Z]?[a-z]+|[A-Z]+", key)}
    return not words.isdisjoint(_DATE_WORDS) and words.isdisjoint(("read", "reading", "run", "count"))


def csv_records(lines: Iterable[bytes]) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Line number and record, or the reason why it is not one. ParseError when the header has no title column."""
    numbered = enumerate(_decoded(iter(lines)), start=1)
    header, delimiter = _header(numbered)
    for number, cells in _rows(numbered, delimiter, len(header)):
        if isinstance(cells, str):
            yield number, cells
        elif any(cells):
            yield number, dict(zip(header, cells, strict=True))


def _header(numbered: Iterator[tuple[int, str]]) -> tuple[list[str], str]:
    """The header's cells, and the delimiter by which most of them are known columns."""
    for _, line in numbered:
        if not line.strip() or line.lower().startswith("sep="):  # Excel's hint to itself
            continue
        splits = [([cell.strip() for cell in _cells(line, delimiter)], delimiter) for delimiter in DELIMITERS]
        header, delimiter = max(splits, key=lambda split: (columns_of(tuple(split[0])).known, len(split[0])))
        if not columns_of(tuple(header)).readable:
            names = ", ".join(header)[:200]
            raise ParseError(f"The table has no title column (its columns: {names}); name one of them “title”.")
        return header, delimiter
    raise ParseError("The table is empty.")


def _rows(numbered: Iterator[tuple[int, str]], delimiter: str, width: int) -> Iterator[tuple[int, list[str] | str]]:
    """Line number and cells of each row, or the reason why it has none."""
    pushed_back: deque[tuple[int, str]] = deque()  # lines that were read ahead but turned out to be rows of their own
    while line := (pushed_back.popleft() if pushed_back else next(numbered, None)):
        if '"' not in line[1]:
            yield line[0], _with_width(line[1].rstrip("\r\n").split(delimiter), width)
            continue
        held = [line]
        while _is_open(held, delimiter) and len(held) < MAX_LINES:
            following = pushed_back.popleft() if pushed_back else next(numbered, None)
            if following is None:
                break
            held.append(following)
        cells = _row("".join(text for _, text in held), delimiter, width)
        if isinstance(cells, str):
            pushed_back.extendleft(reversed(held[1:]))
            cells = "a quotation mark is not closed" if _is_open(held[:1], delimiter) else cells
        yield line[0], cells


def _is_open(held: list[tuple[int, str]], delimiter: str) -> bool:
    """Whether a quoted cell goes on beyond these lines. A quotation mark inside a cell (5" wafers) opens nothing."""
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
        return _with_width(_cells(text, delimiter), width)
    except csv.Error as problem:  # a cell of more than 131,072 characters
        return f"not readable ({problem})"


def _cells(text: str, delimiter: str) -> list[str]:
    return next(csv.reader([text], delimiter=delimiter), [])


def _with_width(cells: list[str], width: int) -> list[str] | str:
    """The cells, or what is wrong with their number. Trailing empty ones may be missing or too many."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) in (0, 1) and not any(cells):
        return [""] * width
    return cells if len(cells) == width else f"{len(cells)} columns instead of {width}"


def _decoded(lines: Iterator[bytes]) -> Iterator[str]:
    """The lines as text: in UTF-8 if they are valid, else in the encoding that they suggest."""
    first = list(islice(lines, _GUESS_FROM))
    head = b"".join(first)
    encoding = "utf-8-sig" if _is_utf8(head) else guess_encoding(head)
    if encoding.startswith(("utf-16", "utf-32")):  # a line break has more bytes than the one that the lines end with
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
