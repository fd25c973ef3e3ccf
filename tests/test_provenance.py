"""An exported file finds the view that it came from; a hostile one finds nothing and costs nothing."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.exports.chart_data import chart_data_of
from dashboard.exports.export import csv_bytes, parquet_bytes
from dashboard.exports.provenance import LARGEST, PNG, link_in, path_in_app
from dashboard.exports.slides import pptx_bytes
from dashboard.exports.spreadsheet import xlsx_bytes
from dashboard.exports.webpage import html_bytes
from exported import LINK, PERIODS, WORDS, chart, evidence

PATH = LINK.removeprefix("https://desk.example")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*texts: bytes) -> bytes:
    said = b"".join(chunk(b"tEXt", text) for text in texts)
    return PNG + chunk(b"IHDR", bytes(13)) + said + chunk(b"IDAT", bytes(99)) + chunk(b"IEND", b"")


def files() -> dict[str, bytes]:
    drawn, rows = chart_data_of(chart(), PERIODS), evidence(["# Link: https://evil.example/theme?theme=optics"])
    return {
        "csv": csv_bytes(rows, WORDS),
        "xlsx": xlsx_bytes(drawn, PERIODS, WORDS, rows),
        "pptx": pptx_bytes(drawn, WORDS),
        "parquet": parquet_bytes(PERIODS, WORDS),
        "html": html_bytes(chart(), WORDS, PERIODS, rows),
        "png": png(b"Software\0other", b"chokepoint\0" + LINK.encode()),
        "svg": f'<svg xmlns="x"><g/><metadata id="chokepoint">{LINK.replace("&", "&amp;")}</metadata></svg>'.encode(),
    }


@pytest.fixture(scope="module")
def exported() -> dict[str, bytes]:
    return files()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pptx", "parquet", "html", "png", "svg"])
def test_each_kind_of_export_opens_its_view_whatever_it_is_named(exported: dict[str, bytes], kind: str) -> None:
    assert link_in(exported[kind]) == PATH


def test_a_csv_saved_again_by_a_spreadsheet_is_still_known() -> None:
    assert link_in(f'"# Memory"\r\n"# Link: {LINK}"\r\na,b\r\n'.encode("utf-8-sig")) == PATH


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("https://evil.example/theme?theme=memory&next=//evil", "/theme?theme=memory"),
        ("https://desk.example/", None),
        ("https://desk.example/?from=2026-01-01", "/?from=2026-01-01"),
        ("https://desk.example/base/company?company=micron", "/company?company=micron"),
        ("//evil.example/theme?theme=memory", "/theme?theme=memory"),
        (
            "https://desk.example/theme?theme=%2F%2Fevil&theme=%0d%0aSet-Cookie:x",
            "/theme?theme=%2F%2Fevil&theme=%0D%0ASet-Cookie%3Ax",
        ),
        ("https://desk.example/s/token", None),
        ("https://desk.example/api/v1/attention?subject=x", None),
        ("https://desk.example/%2f%2fevil", None),
        ("https://desk.example//evil.example", None),
        ("https://[evil", None),
        ("javascript:alert(1)", None),
        ("https://desk.example/theme?" + "a=1&" * 4000, None),
        ("https://desk.example/theme?" + "&".join(["q=1"] * 400), None),
    ],
)
def test_only_our_own_pages_and_parameters_are_taken(link: str, path: str | None) -> None:
    assert path_in_app(link) == path


def test_every_path_stays_within_the_app() -> None:
    for link in ("https:evil/theme", "/\\evil/theme?theme=a", "https://a@b/theme", "\\\\evil\\theme"):
        assert (path_in_app(link) or "/theme").startswith("/theme")


@given(st.binary(max_size=400), st.sampled_from([b"", PNG, b"PK\x03\x04", b"PAR1", b"<svg>"]))
def test_any_bytes_are_answered_without_an_error(content: bytes, start: bytes) -> None:
    assert link_in(start + content) is None


def test_a_cut_file_is_answered_without_an_error(exported: dict[str, bytes]) -> None:
    for content in exported.values():
        for cut in range(0, len(content), max(len(content) // 40, 1)):
            assert link_in(content[:cut]) in (None, PATH)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/core.xml", b" " * (300 * 2**20))
    return out.getvalue()


def many_members() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(6_000):
            archive.writestr(f"{number}", b"")
        archive.writestr("docProps/core.xml", f"<dc:description>{LINK}</dc:description>")
    return out.getvalue()


def entities() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "docProps/core.xml",
            '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><dc:description>&x;</dc:description>',
        )
    return out.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_damaged_spreadsheet_is_answered_without_an_error(method: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("docProps/core.xml", f"<dc:description>{LINK}</dc:description>" + "<a/>" * 50)
    whole = packed.getvalue()
    assert link_in(whole)
    for at in range(4, len(whole)):
        link_in(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])


def test_a_parameter_that_begins_like_an_entity_stays_itself() -> None:
    link = b"https://host/company?company=nvidia&currency=own"
    assert link_in(b"# Link: " + link + b"\n") == "/company?company=nvidia&currency=own"


@pytest.mark.parametrize(
    "make",
    [
        bomb,
        many_members,
        entities,
        lambda: PNG + struct.pack(">I", 2**32 - 1) + b"tEXt" + b"chokepoint\0" + b"a" * 100_000,
        lambda: PNG + chunk(b"tEXt", b"") * 100_000,
        lambda: b"# Link: https://" + b"a" * 30_000_000,
        lambda: b'<metadata id="chokepoint">' * 1_000_000,
        lambda: b"x" * (LARGEST + 1),
        lambda: b"PK\x03\x04" * 5_000_000,
    ],
)
def test_a_hostile_file_is_refused_quickly(make: Callable[[], bytes]) -> None:
    content = make()
    began = time.perf_counter()
    assert link_in(content) is None
    assert time.perf_counter() - began < 2


def test_a_spreadsheet_without_our_words_opens_nothing() -> None:
    out = io.BytesIO()
    pd.DataFrame({"a": [1]}).to_excel(out, engine="xlsxwriter")
    assert link_in(out.getvalue()) is None
