"""
In a real browser: a theme is edited, its effect read and checked, applied; a wrong link is corrected; the past stays.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from browsing import needs_browser, pick, running_app, settle

from builders import article
from data.catalog import BUNDLED, load_catalog
from data.read.attention import Filters, attention_by_day
from data.records import Linked
from data.schema.store import open_store
from data.write.articles import save_articles
from ingest.link import Linker

pytestmark = [pytest.mark.browser, needs_browser]
DAY = datetime(2026, 5, 4, 8, tzinfo=UTC)
TITLES = [
    "Micron raises HBM output for AI servers",
    "SK hynix ships HBM4 samples",
    "Zorbium stacks are sold out through 2027",
    "Zorbium stacks get dearer as AI memory demand grows",
    "Samsung expands HBM capacity",
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Path]]:
    """The app's address, its store, and the folder of a catalog of its own."""
    folder = tmp_path_factory.mktemp("editing")
    catalog = Path(
        shutil.copytree(BUNDLED, folder / "catalog", ignore=shutil.ignore_patterns("*.py", "__pycache__", "history"))
    )
    linker, store_path = Linker(load_catalog(catalog)), folder / "store.db"
    with open_store(store_path) as store:
        articles = [
            article(title, url=f"https://news.example/{n}", at=DAY + timedelta(days=n))
            for n, title in enumerate(TITLES)
        ]
        items = [
            Linked(article=item, mentions=linker.link(item), story=-1 - n, first_seen_at=item.published_at or DAY)
            for n, item in enumerate(articles)
        ]
        save_articles(store, items, source="test", kind="file", catalog_hash="c", now=DAY)
    with running_app(store_path, {"CHOKEPOINT_CATALOG": str(catalog)}) as address:
        yield address, store_path, catalog


def memory_stories(path: Path, rev: int | None = None) -> int:
    with open_store(path) as store:
        window = Filters(start=DAY.date(), end=DAY.date() + timedelta(days=30), rev=rev)
        return int(attention_by_day(store, ["theme:memory"], window)["stories"].sum())


def test_a_phrase_is_added_seen_checked_and_applied_and_the_past_stays(
    place: tuple[str, Path, Path], page: Any
) -> None:
    address, store, catalog = place
    before = memory_stories(store)
    page.goto(f"{address}/catalog")
    settle(page)
    phrases = page.get_by_label("Phrases, one a line", exact=False)
    phrases.fill(phrases.input_value() + "\nzorbium stacks")
    phrases.press("Control+Enter")
    settle(page)
    assert page.get_by_text('+  "zorbium stacks",').count() or "zorbium stacks" in page.content()
    page.get_by_role("button", name="See what would change").click()
    page.get_by_role("heading", name="What would change").wait_for(timeout=60_000)
    settle(page)
    assert "Zorbium stacks are sold out through 2027" in page.inner_text("section.main, [data-testid=stMain]")
    page.get_by_text("Check 20 stories about", exact=False).click()
    settle(page)
    pick(page.get_by_role("radio", name="about it", exact=True).first)
    page.get_by_text("Precision 1.00", exact=False).wait_for(timeout=20_000)
    page.get_by_role("button", name="Apply: a new version of the catalog").click()
    page.get_by_text("Applied:", exact=False).wait_for(timeout=60_000)
    assert "zorbium stacks" in (catalog / "themes.toml").read_text("utf-8")
    assert memory_stories(store) > before
    assert memory_stories(store, rev=1) == before


def test_a_wrong_link_is_corrected_where_it_is_seen_and_undone(place: tuple[str, Path, Path], page: Any) -> None:
    address, store, _ = place
    before = memory_stories(store)
    page.goto(f"{address}/articles")
    settle(page)
    page.get_by_role("button", name="Correct a link").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("the story is about something else")
    dialog.get_by_label("Reason").press("Enter")
    settle(page)
    dialog.get_by_label("By", exact=True).fill("Ada")
    dialog.get_by_label("By", exact=True).press("Enter")
    settle(page)
    dialog.get_by_role("button", name="Apply the correction").click()
    dialog.wait_for(state="detached", timeout=20_000)
    page.goto(f"{address}/catalog")
    settle(page)
    page.get_by_role("tab", name="Corrections").click()
    page.get_by_text("the story is about something else (Ada)").wait_for(timeout=10_000)
    page.get_by_role("button", name="Undo").first.click()
    settle(page)
    page.get_by_text("No link was corrected", exact=False).wait_for(timeout=10_000)
    assert memory_stories(store) == before
