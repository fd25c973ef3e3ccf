"""Files as people bring them are read rightly; and what cannot be read is said."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import ParseError
from data.records import Article
from ingest.parse import Hints, Rejected
from ingest.parse.dates import parse_date
from ingest.parse.files import parsed_file
from ingest.parse.text import decode, guess_encoding, language_of, plain_text
from tests.studies.cases import files, outcome

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", files())
def test_a_file_has_the_outcome_that_is_expected_of_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOKEPOINT_DB", "")  # a case that opens a page names its store there
    ended = outcome(name)
    assert ended.result in ("right", "refused"), ended.reason


def days(path: Path, **hints: str) -> list[str]:
    rows = parsed_file(path, Hints(now=NOW, **hints), "auto")  # type: ignore[arg-type]
    return [f"{row.published_at:%Y-%m-%d}" if row.published_at else "" for row in rows if isinstance(row, Article)]


def table(path: Path, *dates: str, title: str = "Micron opens fab") -> Path:
    path.write_text("title,date\n" + "".join(f"{title} {n},{day}\n" for n, day in enumerate(dates)), encoding="utf-8")
    return path


def test_one_day_beyond_the_twelfth_decides_for_the_whole_column(tmp_path: Path) -> None:
    assert days(table(tmp_path / "a.csv", "03/04/2026", "13/04/2026")) == ["2026-04-03", "2026-04-13"]
    assert days(table(tmp_path / "b.csv", "03/04/2026", "04/13/2026")) == ["2026-03-04", "2026-04-13"]


def test_dates_that_fit_two_orders_wait_for_theirs(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "03/04/2026", "05/06/2026")
    with pytest.raises(ParseError, match="--dates"):
        days(path)
    assert days(path, dates="dmy") == ["2026-04-03", "2026-06-05"]
    assert days(path, dates="mdy") == ["2026-03-04", "2026-05-06"]


def dated_feed(path: Path, *dates: str) -> Path:
    items = "".join(f"<item><title>Micron {n}</title><pubDate>{date}</pubDate></item>" for n, date in enumerate(dates))
    path.write_text(f"<rss version='2.0'><channel><title>A</title>{items}</channel></rss>", encoding="utf-8")
    return path


def test_a_feeds_own_dates_decide_their_order_or_it_waits_for_theirs(tmp_path: Path) -> None:
    assert days(dated_feed(tmp_path / "a.xml", "03/04/2026", "13/04/2026")) == ["2026-04-03", "2026-04-13"]
    assert days(dated_feed(tmp_path / "b.xml", "03/04/2026 10:00", "04/13/2026")) == ["2026-03-04", "2026-04-13"]
    assert days(dated_feed(tmp_path / "c.xml", "03/04/2026", "Fri, 13 Nov 2026 10:00:00 GMT", "26/04/2026")) == [
        "2026-04-03",
        "2026-11-13",
        "2026-04-26",
    ]
    ambiguous = dated_feed(tmp_path / "d.xml", "03/04/2026", "05/06/2026")
    with pytest.raises(ParseError, match="--dates"):
        days(ambiguous)
    assert days(ambiguous, dates="dmy") == ["2026-04-03", "2026-06-05"]


def test_a_fetched_feed_whose_dates_are_recent_in_one_order_is_in_that_order(tmp_path: Path) -> None:
    path = dated_feed(tmp_path / "a.xml", "11/10/2026", "11/09/2026")
    assert days(path, url="https://a.example/feed") == ["2026-11-10", "2026-11-09"]
    with pytest.raises(ParseError, match="say --dates"):
        days(path)
    with pytest.raises(ParseError, match="save it as a file and import that with --dates"):
        days(dated_feed(tmp_path / "b.xml", "03/04/2020", "05/06/2020"), url="https://a.example/feed")


def test_an_order_that_is_named_holds_for_every_row(tmp_path: Path) -> None:
    assert days(table(tmp_path / "a.csv", "03/04/2026", "04/13/2026"), dates="dmy") == ["2026-04-03", ""]


def test_two_digits_of_a_korean_site_begin_with_the_year(tmp_path: Path) -> None:
    assert days(table(tmp_path / "a.csv", "26.10.05", "26.10.06"), timezone="Asia/Seoul") == [
        "2026-10-05",
        "2026-10-06",
    ]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("民國115年11月10日", "2026-11-10T00:00"),
        ("115/11/10", "2026-11-10T00:00"),
        ("令和8年11月10日", "2026-11-10T00:00"),
        ("令和元年5月1日", "2019-05-01T00:00"),
        ("R8.11.10", "2026-11-10T00:00"),
        ("2026-10-05 18:05 (KST)", "2026-10-05T09:05"),
        ("2026-10-05 18:05 (UTC+8)", "2026-10-05T10:05"),
        ("2026.10.05 18:05 (한국시간)", "2026-10-05T09:05"),
    ],
)
def test_eras_and_zones_in_brackets_count(text: str, moment: str) -> None:
    read, _ = parse_date(text, now=NOW)
    assert read and f"{read:%Y-%m-%dT%H:%M}" == moment


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("gbk", "美光科技上调存储芯片价格"),
        ("big5", "台積電擴建先進封裝產能"),
        ("cp949", "삼성전자 3분기 실적 발표"),
        ("cp932", "東京エレクトロン決算を発表"),
        ("euc_jp", "東京エレクトロン決算を発表"),
    ],
)
def test_one_headline_of_a_spreadsheet_suffices_to_know_its_encoding(encoding: str, title: str) -> None:
    table = f"title,url\n{title},https://a.example.com/1\n".encode(encoding)
    assert title in table.decode(guess_encoding(table))


def test_a_declared_encoding_that_the_bytes_contradict_gives_way_to_utf8() -> None:
    for name in ("gb2312", "Shift_JIS", "EUC-KR", "Big5", "UTF-16"):
        assert "台積電" in decode(f'<?xml version="1.0" encoding="{name}"?>台積電'.encode())[0]
    assert decode(b'<?xml version="1.0" encoding="euc-jp"?>\xad\xa1')[0].endswith("①")


def test_hangul_among_latin_names_is_korean() -> None:
    assert language_of("NVIDIA 3Q 실적") == "ko"
    assert language_of("上場企業決算", "ja") == "ja"


def test_a_reading_is_no_part_of_a_name_and_stacked_marks_are_cut() -> None:
    assert plain_text("<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>の") == "東京の"
    assert len(plain_text("Z" + "\u0321\u0322\u0330\u0331\u0332" * 9)) == 4


def lines(count: int) -> bytes:
    return "".join(f'{{"title": "Micron {n * n}", "id": {n}}}\n' for n in range(count)).encode()


def feed(count: int) -> bytes:
    items = "".join(f"<item><title>Micron {n * n}</title><guid>{n}</guid></item>" for n in range(count))
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>A</title>{items}</channel></rss>".encode()


def page(count: int) -> bytes:
    return "".join(f"## Micron opens fab {n * n}\n\nText {n}.\n\n" for n in range(count)).encode()


def array(count: int) -> bytes:
    return b"[" + lines(count).replace(b"\n", b",\n").rstrip(b",\n") + b"]"


def table_of(count: int) -> bytes:
    return b"title,id\n" + b"".join(b"Micron %d,%d\n" % (n * n, n) for n in range(count))


def read_until_damage(path: Path) -> tuple[list[str], str]:
    titles = []
    try:
        for row in parsed_file(path, Hints(now=NOW), "auto"):
            titles += [row.title] if isinstance(row, Article) else []
    except ParseError as problem:
        return titles, str(problem)
    return titles, ""


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.jsonl.gz", lines), ("a.csv.gz", table_of), ("a.xml.gz", feed), ("a.xml", feed), ("a.json.gz", array)],
)
def test_a_cut_archive_keeps_what_came_before_and_says_how_much(
    tmp_path: Path, name: str, write: Callable[[int], bytes]
) -> None:
    path = tmp_path / name
    for count in (374, 900):
        packed = gzip.compress(write(count))
        path.write_bytes(packed[: len(packed) // 2])
        titles, sentence = read_until_damage(path)
        assert count * 0.3 < len(titles) < count
        assert titles == [f"Micron {n * n}" for n in range(len(titles))]
        assert f"(it is cut off): the {len(titles):,} articles before that were read" in sentence


def test_an_archive_that_is_damaged_inside_is_never_taken_for_a_whole_one(tmp_path: Path) -> None:
    packed = gzip.compress(lines(9_000))
    path = tmp_path / "a.jsonl.gz"
    for at in (len(packed) // 2, len(packed) - 6):  # in a block, in the checksum
        path.write_bytes(packed[:at] + bytes([packed[at] ^ 255]) + packed[at + 1 :])
        titles, sentence = read_until_damage(path)
        assert f"the {len(titles):,} articles before that were read" in sentence


def test_a_cut_list_keeps_its_whole_records_and_says_that_it_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"status": "ok", "articles": ' + array(30)[:-9])
    rows = list(parsed_file(path, Hints(now=NOW), "auto"))
    assert len(rows) == 30
    assert isinstance(rows[-1], Rejected)
    assert rows[-1].reason == "the list breaks off here"


@pytest.mark.parametrize("name", ["a.zip", "a.xlsx", "a.csv.xz", "a.jsonl.lzma", "a.csv.bz2", "a.parquet", "a.csv.gz"])
@pytest.mark.parametrize("size", [12, 60, 10_000])
def test_a_file_of_another_kind_is_one_sentence_whole_or_damaged(tmp_path: Path, name: str, size: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<a/>" * 999)
    body = {
        "xz": lzma.compress(lines(99)),
        "ma": lzma.compress(lines(99), lzma.FORMAT_ALONE),
        "z2": bz2.compress(lines(99)),
        "et": b"PAR1" + bytes(90),
        "gz": b"\x1f\x8b\x08\x00 no archive",
    }.get(name[-2:], packed.getvalue())
    path = tmp_path / name
    path.write_bytes(body[:size])
    with pytest.raises(ParseError, match=r"^The file is (an? .*|damaged \(.*\): nothing .*)\.$"):
        list(parsed_file(path, Hints(now=NOW), "auto"))


@pytest.mark.parametrize("title", ["[Removed]", "Just a moment...", "Click here to enter", "Access Denied"])
def test_what_a_server_shows_instead_of_an_article_is_none(tmp_path: Path, title: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"title,date\n{title},2026-11-12\nMicron opens fab,2026-11-13\n")
    assert days(path) == ["2026-11-13"]
