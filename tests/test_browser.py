"""
In a real browser: from what is heating up to the sentence behind a point; a link opens the same; a file has the chart's
numbers.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import go, needs_browser, new_page, running_app, settle, values
from two_years import fill

pytestmark = [pytest.mark.browser, needs_browser]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = Path(tmp_path_factory.mktemp("browser") / "store.db")
    fill(path)
    with running_app(path) as served:
        yield served


@pytest.fixture(scope="module")
def page(chromium: Any) -> Iterator[Any]:
    opened = new_page(chromium, 1440, 900)
    yield opened
    opened.close()


def drawn(page: Any, panel: str) -> list[dict[str, Any]]:
    """The bars of a panel's chart, as plotly drew them: name, x, y, customdata."""
    page.wait_for_selector(f".st-key-panel_{panel} .js-plotly-plot .bars", timeout=30_000)
    text = page.evaluate(
        """panel => JSON.stringify(document.querySelector(`.st-key-panel_${panel} .js-plotly-plot`)._fullData
            .filter(trace => trace.type === "bar")
            .map(trace => ({ name: trace.name, x: [...trace.x], y: [...trace.y],
                             customdata: [...(trace.customdata ?? [])] })))""",
        panel,
    )
    return json.loads(text)  # type: ignore[no-any-return]


def click_bar(page: Any, panel: str, number: int) -> None:
    bars = page.locator(f".st-key-panel_{panel} .js-plotly-plot .bars .point path")
    box = bars.nth(number).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(f".st-key-receipts_{panel} .cp-receipts-head", timeout=20_000)
    settle(page)


def test_from_what_is_heating_up_to_the_sentence_behind_a_point(address: str, page: Any) -> None:
    go(page, f"{address}/?measure=stories&grain=month")
    page.locator(".st-key-table_theme a", has_text="Memory").click()
    page.wait_for_url("**/theme?**")
    settle(page)
    assert values(page)["theme"] == ["memory"]
    assert (values(page)["measure"], values(page)["grain"]) == (["stories"], ["month"])

    first = drawn(page, "attention")[0]
    click_bar(page, "attention", 2)
    head = page.locator(".st-key-receipts_attention .cp-receipts-head")
    assert head.get_attribute("data-count") == str(int(first["y"][2]))
    assert page.locator(".st-key-receipts_attention .cp-receipts > li").count() == first["y"][2]
    assert page.locator(".st-key-receipts_attention mark").first.inner_text() == "Story"

    page.locator(".st-key-table_company a", has_text="Micron").click()
    page.wait_for_url("**/company?**")
    settle(page)
    assert values(page)["company"] == ["micron"]
    assert page.locator("h1").inner_text() == "Micron Technology"

    page.get_by_role("link", name="Articles", exact=True).click()
    page.wait_for_url("**/articles**")
    settle(page)
    assert page.locator(".cp-receipts > li").count() == 25
    assert "articles" in page.locator("h2").first.inner_text()


def test_each_number_of_a_table_leads_to_what_is_behind_it(address: str, page: Any) -> None:
    go(page, f"{address}/theme?theme=memory")
    row = page.locator(".st-key-table_company tbody tr", has_text="Micron")
    count, share, price = (row.locator(f"td.{kind} button") for kind in ("count", "number", "move"))
    head = page.locator(".st-key-receipts_company .cp-receipts-head")
    share.click()
    head.wait_for(timeout=20_000)
    assert head.get_attribute("data-count") == count.inner_text()
    assert (count.get_attribute("tabindex"), share.get_attribute("tabindex")) == (None, "-1")
    said = price.inner_text()
    price.focus()
    price.press("Enter")
    page.get_by_text(f"Price of Micron Technology: {said} in the dates shown").wait_for(timeout=20_000)
    closes = page.locator(".st-key-moves_company tbody tr")
    closes.first.wait_for(timeout=20_000)
    assert closes.count() == 1
    go(page, f"{address}/?to=2026-06-26")
    rows = page.locator(".st-key-table_theme tbody tr")
    silent = [row for row in rows.all() if row.locator("td.count").inner_text() == "0"]
    assert silent and not any(
        row.locator("td.count button, td.number button, td.heat button").count() for row in silent
    )


def test_back_undoes_one_step_at_a_time(address: str, page: Any) -> None:
    go(page, f"{address}/theme?theme=memory")
    page.locator(".st-key-grain button", has_text="Month").click()
    settle(page)
    page.locator(".st-key-split button", has_text="Sub-theme").click()
    settle(page)
    assert (values(page)["grain"], values(page)["split"]) == (["month"], ["subtheme"])
    page.go_back()
    settle(page)
    assert "split" not in values(page)
    assert "by company, each month" in page.locator(".st-key-panel_attention h2").inner_text()
    page.go_back()
    settle(page)
    assert "by company, each week" in page.locator(".st-key-panel_attention h2").inner_text()
    page.go_forward()
    settle(page)
    assert "by company, each month" in page.locator(".st-key-panel_attention h2").inner_text()


def test_a_shared_link_opens_the_same_controls_and_chart(address: str, page: Any) -> None:
    go(
        page,
        f"{address}/theme?theme=memory&grain=month&measure=stories&from=2025-09-01&publisher=site1.com&split=subtheme&against=MU",
    )
    before, title = drawn(page, "attention"), page.locator(".st-key-panel_attention h2").inner_text()
    page.locator(".st-key-share button").first.click()
    page.wait_for_selector("[data-testid=stCode]", timeout=20_000)
    settle(page)
    link = page.locator("[data-testid=stCode]").first.inner_text().strip()
    assert "from=2025-09-01" in link
    assert "to=2026-06-30" in link

    go(page, link)
    assert drawn(page, "attention") == before
    assert page.locator(".st-key-panel_attention h2").inner_text() == title
    assert page.locator(".st-key-theme input").first.input_value() == "Memory"
    assert "site1.com" in page.locator(".st-key-panel_attention .cp-caption").first.inner_text()


def test_an_exported_table_has_the_numbers_of_the_chart(address: str, page: Any, tmp_path: Path) -> None:
    go(page, f"{address}/theme?theme=memory&grain=month&measure=stories")
    bars = {
        (trace["name"], x[:10]): y
        for trace in drawn(page, "attention")
        for x, y in zip(trace["x"], trace["y"], strict=True)
    }
    page.locator(".st-key-export_attention button").first.click()
    with page.expect_download(timeout=30_000) as coming:
        page.get_by_role("button", name="CSV", exact=True).click()
    saved = tmp_path / coming.value.suggested_filename
    coming.value.save_as(saved)

    lines = saved.read_text("utf-8-sig").splitlines()
    said = [line.strip('"') for line in lines if line.lstrip('"').startswith("#")]
    assert any("Memory: stories by company" in line for line in said)
    assert any("n = " in line for line in said)
    rows = list(csv.DictReader(line for line in lines if not line.lstrip('"').startswith("#")))
    assert {(row["name"], row["period"]): int(row["stories"]) for row in rows if int(row["stories"] or 0)} == bars
    prices = [row for row in rows if row["line"] == "Memory basket"]
    assert len(prices) > 100 and all(row["session"] and float(row["value"]) for row in prices)
    assert saved.name.startswith("chokepoint-memory-stories-by-company")


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_the_browser_saves_the_picture_with_its_words(address: str, page: Any, tmp_path: Path, kind: str) -> None:
    go(page, f"{address}/company?company=micron")
    drawn(page, "attention")
    page.locator(".st-key-export_attention button").first.click()
    with page.expect_download(timeout=30_000) as coming:
        page.get_by_role("button", name=kind, exact=True).click()
    saved = tmp_path / coming.value.suggested_filename
    coming.value.save_as(saved)
    content = saved.read_bytes()
    assert content.startswith(b"\x89PNG" if kind == "PNG" else b"<svg")
    assert len(content) > 10_000
    if kind == "SVG":
        assert "Micron Technology: share of voice" in content.decode()
        assert "revision" in content.decode()


@pytest.mark.parametrize("name", ["", "theme", "company", "articles", "sources"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_pages_ask_nobody_else_run_nothing_foreign_and_fit_a_phone(
    address: str, chromium: Any, name: str, scheme: str
) -> None:
    page = new_page(chromium, 390, 844, color_scheme=scheme)
    asked: list[str] = []
    failures: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("dialog", lambda dialog: (failures.append(dialog.message), dialog.dismiss()))
    go(page, f"{address}/{name}")
    assert len(asked) > 5
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert failures == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    page.close()
