"""One chart in another site's page, and what such a page can read of this server: only what was allowed."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from browsing import browser, free_port, needs_browser, running_app, sample_store
from plotly import graph_objects as go
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api.embed import Embed, content_policy
from dashboard.api.routes import Api
from dashboard.api.signed import signed_address
from dashboard.exports.embed import embed_html
from dashboard.formatting import ChartWords

HOME = ("127.0.0.1", 50000)
CHART = "/embed?page=theme&theme=memory&grain=week&from=2026-02-23&to=2026-08-16"
KEY = "s3cret"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    api = Api(f"sqlite:///{sample_store()}")
    app = Starlette(routes=[*api.routes(), *Embed(api).routes()])
    with TestClient(app, base_url="http://127.0.0.1", client=HOME) as opened:
        yield opened


def test_the_chart_is_the_pages_with_its_proof_below(client: TestClient) -> None:
    page = client.get(CHART)
    figure = json.loads(re.findall(r'id="figure">(.*?)</script>', page.text)[0])
    rows = client.get(CHART.replace("/embed", "/api/v1/view")).json()
    weeks = sorted({row["period"] for row in rows["rows"] if row["chart"] == "attention"})
    bars = [trace for trace in figure["data"] if trace["type"] == "bar"]
    stories = {(row["period"], row["part"]): row["stories"] for row in rows["rows"] if row["chart"] == "parts"}
    assert len(weeks) == 25 and bars
    assert f"sha={rows['sha256']}" in page.text and f"SHA-256 {rows['sha256'][:12]}" in page.text
    drawn = sum(len([point for point in trace["customdata"] if point]) for trace in bars)
    assert drawn >= len({week for week, _ in stories})
    assert "Memory: share of voice by company, each week against prices" in page.text
    assert "SAMPLE DATA" in page.text


def test_it_sets_no_cookie_and_only_named_sites_may_frame_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "set-cookie" not in client.get(CHART).headers
    assert "frame-ancestors 'self'" in client.get(CHART).headers["content-security-policy"]
    monkeypatch.setenv("CHOKEPOINT_ALLOW_FRAMES", "https://desk.example/ * 'unsafe' http://a.example:8080;x data:")
    assert content_policy().endswith("frame-ancestors 'self' https://desk.example")
    assert "unsafe-inline" not in content_policy().partition("script-src")[2].partition(";")[0]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/embed?page=network", "theme, company"),
        ("/embed?page=nothing", "page takes"),
        (f"{CHART}&colour=red", "not a parameter"),
        (f"{CHART}&rev=99999", "rev takes"),
    ],
)
def test_what_cannot_be_drawn_is_said(client: TestClient, address: str, says: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, says in answer.json()["error"]) == (400, True)


def test_text_from_outside_cannot_end_the_script() -> None:
    name = "</script><script>alert(1)</script>"
    words = ChartWords(title=name, unit=name, n="", source="", method="", notice=name, link="https://a.example/?sha=0")
    page = embed_html(go.Figure(go.Bar(x=[1], y=[2], name=name)), words)
    assert "<script>alert" not in page
    assert page.count("</script>") == 3


def test_a_reader_without_a_key_opens_it_by_a_signed_address(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHOKEPOINT_API_KEY", KEY)
    reader = TestClient(client.app, base_url="http://127.0.0.1", client=("10.0.0.7", 1))
    assert reader.get(CHART).status_code == 401
    signed = signed_address(CHART, KEY, datetime.now(UTC) + timedelta(days=1))
    assert "signature" not in reader.get(signed).text
    assert reader.get(signed).status_code == 200
    assert reader.get(signed.replace("theme=memory", "theme=optics")).status_code == 401


class Page(BaseHTTPRequestHandler):
    """Another site's page: it frames the chart, and remembers every message."""

    html = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.html)

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def other_site(html: str, port: int) -> Iterator[None]:
    handler = type("Own", (Page,), {"html": html.encode()})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


READ = """async ([address, options]) => {
  try { return (await (await fetch(address, options)).text()).length } catch (error) { return error.name }
}"""
FRAME = """<script>addEventListener("message", event => {
  if (event.data.chokepoint === "height") document.querySelector("iframe").style.height = event.data.height + "px"
})</script><iframe src="{address}" width="700" height="10"></iframe>"""


@pytest.mark.browser
@needs_browser
def test_another_sites_page_reads_nothing_and_frames_only_what_was_allowed(tmp_path: Path) -> None:
    named, unnamed = free_port(), free_port()
    own = {
        "CHOKEPOINT_ALLOW_FRAMES": f"http://localhost:{named}",
        "CHOKEPOINT_DB": f"sqlite:///{tmp_path}/absent.db",
        "CHOKEPOINT_SAMPLE_DB": f"sqlite:///{sample_store()}",
    }
    ask = {"method": "POST", "body": json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})}
    with running_app(None, own) as app, browser() as chromium:
        frame = FRAME.replace("{address}", f"{app}{CHART}")
        with other_site(frame, named), other_site(frame, unnamed):
            page = chromium.new_page()
            page.goto(f"http://localhost:{named}/")
            page.wait_for_function("parseInt(document.querySelector('iframe').style.height) > 400")
            inside = page.frames[1]
            assert inside.locator("#chart .bars path").count() > 20
            assert inside.locator("#proof a").get_attribute("href").startswith(f"{app}/theme?")
            assert page.context.cookies() == []
            assert page.evaluate("document.querySelector('iframe').contentDocument") is None
            height = page.evaluate("document.querySelector('iframe').clientHeight")
            page.wait_for_timeout(500)
            assert page.evaluate("document.querySelector('iframe').clientHeight") == height  # it does not grow for ever
            for address, options in [
                (f"{app}/api/v1/subjects", {}),
                (f"{app}{CHART}", {}),
                (f"{app}/healthz", {}),
                (
                    f"{app}/mcp",
                    {"method": "POST", "body": json.dumps(ask), "headers": {"Content-Type": "application/json"}},
                ),
                (f"{app}/mcp", {"method": "POST", "body": json.dumps(ask)}),
            ]:
                assert page.evaluate(READ, [address, options]) == "TypeError", address
            page.goto(f"http://localhost:{unnamed}/")
            page.wait_for_timeout(1_000)
            assert page.frames[1].url.startswith("chrome-error:")
            page.evaluate("address => document.querySelector('iframe').src = address", f"{app}/theme")
            page.goto(f"http://localhost:{named}/")
            page.evaluate("address => document.querySelector('iframe').src = address", f"{app}/theme?theme=memory")
            page.wait_for_timeout(1_000)
            assert page.frames[1].url.startswith("chrome-error:")  # a named site may frame charts, never the app
