"""The receipts of a chart as a table for a file: one row a counted story (or article), with its matched words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd

from dashboard.cache.stories import load_receipts
from dashboard.page_data.request import Request
from data.read.attention import Filters
from data.read.receipts import mentions_of

EVIDENCE_COLUMNS = [
    "subject", "day", "published_at", "publisher", "lang", "title", "url", "matched", "rules", "relevance", "articles",
    "publishers", "date_quality", "first_seen_at", "story",
]  # fmt: skip


def evidence_table(
    request: Request, subjects: Sequence[str], filters: Filters, *, unit: Literal["stories", "articles"] = "stories"
) -> pd.DataFrame:
    """
    As many rows as the subjects' counts add up to, by subject, newest first; a story about two subjects is listed
    twice.

    Columns: EVIDENCE_COLUMNS; matched and rules are joined from the article's mentions of the subject. "" is all
    stories.
    """
    parts = []
    for subject in subjects:
        rows = load_receipts(request.url, subject, filters, unit=unit).assign(subject=subject)
        parts.append(_with_words(request, subject, rows)[EVIDENCE_COLUMNS])
    return _joined_tables(parts)


def evidence_by_part(request: Request, subject: str, parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    The stories of each part of a subject, as rows of data.read.receipts, in one table with their mentions of the
    subject.

    Columns: EVIDENCE_COLUMNS; the subject is the part, "" for stories without any part.
    """
    rows = _joined_tables([rows.assign(subject=part) for part, rows in parts.items()])
    return rows if rows.empty else _with_words(request, subject, rows)[EVIDENCE_COLUMNS]


def article_evidence(request: Request, rows: pd.DataFrame, subjects: Sequence[str] = ()) -> pd.DataFrame:
    """
    The mentions in articles from a search: a row an article and subject that it mentions (of `subjects`, where given).

    rows: as `search_articles` gives them. Columns: those of EVIDENCE_COLUMNS that an article has.
    """
    mentions = mentions_of(request.store, rows["article"].tolist(), request.rev)
    mentions = mentions[mentions["subject"].isin(subjects)] if subjects else mentions
    by_subject = mentions.groupby(["article", "subject"], as_index=False, sort=False).agg(
        matched=("matched", _joined), rules=("rule", _joined), relevance=("relevance", "max")
    )
    articles = rows.drop(columns=["relevance"], errors="ignore").rename(columns={"at": "published_at"})
    table = articles.merge(by_subject, on="article")
    return table[[name for name in EVIDENCE_COLUMNS if name in table]]


def _joined_tables(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [table for table in tables if not table.empty]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=EVIDENCE_COLUMNS)


def _with_words(request: Request, subject: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the matched words and rules of the subject; none for all stories."""
    words = {"matched": pd.Series(dtype=str), "rules": pd.Series(dtype=str)}
    if subject and not rows.empty:
        mentions = mentions_of(request.store, rows["article"].unique().tolist(), request.rev, subject=subject)
        by_article = mentions.groupby("article")
        words = {"matched": by_article["matched"].agg(_joined), "rules": by_article["rule"].agg(_joined)}
    columns = {name: rows["article"].map(texts).fillna("") for name, texts in words.items()}
    return rows.rename(columns={"at": "published_at"}).assign(**columns)


def _joined(texts: pd.Series) -> str:
    return " · ".join(dict.fromkeys(texts))
