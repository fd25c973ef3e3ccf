"""
What replaces private parts of Streamlit: faster, the same to the reader, and never in the way when Streamlit changes.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import inspect
import logging
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from browsing import ROOT, free_port, wait_for
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import ScriptRunnerEvent
from streamlit.web.server.starlette import starlette_server
from websockets.asyncio.client import connect

from builders import article, linked, save
from dashboard.__main__ import settings
from dashboard.serving import streamlit_patches
from data.schema.store import open_store

SECTIONS = ("light", "dark", "sidebar")
PATCHES = {
    (starlette_server, "_bind_socket"): streamlit_patches.send_without_delay,
    (app_session, "_populate_theme_msg"): streamlit_patches.spell_theme_once,
    (app_session.AppSession, "_on_scriptrunner_event"): streamlit_patches.send_parts_together,
    (app_session.AppSession, "_call_soon_on_event_loop"): streamlit_patches.send_parts_together,
    (app_session.AppSession, "_handle_scriptrunner_event_on_event_loop"): streamlit_patches.send_parts_together,
}


@pytest.fixture(autouse=True)
def unpatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit as it comes, also after the test."""
    for owner, name in PATCHES:
        monkeypatch.setattr(owner, name, getattr(owner, name))


@pytest.mark.parametrize(("owner", "name"), PATCHES)
def test_without_its_name_a_patch_is_a_line_in_the_log(owner, name, monkeypatch, caplog) -> None:
    kept = {other: getattr(other, last) for other, last in PATCHES if last != name}
    monkeypatch.delattr(owner, name)
    with caplog.at_level(logging.WARNING):
        PATCHES[owner, name]()
    assert len(caplog.messages) == 1 and name in caplog.text
    assert not hasattr(owner, name)
    assert kept == {other: getattr(other, last) for other, last in PATCHES if last != name}


def test_without_its_module_a_patch_is_a_line_in_the_log(monkeypatch, caplog) -> None:
    monkeypatch.setitem(sys.modules, "streamlit.web.server.starlette.starlette_server", None)
    streamlit_patches.send_without_delay()
    assert "starlette_server" in caplog.text


def test_a_connection_to_the_server_sends_at_once() -> None:
    streamlit_patches.send_without_delay()
    listening, _ = starlette_server._bind_server_socket("127.0.0.1", "127.0.0.1", 0, 1)
    listening.setblocking(True)
    with listening, socket.create_connection(listening.getsockname()), listening.accept()[0] as connection:
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.fixture
def themed() -> Iterator[None]:
    """The app's own theme, as the command sets it."""
    theme = {name: value for name, value in settings().items() if name.startswith("theme.")}
    before = {name: config.get_option(name) for name in theme}
    for name, value in theme.items():
        config.set_option(name, value)
    yield
    for name, value in before.items():
        config.set_option(name, value)


def spelled(fill: Callable[..., None]) -> bytes:
    message = CustomThemeConfig()
    fill(message)
    for name in SECTIONS:
        fill(getattr(message, name), f"theme.{name}")
    for name in SECTIONS[:2]:
        fill(getattr(message, name).sidebar, f"theme.{name}.sidebar")
    return message.SerializeToString(deterministic=True)


@pytest.mark.usefixtures("themed")
def test_the_theme_spelled_out_once_is_the_one_that_streamlit_spells_out() -> None:
    streamlits = app_session._populate_theme_msg
    streamlit_patches.spell_theme_once()
    patched = app_session._populate_theme_msg
    assert patched is not streamlits
    assert spelled(patched) == spelled(patched) == spelled(streamlits)
    assert len(spelled(patched)) > 200


def test_sections_of_the_theme_that_are_not_set_are_left_out() -> None:
    message = CustomThemeConfig()
    streamlit_patches.cached_theme(app_session._populate_theme_msg)(message.sidebar, "theme.sidebar")
    assert not message.HasField("sidebar")


class Session:
    """
    As much of Streamlit's session as an event needs: it notes the events it handles, and how often the server wakes.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.handled: list[tuple[object, ...]] = []
        self.woken = 0

    def _handle_scriptrunner_event_on_event_loop(self, sender, event, forward_msg=None, *more: object) -> None:
        self.handled.append((sender, event, forward_msg, *more))

    def _call_soon_on_event_loop(self, callback: Callable[[], None]) -> None:
        self.woken += 1
        self.loop.call_soon_threadsafe(callback)


def after(events: list[tuple[object, ...]], on_event: Callable[..., None], seconds: float = 0.0) -> Session:
    async def give() -> Session:
        session = Session(asyncio.get_running_loop())
        for event in events:
            on_event(session, *event)
        await asyncio.sleep(seconds)
        return session

    return asyncio.run(give())


PART, STARTED, STOPPED = (
    ScriptRunnerEvent.ENQUEUE_FORWARD_MSG,
    ScriptRunnerEvent.SCRIPT_STARTED,
    ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS,
)
RUN = [("script", STARTED, None), *(("script", PART, part) for part in range(60)), ("script", STOPPED, None)]
STREAMLITS = app_session.AppSession._on_scriptrunner_event
OURS = streamlit_patches.collected_events(STREAMLITS)


def test_the_server_gets_the_same_events_in_the_same_order_and_is_woken_twice() -> None:
    ours, streamlits = after(RUN, OURS), after(RUN, STREAMLITS)
    assert [event[:3] for event in ours.handled] == [event[:3] for event in streamlits.handled] == RUN
    assert (ours.woken, streamlits.woken) == (2, 62)


def test_parts_of_a_page_that_goes_on_do_not_wait_for_its_end() -> None:
    assert after(RUN[:-1], OURS, 20 * streamlit_patches.TOGETHER).handled == RUN[:-1]


def test_every_value_of_an_event_arrives() -> None:
    given = inspect.signature(STREAMLITS)
    assert given == inspect.signature(app_session.AppSession._handle_scriptrunner_event_on_event_loop)
    values = ("sender", STARTED, *(f"value of {name}" for name in list(given.parameters)[3:]))
    assert after([values], STREAMLITS).handled == after([values], OURS).handled == [values]


@pytest.fixture(scope="module")
def renamed_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port and the log of the app on a Streamlit with other private names, for a user who has its agent API on."""
    folder = tmp_path_factory.mktemp("renamed")
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_text("[server]\nenableAgentApi = true\n")
    with open_store(folder / "store.db") as store:
        save(store, linked(article("Micron sells out"), "company:micron"))
    command = [sys.executable, "-m", "tests.renamed_streamlit", "--port", str(port := free_port())]
    environment = {**os.environ, "HOME": str(folder)}
    log = folder / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [*command, "--store", str(folder / "store.db")], cwd=ROOT, env=environment, stdout=output, stderr=output
        ) as server,
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz")
            yield port, log
        finally:
            server.terminate()


def test_on_a_streamlit_with_other_names_the_app_starts_and_draws(renamed_app: tuple[int, Path]) -> None:
    port, log = renamed_app
    elements, finished = asyncio.run(drawn(port))
    assert finished == ForwardMsg.FINISHED_SUCCESSFULLY
    assert "plotly_chart" in elements
    assert log.read_text().count("This Streamlit runs without a patch") == 3


def test_the_served_policy_allows_the_inline_scripts_of_the_served_page(renamed_app: tuple[int, Path]) -> None:
    answer = httpx.get(f"http://127.0.0.1:{renamed_app[0]}/")
    policy = answer.headers["content-security-policy"]
    scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", answer.text, re.DOTALL)
    assert scripts
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]


def test_without_streamlits_page_no_inline_script_is_allowed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(streamlit_patches, "INDEX", tmp_path / "absent.html")
    assert streamlit_patches.inline_script_hashes.__wrapped__() == ()


def test_the_agent_api_of_streamlit_is_off_also_where_the_user_has_it_on(renamed_app: tuple[int, Path]) -> None:
    address = f"http://127.0.0.1:{renamed_app[0]}/_stcore/agent"
    for path in ("interact", "mcp"):
        assert httpx.post(f"{address}/{path}", json={}).status_code >= 400
    assert httpx.get(f"{address}/openapi.json").json()["info"]["x-streamlit-agent-api"] == "disabled"


async def drawn(port: int) -> tuple[set[str], int]:
    """The kinds of elements that a first visit gets, and how its script ended."""
    elements: set[str] = set()
    async with connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"]) as stream:  # type: ignore[list-item]
        await stream.send(BackMsg(rerun_script={}).SerializeToString())  # type: ignore[arg-type]
        while True:
            message = ForwardMsg()
            message.ParseFromString(await asyncio.wait_for(stream.recv(), 60))  # type: ignore[arg-type]
            if message.WhichOneof("type") == "delta":
                elements.add(message.delta.new_element.WhichOneof("type") or "")
            elif message.WhichOneof("type") == "script_finished":
                return elements, message.script_finished
