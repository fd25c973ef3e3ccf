"""
Proof links made by version 0.1.0 on a store that is frozen: each must find the same data for ever.

tests/golden/store.db.xz and links.txt were written once, with the program as it was then, and are never made again.
"""

from __future__ import annotations

import lzma
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.address.params import read_values
from dashboard.address.view import Bounds, read_view
from dashboard.cache.stores import load_span, store_at
from dashboard.page_data import PAGES, read_page
from dashboard.page_data.request import Request

GOLDEN = Path(__file__).parent / "golden"
LINKS = (GOLDEN / "links.txt").read_text("utf-8").splitlines()


@pytest.fixture(scope="session")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("golden") / "store.db"
    path.write_bytes(lzma.decompress((GOLDEN / "store.db.xz").read_bytes()))
    return f"sqlite:///{path}"


def page_of(link: str) -> str:
    return urlsplit(link).path.strip("/") or "overview"


def request_of(url: str, link: str) -> tuple[Request, str]:
    """What an opened link asks for, and the hash that it names."""
    page, newest = page_of(link), store_at(url).revision()
    first, last = load_span(url, newest) or pytest.fail("the frozen store is empty")
    values, ignored = read_values(PAGES[page].params, parse_qs(urlsplit(link).query, keep_blank_values=True))
    assert not ignored, link
    sha, rules = values.pop("sha"), values.pop("rules", 1)
    view = read_view(values, Bounds(first_day=first, last_day=last, newest=newest))
    return Request.of(url, page, view, values, rules=rules), sha


@pytest.mark.parametrize("page", sorted({page_of(link) for link in LINKS}))
def test_an_old_proof_link_finds_the_same_data(frozen: str, page: str) -> None:
    for link in (link for link in LINKS if page_of(link) == page):
        request, sha = request_of(frozen, link)
        assert read_page(request).sha256 == sha, link
