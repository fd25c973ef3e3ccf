"""What the Alarms page reads, and counts by publisher, kept as in dashboard/cache/load.py: by the store's URL and a definite revision."""

from __future__ import annotations

import pandas as pd

from dashboard.cache import load
from dashboard.shaping.alarming import Rung, families_of, rung
from data.read import publishers
from data.read.attention import Filters, Kind


@load.many
def load_by_publisher(url: str, subject: str, filters: Filters) -> pd.DataFrame:
    """Columns day, publisher, stories, articles; `subject` "" means all stories."""
    return publishers.attention_by_publisher(load.store_at(url), subject or None, filters)


@load.many
def load_alarms(url: str, subjects: Kind | tuple[str, ...], filters: Filters, budget: float, min_families: int) -> Rung:
    """What rang in the filters' window, over some subjects or all of a kind."""
    families = families_of(
        lambda subject: load_by_publisher(url, subject, filters), load.catalog_at(url, filters.rev or 0).family
    )
    counts = load.days_of(url, subjects, filters)
    return rung(counts, families, start=filters.start, end=filters.end, budget=budget, min_families=min_families)
