"""Columns as migrations write them down, so that a migration reads like the table."""

from typing import Any

import sqlalchemy as sa


def whole(name: str, **options: Any) -> Any:
    return _column(name, sa.Integer(), **options)


def small(name: str, **options: Any) -> Any:
    return _column(name, sa.SmallInteger(), **options)


def day(name: str, **options: Any) -> Any:
    """Days since 1970."""
    return _column(name, sa.Integer(), **options)


def moment(name: str, **options: Any) -> Any:
    """Seconds since 1970."""
    return _column(name, sa.BigInteger(), **options)


def real(name: str, **options: Any) -> Any:
    return _column(name, sa.Float(), **options)


def words(name: str, **options: Any) -> Any:
    return _column(name, sa.Text(), **options)


def yes_no(name: str, **options: Any) -> Any:
    return _column(name, sa.Boolean(), **options)


def _column(name: str, kind: Any, *, refers: str = "", nullable: bool = False, **options: Any) -> Any:
    constraints = [sa.ForeignKey(refers)] if refers else []
    return sa.Column(name, kind, *constraints, nullable=nullable, autoincrement=False, **options)
