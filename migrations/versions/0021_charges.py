"""What went back of a charge, and payouts within what the gateway holds."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0021_charges"
down_revision = "0020_closing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inquiry", sa.Column("refunded_satang", sa.BigInteger(), nullable=True))
    triggers.refuse(
        op,
        "inquiry",
        "INSERT",
        name="refunded_within_payment",
        if_="""NEW.refunded_satang IS NOT NULL
            AND (NEW.satang IS NULL OR NEW.refunded_satang < 0 OR NEW.refunded_satang > NEW.satang)""",
    )


def downgrade() -> None:
    triggers.drop(op, "inquiry", "refunded_within_payment")
    op.drop_column("inquiry", "refunded_satang")
