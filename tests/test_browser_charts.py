"""In a real browser: a chart marks its chosen point, its tools cover nothing, a ranked table keeps its rank."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import go, needs_browser, running_app, settle
from more_pages import fill
from PIL import Image

from dashboard.components.custom import ASSETS, GO

pytestmark = [pytest.mark.browser, needs_browser]

CHART = ".st-key-panel_{} .js-plotly-plot"
TALLEST = """selector => {
  const chart = document.querySelector(selector)
  const trace = chart.data.findIndex(trace => trace.type === "bar" && trace.customdata?.length)
  const bars = [...chart.querySelectorAll(".barlayer .trace")][trace].querySelectorAll("path")
  const boxes = [...bars].map(bar => bar.getBoundingClientRect())
  const n = boxes.findIndex(({ height }) => height === Math.max(...boxes.map(box => box.height)))
  const { x, y, width, height } = boxes[n]
  return { point: String(chart.data[trace].customdata[n]), x, y, width, height }
}"""
OPACITIES = (
    "selector => [...document.querySelectorAll(selector + ' .barlayer path')].map(bar => bar.style.opacity || '1')"
)
TABLE = """async ([code, json]) => {
  const { default: draw } = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })))
  const parentElement = document.createElement("div")
  parentElement.innerHTML = "<table></table>"
  document.body.append(parentElement)
  draw({ data: { json }, parentElement, setTriggerValue() {} })
  const names = () => [...parentElement.querySelectorAll("tbody tr")].map(row => row.cells[0].innerText)
  const first = names()
  parentElement.querySelectorAll("thead button")[1].click()
  return [first, names()]
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = Path(tmp_path_factory.mktemp("charts") / "store.db")
    fill(path)
    with running_app(path) as served:
        yield served


def middle(box: dict[str, Any]) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_reopened_link_marks_the_bar_whose_stories_it_lists(address: str, page: Any) -> None:
    selector = CHART.format("attention")
    go(page, f"{address}/company?company=micron&grain=month")
    bar = page.evaluate(TALLEST, selector)
    go(page, f"{address}/company?company=micron&grain=month&point=attention.{bar['point']}")
    frame = page.locator(f"{selector} .cp-chosen")
    frame.wait_for(timeout=20_000)
    settle(page)
    assert middle(frame.bounding_box()) == pytest.approx(middle(page.evaluate(TALLEST, selector)), abs=2)


def test_a_click_on_a_heat_cell_frames_it_and_fades_no_other(address: str, page: Any) -> None:
    selector = CHART.format("heat")
    go(page, f"{address}/?grain=month")
    page.mouse.click(*middle(page.evaluate(TALLEST, selector)))
    page.wait_for_selector(".cp-receipts-head", timeout=20_000)
    page.locator(f"{selector} .cp-chosen").wait_for(timeout=20_000)
    assert set(page.evaluate(OPACITIES, selector)) == {"1"}


@pytest.mark.parametrize("path", ["company?company=micron", "compare"])
def test_the_tools_of_a_chart_stand_beside_its_plot(address: str, page: Any, path: str) -> None:
    go(page, f"{address}/{path}")
    chart = page.locator(CHART.format("attention"))
    chart.hover()
    plot = chart.locator(".nsewdrag").first.bounding_box()
    tools = [button.bounding_box() for button in chart.locator(".modebar-btn").all()]
    assert len(tools) >= 2
    assert all(tool["x"] >= plot["x"] + plot["width"] for tool in tools)


def test_a_png_is_as_wide_and_high_as_a_slide(address: str, page: Any) -> None:
    go(page, f"{address}/company?company=micron")
    page.locator(".st-key-export_attention button").first.click()
    with page.expect_download(timeout=30_000) as coming:
        page.get_by_role("button", name="PNG", exact=True).click()
    with Image.open(coming.value.path()) as picture:
        assert picture.size == (2 * 1280, 2 * 720)


def test_a_ranked_table_keeps_its_rank_until_its_reader_sorts_it(page: Any) -> None:
    page.goto("about:blank")
    cells = [("many stories", 2.0), ("one story", 9.0)]
    rows = [{"href": "/", "cells": [{"text": name}, {"text": str(z), "sort": z}]} for name, z in cells]
    columns = [{"label": "Name", "kind": "text"}, {"label": "z", "kind": "number"}]
    order = {"column": 1, "down": True, "given": True}
    table = json.dumps({"caption": "Ranking", "columns": columns, "rows": rows, "sorted": order})
    code = GO + (ASSETS / "table.js").read_text("utf-8")
    assert page.evaluate(TABLE, [code, table]) == [["many stories", "one story"], ["one story", "many stories"]]
