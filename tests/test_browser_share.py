"""In a real browser: a proof link opens as what it was, every export leads back to its view, a short link opens."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from browsing import needs_browser, new_page, running_app, until

from builders import article, linked, save
from dashboard.exports.provenance import link_in
from data.schema.store import open_store

pytestmark = [pytest.mark.browser, needs_browser]

DAY = datetime(2026, 5, 4, 8, tzinfo=UTC)
THEME = "/theme?theme=memory&measure=stories"
EXPORTS = {"Excel": "xlsx", "PNG": "png"}
"""One made by the server, one by the browser; tests/test_browser_exports.py opens the link of every kind of file."""
LATE = "+1 from articles that arrived later"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The running app's address, and its store."""
    path = tmp_path_factory.mktemp("browser") / "store.db"
    with open_store(path) as store:
        items = [
            article(
                f"Micron <b>{n}</b>",
                url=f"https://news.example/{n}",
                at=DAY + timedelta(days=3 * n),
                publisher="=evil.example",
            )
            for n in range(8)
        ]
        save(store, *[linked(item, "theme:memory", "company:micron", story=-1 - n) for n, item in enumerate(items)])
    with running_app(path) as served:
        yield served, path


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    opened = new_page(chromium, 1300, 900)
    yield opened
    opened.close()


def settle(page: Any) -> None:
    page.wait_for_timeout(250)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
    page.wait_for_timeout(500)


def opened(page: Any, url: str) -> None:
    page.goto(url)
    page.wait_for_selector(".js-plotly-plot .bars", timeout=60_000)
    settle(page)


def shared_links(page: Any) -> list[str]:
    page.locator(".st-key-share button").first.click()
    page.wait_for_selector(".stCode", timeout=30_000)
    settle(page)
    return [text.strip() for text in page.locator("[data-testid=stCode]").all_inner_texts()]


def bars(page: Any) -> list[Any]:
    plot = "document.querySelector('.st-key-panel_attention .js-plotly-plot')"
    return page.evaluate(f"() => {plot}.data.map(trace => [trace.name, Array.from(trace.y)])")  # type: ignore[no-any-return]


def test_a_proof_link_opens_as_it_was_after_late_articles(page: Any, address: tuple[str, Path]) -> None:
    url, path = address
    opened(page, url + THEME)
    then = bars(page)
    proof = shared_links(page)[1]
    opened(page, proof)
    assert "Verified: as known on" in page.locator(".st-key-proof_ok").inner_text()
    with open_store(path) as store:
        late = article("Micron late", url=f"https://news.example/late{store.revision()}", at=DAY + timedelta(days=1))
        save(store, linked(late, "theme:memory"))
    opened(page, proof)
    assert page.evaluate("location.href") == proof
    assert bars(page) == then
    page.get_by_text("Compare with what is known now").click()
    page.wait_for_selector(".st-key-then_now .js-plotly-plot", timeout=30_000)
    assert LATE in page.locator(".cp-difference").inner_text()
    last = proof[-1]
    opened(page, proof[:-1] + ("0" if last != "0" else "1"))
    assert "Not verified" in page.locator(".st-key-proof_bad").inner_text()


def test_another_choice_ends_the_proof(page: Any, address: tuple[str, Path]) -> None:
    opened(page, address[0] + THEME)
    opened(page, shared_links(page)[1])
    page.get_by_text("Sub-theme", exact=True).click()
    settle(page)
    until(lambda: page.locator(".st-key-proof_ok, .st-key-proof_bad").count() == 0)
    assert "sha" not in parse_qs(urlsplit(page.evaluate("location.href")).query)


@pytest.mark.parametrize("label", list(EXPORTS))
def test_an_export_dropped_on_another_page_opens_its_view(
    page: Any, address: tuple[str, Path], tmp_path: Path, label: str
) -> None:
    url, _ = address
    opened(page, url + THEME)
    page.locator("[class*=st-key-export_] button").first.click()
    page.get_by_role("button", name=label, exact=True).first.wait_for(timeout=30_000)
    settle(page)
    with page.expect_download(timeout=40_000) as download:
        page.get_by_role("button", name=label, exact=True).first.click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name.startswith("chokepoint-memory-stories")
    assert file.suffix == f".{EXPORTS[label]}"
    assert (link_in(file.read_bytes()) or "").startswith("/theme?from=")
    page.goto(url + "/sources")
    settle(page)
    drop(page, file)
    page.wait_for_selector(".st-key-proof_ok", timeout=40_000)
    query = parse_qs(urlsplit(page.evaluate("location.href")).query)
    assert urlsplit(page.evaluate("location.href")).path == "/theme"
    assert (query["theme"], query["measure"]) == (["memory"], ["stories"])


def drop(page: Any, file: Path) -> None:
    """Drag a file from the desktop onto the page."""
    data = page.evaluate_handle(
        """([name, text]) => {
            const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
            const transfer = new DataTransfer()
            transfer.items.add(new File([bytes], name))
            return transfer
        }""",
        [file.name, base64.b64encode(file.read_bytes()).decode()],
    )
    for _ in range(40):  # not wait_for_function: the app's policy forbids the eval that it is made of
        if page.evaluate("() => window.chokepointWatches"):
            break
        page.wait_for_timeout(250)
    page.dispatch_event("body", "dragenter", {"dataTransfer": data})
    zone = page.locator(".st-key-drop_zone [data-testid=stFileUploaderDropzone]")
    zone.wait_for(state="visible", timeout=20_000)
    for event in ("dragenter", "dragover", "drop"):
        zone.dispatch_event(event, {"dataTransfer": data})


def test_a_saved_view_has_a_short_link_that_can_be_revoked(page: Any, address: tuple[str, Path]) -> None:
    url, _ = address
    opened(page, url + THEME)
    shared_links(page)
    page.get_by_placeholder("A short name").fill("<img src=x onerror=alert(1)>")
    page.get_by_text("Short link, 30 days").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved. It is listed").wait_for(timeout=30_000)
    short = page.locator("[data-testid=stCode]").all_inner_texts()[-1].strip()
    opened(page, short)
    assert urlsplit(page.evaluate("location.href")).path == "/theme"
    page.goto(url + "/saved")
    page.get_by_role("link", name="<img src=x onerror=alert(1)>").wait_for(timeout=30_000)
    page.get_by_role("button", name="Revoke").first.click()
    settle(page)
    assert page.goto(short).status == 404
