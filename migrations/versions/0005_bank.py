"""The bank: statements, events, settlements, allocations."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0005_bank"
down_revision = "0004_giving"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "statement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("profile", sa.String(length=40), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("new_lines", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["fund_account.id"], name=op.f("fk_statement_account_id")),
        sa.ForeignKeyConstraint(
            ["imported_by_id"], ["user_account.id"], name=op.f("fk_statement_imported_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    op.create_index(op.f("ix_statement_account_id"), "statement", ["account_id"], unique=False)
    op.create_table(
        "statement_profile",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("header_hash", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.String(length=2000), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name=op.f("fk_statement_profile_made_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_profile")),
        sa.UniqueConstraint("header_hash", name=op.f("uq_statement_profile_header_hash")),
        sa.UniqueConstraint("name", name=op.f("uq_statement_profile_name")),
    )
    op.create_table(
        "bank_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("external_id", sa.String(length=90), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("line_number", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("raw_hash", sa.String(length=64), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("has_time", sa.Boolean(), nullable=False),
        sa.Column("balance_satang", sa.BigInteger(), nullable=True),
        sa.Column("biller_id", sa.String(length=20), nullable=False),
        sa.Column("ref1", sa.String(length=40), nullable=False),
        sa.Column("ref2", sa.String(length=40), nullable=False),
        sa.Column("bank_ref", sa.String(length=60), nullable=False),
        sa.Column("payer", sa.String(length=160), nullable=False),
        sa.Column("payer_bank", sa.String(length=3), nullable=False),
        sa.Column("description", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "(source = 'statement') = (statement_id IS NOT NULL)", name=op.f("ck_bank_event_statement_pair")
        ),
        sa.CheckConstraint("source IN ('scb', 'statement')", name=op.f("ck_bank_event_known_source")),
        sa.CheckConstraint("satang <> 0", name=op.f("ck_bank_event_not_zero")),
        sa.ForeignKeyConstraint(["account_id"], ["fund_account.id"], name=op.f("fk_bank_event_account_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_bank_event_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_event")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_bank_event_source_external_id")),
    )
    op.create_index("ix_bank_event_occurred_at", "bank_event", ["occurred_at"], unique=False)
    op.create_index("ix_bank_event_ref1", "bank_event", ["ref1"], unique=False)
    op.create_index(op.f("ix_bank_event_statement_id"), "bank_event", ["statement_id"], unique=False)
    op.create_table(
        "settlement",
        sa.Column(
            "event_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("same_as_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("donation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(state = 'same') = (same_as_id IS NOT NULL)", name=op.f("ck_settlement_same_pair")
        ),
        sa.CheckConstraint(
            "state IN ('new', 'waiting') OR decided_at IS NOT NULL", name=op.f("ck_settlement_decided_pair")
        ),
        sa.CheckConstraint(
            "state IN ('new', 'waiting', 'posted', 'same', 'aside')", name=op.f("ck_settlement_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_settlement_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_settlement_donation_id")),
        sa.ForeignKeyConstraint(["event_id"], ["bank_event.id"], name=op.f("fk_settlement_event_id")),
        sa.ForeignKeyConstraint(["same_as_id"], ["bank_event.id"], name=op.f("fk_settlement_same_as_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_settlement")),
    )
    op.create_index("ix_settlement_same_as_id", "settlement", ["same_as_id"], unique=False)
    op.create_index("ix_settlement_state", "settlement", ["state"], unique=False)
    op.create_table(
        "allocation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("satang > 0", name=op.f("ck_allocation_positive")),
        sa.ForeignKeyConstraint(["event_id"], ["bank_event.id"], name=op.f("fk_allocation_event_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_allocation_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        sa.UniqueConstraint("event_id", "gift_id", name=op.f("uq_allocation_event_id_gift_id")),
    )
    op.create_index(op.f("ix_allocation_gift_id"), "allocation", ["gift_id"], unique=False)
    triggers.final(op, "statement")
    triggers.final(op, "bank_event")
    triggers.final(op, "allocation")
    triggers.refuse(
        op,
        "allocation",
        "INSERT",
        name="allocation_within_event",
        if_="""NEW.satang + (SELECT COALESCE(SUM(satang), 0) FROM allocation WHERE event_id = NEW.event_id)
            > (SELECT satang FROM bank_event WHERE id = NEW.event_id)""",
        lock="SELECT id FROM bank_event WHERE id = NEW.event_id FOR UPDATE",
    )
    triggers.refuse(
        op,
        "settlement",
        "UPDATE",
        name="settlement_stays",
        if_="""NEW.event_id <> OLD.event_id OR (OLD.state IN ('posted', 'same') AND NEW.state <> OLD.state)""",
    )
    triggers.refuse(
        op,
        "settlement",
        "DELETE",
        name="kept_settlement",
        if_="""1 = 1""",
    )


def downgrade() -> None:
    triggers.drop(op, "settlement", "kept_settlement")
    triggers.drop(op, "settlement", "settlement_stays")
    triggers.drop(op, "allocation", "allocation_within_event")
    triggers.drop_final(op, "allocation")
    triggers.drop_final(op, "bank_event")
    triggers.drop_final(op, "statement")
    op.drop_index(op.f("ix_allocation_gift_id"), table_name="allocation")
    op.drop_table("allocation")
    op.drop_index("ix_settlement_state", table_name="settlement")
    op.drop_index("ix_settlement_same_as_id", table_name="settlement")
    op.drop_table("settlement")
    op.drop_index(op.f("ix_bank_event_statement_id"), table_name="bank_event")
    op.drop_index("ix_bank_event_ref1", table_name="bank_event")
    op.drop_index("ix_bank_event_occurred_at", table_name="bank_event")
    op.drop_table("bank_event")
    op.drop_table("statement_profile")
    op.drop_index(op.f("ix_statement_account_id"), table_name="statement")
    op.drop_table("statement")
