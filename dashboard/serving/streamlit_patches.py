"""
Streamlit made faster where it has no setting: all that this project replaces of its private parts, or relies on, is
here.

Its listening socket leaves TCP's delay on: a page that comes as sixty small messages then waits up to twice for the
other side's acknowledgement, 40 ms each time. (asyncio turns the delay off only on sockets that name their protocol.)
Before every rerun it spells out the theme from 500 settings, though they do not change while the server runs. And it
wakes the server's thread for each message of a page, which takes the interpreter from the script that makes them.

Each patch is optional: where Streamlit no longer has the name, a line in the log says so and Streamlit runs as it is.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import re
import socket
from collections import deque
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit

log = logging.getLogger(__name__)

PART_OF_A_PAGE = "ENQUEUE_FORWARD_MSG"
TOGETHER = 0.01
"""Seconds that a part of a page may wait for the next ones. Streamlit itself sends no more often."""

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"

_originals: dict[str, Any] = {}


def send_without_delay() -> None:
    """The server's connections send what they have, without waiting for more. To be called before the server starts."""
    _replace("streamlit.web.server.starlette.starlette_server", "_bind_socket", bound_without_delay)


def spell_theme_once() -> None:
    """
    Each part of the theme is spelled out once. To be called after the settings are read: later changes are not seen.
    """
    _replace("streamlit.runtime.app_session", "_populate_theme_msg", cached_theme)


def send_parts_together() -> None:
    """The parts of a page go to the server's thread several at a time."""
    needs = ("_handle_scriptrunner_event_on_event_loop", "_call_soon_on_event_loop")
    _replace("streamlit.runtime.app_session", "AppSession._on_scriptrunner_event", collected_events, needs)


def bound_without_delay(bind: Callable[..., socket.socket]) -> Callable[..., socket.socket]:
    """`bind`, with the delay off: the connections of a listening socket take that over from it."""

    def bound(*address: Any, **options: Any) -> socket.socket:
        listening = bind(*address, **options)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening

    return bound


def cached_theme(spell_out: Callable[..., None]) -> Callable[..., None]:
    """`spell_out`, which writes a section of the theme into a message, from what it wrote the first time."""
    sections: dict[str, Any] = {}

    def from_cache(message: Any, section: str = "theme") -> None:
        if section not in sections:
            sections[section] = type(message)()
            spell_out(sections[section], section)
        if sections[section].ByteSize():  # an empty section must not be there at all
            message.MergeFrom(sections[section])

    return from_cache


def collected_events(_original: Callable[..., None]) -> Callable[..., None]:
    """
    An event of a script to the server's thread: parts of a page wait for more of them, all else goes at once, in order.
    """

    def on_event(session: Any, sender: object, event: Any, *values: Any, **named: Any) -> None:
        waiting: deque[Callable[[], None]] = vars(session).setdefault("_waiting", deque())
        waiting.append(partial(session._handle_scriptrunner_event_on_event_loop, sender, event, *values, **named))
        if event.name != PART_OF_A_PAGE:
            session._call_soon_on_event_loop(partial(_handle_all, waiting))
        elif len(waiting) == 1:  # otherwise the first of them has set the clock
            session._call_soon_on_event_loop(partial(_later, waiting))

    return on_event


def _later(waiting: deque[Callable[[], None]]) -> None:
    asyncio.get_running_loop().call_later(TOGETHER, _handle_all, waiting)


def _handle_all(waiting: deque[Callable[[], None]]) -> None:
    while waiting:
        waiting.popleft()()


@cache
def inline_script_hashes() -> tuple[str, ...]:
    """The sources that a content security policy must allow for the inline scripts of Streamlit's own page."""
    try:
        page = INDEX.read_text("utf-8")
    except OSError as error:
        log.warning("Streamlit's page cannot be read, so that its inline scripts are not allowed: %s", error)
        return ()
    digests = (hashlib.sha256(script.encode()).digest() for script in re.findall(r"<script>(.*?)</script>", page, re.S))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _replace(module: str, name: str, patch: Callable[[Any], Any], needs: tuple[str, ...] = ()) -> None:
    """Put patch(original) in the place of a name in Streamlit that may be gone, as may the names it needs beside it."""
    *path, last = name.split(".")
    try:
        owner: Any = import_module(module)
        for step in path:
            owner = getattr(owner, step)
        current, *_ = (getattr(owner, each) for each in (last, *needs))
    except (ImportError, AttributeError) as error:
        log.warning("This Streamlit runs without a patch, somewhat slower: %s", error)
        return
    setattr(owner, last, patch(_originals.setdefault(f"{module}.{name}", current)))
