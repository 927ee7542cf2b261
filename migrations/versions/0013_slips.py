"""Slips that givers hand in."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0013_slips"
down_revision = "0012_outbox"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "slip",
        sa.Column("id", _ID, nullable=False),
        sa.Column("sending_bank", sa.String(length=3), nullable=False),
        sa.Column("trans_ref", sa.String(length=99), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("paid_at IS NULL OR paid_on IS NOT NULL", name=op.f("ck_slip_moment_has_day")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip")),
        sa.UniqueConstraint("sending_bank", "trans_ref", name=op.f("uq_slip_sending_bank_trans_ref")),
    )
    op.create_index(op.f("ix_slip_trans_ref"), "slip", ["trans_ref"], unique=False)
    triggers.final(op, "slip")
    op.create_table(
        "slip_claim",
        sa.Column("id", _ID, nullable=False),
        sa.Column("slip_id", _ID, nullable=False),
        sa.Column("donation_id", _ID, nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("picture_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_hash", sa.String(length=64), nullable=False),
        sa.Column("crc_padded", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", _ID, nullable=True),
        sa.Column("close_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (close_reason = '')",
            name=op.f("ck_slip_claim_closed_together"),
        ),
        sa.ForeignKeyConstraint(["slip_id"], ["slip.id"], name=op.f("fk_slip_claim_slip_id")),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_slip_claim_donation_id")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user_account.id"], name=op.f("fk_slip_claim_closed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_claim")),
        sa.UniqueConstraint("slip_id", "donation_id", name=op.f("uq_slip_claim_slip_id_donation_id")),
    )
    op.create_index(op.f("ix_slip_claim_donation_id"), "slip_claim", ["donation_id"], unique=False)
    op.create_index(op.f("ix_slip_claim_claimed_at"), "slip_claim", ["claimed_at"], unique=False)
    triggers.final(
        op,
        "slip_claim",
        columns=(
            "slip_id",
            "donation_id",
            "claimed_at",
            "picture_hash",
            "sent_hash",
            "crc_padded",
        ),
    )


def downgrade() -> None:
    triggers.drop_final(op, "slip_claim")
    op.drop_table("slip_claim")
    triggers.drop_final(op, "slip")
    op.drop_table("slip")
