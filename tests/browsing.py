"""A running app and a real browser for the tests that click."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from data.catalog import BUNDLED, load_catalog
from ingest.sample_store import build_sample_store

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = (
    os.environ.get("CHOKEPOINT_CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no Chromium found (install it, or set CHOKEPOINT_CHROMIUM)")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
QUIET = "[data-testid=stApp][data-test-script-state=notRunning]"


@contextmanager
def running_app(store: Path | None, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of the app over a store, or over the bundled sample; it ends with the block."""
    port = free_port()
    command = [sys.executable, "-m", "dashboard", "--port", str(port)] + (["--store", str(store)] if store else [])
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
    ) as app:
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}"
        finally:
            app.terminate()


@contextmanager
def sample_app(place: Path) -> Iterator[str]:
    """The address of the app over a copy of the bundled sample's store, kept in this folder."""
    shutil.copyfile(sample_store(), place / "sample.db")
    own = {"CHOKEPOINT_DB": f"sqlite:///{place}/absent.db", "CHOKEPOINT_SAMPLE_DB": f"sqlite:///{place}/sample.db"}
    with running_app(None, own) as served:
        yield served


def sample_store() -> Path:
    """
    The bundled sample's store, for copies: one for all tests, their processes and their runs.

    It is built where the sample, the catalog or the code has changed since; only the first process does that.
    """
    import fcntl

    folder = ROOT / ".pytest_cache" / "sample"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        build_sample_store(f"sqlite:///{folder}/sample.db", load_catalog(BUNDLED))
    return folder / "sample.db"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    """Wait until a server answers there."""
    for _ in range(480):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"{url} did not answer within two minutes")


@contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


def new_page(chromium: Any, width: int, height: int, *, color_scheme: str = "light") -> Any:
    """
    A page as a new reader opens it, in the browser's one context.

    The context keeps the app's scripts compiled: where nothing is kept, a page takes 6 s of a core instead of 2.
    """
    context = chromium.contexts[0] if chromium.contexts else chromium.new_context()
    context.clear_cookies()
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=color_scheme)
    return page


def go(page: Any, address: str) -> None:
    """
    Open an address and wait until all of it is drawn: a page may put its values into the address, which is another run.
    """
    page.goto(address)
    settle(page)
    settle(page)


def values(page: Any) -> dict[str, list[str]]:
    """The parameters in the address bar."""
    return parse_qs(urlsplit(page.evaluate("location.href")).query)


def pick(choice: Any) -> None:
    """
    Take one of several choices. A busy page may still move it away between press and release: then nothing was clicked,
    and it is again.
    """
    from playwright.sync_api import expect

    for _ in range(3):
        choice.click()
        try:
            expect(choice).to_be_checked(timeout=5_000)
        except AssertionError:
            continue
        return
    pytest.fail(f"{choice} cannot be taken")


def until(holds: Callable[[], bool]) -> None:
    """Wait for what a busy machine may show late."""
    for _ in range(150):
        if holds():
            return
        time.sleep(0.1)
    pytest.fail("it never came to hold")


def settle(page: Any) -> None:
    """Wait until the app has finished what it was doing."""
    page.wait_for_timeout(250)
    page.wait_for_selector(QUIET, timeout=90_000)
    page.wait_for_timeout(150)
