"""What Streamlit is spared from saying anew."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.web.server.starlette import starlette_server

from dashboard import lean
from dashboard.__main__ import settings

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
    lean.send_at_once()
    listening, _ = starlette_server._bind_server_socket("127.0.0.1", "127.0.0.1", 0, 1)
    listening.setblocking(True)
    with listening, socket.create_connection(listening.getsockname()), listening.accept()[0] as connection:
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.usefixtures("themed")
def test_the_kept_theme_is_the_one_that_streamlit_spells_out(monkeypatch: pytest.MonkeyPatch):
    once = app_session._populate_theme_msg
    monkeypatch.setattr(app_session, "_populate_theme_msg", once)  # put back after the test
    lean.keep_theme()
    assert app_session._populate_theme_msg is lean.kept_theme
    assert spelled(lean.kept_theme) == spelled(lean._spell_out)
    assert len(spelled(lean.kept_theme)) > 200


def test_parts_that_are_not_set_are_left_out():
    lean._part.cache_clear()
    message = CustomThemeConfig()
    lean.kept_theme(message.sidebar, "theme.sidebar")
    assert not message.HasField("sidebar")
    lean._part.cache_clear()
