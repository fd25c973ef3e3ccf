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

PATHS = ("/api/v1/", "/widgets.json", "/apps.json", "/mcp")
"""The paths that they may read; never the app itself."""


def allowed_origins() -> list[str]:
    """The sites that are named; "*" would be every site that a reader happens to visit."""
    named = settings().allow_origins.replace(",", " ").split()
    return [origin.rstrip("/") for origin in named if origin != "*"]


class AllowedOrigins:
    """Lets browsers know whether a page of another site may read the data."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.data = CORSMiddleware(
            app,
            allow_origins=allowed_origins(),
            allow_methods=["GET", "POST"],  # POST: only /mcp takes it
            allow_headers=["Authorization", "Content-Type", "If-None-Match", "MCP-Protocol-Version"],
            allow_private_network=True,  # the page is public, this machine is not
            expose_headers=["ETag", "X-Chokepoint-Revision", "X-Chokepoint-SHA256"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_data = scope["type"] == "http" and scope["path"].startswith(PATHS)
        await (self.data if is_data else self.app)(scope, receive, send)
