"""
Peers' feed suites, as files that nobody here tuned to: every one is read or refused in a sentence, none crashes or
hangs, and what feedparser's own cases say about the fields that we keep, we say too.
"""

from __future__ import annotations

import io
import json
import re
import time
import warnings
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest

from data.errors import ParseError
from ingest.parse import parse
from ingest.parse.dates import parse_date
from ingest.parse.entries import Entry, Hints
from ingest.parse.feeds import read_feed
from ingest.parse.sandbox import parse_in_child
from ingest.parse.text import plain_text
from ingest.parse.urls import canonical_url
from tests.suites import suite

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MARKUP = re.compile(r"<[A-Za-z/!?]")
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

# Texts that we take for nobody's description, where feedparser takes them for the entry's.
CAPTION = re.compile(rb"<(?:media:(?:description|title|text)|itunes:(?:summary|subtitle))[\s>/]", re.IGNORECASE)

# Of the feeds' files; what the others are: pages, lists of feeds, other JSON, deliberately broken.
AT_LEAST_READ = {"feed-rs": 65, "rss-parser": 28, "rsparser": 34, "node-feedparser": 28, "rust-rss": 12}


def outcome(body: bytes) -> tuple[str, str]:
    """read, empty or refused; and the sentence of a refusal."""
    hints = Hints(now=NOW, url="https://peer.example/feed")
    try:
        parsed = parse_in_child("feed", body, hints)
    except ParseError as refusal:
        return ("captions only" if CAPTION.search(body) else "refused"), str(refusal)
    for article in parsed.articles:
        for text in (article.title, article.summary, article.publisher):
            assert not HIDDEN.search(text)
            assert not MARKUP.search(text)
        # Entries that share a page have a fragment each, which the canonical form of a link leaves out.
        assert article.url.partition("#")[0] == canonical_url(article.url)
    return ("read" if parsed.articles else "empty"), ""


@pytest.mark.parametrize("name", AT_LEAST_READ)
def test_every_feed_of_a_peer_is_read_or_refused_in_a_sentence(name):
    counts: Counter[str] = Counter()
    slowest = 0.0
    for path, body in suite(name, without=("/output/",)):
        start = time.perf_counter()
        kind, sentence = outcome(body)
        slowest = max(slowest, time.perf_counter() - start)
        counts[kind] += 1
        assert not sentence or re.fullmatch(r"peer\.example [^\n]+[.…”)]", sentence), (path, sentence)
    print(f"{name}: {dict(counts)}, slowest {slowest:.2f} s")
    assert counts["read"] + counts["captions only"] >= AT_LEAST_READ[name]


@pytest.mark.parametrize("name", ["listparser", "defusedxml"])
def test_what_is_no_feed_gives_no_article(name):
    counts = Counter(outcome(body)[0] for _, body in suite(name))
    print(f"{name}: {dict(counts)}")
    assert counts["read"] == 0


def test_naughty_strings_are_harmless_as_titles_links_and_guids():
    strings = next(json.loads(body) for path, body in suite("blns") if path.endswith("blns.json"))
    items = [{"id": text, "title": text, "url": text, "summary": text, "date_published": text} for text in strings]
    articles = []
    for start in range(0, len(items), 500):
        body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items[start : start + 500]}).encode()
        articles += parse(body, Hints(now=NOW, url="https://peer.example/feed")).articles
    print(f"blns: {len(strings)} strings, {len(articles)} articles, {sum(bool(a.url) for a in articles)} with a link")
    assert not [
        a for a in articles if MARKUP.search(a.title + a.summary) or HIDDEN.search(a.title + a.summary + a.guid)
    ]
    assert all(a.url == "" or a.url.startswith(("http://", "https://")) for a in articles)


def test_feedparsers_entry_cases_give_what_feedparser_gives():
    counts: Counter[str] = Counter()
    for _, body in suite("feedparser"):
        lines = re.findall(rb"^Header:\s*([^:]+):(.+)$", body[:2_000], re.MULTILINE)
        counts[verdict(body, {name.decode().lower(): value.decode().strip() for name, value in lines})] += 1
    print(f"feedparser: {dict(counts)}")
    assert counts["agree"] + counts["captions"] >= 1_186
    assert counts["refused"] == 0


def verdict(body: bytes, headers: dict[str, str]) -> str:
    """Whether our reading of a file's entries is feedparser's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        ).entries
    if not theirs:
        return "no entries there"
    hints = Hints(now=NOW, url=headers.get("content-location", ""), content_type=headers.get("content-type", ""))
    try:
        ours = read_feed(body, hints).entries
    except ParseError:
        return "refused"
    same = len(ours) == len(theirs) and all(agrees(entry, theirs[at], hints.url) for at, entry in enumerate(ours))
    return "agree" if same else "captions" if CAPTION.search(body) else "differ"


def agrees(ours: Entry, theirs: Any, base: str) -> bool:
    summary = theirs.get("summary") or (theirs.get("content") or [{}])[0].get("value", "")
    link, guid = theirs.get("link") or "", theirs.get("id") or ""
    return (
        plain_text(ours.title) == plain_text(theirs.get("title") or "")
        and plain_text(ours.summary) == plain_text(summary)
        and canonical_url(ours.link, base) == canonical_url(link, base)
        and (ours.guid == guid or (not guid and ours.guid == ours.link))  # one parser says a link twice
        and next((moment for raw in ours.dates if (moment := to_second(raw))), None) == moment_of(theirs)
    )


def to_second(raw: Any) -> datetime | None:
    moment = parse_date(raw, now=NOW)[0]
    return moment.replace(microsecond=0) if moment else None


def moment_of(entry: Any) -> datetime | None:
    """feedparser's own reading of the entry's date: as a plain dict, for it answers "updated" with "published"."""
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        if parsed := dict.get(entry, name):
            return datetime(*parsed[:6], tzinfo=UTC)
    return None
