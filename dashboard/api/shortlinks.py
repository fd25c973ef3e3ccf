"""
Short links: /s/TOKEN leads to a shared view.

    token → its hash in the store → a page of the app with the view's parameters

Unknown, expired and revoked links look the same from outside, and no answer, header or log line contains the token.
"""

from __future__ import annotations

from datetime import UTC, datetime

import anyio
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.page_data.links import path_in_app
from data.errors import ChokepointError
from data.people.saved_views import shared_view
from data.schema.store import Store

PRIVATE_HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
NO_SUCH_LINK = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>No such link</title>"
    "<style>body{font:15px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}</style>"
    "<h1>This link does not lead anywhere</h1><p>It may have expired, been revoked, or been copied incompletely."
    ' Request a new one, or start at the <a href="/">overview</a>.</p></html>'
)


def short_path(token: str) -> str:
    return f"/s/{token}"


def target_of(store: Store, token: str, now: datetime) -> str | None:
    """The path that a token leads to; None without one, whatever the reason."""
    view = shared_view(store, token, now)
    return path_in_app(f"/{view.page}?{view.query}") if view else None


async def open_short_link(request: Request) -> Response:
    """A redirect to the view, or a page that does not say why there is none."""
    from dashboard.cache.stores import shown_url, store_at

    try:
        token = request.path_params["token"]
        target = await anyio.to_thread.run_sync(lambda: target_of(store_at(shown_url()), token, datetime.now(UTC)))
    except ChokepointError:
        target = None
    if target is None:
        return HTMLResponse(NO_SUCH_LINK, status_code=404, headers=PRIVATE_HEADERS)
    # The path is built from the app's own pages, so it cannot lead to another host.
    return RedirectResponse(f"{request.scope.get('root_path', '')}{target}", status_code=303, headers=PRIVATE_HEADERS)


ROUTES: list[BaseRoute] = [Route("/s/{token}", open_short_link)]
