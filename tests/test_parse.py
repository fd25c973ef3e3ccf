"""Bytes of any format become articles; the format is guessed from the bytes, then from the name."""

from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from data.errors import ParseError, UsageError
from ingest.parse import Hints, guess_format, parse

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "head", "format"),
    [
        ("", b'<?xml version="1.0"?><rss>', "feed"),
        ("", b"\xef\xbb\xbf <feed xmlns=", "feed"),
        ("", '<?xml version="1.0"?><rss>'.encode("utf-16"), "feed"),
        ("", b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "feed"),
        ("news.txt", b"<rss>", "feed"),
        ("", b'{"title": "a"}\n{"title": "b"}', "jsonl"),
        ("news.xml", b'[{"title": "a"}]', "jsonl"),
        ("", b"# x\nLatest news and articles about x\n", "page"),
        ("", b"<!DOCTYPE html><h1>x</h1>Total: 3 articles found", "page"),
        ("saved.html", b"<!DOCTYPE html><title>x</title>", "page"),
        ("", b"<!DOCTYPE html><title>x</title>", "feed"),
        ("", b"title,url\na,b", "csv"),
        ("", b'"Date";"Headline";"Link"\n', "csv"),
        ("news.csv.gz", b"\x1f\x8b", "csv"),
        ("news.jsonl.gz", gzip.compress(b'{"title": "a"}', mtime=0), "jsonl"),
        ("notes.txt", b"A title\nA summary\n", "page"),
        ("", b"/etc/passwd", "feed"),
        ("", b"", "feed"),
    ],
)
def test_the_format_is_guessed_from_the_bytes_then_from_the_name(name, head, format):
    assert guess_format(name, head) == format


@pytest.mark.parametrize(
    "body",
    [
        b'<rss version="2.0"><channel><item><title>HBM sold out</title><link>https://e.example/1</link></item></channel></rss>',
        b'{"version": "https://jsonfeed.org/version/1", "items": [{"title": "HBM sold out", "url": "https://e.example/1"}]}',
        b'{"title": "HBM sold out", "url": "https://e.example/1"}\n',
        b'[{"headline": "HBM sold out", "link": "https://e.example/1"}]',
        b'{"status": "ok", "articles": [{"title": "HBM sold out", "url": "https://e.example/1"}]}',
        b"title,link\nHBM sold out,https://e.example/1\n",
        b"# hbm\nTotal: 1 articles found\n\nHBM sold out\nhttps://e.example/1\n",
        gzip.compress(b"title,link\nHBM sold out,https://e.example/1\n", mtime=0),
        gzip.compress(
            b"<rss><channel><item><title>HBM sold out</title><link>https://e.example/1</link></item></channel></rss>",
            mtime=0,
        ),
    ],
)
def test_every_format_ends_in_the_same_article(body):
    (article,) = parse(body, Hints(now=NOW)).articles
    assert (article.title, article.url, article.publisher, article.lang) == (
        "HBM sold out",
        "https://e.example/1",
        "e.example",
        "en",
    )


def test_hints_about_the_source_fill_the_gaps():
    item = b"<item><title>a</title><link>/1</link><pubDate>2026-11-13 10:00</pubDate></item>"
    body = b'<rss version="2.0"><channel>' + item + b"</channel></rss>"
    hints = Hints(
        now=NOW, url="https://feeds.example/x.xml", publisher="paper.example", lang="de", timezone="Asia/Seoul"
    )
    article = parse(body, hints).articles[0]
    assert (article.url, article.publisher, article.lang) == ("https://feeds.example/1", "paper.example", "de")
    assert (article.published_at, article.date_quality) == (datetime(2026, 11, 13, 1, tzinfo=UTC), "no_tz")


def test_a_web_page_in_place_of_a_feed_is_reported():
    with pytest.raises(ParseError, match=r'^e\.example answered with a web page, not a feed \(title: "Sign in"\)\.$'):
        parse(b"<!doctype html><title>Sign in</title><h2>a</h2><p>b</p>", Hints(now=NOW, url="https://e.example/feed"))


def test_an_unknown_time_zone_is_wrong_usage():
    with pytest.raises(UsageError, match="no time zone"):
        Hints(now=NOW, timezone="Mars/Olympus")


def test_an_unknown_format_is_reported():
    with pytest.raises(ParseError, match=r"^There is no format rss; use one of auto, feed, page, json, jsonl, csv\.$"):
        parse(b"", Hints(now=NOW), format="rss")


def test_the_parent_never_loads_a_feed_parser():
    use, loaded = (
        "import sys, ingest.parse as p; p.guess_format('', b'x')",
        "{'feedparser', 'fastfeedparser'} & set(sys.modules)",
    )
    script = f"{use}; print({loaded})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "set()"
