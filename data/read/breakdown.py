"""
Which part of a subject each of its stories is most about.

    a subject's stories → every subject that they name (Naming) → by company or by sub-theme, one part a story
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
from data.read.prepared import PLAIN, is_plain, plain_values
from data.schema.frames import days_of, raw
from data.schema.models import StoryMention, Subject
from data.schema.store import Store, newest_revision

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Naming:
    """A subject's stories, in order of their number, and whom they name: a row a story and subject, as places among the keys."""

    story: Ints
    day: Ints  # since 1970
    named_in: Ints
    place: Ints
    relevance: Ints
    keys: tuple[str, ...]  # in order


def split_by_day(store: Store, subject: str, filters: Filters, by: Kind) -> pd.DataFrame:
    """
    Columns day, part, stories: a subject's stories by the company or sub-theme that each is most about.

    Each story counts once, under one part ("" when it names none), so the parts add up to the subject's attention.
    """
    with store.reading() as connection:
        parts = story_parts(connection, subject, filters, by)
    return parts.groupby(["day", "part"], as_index=False).agg(stories=("story", "size"))


def story_parts(connection: Connection, subject: str, filters: Filters, by: Kind) -> pd.DataFrame:
    """Columns story, day, part: one row a story of the subject, under the part that it is most about (ties: the first by key)."""
    return parts_of(naming_of(connection, subject, filters), subject, by)


def naming_of(connection: Connection, subject: str, filters: Filters) -> Naming:
    """Whom the subject's stories name. Of all kinds at once: most of the time goes into finding a story's rows."""
    until = newest_revision(connection) if filters.rev is None else filters.rev
    if is_plain(filters):
        questions, values = _PLAIN, plain_values(subject, filters, until)
    else:
        questions, values = _questions(connection, subject, filters, until), {}
    stories, named = (connection.execute(question, values).all() for question in questions)
    keys = sorted(connection.execute(select(Subject.id, Subject.key)).all(), key=lambda row: row[1])
    story, day = _columns(stories, 2)
    named_in, ident, relevance = _columns(named, 3)
    order = np.argsort(story)
    place = pd.Index([number for number, _ in keys], dtype=np.int64).get_indexer(pd.Index(ident))
    return Naming(story[order], day[order], named_in, place, relevance, tuple(key for _, key in keys))


def _questions(
    connection: Connection | None, subject: Any, filters: Filters, until: Any
) -> tuple[Select[*tuple[Any, ...]], ...]:
    """Of the stories, and of whom they name."""
    s, other = StoryMention, StoryMention.__table__.alias().c
    conditions = [Subject.key == subject, *story_conditions(connection, filters, until)]
    whole = select(s.story_id).join(Subject, Subject.id == s.subject_id).where(*conditions)
    # From the stories to whom they name: joined the other way round, each story would be looked up under each of 300 companies.
    named = select(other.story_id, other.subject_id, other.relevance).where(
        other.story_id.in_(whole), alive(other, until)
    )
    return whole.add_columns(raw(s.day)), named


_PLAIN = _questions(None, *PLAIN)


def _columns(rows: Any, number: int) -> npt.NDArray[np.int64]:
    return np.fromiter(chain.from_iterable(rows), np.int64, number * len(rows)).reshape(-1, number).T


def parts_of(naming: Naming, subject: str, by: Kind) -> pd.DataFrame:
    """As `story_parts`."""
    prefix = f"subtheme:{subject.partition(':')[2]}." if by == "subtheme" else f"{by}:"
    of_kind = np.array([key.startswith(prefix) and key != subject for key in naming.keys], dtype=bool)
    rows = of_kind[naming.place]
    story, place = naming.named_in[rows], naming.place[rows]
    order = np.lexsort((place, -naming.relevance[rows], story))
    first = order[np.diff(story[order], prepend=-1) != 0]
    part = np.full(len(naming.story), len(naming.keys))  # none
    part[np.searchsorted(naming.story, story[first])] = place[first]
    names = pd.array([*naming.keys, ""], dtype="str")
    return pd.DataFrame({"story": naming.story, "day": days_of(naming.day), "part": names.take(part)}, copy=False)  # type: ignore[arg-type]
