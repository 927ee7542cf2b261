"""Editions: what the public sees."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0009_editions"
down_revision = "0008_aid"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_edition")),
    )
    triggers.final(op, "edition")
    triggers.refuse(
        op,
        "edition",
        "INSERT",
        name="edition_in_order",
        if_="""NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM edition)""",
    )


def downgrade() -> None:
    triggers.drop(op, "edition", "edition_in_order")
    triggers.drop_final(op, "edition")
    op.drop_table("edition")
