"""
Three things that Streamlit's server does slowly, and that have no setting.

Its listening socket leaves TCP's own delay on: a page that comes as sixty small messages then waits up to twice for the other
side's acknowledgement, 40 ms each time. (asyncio turns the delay off only on sockets that name their protocol; this one does not.)

Before every rerun it spells out the theme from 500 settings, though it never changes while the server runs.

And it wakes the server's thread for each of those messages, which takes the interpreter from the script that makes them, sixty times a page.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import ScriptRunnerEvent
from streamlit.web.server.starlette import starlette_server

_spell_out = app_session._populate_theme_msg
_bind = starlette_server._bind_socket
_hand_over = app_session.AppSession._on_scriptrunner_event

TOGETHER = 0.01
"""Seconds that a part of a page may wait for the next ones. Streamlit itself sends no oftener."""

Held = deque[Callable[[], None]]


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


def hand_over_together() -> None:
    """From now on the parts of a page go to the server's thread several at a time."""
    app_session.AppSession._on_scriptrunner_event = hand_over  # type: ignore[method-assign]


def hand_over(
    session: app_session.AppSession, sender: object, event: ScriptRunnerEvent, *said: Any, **named: Any
) -> None:
    """Give an event of a script to the server's thread: all in order; a part of the page waits for more of them, any other goes at once."""
    held: Held = vars(session).setdefault("_held", deque())
    held.append(partial(session._handle_scriptrunner_event_on_event_loop, sender, event, *said, **named))
    if event is not ScriptRunnerEvent.ENQUEUE_FORWARD_MSG:
        session._call_soon_on_event_loop(partial(_hand_over_all, held))
    elif len(held) == 1:  # otherwise the first of them has set the clock
        session._call_soon_on_event_loop(lambda: session._event_loop.call_later(TOGETHER, _hand_over_all, held))


def _hand_over_all(held: Held) -> None:
    while held:
        held.popleft()()
