"""What Streamlit is spared from saying anew."""

from __future__ import annotations

import asyncio
import inspect
import socket
from collections.abc import Callable, Iterator

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import ScriptRunnerEvent
from streamlit.web.server.starlette import starlette_server

from dashboard.__main__ import settings
from dashboard.serving import streamlit_patches

SECTIONS = ("light", "dark", "sidebar")


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


def test_a_connection_to_the_server_sends_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(starlette_server, "_bind_socket", starlette_server._bind_socket)  # put back after the test
    streamlit_patches.send_at_once()
    listening, _ = starlette_server._bind_server_socket("127.0.0.1", "127.0.0.1", 0, 1)
    listening.setblocking(True)
    with listening, socket.create_connection(listening.getsockname()), listening.accept()[0] as connection:
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.usefixtures("themed")
def test_the_kept_theme_is_the_one_that_streamlit_spells_out(monkeypatch: pytest.MonkeyPatch):
    once = app_session._populate_theme_msg
    monkeypatch.setattr(app_session, "_populate_theme_msg", once)  # put back after the test
    streamlit_patches.keep_theme()
    assert app_session._populate_theme_msg is streamlit_patches.kept_theme
    assert spelled(streamlit_patches.kept_theme) == spelled(streamlit_patches._spell_out)
    assert len(spelled(streamlit_patches.kept_theme)) > 200


def test_parts_that_are_not_set_are_left_out():
    streamlit_patches._part.cache_clear()
    message = CustomThemeConfig()
    streamlit_patches.kept_theme(message.sidebar, "theme.sidebar")
    assert not message.HasField("sidebar")
    streamlit_patches._part.cache_clear()


class Session:
    """As much of Streamlit's session as an event needs: it writes down what it is told, and when the server's thread is woken."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._event_loop = loop
        self.told: list[tuple[object, ...]] = []
        self.woken = 0

    def _handle_scriptrunner_event_on_event_loop(self, sender, event, forward_msg=None, *more: object) -> None:
        self.told.append((sender, event, forward_msg, *more))

    def _call_soon_on_event_loop(self, callback: Callable[[], None]) -> None:
        self.woken += 1
        self._event_loop.call_soon_threadsafe(callback)


def told(hand_over: Callable[..., None], events: list[tuple[object, ...]], seconds: float = 0.0) -> Session:
    async def say() -> Session:
        session = Session(asyncio.get_running_loop())
        for event in events:
            hand_over(session, *event)
        await asyncio.sleep(seconds)
        return session

    return asyncio.run(say())


PART, STARTED, STOPPED = (
    ScriptRunnerEvent.ENQUEUE_FORWARD_MSG,
    ScriptRunnerEvent.SCRIPT_STARTED,
    ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS,
)
RUN = [("script", STARTED, None), *(("script", PART, part) for part in range(60)), ("script", STOPPED, None)]


def test_the_server_hears_of_a_page_what_streamlit_tells_it_in_the_same_order_and_is_woken_twice():
    ours, streamlits = told(streamlit_patches.hand_over, RUN), told(streamlit_patches._hand_over, RUN)
    assert [event[:3] for event in ours.told] == [event[:3] for event in streamlits.told] == RUN
    assert (ours.woken, streamlits.woken) == (2, 62)


def test_parts_of_a_page_that_goes_on_do_not_wait_for_its_end():
    assert told(streamlit_patches.hand_over, RUN[:-1], 20 * streamlit_patches.TOGETHER).told == RUN[:-1]


def test_streamlit_hands_over_what_it_is_given_and_nothing_else():
    given = inspect.signature(streamlit_patches._hand_over)
    assert given == inspect.signature(app_session.AppSession._handle_scriptrunner_event_on_event_loop)
    every = tuple(f"value of {name}" for name in list(given.parameters)[1:])
    assert (
        told(streamlit_patches._hand_over, [every]).told == told(streamlit_patches.hand_over, [every]).told == [every]
    )


def test_the_served_app_hands_over_together(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        app_session.AppSession, "_on_scriptrunner_event", streamlit_patches._hand_over
    )  # put back after the test
    streamlit_patches.hand_over_together()
    assert app_session.AppSession._on_scriptrunner_event is streamlit_patches.hand_over
