"""
Pages' data: one module a page, the only place where a page's numbers are computed.

    request → read_page → PageData → drawn (views/), hashed (proofs/), written (exports/), answered (api/)

A new page is a module here with its PAGE, a line in PAGES, and a script of the same name in views/.
"""

from __future__ import annotations

from dashboard.cache.memoize import memoize
from dashboard.page_data import (
    alarms,
    articles,
    company,
    compare,
    lead_lag,
    network,
    overview,
    sources,
    spillover,
    theme,
)
from dashboard.page_data.page import Page, PageData
from dashboard.page_data.request import Request

CATALOG = Page(
    name="catalog",
    title="Catalog",
    purpose="The words that link stories to themes and companies: edit them, preview the effect, correct a link.",
    has_grain=True,
)
SAVED = Page(
    name="saved",
    title="Saved views",
    purpose="Saved and shared views, when their short links expire, and the view of an exported file.",
)
PAGES: dict[str, Page] = {
    page.name: page
    for page in (
        overview.PAGE, theme.PAGE, company.PAGE, compare.PAGE, network.PAGE, lead_lag.PAGE, spillover.PAGE,
        alarms.PAGE, articles.PAGE, sources.PAGE, CATALOG, SAVED,
    )
}  # fmt: skip
"""Every page by its address, in the order of the menu."""


@memoize(64)
def read_page(request: Request) -> PageData:
    """The data of a page, or of one of its parts. KeyError for a page without data."""
    page = PAGES[request.page]
    data = page.parts.get(request.part, page.data)
    if data is None:
        raise KeyError(request.page)
    return data(request)
