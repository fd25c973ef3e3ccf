"""A keyword page becomes articles."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from data.errors import ParseError
from ingest.parse import Hints, parse
from tests.reference import reference

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HINTS = Hints(now=NOW)
BRIEF = Hints(now=NOW, url="https://brief.example/keyword/space%20compute")

PAGE = """# space%20compute
Latest news and articles about space%20compute
Total: 3 articles found

Rockets carry racks
Operators plan 100 racks in orbit.

轨道数据中心获批
监管机构批准首个项目。
"""


def test_a_text_page_gives_titles_and_summaries_and_warns_of_missing_articles():
    parsed = parse(PAGE.encode(), HINTS, format="page")
    assert (parsed.title, parsed.language) == ("space compute", "zh")
    assert [(a.title, a.summary, a.lang) for a in parsed.articles] == [
        ("Rockets carry racks", "Operators plan 100 racks in orbit.", "en"),
        ("轨道数据中心获批", "监管机构批准首个项目。", "zh"),
    ]
    assert {(a.url, a.publisher, a.published_at, a.date_quality) for a in parsed.articles} == {
        ("", "", None, "missing")
    }
    assert parsed.warnings == ("The page announces 3 articles but has 2.",)


def test_the_same_title_is_the_same_article_on_every_page():
    other = PAGE.replace("space%20compute", "racks").replace("\n", "\r\n").encode()
    guids = [
        [article.guid for article in parse(body, HINTS, format="page").articles] for body in (PAGE.encode(), other)
    ]
    assert guids[0] == guids[1]
    assert len(set(guids[0])) == 2


def test_the_caller_can_give_day_and_publisher():
    hints = Hints(now=NOW, published=date(2026, 3, 1), publisher="brief.example")
    article = parse(PAGE.encode(), hints, format="page").articles[0]
    assert (article.published_at, article.date_quality, article.publisher) == (
        datetime(2026, 3, 1, tzinfo=UTC),
        "day",
        "brief.example",
    )


def test_links_and_dates_on_lines_of_their_own_are_used():
    body = b"# x\n\nA title\nhttps://e.example/1?utm_source=x\n13 Nov 2026\nIts summary.\n"
    article = parse(body, HINTS, format="page").articles[0]
    assert (article.url, article.summary) == ("https://e.example/1", "Its summary.")
    assert article.published_at == datetime(2026, 11, 13, tzinfo=UTC)


def test_the_same_page_as_html_is_read_by_its_headings():
    body = """<!DOCTYPE html><html lang="en"><body><nav><h2>Menu</h2><p>Home</p></nav><h1>space%20compute</h1>
        <p>Latest news and articles about space%20compute</p><p>Total: 2 articles found</p>
        <div><h2><a href="/1">Rockets carry racks</a></h2><p>Operators plan.</p>
        <time datetime="2026-11-13">yesterday</time></div>
        <a href="/2"><h3>Chips &amp; orbit</h3><p>Another.</p></a></body></html>"""
    parsed = parse(body.encode(), BRIEF)
    assert [(a.title, a.summary, a.url, a.date_quality) for a in parsed.articles] == [
        ("Rockets carry racks", "Operators plan.", "https://brief.example/1", "day"),
        ("Chips & orbit", "Another.", "https://brief.example/2", "missing"),
    ]
    assert (parsed.title, parsed.warnings) == ("space compute", ())


def test_a_page_without_articles_is_an_error():
    with pytest.raises(ParseError, match=r"brief\.example answered with a page that lists no articles\."):
        parse(b"# x\nTotal: 0 articles found\n", BRIEF, format="page")


def test_the_first_page_of_the_project_has_twelve_articles():
    folder = reference("data/seed")
    body = next(folder.glob("*_*.txt")).read_bytes()
    parsed = parse(body, HINTS)
    assert (parsed.title, len(parsed.articles)) == ("AI infrastructure", 12)
    assert parsed.warnings == ("The page announces 19 articles but has 12.",)
    assert all(article.title and article.summary and article.date_quality == "missing" for article in parsed.articles)
    assert len({article.guid for article in parsed.articles}) == 12
