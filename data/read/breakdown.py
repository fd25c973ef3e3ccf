"""
The breakdown of a subject's stories by company or sub-theme: each story counts under the part that it is most about.

    a subject's stories → every subject that they mention (Breakdown) → one part for each story
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, Select, select

from data.read.attention import Filters, Kind, alive, story_conditions
from data.read.prepared import UNFILTERED, is_unfiltered, unfiltered_values
from data.schema.frames import days_of, raw
from data.schema.models import StoryMention, Subject
from data.schema.store import Store, newest_revision

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A subject's stories, in the order of their ids, and all subjects that they mention."""

    story: Ints
    day: Ints  # since 1970
    mentioned_in: Ints  # the story of each mention
    key: Ints  # the index in `keys` of the subject that it mentions
    relevance: Ints
    keys: tuple[str, ...]  # of all subjects, sorted


def split_by_day(store: Store, subject: str, filters: Filters, by: Kind) -> pd.DataFrame:
    """
    Columns day, part, stories: a subject's stories by the company or sub-theme that each is most about.

    Each story counts once, under one part ("" when it names none), so the parts add up to the subject's attention.
    """
    with store.reading() as connection:
        parts = story_parts(connection, subject, filters, by)
    return parts.groupby(["day", "part"], as_index=False).agg(stories=("story", "size"))


def story_parts(connection: Connection, subject: str, filters: Filters, by: Kind) -> pd.DataFrame:
    """Columns story, day, part: each story of the subject, under the part that it is most about (ties: first key)."""
    return parts_of(breakdown_of(connection, subject, filters), subject, by)


def breakdown_of(connection: Connection, subject: str, filters: Filters) -> Breakdown:
    """The subjects that a subject's stories mention. All kinds at once: finding the rows takes most of the time."""
    until = newest_revision(connection) if filters.rev is None else filters.rev
    if is_unfiltered(filters):
        queries, values = _UNFILTERED, unfiltered_values(subject, filters, until)
    else:
        queries, values = _queries(connection, subject, filters, until), {}
    stories, mentioned = (connection.execute(query, values).all() for query in queries)
    keys = sorted(connection.execute(select(Subject.id, Subject.key)).all(), key=lambda row: row[1])
    story, day = _columns(stories, 2)
    mentioned_in, ident, relevance = _columns(mentioned, 3)
    order = np.argsort(story)
    key = pd.Index([number for number, _ in keys], dtype=np.int64).get_indexer(pd.Index(ident))
    return Breakdown(story[order], day[order], mentioned_in, key, relevance, tuple(name for _, name in keys))


def _queries(
    connection: Connection | None, subject: Any, filters: Filters, until: Any
) -> tuple[Select[*tuple[Any, ...]], ...]:
    """The query of the stories, and that of the subjects that they mention."""
    s, other = StoryMention, StoryMention.__table__.alias().c
    conditions = [Subject.key == subject, *story_conditions(connection, filters, until)]
    whole = select(s.story_id).join(Subject, Subject.id == s.subject_id).where(*conditions)
    # From the stories to their subjects: the other way round, each story would be looked up under each of 300
    # companies.
    mentioned = select(other.story_id, other.subject_id, other.relevance).where(
        other.story_id.in_(whole), alive(other, until)
    )
    return whole.add_columns(raw(s.day)), mentioned


_UNFILTERED = _queries(None, *UNFILTERED)


def _columns(rows: Any, number: int) -> npt.NDArray[np.int64]:
    return np.fromiter(chain.from_iterable(rows), np.int64, number * len(rows)).reshape(-1, number).T


def parts_of(breakdown: Breakdown, subject: str, by: Kind) -> pd.DataFrame:
    """As `story_parts`."""
    prefix = f"subtheme:{subject.partition(':')[2]}." if by == "subtheme" else f"{by}:"
    of_kind = np.array([name.startswith(prefix) and name != subject for name in breakdown.keys], dtype=bool)
    rows = of_kind[breakdown.key]
    story, key = breakdown.mentioned_in[rows], breakdown.key[rows]
    order = np.lexsort((key, -breakdown.relevance[rows], story))
    first = order[np.diff(story[order], prepend=-1) != 0]
    part = np.full(len(breakdown.story), len(breakdown.keys))  # none
    part[np.searchsorted(breakdown.story, story[first])] = key[first]
    names = pd.array([*breakdown.keys, ""], dtype="str")
    columns = {"story": breakdown.story, "day": days_of(breakdown.day), "part": names.take(part)}  # type: ignore[arg-type]
    return pd.DataFrame(columns, copy=False)
