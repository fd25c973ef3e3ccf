"""
In a real browser: other people's words stay words, wherever they stand. Naughty strings and feedparser's sanitiser
cases as titles, summaries, publishers, notes, a theme's name, names of views and values of the address: no script, no
request elsewhere, no broken page.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest
from browsing import needs_browser, new_page, running_app, settle
from suites import suite

from builders import NOW, article, linked, save
from data.catalog import BUNDLED
from data.people.notes import save_note
from data.people.saved_views import save_view
from data.schema.store import open_store

pytestmark = [pytest.mark.browser, needs_browser]

PER_PAGE = 25
IN_ADDRESS = 50  # values of one parameter, at most
LONGEST = 1_500
TALLEST = 400 * PER_PAGE  # pixels: what so many articles may take
HOST = re.compile(r"(?:https?:)?//[\w.:-]+")
ELEMENT = re.compile(
    r"<(?:title|summary|content|description|content:encoded)\b[^>]*>(.*?)</(?:title|summary|content|description)",
    re.DOTALL,
)
WORKED = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '"><svg/onload=alert(1)>',
    ":red[red] $x^2$ [a](javascript:alert(1))",
]


class Beacon(BaseHTTPRequestHandler):
    """Counts who asks."""

    hits: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.hits.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def listening() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Beacon)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def hostile(beacon: str) -> list[str]:
    """The strings, each with every address in it made the beacon's; each once."""
    naughty = next(json.loads(body) for path, body in suite("blns") if path.endswith("blns.json"))
    cases = [body.decode("utf-8", "replace") for path, body in suite("feedparser") if "/sanitize/" in path]
    inside = [html.unescape(found.group(1)) for case in cases if (found := ELEMENT.search(case))]
    texts = [HOST.sub(beacon, text).replace("\0", "")[:LONGEST] for text in (*WORKED, *naughty, *inside)]
    return list(dict.fromkeys(text for text in texts if text.strip()))


@pytest.fixture(scope="module")
def beacon() -> Iterator[str]:
    with listening() as address:
        yield address


@pytest.fixture(scope="module")
def strings(beacon: str) -> list[str]:
    return hostile(beacon)


@pytest.fixture(scope="module")
def address(strings: list[str], beacon: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app whose articles are three strings each; its first theme is named by a script, and has notes."""
    folder = tmp_path_factory.mktemp("hostile")
    catalog = Path(
        shutil.copytree(BUNDLED, folder / "catalog", ignore=shutil.ignore_patterns("*.py", "__pycache__", "history"))
    )
    themes = (catalog / "themes.toml").read_text("utf-8")
    name = json.dumps(f"<img src='{beacon}/theme' onerror='alert(1)'>")
    (catalog / "themes.toml").write_text(
        re.sub(r'(\[memory\]\s*\nname = )"[^"]*"', lambda found: found[1] + name, themes), encoding="utf-8"
    )
    with open_store(folder / "store.db") as store:
        items = []
        for number, (title, summary, publisher) in enumerate(
            zip(strings[::3], strings[1::3], strings[2::3], strict=False)
        ):
            item = article(
                "Micron",
                url=f"{beacon}/{number}",
                at=NOW - timedelta(hours=number),
                summary=summary,
                publisher=publisher[:200],
            )
            words = linked(item, "theme:memory", "company:micron", story=-1 - number)
            items.append(replaced(words, title))
        save(store, *items)
        for text in strings[:: len(strings) // 20]:
            save_note(store, subject="theme:memory", day=NOW.date(), words=text[:500], author=text[:60], now=NOW)
            save_view(store, name=text[:100], owner=text[:60], page="theme", query="theme=memory", now=NOW)
    with running_app(folder / "store.db", {"CHOKEPOINT_CATALOG": str(catalog)}) as served:
        yield served


def replaced(item: Any, title: str) -> Any:
    """The article under another title, its evidence the title's first character."""
    mentions = tuple(mention._replace(start=0, end=1, matched=title[:1]) for mention in item.mentions)
    return replace(item, article=replace(item.article, title=title), mentions=mentions)


class Watch:
    """A page, and what it did that it should not have."""

    def __init__(self, chromium: Any, address: str) -> None:
        self.page, self.wrong, self.address = new_page(chromium, 390, 844), [], address
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:")):
            self.wrong.append(f"asked {url}")

    def see(self, path: str) -> None:
        """Open the page on a phone: nothing wrong, no wider than the phone, no taller than so many articles may be."""
        self.page.goto(self.address + path)
        settle(self.page)
        settle(self.page)
        main = self.page.locator("[data-testid=stMain]")
        for _ in range(20):  # a chart is drawn wide, then fitted to its place
            wide, tall = main.evaluate("main => [main.scrollWidth, main.scrollHeight]")
            if wide <= 390:
                break
            self.page.wait_for_timeout(250)
        assert (self.wrong, wide <= 390, tall < TALLEST, Beacon.hits) == ([], True, True, []), (path, wide, tall)
        assert self.page.locator("[data-testid=stException]").count() == 0, path


@pytest.fixture(scope="module")
def watch(address: str, chromium: Any) -> Iterator[Watch]:
    opened = Watch(chromium, address)
    yield opened
    opened.page.close()


def test_strings_in_articles_stay_strings(watch: Watch, strings: list[str]) -> None:
    shown = 0
    for number in range(1, -(-(len(strings) // 3) // PER_PAGE) + 1):
        watch.see(f"/articles?page={number}")
        shown += watch.page.locator(".cp-receipts > li").count()
    assert shown == len(strings) // 3
    print(f"{3 * shown:,} hostile strings shown as titles, summaries and publishers: no script ran, no request left")


@pytest.mark.parametrize(
    "path", ["/", "/theme?theme=memory", "/company?company=micron", "/network", "/saved", "/catalog", "/sources"]
)
def test_strings_in_names_notes_and_views_stay_strings(watch: Watch, path: str) -> None:
    watch.see(path)


def test_strings_in_the_address_stay_strings(watch: Watch, strings: list[str]) -> None:
    tried = 0
    for start in range(0, len(strings), 8 * IN_ADDRESS):
        some = [text[:180] for text in strings[start : start + IN_ADDRESS]]
        tried += len(some)
        for page in ("articles", "theme"):
            values = {"publisher": some, "q": some[0], "theme": some[1], "about": some[2], some[3]: "x"}
            watch.see(f"/{page}?{urlencode(values, doseq=True)}"[:20_000])
    print(f"{tried} hostile strings as values of the address")
