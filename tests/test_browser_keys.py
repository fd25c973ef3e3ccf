"""
In a real browser, by keyboard alone: to a chart, along its points, to the stories behind one and back. Over the sample.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from browsing import go, needs_browser, new_page, settle, until, values
from test_browser_pages import SERIOUS, axe

pytestmark = [pytest.mark.browser, needs_browser]

CHARTS = {  # page → panel, keys to a row with a story (where the label tells how many)
    "?grain=month": ("heat", ["ArrowLeft"]),
    "theme?theme=memory&measure=stories": ("attention", ["ArrowRight", "ArrowUp"]),
    "compare": ("moves", ["ArrowLeft", "ArrowDown"]),
    "lead_lag": ("lags", ["Home", "ArrowRight"]),
    "events": ("path", ["ArrowRight", "ArrowDown"]),
    "alarms": ("alarms", ["ArrowLeft", "ArrowDown"]),
}
TOLD = re.compile(r"(\d[\d,]*) (?:of|stories|story)\b")
"""How many stories a label says that there are: the first number before the word, the share's whole apart."""
RING = """selector => {
  const { width, height } = document.querySelector(selector).getBoundingClientRect()
  return width >= 10 && height >= 10
}"""
CONTRAST = """() => {
  const luminance = colour => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
      .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
  const chart = document.activeElement
  const lines = [getComputedStyle(chart, "::before").borderTopColor,
    getComputedStyle(chart.querySelector(".cp-ring")).borderTopColor]
  const page = luminance(getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor)
  return lines.map(luminance).map(line => (Math.max(line, page) + 0.05) / (Math.min(line, page) + 0.05))
}"""


@pytest.fixture(scope="module")
def page(chromium: Any) -> Iterator[Any]:
    opened = new_page(chromium, 1440, 900)
    yield opened
    opened.close()


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until the focus is there: as a reader gets there."""
    page.wait_for_selector(f"{selector}[tabindex='0'], {selector} .svg-container", state="attached", timeout=30_000)
    for _ in range(150):
        page.keyboard.press("Tab")
        if is_at(page, selector):
            return
    pytest.fail(f"Tab never came to {selector}")


def is_at(page: Any, selector: str) -> bool:
    return bool(page.evaluate("selector => document.activeElement.matches(selector)", selector))


def chart_of(panel: str) -> str:
    return f".st-key-panel_{panel} .js-plotly-plot"


def press(page: Any, *keys: str) -> str:
    """Press the keys, each of which moves or says something; what is spoken after the last."""
    for key in keys:
        page.evaluate("document.querySelector('.cp-spoken')?.replaceChildren()")
        page.keyboard.press(key)
        until(lambda: spoken(page) != "")
    return spoken(page)


def spoken(page: Any) -> str:
    return str(page.evaluate("document.querySelector('.cp-spoken')?.textContent ?? ''"))


def told(text: str) -> int | None:
    found = TOLD.findall(re.sub(r"of all [\d,]+ stories", "", text))
    return int(found[0].replace(",", "")) if found else None


def arrive(page: Any, panel: str) -> tuple[int, str]:
    """Wait until the reader is at the heading of the stories: how many, and of which point."""
    head = page.locator(f".st-key-receipts_{panel} .cp-receipts-head:focus")
    head.wait_for(timeout=30_000)
    settle(page)
    return int(head.get_attribute("data-count")), head.get_attribute("data-point")


@pytest.mark.parametrize("path", list(CHARTS))
def test_a_chart_is_walked_and_a_point_opens_its_own_stories(address: str, page: Any, path: str) -> None:
    panel, keys = CHARTS[path]
    go(page, f"{address}/{path}")
    tab_to(page, chart_of(panel))
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert "n = " in name
    assert "Enter opens the stories behind one" in name
    said = press(page, *keys)
    for _ in range(30):
        if told(said) != 0:
            break
        said = press(page, "ArrowLeft")
    assert page.evaluate(RING, f"{chart_of(panel)} .cp-ring")
    label = page.locator(f"{chart_of(panel)} .hoverlayer .hovertext")
    assert label.count() == 1
    assert said.split(", ")[0] in label.text_content()

    page.keyboard.press("Enter")
    count, point = arrive(page, panel)
    assert values(page)["point"] == [f"{panel}.{point}"]
    assert told(said) in (count, None)
    assert page.locator(f".st-key-receipts_{panel} .cp-receipts > li").count() == min(count, 20)
    page.keyboard.press("Escape")
    until(lambda: is_at(page, chart_of(panel)))
    until(lambda: spoken(page) == said)
    page.keyboard.press("Enter")  # they are there: no second click, which would close them
    assert arrive(page, panel) == (count, point)
    page.go_back()
    page.locator(f".st-key-receipts_{panel}").wait_for(state="detached", timeout=30_000)


def test_a_line_and_a_name_of_the_network(address: str, page: Any) -> None:
    go(page, f"{address}/network?edges=all&show=together")
    page.wait_for_selector(".st-key-panel_network canvas", timeout=30_000)
    tab_to(page, ".st-key-network_keys *")
    first, second = press(page, "ArrowRight"), press(page, "ArrowRight")
    assert told(first) >= told(second) > 0  # type: ignore[operator]
    pair, words = second.split(", ")[0], page.locator(".st-key-scroll_pairs tbody tr").nth(1).inner_text()
    assert all(name in words for name in pair.split(" – "))
    page.keyboard.press("Enter")
    count, point = arrive(page, "edges")
    assert (count, values(page)["point"]) == (told(second), [f"edges.{point}"])
    page.keyboard.press("Escape")
    until(lambda: is_at(page, ".st-key-network_keys *"))
    name = press(page, "ArrowDown").split(", ")[0]
    assert name in pair
    page.keyboard.press("Enter")
    page.locator("h2", has_text=f"Companies mentioned together around {name}").wait_for(timeout=30_000)
    settle(page)
    until(lambda: is_at(page, ".st-key-network_keys *"))
    assert (told(press(page, "ArrowRight")) or 0) > 0
    page.set_viewport_size({"width": 390, "height": 844})  # what is drawn over the network gets smaller with it
    settle(page)
    settle(page)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    page.set_viewport_size({"width": 1440, "height": 900})


def test_the_reader_stays_at_a_point_while_the_chart_is_drawn_anew(address: str, page: Any) -> None:
    go(page, f"{address}/theme?theme=memory&measure=stories")
    tab_to(page, chart_of("attention"))
    said = press(page, "ArrowRight", "ArrowRight")
    ring = page.locator(f"{chart_of('attention')} .cp-ring")
    before = ring.bounding_box()
    page.set_viewport_size({"width": 1200, "height": 900})
    settle(page)
    until(lambda: is_at(page, chart_of("attention")))
    until(lambda: ring.bounding_box()["x"] < before["x"])
    page.emulate_media(color_scheme="dark")  # every chart is made again, in other colours
    settle(page)
    settle(page)
    until(lambda: is_at(page, chart_of("attention")))
    page.keyboard.press("Enter")
    count, point = arrive(page, "attention")
    assert (count, values(page)["point"]) == (told(said), [f"attention.{point}"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Close: the chart is another element after it
    page.locator(".st-key-receipts_attention").wait_for(state="detached", timeout=30_000)
    page.wait_for_selector(f"{chart_of('attention')}:focus", timeout=30_000)
    settle(page)
    until(lambda: spoken(page) == said)
    until(lambda: ring.count() == 1)
    assert press(page, "ArrowLeft") != said
    page.keyboard.press("Escape")
    until(lambda: ring.count() == 0)
    until(lambda: is_at(page, chart_of("attention")))
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_and_point_are_seen_in_both_themes_and_keep_nobody_out(address: str, page: Any, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    go(page, f"{address}/theme?theme=memory")
    tab_to(page, chart_of("attention"))
    press(page, "ArrowRight")
    assert min(page.evaluate(CONTRAST)) >= 3
    page.keyboard.press("Enter")
    arrive(page, "attention")
    page.keyboard.press("Escape")
    page.evaluate(axe())
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found if one["impact"] in SERIOUS] == []
    page.emulate_media(color_scheme="light")


def test_other_keys_are_left_to_others(address: str, page: Any) -> None:
    go(page, f"{address}/theme?theme=memory")
    tab_to(page, chart_of("attention"))
    said = press(page, "ArrowRight")
    for key in ("Control+ArrowRight", "a", "r", "c", "PageDown"):
        page.keyboard.press(key)
    page.wait_for_timeout(160)
    assert spoken(page) == said
    assert press(
        page, "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "Home"
    ).startswith("22 Aug")
    address_before = page.evaluate("location.href")
    assert press(page, "Enter") == "There are no stories behind this point."
    assert page.evaluate("location.href") == address_before
    page.keyboard.press("/")
    until(lambda: is_at(page, ".st-key-command_box *"))
    page.keyboard.press("Escape")
    page.locator(chart_of("attention")).focus()
    page.keyboard.press("Control+k")
    until(lambda: is_at(page, ".st-key-command_box *"))


def test_the_reader_stays_at_a_chart_that_fills_the_screen(address: str, page: Any) -> None:
    go(page, f"{address}/theme?theme=memory")
    page.locator(f"{chart_of('attention')}[tabindex='0']").wait_for(timeout=30_000)
    page.locator(f"{chart_of('attention')} [aria-label=Fullscreen]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{chart_of('attention')}:focus", timeout=30_000)
    settle(page)
    until(lambda: page.locator(chart_of("attention")).bounding_box()["height"] > 700)
    assert told(press(page, "ArrowRight")) == 1
    for _ in ("from the point", "from the screen"):
        page.keyboard.press("Escape")
    settle(page)
    until(lambda: page.locator(chart_of("attention")).bounding_box()["height"] < 500)
    until(lambda: is_at(page, chart_of("attention")))


def test_two_quick_presses_and_a_touch_screen_with_keys(address: str, chromium: Any) -> None:
    phone = chromium.new_page(
        viewport={"width": 390, "height": 844}, has_touch=True, user_agent="Mozilla/5.0 (Linux; Android 15) Mobile"
    )
    go(phone, f"{address}/theme?theme=memory&measure=stories")
    tab_to(phone, chart_of("attention"))
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Enter", "Enter"):
        phone.keyboard.press(key)  # without a pause
    count, point = arrive(phone, "attention")
    assert count > 0
    assert values(phone)["point"] == [f"attention.{point}"]
    phone.keyboard.press("Escape")
    until(lambda: told(spoken(phone)) == count)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.close()
