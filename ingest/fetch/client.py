"""
An address → the bytes behind it, or one sentence that says why not.

Every hop goes through the guarded transport; time, redirects and size (after decompression) are bounded.
"""

from __future__ import annotations

import hashlib
import ssl
import threading
import time
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version

import certifi
import httpcore
import httpx

from data.errors import FetchError
from data.settings import settings
from ingest.fetch.guard import Deadline, GuardedTransport, Network, Resolve, allowed_networks, resolve_name
from ingest.fetch.status import check_status, connect_error

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/json;q=0.9, application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.5, */*;q=0.3"
)
PERMANENT, REDIRECTS = {301, 308}, {301, 302, 303, 307, 308}
CHUNK = 65_536

SPACING_SECONDS = {
    "api.gdeltproject.org": 5.0,  # its own rule: one request every five seconds
    "export.arxiv.org": 3.0,  # its terms
}
"""The least time between two requests to a host; 1 second for the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one fetch may cost."""

    seconds: float = 20.0
    body_bytes: int = 5_000_000
    hops: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What the last good answer said about itself; empty to ask unconditionally."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A good answer. `body` is empty when nothing changed; `moved_to` is where permanent redirects point, or ""."""

    url: str
    body: bytes
    content_type: str
    unchanged: bool
    validators: Validators
    moved_to: str = ""


@dataclass(kw_only=True)
class Fetcher:
    """Fetches with one set of rules. Thread-safe; a host is asked one thing at a time, at a distance."""

    limits: Limits = field(default_factory=Limits)
    allowed: tuple[Network, ...] = field(default_factory=allowed_networks)
    resolve: Resolve = resolve_name
    tls: ssl.SSLContext = field(default_factory=lambda: ssl.create_default_context(cafile=certifi.where()))
    spacing_seconds: dict[str, float] = field(default_factory=lambda: dict(SPACING_SECONDS))
    _next_at: dict[str, float] = field(default_factory=dict)
    _hosts: defaultdict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fetch(self, url: str, validators: Validators | None = None) -> Fetched:
        """What is at the address; a FetchError (also RetryLater, Gone) says in one sentence why there is nothing."""
        address = _checked_url(url)
        with self._turn_of(address.host):
            deadline = Deadline(self.limits.seconds)
            transport = GuardedTransport(deadline, tls=self.tls, allowed=self.allowed, resolve=self.resolve)
            with httpx.Client(transport=transport, trust_env=False) as client:
                return _Exchange(client, self.limits, deadline, validators or Validators()).follow(address)

    @contextmanager
    def _turn_of(self, host: str) -> Iterator[None]:
        """Waits until the host may be asked, and keeps others from asking it meanwhile."""
        with self._lock:
            turn = self._hosts[host]
        with turn:
            time.sleep(max(0.0, self._next_at.get(host, 0.0) - time.monotonic()))
            try:
                yield
            finally:
                self._next_at[host] = time.monotonic() + self.spacing_seconds.get(host, 1.0)


class _Exchange:
    """One fetch under way: its hops, and how much has come."""

    def __init__(self, client: httpx.Client, limits: Limits, deadline: Deadline, asked: Validators) -> None:
        self._client, self._limits, self._deadline, self._asked = client, limits, deadline, asked
        self._received = 0
        self._announced = ""

    def follow(self, url: httpx.URL) -> Fetched:
        permanent, moved_to = True, ""
        for _ in range(self._limits.hops + 1):
            answer = self._answer(url)
            if isinstance(answer, Fetched):
                return answer if not moved_to else replace(answer, moved_to=moved_to)
            permanent = permanent and answer.status_code in PERMANENT
            url = _next_hop(url, answer)
            moved_to = public_form(url) if permanent else moved_to
        raise FetchError(
            f"{url.host} redirects more than {self._limits.hops} times; correct the address in sources.toml."
        )

    def _answer(self, url: httpx.URL) -> Fetched | httpx.Response:
        """A good answer, or a redirect to follow."""
        self._received = 0
        try:
            with self._client.stream("GET", url, headers=self._headers(), follow_redirects=False) as response:
                if response.status_code in REDIRECTS and "location" in response.headers:
                    return response
                check_status(url.host, response)
                return self._unchanged(url, response) if response.status_code == 304 else self._read(url, response)
        except httpcore.TimeoutException:
            raise FetchError(
                f"Gave up on {url.host} after {self._deadline.seconds:g} s ({_size(self._received)} received)."
            ) from None
        except httpcore.ConnectError as problem:
            raise connect_error(url.host, problem) from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as problem:
            raise self._broken_off(url.host, problem) from None
        except httpx.RemoteProtocolError:  # httpx looks at every redirect, also at those that it is not to follow
            raise FetchError(f"{url.host} redirects to an address that cannot be read.") from None
        except zlib.error:
            raise FetchError(f"The body of {url.host} is not the gzip data that it announces.") from None

    def _headers(self) -> dict[str, str]:
        headers = {
            "User-Agent": user_agent(),
            "Accept": ACCEPT,
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }
        if self._asked.etag:
            headers["If-None-Match"] = self._asked.etag
        if self._asked.last_modified:
            headers["If-Modified-Since"] = self._asked.last_modified
        return headers

    def _unchanged(self, url: httpx.URL, response: httpx.Response) -> Fetched:
        return Fetched(url=public_form(url), body=b"", content_type="", unchanged=True, validators=self._asked)

    def _read(self, url: httpx.URL, response: httpx.Response) -> Fetched:
        self._announced = response.headers.get("content-length", "")
        body = b"".join(self._pieces(url.host, response))
        if not body.strip():
            raise FetchError(f"{url.host} answered with an empty body.")
        found = Validators(
            etag=response.headers.get("etag", ""),
            last_modified=response.headers.get("last-modified", ""),
            body_hash=hashlib.sha256(body).hexdigest(),
        )
        unchanged = found.body_hash == self._asked.body_hash
        content_type = response.headers.get("content-type", "")
        return Fetched(
            url=public_form(url),
            body=b"" if unchanged else body,
            content_type=content_type,
            unchanged=unchanged,
            validators=found,
        )

    def _pieces(self, host: str, response: httpx.Response) -> Iterator[bytes]:
        """The decompressed body; ends with an error as soon as it is too long."""
        encoding = response.headers.get("content-encoding", "").strip().lower()
        limit, size = self._limits.body_bytes, 0
        for piece in _decompressed(host, encoding, self._raw(response)):
            size += len(piece)
            if size > limit:
                after = "" if encoding in ("", "identity") else " after decompression"
                raise FetchError(f"Stopped: the body of {host} grew past {limit / 1e6:g} MB{after}.")
            yield piece

    def _raw(self, response: httpx.Response) -> Iterator[bytes]:
        for piece in response.iter_raw():
            self._received += len(piece)
            yield piece

    def _broken_off(self, host: str, problem: Exception) -> FetchError:
        if self._received or self._announced:
            of = f" of {self._announced}" if self._announced else ""
            return FetchError(f"{host} closed the connection after {self._received}{of} bytes; what came was not used.")
        return FetchError(f"{host} does not answer as a web server should ({problem or type(problem).__name__}).")


def user_agent() -> str:
    """Who asks: the project and, where CHOKEPOINT_CONTACT is set, the person who runs it."""
    contact = settings().contact
    return f"Chokepoint/{version('chokepoint')}" + (f" ({contact})" if contact else " (self-hosted news reader)")


def public_form(url: httpx.URL | str) -> str:
    """The address without the name and password in it: fit for a message, a log or the store."""
    address = httpx.URL(url)
    return str(address.copy_with(username="", password="") if address.userinfo else address)


def _checked_url(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url.strip())
        host = address.host
    except (httpx.InvalidURL, UnicodeError) as problem:  # UnicodeError: a host that is no international name
        raise FetchError(f"The address of the source cannot be read ({problem}); correct it in sources.toml.") from None
    if address.scheme not in ("http", "https") or not host:
        raise FetchError(
            f"Refused: {address.scheme or 'it'}: is not an address on the web; only http and https are fetched."
        )
    return address


def _next_hop(url: httpx.URL, response: httpx.Response) -> httpx.URL:
    """Where a redirect leads. Name and password stay with the host that they were meant for, and never leave TLS."""
    target = response.headers["location"]
    try:
        hop = _checked_url(str(url.copy_with(username="", password="").join(target)))
    except (FetchError, httpx.InvalidURL) as problem:
        raise FetchError(f"{url.host} redirects to an address that is not fetched. {problem}") from None
    if not url.userinfo:
        return hop
    if url.scheme == "https" and hop.scheme == "http":
        raise FetchError(f"Refused: {url.host} redirects from https to http, which would send the password in clear.")
    same_origin = (url.scheme, url.host, url.port) == (hop.scheme, hop.host, hop.port)
    return hop.copy_with(username=url.username, password=url.password) if same_origin else hop


def _decompressed(host: str, encoding: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The body in pieces of bounded size: a bomb is stopped by its size, not by this machine's memory."""
    if encoding in ("", "identity"):
        yield from pieces
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchError(f"Stopped: {host} answered in an encoding that was not asked for ({encoding[:40]}).")
    inflater = None
    for piece in pieces:
        inflater = inflater or zlib.decompressobj(_window_bits(encoding, piece))
        while piece and not inflater.eof:
            yield inflater.decompress(piece, CHUNK)
            piece = inflater.unconsumed_tail
    if inflater is None or not inflater.eof:
        raise FetchError(f"The compressed body of {host} ends too early; what came was not used.")


def _window_bits(encoding: str, first: bytes) -> int:
    """zlib's setting. "deflate" means zlib by the standard, but many servers send the bare stream."""
    if encoding != "deflate":
        return 31
    return 15 if first[:1] and first[0] & 0x0F == 8 else -15


def _size(count: int) -> str:
    return f"{count} bytes" if count < 1000 else f"{count / 1000:.0f} KB"
