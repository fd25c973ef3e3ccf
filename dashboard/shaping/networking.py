"""
What the Network page draws: pairs that are named together, relations from the catalog, and where each subject stands.

    network ─┬─ edges ─────┬─ subjects → places, moved apart until each name can be read
    catalog ─┴─ relations ─┘
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis.label_layout import moved_apart
from analysis.network import Network
from analysis.spring_layout import spring_layout
from data.catalog.records import Catalog, Relation

MOST_EDGES = 60
FDR = 0.05
RELATION_PULL = 0.6
UNIT, LETTER, GAP = (
    280,
    5.7,
    6,
)  # pixels on a page: of one unit of places, of a letter of a name, between a subject and its name


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """
    edges: as Network's with the column `beats`; relations; left_out: pairs not drawn.

    places: index subject, columns x, y, stories, and size, the width of its circle in pixels.
    """

    edges: pd.DataFrame
    relations: tuple[Relation, ...]
    places: pd.DataFrame
    left_out: int
    aspect: float  # places lie within ±aspect and ±1


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
) -> Drawing:
    """
    The strongest edges and all relations, or those around one subject, with a place for each subject.

    counts: subject → stories; name_of: subject → its name, which stands to the right of it.
    """
    edges = judged(network.edges)
    wanted = edges[edges["beats"]] if beyond else edges
    wanted = wanted if together else wanted.iloc[:0]
    if around:
        near = {around, *wanted.loc[wanted["a"] == around, "b"], *wanted.loc[wanted["b"] == around, "a"]}
        wanted = wanted[wanted["a"].isin(near) & wanted["b"].isin(near)]
        relations = [relation for relation in relations if around in ends(relation)]
    shown = wanted.head(MOST_EDGES)
    subjects = sorted(
        {
            *shown["a"],
            *shown["b"],
            *(end for relation in relations for end in ends(relation)),
            *([around] if around else []),
        }
    )
    stories = counts.reindex(subjects).fillna(0).astype(int)
    sizes = subject_sizes(stories)
    xy = moved_apart(
        _placed(subjects, shown, relations, aspect),
        _boxes(sizes, [name_of(subject) for subject in subjects]),
        aspect=aspect,
    )
    places = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "stories": stories, "size": sizes}, index=stories.index)
    return Drawing(
        edges=shown, relations=tuple(relations), places=places, left_out=len(wanted) - len(shown), aspect=aspect
    )


def subject_sizes(stories: pd.Series) -> pd.Series:
    """The width of each subject's circle in pixels: its area grows with its share of the most named one's stories."""
    return 8 + 20 * np.sqrt(stories / max(stories.max(), 1))


def edge_widths(edges: pd.DataFrame) -> list[float]:
    """The width of each line in pixels, the heaviest the widest."""
    weights = edges["weight"]
    return [round(width, 1) for width in (1 + 6 * np.sqrt(weights / weights.max())).tolist()] if len(edges) else []


def judged(edges: pd.DataFrame) -> pd.DataFrame:
    """With the column beats: more stories name both than when names are dealt anew, at a false discovery rate of 5 %."""
    return edges.assign(beats=beaten(edges))


def beaten(edges: pd.DataFrame) -> np.ndarray:
    """Which edges do."""
    q, stories, rewired = (edges[name].to_numpy() for name in ("q_rewired", "stories", "rewired"))
    return (q <= FDR) & (stories > rewired) & (stories > 1)


def relations_until(catalog: Catalog, until: date) -> list[Relation]:
    """The catalog's relations that were reported by then, newest first."""
    return sorted(
        (relation for relation in catalog.relations if relation.date <= until),
        key=lambda relation: relation.date,
        reverse=True,
    )


def ends(relation: Relation) -> tuple[str, str]:
    """The keys of supplier and customer."""
    return f"company:{relation.supplier}", f"company:{relation.customer}"


def pair_stories(rows: pd.DataFrame, a: str, b: str, *, largest: int) -> frozenset[int]:
    """The stories of `rows` (columns story, subject) that name both and no more than `largest` subjects."""
    both = set(rows.loc[rows["subject"] == a, "story"]) & set(rows.loc[rows["subject"] == b, "story"])
    sizes = rows.loc[rows["story"].isin(both)].groupby("story")["subject"].nunique()
    return frozenset(int(story) for story in sizes.index[sizes <= largest])


def _placed(subjects: Sequence[str], edges: pd.DataFrame, relations: Sequence[Relation], aspect: float) -> np.ndarray:
    number = {subject: n for n, subject in enumerate(subjects)}
    pairs = {(number[a], number[b]): 1.0 for a, b in zip(edges["a"], edges["b"], strict=True)}
    for relation in relations:
        a, b = sorted(number[end] for end in ends(relation))
        pairs.setdefault((a, b), RELATION_PULL)
    return spring_layout(
        len(subjects),
        np.array(list(pairs), dtype=np.int64).reshape(-1, 2),
        np.array(list(pairs.values())),
        aspect=aspect,
    )


def _boxes(sizes: pd.Series, names: Sequence[str]) -> np.ndarray:
    """How far a subject with its name reaches to the left, to the right, and up and down, in the unit of places."""
    half = sizes.to_numpy() / 2
    right = half + GAP + LETTER * np.array([len(name) for name in names])
    return np.column_stack([half + 1, right, np.maximum(half, 8)]) / UNIT
