"""
Proof links made by version 0.1.0 on a store that is frozen: each must find the same data for ever.

tests/golden/store.db.xz and links.txt were written once, with the program as it was then, and are never made again.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.address.filters import Bounds, read_view
from dashboard.address.params import read_values
from dashboard.proofs.asked import Asked
from dashboard.proofs.proof import page_hash
from data.catalog import load_catalog
from data.read.attention import span
from data.schema.store import Store, open_store

GOLDEN = Path(__file__).parent / "golden"
LINKS = (GOLDEN / "links.txt").read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("golden") / "store.db"
    path.write_bytes(lzma.decompress((GOLDEN / "store.db.xz").read_bytes()))
    with open_store(path, create=False) as store:
        yield store


def page_of(link: str) -> str:
    return urlsplit(link).path.strip("/") or "overview"


@pytest.mark.parametrize("page", sorted({page_of(link) for link in LINKS}))
def test_an_old_proof_link_finds_the_same_data(frozen: Store, page: str) -> None:
    first, last = span(frozen) or pytest.fail("the frozen store is empty")
    bounds, catalog = Bounds(first_day=first, last_day=last, newest=frozen.revision()), load_catalog()
    for link in (link for link in LINKS if page_of(link) == page):
        values, ignored = read_values(page, parse_qs(urlsplit(link).query, keep_blank_values=True))
        assert not ignored, link
        view = read_view(values, bounds)
        assert page_hash(Asked(store=frozen, today=catalog, page=page, view=view, values=values)) == values["sha"], link
