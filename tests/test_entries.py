"""The raw fields of an entry become an article with its guid, publisher and language."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ingest.parse.entries import Hints, publisher_of, to_article

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HINTS = Hints(now=NOW, url="https://feeds.example/feed")


def test_the_guid_is_the_entrys_own_or_its_link_or_its_title():
    def guid(**fields: str) -> str:
        return to_article(HINTS, **fields).guid

    assert guid(title="a", guid=" 7\u200b\n") == "7"
    assert guid(title="a", link="https://e.example/1?utm_source=x") == "https://e.example/1"
    assert guid(title="a", link="https://e.example/1#x", guid="https://e.example/1#x") == "https://e.example/1"
    assert guid(title="HBM") == guid(title="<b>hbm</b>") != guid(title="HBM4")
    assert len(guid(title="a", guid="x" * 5_000)) < 100


def test_an_entry_with_nothing_to_read_or_open_is_not_an_article():
    assert (
        to_article(HINTS, title=" <br> ", summary="\u200b", link="javascript:alert(1)", guid="7", dates=["2026-11-13"])
        is None
    )


@pytest.mark.parametrize(
    ("url", "name", "publisher"),
    [
        ("https://www.cnbc.com/1", "CNBC", "cnbc.com"),
        ("https://cloudboss.example/x", "Hacker News", "cloudboss.example"),
        ("https://readhub.cn/topic/1", "财联社", "财联社"),
        ("https://news.google.com/rss/articles/x", "https://www.reuters.com", "reuters.com"),
        ("https://news.google.com/rss/articles/x", "www.Reuters.com", "reuters.com"),
        ("https://news.google.com/rss/articles/x", "", "news.google.com"),
        ("", "The <b>Paper</b>", "The Paper"),
        ("", "", "feeds.example"),
    ],
)
def test_the_publisher_is_the_links_domain_but_at_an_aggregator_the_one_it_names(url, name, publisher):
    assert publisher_of(url, name, HINTS.url) == publisher


def test_the_first_date_that_can_be_read_counts():
    article = to_article(HINTS, title="a", dates=["soon", None, "2026-11-13T10:00:00Z", "2026-11-14"])
    assert article.published_at == datetime(2026, 11, 13, 10, tzinfo=UTC)


def test_the_callers_day_is_for_articles_without_a_date_only():
    hints = Hints(now=NOW, published=date(2026, 3, 1))
    assert to_article(hints, title="a").published_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert to_article(hints, title="a", dates=["2026-11-13"]).published_at == datetime(2026, 11, 13, tzinfo=UTC)
    assert to_article(hints, title="a", dates=["2031-11-13"]).date_quality == "future"


def test_first_seen_is_not_taken_for_the_publication_date():
    article = to_article(HINTS, title="a", first_seen="2026-11-13T10:00:00Z")
    assert (article.published_at, article.date_quality, article.first_seen_at) == (
        None,
        "missing",
        datetime(2026, 11, 13, 10, tzinfo=UTC),
    )
