"""The ledger: purposes, accounts with guarded balances, entries."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0003_ledger"
down_revision = "0002_staff"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "books_check",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books_check")),
    )
    op.create_table(
        "purpose",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name_th", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purpose")),
        sa.UniqueConstraint("code", name=op.f("uq_purpose_code")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("purpose_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("balance_satang", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "kind IN ('received', 'available', 'committed', 'paid')", name=op.f("ck_account_known_kind")
        ),
        sa.CheckConstraint("balance_satang >= 0", name=op.f("ck_account_not_overdrawn")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_account_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("kind", "purpose_id", name=op.f("uq_account_kind_purpose_id")),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("debit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(length=48), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_entry_two_accounts")),
        sa.CheckConstraint("satang > 0", name=op.f("ck_entry_positive")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_entry_by_id")),
        sa.ForeignKeyConstraint(["credit_id"], ["account.id"], name=op.f("fk_entry_credit_id")),
        sa.ForeignKeyConstraint(["debit_id"], ["account.id"], name=op.f("fk_entry_debit_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["entry.id"], name=op.f("fk_entry_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("cause", name=op.f("uq_entry_cause")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_entry_reverses_id")),
    )
    op.create_index("ix_entry_credit_id", "entry", ["credit_id"], unique=False)
    op.create_index("ix_entry_debit_id", "entry", ["debit_id"], unique=False)
    op.create_index("ix_entry_on_date", "entry", ["on_date"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            """CREATE TRIGGER entry_moves_balances AFTER INSERT ON entry BEGIN
            UPDATE account SET last_entry_id = NEW.id, balance_satang = balance_satang
                + (CASE id WHEN NEW.debit_id THEN NEW.satang ELSE -NEW.satang END)
                * (CASE kind WHEN 'received' THEN -1 ELSE 1 END)
            WHERE id IN (NEW.debit_id, NEW.credit_id); END"""
        )
    else:
        op.execute(
            """CREATE FUNCTION entry_moves_balances() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            -- In account order, so that two hands never wait for each other in a circle.
            PERFORM 1 FROM account WHERE id IN (NEW.debit_id, NEW.credit_id) ORDER BY id FOR NO KEY UPDATE;
            UPDATE account SET last_entry_id = NEW.id, balance_satang = balance_satang
                + (CASE id WHEN NEW.debit_id THEN NEW.satang ELSE -NEW.satang END)
                * (CASE kind WHEN 'received' THEN -1 ELSE 1 END)
            WHERE id IN (NEW.debit_id, NEW.credit_id);
            RETURN NULL; END $$"""
        )
        op.execute(
            "CREATE TRIGGER entry_moves_balances AFTER INSERT ON entry FOR EACH ROW EXECUTE FUNCTION entry_moves_balances()"
        )
    triggers.final(op, "entry")
    triggers.refuse(
        op,
        "account",
        "INSERT",
        name="account_opens_at_zero",
        if_="""NEW.balance_satang <> 0 OR NEW.last_entry_id IS NOT NULL""",
    )
    triggers.refuse(
        op,
        "account",
        "UPDATE",
        name="account_moves_by_entry",
        if_="""NEW.kind <> OLD.kind OR NEW.purpose_id <> OLD.purpose_id OR NEW.id <> OLD.id
            OR ((NEW.balance_satang <> OLD.balance_satang OR COALESCE(NEW.last_entry_id, 0) <> COALESCE(OLD.last_entry_id, 0))
            AND NOT EXISTS (SELECT 1 FROM entry AS e WHERE e.id = NEW.last_entry_id
                AND COALESCE(OLD.last_entry_id, 0) <> NEW.last_entry_id
                AND NEW.balance_satang - OLD.balance_satang = e.satang
                    * (CASE NEW.id WHEN e.debit_id THEN 1 WHEN e.credit_id THEN -1 ELSE 0 END)
                    * (CASE NEW.kind WHEN 'received' THEN -1 ELSE 1 END)))""",
    )
    triggers.refuse(
        op,
        "account",
        "DELETE",
        name="kept_account",
        if_="""1 = 1""",
    )
    triggers.final(op, "purpose", columns=["code"])


def downgrade() -> None:
    triggers.drop_final(op, "purpose")
    triggers.drop(op, "account", "kept_account")
    triggers.drop(op, "account", "account_moves_by_entry")
    triggers.drop(op, "account", "account_opens_at_zero")
    triggers.drop_final(op, "entry")
    triggers.drop(op, "entry", "entry_moves_balances")
    op.drop_index("ix_entry_on_date", table_name="entry")
    op.drop_index("ix_entry_debit_id", table_name="entry")
    op.drop_index("ix_entry_credit_id", table_name="entry")
    op.drop_table("entry")
    op.drop_table("account")
    op.drop_table("purpose")
    op.drop_table("books_check")
