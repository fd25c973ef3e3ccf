"""What people add: overrides of links, saved and shared views, notes on charts, hypotheses looked at."""

from alembic import op

from data.schema.migrations.columns import day, moment, whole, words

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "override",
        whole("id", primary_key=True),
        whole("article_id", refers="article.id"),
        words("subject"),
        words("verdict"),
        words("field"),
        whole("start"),
        whole("end"),
        words("author"),
        words("reason"),
        moment("at"),
        whole("added_rev"),
        whole("removed_rev", nullable=True),
    )
    op.create_index("override_article", "override", ["article_id"])
    op.create_table(
        "view",
        whole("id", primary_key=True),
        words("name"),
        words("owner"),
        words("page"),
        words("query"),
        whole("revision", nullable=True),
        words("data_hash"),
        words("token_hash", nullable=True, unique=True),
        moment("created_at"),
        moment("expires_at", nullable=True),
        moment("revoked_at", nullable=True),
    )
    op.create_table(
        "note",
        whole("id", primary_key=True),
        words("subject"),
        day("day"),
        words("words"),
        words("author"),
        moment("created_at"),
        moment("removed_at", nullable=True),
    )
    op.create_index("note_subject", "note", ["subject", "day"])
    op.create_table(
        "hypothesis",
        whole("id", primary_key=True),
        words("analyst"),
        words("kind"),
        words("what"),
        moment("created_at"),
        words("result"),
    )
    op.create_index("hypothesis_analyst", "hypothesis", ["analyst", "kind", "what"], unique=True)
