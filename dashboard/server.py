"""
The app as one ASGI process.

    request → security headers → by its own name? → which sites may read
            → ROUTES (/healthz, /readyz, the API, MCP, embedded charts, short links) → Streamlit

Start-up imports and reads what the first page needs, then freezes it: a full garbage collection after every rerun would
otherwise hold the interpreter for 60 to 120 ms, with 50 people at once for seconds.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access import OwnNames
from dashboard.api import shortlinks
from dashboard.api.embed import Embed
from dashboard.api.origins import AllowedOrigins
from dashboard.api.routes import Api
from dashboard.formatting import escape_markdown
from dashboard.mcp_server.server import McpEndpoint
from dashboard.page_data.rows import iso_moment
from dashboard.serving import streamlit_patches
from dashboard.serving.uploads import UploadLimit
from data.errors import ChokepointError, SampleNotReady
from data.schema.store import Store
from data.source_state import last_run

log = logging.getLogger(__name__)

SCRIPT = Path(__file__).resolve().parent / "app.py"

RARE_COLLECTION = (20_000, 20, 20)
"""
How much is made before the collector looks: by its own rule it stops 50 people for 0.1 s every few seconds. Costs some
50 MB.
"""

CONTENT_POLICY = "; ".join(
    [
        "default-src 'self'",
        # blob: the two small components of dashboard/components/custom.py
        " ".join(["script-src 'self' blob:", *streamlit_patches.inline_script_hashes()]),
        "style-src 'self' 'unsafe-inline'",  # Streamlit's own styles
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",  # a story's site does not learn what was looked at
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """Puts HEADERS on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                more = [
                    (name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in given
                ]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


async def healthz(_request: Request) -> JSONResponse:
    """
    Whether the process answers and its store opens; 503 with a sentence while the sample is built, or when it does not.
    """
    return await health_of(lambda store: {"revision": store.revision()})


async def readyz(_request: Request) -> JSONResponse:
    """The same, with the newest run: when it began and ended, and how, so that a watcher sees when news stop coming."""
    return await health_of(lambda store: {"revision": store.revision(), "run": run_words(store)})


async def health_of(state_of: Callable[[Store], dict[str, Any]]) -> JSONResponse:
    from dashboard.cache.stores import shown_url, store_at

    try:
        url = shown_url()
        store = await anyio.to_thread.run_sync(store_at, url)
        state = await anyio.to_thread.run_sync(state_of, store)
        if store.damage is not None:  # met by a page, or found by the check at the start
            raise store.damage
    except SampleNotReady as wait:
        return JSONResponse({"status": "starting", "sentence": str(wait)}, status_code=503)
    except ChokepointError as error:
        return JSONResponse({"status": "failed", "sentence": str(error)}, status_code=503)
    return JSONResponse({"status": "ok", **state})


def run_words(store: Store) -> dict[str, str | None] | None:
    """The newest run's kind, status and times (UTC); None before the first."""
    run = last_run(store)
    if run is None:
        return None
    times = {name: iso_moment(run[name]) for name in ("started_at", "ended_at")}
    return {"kind": run["kind"], "status": run["status"], **times}


api, mcp_endpoint = Api(), McpEndpoint()
ROUTES: list[BaseRoute] = [
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    *api.routes(),
    *Embed(api).routes(),
    *mcp_endpoint.routes(),
    *shortlinks.ROUTES,
]
"""Addresses of our own. They are not behind Streamlit's login: each checks for itself who may ask."""


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    await anyio.to_thread.run_sync(warm_up)
    async with mcp_endpoint.running():
        yield


def warm_up() -> None:
    """Import what pages import, read what the first page reads, then take all of it out of the collector's sight."""
    import plotly.graph_objects  # noqa: F401

    from dashboard.serving import preload

    streamlit_patches.spell_theme_once()
    streamlit_patches.send_parts_together()
    preload.read_first_page()
    threading.Thread(target=check_store, name="check", daemon=True).start()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARE_COLLECTION)


def check_store() -> None:
    """Look for damaged pages in the store; what is found goes to the log, and /healthz says so from then on."""
    from dashboard.cache.stores import shown_url, store_at

    try:
        store_at(shown_url()).check()
    except SampleNotReady:
        return  # a store that is being built is checked when it is opened the next time
    except ChokepointError as error:
        log.error("%s", error)


def say_failure(error: Exception) -> bool:
    """What a page shows when its script fails: our own sentence, or that it is in the log."""
    if isinstance(error, ChokepointError):
        st.error(escape_markdown(str(error)))
    else:
        log.error("A page failed.", exc_info=error)
        st.error("This page failed, and the reason is in the server's log. Other pages and the store are not touched.")
    return True


app = st.App(
    SCRIPT,
    on_script_error=say_failure,
    lifespan=lifespan,
    routes=ROUTES,
    middleware=[Middleware(SecurityHeaders), Middleware(OwnNames), Middleware(UploadLimit), Middleware(AllowedOrigins)],
)
