"""Receipts as they were printed, batches of them, and e-Donation."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0017_papers"
down_revision = "0016_peers"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "receipt_due",
        sa.Column("gift_id", _ID, autoincrement=False, nullable=False),
        sa.Column("book", sa.String(length=2), nullable=False),
        sa.Column("channel", sa.String(length=120), nullable=False),
        sa.Column("since", _AT, nullable=False),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_receipt_due_gift_id")),
        sa.PrimaryKeyConstraint("gift_id", name=op.f("pk_receipt_due")),
    )
    triggers.final(op, "receipt_due")
    op.create_table(
        "receipt_paper",
        sa.Column("receipt_id", _ID, autoincrement=False, nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_paper_receipt_id")),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt_paper")),
    )
    triggers.final(op, "receipt_paper")
    op.create_table(
        "receipt_batch",
        sa.Column("id", _ID, nullable=False),
        sa.Column("asked_at", _AT, nullable=False),
        sa.Column("asked_by_id", _ID, nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("network_id", _ID, nullable=True),
        sa.Column("book", sa.String(length=2), nullable=True),
        sa.Column("as_zip", sa.Boolean(), nullable=False),
        sa.Column("last_receipt_id", _ID, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=False),
        sa.Column("ready_at", _AT, nullable=True),
        sa.Column("cleared_at", _AT, nullable=True),
        sa.CheckConstraint(
            "state IN ('printing', 'ready', 'cleared')", name=op.f("ck_receipt_batch_known_state")
        ),
        sa.CheckConstraint(
            "(state = 'printing') = (ready_at IS NULL) AND (state = 'cleared') = (cleared_at IS NOT NULL)",
            name=op.f("ck_receipt_batch_state_has_moment"),
        ),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_receipt_batch_in_order")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_receipt_batch_asked_by_id")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_receipt_batch_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_batch")),
    )
    op.create_table(
        "receipt_print",
        sa.Column("id", _ID, nullable=False),
        sa.Column("receipt_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by_id", _ID, nullable=True),
        sa.Column("batch_id", _ID, nullable=True),
        sa.CheckConstraint("kind IN ('original', 'copy')", name=op.f("ck_receipt_print_known_kind")),
        sa.ForeignKeyConstraint(["batch_id"], ["receipt_batch.id"], name=op.f("fk_receipt_print_batch_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_receipt_print_by_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_print_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_print")),
    )
    op.create_index(op.f("ix_receipt_print_receipt_id"), "receipt_print", ["receipt_id"], unique=False)
    op.create_index(op.f("ix_receipt_print_batch_id"), "receipt_print", ["batch_id"], unique=False)
    op.create_index(
        "uq_receipt_print_original",
        "receipt_print",
        ["receipt_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'original'"),
        postgresql_where=sa.text("kind = 'original'"),
    )
    triggers.final(op, "receipt_print")
    op.create_table(
        "donor_tax",
        sa.Column("donation_id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("consented_at", _AT, nullable=False),
        sa.CheckConstraint("kind IN ('person', 'company')", name=op.f("ck_donor_tax_known_kind")),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_donor_tax_donation_id")),
        sa.PrimaryKeyConstraint("donation_id", name=op.f("pk_donor_tax")),
    )
    op.create_table(
        "edonation_report",
        sa.Column("id", _ID, nullable=False),
        sa.Column("gift_id", _ID, nullable=False),
        sa.Column("route", sa.String(length=8), nullable=False),
        sa.Column("recorded_at", _AT, nullable=False),
        sa.Column("recorded_by_id", _ID, nullable=False),
        sa.Column("undone_at", _AT, nullable=True),
        sa.Column("undone_by_id", _ID, nullable=True),
        sa.CheckConstraint("route IN ('bank', 'manual')", name=op.f("ck_edonation_report_known_route")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_edonation_report_undone_pair")
        ),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_edonation_report_gift_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_edonation_report_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["user_account.id"], name=op.f("fk_edonation_report_undone_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edonation_report")),
    )
    op.create_index(
        "uq_edonation_report_live",
        "edonation_report",
        ["gift_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    triggers.final(op, "edonation_report", columns=["gift_id", "route", "recorded_at", "recorded_by_id"])


def downgrade() -> None:
    triggers.drop_final(op, "edonation_report")
    op.drop_table("edonation_report")
    op.drop_table("donor_tax")
    triggers.drop_final(op, "receipt_print")
    op.drop_table("receipt_print")
    op.drop_table("receipt_batch")
    triggers.drop_final(op, "receipt_paper")
    op.drop_table("receipt_paper")
    triggers.drop_final(op, "receipt_due")
    op.drop_table("receipt_due")
