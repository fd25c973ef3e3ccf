"""Why a search finds other articles than it did at an earlier revision, article by article."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from data.read.attention import Filters
from data.read.changes import CAUSES, kinds_of
from data.read.search import found_articles
from data.schema.bulk import in_parts
from data.schema.models import Article, Mention, Subject
from data.schema.store import Store, newest_revision


def article_changes(
    store: Store, subjects: Sequence[str], filters: Filters, *, since: int
) -> tuple[int, int, list[tuple[str, str]]]:
    """
    The number of articles that a search found at revision `since`, the number at `filters.rev` (None: the newest), and
    (gained | lost, cause) of each that differs. Causes as in data/read/changes.py.
    """
    with store.reading() as connection:
        until = newest_revision(connection) if filters.rev is None else filters.rev
        then, now = (_found(connection, filters, subjects, rev) for rev in (since, until))
        gained, lost = now.keys() - then.keys(), then.keys() - now.keys()
        moved = _link_moves(connection, gained | lost, subjects, since, until)
    causes = [("gained", "late" if now[ident] > since else moved.get(ident, "edited")) for ident in sorted(gained)]
    return len(then), len(now), causes + [("lost", moved.get(ident, "edited")) for ident in sorted(lost)]


def _found(connection: Connection, filters: Filters, subjects: Sequence[str], until: int) -> dict[int, int]:
    """Article → the revision that brought it."""
    query = found_articles(connection, (Article.id, Article.added_rev), filters, subjects, until).order_by(None)
    return {ident: added for ident, added, _ in connection.execute(query)}


def _link_moves(
    connection: Connection, articles: Collection[int], subjects: Sequence[str], since: int, until: int
) -> dict[int, str]:
    """Article → why its links to these subjects changed in between, where a relink or a correction changed them."""
    m, kinds, causes = Mention, kinds_of(connection), dict[int, str]()
    for part in in_parts(sorted(articles)):
        query = select(m.article_id, m.added_rev, m.removed_rev).join(Subject, Subject.id == m.subject_id)
        rows = connection.execute(query.where(m.article_id.in_(part), Subject.key.in_(subjects)).order_by(m.id))
        for article, *revisions in rows:
            for rev in revisions:
                if rev is not None and since < rev <= until and kinds.get(rev) in CAUSES:
                    causes[article] = CAUSES[kinds[rev]]
    return causes
