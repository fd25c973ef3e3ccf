"""
In a real browser over the sample: every export of every page says what it is, and leads back to a view that verifies.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest
from browsing import needs_browser, settle
from pptx import Presentation

from dashboard.exports.provenance import link_in

pytestmark = [pytest.mark.browser, needs_browser]

FILES = {"CSV": "csv", "Excel": "xlsx", "PowerPoint": "pptx", "Web page": "html", "Parquet": "parquet", "PNG": "png"}
PAGES = {
    "overview": "/?from=2026-03-01",
    "company": "/company?company=nvidia&grain=month",
    "compare": "/compare?measure=stories",
    "network": "/network?relevance=20",
    "lead_lag": "/lead_lag?about=company%3Anvidia",
    "events": "/events?threshold=3",
    "alarms": "/alarms?budget=5&families=1",
    "sources": "/sources?lang=en",
}
TABLES = {
    "articles": ("/articles?q=HBM", "articles", ["Data", "Method", "Evidence"]),
    "ranking": ("/?from=2026-03-01", "rank_company", ["Data", "Method", "Evidence"]),
    "relations": ("/network?from=2026-01-01", "relations", ["Data", "Method"]),
    "beside theme": ("/theme?theme=memory&from=2026-03-01", "counts_company", ["Data", "Method", "Evidence"]),
    "beside company": ("/company?company=nvidia&from=2026-03-01", "counts_theme", ["Data", "Method", "Evidence"]),
    "part shock": ("/events?threshold=2", "spread", []),
    "part family": ("/lead_lag?mode=all", "family", ["Data", "Method"]),
}
DRAWN = {"overview": "xl/worksheets/sheet1.xml", "network": "xl/media/image1.png"}
"""What a workbook has for the pages without a native chart: cells with colours, a picture."""
SAID = ["Unit: ", "Filters: ", "Source: ", "Method: ", "As of: revision 2", "SAMPLE DATA"]


def saved(page: Any, button: Any) -> tuple[str, bytes]:
    with page.expect_download(timeout=60_000) as download:
        button.click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def words_in(name: str, content: bytes) -> str:
    """All text of a file, as its reader would find it."""
    if name.endswith((".xlsx", ".pptx")):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            text = " ".join(
                archive.read(member).decode("utf-8") for member in archive.namelist() if member.endswith(".xml")
            )
            return text.replace("</t></si>", " ").replace(":</a:t>", ": ")
    return content.decode("utf-8", "replace")


@pytest.mark.parametrize("name", list(PAGES))
def test_every_export_of_a_page_says_what_it_is_and_leads_back(address: str, page: Any, name: str) -> None:
    page.goto(address + PAGES[name])
    page.locator("[class*=st-key-export_] button").first.wait_for(timeout=60_000)
    settle(page)
    page.locator("[class*=st-key-export_] button").first.click()
    page.get_by_role("button", name="PNG", exact=True).first.wait_for(timeout=60_000)
    links = set()
    for label, ending in FILES.items():
        file, content = saved(page, page.get_by_role("button", name=label, exact=True).first)
        assert file.endswith(f".{ending}")
        links.add(link_in(content))
        text = words_in(file, content)
        missing = [said for said in SAID if said.split(":")[0] not in text]
        assert not missing, (file, missing)
        if ending == "pptx":
            shapes = Presentation(io.BytesIO(content)).slides[0].shapes
            assert [shape for shape in shapes if shape.has_chart or shape.has_table or hasattr(shape, "image")]
        if ending == "xlsx":
            assert DRAWN.get(name, "xl/charts/chart1.xml") in zipfile.ZipFile(io.BytesIO(content)).namelist()
    (link,) = links
    assert urlsplit(link).path == PAGES[name].partition("?")[0]
    page.goto(address + link)
    page.wait_for_selector(".st-key-proof_ok", timeout=60_000)


@pytest.mark.parametrize("name", list(TABLES))
def test_a_table_is_exported_with_its_words_and_leads_back(address: str, page: Any, name: str) -> None:
    path, key, sheets = TABLES[name]
    page.goto(address + path)
    if key == "family":  # its analyses count, so the reader starts them
        page.locator(".st-key-count_all button").click(timeout=60_000)
    menu = page.locator(f".st-key-export_{key} button")
    menu.wait_for(timeout=90_000)
    settle(page)
    menu.click()
    page.get_by_role("button", name="Parquet", exact=True).first.wait_for(timeout=60_000)
    links = set()
    for label in ("CSV", "Excel") if " " in name else ("CSV", "Excel", "Web page", "Parquet"):
        file, content = saved(page, page.get_by_role("button", name=label, exact=True).first)
        links.add(link_in(content))
        assert all(said.split(":")[0] in words_in(file, content) for said in SAID), file
        if label == "Excel" and sheets:
            book = openpyxl.load_workbook(io.BytesIO(content))
            assert book.sheetnames == sheets
            if key.startswith("counts_"):
                counted = [row[2] for row in book["Data"].iter_rows(min_row=2, values_only=True)]
                assert len(counted) > 3 and sum(counted) == book["Evidence"].max_row - 1
    (link,) = links
    assert link is not None and ("part=" in link) == ("part" in name)
    page.goto(address + link)
    page.wait_for_selector(".st-key-proof_ok", timeout=90_000)


def test_the_network_is_saved_as_an_svg_that_leads_back(address: str, page: Any) -> None:
    page.goto(f"{address}/network?kind=theme&edges=all")
    page.locator(".st-key-export_network button").click()
    _, content = saved(page, page.get_by_role("button", name="SVG", exact=True).first)
    assert all(said.split(":")[0] in content.decode() for said in SAID)
    assert (link_in(content) or "").startswith("/network?")
    page.set_content(content.decode())
    assert page.locator("svg circle").count() > 4


@pytest.mark.parametrize("path", ["/theme?theme=memory&measure=stories", "/company?company=nvidia"])
def test_a_brief_prints_on_one_page_and_leads_back(address: str, page: Any, path: str, tmp_path: Path) -> None:
    page.goto(address + path)
    page.locator("[class*=st-key-export_] button").first.wait_for(timeout=60_000)
    settle(page)
    page.locator("[class*=st-key-export_] button").first.click()
    button = page.get_by_role("button", name="Brief, one page", exact=True).first
    button.wait_for(timeout=60_000)
    file, content = saved(page, button)
    assert (link_in(content) or "").startswith(path.partition("&")[0].partition("?")[0])
    (tmp_path / file).write_bytes(content)
    page.goto(f"file://{tmp_path / file}")
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print or save as PDF").click()
    assert page.title() == "printed"
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
