"""
Pages' data: one module a page, the only place where its numbers are made.

    request → read_page → PageData → drawn (views/), hashed (proofs/), written (exports/), answered (api/)

A new page is a module here with its PAGE, a line in PAGES, and a script of the same name in views/.
"""

from __future__ import annotations

from dashboard.cache.memoize import memoize
from dashboard.page_data import (
    alarms,
    articles,
    catalog,
    company,
    compare,
    lead_lag,
    network,
    overview,
    saved,
    sources,
    spillover,
    theme,
)
from dashboard.page_data.page import Page, PageData
from dashboard.page_data.request import Request

PAGES: dict[str, Page] = {
    module.PAGE.name: module.PAGE
    for module in (
        overview, theme, company, compare, network, lead_lag, spillover, alarms, articles, sources, catalog, saved,
    )
}  # fmt: skip
"""Every page by its address, in the order of the menu."""


@memoize(64)
def read_page(request: Request) -> PageData:
    """The data of a page, or of one of its parts. KeyError for a page without any."""
    page = PAGES[request.page]
    data = page.parts.get(request.part, page.data)
    if data is None:
        raise KeyError(request.page)
    return data(request)
