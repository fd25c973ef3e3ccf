"""
The counts: what is counted, and the ledger that sums it.

A story counts once for each subject that any of its articles mentions, on the day, for the publisher and in the
language of the first of those articles. Whatever changes (a new article, an earlier one that arrives late, a relink, a
correction), the story's rows are computed again from its articles, an old row is closed and a new one added, and the
ledger moves by −1 and +1 with them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from data.records import TIMED
from data.schema.bulk import in_parts, insert_rows, next_id
from data.schema.frames import raw
from data.schema.models import Article, Attention, AttentionNow, Membership, Mention, StoryMention
from data.schema.store import Reading

Subjects = dict[int, int]
"""What an article is about: the ids of subjects, each with its relevance."""


class Member(NamedTuple):
    """An article of a story."""

    article: int
    at: int  # seconds since 1970
    day: int  # days since 1970
    available_at: int | None
    publisher: int
    lang: str
    subjects: Subjects


class Counted(NamedTuple):
    """What a story_mention says of (story, subject)."""

    article: int
    day: int
    available_at: int | None
    publisher: int
    lang: str
    relevance: int


@dataclass(slots=True)
class Tally:
    """What a revision changes in the counts, until it is written."""

    all_id: int
    ledger: dict[tuple[int, int, int, str], list[int]] = field(default_factory=dict)
    opened: list[tuple[int, int, Counted]] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    gained: Counter[int] = field(default_factory=Counter)  # stories that a subject gained
    lost: Counter[int] = field(default_factory=Counter)
    moves: list[tuple[int, int, int, int, int]] = field(default_factory=list)  # subject, story, article, day, +1 | −1

    def count_article(self, subjects: Iterable[int], day: int, publisher: int, lang: str, *, sign: int = 1) -> None:
        for subject in subjects:
            self._cell(subject, day, publisher, lang)[1] += sign

    def open(self, story: int, subject: int, row: Counted) -> None:
        self.opened.append((story, subject, row))
        self._cell(subject, row.day, row.publisher, row.lang)[0] += 1

    def close(self, ident: int, subject: int, row: Counted) -> None:
        self.closed.append(ident)
        self._cell(subject, row.day, row.publisher, row.lang)[0] -= 1

    def _cell(self, subject: int, day: int, publisher: int, lang: str) -> list[int]:
        return self.ledger.setdefault((subject, day, publisher, lang), [0, 0])

    def summary(self, names: Mapping[int, str]) -> dict[str, dict[str, int]]:
        """The stories gained and lost by subject, for the revision's summary; the subject `all` is left out."""
        counts = {"gained": self.gained, "lost": self.lost}
        return {
            side: {names[ident]: n for ident, n in sorted(stories.items()) if ident != self.all_id and n}
            for side, stories in counts.items()
        }


def available_at(published: int | None, first_seen: int, quality: str) -> int | None:
    """When a reader could have known it, in seconds; None when the time within the day is not known."""
    return max(published, first_seen) if published is not None and quality in TIMED else None


def counted_rows(members: Iterable[Member], all_id: int) -> dict[int, Counted]:
    """The rows that a story has, by subject: each from the first article that mentions it."""
    rows: dict[int, Counted] = {}
    for member in sorted(members, key=attrgetter("at", "article")):
        for subject, relevance in ((all_id, 100), *member.subjects.items()):
            if subject not in rows:
                rows[subject] = Counted(
                    member.article, member.day, member.available_at, member.publisher, member.lang, relevance
                )
    return rows


def open_new_stories(tally: Tally, stories: dict[int, list[Member]]) -> None:
    """Count stories that begin with this revision: nothing of them is stored yet."""
    for story, members in stories.items():
        for subject, row in counted_rows(members, tally.all_id).items():
            tally.open(story, subject, row)
            tally.gained[subject] += 1


def recount_stories(
    read: Reading, tally: Tally, stories: Collection[int], changed: Mapping[int, Subjects] | None = None
) -> None:
    """
    Count stored stories again from their articles; what differs from their stored rows goes into the tally.

    `changed` articles are counted with the subjects that they will have once the tally is written. A story may be
    counted only once for a tally: its stored rows stay until the tally is written, so a second count would move the
    ledger twice.
    """
    for part in in_parts(sorted(stories)):
        with read() as connection:
            members = _members(connection, part, changed or {})
            before = _alive_rows(connection, part)
        for story in part:
            _replace_rows(tally, story, before.get(story, {}), counted_rows(members.get(story, ()), tally.all_id))


def _replace_rows(tally: Tally, story: int, before: dict[int, tuple[int, Counted]], after: dict[int, Counted]) -> None:
    for subject, (ident, row) in before.items():
        if after.get(subject) != row:
            tally.close(ident, subject, row)
        if subject not in after:
            tally.lost[subject] += 1
            tally.moves.append((subject, story, row.article, row.day, -1))
    for subject, row in after.items():
        if subject not in before:
            tally.gained[subject] += 1
            tally.moves.append((subject, story, row.article, row.day, 1))
        if subject not in before or before[subject][1] != row:
            tally.open(story, subject, row)


def _members(connection: Connection, stories: list[int], changed: Mapping[int, Subjects]) -> dict[int, list[Member]]:
    a = Article
    articles = connection.execute(
        select(
            Membership.story_id, a.id, raw(a.at), raw(a.day), raw(a.published_at), raw(a.first_seen_at), a.date_quality,
            a.publisher_id, a.lang,
        )
        .join(a, a.id == Membership.article_id)
        .where(Membership.story_id.in_(stories), Membership.removed_rev.is_(None))
    ).all()  # fmt: skip
    subjects = alive_subjects(connection, [row[1] for row in articles if row[1] not in changed])
    members: dict[int, list[Member]] = defaultdict(list)
    for story, ident, at, day, published, seen, quality, publisher, lang in articles:
        of_article = changed[ident] if ident in changed else subjects.get(ident, {})
        available = available_at(published, seen, quality)
        members[story].append(Member(ident, at, day, available, publisher, lang, of_article))
    return members


def alive_subjects(connection: Connection, articles: Collection[int]) -> dict[int, Subjects]:
    """What each article is about now."""
    subjects: dict[int, Subjects] = defaultdict(dict)
    for part in in_parts(articles):
        rows = connection.execute(
            select(Mention.article_id, Mention.subject_id, func.max(Mention.relevance))
            .where(Mention.article_id.in_(part), Mention.removed_rev.is_(None))
            .group_by(Mention.article_id, Mention.subject_id)
        )
        for article, subject, relevance in rows:
            subjects[article][subject] = relevance
    return subjects


def _alive_rows(connection: Connection, stories: list[int]) -> dict[int, dict[int, tuple[int, Counted]]]:
    s = StoryMention
    rows = connection.execute(
        select(
            s.id, s.story_id, s.subject_id, s.article_id, raw(s.day), raw(s.available_at), s.publisher_id, s.lang,
            s.relevance,
        ).where(s.story_id.in_(stories), s.removed_rev.is_(None))
    )  # fmt: skip
    alive: dict[int, dict[int, tuple[int, Counted]]] = defaultdict(dict)
    for ident, story, subject, article, day, available, publisher, lang, relevance in rows:
        alive[story][subject] = ident, Counted(article, day, available, publisher, lang, relevance)
    return alive


STORY_MENTION_COLUMNS = [
    "id", "story_id", "subject_id", "article_id", "day", "available_at", "publisher_id", "lang", "relevance",
    "added_rev", "removed_rev",
]  # fmt: skip


def write_counts(connection: Connection, tally: Tally, revision: int) -> None:
    """Write the tally's rows, the ledger and its running sum, in the transaction that wrote what they count."""
    _close_rows(connection, tally.closed, revision)
    first = next_id(connection, StoryMention.id)
    opened: list[tuple[Any, ...]] = [
        (first + i, story, subject, *row, revision, None) for i, (story, subject, row) in enumerate(tally.opened)
    ]
    insert_rows(connection, StoryMention.__table__, STORY_MENTION_COLUMNS, opened)
    _write_ledger(connection, tally, revision)


def _close_rows(connection: Connection, idents: list[int], revision: int) -> None:
    if idents:
        closing = update(StoryMention).where(StoryMention.id == bindparam("ident")).values(removed_rev=revision)
        connection.execute(closing.execution_options(synchronize_session=None), [{"ident": ident} for ident in idents])


def _write_ledger(connection: Connection, tally: Tally, revision: int) -> None:
    moved = [(key, delta) for key, delta in sorted(tally.ledger.items()) if delta != [0, 0]]
    insert_rows(
        connection,
        Attention.__table__,
        ["subject_id", "day", "publisher_id", "lang", "revision", "stories", "articles"],
        [(*key, revision, stories, articles) for key, (stories, articles) in moved],
    )
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for (subject, day, _publisher, _lang), (stories, articles) in moved:
        sums[subject, day][0] += stories
        sums[subject, day][1] += articles
    insert_rows(
        connection,
        AttentionNow.__table__,
        ["subject_id", "day", "stories", "articles"],
        [(*key, *delta) for key, delta in sums.items()],
        then="ON CONFLICT (subject_id, day) DO UPDATE SET stories = attention_now.stories + excluded.stories,"
        " articles = attention_now.articles + excluded.articles",
    )
