"""
Short links: /s/TOKEN leads to a shared view.

    token → its hash in the store → one of our pages with the view's own parameters

Unknown, expired and revoked look the same from outside, and no answer, header or log line has the token in it.
"""

from __future__ import annotations

from datetime import UTC, datetime

import anyio
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.page_data.links import own_path
from data.errors import ChokepointError
from data.people.saved_views import shared_view
from data.schema.store import Store

HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
GONE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>No such link</title><style>body{font:15px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}</style>"
    "<h1>This link leads nowhere</h1><p>It may have expired, been revoked, or been copied without its end."
    ' Ask for a new one, or begin at the <a href="/">overview</a>.</p></html>'
)


def short_path(token: str) -> str:
    """The path of a shared view's link."""
    return f"/s/{token}"


def target_of(store: Store, token: str, now: datetime) -> str | None:
    """The path that a token leads to; None when there is none, whatever the reason."""
    view = shared_view(store, token, now)
    return own_path(f"/{view.page}?{view.query}") if view else None


async def open_short_link(request: Request) -> Response:
    """A redirect to the view, or the page that says nothing about why not."""
    from dashboard.cache.stores import shown_url, store_at

    try:
        token = request.path_params["token"]
        target = await anyio.to_thread.run_sync(lambda: target_of(store_at(shown_url()), token, datetime.now(UTC)))
    except ChokepointError:
        target = None
    if target is None:
        return HTMLResponse(GONE, status_code=404, headers=HEADERS)
    # The path was made from a table of our pages: it cannot lead to another host.
    return RedirectResponse(f"{request.scope.get('root_path', '')}{target}", status_code=303, headers=HEADERS)


ROUTES: list[BaseRoute] = [Route("/s/{token}", open_short_link)]
