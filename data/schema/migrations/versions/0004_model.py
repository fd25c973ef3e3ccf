"""The hash of the model that linked a revision's articles; the address of a source's state. "" where it is unknown."""

from alembic import op

from data.schema.migrations.columns import words

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("revision", words("model_hash", server_default=""))
    op.add_column("source_state", words("url", server_default=""))
