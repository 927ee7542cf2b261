"""What banks answered when asked."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0016_peers"
down_revision = "0015_decisions"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "inquiry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=True),
        sa.Column("fee_satang", sa.BigInteger(), nullable=True),
        sa.Column("net_satang", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.String(length=300), nullable=False, server_default=""),
        sa.CheckConstraint(
            "outcome IN ('confirmed', 'differs', 'absent', 'unreachable')",
            name=op.f("ck_inquiry_known_outcome"),
        ),
        sa.CheckConstraint(
            "outcome <> 'confirmed' OR (satang IS NOT NULL AND satang > 0)",
            name=op.f("ck_inquiry_confirmed_pair"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["bank_event.id"], name=op.f("fk_inquiry_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
    )
    op.create_index(op.f("ix_inquiry_event_id"), "inquiry", ["event_id"], unique=False)
    triggers.final(op, "inquiry")


def downgrade() -> None:
    triggers.drop_final(op, "inquiry")
    op.drop_index(op.f("ix_inquiry_event_id"), table_name="inquiry")
    op.drop_table("inquiry")
