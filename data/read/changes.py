"""What became known between two revisions, and why: the difference between a chart as known then and as known now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select
from sqlalchemy.orm import aliased

from data.read.attention import Filters, Kind, alive, story_conditions
from data.schema.bulk import in_parts
from data.schema.frames import frame_of, raw
from data.schema.models import ALL, Action, Article, Bar, Revision, StoryMention, Subject
from data.schema.store import Store, newest_revision

CAUSES = {"relink": "relinked", "catalog": "relinked", "override": "corrected"}
"""What a kind of revision does to links; every other kind brings articles and their later texts."""

COLUMNS = ["subject", "story", "change", "cause", "revision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryChanges:
    """
    Why subjects' counts differ. Columns of `rows`: subject, story, change (gained | lost), cause, revision.

    Causes: late (an article that arrived later) · moved (an earlier article of the story arrived and took it out of the
    window) · edited (its text changed) · relinked (the catalog or the linker changed) · corrected (by a person). `then`
    + gained − lost = `now`, since all are read from the rows that are counted. `shifted` stories are counted at both
    revisions, on different days.
    """

    rows: pd.DataFrame
    then: int
    now: int
    shifted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChanges:
    """Bars that got another value, bars that are new, and splits or dividends that came or went."""

    revised: int
    added: int
    actions: int


@dataclass(frozen=True, slots=True)
class _Counted:
    article: int
    seen: int  # the revision that brought the article
    added: int
    removed: int | None
    day: int


_Key = tuple[str, int]  # subject, story


def story_changes(store: Store, subjects: Kind | Sequence[str], filters: Filters, *, since: int) -> StoryChanges:
    """
    What changed the stories of some subjects, or of a kind, between revision `since` and `filters.rev` (None: the
    newest).

    The subject "" is all stories. A story counts once for each subject.
    """
    wanted = (
        Subject.key.startswith(f"{subjects}:")
        if isinstance(subjects, str)
        else Subject.key.in_([key or ALL for key in subjects])
    )
    with store.reading() as connection:
        until = newest_revision(connection) if filters.rev is None else filters.rev
        then, now = (_counted(connection, wanted, filters, rev) for rev in (since, until))
        kinds = kinds_of(connection)
        gone = then.keys() - now.keys()
        elsewhere = _still_alive(connection, wanted, gone, until)
    rows = [(*key, "gained", *_why_gained(now[key], kinds, since)) for key in sorted(now.keys() - then.keys())]
    rows += [(*key, "lost", *_why_lost(then[key], kinds, until, moved=key in elsewhere)) for key in sorted(gone)]
    shifted = sum(then[key].day != row.day for key, row in now.items() if key in then)
    return StoryChanges(rows=frame_of(rows, COLUMNS), then=len(then), now=len(now), shifted=shifted)


def kinds_of(connection: Connection) -> dict[int, str]:
    """Revision → what kind of write it was."""
    return {row.number: row.kind for row in connection.execute(select(Revision.number, Revision.kind))}


def _why_gained(row: _Counted, kinds: dict[int, str], since: int) -> tuple[str, int]:
    if row.added <= since:  # it was counted elsewhere: its words changed, and it fits the filters now
        return "edited", row.added
    if row.seen > since:
        return "late", row.added
    return CAUSES.get(kinds.get(row.added, ""), "edited"), row.added


def _why_lost(row: _Counted, kinds: dict[int, str], until: int, *, moved: bool) -> tuple[str, int]:
    if row.removed is None or row.removed > until:
        return "edited", until
    cause = CAUSES.get(kinds.get(row.removed, ""))
    return cause or ("moved" if moved else "edited"), row.removed


def _counted(connection: Connection, wanted: ColumnElement[bool], filters: Filters, until: int) -> dict[_Key, _Counted]:
    s = StoryMention
    rows = connection.execute(
        select(Subject.key, s.story_id, s.article_id, Article.added_rev, s.added_rev, s.removed_rev, raw(s.day))
        .join(Subject, Subject.id == s.subject_id)
        .join(Article, Article.id == s.article_id)
        .where(wanted, *story_conditions(connection, filters, until))
    )
    return {(row[0], row[1]): _Counted(*row[2:]) for row in rows}


def _still_alive(connection: Connection, wanted: ColumnElement[bool], keys: Collection[_Key], until: int) -> set[_Key]:
    s = StoryMention
    still: set[_Key] = set()
    for part in in_parts(sorted({story for _, story in keys})):
        query = select(Subject.key, s.story_id).join(Subject, Subject.id == s.subject_id)
        still |= {
            (subject, story)
            for subject, story in connection.execute(query.where(wanted, s.story_id.in_(part), alive(s, until)))
        }
    return still


def price_changes(
    store: Store, tickers: Collection[str], start: date, end: date, *, since: int, until: int | None = None
) -> PriceChanges:
    """What moved the prices of listings in a window between two revisions (None: the newest)."""
    with store.reading() as connection:
        last = newest_revision(connection) if until is None else until
        window = (Bar.ticker.in_(sorted(tickers)), Bar.session >= start, Bar.session <= end)
        earlier = aliased(Bar)
        known = (
            select(1)
            .where(earlier.ticker == Bar.ticker, earlier.session == Bar.session, earlier.added_rev <= since)
            .exists()
        )
        later = select(Bar.ticker, Bar.session).where(*window, Bar.added_rev > since, Bar.added_rev <= last).distinct()
        revised = _size(connection, later.where(known))
        added = _size(connection, later.where(~known))
        a = Action
        came = and_(a.added_rev > since, a.added_rev <= last)
        went = and_(a.removed_rev > since, a.removed_rev <= last)
        actions = _size(
            connection,
            select(a.ticker, a.session, a.kind).where(a.ticker.in_(sorted(tickers)), or_(came, went)).distinct(),
        )
    return PriceChanges(revised=revised, added=added, actions=actions)


def _size(connection: Connection, query: Any) -> int:
    return connection.scalar(select(func.count()).select_from(query.subquery())) or 0
