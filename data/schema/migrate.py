"""Bringing a store's schema up to date with Alembic, in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from data.schema.models import Meta

FOLDER = Path(__file__).resolve().parent / "migrations"


def known_versions() -> set[str]:
    """Every schema version that this code can start from."""
    return {script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions()}


def migrate(engine: Engine, kind: str) -> None:
    """Apply the missing migrations, all or none. A database without a schema becomes a store of this `kind`."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.connect().execution_options(chokepoint_write=True) as connection, connection.begin():
        new = not connection.dialect.has_table(connection, Meta.__tablename__)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if new:
            connection.execute(Meta.__table__.insert(), [{"key": "kind", "value": kind}])  # type: ignore[attr-defined]
