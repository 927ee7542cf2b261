"""Giving: networks, pledges, donations, gifts, receipts."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0004_giving"
down_revision = "0003_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fund_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bank_code", sa.String(length=3), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("biller_id", sa.String(length=15), nullable=True),
        sa.Column("promptpay_id", sa.String(length=13), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'open', 'closed')", name=op.f("ck_fund_account_known_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_account")),
        sa.UniqueConstraint("biller_id", name=op.f("uq_fund_account_biller_id")),
        sa.UniqueConstraint("number", name=op.f("uq_fund_account_number")),
    )
    op.create_table(
        "network",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("district_code", sa.String(length=4), nullable=True),
        sa.Column("contact", sa.String(length=160), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "type IN ('otop', 'village_fund', 'women_fund', 'women_committee', 'mother_fund', 'cdo_club', 'cdw_club', 'private', 'civil')",
            name=op.f("ck_network_known_type"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network")),
        sa.UniqueConstraint("code", name=op.f("uq_network_code")),
    )
    op.create_table(
        "receipt_book",
        sa.Column("fiscal_year_be", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("fiscal_year_be", name=op.f("pk_receipt_book")),
    )
    op.create_table(
        "pledge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stated_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_pledge_withdrawn_pair")
        ),
        sa.CheckConstraint("state IN ('stated', 'withdrawn')", name=op.f("ck_pledge_known_state")),
        sa.CheckConstraint("satang > 0", name=op.f("ck_pledge_positive")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_pledge_network_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_pledge_purpose_id")),
        sa.ForeignKeyConstraint(["stated_by_id"], ["user_account.id"], name=op.f("fk_pledge_stated_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("code", name=op.f("uq_pledge_code")),
    )
    op.create_index(op.f("ix_pledge_network_id"), "pledge", ["network_id"], unique=False)
    op.create_table(
        "donation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("ref1", sa.String(length=20), nullable=False),
        sa.Column("ref2", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pledge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("wish_satang", sa.BigInteger(), nullable=False),
        sa.Column("due_satang", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.Integer(), nullable=False),
        sa.Column("payload", sa.String(length=512), nullable=False),
        sa.Column("donor_name", sa.String(length=160), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'received') = (received_at IS NOT NULL)", name=op.f("ck_donation_received_pair")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'received', 'expired', 'cancelled')", name=op.f("ck_donation_known_state")
        ),
        sa.CheckConstraint("(tag = 29) = (held_until IS NOT NULL)", name=op.f("ck_donation_held_pair")),
        sa.CheckConstraint("tag IN (29, 30)", name=op.f("ck_donation_known_tag")),
        sa.CheckConstraint("wish_satang > 0 AND due_satang > 0", name=op.f("ck_donation_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["fund_account.id"], name=op.f("fk_donation_account_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_donation_network_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["user_account.id"], name=op.f("fk_donation_opened_by_id")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_donation_pledge_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_donation_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donation")),
        sa.UniqueConstraint("code", name=op.f("uq_donation_code")),
        sa.UniqueConstraint("ref1", name=op.f("uq_donation_ref1")),
    )
    op.create_index(op.f("ix_donation_network_id"), "donation", ["network_id"], unique=False)
    op.create_index(op.f("ix_donation_pledge_id"), "donation", ["pledge_id"], unique=False)
    op.create_index(
        "uq_donation_open_amount",
        "donation",
        ["account_id", "due_satang"],
        unique=True,
        sqlite_where=sa.text("tag = 29 AND state = 'open'"),
        postgresql_where=sa.text("tag = 29 AND state = 'open'"),
    )
    op.create_table(
        "gift",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("donation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pledge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("purpose_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("donor_name", sa.String(length=160), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("satang > 0", name=op.f("ck_gift_positive")),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_gift_donation_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_gift_network_id")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_gift_pledge_id")),
        sa.ForeignKeyConstraint(["posted_by_id"], ["user_account.id"], name=op.f("fk_gift_posted_by_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_gift_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift")),
    )
    op.create_index(op.f("ix_gift_donation_id"), "gift", ["donation_id"], unique=False)
    op.create_index(op.f("ix_gift_network_id"), "gift", ["network_id"], unique=False)
    op.create_index(op.f("ix_gift_pledge_id"), "gift", ["pledge_id"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("gift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("contents_hash", sa.String(length=64), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("void_reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL) AND (voided_at IS NULL) = (voided_by_id IS NULL)",
            name=op.f("ck_receipt_void_triple"),
        ),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_receipt_gift_id")),
        sa.ForeignKeyConstraint(["voided_by_id"], ["user_account.id"], name=op.f("fk_receipt_voided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("fiscal_year_be", "number", name=op.f("uq_receipt_fiscal_year_be_number")),
        sa.UniqueConstraint("token", name=op.f("uq_receipt_token")),
    )
    op.create_index(
        "uq_receipt_live_gift",
        "receipt",
        ["gift_id"],
        unique=True,
        sqlite_where=sa.text("voided_at IS NULL"),
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    triggers.final(op, "network", columns=["code"])
    triggers.final(op, "pledge", columns=["code", "network_id", "purpose_id", "satang", "stated_by_id"])
    triggers.final(
        op,
        "donation",
        columns=[
            "code",
            "ref1",
            "ref2",
            "account_id",
            "purpose_id",
            "pledge_id",
            "network_id",
            "wish_satang",
            "due_satang",
            "tag",
            "payload",
            "opened_at",
        ],
    )
    triggers.refuse(
        op,
        "donation",
        "UPDATE",
        name="donation_stays_received",
        if_="""OLD.state = 'received' AND NEW.state <> 'received'""",
    )
    triggers.final(op, "gift")
    triggers.final(
        op,
        "receipt",
        columns=["fiscal_year_be", "number", "token", "gift_id", "issued_at", "contents", "contents_hash"],
    )
    triggers.refuse(
        op,
        "receipt",
        "UPDATE",
        name="receipt_voided_once",
        if_="""OLD.voided_at IS NOT NULL""",
    )
    triggers.refuse(
        op,
        "receipt",
        "INSERT",
        name="receipt_without_gap",
        if_="""NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM receipt WHERE fiscal_year_be = NEW.fiscal_year_be)""",
    )


def downgrade() -> None:
    triggers.drop(op, "receipt", "receipt_without_gap")
    triggers.drop(op, "receipt", "receipt_voided_once")
    triggers.drop_final(op, "receipt")
    triggers.drop_final(op, "gift")
    triggers.drop(op, "donation", "donation_stays_received")
    triggers.drop_final(op, "donation")
    triggers.drop_final(op, "pledge")
    triggers.drop_final(op, "network")
    op.drop_index(
        "uq_receipt_live_gift",
        table_name="receipt",
        sqlite_where=sa.text("voided_at IS NULL"),
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.drop_table("receipt")
    op.drop_index(op.f("ix_gift_pledge_id"), table_name="gift")
    op.drop_index(op.f("ix_gift_network_id"), table_name="gift")
    op.drop_index(op.f("ix_gift_donation_id"), table_name="gift")
    op.drop_table("gift")
    op.drop_index(
        "uq_donation_open_amount",
        table_name="donation",
        sqlite_where=sa.text("tag = 29 AND state = 'open'"),
        postgresql_where=sa.text("tag = 29 AND state = 'open'"),
    )
    op.drop_index(op.f("ix_donation_pledge_id"), table_name="donation")
    op.drop_index(op.f("ix_donation_network_id"), table_name="donation")
    op.drop_table("donation")
    op.drop_index(op.f("ix_pledge_network_id"), table_name="pledge")
    op.drop_table("pledge")
    op.drop_table("receipt_book")
    op.drop_table("network")
    op.drop_table("fund_account")
