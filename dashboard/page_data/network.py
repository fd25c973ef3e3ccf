"""
Network: subjects mentioned together more often than chance predicts, and relations from supplier to customer.

    stories ─── pairs against randomised networks ─┬─ subjects → places, moved apart until each name can be read
    catalog ─── relations ─────────────────────────┘
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.network import LARGEST_STORY, Network, co_mentions
from analysis.network_layout import spring_layout, without_label_overlap
from dashboard.address.params import POINT, Param, choice
from dashboard.cache.memoize import cache_many
from dashboard.cache.stories import load_story_subjects
from dashboard.page_data.page import Page, PageData
from dashboard.page_data.request import Request
from dashboard.page_data.rows import Row
from dashboard.page_data.rules import NEWEST_RULES, POSITIVE_PAIRS
from data.catalog.records import Catalog, Relation
from data.read.attention import Filters, Kind, known_subjects

SUBJECT_KINDS = {"company": "Companies", "theme": "Themes"}
PAIRS = {"beyond": "Beyond chance", "all": "All pairs"}
SHOWN = {"together": "Mentioned together", "supply": "Supplier → customer"}
MOST_EDGES = 60
FDR = 0.05
RELATION_PULL = 0.6
UNIT, LETTER, GAP = 280, 5.7, 6
"""Pixels on a page: one unit of places, one letter of a name, the gap between a circle and its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """
    edges: as Network's, with the column beats (more stories than chance predicts); left_out: pairs not drawn.

    places: index subject, columns x, y, stories, and size, the width of its circle in pixels.
    """

    edges: pd.DataFrame
    relations: tuple[Relation, ...]
    places: pd.DataFrame
    left_out: int
    aspect: float  # places lie within ±aspect and ±1


class NetworkData(PageData):
    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.kind: Kind = "theme" if request.get("kind") == "theme" else "company"
        self.unit = f"time that a story mentions a {self.kind}", f"times that a story mentions a {self.kind}"
        self.around = str(request.get("around", ""))  # the subject at the centre; "" for all
        self.only_beyond = request.get("edges", "beyond") == "beyond"
        self.shown = request.get_all("show", tuple(SHOWN))

    @property
    def subjects(self) -> list[str]:
        return known_subjects(self.request.store, self.kind)

    @property
    def other_count(self) -> tuple[str, int]:
        return "pairs beyond chance", self.beyond_chance

    @property
    def beyond_chance(self) -> int:
        """The number of pairs with more stories than chance predicts."""
        return int(beats_chance(self.network.edges, rules=self.request.rules).sum())

    @cached_property
    def network(self) -> Network:
        return load_network(self.request.url, self.kind, self.request.filters)

    def drawing(self, aspect: float) -> Drawing:
        """The network with a place for each subject, within ±aspect and ±1."""
        return _drawing(self.request, aspect)

    @cached_property
    def rows(self) -> list[Row]:
        edges = with_beats(self.network.edges, rules=self.request.rules).sort_values(["a", "b"])
        return [
            {"chart": "network", "a": edge.a, "b": edge.b, "stories": int(edge.stories),
            "beyond_chance": bool(edge.beats)}
            for edge in edges.itertuples()
        ]  # fmt: skip


@cache_many
def load_network(url: str, kind: Kind, filters: Filters) -> Network:
    """Pairs mentioned together, against two null models."""
    return co_mentions(load_story_subjects(url, kind, filters))


@cache_many
def load_pair_stories(url: str, a: str, b: str, filters: Filters) -> frozenset[int]:
    """The stories that the network counts for two subjects of a kind."""
    kind: Kind = "theme" if a.startswith("theme:") else "company"
    return pair_stories(load_story_subjects(url, kind, filters), a, b, largest=LARGEST_STORY)


@cache_many
def _drawing(request: Request, aspect: float) -> Drawing:
    page = NetworkData(request)
    supply = page.kind == "company" and "supply" in page.shown
    return drawing_of(
        page.network,
        page.network.named,
        relations_until(page.catalog, request.view.end) if supply else [],
        name_of=page.catalog.subject_name,
        beyond=page.only_beyond,
        together="together" in page.shown,
        around=page.around,
        aspect=aspect,
        rules=request.rules,
    )


def drawing_of(
    network: Network,
    counts: pd.Series,
    relations: Sequence[Relation],
    *,
    name_of: Callable[[str], str],
    beyond: bool,
    together: bool,
    around: str = "",
    aspect: float = 1.6,
    rules: int = NEWEST_RULES,
) -> Drawing:
    """
    The strongest edges and all relations, or those around one subject, with a place for each subject.

    counts: subject → stories; name_of: subject → its name, which is drawn to the right of it.
    """
    edges = with_beats(network.edges, rules=rules)
    edges = edges[edges["beats"]] if beyond else edges
    edges = edges if together else edges.iloc[:0]
    if around:
        near = {around, *edges.loc[edges["a"] == around, "b"], *edges.loc[edges["b"] == around, "a"]}
        edges = edges[edges["a"].isin(near) & edges["b"].isin(near)]
        relations = [relation for relation in relations if around in ends(relation)]
    strongest = edges.head(MOST_EDGES)
    related = {end for relation in relations for end in ends(relation)}
    subjects = sorted({*strongest["a"], *strongest["b"], *related, *([around] if around else [])})
    stories = counts.reindex(subjects).fillna(0).astype(int)
    sizes = 8 + 20 * np.sqrt(stories / max(stories.max(), 1))  # a circle's area grows with its stories
    layout = _layout(subjects, strongest, relations, aspect)
    xy = without_label_overlap(layout, _boxes(sizes, [name_of(subject) for subject in subjects]), aspect=aspect)
    places = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "stories": stories, "size": sizes}, index=stories.index)
    left_out = len(edges) - len(strongest)
    return Drawing(edges=strongest, relations=tuple(relations), places=places, left_out=left_out, aspect=aspect)


def edge_widths(edges: pd.DataFrame) -> list[float]:
    """The width of each line in pixels, the heaviest edge the widest."""
    weights = edges["weight"]
    return [round(width, 1) for width in (1 + 6 * np.sqrt(weights / weights.max())).tolist()] if len(edges) else []


def with_beats(edges: pd.DataFrame, *, rules: int = NEWEST_RULES) -> pd.DataFrame:
    """With the column beats: which edges have more stories than chance predicts."""
    return edges.assign(beats=beats_chance(edges, rules=rules))


def beats_chance(edges: pd.DataFrame, *, rules: int = NEWEST_RULES) -> np.ndarray:
    """
    Whether more stories mention both subjects than in the randomised networks, at a false discovery rate of 5 %.

    And more than their shares of the stories alone predict: a pair with a negative NPMI is mentioned together less than
    that.
    """
    q, stories, rewired, npmi = (edges[name].to_numpy() for name in ("q_rewired", "stories", "rewired", "npmi"))
    beats = (q <= FDR) & (stories > rewired) & (stories > 1)
    return beats & (npmi > 0) if rules >= POSITIVE_PAIRS else beats


def relations_until(catalog: Catalog, until: date) -> list[Relation]:
    """The catalog's relations that were reported by a day, newest first."""
    reported = (relation for relation in catalog.relations if relation.date <= until)
    return sorted(reported, key=lambda relation: relation.date, reverse=True)


def ends(relation: Relation) -> tuple[str, str]:
    """The keys of supplier and customer."""
    return f"company:{relation.supplier}", f"company:{relation.customer}"


def pair_stories(rows: pd.DataFrame, a: str, b: str, *, largest: int) -> frozenset[int]:
    """The stories of `rows` (columns story, subject) that mention both and no more than `largest` subjects."""
    both = set(rows.loc[rows["subject"] == a, "story"]) & set(rows.loc[rows["subject"] == b, "story"])
    sizes = rows.loc[rows["story"].isin(both)].groupby("story")["subject"].nunique()
    return frozenset(int(story) for story in sizes.index[sizes <= largest])


def _layout(subjects: Sequence[str], edges: pd.DataFrame, relations: Sequence[Relation], aspect: float) -> np.ndarray:
    number = {subject: n for n, subject in enumerate(subjects)}
    springs = {(number[a], number[b]): 1.0 for a, b in zip(edges["a"], edges["b"], strict=True)}
    for relation in relations:
        a, b = sorted(number[end] for end in ends(relation))
        springs.setdefault((a, b), RELATION_PULL)
    pairs = np.array(list(springs), dtype=np.int64).reshape(-1, 2)
    return spring_layout(len(subjects), pairs, np.array(list(springs.values())), aspect=aspect)


def _boxes(sizes: pd.Series, names: Sequence[str]) -> np.ndarray:
    """The extent of each subject with its name: to the left, to the right, up and down, in the unit of places."""
    half = sizes.to_numpy() / 2
    right = half + GAP + LETTER * np.array([len(name) for name in names])
    return np.column_stack([half + 1, right, np.maximum(half, 8)]) / UNIT


PAGE = Page(
    name="network",
    title="Network",
    purpose="Companies or themes mentioned together more often than chance predicts, and supplier–customer relations.",
    params={
        "kind": choice(SUBJECT_KINDS),
        "edges": choice(PAIRS),
        "show": choice(SHOWN, many=True),
        "around": Param(),
        "point": POINT,
    },
    data=NetworkData,
)
