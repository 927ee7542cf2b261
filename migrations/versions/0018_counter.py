"""Money taken at the counter, and the deposit that meets it."""

import sqlalchemy as sa
from alembic import op

from app.kit import triggers

revision = "0018_counter"
down_revision = "0017_papers"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: What was taken into a cash-up and not undone.
_TAKEN = """(SELECT COALESCE(SUM(t.satang), 0) FROM taking AS t WHERE t.cash_up_id = NEW.id AND t.kind = '{kind}'
    AND NOT EXISTS (SELECT 1 FROM taking_undone AS u WHERE u.taking_id = t.id))"""
_CLOSED = """(SELECT c.closed_at FROM cash_up AS c JOIN taking AS t ON t.cash_up_id = c.id
    WHERE t.id = NEW.taking_id) IS NOT NULL"""


def upgrade() -> None:
    op.create_table(
        "cash_up",
        sa.Column("id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_cash_satang", sa.BigInteger(), nullable=False),
        sa.Column("expected_cheque_satang", sa.BigInteger(), nullable=False),
        sa.Column("counted_cash_satang", sa.BigInteger(), nullable=False),
        sa.Column("counted_cheque_satang", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("difference_reason", sa.String(length=300), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", _ID, nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_cash_up_closed_pair")
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR difference_reason <> '' OR (expected_cash_satang = counted_cash_satang"
            " AND expected_cheque_satang = counted_cheque_satang)",
            name=op.f("ck_cash_up_difference_explained"),
        ),
        sa.CheckConstraint(
            "counted_cash_satang >= 0 AND counted_cheque_satang >= 0", name=op.f("ck_cash_up_not_negative")
        ),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user_account.id"], name=op.f("fk_cash_up_closed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_up")),
        sa.UniqueConstraint("number", name=op.f("uq_cash_up_number")),
    )
    op.create_index(op.f("ix_cash_up_on_date"), "cash_up", ["on_date"], unique=False)
    op.create_index(
        "uq_cash_up_open",
        "cash_up",
        ["on_date"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "taking",
        sa.Column("id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("cash_up_id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("cheque_bank", sa.String(length=3), nullable=False),
        sa.Column("cheque_number", sa.String(length=20), nullable=False),
        sa.Column("cheque_on", sa.Date(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", _ID, nullable=False),
        sa.CheckConstraint("kind IN ('cash', 'cheque')", name=op.f("ck_taking_known_kind")),
        sa.CheckConstraint("satang > 0", name=op.f("ck_taking_positive")),
        sa.CheckConstraint(
            "(kind = 'cheque') = (cheque_number <> '') AND (kind = 'cheque') = (cheque_bank <> '')"
            " AND (kind = 'cheque') = (cheque_on IS NOT NULL)",
            name=op.f("ck_taking_cheque_whole"),
        ),
        sa.ForeignKeyConstraint(["cash_up_id"], ["cash_up.id"], name=op.f("fk_taking_cash_up_id")),
        sa.ForeignKeyConstraint(["event_id"], ["bank_event.id"], name=op.f("fk_taking_event_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["user_account.id"], name=op.f("fk_taking_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taking")),
        sa.UniqueConstraint("number", name=op.f("uq_taking_number")),
        sa.UniqueConstraint("key", name=op.f("uq_taking_key")),
        sa.UniqueConstraint("event_id", name=op.f("uq_taking_event_id")),
    )
    op.create_index(op.f("ix_taking_cash_up_id"), "taking", ["cash_up_id"], unique=False)
    op.create_table(
        "taking_undone",
        sa.Column("id", _ID, nullable=False),
        sa.Column("taking_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.CheckConstraint("kind IN ('void', 'bounced')", name=op.f("ck_taking_undone_known_kind")),
        sa.ForeignKeyConstraint(["taking_id"], ["taking.id"], name=op.f("fk_taking_undone_taking_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_taking_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taking_undone")),
        sa.UniqueConstraint("taking_id", name=op.f("uq_taking_undone_taking_id")),
    )
    op.create_table(
        "deposit_item",
        sa.Column("id", _ID, nullable=False),
        sa.Column("cash_up_id", _ID, nullable=False),
        sa.Column("taking_id", _ID, nullable=True),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("satang > 0", name=op.f("ck_deposit_item_positive")),
        sa.ForeignKeyConstraint(["cash_up_id"], ["cash_up.id"], name=op.f("fk_deposit_item_cash_up_id")),
        sa.ForeignKeyConstraint(["taking_id"], ["taking.id"], name=op.f("fk_deposit_item_taking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_item")),
        sa.UniqueConstraint("taking_id", name=op.f("uq_deposit_item_taking_id")),
    )
    op.create_index(op.f("ix_deposit_item_cash_up_id"), "deposit_item", ["cash_up_id"], unique=False)
    op.create_table(
        "deposit",
        sa.Column("id", _ID, nullable=False),
        sa.Column("item_id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", _ID, nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", _ID, nullable=True),
        sa.Column("undo_reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL) AND (undone_at IS NULL) = (undo_reason IS NULL)",
            name=op.f("ck_deposit_undone_triple"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["deposit_item.id"], name=op.f("fk_deposit_item_id")),
        sa.ForeignKeyConstraint(["event_id"], ["bank_event.id"], name=op.f("fk_deposit_event_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_deposit_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["user_account.id"], name=op.f("fk_deposit_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
    )
    op.create_index(op.f("ix_deposit_event_id"), "deposit", ["event_id"], unique=False)
    op.create_index(
        "uq_deposit_live_item",
        "deposit",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )

    triggers.refuse(op, "cash_up", "UPDATE", name="final_cash_up", if_="OLD.closed_at IS NOT NULL")
    triggers.refuse(op, "cash_up", "DELETE", name="kept_cash_up", if_="1 = 1")
    triggers.refuse(
        op,
        "cash_up",
        "UPDATE",
        name="cash_up_counts_its_takings",
        if_=f"""NEW.closed_at IS NOT NULL AND (NEW.expected_cash_satang <> {_TAKEN.format(kind="cash")}
            OR NEW.expected_cheque_satang <> {_TAKEN.format(kind="cheque")})""",
    )
    triggers.final(op, "taking")
    triggers.refuse(
        op,
        "taking",
        "INSERT",
        name="taking_in_open_cash_up",
        if_="(SELECT closed_at FROM cash_up WHERE id = NEW.cash_up_id) IS NOT NULL",
        lock="SELECT id FROM cash_up WHERE id = NEW.cash_up_id FOR UPDATE",
    )
    triggers.final(op, "taking_undone")
    triggers.refuse(
        op,
        "taking_undone",
        "INSERT",
        name="taking_undone_in_time",
        if_=f"""(NEW.kind = 'void' AND {_CLOSED})
            OR (NEW.kind = 'bounced' AND (SELECT kind FROM taking WHERE id = NEW.taking_id) <> 'cheque')""",
        lock="SELECT c.id FROM cash_up AS c JOIN taking AS t ON t.cash_up_id = c.id WHERE t.id = NEW.taking_id FOR UPDATE",
    )
    triggers.final(op, "deposit_item")
    triggers.final(op, "deposit", columns=("item_id", "event_id", "at", "by_id"))
    triggers.refuse(op, "deposit", "UPDATE", name="deposit_undone_once", if_="OLD.undone_at IS NOT NULL")
    triggers.refuse(
        op,
        "allocation",
        "INSERT",
        name="allocation_of_deposit",
        if_="EXISTS (SELECT 1 FROM deposit WHERE event_id = NEW.event_id AND undone_at IS NULL)",
    )
    triggers.refuse(
        op,
        "allocation",
        "INSERT",
        name="allocation_of_undone_taking",
        if_="""EXISTS (SELECT 1 FROM taking AS t JOIN taking_undone AS u ON u.taking_id = t.id
            WHERE t.event_id = NEW.event_id)""",
    )
    triggers.refuse(
        op,
        "settlement",
        "UPDATE",
        name="deposit_stays_aside",
        if_="""NEW.state <> 'aside'
            AND EXISTS (SELECT 1 FROM deposit WHERE event_id = NEW.event_id AND undone_at IS NULL)""",
    )
    triggers.refuse(
        op,
        "settlement",
        "UPDATE",
        name="undone_taking_stays_aside",
        if_="""NEW.state <> 'aside' AND EXISTS (SELECT 1 FROM taking AS t JOIN taking_undone AS u ON u.taking_id = t.id
            WHERE t.event_id = NEW.event_id)""",
    )


def downgrade() -> None:
    triggers.drop(op, "settlement", "undone_taking_stays_aside")
    triggers.drop(op, "settlement", "deposit_stays_aside")
    triggers.drop(op, "allocation", "allocation_of_undone_taking", "allocation_of_deposit")
    triggers.drop(op, "deposit", "deposit_undone_once")
    triggers.drop_final(op, "deposit")
    triggers.drop_final(op, "deposit_item")
    triggers.drop(op, "taking_undone", "taking_undone_in_time")
    triggers.drop_final(op, "taking_undone")
    triggers.drop(op, "taking", "taking_in_open_cash_up")
    triggers.drop_final(op, "taking")
    triggers.drop(op, "cash_up", "cash_up_counts_its_takings", "kept_cash_up", "final_cash_up")
    for name in ("deposit", "deposit_item", "taking_undone", "taking", "cash_up"):
        op.drop_table(name)
