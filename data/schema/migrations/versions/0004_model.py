"""A revision keeps the hash of the model that linked it; a source's state the address that it belongs to ("" for what is older)."""

from alembic import op

from data.schema.migrations.columns import words

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("revision", words("model_hash", server_default=""))
    op.add_column("source_state", words("url", server_default=""))
