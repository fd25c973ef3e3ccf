"""Read what the first page reads before anybody asks for it."""

from __future__ import annotations

from dashboard.address.view import read_view
from dashboard.cache.stores import shown_store, shown_url
from dashboard.charts import overtime  # noqa: F401 (imported here so that no reader waits for it)
from dashboard.components import panel  # noqa: F401 (imported here so that no reader waits for it)
from dashboard.page_data import read_page
from dashboard.page_data.overview import OverviewData
from dashboard.page_data.request import Request
from data.errors import ChokepointError


def read_first_page() -> None:
    """
    Open the store and compute the Overview page's data; an error of the store is shown on the page.

    A sample that is not there begins to be built, and this does not wait for it.
    """
    try:
        url = shown_url()
        shown = shown_store(url)
        if shown.bounds.newest:
            view = read_view({"rev": shown.bounds.newest}, shown.bounds)
            page = read_page(Request.of(url, "overview", view))
            assert isinstance(page, OverviewData)
            page.shown_companies, page.company_moves, page.theme_moves  # noqa: B018 (computed when first asked for)
    except ChokepointError:
        return
