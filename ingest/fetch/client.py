"""
A URL → its body, or one sentence that says why there is none.

Every redirect goes through the guarded transport; time, redirects and size (after decompression) are limited.
"""

from __future__ import annotations

import hashlib
import logging
import ssl
import string
import threading
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import quote

import certifi
import httpcore
import httpx

from data.errors import FetchError, RetryLater, Unreachable, UsageError
from data.settings import settings
from data.version import VERSION
from ingest.fetch.guard import Deadline, GuardedTransport, Network, Resolve, allowed_networks, resolve_name
from ingest.fetch.status import check_status, connect_error

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/json;q=0.9, application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.5, */*;q=0.3"
)
PERMANENT, REDIRECTS = {301, 308}, {301, 302, 303, 307, 308}
CHUNK = 65_536
HEADER_SAFE = string.punctuation + " "

SPACING_SECONDS = {
    "api.gdeltproject.org": 5.0,  # its own rule: one request every five seconds
    "export.arxiv.org": 3.0,  # its terms
}
"""The minimum time between two requests to a host; 1 second for all others."""

SILENCES = 2
"""How many requests of a run may end without one byte until their host counts as dead: one slow address is no proof."""

Host = tuple[str, str, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one fetch."""

    seconds: float = 20.0
    body_bytes: int = 5_000_000
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """HTTP validators and the hash of the last good body; empty for an unconditional request."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """A good answer. `body` is empty when nothing changed; `moved_to` is the target of permanent redirects, or ""."""

    url: str
    body: bytes
    content_type: str
    unchanged: bool
    validators: Validators
    moved_to: str = ""


class HostRefusals:
    """
    What hosts said in this run that holds for all of their addresses: wait, or nothing at all.

    Six feeds of a dead host would otherwise take six deadlines, and a host that asked to wait would be asked again.
    """

    def __init__(self) -> None:
        self._refusals: dict[Host, FetchError] = {}
        self._silences: Counter[Host] = Counter()

    def check(self, url: httpx.URL) -> None:
        """Raise what the URL's host refused before, if anything."""
        if refusal := self._refusals.get(_host_of(url)):
            raise refusal

    def note(self, url: httpx.URL, problem: FetchError) -> None:
        if isinstance(problem, Unreachable | RetryLater):
            self._refusals[_host_of(url)] = problem

    def note_silence(self, url: httpx.URL, problem: FetchError) -> None:
        self._silences[_host_of(url)] += 1
        if self._silences[_host_of(url)] >= SILENCES:
            self._refusals[_host_of(url)] = problem


@dataclass(kw_only=True)
class Fetcher:
    """
    Fetches by one set of rules, for one run. Thread-safe.

    Each host gets one request at a time, with a pause in between; once it cannot be reached or asks to wait, none.
    """

    limits: Limits = field(default_factory=Limits)
    allowed: tuple[Network, ...] = field(default_factory=allowed_networks)
    resolve: Resolve = resolve_name
    tls: ssl.SSLContext = field(default_factory=lambda: trusted_certificates())
    spacing_seconds: dict[str, float] = field(default_factory=lambda: dict(SPACING_SECONDS))
    _refusals: HostRefusals = field(default_factory=HostRefusals)
    _next_at: dict[str, float] = field(default_factory=dict)
    _hosts: defaultdict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fetch(self, url: str, validators: Validators | None = None) -> FetchResult:
        """The answer at the URL. FetchError (also RetryLater, Gone) says in one sentence why there is none."""
        address = _checked_url(url)
        with self._turn_of(address):
            deadline = Deadline(self.limits.seconds)
            transport = GuardedTransport(deadline, tls=self.tls, allowed=self.allowed, resolve=self.resolve)
            with httpx.Client(transport=transport, trust_env=False) as client:
                exchange = _Exchange(client, self.limits, deadline, validators or Validators(), self._refusals)
                return exchange.follow(address)

    @contextmanager
    def _turn_of(self, url: httpx.URL) -> Iterator[None]:
        """Wait until the host may be asked, and keep other threads from asking it meanwhile."""
        host = url.host
        with self._lock:
            turn = self._hosts[host]
        with turn:
            self._refusals.check(url)  # before the pause: a refusal needs none
            time.sleep(max(0.0, self._next_at.get(host, 0.0) - time.monotonic()))
            try:
                yield
            finally:
                self._next_at[host] = time.monotonic() + self.spacing_seconds.get(host, 1.0)


class _Exchange:
    """One fetch: its redirects, and how much was received."""

    def __init__(
        self,
        client: httpx.Client,
        limits: Limits,
        deadline: Deadline,
        previous: Validators,
        refusals: HostRefusals,
    ) -> None:
        self._client, self._limits, self._deadline, self._previous = client, limits, deadline, previous
        self._refusals = refusals
        self._received = 0
        self._announced = ""

    def follow(self, url: httpx.URL) -> FetchResult:
        all_permanent, moved_to = True, ""
        for _ in range(self._limits.redirects + 1):
            answer = self._answer(url)
            if isinstance(answer, FetchResult):
                return answer if not moved_to else replace(answer, moved_to=moved_to)
            all_permanent = all_permanent and answer.status_code in PERMANENT
            url = _redirect_target(url, answer)
            moved_to = public_form(url) if all_permanent else moved_to
        raise FetchError(
            f"{url.host} redirects more than {self._limits.redirects} times; correct the address in sources.toml."
        )

    def _answer(self, url: httpx.URL) -> FetchResult | httpx.Response:
        """A good answer, or a redirect to follow."""
        self._refusals.check(url)
        self._received = 0
        try:
            with self._client.stream("GET", url, headers=self._headers(), follow_redirects=False) as response:
                if response.status_code in REDIRECTS and "location" in response.headers:
                    return response
                check_status(url.host, response)
                return self._unchanged(url, response) if response.status_code == 304 else self._read(url, response)
        except FetchError as problem:
            self._refusals.note(url, problem)
            raise
        except httpcore.TimeoutException as timeout:
            raise self._gave_up(url, timeout) from None
        except httpcore.ConnectError as refused:
            unreachable = connect_error(url.host, refused)
            self._refusals.note(url, unreachable)
            raise unreachable from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as problem:
            raise self._interrupted(url.host, problem) from None
        except httpx.RemoteProtocolError:  # httpx parses the target of every redirect, even if it must not follow any
            raise FetchError(f"{url.host} redirects to an address that cannot be read.") from None
        except zlib.error:
            raise FetchError(f"{url.host} announced gzip data but sent something else.") from None

    def _headers(self) -> dict[str, str]:
        headers = {
            "User-Agent": user_agent(),
            "Accept": ACCEPT,
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }
        if etag := sendable(self._previous.etag):
            headers["If-None-Match"] = etag
        if last_modified := sendable(self._previous.last_modified):
            headers["If-Modified-Since"] = last_modified
        return headers

    def _gave_up(self, url: httpx.URL, timeout: httpcore.TimeoutException) -> FetchError:
        sentence = f"Gave up on {url.host} after {self._deadline.seconds:g} s ({_size(self._received)} received)."
        if isinstance(timeout, httpcore.ConnectTimeout):
            problem: FetchError = Unreachable(sentence)
            self._refusals.note(url, problem)
        else:
            problem = FetchError(sentence)
            if not (self._received or self._announced):
                self._refusals.note_silence(url, problem)
        return problem

    def _unchanged(self, url: httpx.URL, response: httpx.Response) -> FetchResult:
        return FetchResult(url=public_form(url), body=b"", content_type="", unchanged=True, validators=self._previous)

    def _read(self, url: httpx.URL, response: httpx.Response) -> FetchResult:
        self._announced = response.headers.get("content-length", "")
        body = b"".join(self._pieces(url.host, response))
        if not body.strip():
            raise FetchError(f"{url.host} answered with an empty body.")
        validators = Validators(
            etag=sendable(response.headers.get("etag", "")),
            last_modified=sendable(response.headers.get("last-modified", "")),
            body_hash=hashlib.sha256(body).hexdigest(),
        )
        unchanged = validators.body_hash == self._previous.body_hash
        content_type = response.headers.get("content-type", "")
        return FetchResult(
            url=public_form(url),
            body=b"" if unchanged else body,
            content_type=content_type,
            unchanged=unchanged,
            validators=validators,
        )

    def _pieces(self, host: str, response: httpx.Response) -> Iterator[bytes]:
        """The decompressed body. FetchError as soon as it is too long."""
        encoding = response.headers.get("content-encoding", "").strip().lower()
        limit, size = self._limits.body_bytes, 0
        for piece in _decompressed(host, encoding, self._raw(response)):
            size += len(piece)
            if size > limit:
                after = "" if encoding in ("", "identity") else " after decompression"
                raise FetchError(f"Stopped: {host} sent more than {limit / 1e6:g} MB{after}.")
            yield piece

    def _raw(self, response: httpx.Response) -> Iterator[bytes]:
        for piece in response.iter_raw():
            self._received += len(piece)
            yield piece

    def _interrupted(self, host: str, problem: Exception) -> FetchError:
        if self._received or self._announced:
            of = f" of {self._announced}" if self._announced else ""
            return FetchError(f"{host} closed the connection after {self._received}{of} bytes; none of it was used.")
        return FetchError(f"{host} does not answer as a web server should ({problem or type(problem).__name__}).")


def user_agent() -> str:
    """The project's name and version, and the contact address in CHOKEPOINT_CONTACT, if any."""
    contact = quote(settings().contact, safe=HEADER_SAFE)
    return f"Chokepoint/{VERSION}" + (f" ({contact})" if contact else " (self-hosted news reader)")


def sendable(text: str) -> str:
    """The text of a header if it may be sent back as it is; "" for one that HTTP does not allow, such as "Größe"."""
    return text if text.isascii() and text.isprintable() else ""


def trusted_certificates() -> ssl.SSLContext:
    """TLS that trusts certifi's authorities, and those in SSL_CERT_FILE, such as the one of a company's own proxy."""
    context = ssl.create_default_context(cafile=certifi.where())
    if own := settings().ssl_cert_file:
        try:
            context.load_verify_locations(cafile=own)
        except OSError as problem:  # ssl.SSLError is one
            raise UsageError(f"SSL_CERT_FILE names {own}, which holds no certificates that can be read.") from problem
    return context


def _host_of(url: httpx.URL) -> Host:
    return url.scheme, url.host, url.port


# httpx 0.28 logs each request's address at INFO, with the password in it.
logging.getLogger("httpx").setLevel(logging.WARNING)


def public_form(url: httpx.URL | str) -> str:
    """The URL without user name and password, for messages, logs and the store."""
    address = httpx.URL(url)
    return str(address.copy_with(username="", password="") if address.userinfo else address)


def _checked_url(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url.strip())
        host = address.host
    except (httpx.InvalidURL, UnicodeError) as problem:  # UnicodeError: an invalid internationalised host name
        raise FetchError(f"The address of the source cannot be read ({problem}); correct it in sources.toml.") from None
    if address.scheme not in ("http", "https") or not host:
        raise FetchError(
            f"Refused: only http and https addresses are fetched, not {address.scheme or 'one without a scheme'}."
        )
    return address


def _redirect_target(url: httpx.URL, response: httpx.Response) -> httpx.URL:
    """The URL of a redirect. User name and password are sent to the same origin only, and never in clear after TLS."""
    location = response.headers["location"]
    try:
        target = _checked_url(str(url.copy_with(username="", password="").join(location)))
    except (FetchError, httpx.InvalidURL) as problem:
        raise FetchError(f"{url.host} redirects to an address that cannot be fetched. {problem}") from None
    if not url.userinfo:
        return target
    if url.scheme == "https" and target.scheme == "http":
        raise FetchError(f"Refused: {url.host} redirects from https to http, which would expose the password.")
    same_origin = (url.scheme, url.host, url.port) == (target.scheme, target.host, target.port)
    return target.copy_with(username=url.username, password=url.password) if same_origin else target


def _decompressed(host: str, encoding: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The body in pieces of at most CHUNK bytes, so that a decompression bomb is stopped before it fills the memory."""
    if encoding in ("", "identity"):
        yield from pieces
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchError(f"Stopped: {host} used a content encoding that was not requested ({encoding[:40]}).")
    inflater = None
    for piece in pieces:
        inflater = inflater or zlib.decompressobj(_window_bits(encoding, piece))
        while piece and not inflater.eof:
            yield inflater.decompress(piece, CHUNK)
            piece = inflater.unconsumed_tail
    if inflater is None or not inflater.eof:
        raise FetchError(f"The compressed body from {host} ends too early; none of it was used.")


def _window_bits(encoding: str, first: bytes) -> int:
    """zlib's `wbits`. By the standard "deflate" is the zlib format, but many servers send the raw deflate stream."""
    if encoding != "deflate":
        return 31
    return 15 if first[:1] and first[0] & 0x0F == 8 else -15


def _size(count: int) -> str:
    return f"{count} bytes" if count < 1000 else f"{count / 1000:.0f} KB"
