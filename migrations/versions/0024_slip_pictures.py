"""Pictures of slips that are deleted when their time is over."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0024_slip_pictures"
down_revision = "0023_goods_papers"
branch_labels = None
depends_on = None

#: Still waits for the bank: neither closed by an officer nor received.
_WAITS = """NEW.closed_at IS NULL AND (SELECT d.state FROM donation AS d WHERE d.id = NEW.donation_id) <> 'received'"""


def upgrade() -> None:
    op.add_column("slip_claim", sa.Column("picture_deleted_at", sa.DateTime(timezone=True), nullable=True))
    triggers.refuse(
        op,
        "slip_claim",
        "UPDATE",
        name="slip_picture_needed",
        if_=f"OLD.picture_deleted_at IS NULL AND NEW.picture_deleted_at IS NOT NULL AND {_WAITS}",
    )
    triggers.refuse(
        op,
        "slip_claim",
        "UPDATE",
        name="slip_picture_gone",
        if_="OLD.picture_deleted_at IS NOT NULL"
        " AND (NEW.picture_deleted_at IS NULL OR NEW.picture_deleted_at <> OLD.picture_deleted_at)",
    )


def downgrade() -> None:
    triggers.drop(op, "slip_claim", "slip_picture_gone", "slip_picture_needed")
    op.drop_column("slip_claim", "picture_deleted_at")
