"""The facts of the catalogs that revisions name; `data.write.catalog_versions.remember_catalog` fills them in."""

from alembic import op

from data.schema.migrations.columns import words

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "catalog_facts",
        words("hash", primary_key=True),
        words("facts"),
    )
    op.create_table(
        "catalog",
        words("hash", primary_key=True),
        words("facts_hash", refers="catalog_facts.hash"),
    )
