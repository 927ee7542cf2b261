"""Owed receipts as rows: what is owed is found without looking at every gift; names and receipts have their indexes."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0031_owed_receipts"
down_revision = "0030_shown_recipients"
branch_labels = None
depends_on = None

_OPEN = "issued_at IS NULL"


def upgrade() -> None:
    op.create_index("ix_receipt_gift_id", "receipt", ["gift_id"])
    op.create_index("ix_member_last_name", "member", ["last_name"])
    op.add_column("receipt_due", sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True))
    triggers.drop_final(op, "receipt_due")
    op.execute(
        """UPDATE receipt_due SET issued_at = (SELECT MIN(r.issued_at) FROM receipt AS r
        WHERE r.gift_id = receipt_due.gift_id)"""
    )
    # Before gifts without a receipt were written down, the absence of one was all that told.
    op.execute(
        """INSERT INTO receipt_due (gift_id, book, channel, since, issued_at)
        SELECT g.id, '', '', g.posted_at, NULL FROM gift AS g
        WHERE NOT EXISTS (SELECT 1 FROM receipt AS r WHERE r.gift_id = g.id)
        AND NOT EXISTS (SELECT 1 FROM receipt_due AS d WHERE d.gift_id = g.id)"""
    )
    op.create_index(
        "ix_receipt_due_open",
        "receipt_due",
        ["book", "gift_id"],
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )
    triggers.final(op, "receipt_due", columns=["gift_id", "book", "channel", "since"])
    triggers.refuse(
        op,
        "receipt_due",
        "UPDATE",
        name="receipt_due_issued_once",
        if_="OLD.issued_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM receipt AS r WHERE r.gift_id = NEW.gift_id)",
    )
    triggers.follow(
        op,
        "receipt",
        "INSERT",
        name="receipt_ends_its_due",
        do="""UPDATE receipt_due SET issued_at = NEW.issued_at
        WHERE gift_id = NEW.gift_id AND issued_at IS NULL""",
    )


def downgrade() -> None:
    triggers.drop(op, "receipt", "receipt_ends_its_due")
    triggers.drop(op, "receipt_due", "receipt_due_issued_once")
    triggers.drop_final(op, "receipt_due")
    op.drop_index("ix_receipt_due_open", "receipt_due")
    op.drop_column("receipt_due", "issued_at")
    triggers.final(op, "receipt_due")
    op.drop_index("ix_member_last_name", "member")
    op.drop_index("ix_receipt_gift_id", "receipt")
