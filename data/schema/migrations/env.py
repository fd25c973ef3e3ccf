"""Alembic's entry: it works on the connection, and in the transaction, that `data.schema.migrate` hands over."""

from alembic import context

from data.schema.models import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, transaction_per_migration=False
)
context.run_migrations()
