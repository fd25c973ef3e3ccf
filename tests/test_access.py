"""Who may do what: a real server, asked directly, through a proxy, by a foreign name and from a foreign page."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from browsing import free_port
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from builders import article, linked, save
from dashboard.__main__ import open_words
from dashboard.access import ONLY_THIS_MACHINE, host_name, is_own_name, is_this_machine
from data.catalog import load_catalog
from data.schema.store import open_store
from data.source_state import FetchAttempt, SourceState, record_fetch, source_state

NOW = datetime(2026, 5, 1, tzinfo=UTC)
PAUSED = next(iter(load_catalog().sources))
ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("client", "headers", "local"),
    [
        ("127.0.0.1", {"Host": "localhost:8501"}, True),
        ("::1", {"host": "[::1]:8501"}, True),
        ("127.0.0.1", {"Host": "evil.example:8501"}, False),
        ("127.0.0.1", {"Host": "localhost", "X-Forwarded-For": "127.0.0.1"}, False),
        ("127.0.0.1", {"Host": "localhost", "X-Real-IP": "127.0.0.1"}, False),
        ("127.0.0.1", {"Host": "localhost", "Forwarded": "for=127.0.0.1"}, False),
        ("192.168.1.9", {"Host": "localhost"}, False),
        ("127.0.0.1", {}, False),
        (None, {"Host": "localhost"}, False),
    ],
)
def test_a_forwarded_or_renamed_request_comes_from_another_machine(
    client: str | None, headers: dict[str, str], local: bool
) -> None:
    assert is_this_machine(client, headers) is local


def test_a_name_is_the_servers_own_when_it_is_an_address_this_machine_or_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOKEPOINT_HOSTS", "News.example.org, other.example")
    assert all(map(is_own_name, ["localhost", "192.168.1.9", "::1", "news.example.org", socket.gethostname().lower()]))
    assert not any(map(is_own_name, ["evil.example", "", "127.0.0.1.evil.example", "sub.news.example.org"]))
    assert [host_name(text) for text in ("a.example.:80", "[::1]:80", "[::1", "")] == ["a.example", "::1", "", ""]


def test_the_start_says_what_is_open_to_other_machines() -> None:
    assert open_words("127.0.0.1", has_key=True) == "Only this machine can reach it."
    assert "not the data under /api/v1 and /mcp. They can change nothing" in open_words("0.0.0.0", has_key=False)
    assert "the data under /api/v1 and /mcp with CHOKEPOINT_API_KEY" in open_words("0.0.0.0", has_key=True)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """The store and the port of a running server; one of its sources is paused."""
    path = tmp_path_factory.mktemp("access") / "store.db"
    with open_store(path) as store:
        save(store, linked(article("Micron sells out"), "company:micron"), now=NOW)
        attempt = FetchAttempt(source=PAUSED, at=NOW, outcome="failed", sentence="gone")
        record_fetch(store, attempt, SourceState(source=PAUSED, paused=True, last_error="gone"))
    chosen = free_port()
    command = [sys.executable, "-m", "dashboard", "--port", str(chosen), "--store", str(path)]
    environment = {**os.environ, "CHOKEPOINT_API_KEY": "secret"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with suppress(httpx.TransportError):
                httpx.get(f"http://127.0.0.1:{chosen}/healthz", timeout=5, trust_env=False)
                break
            time.sleep(0.2)
        yield path, chosen
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def port(server: tuple[Path, int]) -> int:
    return server[1]


@pytest.fixture(scope="module")
def proxy(port: int) -> Iterator[int]:
    """The port of a proxy that passes everything on and names the client, as proxies do."""
    listening = socket.create_server(("127.0.0.1", 0))
    sockets = [listening]

    def pipe(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65_536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                server = socket.create_connection(("127.0.0.1", port))
                line, _, rest = client.recv(65_536).partition(b"\r\n")
                server.sendall(line + b"\r\nX-Forwarded-For: 203.0.113.9\r\n" + rest)
                sockets.extend((client, server))
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=pipe, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1]
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


def status(port: int, path: str, **headers: str) -> int:
    return httpx.get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=30, trust_env=False).status_code


def test_streamlits_own_doors_are_open_to_this_machine_only(port: int, proxy: int) -> None:
    assert status(port, "/_stcore/metrics") == 200
    for path in ("/_stcore/metrics", "/_stcore/agent/mcp", "/_stcore/agent/openapi.json"):
        assert status(proxy, path) == 404
    assert (status(proxy, "/_stcore/health"), status(proxy, "/healthz")) == (200, 200)


def test_a_foreign_name_is_refused_on_pages_and_in_the_api(port: int) -> None:
    paths = ("/", "/api/v1/subjects", "/mcp", "/embed", "/_stcore/health")
    assert {path: status(port, path, Host="evil.example") for path in paths} == dict.fromkeys(paths, 421)
    assert [status(port, path, Host="localhost") for path in ("/", "/_stcore/health")] == [200] * 2
    assert [status(port, path, Host="balancer.example") for path in ("/healthz", "/readyz")] == [200] * 2


def handshake(port: int, **headers: str) -> int:
    """The status of an attempt to open the websocket: 101 when it opens."""

    async def attempt() -> int:
        try:
            given = {"Host": f"127.0.0.1:{port}"} | headers
            async with connect(
                f"ws://{given.pop('Host')}/_stcore/stream",
                host="127.0.0.1",
                port=port,
                subprotocols=["streamlit"],  # type: ignore[list-item]
                additional_headers=given,
                proxy=None,
            ):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    return asyncio.run(attempt())


def test_the_websocket_opens_to_the_servers_own_pages_only(port: int) -> None:
    assert handshake(port) == 101
    assert handshake(port, Origin=f"http://127.0.0.1:{port}") == 101
    assert handshake(port, Origin="http://evil.example") == 403
    assert handshake(port, Host=f"evil.example:{port}", Origin=f"http://evil.example:{port}") == 403
    assert handshake(port, Origin="null") == 403


async def clicked(port: int, page: str, key: str) -> str:
    """All that a page says after a click on the button with this key, as one text."""
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=None, proxy=None) as stream:  # type: ignore[list-item]
        first = await _run(stream, BackMsg(rerun_script={"page_script_hash": "", "page_name": page}))
        button = next(m.delta.new_element.button for m in first if key in m.delta.new_element.button.id)
        again = BackMsg(
            rerun_script={"page_name": page, "widget_states": {"widgets": [{"id": button.id, "trigger_value": True}]}}
        )
        return " ".join(str(message).replace("\\", "") for message in await _run(stream, again))


async def _run(stream: object, message: BackMsg) -> Sequence[ForwardMsg]:
    await stream.send(message.SerializeToString())  # type: ignore[attr-defined]
    messages = []
    while True:
        piece = ForwardMsg.FromString(await asyncio.wait_for(stream.recv(), 60))  # type: ignore[attr-defined]
        messages.append(piece)
        if piece.WhichOneof("type") == "script_finished":
            return messages


def test_who_comes_through_a_proxy_may_read_and_not_change(server: tuple[Path, int], proxy: int) -> None:
    def paused() -> bool:
        with open_store(path) as store:
            return source_state(store, PAUSED).paused

    path, port = server
    assert ONLY_THIS_MACHINE in asyncio.run(clicked(proxy, "sources", f"resume_{PAUSED}"))
    assert paused()
    assert ONLY_THIS_MACHINE not in asyncio.run(clicked(port, "sources", f"resume_{PAUSED}"))
    assert not paused()
