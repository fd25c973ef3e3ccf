"""Hostile feeds are parsed in a child process that may be lost; the caller never is."""

from __future__ import annotations

import gzip
import http.server
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from data.errors import ParseError
from ingest.parse import sandbox
from ingest.parse.entries import Hints
from ingest.parse.sandbox import close_children, parse_in_child

HINTS = Hints(now=datetime(2026, 11, 20, 12, tzinfo=UTC), url="https://feeds.example/feed")


def rss(entries: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>T</title>{entries}</channel></rss>'.encode()


SMALL = rss("".join(f"<item><title>Story {i}</title><link>https://e.example/{i}</link></item>" for i in range(10)))


def test_the_child_gives_the_same_as_the_parser():
    from ingest.parse.feeds import parse_feed

    assert parse_in_child("feed", SMALL, HINTS) == parse_feed(SMALL, HINTS)


def test_the_childs_error_comes_back_unchanged():
    with pytest.raises(ParseError, match=r"^feeds\.example answered with nothing\.$"):
        parse_in_child("feed", b"", HINTS)


def test_one_child_reads_many_feeds():
    close_children()
    parse_in_child("feed", SMALL, HINTS)
    child = sandbox._idle[-1]
    for _ in range(100):
        parse_in_child("feed", SMALL, HINTS)
    assert sandbox._idle == [child]
    assert child.tasks == 101


NESTED = "".join(f'<!ENTITY e{i + 1} "' + f"&e{i};" * 10 + '">' for i in range(9))
LONG = "x" * 50_000
ATTRIBUTES = " ".join(f'a{i}="1"' for i in range(20_000))
BOMBS = {
    "entities of entities": rss("<item><title>&e9;</title></item>", f'<!DOCTYPE rss [<!ENTITY e0 "ha">{NESTED}]>'),
    "one long entity often": rss(
        f"<item><title>{'&e;' * 50_000}</title></item>", f'<!DOCTYPE rss [<!ENTITY e "{LONG}">]>'
    ),
    "20,000 attributes": rss(f"<item {ATTRIBUTES}><title>x</title></item>"),
    "100,000 deep": rss(f"<item><title>x</title>{'<a>' * 100_000}{'</a>' * 100_000}</item>"),
    "a million open": rss("<a>" * 1_000_000),
    "200,000 entries": rss("<item/>" * 200_000),
    "too large": rss(f"<item><title>{'x' * 5_100_000}</title></item>"),
    "too large when unpacked": gzip.compress(rss(f"<item><title>{'x' * 30_000_000}</title></item>")),
    "JSON a million deep": b'{"items": ' + b"[" * 1_000_000,
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused_in_one_sentence_at_once(body):
    start = time.perf_counter()
    with pytest.raises(ParseError) as failure:
        parse_in_child("feed", body, HINTS)
    assert time.perf_counter() - start < 10
    assert str(failure.value).startswith("feeds.example ")
    assert str(failure.value).endswith(".")
    assert "\n" not in str(failure.value)


def test_a_body_that_takes_too_long_costs_the_child_and_nothing_else():
    slow = rss(
        "<item><title>x &undeclared;</title><author>" + "a." * 15_000 + "</author></item>"
    )  # quadratic in feedparser
    parse_in_child("feed", SMALL, HINTS)
    start = time.perf_counter()
    with pytest.raises(ParseError, match=r"feeds\.example could not be read within 0\.3 s \(it may be malformed\)\."):
        parse_in_child("feed", slow, HINTS, deadline=0.3)
    assert time.perf_counter() - start < 2
    assert len(parse_in_child("feed", SMALL, HINTS).articles) == 10


def test_a_child_that_died_is_replaced():
    parse_in_child("feed", SMALL, HINTS)
    sandbox._idle[-1].process.kill()
    sandbox._idle[-1].process.wait()
    assert len(parse_in_child("feed", SMALL, HINTS).articles) == 10


def test_many_threads_each_get_their_own_answer():
    bodies = [rss(f"<item><title>Story {i}</title><link>https://e.example/{i}</link></item>") for i in range(40)]
    with ThreadPoolExecutor(4) as pool:
        titles = [
            parsed.articles[0].title for parsed in pool.map(lambda body: parse_in_child("feed", body, HINTS), bodies)
        ]
    assert titles == [f"Story {i}" for i in range(40)]
    assert len(sandbox._idle) <= 4


def test_nothing_is_read_from_disk_or_network(tmp_path):
    secret = tmp_path / "feed.xml"
    secret.write_bytes(rss("<item><title>canary</title><link>https://e.example/</link></item>"))
    with counting_server() as (address, hits):
        bodies = [
            str(secret).encode(),
            secret.as_uri().encode(),
            f"{address}/feed.xml".encode(),
            *[
                rss(f"<item><title>a&x;b</title><link>https://e.example/</link>{extra}</item>", head)
                for head, extra in (
                    (f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>', ""),
                    (f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{address}/x">]>', ""),
                    (f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{address}/p"> %p;]>', ""),
                    (f'<!DOCTYPE rss SYSTEM "{address}/dtd">', ""),
                    (f'<!DOCTYPE rss PUBLIC "x" "{address}/dtd">', ""),
                    (f'<?xml-stylesheet href="{address}/xsl"?>', ""),
                    (
                        "",
                        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
                        f'href="{secret.as_uri()}" parse="text"/>',
                    ),
                )
            ],
        ]
        for body in bodies:
            try:
                said = str(parse_in_child("feed", body, HINTS))
            except ParseError as failure:
                said = str(failure)
            assert "canary" not in said
        assert hits == []


def test_the_child_can_neither_open_files_nor_reach_the_network():
    # The lock itself, without a parser: what it refuses, any parser is refused.
    from ingest.parse.worker import _refuse

    store = str(sandbox._ROOT / "data" / "chokepoint.db")
    around = os.path.join(sys.prefix, *[".."] * 20, "etc", "passwd")
    for path in ("/etc/passwd", store, around, "passwd", 3):
        with pytest.raises(PermissionError):
            _refuse("open", (path,))
    for event, argument in [("socket.connect", ""), ("subprocess.Popen", ""), ("os.system", "")]:
        with pytest.raises(PermissionError):
            _refuse(event, (argument,))
    _refuse("open", (os.__file__,))
    _refuse("import", ("x",))


def test_the_child_sees_no_secrets(monkeypatch):
    monkeypatch.setenv("CHOKEPOINT_SMTP_PASSWORD", "canary")
    close_children()
    parse_in_child("feed", SMALL, HINTS)
    environ = f"/proc/{sandbox._idle[-1].process.pid}/environ"
    if not os.path.exists(environ):
        pytest.skip("no /proc here")
    with open(environ, "rb") as file:
        assert b"canary" not in file.read()


class counting_server:  # noqa: N801 - used as a with statement's name
    """An HTTP server on loopback, and the paths that were asked of it."""

    def __enter__(self) -> tuple[str, list[str]]:
        hits: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hits.append(self.path)
                self.send_error(404)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}", hits

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
