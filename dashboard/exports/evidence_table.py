"""The rows behind a chart as a table for a file: one row a counted story (or article), with the words that made it count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd

from data.read.attention import Filters
from data.read.receipts import mentions_of, receipts
from data.schema.store import Store

COLUMNS = [
    "subject", "day", "published_at", "publisher", "lang", "title", "url", "matched", "rules", "relevance", "articles", "publishers",
    "date_quality", "first_seen_at", "story",
]  # fmt: skip


def evidence_table(
    store: Store, subjects: Sequence[str], filters: Filters, *, unit: Literal["stories", "articles"] = "stories"
) -> pd.DataFrame:
    """
    As many rows as the subjects' counts add up to, by subject, newest first; a story about two subjects is counted, and listed, twice.

    Columns: COLUMNS; matched and rules are what the article says of the subject, joined. The subject "" is all stories.
    """
    parts = [_of_subject(store, subject, filters, unit) for subject in subjects]
    filled = [part for part in parts if not part.empty]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=COLUMNS)


def evidence_by_part(store: Store, subject: str, parts: Mapping[str, pd.DataFrame], rev: int | None) -> pd.DataFrame:
    """
    The stories of each part of a subject's, as rows of data.read.receipts: all in one table, with what they say of the subject.

    Columns: COLUMNS; the subject is the part's, "" for the stories that name none.
    """
    filled = [rows.assign(subject=part) for part, rows in parts.items() if not rows.empty]
    return (
        _with_words(store, subject, pd.concat(filled, ignore_index=True), rev)[COLUMNS]
        if filled
        else pd.DataFrame(columns=COLUMNS)
    )


def article_evidence(store: Store, rows: pd.DataFrame, rev: int | None, subjects: Sequence[str] = ()) -> pd.DataFrame:
    """
    What articles that a search found say: a row an article and subject that it names (of `subjects`, where some are asked for).

    rows: as `search_articles` gives them. Columns: those of COLUMNS that an article has.
    """
    said = mentions_of(store, rows["article"].tolist(), rev)
    said = said[said["subject"].isin(subjects)] if subjects else said
    told = said.groupby(["article", "subject"], as_index=False, sort=False).agg(
        matched=("matched", _joined), rules=("rule", _joined), relevance=("relevance", "max")
    )
    whole = (
        rows.drop(columns=["relevance"], errors="ignore")
        .rename(columns={"at": "published_at"})
        .merge(told, on="article")
    )
    return whole[[name for name in COLUMNS if name in whole]]


def _of_subject(store: Store, subject: str, filters: Filters, unit: Literal["stories", "articles"]) -> pd.DataFrame:
    rows = receipts(store, subject or None, filters, unit=unit).assign(subject=subject)
    return _with_words(store, subject, rows, filters.rev)[COLUMNS]


def _with_words(store: Store, subject: str, rows: pd.DataFrame, rev: int | None) -> pd.DataFrame:
    """The rows with the words that name the subject and their rules; no words for all stories."""
    if subject and not rows.empty:
        said = mentions_of(store, rows["article"].unique().tolist(), rev, subject=subject).groupby("article")
        words = {"matched": said["matched"].agg(_joined), "rules": said["rule"].agg(_joined)}
    else:
        words = {"matched": pd.Series(dtype=str), "rules": pd.Series(dtype=str)}
    added = {name: rows["article"].map(texts).fillna("") for name, texts in words.items()}
    return rows.rename(columns={"at": "published_at"}).assign(**added)


def _joined(texts: pd.Series) -> str:
    return " · ".join(dict.fromkeys(texts))
