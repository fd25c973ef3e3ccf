"""The rows behind a chart as a table for a file: one row a counted story (or article), with its matched words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd

from dashboard.cache.stories import load_receipts
from dashboard.page_data.request import Request
from data.read.attention import Filters
from data.read.receipts import mentions_of

COLUMNS = [
    "subject", "day", "published_at", "publisher", "lang", "title", "url", "matched", "rules", "relevance", "articles", "publishers",
    "date_quality", "first_seen_at", "story",
]  # fmt: skip


def evidence_table(
    request: Request, subjects: Sequence[str], filters: Filters, *, unit: Literal["stories", "articles"] = "stories"
) -> pd.DataFrame:
    """
    As many rows as the subjects' counts add up to, by subject, newest first; a story about two subjects is counted, and listed, twice.

    Columns: COLUMNS; matched and rules are those of the article's mentions of the subject, joined. The subject "" is all stories.
    """
    parts = [_of_subject(request, subject, filters, unit) for subject in subjects]
    filled = [part for part in parts if not part.empty]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=COLUMNS)


def evidence_by_part(request: Request, subject: str, parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    The stories of each part of a subject, as rows of data.read.receipts, in one table with their mentions of the subject.

    Columns: COLUMNS; the subject is the part's, "" for stories without any part.
    """
    filled = [rows.assign(subject=part) for part, rows in parts.items() if not rows.empty]
    return (
        _with_words(request, subject, pd.concat(filled, ignore_index=True))[COLUMNS]
        if filled
        else pd.DataFrame(columns=COLUMNS)
    )


def article_evidence(request: Request, rows: pd.DataFrame, subjects: Sequence[str] = ()) -> pd.DataFrame:
    """
    The mentions of articles from a search: a row an article and subject that it mentions (of `subjects`, where given).

    rows: as `search_articles` gives them. Columns: those of COLUMNS that an article has.
    """
    mentions = mentions_of(request.store, rows["article"].tolist(), request.rev)
    mentions = mentions[mentions["subject"].isin(subjects)] if subjects else mentions
    joined = mentions.groupby(["article", "subject"], as_index=False, sort=False).agg(
        matched=("matched", _joined), rules=("rule", _joined), relevance=("relevance", "max")
    )
    whole = (
        rows.drop(columns=["relevance"], errors="ignore")
        .rename(columns={"at": "published_at"})
        .merge(joined, on="article")
    )
    return whole[[name for name in COLUMNS if name in whole]]


def _of_subject(request: Request, subject: str, filters: Filters, unit: Literal["stories", "articles"]) -> pd.DataFrame:
    rows = load_receipts(request.url, subject, filters, unit=unit).assign(subject=subject)
    return _with_words(request, subject, rows)[COLUMNS]


def _with_words(request: Request, subject: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the matched words and rules of the subject; none for all stories."""
    if subject and not rows.empty:
        mentions = mentions_of(request.store, rows["article"].unique().tolist(), request.rev, subject=subject)
        by_article = mentions.groupby("article")
        words = {"matched": by_article["matched"].agg(_joined), "rules": by_article["rule"].agg(_joined)}
    else:
        words = {"matched": pd.Series(dtype=str), "rules": pd.Series(dtype=str)}
    added = {name: rows["article"].map(texts).fillna("") for name, texts in words.items()}
    return rows.rename(columns={"at": "published_at"}).assign(**added)


def _joined(texts: pd.Series) -> str:
    return " · ".join(dict.fromkeys(texts))
