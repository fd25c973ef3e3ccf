"""The JSON answers of public interfaces: whose they are is told by their shape."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from data.errors import ParseError
from ingest.parse.entries import Hints, Parsed
from ingest.parse.json_feeds import parse_api

NOW = datetime(2026, 8, 22, 12, tzinfo=UTC)


def parsed(answer: object, *, url: str = "https://api.example/", publisher: str = "", timezone: str = "UTC") -> Parsed:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return parse_api(body, Hints(now=NOW, url=url, publisher=publisher, timezone=timezone))


def test_gdelt_says_when_it_saw_an_article_and_not_when_that_was_published() -> None:
    row = {
        "url": "https://a.example/1",
        "title": "Micron",
        "seendate": "20260822T101500Z",
        "domain": "a.example",
        "language": "Korean",
    }
    (article,) = parsed({"articles": [row]}).articles
    assert (article.published_at, article.date_quality) == (None, "missing")
    assert article.first_seen_at == datetime(2026, 8, 22, 10, 15, tzinfo=UTC)
    assert (article.publisher, article.lang) == ("a.example", "ko")


def test_gdelt_with_nothing_to_tell_is_an_empty_answer() -> None:
    assert parsed(b"{}") == Parsed(articles=[])


def test_a_full_answer_of_gdelt_warns_that_there_may_be_more() -> None:
    rows = [
        {"url": f"https://a.example/{i}", "title": f"Story {i}", "seendate": "20260822T101500Z"} for i in range(250)
    ]
    assert parsed({"articles": rows}).warnings == (
        "GDELT gives 250 articles at most; narrow the query or its time span to get them all.",
    )


def test_a_hacker_news_post_without_a_link_leads_to_its_discussion() -> None:
    hits = [
        {"objectID": "7", "title": "Ask HN: HBM?", "url": None, "created_at": "2026-08-22T10:00:00Z"},
        {"objectID": "8", "title": "A fab", "url": "https://b.example/fab", "created_at": "2026-08-22T11:00:00Z"},
    ]
    first, second = parsed({"hits": hits}).articles
    assert (first.url, first.guid) == ("https://news.ycombinator.com/item?id=7", "7")
    assert (second.url, second.publisher) == ("https://b.example/fab", "b.example")
    assert second.published_at == datetime(2026, 8, 22, 11, tzinfo=UTC)


def test_the_federal_register_dates_its_documents_by_the_day() -> None:
    row = {
        "document_number": "2026-1",
        "title": "Export controls on memory",
        "abstract": "The bureau amends a rule.",
        "html_url": "https://www.federalregister.gov/d/2026-1",
        "publication_date": "2026-08-20",
    }
    (article,) = parsed({"count": 1, "results": [row]}, publisher="federalregister.gov").articles
    assert (article.summary, article.date_quality, article.publisher) == (
        "The bureau amends a rule.",
        "day",
        "federalregister.gov",
    )


def test_a_live_item_of_wallstreetcn_has_its_time_in_seconds() -> None:
    item = {
        "id": 1,
        "title": "",
        "content_text": "美光宣布新工厂",
        "display_time": 1787392800,
        "uri": "https://wallstreetcn.com/livenews/1",
    }
    (article,) = parsed({"code": 20000, "data": {"items": [item]}}, publisher="wallstreetcn.com").articles
    assert (article.summary, article.lang) == ("美光宣布新工厂", "zh")
    assert article.published_at == datetime.fromtimestamp(1787392800, UTC)


def test_escapes_that_json_does_not_have_are_repaired_and_others_left_alone() -> None:
    title = rb'"Micron\'s \"HBM4\" \u2014 a\\b"'
    body = b'{"articles": [{"url": "https://a.example/1", "title": ' + title + b', "seendate": "20260822T101500Z"}]}'
    assert parsed(body).articles[0].title == 'Micron\'s "HBM4" — a\\b'


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"Your query was too short.", "api.example answered with text, not with JSON: “Your query was too short.”."),
        (b'{"articles": [', "api.example answered with broken JSON; nothing of it was used."),
        (b'{"weather": "fine"}', "api.example answered with JSON of an unknown shape."),
        (b'{"articles": [{"name": "other"}]}', "api.example answered with JSON of an unknown shape."),
        (b"[" * 100_000, "api.example answered with broken JSON; nothing of it was used."),
    ],
)
def test_an_answer_that_is_none_is_said_in_a_sentence(body: bytes, sentence: str) -> None:
    with pytest.raises(ParseError) as refused:
        parsed(body)
    assert str(refused.value) == sentence


def test_records_without_anything_to_read_are_counted() -> None:
    answer = parsed({"hits": [{"objectID": "", "title": ""}, {"objectID": "9", "title": "A story"}]})
    assert (len(answer.articles), answer.rejected) == (2, 0)
    empty = parsed({"articles": [{"seendate": "x"}, {"title": "A story", "seendate": "x"}]})
    assert (len(empty.articles), empty.rejected) == (1, 1)
