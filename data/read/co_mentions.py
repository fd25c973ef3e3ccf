"""
Who is named together: with one subject, and every subject with every other.

The latter is what the network and the spread of shocks are made from: a hundred thousand rows, so they are kept as numbers and put
into a frame late.
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
from data.read.prepared import PLAIN, is_plain, plain_values
from data.schema.frames import frame_of, raw
from data.schema.models import StoryMention, Subject
from data.schema.store import Store, newest_revision


def co_named(
    store: Store, subject: str, filters: Filters, kinds: Sequence[Kind] = ("company",), *, limit: int | None = 20
) -> pd.DataFrame:
    """Columns subject, stories: the subjects of some kinds that the subject's stories name too, most stories first."""
    with store.reading() as connection:
        until = newest_revision(connection) if filters.rev is None else filters.rev
        if is_plain(filters):
            query, values = _plain_co_named(tuple(kinds)), plain_values(subject, filters, until)
        else:
            query, values = _co_named(connection, subject, filters, until, tuple(kinds)), {}
        rows = connection.execute(query if limit is None else query.limit(limit), values).all()
    return frame_of(rows, ["subject", "stories"])


@cache
def _plain_co_named(kinds: tuple[Kind, ...]) -> Select[*tuple[Any, ...]]:
    return _co_named(None, *PLAIN, kinds)


def _co_named(
    connection: Connection | None, subject: Any, filters: Filters, until: Any, kinds: tuple[Kind, ...]
) -> Select[*tuple[Any, ...]]:
    whole = (
        select(StoryMention.story_id)
        .join(Subject, Subject.id == StoryMention.subject_id)
        .where(Subject.key == subject, *story_conditions(connection, filters, until))
    )
    other = StoryMention
    # Counted by number, named afterwards: a text compared for each of ten thousand rows takes three times as long.
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
class Named:
    """Which stories name which subjects, a row each: the story, the day (since 1970), the place of the subject among the keys."""

    story: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    keys: tuple[str, ...]  # in order


def story_subjects(store: Store, kind: Kind, filters: Filters) -> pd.DataFrame:
    """Columns story, subject: every subject of a kind that each story names; what the network is made from."""
    return subjects_within([named_subjects(store, kind, filters)], filters.start, filters.end)


def named_subjects(store: Store, kind: Kind, filters: Filters) -> Named:
    """Every subject of a kind that each story names, as numbers."""
    s, of_kind = StoryMention, Subject.key.startswith(f"{kind}:")
    with store.reading() as connection:
        until = newest_revision(connection) if filters.rev is None else filters.rev
        # Numbers, and the names here: a text for each of a hundred thousand rows takes longer than the rows.
        names = connection.execute(select(Subject.id, Subject.key).where(of_kind).order_by(Subject.key)).all()
        rows = connection.execute(
            select(s.story_id, raw(s.day), s.subject_id).where(
                s.subject_id.in_(select(Subject.id).where(of_kind)), *story_conditions(connection, filters, until)
            )
        ).all()
    found = np.fromiter(chain.from_iterable(rows), np.int64, 3 * len(rows)).reshape(-1, 3)
    place = pd.Index([ident for ident, _ in names], dtype=np.int64).get_indexer(pd.Index(found[:, 2]))
    return Named(found[:, 0], found[:, 1], place, tuple(key for _, key in names))


def subjects_within(parts: Sequence[Named], start: date, end: date) -> pd.DataFrame:
    """As `story_subjects`, of the days from `start` to `end`; the parts have no row in common."""
    first, last = np.array([start, end], dtype="datetime64[D]").astype(np.int64)
    keys = sorted({key for part in parts for key in part.keys})
    number = {key: place for place, key in enumerate(keys)}
    stories, places = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for part in parts:
        inside = (part.day >= first) & (part.day <= last)
        stories.append(part.story[inside])
        places.append(np.array([number[key] for key in part.keys], dtype=np.int64)[part.place[inside]])
    story, place = np.concatenate(stories), np.concatenate(places)
    order = np.lexsort((place, story))
    return pd.DataFrame({"story": story[order], "subject": pd.Series(keys, dtype="str").array.take(place[order])})
