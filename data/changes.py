"""What became known between two revisions, and why: the difference between a chart as known then and as known now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.orm import aliased

from data.db import Store, newest_revision
from data.frames import frame_of
from data.models import ALL, Action, Article, Bar, Revision, StoryMention, Subject
from data.queries import Filters, alive, story_conditions
from data.rows import in_parts

CAUSES = {"relink": "relinked", "catalog": "relinked", "override": "corrected"}
"""What a kind of revision does to links; every other kind brings articles and their later texts."""

COLUMNS = ["story", "change", "cause", "revision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryChanges:
    """
    Why a subject's count differs. Columns of `rows`: story, change (gained | lost), cause, revision.

    Causes: late (an article that arrived later) · moved (an earlier article of the story arrived and took it out of the window) ·
    edited (its text changed) · relinked (the catalog or the linker changed) · corrected (by a person).
    `then` + gained − lost = `now`, since all are read from the rows that are counted.
    """

    rows: pd.DataFrame
    then: int
    now: int


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


def story_changes(store: Store, subject: str | None, filters: Filters, *, since: int) -> StoryChanges:
    """What moved a subject's stories in a window between revision `since` and `filters.rev` (None: the newest)."""
    with store.reading() as connection:
        until = newest_revision(connection) if filters.rev is None else filters.rev
        key = subject or ALL
        then, now = (_counted(connection, key, filters, rev) for rev in (since, until))
        kinds = {row.number: row.kind for row in connection.execute(select(Revision.number, Revision.kind))}
        gone = then.keys() - now.keys()
        elsewhere = _still_alive(connection, key, gone, until)
    rows = [(story, "gained", *_why_gained(now[story], kinds, since)) for story in sorted(now.keys() - then.keys())]
    rows += [(story, "lost", *_why_lost(then[story], kinds, until, moved=story in elsewhere)) for story in sorted(gone)]
    return StoryChanges(rows=frame_of(rows, COLUMNS), then=len(then), now=len(now))


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


def _counted(connection: Connection, subject: str, filters: Filters, until: int) -> dict[int, _Counted]:
    s = StoryMention
    rows = connection.execute(
        select(s.story_id, s.article_id, Article.added_rev, s.added_rev, s.removed_rev)
        .join(Subject, Subject.id == s.subject_id)
        .join(Article, Article.id == s.article_id)
        .where(Subject.key == subject, *story_conditions(connection, filters, until))
    )
    return {story: _Counted(article, seen, added, removed) for story, article, seen, added, removed in rows}


def _still_alive(connection: Connection, subject: str, stories: Collection[int], until: int) -> set[int]:
    s = StoryMention
    found: set[int] = set()
    for part in in_parts(sorted(stories)):
        query = select(s.story_id).join(Subject, Subject.id == s.subject_id)
        found |= set(connection.scalars(query.where(Subject.key == subject, s.story_id.in_(part), alive(s, until))))
    return found


def price_changes(store: Store, tickers: Collection[str], start: date, end: date, *, since: int, until: int | None = None) -> PriceChanges:
    """What moved the prices of listings in a window between two revisions (None: the newest)."""
    with store.reading() as connection:
        last = newest_revision(connection) if until is None else until
        window = (Bar.ticker.in_(sorted(tickers)), Bar.session >= start, Bar.session <= end)
        earlier = aliased(Bar)
        known = select(1).where(earlier.ticker == Bar.ticker, earlier.session == Bar.session, earlier.added_rev <= since).exists()
        later = select(Bar.ticker, Bar.session).where(*window, Bar.added_rev > since, Bar.added_rev <= last).distinct()
        revised = _size(connection, later.where(known))
        added = _size(connection, later.where(~known))
        a = Action
        came = and_(a.added_rev > since, a.added_rev <= last)
        went = and_(a.removed_rev > since, a.removed_rev <= last)
        actions = _size(connection, select(a.ticker, a.session, a.kind).where(a.ticker.in_(sorted(tickers)), or_(came, went)).distinct())
    return PriceChanges(revised=revised, added=added, actions=actions)


def _size(connection: Connection, query: Any) -> int:
    return connection.scalar(select(func.count()).select_from(query.subquery())) or 0
