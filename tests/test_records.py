"""JSON lines, JSON lists and CSV become articles; a bad row costs itself only."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime

import orjson
import pytest

from data.errors import ParseError
from data.records import Article
from ingest.parse import Hints, Rejected, parse, parse_records, read_lines
from tests.reference import reference

HINTS = Hints(now=datetime(2026, 11, 20, 12, tzinfo=UTC))


def jsonl(*rows: object) -> list[Article | Rejected]:
    lines = [row if isinstance(row, bytes) else orjson.dumps(row) for row in rows]
    return list(parse_records(lines, HINTS, format="jsonl"))


def csv(text: str | bytes) -> list[Article | Rejected]:
    body = text.encode() if isinstance(text, str) else text
    return list(parse_records(body.splitlines(keepends=True), HINTS, format="csv"))


def titles(rows: list[Article | Rejected]) -> list[str]:
    return [row.title if isinstance(row, Article) else f"{row.line}: {row.reason}" for row in rows]


@pytest.mark.parametrize(
    "record",
    [
        {"title": "HBM", "url": "https://e.example/1", "summary": "S", "published_at": "2026-11-13T10:00:00Z"},
        {
            "headline": "HBM",
            "link": "https://e.example/1",
            "description": "S",
            "pubDate": "Fri, 13 Nov 2026 10:00:00 GMT",
        },
        {"Title": "HBM", "webUrl": "https://e.example/1", "abstract": "S", "Published At": 1794564000},
        {
            "title": "",
            "title_original": "HBM",
            "title_en": "x",
            "href": "https://e.example/1",
            "content": "S",
            "time": 1794564000000,
        },
        {
            "name": "HBM",
            "url": "https://e.example/1",
            "snippet": "S",
            "date": "soon",
            "created_at": "2026-11-13 10:00:00+00:00",
        },
        {"标题": "HBM", "链接": "https://e.example/1", "摘要": "S", "发布时间": "2026-11-13T18:00:00+08:00"},
    ],
)
def test_common_names_of_fields_are_understood(record):
    (article,) = jsonl(record)
    assert (article.title, article.url, article.summary) == ("HBM", "https://e.example/1", "S")
    assert (article.published_at, article.date_quality) == (datetime(2026, 11, 13, 10, tzinfo=UTC), "feed")


def test_the_other_fields_are_understood_too():
    (article,) = jsonl(
        {"id": 7, "title": "HBM", "source": {"name": "Wire"}, "language": "de", "fetched_at": "2026-11-13T10:00:00Z"}
    )
    assert (article.guid, article.publisher, article.lang) == ("7", "Wire", "de")
    assert article.first_seen_at == datetime(2026, 11, 13, 10, tzinfo=UTC)
    (article,) = jsonl({"title": "传三星", "sites": ["财联社", "36Kr"], "url": "https://readhub.cn/topic/1"})
    assert article.publisher == "财联社"


def test_a_bad_row_is_named_and_the_rest_go_on():
    rows = jsonl(
        b"{not json",
        {"title": "a"},
        b"",
        b'{"title": "half',
        [1],
        {"url": "https://e.example/1"},
        {"title": None, "summary": " "},
        {"title": "b"},
    )
    assert titles(rows) == [
        "1: not a JSON object",
        "a",
        "4: not a JSON object",
        "5: not a JSON object",
        "6: no title and no summary",
        "7: no title and no summary",
        "b",
    ]


def test_json_that_is_nearly_right_is_read():
    assert titles(jsonl(b'{"title": "a\\ud800b"}', b'{"title": "c", "score": NaN}', b'{"title": "d\xff"}')) == [
        "ab",
        "c",
        "d�",
    ]


def test_json_nested_without_end_is_one_bad_row():
    assert titles(jsonl({"title": "a"}, b'{"title": ' + b"[" * 100_000, {"title": "b"})) == [
        "a",
        "2: not a JSON object",
        "b",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b'[{"title": "a"}, {"title": "b"}]',
        b'[\n  {"title": "a"},\n  {"title": "b"}\n]\n',
        b'{"status": "ok", "articles": [{"title": "a"}, {"title": "b"}]}',
        b'{\n  "results": [\n    {"title": "a"},\n    {"title": "b"}\n  ]\n}\n',
        b'\xef\xbb\xbf{"title": "a"}\r\n{"title": "b"}\r\n',
        '{"title": "a"}\n{"title": "b"}\n'.encode("utf-16"),
    ],
)
def test_a_list_an_answer_and_lines_are_the_same(body):
    assert titles(list(parse_records(body.splitlines(keepends=True), HINTS, format="jsonl"))) == ["a", "b"]


def test_a_json_document_that_is_no_list_is_an_error():
    with pytest.raises(ParseError, match="neither JSON with one record per line nor a JSON list"):
        jsonl(b"[", b"1, 2")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_a_table_is_found(delimiter):
    text = "Date,Headline,Link\n2026-11-13,a,https://e.example/1\n".replace(",", delimiter)
    (article,) = csv(text)
    assert (article.title, article.url, article.date_quality) == ("a", "https://e.example/1", "day")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_encoding_of_a_table_is_found(encoding):
    text = "title,summary\n长江存储发布新一代闪存,容量翻倍\n美光宣布扩产高带宽内存,明年量产\n"
    assert titles(csv(text.encode(encoding))) == ["长江存储发布新一代闪存", "美光宣布扩产高带宽内存"]


def test_quoted_cells_may_have_delimiters_quotes_and_line_breaks():
    rows = csv('title,summary\n"a, ""b""","one\ntwo"\nc,d\n')
    assert [(row.title, row.summary) for row in rows] == [('a, "b"', "one two"), ("c", "d")]


def test_a_quotation_mark_within_a_cell_is_itself():
    assert titles(csv('title,url\nFab for 12" wafers,\n"Fab" opens,\nc,\n')) == ['Fab for 12" wafers', "Fab opens", "c"]


def test_an_unclosed_quotation_mark_costs_one_row():
    rows = csv('title,summary\n"a,x\nb,y\n' + "".join(f"n{i},z\n" for i in range(500)) + '"c",d\n')
    assert titles(rows) == ["2: a quotation mark is not closed", "b", *[f"n{i}" for i in range(500)], "c"]


def test_a_row_with_other_columns_is_named():
    rows = csv("sep=,\ntitle,url\na,https://e.example/1,,\nb\nc,https://e.example/2,more\n\n,\nd,\n")
    assert titles(rows) == ["a", "4: 1 columns instead of 2", "5: 3 columns instead of 2", "d"]


def test_a_cell_without_end_is_named():
    rows = csv('title,url\n"' + "x" * 200_000 + '",y\nb,\n')
    assert titles(rows) == ["2: not readable (field larger than field limit (131072))", "b"]


def test_a_table_without_titles_says_which_columns_it_has():
    with pytest.raises(ParseError, match=r"no title column \(its columns: Date, Count\)"):
        csv("Date,Count\n2026-11-13,5\n")


def test_rejected_rows_are_counted_and_the_first_named():
    parsed = parse(b'{"title": "a"}\n' + b"x\n" * 7, HINTS, format="jsonl")
    assert (len(parsed.articles), parsed.rejected) == (1, 7)
    assert parsed.warnings == (
        *[f"Line {i}: not a JSON object." for i in range(2, 7)],
        "… and 2 more lines that are not articles.",
    )


def test_a_packed_file_streams(tmp_path):
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"title": "a"}\n' * 3))
    assert len(list(parse_records(read_lines(path), HINTS, format="jsonl"))) == 3


def test_records_are_read_fast():
    rows = [
        {"title": title.format(i), "url": f"https://e.example/2026/11/{i}", "published": date}
        for i in range(4_000)
        for title, date in (
            ("Memory maker {} lifts prices as data centers grow", "2026-11-13T10:00:00Z"),
            ("存储厂商{}宣布上调合约价格", "Fri, 13 Nov 2026 10:00:00 GMT"),
        )
    ]
    lines = [orjson.dumps(row) for row in rows]
    start = time.process_time()
    articles = list(parse_records(lines, HINTS, format="jsonl"))
    speed = len(articles) / (time.process_time() - start)
    print(f"{speed:,.0f} records a second")
    assert speed > 10_000  # 50,000 on a free core; this machine may be shared


def test_the_reference_news_load_as_they_are():
    total = 0
    for path in sorted(reference("data/news").glob("*.jsonl.gz")):
        start = time.process_time()
        rows = list(parse_records(read_lines(path), HINTS, format="jsonl"))
        articles = [row for row in rows if isinstance(row, Article)]
        spent = time.process_time() - start
        dated = sum(article.published_at is not None for article in articles)
        rejected = len(rows) - len(articles)
        print(
            f"{path.name}: {len(articles):,} readable ({dated:,} dated), {rejected} rejected, "
            f"{len(rows) / spent:,.0f}/s"
        )
        placeholders = sum(isinstance(row, Rejected) and row.reason.startswith("a placeholder") for row in rows)
        assert rejected - placeholders <= 1
        total += len(articles)
    assert total == 258_723  # and 58 times “Click here to enter”
