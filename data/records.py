"""
What travels between the steps: frozen records in the words of the domain.

    Article → (link) Mention → (stories) Linked → (save)          Bar, Action → (save)

A subject is named by its key: `company:micron`, `theme:memory`, `subtheme:memory.hbm`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any, Literal, NamedTuple, TypeVar

Record = TypeVar("Record")

Field = Literal["title", "summary"]
DateQuality = Literal["feed", "day", "no_tz", "guessed", "future", "too_old", "missing"]
"""
feed: date, time and zone as given · day: a date without a time · no_tz: a time without a zone · guessed: not from the
article's own date · future, too_old, missing: not usable; the article counts from when it was first seen.
"""

TIMED: frozenset[DateQuality] = frozenset({"feed", "no_tz"})
"""The qualities that may enter a statistic about timing within a day."""


def fast_pickle(record: type[Record]) -> type[Record]:
    """
    Lets a record with slots be pickled in a third of the time.

    An import sends every article to a worker process; a dataclass's own pickling looks up its fields each time.
    """
    names: tuple[str, ...] = record.__slots__  # type: ignore[attr-defined]
    values = attrgetter(*names)
    setters: list[Callable[[Record, object], None]] = [getattr(record, name).__set__ for name in names]

    def restore(self: Record, state: tuple[object, ...]) -> None:
        for setter, value in zip(setters, state, strict=True):
            setter(self, value)

    methods: dict[str, Any] = {"__getstate__": lambda self: values(self), "__setstate__": restore}
    for name, method in methods.items():
        setattr(record, name, method)
    return record


@fast_pickle
@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One published item at one URL, as plain text. `published_at` is None when the source gives no usable time."""

    guid: str
    url: str  # canonical http(s) URL; "" when the source gives none or an unusable one
    title: str
    summary: str
    published_at: datetime | None
    date_quality: DateQuality
    publisher: str  # a domain, or the name the source gives
    lang: str  # en, zh, ko, ja, … ; "und" when unknown
    first_seen_at: datetime | None = None  # when someone else first saw it, if the record says so
    unread_date: str = field(
        default="", compare=False
    )  # as written, where no date that the source gives could be read; not stored

    def __post_init__(self) -> None:
        if self.published_at is not None and self.published_at.tzinfo is None:
            raise ValueError("published_at must be aware")
        if self.first_seen_at is not None and self.first_seen_at.tzinfo is None:
            raise ValueError("first_seen_at must be aware")


class Mention(NamedTuple):
    """
    One reason to say that an article is about a subject. `article[field][start:end] == matched`, always.

    A tuple, since millions are made: that takes a third of a dataclass's time.
    """

    subject: str  # company:micron, theme:memory, subtheme:memory.hbm
    field: Field
    start: int  # in characters of the stored text
    end: int
    matched: str
    rule: str  # a name from data.link_rules, which has its plain sentence
    score: float  # 0–1: how sure
    relevance: int = 100  # 0–100: how much the article is about the subject; the same on all its mentions of it
    why: str = ""  # the evidence beyond the rule itself: "next to 'licensing revenue'"
    rejected: str = ""  # best rejected alternative and why ("company:block: no cue within 60 characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """
    An article with its mentions, ready to be saved.

    `story` is the id of a stored story, or a negative number for a new one; articles of a batch with the same negative
    number begin the same story.
    """

    article: Article
    mentions: tuple[Mention, ...]
    story: int
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A later text of a stored article, with the mentions that it has now."""

    article: int
    title: str
    summary: str
    mentions: tuple[Mention, ...]
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A stored article as story grouping sees it: `at` is when it was published, or first seen if that is unknown."""

    id: int
    story: int
    title: str
    summary: str
    publisher: str
    lang: str
    at: datetime
    subjects: tuple[str, ...]
    url: str = ""  # its words often name a translated headline's event


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The prices of one session of one listing, in `currency`. A field is None where the provider has none."""

    ticker: str
    session: date
    open: float | None
    high: float | None
    low: float | None
    close: float
    volume: float | None
    currency: str
    basis: Literal["traded", "adjusted"] = "traded"  # adjusted: the provider gives no actions and adjusted it itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A split (`value` new shares for an old one) or a cash dividend (in the listing's currency), on its ex-date."""

    ticker: str
    session: date
    kind: Literal["split", "dividend"]
    value: float


def utc(moment: datetime) -> datetime:
    """The same moment in UTC; refuses a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(UTC)
