"""What the Network page and the pairs of other pages read, kept: who is named together, and where each is drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from analysis.network import LARGEST_STORY, Network, co_mentions
from dashboard.cache import load
from dashboard.shaping.networking import Drawing, drawing_of, pair_stories, relations_until
from data.read.attention import Filters, Kind
from data.read.co_mentions import Named, named_subjects, subjects_within


@load.many
def load_story_subjects(url: str, kind: Kind, filters: Filters) -> pd.DataFrame:
    """Columns story, subject: every subject of a kind that each story names."""
    years = range(filters.start.year, filters.end.year + 1)
    named = [keep_named(url, kind, replace(filters, start=date(y, 1, 1), end=date(y, 12, 31))) for y in years]
    return subjects_within(named, filters.start, filters.end)


@load.few
def keep_named(url: str, kind: Kind, filters: Filters) -> Named:
    """A year's, so that other dates in it read nothing."""
    return named_subjects(load.store_at(url), kind, filters)


@load.many
def load_network(url: str, kind: Kind, filters: Filters) -> Network:
    """Who is named together, against two nulls."""
    return co_mentions(load_story_subjects(url, kind, filters))


@load.many
def load_drawing(
    url: str, kind: Kind, filters: Filters, *, beyond: bool, together: bool, supply: bool, around: str, aspect: float
) -> Drawing:
    """The network with a place for each subject."""
    network, catalog = load_network(url, kind, filters), load.catalog_at(url, filters.rev or 0)
    relations = relations_until(catalog, filters.end) if supply else []
    return drawing_of(
        network,
        network.named,
        relations,
        name_of=catalog.subject_name,
        beyond=beyond,
        together=together,
        around=around,
        aspect=aspect,
    )


@load.many
def load_pair_stories(url: str, a: str, b: str, filters: Filters) -> frozenset[int]:
    """The stories that the network counts for two subjects of a kind."""
    rows = load_story_subjects(url, a.partition(":")[0], filters)  # type: ignore[arg-type]
    return pair_stories(rows, a, b, largest=LARGEST_STORY)
