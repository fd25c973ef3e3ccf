"""Dropped files: held for sessions that are there, and bounded in all."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browsing import free_port, wait_for
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from builders import article, linked, save
from dashboard.serving.uploads import UploadLimit
from data.schema.store import open_store

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 2**20


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server that holds three megabytes of files."""
    path = tmp_path_factory.mktemp("uploads") / "store.db"
    with open_store(path) as store:
        save(store, linked(article("Micron sells out"), "company:micron"))
    chosen = free_port()
    command = [sys.executable, "-m", "dashboard", "--port", str(chosen), "--store", str(path)]
    environment = {**os.environ, "CHOKEPOINT_UPLOADS": "3"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{chosen}/healthz")
        yield chosen
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def client(port: int) -> Iterator[httpx.Client]:
    """A browser's requests: with the cookie that Streamlit asks of them, and the header that repeats it."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
        client.get("/_stcore/health")
        client.headers["X-Xsrftoken"] = client.cookies["_streamlit_xsrf"]
        yield client


def upload(client: httpx.Client, session: str, name: str, megabytes: float = 0.9) -> httpx.Response:
    files = {name: (name, bytes(int(megabytes * MEGABYTE)), "application/octet-stream")}
    return client.put(f"/_stcore/upload_file/{session}/{name}", files=files)


async def session_of(socket: ClientConnection) -> str:
    message = BackMsg()
    message.rerun_script.query_string = ""
    await socket.send(message.SerializeToString())
    session = ""
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(await asyncio.wait_for(socket.recv(), 60))  # type: ignore[arg-type]
        session = answer.new_session.initialize.session_id or session
        if answer.WhichOneof("type") == "script_finished":
            return session


def visit(port: int) -> object:
    return connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None, proxy=None)  # type: ignore[list-item]


def test_files_for_sessions_that_are_not_there_are_not_held_and_those_of_all_readers_are_bounded(
    port: int, client: httpx.Client
) -> None:
    async def two_readers() -> None:
        async with visit(port) as first, visit(port) as second:  # type: ignore[attr-defined]
            sessions = [await session_of(first), await session_of(second)]
            assert [upload(client, session, "a.bin").status_code for session in sessions] == [204, 204]
            refused = upload(client, sessions[1], "more.bin", 1.5)
            assert refused.status_code == 413
            assert refused.text == "The files of all readers may take 3 MB together: try again when some have left."
            assert client.delete(f"/_stcore/upload_file/{sessions[0]}/a.bin").status_code == 204
            assert upload(client, sessions[1], "more.bin", 1.5).status_code == 204

    assert {upload(client, f"invented-{number}", "a.bin").status_code for number in range(20)} == {400}
    asyncio.run(two_readers())


def test_a_file_that_names_no_size_counts_as_the_largest(port: int, client: httpx.Client) -> None:
    async def one_reader() -> int:
        async with visit(port) as socket:  # type: ignore[attr-defined]
            session = await session_of(socket)
            return client.put(f"/_stcore/upload_file/{session}/a.bin", content=iter([b"x"])).status_code

    assert asyncio.run(one_reader()) == 413


def test_a_limit_that_is_no_number_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOKEPOINT_UPLOADS", "much")
    answer = TestClient(UploadLimit(Starlette())).put("/_stcore/upload_file/session/a.bin", content=b"x")
    assert answer.status_code == 503
    assert answer.text == "CHOKEPOINT_UPLOADS takes a whole number of megabytes: no file is taken until it is one."
