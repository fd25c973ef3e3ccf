"""
In a real browser over the sample, every page: a link with all of its controls opens elsewhere as it was, Back and
Forward lead to the same chart, nothing is wider than a phone, and nothing keeps a reader out who cannot see well
(axe-core, both themes).
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from browsing import needs_browser, new_page, settle

from dashboard.address.params import SHARED
from dashboard.page_data import PAGES

pytestmark = [pytest.mark.browser, needs_browser]

COMMON = {
    "from": "2026-01-05",
    "to": "2026-07-31",
    "grain": "month",
    "measure": "stories",
    "lang": "en",
    "relevance": "5",
    "rev": "12",  # the sample's newest: its stories, then eleven batches of prices
}
OWN: dict[str, dict[str, Any]] = {
    "overview": {"publisher": "github.com"},
    "theme": {"theme": "ai_labs", "split": "subtheme", "against": ["basket", "SPY"]},
    "company": {"company": "sk-hynix", "listing": "SKHY", "beside": "000660.KS", "currency": "USD"},
    "compare": {"subject": ["theme:memory", "company:nvidia"], "returns": "own"},
    "network": {"kind": "theme", "edges": "all", "show": "together", "around": "theme:memory"},
    "lead_lag": {"about": "theme:compute", "price": "NVDA", "market": "SOXX", "lags": "5", "talk": "stories"},
    "events": {"whose": "theme:compute", "market": "QQQ", "threshold": "3.0", "relation": "AMD>META"},
    "alarms": {"over": "company", "watch": "company:nvidia", "budget": "5", "families": "1"},
    "articles": {"q": "chip", "about": ["company:nvidia"], "page": "2"},
    "sources": {},
    "catalog": {},
    "saved": {},
}
NO_CONTROL = {"point", "basket", "part", "sha", "rules", "mode", "publisher"}
"""
What a click, a proof link or a form makes, not a control; and the filter that would leave some pages nothing to show.
"""
SERIOUS = ("serious", "critical")
CHARTS = """() => JSON.stringify([...document.querySelectorAll('.js-plotly-plot')].map(plot => plot.data.map(trace =>
    [trace.name, Array.from(trace.x ?? []), Array.from(trace.y ?? []), trace.customdata ?? null])))"""
CONTROLS = """() => JSON.stringify([...document.querySelectorAll('.st-key-controls, .st-key-page_controls')].map(row =>
    [row.innerText, [...row.querySelectorAll('input')].map(input => input.value)]))"""


@cache
def axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def go(page: Any, address: str) -> None:
    page.goto(address)
    drawn(page)


def drawn(page: Any) -> None:
    """Wait until the page has been read and its charts stand still."""
    settle(page)
    page.locator("[data-testid=stSkeleton]").first.wait_for(state="detached", timeout=60_000)
    before = ""
    for _ in range(20):
        settle(page)
        now = page.evaluate(CHARTS)
        if now == before:
            return
        before = now


def query_of(page: Any) -> dict[str, list[str]]:
    """The address's values of controls; a link spells the mode of Lead-lag too."""
    query = parse_qs(urlsplit(page.evaluate("location.href")).query, keep_blank_values=True)
    return {name: texts for name, texts in query.items() if name != "mode"}


def test_every_parameter_has_a_page_that_is_tried_with_it() -> None:
    for name in PAGES:
        assert {**SHARED, **PAGES[name].params}.keys() - NO_CONTROL <= COMMON.keys() | OWN.get(name, {}).keys(), name


@pytest.mark.parametrize("name", list(PAGES))
def test_a_link_with_every_control_opens_elsewhere_as_it_was(address: str, chromium: Any, name: str) -> None:
    wanted = {key: value if isinstance(value, list) else [value] for key, value in (COMMON | OWN.get(name, {})).items()}
    link = f"{address}/{name if name != 'overview' else ''}?{urlencode(wanted, doseq=True)}"
    first = new_page(chromium, 1440, 900)
    go(first, link)
    assert query_of(first) == wanted
    assert first.locator(".st-key-ignored").count() == 0
    charts, controls = first.evaluate(CHARTS), first.evaluate(CONTROLS)
    first.locator(".st-key-share button").first.click()
    first.wait_for_selector("[data-testid=stCode]", timeout=30_000)
    shared = first.locator("[data-testid=stCode]").first.inner_text().strip()
    second = new_page(chromium, 1440, 900)
    go(second, shared)
    assert query_of(second) == wanted
    assert second.evaluate(CHARTS) == charts
    assert second.evaluate(CONTROLS) == controls
    if name not in ("network", "articles", "catalog", "saved"):
        assert json.loads(charts)
    second.locator(".st-key-range button", has_text="All").click()
    second.wait_for_url(lambda url: "from=2026-01-05" not in url, timeout=30_000)
    drawn(second)
    wide = second.evaluate(CHARTS)
    second.go_back()
    second.wait_for_url(lambda url: "from=2026-01-05" in url, timeout=30_000)
    drawn(second)
    assert (query_of(second), second.evaluate(CHARTS)) == (wanted, charts)
    second.go_forward()
    second.wait_for_url(lambda url: "from=2026-01-05" not in url, timeout=30_000)
    drawn(second)
    assert second.evaluate(CHARTS) == wide
    for page in (first, second):
        page.close()


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_fits_a_phone_and_keeps_nobody_out(address: str, chromium: Any, name: str) -> None:
    page = new_page(chromium, 390, 844)
    go(page, f"{address}/{name if name != 'overview' else ''}")
    for width, height in ((390, 844), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        drawn(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        drawn(page)
        page.evaluate(axe())
        found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
        told = [(one["id"], [node["target"] for node in one["nodes"]]) for one in found if one["impact"] in SERIOUS]
        assert told == [], theme
    page.close()
