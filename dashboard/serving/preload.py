"""Reading what the first page reads before anybody asks for it."""

from __future__ import annotations

from analysis.attention import Grain
from dashboard.address.filters import read_view
from dashboard.cache import load, opening
from dashboard.charts import overtime as charts  # noqa: F401 (imported here so that no reader waits for them)
from dashboard.components import panel  # noqa: F401 (imported here so that no reader waits for them)
from dashboard.shaping import rankings
from data.errors import ChokepointError
from data.schema.store import sample_url

GRAIN: Grain = "week"


def read_first_page() -> None:
    """Open the store and fill the caches of the Overview page; a store that cannot be opened is said on the page."""
    try:
        url = load.shown_url()
        if url == sample_url():
            opening.filled_sample(url)
        shown = load.shown_store(url)
        filters = shown.filters(read_view({}, shown.bounds))
        load.the_catalog()
        load.load_cells(url, "theme", filters, GRAIN, ranges=False)
        load.load_cells(url, "company", filters, GRAIN, judged=1, most=rankings.MOST_COMPANIES, ranges=False)
        load.load_prices(url, (), filters.start, filters.end, filters.rev or 0)
    except ChokepointError:
        return
