"""
In a real browser: a pair's receipts are as many as it says, a Compare link comes back as it was, a typed name leads
there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from browsing import go, needs_browser, running_app, settle, values
from more_pages import fill

pytestmark = [pytest.mark.browser, needs_browser]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = Path(tmp_path_factory.mktemp("more") / "store.db")
    fill(path)
    with running_app(path) as served:
        yield served


def test_a_row_of_the_network_lists_as_many_stories_as_it_says(address: str, page: Any) -> None:
    go(page, f"{address}/network")
    count = page.locator(".st-key-scroll_pairs td.count button").first
    said = int(count.inner_text())
    count.click()
    page.wait_for_selector(".cp-receipts-head", timeout=20_000)
    assert said == 9
    assert page.locator(".cp-receipts-head").get_attribute("data-count") == str(said)
    assert page.locator(".st-key-receipts_edges .cp-receipts > li").count() == said


def test_the_line_between_two_lists_their_stories(address: str, page: Any) -> None:
    go(page, f"{address}/network?around=company:nvidia&show=together")
    page.wait_for_selector(".st-key-panel_network canvas", timeout=20_000)
    page.wait_for_timeout(1_000)
    box = page.locator(".st-key-panel_network canvas").bounding_box()
    # Two subjects stand at the ends of the drawing; their line crosses its middle, between 24 and 110 pixels of margin.
    page.mouse.click(box["x"] + (24 + box["width"] - 110) / 2, box["y"] + (34 + box["height"] - 12) / 2)
    page.wait_for_selector(".cp-receipts-head", timeout=20_000)
    assert page.locator(".cp-receipts-head").get_attribute("data-count") == "9"


def test_a_link_to_compare_opens_as_it_was(address: str, page: Any) -> None:
    link = (
        f"{address}/compare?subject=company%3Amicron&subject=company%3Anvidia&returns=own&measure=stories&grain=month"
    )
    go(page, link)
    assert values(page) == parse_qs(urlsplit(link).query)
    titles = page.locator(".cp-heading h2").all_inner_texts()
    assert titles[0] == "Micron Technology, NVIDIA: stories, each month"
    page.get_by_text("Abnormal return", exact=True).first.click()
    settle(page)
    assert "returns" not in values(page)
    page.go_back()
    settle(page)
    assert values(page) == parse_qs(urlsplit(link).query)


@pytest.mark.parametrize(
    ("typed", "where"),
    [("三星", "/company?company=samsung"), ("MU", "/company?company=micron"), ("network", "/network")],
)
def test_a_typed_name_leads_there_and_back(address: str, page: Any, typed: str, where: str) -> None:
    go(page, f"{address}/compare")
    page.wait_for_selector('.st-key-command_box input[placeholder*="K"]', timeout=20_000)
    page.wait_for_timeout(500)
    page.keyboard.press("Control+k")
    page.keyboard.insert_text(typed)
    page.keyboard.press("Enter")  # before the answer is there: it is kept
    page.wait_for_function("where => location.pathname + location.search === where", arg=where, timeout=20_000)
    settle(page)
    page.go_back()
    settle(page)
    assert urlsplit(page.evaluate("location.href")).path == "/compare"


def test_a_note_is_added_and_removed_by_its_author(address: str, page: Any) -> None:
    go(page, f"{address}/theme?theme=memory")
    page.get_by_role("button", name="Notes").click()
    page.get_by_label("Note", exact=True).fill("<img src=x onerror=alert(1)> sold out")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Notes · 1").wait_for(timeout=20_000)
    page.locator(".js-plotly-plot .points path").first.wait_for(timeout=20_000)
    settle(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Notes · 1").click()
    assert page.locator(".cp-note p").last.inner_text() == "<img src=x onerror=alert(1)> sold out"
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("button", name="Notes · 1").wait_for(state="detached", timeout=20_000)
