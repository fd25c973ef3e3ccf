"""The articles that have some words, as part of a query: SQLite's FTS5 or PostgreSQL's tsvector, fed the same text."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, text

from data.schema.models import Article, Moment, first_second, last_second
from data.text.search_terms import fts5_query, tsquery


def matching_articles(connection: Connection, q: str, start: date, end: date, until: int) -> Any:
    """
    A subquery: the ids of articles whose text as of a revision has these words; at least all of the days `start` to
    `end`.

    Articles arrive roughly in order of time, so the articles of some days have ids close together. The index is
    searched only between the first and the last of these ids, so a search costs what its dates hold, not what the
    archive holds.
    """
    on_sqlite = connection.dialect.name == "sqlite"
    match = "article_words MATCH :words" if on_sqlite else "words @@ to_tsquery('simple', :words)"
    query = text(
        "WITH reach AS MATERIALIZED"
        " (SELECT min(id) AS lowest, max(id) AS highest FROM article WHERE at >= :first AND at <= :last)"
        f" SELECT rowid FROM article_words WHERE {match}"
        " AND rowid >= (SELECT lowest FROM reach) AND rowid <= (SELECT highest FROM reach) AND NOT EXISTS"
        " (SELECT 1 FROM article_edit e WHERE e.article_id = rowid AND e.added_rev <= :until)"
        " UNION SELECT e.article_id FROM article_edit e WHERE e.added_rev <= :until"
        " AND e.article_id >= (SELECT lowest FROM reach) AND e.article_id <= (SELECT highest FROM reach)"
        f" AND -e.id IN (SELECT rowid FROM article_words WHERE {match} AND rowid < 0) AND NOT EXISTS"
        " (SELECT 1 FROM article_edit later"
        " WHERE later.article_id = e.article_id AND later.id > e.id AND later.added_rev <= :until)"
    )
    words = fts5_query(q) if on_sqlite else tsquery(q)
    return query.bindparams(
        bindparam("words", words),
        bindparam("until", until),
        bindparam("first", first_second(start), Moment),
        bindparam("last", last_second(end), Moment),
    ).columns(Article.id)
