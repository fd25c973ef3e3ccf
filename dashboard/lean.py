"""
Two things that Streamlit's server does slowly, and that have no setting.

Its listening socket leaves TCP's own delay on: a page that comes as sixty small messages then waits up to twice for the other
side's acknowledgement, 40 ms each time. (asyncio turns the delay off only on sockets that name their protocol; this one does not.)

And before every rerun it spells out the theme from 500 settings, though it never changes while the server runs.
"""

from __future__ import annotations

import socket
from functools import cache

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.web.server.starlette import starlette_server

_spell_out = app_session._populate_theme_msg
_bind = starlette_server._bind_socket


def send_at_once() -> None:
    """From now on a server's connections send what they have, without waiting for more. Before the server is started."""
    starlette_server._bind_socket = bind_undelayed


def bind_undelayed(address: str, port: int, backlog: int) -> socket.socket:
    """A listening socket whose connections send at once: they take that over from it."""
    bound = _bind(address, port, backlog)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


def keep_theme() -> None:
    """From now on each part of the theme is spelled out once. After the settings are read: later changes of them are not seen."""
    _part.cache_clear()
    app_session._populate_theme_msg = kept_theme


def kept_theme(message: CustomThemeConfig, section: str = "theme") -> None:
    """Put a section of the theme into the message."""
    part = _part(section)
    if part is not None:  # an empty one must not be there at all
        message.MergeFrom(part)


@cache
def _part(section: str) -> CustomThemeConfig | None:
    message = CustomThemeConfig()
    _spell_out(message, section)
    return message if message.ByteSize() else None
