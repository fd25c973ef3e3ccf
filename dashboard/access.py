"""
Who may do what: by which names the server is reached, and who may change anything.

    request → its Host and Origin are the server's own → Streamlit's metrics and agent API: this machine only → the app
    a change by a reader → signed in, or on this machine → the store

Without a login only this machine may change anything. A request that a proxy passed on, or that names a foreign host,
comes from another machine, whatever its address is.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data.errors import UsageError
from data.settings import settings

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
HEALTH = ("/healthz", "/readyz")
"""Asked by load balancers by any name; they tell a stranger's page nothing of the news."""
LOCAL_ONLY = ("/_stcore/metrics", "/_stcore/agent")
"""Streamlit's own doors, which ask for no key. Its agent API describes itself even while it is off."""

ONLY_THIS_MACHINE = (
    "Only the machine that Chokepoint runs on may change anything, since readers do not sign in here: "
    "make the change there (docs/deploy.md)."
)


def is_this_machine(client: str | None, headers: Mapping[str, str]) -> bool:
    """Whether a request was made on this machine, by its client's address and its headers (names in any case)."""
    given = {name.lower(): value for name, value in headers.items()}
    if client is None or any(name in given for name in FORWARDED):
        return False
    return is_loopback(client) and is_loopback(host_name(given.get("host", "")))


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def host_name(netloc: str) -> str:
    """The name in a Host header or an origin, without its port; "" for nonsense."""
    try:
        return (urlsplit(f"//{netloc}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_own_name(name: str) -> bool:
    """Whether the server may be reached by a name; only a name, never an address, can be pointed here by a stranger."""
    machine = socket.gethostname().lower()
    if name in ("localhost", machine, f"{machine}.local", *_named_hosts()):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _named_hosts() -> list[str]:
    return settings().hosts.lower().replace(",", " ").split()


def foreign_page(headers: Mapping[str, str]) -> str:
    """The origin of the page that makes a request, when it is another site's; "" for our own, or for no page."""
    origin = headers.get("origin", "")
    page = host_name(urlsplit(origin).netloc)
    is_own = not origin or page == host_name(headers.get("host", "")) or page in _named_hosts()
    return "" if is_own else origin


def check_may_change() -> None:
    """UsageError when the reader whose page is running may not change anything; nothing outside of a page."""
    if get_script_run_ctx(suppress_warning=True) is None or st.user.get("is_logged_in"):
        return
    headers = dict(st.context.headers)
    if headers and not is_this_machine(st.context.ip_address or "127.0.0.1", headers):  # none: no browser asked
        raise UsageError(ONLY_THIS_MACHINE)


class OwnNames:
    """Refuses requests by a foreign name (DNS rebinding) or from a foreign page, and Streamlit's doors from outside."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await refusal(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})


def _refusal(scope: Scope) -> PlainTextResponse | None:
    headers = Headers(scope=scope)
    name = host_name(headers.get("host", ""))
    if scope["path"] not in HEALTH and not is_own_name(name):
        return PlainTextResponse(
            f"Chokepoint is not known by the name {name[:80]!r}. Its administrator can add it to CHOKEPOINT_HOSTS.", 421
        )
    if scope["type"] == "websocket" and foreign_page(headers):
        return PlainTextResponse("Another site's page may not open this.", 403)
    client = scope["client"][0] if scope.get("client") else None
    if any(door in scope["path"] for door in LOCAL_ONLY) and not is_this_machine(client, headers):
        return PlainTextResponse("Not found", 404)
    return None
