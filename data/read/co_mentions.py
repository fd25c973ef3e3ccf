"""
Co-mentions: the subjects that one subject's stories mention too, and those of every story.

The network and the spread of shocks are computed from the latter, a hundred thousand rows: kept as numbers, put into a
frame late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, Select, func, or_, select

from data.read.attention import Filters, Kind, alive, story_conditions
from data.read.prepared import UNFILTERED, is_unfiltered, unfiltered_values
from data.schema.frames import frame_of, raw
from data.schema.models import StoryMention, Subject
from data.schema.store import Store, newest_revision


def co_mentioned(
    store: Store, subject: str, filters: Filters, kinds: Sequence[Kind] = ("company",), *, limit: int | None = 20
) -> pd.DataFrame:
    """Columns subject, stories: subjects of some kinds that the subject's stories mention too, most stories first."""
    with store.reading() as connection:
        until = newest_revision(connection) if filters.rev is None else filters.rev
        if is_unfiltered(filters):
            query, values = _unfiltered_co_mentioned(tuple(kinds)), unfiltered_values(subject, filters, until)
        else:
            query, values = _co_mentioned(connection, subject, filters, until, tuple(kinds)), {}
        rows = connection.execute(query if limit is None else query.limit(limit), values).all()
    return frame_of(rows, ["subject", "stories"])


@cache
def _unfiltered_co_mentioned(kinds: tuple[Kind, ...]) -> Select[*tuple[Any, ...]]:
    return _co_mentioned(None, *UNFILTERED, kinds)


def _co_mentioned(
    connection: Connection | None, subject: Any, filters: Filters, until: Any, kinds: tuple[Kind, ...]
) -> Select[*tuple[Any, ...]]:
    whole = (
        select(StoryMention.story_id)
        .join(Subject, Subject.id == StoryMention.subject_id)
        .where(Subject.key == subject, *story_conditions(connection, filters, until))
    )
    other = StoryMention
    # Counted by id, joined with the keys afterwards: comparing texts for ten thousand rows takes three times as long.
    counted = (
        select(other.subject_id, func.count().label("stories"))
        .where(alive(other, until), other.story_id.in_(whole))
        .group_by(other.subject_id)
        .subquery()
    )
    return (
        select(Subject.key, counted.c.stories)
        .join(counted, counted.c.subject_id == Subject.id)
        .where(or_(*(Subject.key.startswith(f"{kind}:") for kind in kinds)), Subject.key != subject)
        .order_by(counted.c.stories.desc(), Subject.key)
    )


@dataclass(frozen=True, slots=True)
class CoMentions:
    """The subjects that stories mention, one element of each array for each story and subject."""

    story: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]  # since 1970
    key: npt.NDArray[np.int64]  # the subject's index in `keys`
    keys: tuple[str, ...]  # sorted


def story_subjects(store: Store, kind: Kind, filters: Filters) -> pd.DataFrame:
    """Columns story, subject: every subject of a kind that each story mentions; the input of the network."""
    return subjects_within([co_mentions_between(store, kind, filters)], filters.start, filters.end)


def co_mentions_between(store: Store, kind: Kind, filters: Filters) -> CoMentions:
    """Every subject of a kind that each story mentions, as numbers."""
    s, of_kind = StoryMention, Subject.key.startswith(f"{kind}:")
    with store.reading() as connection:
        until = newest_revision(connection) if filters.rev is None else filters.rev
        # Ids only, and the names apart: a text for each of a hundred thousand rows takes longer than the rows.
        names = connection.execute(select(Subject.id, Subject.key).where(of_kind).order_by(Subject.key)).all()
        rows = connection.execute(
            select(s.story_id, raw(s.day), s.subject_id).where(
                s.subject_id.in_(select(Subject.id).where(of_kind)), *story_conditions(connection, filters, until)
            )
        ).all()
    story, day, ident = np.fromiter(chain.from_iterable(rows), np.int64, 3 * len(rows)).reshape(-1, 3).T
    key = pd.Index([number for number, _ in names], dtype=np.int64).get_indexer(pd.Index(ident))
    return CoMentions(story, day, key, tuple(name for _, name in names))


def subjects_within(parts: Sequence[CoMentions], start: date, end: date) -> pd.DataFrame:
    """As `story_subjects`, of the days from `start` to `end`; the parts have no row in common."""
    first, last = np.array([start, end], dtype="datetime64[D]").astype(np.int64)
    keys = sorted({key for part in parts for key in part.keys})
    number = {key: at for at, key in enumerate(keys)}
    stories, numbers = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for part in parts:
        inside = (part.day >= first) & (part.day <= last)
        stories.append(part.story[inside])
        numbers.append(np.array([number[key] for key in part.keys], dtype=np.int64)[part.key[inside]])
    story, key = np.concatenate(stories), np.concatenate(numbers)
    order = np.lexsort((key, story))
    return pd.DataFrame({"story": story[order], "subject": pd.Series(keys, dtype="str").array.take(key[order])})
