"""Feeds become articles: golden pairs, and the choices between two parsers that a pair cannot show."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import ParseError
from ingest.parse import feeds
from ingest.parse.entries import Hints
from ingest.parse.feeds import parse_feed, read_feed

FOLDER = Path(__file__).parent / "feeds"
PAIRS = sorted(path for path in FOLDER.iterdir() if path.suffix != ".json")
HINTS = Hints(now=datetime(2026, 11, 20, 12, tzinfo=UTC), url="https://feeds.example/feed")


def rss(entries: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{head}{entries}</channel></rss>'.encode()


def result(body: bytes) -> dict:
    parsed = parse_feed(body, HINTS)
    articles = [asdict(article) for article in parsed.articles]
    for fields in articles:
        assert fields.pop("first_seen_at") is None
        fields.pop("unread_date")
        fields["published_at"] = fields["published_at"] and fields["published_at"].isoformat()
    return {"title": parsed.title, "language": parsed.language, "warnings": list(parsed.warnings), "articles": articles}


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_a_feed_gives_its_pair(path):
    assert result(path.read_bytes()) == json.loads(path.with_suffix(".json").read_text())


@pytest.mark.parametrize("name", ["rss2", "atom_plain", "rss1"])
def test_both_parsers_give_the_same_articles(name, monkeypatch):
    body = (FOLDER / f"{name}.xml").read_bytes()
    before = parse_feed(body, HINTS).articles
    monkeypatch.setattr(feeds, "_by_fastfeedparser", lambda document, text: None)
    assert parse_feed(body, HINTS).articles == before


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_a_feed_gives_its_pair_when_fastfeedparser_changes_dates(path, monkeypatch):
    monkeypatch.setattr(feeds, "KEEPS_DATES", False)
    monkeypatch.setattr(feeds, "_by_fastfeedparser", lambda document, text: pytest.fail("its dates are wrong"))
    assert result(path.read_bytes()) == json.loads(path.with_suffix(".json").read_text())


@pytest.mark.parametrize("hidden", ["_parse_date", ""])
def test_a_private_name_that_is_gone_is_one_line_in_the_log(hidden):
    # Functions of a module see its names even if others cannot: as if the library had renamed its own.
    script = f"""
import types, fastfeedparser.main as module
class Hiding(types.ModuleType):
    def __getattribute__(self, name):
        if name == {hidden!r}:
            raise AttributeError(name)
        return super().__getattribute__(name)
module.__class__ = Hiding
from ingest.parse import feeds
print(feeds.KEEPS_DATES)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    sentence = "fastfeedparser changes dates: feeds are read by feedparser, more slowly.\n" if hidden else ""
    assert (done.stdout, done.stderr) == (f"{not hidden}\n", sentence)


def test_the_fast_parser_hands_over_dates_as_written(monkeypatch):
    monkeypatch.setattr(
        feeds, "_by_feedparser", lambda document: pytest.fail("the plain feed was not read by the fast parser")
    )
    body = rss("<item><title>a</title><link>https://e.example/</link><pubDate>2026-11-13 10:00</pubDate></item>")
    assert read_feed(body, HINTS).entries[0].dates[0] == "2026-11-13 10:00"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "feeds.example answered with nothing."),
        (b"/etc/passwd", "feeds.example answered with text, not a feed (it begins: “/etc/passwd”)."),
        (b"file:///etc/passwd", "feeds.example answered with text, not a feed (it begins: “file:///etc/passwd”)."),
        (
            b"<!DOCTYPE html><html><head><title>Just a &amp; moment</title></head><body>x</body></html>",
            'feeds.example answered with a web page, not a feed (title: "Just a & moment").',
        ),
        (
            b'<?xml version="1.0"?><opml version="2.0"><body/></opml>',
            "feeds.example answered with a list of feeds (OPML), not a feed.",
        ),
        (b"<urlset><url/></urlset>", "feeds.example answered with a sitemap, not a feed."),
        (b"<note><to>x</to></note>", "feeds.example answered with XML that is not a feed."),
        (b'{"error": "no such feed"}', "feeds.example answered with JSON that is not a feed."),
        (
            rss("<item><guid>1</guid></item>"),
            "feeds.example sent only entries without a title, a summary or a link (1).",
        ),
        (b"<rss><channel><title>T</title>", "feeds.example sent a feed that breaks off before its first entry."),
        (b"\x1f\x8bbroken", "feeds.example answered with broken gzip data."),
    ],
)
def test_anything_but_a_feed_is_reported_in_one_sentence(body, sentence):
    with pytest.raises(ParseError) as failure:
        parse_feed(body, HINTS)
    assert str(failure.value) == sentence


def test_a_feed_without_entries_is_not_an_error():
    assert parse_feed(rss(""), HINTS).articles == []


def test_a_feed_behind_a_servers_warning_is_read():
    body = b"<br /><b>Warning</b>: x in /y.php\n" + rss("<item><title>a</title><link>https://e.example/1</link></item>")
    assert [article.title for article in parse_feed(body, HINTS).articles] == ["a"]


def test_a_long_feed_is_cut_with_a_warning():
    body = rss("".join(f"<item><title>n{i}</title><link>https://e.example/{i}</link></item>" for i in range(1_234)))
    parsed = parse_feed(body, HINTS)
    assert len(parsed.articles) == 1_000
    assert parsed.warnings == ("The feed has 1,234 entries; the first 1,000 were read.",)


def test_texts_are_cut_at_their_limits():
    article = parse_feed(
        rss(f"<item><title>{'x' * 5_000}</title><description>{'y ' * 50_000}</description></item>"), HINTS
    ).articles[0]
    assert (len(article.title), len(article.summary)) == (1_000, 20_000)


def test_a_script_in_a_title_is_removed():
    body = rss("<item><title>&lt;script&gt;alert(1)&lt;/script&gt;Chips</title><link>https://e.example/</link></item>")
    assert parse_feed(body, HINTS).articles[0].title == "Chips"


def test_the_same_entry_in_a_broken_feed_keeps_its_identity():
    entry = "<item><title>a</title><link>https://e.example/1</link><guid>7</guid></item>"
    whole, broken = parse_feed(rss(entry), HINTS), parse_feed(rss(entry + "<item><title>b & c</title>"), HINTS)
    assert whole.articles[0].guid == broken.articles[0].guid == "7"
