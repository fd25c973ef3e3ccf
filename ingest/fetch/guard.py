"""
An HTTP transport that connects to public addresses only and ends at one total deadline.

A name is resolved once, every resolved address is checked, and the connection goes to a checked address: no second
look-up between check and connect (DNS rebinding) can slip a private address in. Redirects take the same path.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, SimpleQueue

import httpcore
import httpx

from data.errors import FetchError, Unreachable, UsageError
from data.settings import settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]


# On Python 3.11 `is_global` alone accepts these: multicast, and ranges that embed an IPv4 address.
NEVER_PUBLIC: tuple[Network, ...] = tuple(
    ip_network(block)
    for block in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/4",  # multicast
        "64:ff9b::/96",  # NAT64, embeds an IPv4 address
        "64:ff9b:1::/48",  # NAT64, local use
        "2002::/16",  # 6to4, embeds an IPv4 address
        "2001::/32",  # Teredo, embeds an IPv4 address
        "::/96",  # IPv4-compatible, unspecified, loopback
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
    )
)


def is_public(address: Address) -> bool:
    """Whether any machine on the internet could reach the address."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    return address.is_global and not _within(address, NEVER_PUBLIC)


def allowed_networks(setting: str | None = None) -> tuple[Network, ...]:
    """Networks allowed besides the public ones: by `setting`, else by CHOKEPOINT_ALLOW_ADDRESSES."""
    text = settings().allow_addresses if setting is None else setting
    try:
        return tuple(ip_network(part, strict=False) for part in text.replace(",", " ").split())
    except ValueError as problem:
        raise UsageError(f"CHOKEPOINT_ALLOW_ADDRESSES must list networks such as 10.1.2.0/24: {problem}.") from problem


class Deadline:
    """The moment by which a fetch must end, whatever it is waiting for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left. ReadTimeout when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


def resolve_name(host: str, port: int) -> list[str]:
    """The addresses of a host, by the system's resolver, which also reads unusual IPv4 notations (0x7f.1)."""
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in entries))


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves, checks, and connects to a checked address; every wait ends at the deadline."""

    def __init__(self, deadline: Deadline, *, allowed: Iterable[Network] = (), resolve: Resolve = resolve_name) -> None:
        self._deadline = deadline
        self._allowed = tuple(allowed)
        self._resolve = resolve
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        problem: httpcore.ConnectError | None = None
        for address in self._checked_addresses(host, port):
            try:
                stream = self._sockets.connect_tcp(
                    str(address), port, self._deadline.left(), local_address, socket_options
                )
            except httpcore.ConnectError as refused:
                problem = refused
            else:
                return _DeadlineStream(stream, self._deadline)
        raise problem or httpcore.ConnectError("no address")

    def _checked_addresses(self, host: str, port: int) -> list[Address]:
        addresses = [ip_address(text) for text in _resolved_in_time(self._resolve, host, port, self._deadline)]
        for address in addresses:
            if not (is_public(address) or _within(_unmapped(address), self._allowed)):
                raise FetchError(
                    f"Refused: {host} resolves to {address}, which is not a public address. "
                    "The administrator can allow it by CHOKEPOINT_ALLOW_ADDRESSES."
                )
        return addresses


class _DeadlineStream(httpcore.NetworkStream):
    """A connection whose reads and writes share the time until one deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _DeadlineStream(
            self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline
        )

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class GuardedTransport(httpx.BaseTransport):
    """httpx over the guarded backend. Raises httpcore's errors, or FetchError for a forbidden address."""

    def __init__(
        self,
        deadline: Deadline,
        *,
        tls: ssl.SSLContext,
        allowed: Iterable[Network] = (),
        resolve: Resolve = resolve_name,
    ) -> None:
        backend = GuardedBackend(deadline, allowed=allowed, resolve=resolve)
        self._pool = httpcore.ConnectionPool(ssl_context=tls, network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
            )
        )
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _unmapped(address: Address) -> Address:
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _resolved_in_time(resolve: Resolve, host: str, port: int, deadline: Deadline) -> Sequence[str]:
    """The addresses from `resolve`, which runs in a thread of its own: the system's resolver has no timeout."""
    answers: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(resolve(host, port))
        except (OSError, UnicodeError, OverflowError) as problem:  # a label over 63 characters, a port over 65535
            answers.put(problem)

    threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
    try:
        addresses = answers.get(timeout=deadline.left())
    except Empty:
        raise httpcore.ConnectTimeout from None
    if isinstance(addresses, Exception) or not addresses:
        raise Unreachable(f"The host {host} was not found; check its spelling and this machine's network.")
    return addresses
