"""In a real browser: charts have the colours of the reader's theme, also after a change of it, and are drawn once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import go, needs_browser, new_page, running_app, settle
from two_years import fill

from dashboard.charts.palette import INK, SERIES, theme_colours

pytestmark = [pytest.mark.browser, needs_browser]

BARS = ".st-key-panel_attention .js-plotly-plot .bars"
COLOURS = """() => {
  const plot = document.querySelector(".st-key-panel_attention .js-plotly-plot")
  const { _fullLayout: layout, _fullData: [bars] = [] } = plot ?? {}
  return [layout?.paper_bgcolor, layout?.font.color, bars?.marker.color]
}"""
COUNT = """() => {
  window.added = 0
  new MutationObserver(changes => changes.forEach(({ target, addedNodes }) => addedNodes.forEach(node => {
    if (node.classList?.contains("xtick") && target.closest(".st-key-panel_attention")) added += 1
  }))).observe(document, { subtree: true, childList: true })
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = Path(tmp_path_factory.mktemp("browser") / "store.db")
    fill(path)
    with running_app(path) as served:
        yield served


def wanted(theme: str) -> list[str]:
    colours = theme_colours(theme)  # type: ignore[arg-type]
    return [colours["page"], colours[INK], colours[SERIES[0]]]


def test_charts_follow_the_reader_s_theme(address: str, chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light", bypass_csp=True)
    go(page, f"{address}/company?company=micron")
    page.wait_for_selector(BARS, timeout=30_000)
    assert page.evaluate(COLOURS) == wanted("light")
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(
            f"expected => JSON.stringify(({COLOURS})()) === expected", arg=as_json(wanted(theme)), timeout=20_000
        )
        settle(page)
        assert page.evaluate(COLOURS) == wanted(theme)
    page.close()


def as_json(values: list[str]) -> str:
    return "[" + ",".join(f'"{value}"' for value in values) + "]"


@pytest.mark.parametrize("width", [1440, 1337, 390])
def test_a_changed_chart_is_drawn_once(address: str, chromium: Any, width: int) -> None:
    page = new_page(chromium, width, 900)
    go(page, f"{address}/company?company=micron")
    page.wait_for_selector(BARS, timeout=30_000)
    page.evaluate(COUNT)
    page.locator(".st-key-grain button", has_text="Month").click()
    settle(page)
    settle(page)
    # Each drawing makes the labels of the axis anew.
    assert page.evaluate("added") == page.locator(".st-key-panel_attention .xtick").count() > 0
    page.close()
