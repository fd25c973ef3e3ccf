"""
Other sites whose pages may read the data in a browser, such as OpenBB Workspace: none, unless named.

    CHOKEPOINT_ALLOW_ORIGINS=https://pro.openbb.co      several separated by spaces

Without this a browser hides the server's answers from pages of other sites. Who may read at all is checked separately,
in dashboard/api/routes.py.
"""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from data.settings import settings

PATHS = ("/api/v1/", "/widgets.json", "/apps.json")
"""The paths that they may read; never the app itself."""


class AllowedOrigins:
    """Lets browsers know whether a page of another site may read the data."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        origins = settings().allow_origins.replace(",", " ").split()
        # "*" would be every site that a reader happens to visit.
        self.data = CORSMiddleware(
            app,
            allow_origins=[origin.rstrip("/") for origin in origins if origin != "*"],
            allow_headers=["Authorization", "If-None-Match"],
            allow_private_network=True,  # the page is public, this machine is not
            expose_headers=["ETag", "X-Chokepoint-Revision", "X-Chokepoint-SHA256"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_data = scope["type"] == "http" and scope["path"].startswith(PATHS)
        await (self.data if is_data else self.app)(scope, receive, send)
