"""A web server on loopback that misbehaves on request: each path is one shape of answer, good or bad."""

from __future__ import annotations

import gzip
import json
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RSS_ITEM = "<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>{date}</pubDate></item>"


def rss(*titles: str, base: str = "https://news.example/", date: str = "Mon, 02 Mar 2026 10:00:00 GMT") -> bytes:
    """An RSS 2.0 feed with one item a title."""
    items = "".join(RSS_ITEM.format(title=title, link=base + title.replace(" ", "-"), date=date) for title in titles)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


def atom(title: str, link: str) -> bytes:
    """An Atom 1.0 feed with one entry."""
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry><title>{title}</title><id>{link}</id>'
        f'<link href="{link}"/><updated>2026-03-02T10:00:00Z</updated></entry></feed>'
    ).encode()


def json_feed(title: str, link: str) -> bytes:
    """A JSON Feed 1.1 with one item."""
    item = {"id": link, "url": link, "title": title, "content_text": "", "date_published": "2026-03-02T10:00:00Z"}
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [item]}).encode()


Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    server: FaultServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        with self.server.counted(path, dict(self.headers)):
            answer = self.server.answers.get(path)
            try:
                answer(self) if answer else self.send(404, b"no such path")
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer. Header names take underscores for hyphens; Content-Length is right unless it is given."""
        self.send_response(status)
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        fields.setdefault("Content-Length", str(len(body)))
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: tests look at `server.seen`."""


class FaultServer(ThreadingHTTPServer):
    """`answers` by path; `seen` is what was asked, in order, with its headers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = dict(ANSWERS)
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.busiest = 0
        self.stopping = threading.Event()
        self._busy = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def asked(self, path: str) -> list[dict[str, str]]:
        """The headers of each request for the path."""
        return [headers for seen, headers in self.seen if seen == path]

    @contextmanager
    def counted(self, path: str, headers: dict[str, str]) -> Iterator[None]:
        with self._lock:
            self.seen.append((path, headers))
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
        yield
        with self._lock:
            self._busy -= 1


@contextmanager
def running() -> Iterator[FaultServer]:
    """The server, until the block ends."""
    server = FaultServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Feed:
    """A feed that answers 304 to whoever knows its etag."""

    body: bytes
    etag: str = '"one"'
    extra: dict[str, str] = field(default_factory=dict)

    def __call__(self, handler: Handler) -> None:
        if handler.headers.get("If-None-Match") == self.etag:
            handler.send(304, ETag=self.etag)
            return
        handler.send(200, self.body, ETag=self.etag, Content_Type="application/rss+xml", **self.extra)


def status(code: int, **headers: str) -> Answer:
    return lambda handler: handler.send(code, b"a fault" if code >= 400 else b"", **headers)


def redirect(to: str, code: int = 302) -> Answer:
    return lambda handler: handler.send(code, Location=to)


def page(title: str) -> Answer:
    body = f"<!doctype html><html><head><title>{title}</title></head><body>Please log in.</body></html>".encode()
    return lambda handler: handler.send(200, body, Content_Type="text/html; charset=utf-8")


def compressed(body: bytes, encoding: str, squeeze: Callable[[bytes], bytes]) -> Answer:
    return lambda handler: handler.send(
        200, squeeze(body), Content_Encoding=encoding, Content_Type="application/rss+xml"
    )


def bare_deflate(body: bytes) -> bytes:
    squeezer = zlib.compressobj(wbits=-15)
    return squeezer.compress(body) + squeezer.flush()


def hang(handler: Handler) -> None:
    """Takes the request and never answers."""
    handler.server.stopping.wait(30)
    handler.close_connection = True


def drip(handler: Handler) -> None:
    """A byte now and then: each read is quick, the whole would take for ever."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(600):
        if handler.server.stopping.wait(0.05):
            break
        handler.wfile.write(b"<")
        handler.wfile.flush()
    handler.close_connection = True


def drip_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(600):
        if handler.server.stopping.wait(0.05):
            break
        handler.wfile.write(b"a")
        handler.wfile.flush()
    handler.close_connection = True


def endless(handler: Handler) -> None:
    """A chunked body that never ends."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
    while not handler.server.stopping.is_set():
        handler.wfile.write(piece)


def bomb(handler: Handler) -> None:
    """1 GB of blanks in about 1 MB of gzip, sent as it is made."""
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.end_headers()
    squeezer = zlib.compressobj(9, wbits=31)
    for _ in range(1000):
        handler.wfile.write(squeezer.compress(b" " * 1_000_000))
    handler.wfile.write(squeezer.flush())
    handler.close_connection = True


def cut(handler: Handler) -> None:
    """Announces 1,000 bytes, sends 4, hangs up."""
    handler.send(200, b"<rss", Content_Length="1000")
    handler.close_connection = True


def slow(seconds: float, body: bytes) -> Answer:
    def answer(handler: Handler) -> None:
        time.sleep(seconds)
        handler.send(200, body)

    return answer


GOOD = rss("Micron raises its forecast", "SK Hynix ships HBM4")

ANSWERS: dict[str, Answer] = {
    "/feed": Feed(GOOD),
    "/gzip": compressed(GOOD, "gzip", gzip.compress),
    "/deflate": compressed(GOOD, "deflate", zlib.compress),
    "/bare-deflate": compressed(GOOD, "deflate", bare_deflate),
    "/brotli": compressed(GOOD, "br", bytes),
    "/twice-gzip": compressed(GOOD, "gzip, gzip", gzip.compress),
    "/not-gzip": compressed(GOOD, "gzip", bytes),
    "/half-gzip": compressed(GOOD, "gzip", lambda body: gzip.compress(body)[:-20]),
    "/bomb": bomb,
    "/big": lambda handler: handler.send(200, b"x" * 20_000_000),
    "/endless": endless,
    "/hang": hang,
    "/drip": drip,
    "/drip-headers": drip_headers,
    "/cut": cut,
    "/empty": lambda handler: handler.send(200),
    "/html": page("Sign in to read"),
    "/challenge": status(403, cf_mitigated="challenge"),
    "/500": status(500),
    "/503": status(503, Retry_After="120"),
    "/404": status(404),
    "/403": status(403),
    "/401": status(401),
    "/410": status(410),
    "/429": status(429, Retry_After="30"),
    "/429-bare": status(429),
    "/moved": redirect("/feed", 301),
    "/found": redirect("/feed", 302),
    "/loop": redirect("/loop"),
    "/to-file": redirect("file:///etc/passwd"),
    "/to-ftp": redirect("ftp://127.0.0.1/feed"),
}
