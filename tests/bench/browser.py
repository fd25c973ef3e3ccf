"""
What a reader sees, in Chromium: from a key press to the painted chart, and from opening a warm page to its first chart.

The clock starts at the browser's own time of the key event and stops in the frame after the last change of the chart's
drawing.
"""

from __future__ import annotations

import statistics
from typing import Any

from tests.bench.pages import bench_store, load_words
from tests.browsing import CHROMIUM, browser, running_app, settle

PAGES = ("", "theme?theme=memory", "company?company=nvidia")
RANGES = ("6M", "1Y", "All", "3M")
GRAINS = ("Month", "Day", "Week")
QUIET_MS = 350
"""A chart that has not changed for so long is finished."""

WATCH = """
window.watched = {key: null, painted: null, seen: false}
addEventListener("keydown", event => Object.assign(watched, {key: event.timeStamp, painted: null, seen: false}), true)
new MutationObserver(changes => {
  // What holds the drawing counts too, until the drawing is seen: Streamlit may hide it until it knows how wide it is.
  const drawn = changes.some(({ target }) => {
    const changed = target.nodeType === 1 ? target : target.parentElement
    return changed?.closest?.(".js-plotly-plot .main-svg") || (!watched.seen && changed?.closest?.(".js-plotly-plot"))
  })
  if (drawn) requestAnimationFrame(() => {
    const [svg] = document.querySelectorAll(".js-plotly-plot .main-svg")
    watched.seen = Boolean(svg) && getComputedStyle(svg).visibility === "visible"
    if (watched.seen) setTimeout(() => { watched.painted = performance.now() })
  })
}).observe(document, { subtree: true, childList: true, attributes: true })
"""
PAINTED = f"watched.painted !== null && performance.now() - watched.painted > {QUIET_MS}"


def main() -> None:
    if not CHROMIUM:
        print("no Chromium found: not measured")
        return
    with running_app(bench_store()) as address, browser() as opened:
        page = opened.new_page(viewport={"width": 1440, "height": 900}, bypass_csp=True)  # Playwright waits with eval
        page.add_init_script(WATCH)
        for path in PAGES:
            first = [opening(page, f"{address}/{path}") for _ in range(4)][1:]
            keys = key_presses(page)
            print(
                f"{path.partition('?')[0] or 'overview':9} key press to painted chart p50 "
                f"{statistics.median(keys):4.0f} ms   slowest {max(keys):4.0f} ms ({len(keys)} presses)   first chart "
                f"after opening {statistics.median(first):5.0f} ms; {load_words()}"
            )


def opening(page: Any, address: str) -> float:
    """
    Milliseconds from the start of the navigation to the first chart's last change, the browser's cache being warm.
    """
    page.goto(address)
    page.wait_for_function("document.querySelector('.js-plotly-plot .main-svg') && " + PAINTED, timeout=30_000)
    return float(page.evaluate("watched.painted"))


def key_presses(page: Any) -> list[float]:
    """Milliseconds of each key press that changes the grain, in several ranges of dates."""
    found = []
    for name in RANGES:
        page.locator(".st-key-range button", has_text=name).click()
        settle(page)
        page.wait_for_timeout(QUIET_MS)
        found += [pressed(page, page.locator(".st-key-grain button", has_text=grain)) for grain in GRAINS]
    return found


def pressed(page: Any, button: Any) -> float:
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(PAINTED, timeout=30_000)
    return float(page.evaluate("watched.painted - watched.key"))


if __name__ == "__main__":
    main()
