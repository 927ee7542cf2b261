"""From where amounts were reserved."""

import sqlalchemy as sa
from alembic import op

revision = "0027_holds"
down_revision = "0026_acceptances"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "amount_hold",
        sa.Column("donation_id", _ID, nullable=False),
        sa.Column("asker_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_amount_hold_donation_id")),
        sa.PrimaryKeyConstraint("donation_id", name=op.f("pk_amount_hold")),
    )
    op.create_index("ix_amount_hold_asker_hash_until", "amount_hold", ["asker_hash", "until"], unique=False)
    op.create_index("ix_amount_hold_until", "amount_hold", ["until"], unique=False)


def downgrade() -> None:
    op.drop_table("amount_hold")
