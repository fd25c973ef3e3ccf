"""Which pages of other sites a reader's browser lets read the data."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.api.origins import AllowedOrigins

WORKSPACE = "https://pro.openbb.co"
ASKING = {
    "Origin": WORKSPACE,
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "authorization",
    "Access-Control-Request-Private-Network": "true",
}


async def answer(_request: Request) -> JSONResponse:
    return JSONResponse({}, headers={"ETag": "x"})


def client(monkeypatch: pytest.MonkeyPatch, origins: str) -> TestClient:
    monkeypatch.setenv("CHOKEPOINT_ALLOW_ORIGINS", origins)
    routes = [
        Route(path, answer) for path in ("/widgets.json", "/apps.json", "/api/v1/attention", "/theme", "/healthz")
    ]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(AllowedOrigins)]))


@pytest.mark.parametrize("path", ["/widgets.json", "/apps.json", "/api/v1/attention"])
def test_a_named_site_may_read_the_data_with_its_key(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    served = client(monkeypatch, f"https://desk.example {WORKSPACE}/")
    allowed = served.options(path, headers=ASKING)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == WORKSPACE
    assert "Authorization" in allowed.headers["access-control-allow-headers"]
    assert allowed.headers["access-control-allow-private-network"] == "true"
    read = served.get(path, headers={"Origin": WORKSPACE})
    assert (read.headers["access-control-allow-origin"], "ETag" in read.headers["access-control-expose-headers"]) == (
        WORKSPACE,
        True,
    )


@pytest.mark.parametrize(
    ("origins", "path"),
    [("", "/widgets.json"), ("*", "/api/v1/attention"), (WORKSPACE, "/theme"), (WORKSPACE, "/healthz")],
)
def test_no_other_site_may_and_nothing_else(monkeypatch: pytest.MonkeyPatch, origins: str, path: str) -> None:
    served = client(monkeypatch, origins)
    for found in (served.get(path, headers={"Origin": WORKSPACE}), served.options(path, headers=ASKING)):
        assert "access-control-allow-origin" not in found.headers
    assert (
        "access-control-allow-origin"
        not in client(monkeypatch, WORKSPACE).get(path, headers={"Origin": "https://evil.example"}).headers
    )
